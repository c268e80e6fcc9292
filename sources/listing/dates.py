"""Dates as lists of documents write them: 2025-03-01, 2025/3/1, 2025年3月1日, [03-01], timestamps, in text or addresses.

All are days in China: a time with another zone, or a timestamp, is turned into the day it was there.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from extractors.dates import find_dates
from extractors.fold import fold
from schemas.china_time import CHINA

_MAX = 2_000
"""Characters of an item that are looked at for a date."""
_FIRST, _AHEAD = 1990, 366
"""Days before this year, or more than so many days ahead, are no dates of a list."""

_STAMP = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_SECONDS, _MILLISECONDS = (6e8, 1e11), (6e11, 1e14)
"""Numbers that are timestamps, from 1989 on; 20250301 and 202503010930 are none."""
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:\d{4}(?:\d\d)?)?(?!\d)")
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d)")
_SPACED = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,2})(?!\d)")
# Split over two elements, the day large: 01 2025-03, 2025-03 01, 2025年3月 1日, 03-01 2025.
_DAY_FIRST = re.compile(r"(?<![\d./-])(\d{1,2})日?\s+((?:19|20)\d\d)[-./年](\d{1,2})月?(?![-./\d])")
_DAY_LAST = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./年](\d{1,2})月?\s+(\d{1,2})日?(?![-./:\d])")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})[-./月](\d{1,2})日?\s+((?:19|20)\d\d)年?(?![-./\d])")
_MONTH_DAY = re.compile(r"(?<![\d./:-])(\d{1,2})\s*(?:[-/.]\s*(\d{1,2})|月\s*(\d{1,2})\s*[日号])(?![-./:\d年月])")
# What systems put into addresses: /202503/t20250301_1234.html, /art/2025/3/1/art_1.html, /2025-03/01/content_1.htm.
_IN_ADDRESS = (
    re.compile(r"/t?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:_\d+|/)"),
    re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})/"),
)


def read_date(text: str, today: datetime.date) -> datetime.date | None:
    """The last day that a text of a list names, None where it names none.

    The last, because a title before it may name days of its own. A day without a year is the latest one that is not
    after ``today``.
    """
    folded = fold(text[-_MAX:]).strip()
    if _STAMP.fullmatch(folded) and (stamp := from_stamp(float(folded), today)) is not None:
        return stamp
    found = [*_zoned(folded), *_whole(folded), *_parted(folded)]
    plausible = [(end, day) for end, day in found if _is_plausible(day, today)]
    if plausible:
        return max(plausible)[1]
    days = [_near(int(m[1]), int(m[2] or m[3]), today) for m in _MONTH_DAY.finditer(folded)]
    return next((day for day in reversed(days) if day is not None), None)


def from_stamp(value: float, today: datetime.date) -> datetime.date | None:
    """The day of a timestamp in seconds or milliseconds since 1970, None where the number is none."""
    if _MILLISECONDS[0] <= value < _MILLISECONDS[1]:
        seconds = value / 1000
    elif _SECONDS[0] <= value < _SECONDS[1]:
        seconds = value
    else:
        return None
    try:
        day = datetime.datetime.fromtimestamp(seconds, CHINA).date()
    except (ValueError, OverflowError, OSError):
        return None
    return day if _is_plausible(day, today) else None


def from_mail(text: str, today: datetime.date) -> datetime.date | None:
    """The day of a date as mail and RSS write it (RFC 5322), else as ``read_date`` finds it."""
    try:
        moment = parsedate_to_datetime(text)
        day = (moment.astimezone(CHINA) if moment.tzinfo else moment).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return read_date(text, today)
    return day if _is_plausible(day, today) else None


def in_address(url: str, today: datetime.date) -> datetime.date | None:
    """The day that an address carries."""
    for pattern in _IN_ADDRESS:
        for match in pattern.finditer(url[:_MAX]):
            day = _day(int(match[1]), int(match[2]), int(match[3]))
            if day is not None and _is_plausible(day, today):
                return day
    return None


def _zoned(text: str) -> Iterator[tuple[int, datetime.date]]:
    for match in _ZONED.finditer(text):
        try:
            moment = datetime.datetime.fromisoformat(match[0].replace(" ", "T", 1).replace(" ", ""))
            # One more than the end of the same day read without its zone.
            yield match.end() + 1, moment.astimezone(CHINA).date()
        except (ValueError, OverflowError):
            continue


def _whole(text: str) -> Iterator[tuple[int, datetime.date]]:
    for found in find_dates(text):
        yield found.end, found.value
    for pattern, groups in ((_SPACED, (1, 3, 4)), (_COMPACT, (1, 2, 3))):
        for match in pattern.finditer(text):
            if (day := _day(*(int(match[g]) for g in groups))) is not None:
                yield match.end(), day


def _parted(text: str) -> Iterator[tuple[int, datetime.date]]:
    for pattern, groups in ((_DAY_FIRST, (2, 3, 1)), (_DAY_LAST, (1, 2, 3)), (_YEAR_LAST, (3, 1, 2))):
        for match in pattern.finditer(text):
            if (day := _day(*(int(match[g]) for g in groups))) is not None:
                yield match.end(), day


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _near(month: int, day: int, today: datetime.date) -> datetime.date | None:
    """The latest such day that is not after tomorrow: the server's clock may be ahead."""
    latest = today + datetime.timedelta(days=1)
    for year in range(latest.year, latest.year - 5, -1):  # 29 February comes once in four years, at most five
        found = _day(year, month, day)
        if found is not None and found <= latest:
            return found
    return None


def _is_plausible(day: datetime.date, today: datetime.date) -> bool:
    return day.year >= _FIRST and day <= today + datetime.timedelta(days=_AHEAD)
