"""Numbers of a spreadsheet as people see them: Excel number formats (ECMA-376 part 1, 18.8.30 and 18.8.31).

Only what changes the meaning is applied: percent, decimals, leading zeros, scaling, and the literal text around
(``0"所"``). Thousands separators and colours are left out; a format that is not understood leaves the plain number.
"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

BUILTIN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)"}
"""The formats that files name by number alone."""

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|([0#?,.]+)|(%)|(.)', re.DOTALL)


def shown(value: object, code: str | None = None) -> str:
    """A cell's value as text.

    Args:
        value: what the workbook holds: text, number, boolean, date or time.
        code: the cell's number format, where known.

    Returns:
        Numbers without a needless ``.0`` and with at most the 15 digits Excel knows; dates in ISO form; text unchanged.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        formatted = _formatted(value, code) if code else None
        return plain(value) if formatted is None else formatted
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
