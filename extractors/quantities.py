"""Quantities: numbers with a unit, a comparison and a period, as plans promise and notices demand them.

Own grammar (general libraries make 3-5人 the fifth of March): 不少于20节, 70%以上, 300--500万元, 2-3个月, 每学期至少2次,
1次/月, 一学期一次, 百分之七十, 十分之一. Dates, numbers of items and ordinals are no quantities. Text is folded, offsets are
characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.lexicon import load
from extractors.numerals import CHINESE, to_number
from schemas.document import Comparator, Period

_MYRIAD = {"万": 1e4, "亿": 1e8}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity: ``start``-``end`` covers comparison, number, unit and what stands behind it (以上)."""

    value: float
    upper: float | None
    unit: str
    comparator: Comparator | None
    per: Period | None
    start: int
    end: int
    number_start: int


def _any(words: list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _kind_of_word() -> dict[str, Comparator]:
    w = load("quantities")
    kinds: dict[str, Comparator] = dict.fromkeys(w["at_least"], ">=")
    kinds |= dict.fromkeys(w["at_most"], "<=")
    return kinds


@cache
def _comparison_words() -> re.Pattern[str]:
    w = load("quantities")
    return re.compile(_any(w["at_least"] + w["at_most"]))


_PERIOD = re.compile(
    r"每(?:个|一)?\s*(?P<each>学\s*期|学\s*年|年度|年|月|周|星期)(?!级)|(?<![\d〇一二三四五六七八九十])(?:一|1)\s*个?\s*(?P<one>学\s*期|学\s*年|年|月|周)(?=\s*(?:[不至]|[一二两三\d]\s*次))"
)
_PERIOD_NAMES: dict[str, Period] = {
    "学期": "semester", "学年": "school_year", "年度": "year", "年": "year", "月": "month", "周": "week", "星期": "week",
}  # fmt: skip
_CLAUSE_END = re.compile(r"[。;\n]")


def find_quantities(folded: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Every quantity of a stretch of folded text, in order, with the period it holds for."""
    end = len(folded) if end is None else end
    for match in _number_pattern().finditer(folded, start, end):
        quantity = _quantity(folded, match, start)
        if quantity:
            yield quantity


@cache
def _number_pattern() -> re.Pattern[str]:
    """The pattern without the comparison in front: that is looked for backwards, which keeps matching linear."""
    w = load("quantities")
    units = _any(w["units"])
    return re.compile(
        rf"""
        (?=[{CHINESE}\d])(?<![\d.〇一二三四五六七八九十百第-])
        (?:百分之\s*(?P<percent>[{CHINESE}]{{1,5}}|\d{{1,3}}(?:\.\d+)?)(?:\s*(?:-{{1,3}}|至|到)\s*(?:百分之)?(?P<percent2>[{CHINESE}]{{1,5}}|\d{{1,3}}))?
         | (?P<parts>[二三四五六七八九十]|\d{{1,2}})\s*分之\s*(?P<share>[{CHINESE}]{{1,2}}|\d{{1,2}})
         | (?P<number>\d[\d,]{{0,15}}(?:\.\d{{1,6}})?|[{CHINESE}]{{1,9}})\s{{0,3}}(?P<myriad>[万亿])?
           (?:\s{{0,3}}(?P<unit1>%|元|次|人|个|所|节)?\s{{0,3}}(?:-{{1,4}}|至|到)\s{{0,3}}(?P<number2>\d[\d,]{{0,15}}(?:\.\d{{1,6}})?|[{CHINESE}]{{1,9}}))?
           \s{{0,3}}(?P<myriad2>[万亿])?(?P<more>多|余)?\s{{0,3}}(?:个(?=学期|月|学年|课时))?(?P<unit>{units})(?![\u3400-\u9fff]?[\u2460-\u2473])
        )
        (?:\s{{0,3}}(?P<after>{_any(w["above_after"] + w["below_after"])}))?
        (?:\s{{0,3}}/\s{{0,3}}(?P<per>周|月|学期|学年|年))?
        """,
        re.X,
    )


def _quantity(folded: str, match: re.Match[str], floor: int) -> Quantity | None:
    unit = match["unit"] or "%"
    if match["percent"]:
        value, upper = to_number(match["percent"]), to_number(match["percent2"] or "")
    elif match["parts"]:  # 十分之一 is 10 %
        parts, share = to_number(match["parts"]), to_number(match["share"])
        value, upper = (round(100 * share / parts, 2) if parts and share else None), None
    else:
        value, upper = to_number(match["number"]), to_number(match["number2"] or "")
    if value is None or _is_no_quantity(folded, match, unit):
        return None
    factor = _MYRIAD.get(match["myriad2"] or "", 1.0)
    first_factor = (
        _MYRIAD.get(match["myriad"] or "", 1.0) if match["myriad"] else (factor if upper is not None else 1.0)
    )
    value *= first_factor if (match["myriad"] or upper is not None) else factor
    upper = (
        upper * (factor if match["myriad2"] else _MYRIAD.get(match["myriad"] or "", 1.0)) if upper is not None else None
    )
    if unit.endswith("元") and len(unit) > 1:
        value, upper = value * _MYRIAD[unit[0]], (upper * _MYRIAD[unit[0]] if upper is not None else None)
        unit = "元"
    unit = load("quantities")["same_unit"].get(unit, unit)
    start, comparator = _comparison_before(folded, match.start(), floor)
    comparator = _comparison(match, comparator, upper)
    per = _PERIOD_NAMES.get(match["per"]) if match["per"] else period_before(folded, match.start(), floor, unit == "%")
    return Quantity(value, upper, unit, comparator, per, start, match.end(), match.start())


def _comparison(match: re.Match[str], before: Comparator | None, upper: float | None) -> Comparator | None:
    w = load("quantities")
    if upper is not None:
        return "range"
    if match["after"] in w["above_after"]:
        return ">="
    if match["after"] in w["below_after"] and before is None:
        return "<="
    return before


def _is_no_quantity(folded: str, match: re.Match[str], unit: str) -> bool:
    """A date, an ordinal, a school year, an idiom."""
    number = match["number"] or ""
    after = folded[match.end() : match.end() + 1]
    if folded[max(match.start() - 2, 0) : match.start()].rstrip().endswith(("第", "附件", "附表", "[")):
        return True
    if unit in ("学年", "学期", "年", "月", "日"):
        return _is_time(folded, match, unit, number, after)
    words = load("quantities")
    if number in words["article_numerals"] and unit in words["article_units"]:
        # 一个, 一套, 一所: an article, unless a comparison makes it a count.
        return _comparison_before(folded, match.start(), 0)[1] is None
    return False


def _is_time(folded: str, match: re.Match[str], unit: str, number: str, after: str) -> bool:
    """Whether a number of years or months is a point in time (2025年, 三年级, 90年代, 7月) rather than a length of time."""
    counted = "个" in folded[match.start() : match.end()]
    if len(number) == 4 and unit in ("年", "学年"):
        return True
    if match["number2"]:
        return unit in ("月", "日") and not counted
    if unit == "年":
        return bool(after) and (after in "级度底末初" or (after == "代" and number.isdigit()))
    return unit in ("月", "日") and not counted


_GAP_WORDS = re.compile(r"[\u3400-\u9fff\"“”()、\s]{0,12}")
_BACK = 18


def _comparison_before(folded: str, at: int, floor: int) -> tuple[int, Comparator | None]:
    """The comparison in front of a number, and where it starts: right before it, or with the verb in between.

    至少开展一次, 至少参与或指导2次: at most 12 characters of the same clause stand between.
    """
    window_start = max(floor, at - _BACK)
    window = folded[window_start:at]
    last: re.Match[str] | None = None
    for match in _comparison_words().finditer(window):
        last = match
    if last is None:
        return at, None
    between = window[last.end() :]
    direct = not between.strip()
    if not direct and (
        last[0] in ("达", "为", "确保", "保证", "达到", "超过", "高于", "低于", "少于", "多于", "控制在")
        or not _GAP_WORDS.fullmatch(between)
    ):
        return at, None
    if re.search(rf"[\d{CHINESE}]\s*(?:次|%|节|人|个|门|所)", between):
        return at, None
    return window_start + last.start(), _kind_of_word()[last[0]]


_COUNT_THEN_COMMA = re.compile(rf"[\d{CHINESE}]\s*(?:次|节|场|人|名|项|门)[^,;。]*,(?![^,;。]*其中)")


def period_before(folded: str, at: int, floor: int = 0, share: bool = False) -> Period | None:
    """The period (每学期, 每月 …) that holds for a quantity: the nearest before it in the same sentence.

    A ``share`` behind a count of the period is one of its own: 每月开展1次教研,交流比例不低于15% is no share a month.
    """
    window_start = max(floor, at - 80)
    cut = max((m.end() for m in _CLAUSE_END.finditer(folded[window_start:at])), default=0)
    window = folded[window_start + cut : at]
    found: re.Match[str] | None = None
    for match in _PERIOD.finditer(window + folded[at : at + 2]):
        if match.end() <= len(window):
            found = match
    if found is None or (share and _COUNT_THEN_COMMA.search(window, found.end())):
        return None
    return _PERIOD_NAMES[re.sub(r"\s", "", found["each"] or found["one"])]
