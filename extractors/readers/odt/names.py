"""The XML names of OpenDocument text (OASIS ODF 1.3 part 3), and reading their attributes."""

from __future__ import annotations

import re
from typing import Any

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE = f"{{{_ODF}office:1.0}}"
TEXT = f"{{{_ODF}text:1.0}}"
TABLE = f"{{{_ODF}table:1.0}}"
STYLE = f"{{{_ODF}style:1.0}}"
DRAW = f"{{{_ODF}drawing:1.0}}"
SVG = f"{{{_ODF}svg-compatible:1.0}}"
META = f"{{{_ODF}meta:1.0}}"
LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
XML = "{http://www.w3.org/XML/1998/namespace}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
DC = "{http://purl.org/dc/elements/1.1/}"

_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,12})?)(cm|mm|in|pt|pc|px)")


def whole_number(element: Any, name: str, otherwise: int) -> int:
    """An attribute as a whole number, bounded: a counter that starts at 10**5000 is an attack, not a list."""
    text = element.get(name)
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,9}", text) else otherwise


def centimetres(text: str | None) -> float | None:
    """A length (``1.2in``, ``8cm``) in centimetres; None for relative and missing ones."""
    match = _LENGTH.fullmatch(text or "")
    return float(match[1]) * _UNITS[match[2]] if match else None


def is_true(element: Any, name: str) -> bool:
    """Whether a boolean attribute is there and true."""
    return bool(element.get(name) == "true")
