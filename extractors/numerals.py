"""Chinese and Arabic numerals to numbers."""

from __future__ import annotations

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}

CHINESE = "〇○零一二两三四五六七八九十百千"
"""Every character that a Chinese numeral of this project's texts is written with."""


def to_number(text: str) -> float | None:
    """The value of a numeral such as ``12``, ``1,200``, ``3.5``, ``十二``, ``一百零五``, ``二〇二五``, ``3万``.

    Args:
        text: folded text (see ``extractors.fold``), white space allowed around and inside.

    Returns:
        The value, or None when the text is no numeral (half of ``几十``, ``数百`` included: those name no number).
    """
    text = "".join(text.split()).replace(",", "")
    if not text:
        return None
    factor = 1.0
    while text and text[-1] in _MYRIADS:
        factor *= _MYRIADS[text[-1]]
        text = text[:-1]
    if not text:
        return None
    if text.isascii():
        try:
            return float(text) * factor
        except ValueError:
            return None
    value = _chinese(text)
    return None if value is None else value * factor


def _chinese(text: str) -> int | None:
    if any(c not in _DIGITS and c not in _PLACES for c in text):
        return None
    if all(c in _DIGITS for c in text):  # digit by digit: 二〇二五
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, None
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (1 if digit is None else digit) * _PLACES[c]
            digit = None
    return total + (digit or 0)


def to_int(text: str) -> int | None:
    """As ``to_number``, for ordinals: a whole number or None."""
    value = to_number(text)
    return int(value) if value is not None and value == int(value) else None
