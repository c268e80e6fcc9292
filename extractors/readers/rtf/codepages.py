"""Which characters the bytes of an RTF file stand for: the code page of the font they are set in.

RTF 1.9.1, sections "Character Set" and "Font Table": ``\\ansicpgN`` names the code page of the file, ``\\fcharsetN`` that
of a font, ``\\cpgN`` overrides it. Writers get this wrong in two ways that are met in practice: Chinese text set in a
font of charset 0 (the document's code page is meant), and GBK bytes in a file that declares 1252 or nothing.
"""

from __future__ import annotations

import codecs
import re

from extractors.readers.encodings import plausibility

SYMBOL = "symbol"
"""Not a codec: the bytes are places in a font of symbols."""

_CHARSETS = {
    2: SYMBOL, 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp437",
}  # fmt: skip
_PAGES = {
    936: "gb18030", 950: "cp950", 932: "cp932", 949: "cp949", 1361: "johab", 54936: "gb18030", 65001: "utf-8",
    708: "iso8859_6", 10000: "mac_roman", 10008: "gb2312", 20936: "gb2312", 51936: "gb18030", 951: "big5hkscs",
}  # fmt: skip

_DOUBLE = frozenset({"gb18030", "gb2312", "cp950", "big5hkscs", "cp932", "cp949", "johab"})

# Characters that only the wider members of a family have: tried in this order until one takes every byte.
_WIDER = {"cp950": ("cp950", "big5hkscs"), "gb2312": ("gb2312", "gb18030")}

_ESCAPED = re.compile(rb"(?:\\'[0-9a-fA-F]{2}|[\x80-\xff])+")
_ESCAPE = re.compile(rb"\\'([0-9a-fA-F]{2})")
_SAMPLE = 64 * 1024


def of_page(number: int) -> str | None:
    """The codec of a code page number (``\\ansicpg``, ``\\cpg``); None for one that is not known."""
    name = _PAGES.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return None
    return name


def of_charset(number: int) -> str | None:
    """The codec of a font's ``\\fcharset``; None where the document's own code page is meant (0, 1, unknown)."""
    return _CHARSETS.get(number)


def is_double_byte(codec: str) -> bool:
    """Whether two bytes make a character in a codec."""
    return codec in _DOUBLE


def undeclared(data: bytes) -> str | None:
    """The double-byte codec, or UTF-8, that the bytes of a file without a Chinese declaration are written in, None if none.

    Args:
        data: the file; the escapes of its first 64 KiB of non-ASCII text are looked at.
    """
    sample = bytearray()
    for match in _ESCAPED.finditer(data):
        sample += _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), match[0]) + b" "
        if len(sample) > _SAMPLE:
            break
    if not sample:
        return None
    try:
        # Hardly anything else is valid in UTF-8 by chance.
        if bytes(sample).rstrip(b" ").decode("utf-8"):
            return "utf-8"
    except UnicodeDecodeError:
        pass
    best: tuple[float, str] = (0.0, "")
    for name in ("gb18030", "cp950"):
        text = bytes(sample).decode(name, "replace")
        if text.count("\ufffd") * 50 > len(text):
            continue
        score = plausibility(text)
        if score > best[0]:
            best = (score, name)
    return best[1] if best[0] >= 0.5 else None


def decode(data: bytes, codec: str, fallback: str) -> tuple[str, int]:
    """The text of bytes that stand together.

    Args:
        data: the bytes.
        codec: that of their font.
        fallback: the single-byte codec to try when they are no text in a double-byte one (``·`` as one byte).

    Returns:
        The text, and how many places could not be decoded (U+FFFD stands there).
    """
    for name in _WIDER.get(codec, (codec,)):
        try:
            return data.decode(name), 0
        except UnicodeDecodeError:
            continue
    if codec in _DOUBLE and len(data) == 1:
        return data.decode(fallback, "replace"), 0
    text = data.decode(codec, "replace")
    return text, text.count("\ufffd")


def ends_in_lead(data: bytes, codec: str) -> bool:
    """Whether the last byte is the first half of a character: its other half may look like ``\\``, ``{`` or ``}``."""
    if codec not in _DOUBLE or not data or data[-1] < 0x81:
        return False
    lead = False
    for byte in data:
        lead = not lead and byte >= 0x81
    return lead
