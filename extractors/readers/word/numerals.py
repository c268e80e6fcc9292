"""The numerals that Word's automatic numbering can show: ECMA-376 part 1, 17.18.59 (ST_NumberFormat).

Only forms met in Chinese documents have their own rendering; every other form is shown in Arabic digits, so that an
item never loses its number.
"""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL_HANS = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟", "万")
_LEGAL_HANT = ("零壹貳參肆伍陸柒捌玖", "拾佰仟", "萬")
_COUNTING_HANS = ("零一二三四五六七八九", "十百千", "万")
_COUNTING_HANT = ("零一二三四五六七八九", "十百千", "萬")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def render(number: int, form: str) -> str:
    """One number as Word shows it.

    Args:
        number: the value of the counter, 0 or more.
        form: the ``w:numFmt`` value, such as ``chineseCounting`` or ``decimalEnclosedCircle``.

    Returns:
        The numeral; an empty string for ``none`` and ``bullet``; Arabic digits for a form or value without its own.
    """
    renderer = _RENDERERS.get(form)
    return renderer(number) if renderer else str(number)


def _positional(number: int, digits: str = _DIGITS) -> str:
    return "".join(digits[int(d)] for d in str(number))


def _counting(number: int, signs: tuple[str, str, str], *, ten_alone: bool = True) -> str:
    """Chinese with 十百千万; ``ten_alone`` writes 十二 where legal numerals write 壹拾贰."""
    digits, units, ten_thousand = signs
    if number == 0 or number >= 100_000_000:
        return digits[0] if number == 0 else str(number)
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        text = _counting(high, signs, ten_alone=ten_alone) + ten_thousand
        if not low:
            return text
        return text + (digits[0] if low < 1000 else "") + _counting(low, signs, ten_alone=False)
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        if gap:
            text, gap = text + digits[0], False
        if place == 1 and digit == 1 and not text and ten_alone:
            text += units[0]
        else:
            text += digits[digit] + (units[place - 1] if place else "")
    return text


def _short_counting(number: int) -> str:
    # Word writes 一百 as 一○○ in these two forms; only the "Thousand" forms know 百.
    return _counting(number, _COUNTING_HANS) if number < 100 else _positional(number, "○" + _DIGITS[1:])


def _japanese(number: int) -> str:
    """一, 十, 百, 百一: no 零, no 一 in front of 十, 百 and 千."""
    if not 0 < number < 10_000:
        return _positional(number)
    text = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("" if digit == 1 and place else _DIGITS[digit]) + ("十百千"[place - 1] if place else "")
    return text


def _series(first: str, last: int, *, zero: str = "") -> Callable[[int], str]:
    """Characters that follow each other in Unicode, such as ① to ⑳; Arabic digits outside of them."""

    def render_one(number: int) -> str:
        if number == 0 and zero:
            return zero
        return chr(ord(first) + number - 1) if 1 <= number <= last else str(number)

    return render_one


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


def _letters(number: int) -> str:
    # After Z Word repeats the letter: AA, BB, CC; 780 is its own end of the list.
    if not 1 <= number <= 780:
        return str(number)
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    if not 1 <= number < 32_768:
        return str(number)
    text = "M" * (number // 1000)
    for one, five, ten, place in (("C", "D", "M", 100), ("X", "L", "C", 10), ("I", "V", "X", 1)):
        digit = number // place % 10
        text += ("", one, one * 2, one * 3, one + five, five, five + one, five + one * 2, five + one * 3, one + ten)[
            digit
        ]
    return text


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _circled(number: int) -> str:
    if number == 0:
        return "⓪"
    for first, low, high in (("①", 1, 20), ("㉑", 21, 35), ("㊱", 36, 50)):
        if low <= number <= high:
            return chr(ord(first) + number - low)
    return str(number)


_RENDERERS: dict[str, Callable[[int], str]] = {
    "none": lambda number: "",
    "bullet": lambda number: "",
    "decimalZero": lambda number: f"{number:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "ordinal": _ordinal,
    "hex": lambda number: f"{number:X}",
    "numberInDash": lambda number: f"- {number} -",
    "decimalFullWidth": lambda number: _positional(number, "０１２３４５６７８９"),
    "decimalFullWidth2": lambda number: _positional(number, "０１２３４５６７８９"),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _series("⒈", 20),
    "decimalEnclosedParen": _series("⑴", 20),
    "ideographEnclosedCircle": _series("㊀", 10),
    "chineseCounting": _short_counting,
    "taiwaneseCounting": _short_counting,
    "chineseCountingThousand": lambda number: _counting(number, _COUNTING_HANS),
    "taiwaneseCountingThousand": lambda number: _counting(number, _COUNTING_HANT),
    "japaneseCounting": _japanese,
    "ideographDigital": _positional,
    "japaneseDigitalTenThousand": _positional,
    "koreanDigital2": _positional,
    "taiwaneseDigital": lambda number: _positional(number, "○" + _DIGITS[1:]),
    "chineseLegalSimplified": lambda number: _counting(number, _LEGAL_HANS, ten_alone=False),
    "ideographLegalTraditional": lambda number: _counting(number, _LEGAL_HANT, ten_alone=False),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": lambda number: (
        _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12] if 1 <= number <= 60 else str(number)
    ),
}
