"""Pictures that a page holds itself (``data:`` addresses): what else it shows is not in the file, and not fetched."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from extractors.readers.html.tree import Element
from extractors.readers.ocr.insets import may_hold_text
from extractors.readers.word.pictures import Picture, Shown, Unreadable, size_of

_POINTS = 72 / 96
"""Points of a pixel of CSS (CSS Values 3, 5.2)."""
_HEAD = re.compile(r"(?<!\s)\s*data:image/(?!svg)[\w.+-]{1,40}(?P<options>(?:;[\w=.-]{1,40}){0,5}),", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(\d{1,5})(?:px)?\s*")
_UNKNOWN = (400.0, 300.0)


class DataAddresses:
    """The pictures of ``data:`` addresses; the address is the name."""

    def __contains__(self, name: str) -> bool:
        return _HEAD.match(name) is not None

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a picture (RFC 2397); None when the address holds none."""
        head = _HEAD.match(name)
        if head is None:
            return None
        data = unquote_to_bytes(name[head.end() :])
        if not head["options"].lower().endswith(";base64"):
            return data
        try:
            return base64.b64decode(b"".join(data.split()) + b"==")
        except (binascii.Error, ValueError):
            return b""


def within(element: Element) -> Iterator[Shown]:
    """The large pictures under an element (or the element itself) that the page holds itself."""
    for image in element.iter("img"):
        address = image.get("src") or ""
        if not _HEAD.match(address):
            continue
        width, height = _size(image, address)
        if may_hold_text(width, height):
            yield Shown("", picture=Picture(address, width, height))


def _size(image: Element, address: str) -> tuple[float, float]:
    """Width and height in points, as the page says or as the picture has."""
    try:
        columns, rows = size_of(DataAddresses().bytes_of(address) or b"")
    except Unreadable:
        columns, rows = 0, 0
    width = _LENGTH.fullmatch(image.get("width") or "")
    if not columns:
        return _UNKNOWN
    scale = int(width[1]) / columns if width and int(width[1]) else 1.0
    return columns * scale * _POINTS, rows * scale * _POINTS
