"""Symbols that Word documents draw with fonts of their own: check boxes, marks and signs as Unicode characters."""

from __future__ import annotations

import re
from typing import Any

from extractors.readers.word.wordprocessing import W

# Symbols of the Wingdings fonts that stand for something in forms; the rest are bullets and ornaments.
_SYMBOLS = {
    ("wingdings", 0xFE): "☑", ("wingdings", 0xFD): "☒", ("wingdings", 0xA8): "☐", ("wingdings", 0x6F): "☐",
    ("wingdings", 0x71): "☐", ("wingdings", 0x72): "☐", ("wingdings", 0xFC): "✔", ("wingdings", 0xFB): "✘",
    ("wingdings", 0x6C): "●", ("wingdings", 0x6E): "■", ("wingdings", 0xA1): "○", ("wingdings", 0x76): "❖",
    ("wingdings", 0x75): "◆", ("wingdings", 0xD8): "➢", ("wingdings", 0xE0): "→",
    ("wingdings 2", 0x52): "☑", ("wingdings 2", 0x53): "☒", ("wingdings 2", 0x54): "☒", ("wingdings 2", 0x51): "☒",
    ("wingdings 2", 0xA3): "☐", ("wingdings 2", 0x2A): "☐", ("wingdings 2", 0x30): "☐",
    ("wingdings 2", 0x50): "✔", ("wingdings 2", 0x4F): "✘",
    ("symbol", 0xB3): "≥", ("symbol", 0xA3): "≤", ("symbol", 0xB4): "×", ("symbol", 0xB7): "•",
    ("symbol", 0xB1): "±", ("symbol", 0xAE): "→", ("symbol", 0xB0): "°", ("symbol", 0xA5): "∞",
    ("symbol", 0xB9): "≠", ("symbol", 0xBB): "≈", ("symbol", 0xD6): "√", ("symbol", 0xB8): "÷",
    ("webdings", 0x61): "✔", ("webdings", 0x72): "✘", ("webdings", 0x63): "☐",
}  # fmt: skip
for _place in range(10):
    # Wingdings draws ⓪ to ⑨ at 0x80 and ❶ to ❾ at 0x8C; ten stands at 0x8A and 0x95.
    _SYMBOLS["wingdings", 0x80 + _place] = "⓪①②③④⑤⑥⑦⑧⑨"[_place]
    _SYMBOLS["wingdings", 0x8B + _place] = "⓿❶❷❸❹❺❻❼❽❾"[_place]
_SYMBOLS["wingdings", 0x8A], _SYMBOLS["wingdings", 0x95] = "⑩", "❿"

FONTS = frozenset({font for font, _ in _SYMBOLS} | {"wingdings 3", "marlett"})
"""The fonts whose letters are signs."""


def symbol(code: int, font: str) -> str:
    """One sign of a font as Unicode; an empty string for bullets and ornaments that have no meaning of their own."""
    if (known := _SYMBOLS.get((font.lower(), code & 0xFF))) and (0xF000 <= code <= 0xF0FF or code < 0x100):
        return known
    if 0xE000 <= code <= 0xF8FF or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code < 0x20:
        return ""
    if font.lower() in FONTS and code < 0x100:
        return ""
    return chr(code)


def of_element(element: Any) -> str:
    """A ``w:sym`` as Unicode (ECMA-376 part 1, 17.3.3.30)."""
    code = element.get(f"{W}char", "")
    return symbol(int(code, 16), element.get(f"{W}font", "")) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) else ""


def in_font(text: str, font: str) -> str:
    """Text set in a symbol font: ``R`` in Wingdings 2 is a ticked box. Letters without a known meaning stay."""
    return "".join(
        c if "\u2e80" <= c <= "\ud7ff" else _SYMBOLS.get((font, ord(c) & 0xFF), c) if _in_range(c) else c for c in text
    )


def _in_range(character: str) -> bool:
    return 0x20 < ord(character) < 0x100 or 0xF000 <= ord(character) <= 0xF0FF
