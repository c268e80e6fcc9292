"""Numbers of a spreadsheet as people see them: Excel number formats (ECMA-376 part 1, 18.8.30 and 18.8.31).

Only what changes the meaning is applied: percent, decimals, leading zeros, scaling, and the literal text around
(``0"所"``). Thousands separators and colours are left out; a format that is not understood leaves the plain number.
"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

BUILTIN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"', 54: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
"""The formats that files name by number alone; 27 to 58 as a Chinese Excel shows them (18.8.30, zh-cn)."""

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\[\]]*\]|_.|\*.', re.DOTALL)
_TELLING = re.compile(r"\d{4}|[年月日时時]")
# Quoted text, escaped character, letters of one kind, half of the day, anything else; language marks are left out.
_DATE_TOKEN = re.compile(
    r'(?:\[\$[^\[\]]*\]|_.|\*.)|"([^"]*)"|\\(.)|([yY]+|[mM]+|[dD]+|[hH]+|[sS]+)|(AM/PM|am/pm|A/P|上午/下午)|(.)',
    re.DOTALL,
)
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\[\]]*\]|([0#?,.]+)|(%)|(.)', re.DOTALL)


def shown(value: object, code: str | None = None) -> str:
    """A cell's value as text.

    Args:
        value: what the workbook holds: text, number, boolean, date or time.
        code: the cell's number format, where known.

    Returns:
        Numbers without a needless ``.0`` and with at most the 15 digits Excel knows; dates as their format shows them,
        in ISO form where that leaves the year open (``12/31/25``) or is not understood; text unchanged.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        formatted = _formatted(value, code) if code else None
        return plain(value) if formatted is None else formatted
    if isinstance(value, datetime.date) and code and (text := _dated(value, code)):
        return text
    if isinstance(value, datetime.datetime):
        clock = "" if value.time() == datetime.time() else value.strftime(" %H:%M")
        return value.date().isoformat() + clock
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime.timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def telling(text: str) -> bool:
    """Whether a date as shown says what it is: with a full year, or in Chinese."""
    return _TELLING.search(text) is not None


def from_serial(value: float, since_1904: bool = False) -> datetime.datetime | None:
    """The date that a workbook keeps as a number of days (18.17.4.1); None for numbers that are none.

    The false leap day of 1900 is kept out of it: dates before March 1900 are not told.
    """
    if not 61 <= value < 2_958_466:
        return None
    epoch = datetime.datetime(1904, 1, 1) if since_1904 else datetime.datetime(1899, 12, 30)
    return epoch + datetime.timedelta(seconds=round(value * 86_400))


@lru_cache(maxsize=512)
def is_date(code: str) -> bool:
    """Whether a number format shows a number as a date or time."""
    bare = _LITERAL.sub("", code[:200].partition(";")[0]).lower()
    return re.search(r"[ymdhs]", bare) is not None and not re.search(r"[0#?]|general", bare)


def plain(value: int | float) -> str:
    """A number without format: 10.0 is ``10``, 0.1 + 0.2 is ``0.3``; no exponent below 10^21."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    text = format(value, ".15g") if isinstance(value, float) else str(value)
    if "e" in text and abs(value) < 1e21:
        text = format(Decimal(text), "f")
    return text


def _formatted(value: int | float, code: str) -> str | None:
    sections = _sections(code)
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    else:
        section = sections[0]
    parsed = _parse(section)
    if parsed is None or abs(value) > 1e15 or value != value:
        return None
    before, after, percent, whole, fixed, optional, scale = parsed
    number = Decimal(format(value, ".15g")) * (100**percent) / (1000**scale)
    number = number.quantize(Decimal(1).scaleb(-(fixed + optional)), ROUND_HALF_UP)
    digits = format(abs(number), "f")
    integer, _, fraction = digits.partition(".")
    while len(fraction) > fixed and fraction.endswith("0"):
        fraction = fraction[:-1]
    integer = integer.zfill(whole) if whole else integer
    sign = "-" if number < 0 else ""
    return sign + before + integer + ("." + fraction if fraction else "") + after


def _dated(value: datetime.date, code: str) -> str | None:
    """A date by its format, None when the format is not understood or its result would leave the year open."""
    tokens = _DATE_TOKEN.findall(_sections(code)[0])
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime(value.year, value.month, value.day)
    half = any(mark for *_, mark, _ in tokens)
    out: list[str] = []
    before = ""
    for index, (quoted, escaped, letters, mark, other) in enumerate(tokens):
        if quoted or escaped:
            out.append(quoted or escaped)
        elif mark:
            out.append(
                ("上午" if moment.hour < 12 else "下午") if "午" in mark else ("AM" if moment.hour < 12 else "PM")
            )
        elif letters:
            kind, size = letters[0].lower(), len(letters)
            following = next((item[2][0].lower() for item in tokens[index + 1 :] if item[2]), "")
            if kind == "m" and size < 3 and (before == "h" or following == "s"):
                number = moment.minute
            elif kind == "y" or size < 3:
                hour = (moment.hour + 11) % 12 + 1 if half else moment.hour
                number = {
                    "y": moment.year if size > 2 else moment.year % 100,
                    "m": moment.month, "d": moment.day, "h": hour, "s": moment.second,
                }[kind]  # fmt: skip
            else:
                return None  # names of months and weekdays depend on the language of the program
            out.append(str(number).zfill(2 if size == 2 else 1))
            before = kind
        elif other and ((other.isascii() and other.isalnum()) or other in "@#?"):
            return None
        else:
            out.append(other)
    text = "".join(out).strip()
    return text if telling(text) else None


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    return tuple(re.findall(r'((?:"[^"]*"|\\.|[^;"])*)(?:;|$)', code[:200])[:3]) or ("",)


@lru_cache(maxsize=512)
def _parse(section: str) -> tuple[str, str, int, int, int, int, int] | None:
    """(text before, text after, percent signs, whole digits, fixed and optional decimals, thousands scaling)."""
    before, after, pattern, percent = "", "", None, 0
    for quoted, escaped, digits, sign, other in _TOKEN.findall(section):
        if digits:
            if pattern is not None:
                return None
            pattern = digits
            continue
        if other and (other.isalnum() or other in "/@"):
            # Dates, General, fractions, exponents.
            return None
        percent += bool(sign)
        literal = quoted or escaped or sign or other
        if pattern is None:
            before += literal
        else:
            after += literal
    if pattern is None or pattern.count(".") > 1 or percent > 1:
        return None
    scale = len(pattern) - len(pattern.rstrip(","))
    whole, _, decimals = pattern.replace(",", "").partition(".")
    return before, after.rstrip(), percent, whole.count("0"), decimals.count("0"), len(decimals.strip("0")), scale
