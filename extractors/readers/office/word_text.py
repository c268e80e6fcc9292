"""The plain text of a Word 97-2003 file by its piece table, to hold a conversion against ([MS-DOC] 2.4.1).

Not a reader: it knows no paragraphs' properties, no tables, no numbering. It counts what a conversion must not lose.
"""

from __future__ import annotations

import re
import struct

_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
# A field is code between 13 and 14, its result between 14 and 15 (2.8.25); codes may hold fields in turn.
_FIELD_MARK = re.compile("[\x13\x14\x15]")
_MAX_PIECES = 2_000_000


def ideographs(document: bytes, table: bytes) -> int | None:
    """How many Chinese characters the main text has, field codes left out.

    Args:
        document: the stream WordDocument.
        table: the stream 0Table or 1Table, whichever the document names.

    Returns:
        The number, hidden and deleted text counted; None when the piece table cannot be followed.
    """
    try:
        text = _main_text(document, table)
    except (struct.error, IndexError):
        return None
    found, position = 0, 0
    codes: list[bool] = []  # for every open field, whether its code is being read
    for mark in _FIELD_MARK.finditer(text):
        if not any(codes):
            found += len(_IDEOGRAPH.findall(text, position, mark.start()))
        position = mark.end()
        if mark[0] == "\x13":
            codes.append(True)
        elif codes and mark[0] == "\x14":
            codes[-1] = False
        elif codes:
            codes.pop()
    return found + (0 if any(codes) else len(_IDEOGRAPH.findall(text, position)))


def count(text: str) -> int:
    """How many Chinese characters a text has."""
    return len(_IDEOGRAPH.findall(text))


def _main_text(document: bytes, table: bytes) -> str:
    (length,) = struct.unpack_from("<I", document, 0x4C)  # FibRgLw97.ccpText
    start, size = struct.unpack_from("<II", document, 0x1A2)  # FibRgFcLcb97.fcClx, lcbClx
    clx = table[start : start + size]
    position = 0
    while clx[position] == 1:  # Prc: properties in front of the table
        position += 3 + struct.unpack_from("<H", clx, position + 1)[0]
    (size,) = struct.unpack_from("<I", clx, position + 1)
    pieces = clx[position + 5 : position + 5 + size]
    count = min((size - 4) // 12, _MAX_PIECES)
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    found: list[str] = []
    for index in range(count):
        first, last = ends[index], min(ends[index + 1], length)
        if last <= first:
            continue
        (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * index + 2)
        if place & 0x4000_0000:  # one byte a character
            place = (place & 0x3FFF_FFFF) // 2
            found.append(document[place : place + last - first].decode("cp1252", "replace"))
        else:
            found.append(document[place : place + 2 * (last - first)].decode("utf-16-le", "replace"))
    return "".join(found)
