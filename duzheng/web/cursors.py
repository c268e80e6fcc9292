"""Cursors of the JSON interface: where the next page begins, in a form that nobody is tempted to make up."""

from __future__ import annotations

import base64
import binascii

from fastapi import HTTPException


def cursor(place: int) -> str:
    """The cursor of a place in a list."""
    return base64.urlsafe_b64encode(f"c{place}".encode()).decode().rstrip("=")


def place(given: str | None) -> int:
    """The place that a cursor names; 0 without one.

    Raises:
        HTTPException: 422, it is none.
    """
    if not given:
        return 0
    try:
        text = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    digits = text[1:]
    if text[:1] != "c" or not digits.isdecimal() or len(digits) > 12:
        raise HTTPException(422, "cursor: 不是本接口给出的 / not one that this interface gave")
    return int(digits)
