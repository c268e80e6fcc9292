"""Characters of the symbol fonts (Wingdings, Symbol) that stand for something in forms, as Unicode."""

from __future__ import annotations

_SYMBOLS = {
    ("wingdings", 0xFE): "☑", ("wingdings", 0xFD): "☒", ("wingdings", 0xA8): "☐", ("wingdings", 0x6F): "☐",
    ("wingdings", 0xFC): "✔", ("wingdings", 0xFB): "✘", ("wingdings", 0x6C): "●", ("wingdings", 0x6E): "■",
    ("wingdings", 0xA1): "○", ("wingdings", 0x76): "❖", ("wingdings", 0x75): "◆", ("wingdings", 0xD8): "➢",
    ("wingdings", 0xE0): "→", ("wingdings 2", 0x52): "☑", ("wingdings 2", 0x53): "☒", ("wingdings 2", 0xA3): "☐",
    ("wingdings 2", 0x50): "✔", ("symbol", 0xB3): "≥", ("symbol", 0xA3): "≤", ("symbol", 0xB4): "×",
    ("symbol", 0xB7): "•", ("symbol", 0xB1): "±", ("symbol", 0xAE): "→",
}  # fmt: skip


def symbol(font: str, place: int) -> str:
    """The character at a place of a symbol font; '' for bullets and ornaments.

    Args:
        font: the font's name, in any case.
        place: 0 to 255, or the same in the private use area (0xF000 on).
    """
    font, place = font.lower(), place & 0xFF
    if known := _SYMBOLS.get((font, place)):
        return known
    if font == "symbol" and 0x20 <= place < 0x40:
        return chr(place)  # digits and signs lie where ASCII has them, Greek does not
    return ""
