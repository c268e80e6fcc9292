"""Cursors of the JSON interface: where the next page begins, in a form that nobody is tempted to make up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from fastapi import HTTPException

_FORM = re.compile(r"c([0-9]{1,12})(?:\.([0-9a-f]{10}))?")


def cursor(place: int, before: str = "") -> str:
    """The cursor of a place in a list.

    Args:
        place: where the next page begins.
        before: what stands before it, in a list whose places are counted: by it ``unmoved`` sees whether they have shifted.
    """
    mark = f".{_mark(before)}" if before else ""
    return base64.urlsafe_b64encode(f"c{place}{mark}".encode()).decode().rstrip("=")


def place(given: str | None) -> int:
    """The place that a cursor names; 0 without one.

    Raises:
        HTTPException: 422, it is none.
    """
    return _read(given)[0]


def unmoved(given: str | None, before: str) -> None:
    """Makes sure that the page before ended with what stands before this one now.

    Raises:
        HTTPException: 409, it did not: a page from here would repeat or leave out something; 422, it is no cursor.
    """
    if _read(given)[1] != _mark(before):
        raise HTTPException(
            409,
            "cursor: 列表在翻页期间有变，请从第一页重新取 / the list has changed since the page before; begin again",
        )


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _read(given: str | None) -> tuple[int, str]:
    if not given:
        return 0, ""
    try:
        text = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    found = _FORM.fullmatch(text)
    if found is None:
        raise HTTPException(422, "cursor: 不是本接口给出的 / not one that this interface gave")
    return int(found[1]), found[2] or ""
