"""Dates and deadlines as official documents write them.

Own grammar rather than a general library: 3-5人, 2—3个月 and 2024—2035年 must not become dates, 二〇二五年 and 民国 years
must, and a deadline such as 到2025年底 means the last day of the year. All functions take folded text (see
``extractors.fold``) and give offsets in it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from extractors.numerals import to_int

_ROC_FIRST_YEAR = 1911  # 民国1年 is 1912
_EARLIEST, _LATEST = 1900, 2100

_YEAR = (
    r"(?:(?P<roc>中华民国|民国)\s*)?(?P<year>\d{2,4}|[〇○零一二三四五六七八九]{4}|[一二三四五六七八九十百]{1,5})\s*年"
)
_MONTH = r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月"
_DAY = r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]"
_FULL = re.compile(rf"{_YEAR}\s*{_MONTH}\s*{_DAY}")
_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<year>(?:19|20)\d{2})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?![\d])"
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it stands."""

    value: date
    start: int
    end: int


def _year(text: str, roc: bool = False) -> int | None:
    value = to_int(text)
    if value is None:
        return None
    if roc:
        value += _ROC_FIRST_YEAR
    return value if _EARLIEST <= value <= _LATEST else None


def _date(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def find_dates(folded: str, start: int = 0, end: int | None = None) -> Iterator[FoundDate]:
    """Every full date (year, month, day) in the text, in order.

    Reads 2025年9月1日, 二〇二五年九月一日, 民国109年9月1日, 2025-09-01, 2025/9/1, 2025.9.1.
    """
    end = len(folded) if end is None else end
    found: list[FoundDate] = []
    # The word is looked for first: most text has none, and a plain search is much cheaper than the pattern.
    for match in _FULL.finditer(folded, start, end) if folded.find("年", start, end) >= 0 else ():
        value = _date(_year(match["year"], bool(match["roc"])), to_int(match["month"]), to_int(match["day"]))
        if value:
            found.append(FoundDate(value, match.start(), match.end()))
    for match in _NUMERIC.finditer(folded, start, end):
        value = _date(_year(match["year"]), int(match["month"]), int(match["day"]))
        if value:
            found.append(FoundDate(value, match.start(), match.end()))
    yield from sorted(found, key=lambda f: f.start)


def parse_date(text: str) -> date | None:
    """The first full date in a short text such as a metadata value, 20250901 included; None if there is none."""
    for found in find_dates(text):
        return found.value
    match = _COMPACT.search(text)
    return _date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None


# A deadline: year and/or month with 底, 末, 前, 之前, 以前, 上旬 …; 9月底, 2025年底, 到2027年, 2025年6月15日前.
_DEADLINE = re.compile(
    r"""
    (?:(?P<lead>到|至|截至|截止到?|于|在|力争|争取|力争到|前)\s*)?
    (?:
       (?:(?P<year>(?:19|20)\d{2}|20[xX×*]{2}|二[〇○零][〇○零一二三四五六七八九]{2}|今|明|当|本)\s*年\s*)
       (?:
          (?P<ymonth>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*(?:(?P<yday>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]|(?P<ypart>底|末|份|上旬|中旬|下旬|初))?
        | (?P<yend>年?底|年?末|以?内|春季学期|秋季学期|上半年|下半年)
       )?
     | (?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*(?:(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]|(?P<part>底|末|份|上旬|中旬|下旬|初))?
     | (?P<bare>年底|年末|年内)
    )
    \s*(?P<before>之前|以前|前|止|内)?
    """,
    re.X,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as written, and its day where the text says the year."""

    due: date | None
    start: int
    end: int
    bare_end: int
    """Where the day itself ends, 前 and 之前 left out."""
    explicit: bool
    """True where the wording says that it is a limit (到…, …前, …底), False for a mere mention of a year or month."""


_BEGINNING = re.compile(r"\s*(?:开始|起(?!草|步|点|始|到)|以来)")
"""从2025年秋季学期开始, 自2025年9月起: a beginning, no limit."""


def find_deadlines(folded: str, start: int = 0, end: int | None = None) -> Iterator[Deadline]:
    """Every deadline in the text, in order; one without a year has ``due`` None."""
    end = len(folded) if end is None else end
    if folded.find("年", start, end) < 0 and folded.find("月", start, end) < 0:
        return
    for match in _DEADLINE.finditer(folded, start, end):
        if _in_range(folded, match, start, end) or _BEGINNING.match(folded, match.end(), end):
            continue
        year = _deadline_year(match["year"])
        month = to_int(match["ymonth"] or match["month"] or "")
        day = to_int(match["yday"] or match["day"] or "")
        if match["month"] and not (match["part"] or match["day"] or match["before"] or match["lead"]):
            continue
        explicit = bool(
            match["before"] or match["ypart"] in ("底", "末") or match["part"] in ("底", "末") or match["bare"]
            or (match["yend"] and match["yend"][-1] in "底末内") or match["lead"] in ("到", "至", "截至", "截止", "截止到", "力争到")
        )  # fmt: skip
        first = match.start() + (len(match["lead"]) if match["lead"] else 0)
        while folded[first].isspace():
            first += 1
        last = match.end()
        while folded[last - 1].isspace():
            last -= 1
        bare = match.start("before") if match["before"] else last
        while folded[bare - 1].isspace():
            bare -= 1
        due = _last_day(year, month, day, match["ypart"] or match["part"], match["yend"])
        yield Deadline(due, first, last, bare, explicit)


def _in_range(folded: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether the date opens a range (2024-2035年, 7月25日-8月5日), or is the school year 2024年秋季 of a heading."""
    at = match.start()
    if not match["lead"]:
        while at > start and folded[at - 1].isspace():
            at -= 1
    before = folded[max(at - 1, 0) : at]
    after = folded[match.end() : min(match.end() + 2, end)].lstrip()
    return before == "-" or after.startswith("-") or before.isdigit()


def _deadline_year(text: str | None) -> int | None:
    return _year(text) if text and not re.search(r"[xX×*今明当本]", text) else None


def _last_day(
    year: int | None, month: int | None, day: int | None, part: str | None, year_end: str | None
) -> date | None:
    if year is None:
        return None
    if month is None:
        if year_end in ("上半年",):
            return date(year, 6, 30)
        return date(year, 12, 31)
    if not 1 <= month <= 12:
        return None
    if day is None:
        day = {"上旬": 10, "中旬": 20, "初": 10}.get(part or "", calendar.monthrange(year, month)[1])
    return _date(year, month, day)


def deadline_date(text: str) -> date | None:
    """The day a short deadline text means (2025年6月底前 → 2025-06-30), None where it names no year."""
    for deadline in find_deadlines(text):
        return deadline.due
    return None
