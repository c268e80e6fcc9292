"""Quantities as a plan states them, each with the stretch of its sentence that says what it is a quantity of.

1. The number counts with the classifier after it (不少于20节, 至少2次, 70%以上, 2门学科), see
   ``extractors.quantities``.
2. The stretch of a quantity runs from the end of what belongs to the quantity before it to the next mark of punctuation
   after it: 每月至少1次线下指导或2次线上教研 has two stretches.
   A quantity with nothing but a date and a verb beside it is about the same as the one before it (覆盖率2025年底达到70%，
   2026年底达到85%).
3. 全部, 全覆盖, 应纳尽纳 are 100 %, 七成 is 70 %.
4. The period is the last 每学期, 每月 … of the sentence before the quantity; the date the last deadline before it, else
   one in brackets after it, else that of the heading above (…阶段（2025年10月—12月）).
5. What ``Document.targets`` says of the same place completes what is found here; targets elsewhere are added.

Not counted: ordinals (第2次), lengths of time (3个月), dates.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from checks.lexicon import matching
from checks.plan import Plan, Stretch
from extractors.dates import find_deadlines
from extractors.numerals import to_number
from extractors.quantities import find_quantities
from schemas.document import Comparator, Target

_PUNCTUATION = re.compile(r"[,、。;:!?)(]")
_CONJUNCTION = re.compile(r"或者|或|和|及|与|并")
_MASKED_YEAR = re.compile(r"(?:19|20)?[xX×*]{2}年|20[_○]{2}年")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One stated quantity.

    Attributes:
        value: the number; of a range its lower end. ``upper`` is a range's upper end.
        comparator: as stated; ``=`` where nothing says otherwise.
        start, end: the number with its classifier, in ``Plan.flat``.
        stretch: what belongs to the quantity, in ``Plan.flat``.
        sentence: the sentence around it, in ``Plan.flat``.
        unit: the classifier, in its usual form (节 for 堂).
        text: the number with its classifier and the four characters after it.
        per_year: how often a year the period named comes, None where no period is named.
        due: the day until which it is promised; ``masked_due`` when its year is masked (20xx).
        personal: it is each person's own number.
        milestone: the deadline before it as written, also one without a year.
        about: further words of what it is about, from the extracted target.
    """

    value: float
    upper: float | None
    comparator: Comparator
    start: int
    end: int
    stretch: Stretch
    sentence: Stretch
    unit: str
    text: str
    per_year: float | None
    due: date | None
    masked_due: bool
    personal: bool
    milestone: str = ""
    about: str = ""


def has_unit(quantity: Quantity, units: list[str]) -> bool:
    """Whether the quantity is counted in one of the units; 2个学科 is counted in 个 and in 个学科."""
    return quantity.unit in units or any(unit.startswith(quantity.unit) and unit in quantity.text for unit in units)


@cache
def _total() -> re.Pattern[str]:
    words = "|".join(sorted(matching()["totals"], key=len, reverse=True))
    return re.compile(
        rf"{words}|所有[^,。;、]{{2,16}}?(?=[均都]?(?:纳入|加入|组建|覆盖))|(?P<tenths>[二三四五六七八九])成(?![立为果效员长本功熟就人])"
    )


@cache
def _words(*kinds: str) -> re.Pattern[str]:
    words = [word for kind in kinds for word in matching()[kind]]
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=2)  # every threshold of a pack asks for those of the same plan
def quantities(plan: Plan) -> list[Quantity]:
    """Every quantity of the plan, in reading order; those in the titles of other documents are left out."""
    found: list[Quantity] = []
    for sentence in plan.sentences:
        found.extend(_in_sentence(plan, sentence))
    return _with_targets(plan, found)


def _in_sentence(plan: Plan, sentence: Stretch) -> Iterator[Quantity]:
    text = plan.spoken
    counted = list(find_quantities(text, sentence.start, sentence.end))
    totals = list(_total().finditer(text, sentence.start, sentence.end))
    if not counted and not totals:
        return
    named = [
        (d.start, d.end, d.due, bool(_MASKED_YEAR.search(text, d.start, d.end)))
        for d in find_deadlines(text, sentence.start, sentence.end)
    ]
    deadlines = [d for d in named if d[2] or d[3]]
    places = [(q.start, q.end) for q in counted]

    def made(start: int, end: int, value: float, upper: float | None, unit: str) -> Quantity:
        stretch = _stretch(text, start, end, places, sentence)
        due, masked = _due(plan, start, end, deadlines)
        return Quantity(
            value=value,
            upper=upper,
            comparator="=",
            start=start,
            end=end,
            stretch=stretch,
            sentence=sentence,
            unit=unit,
            text=text[start : min(end + 4, sentence.end)],
            per_year=_period(text, sentence.start, start),
            due=due,
            masked_due=masked,
            personal=bool(_words("personal").search(text, stretch.start, start)),
            milestone=next((text[d[0] : d[1]] for d in reversed(named) if stretch.start <= d[0] and d[1] <= start), ""),
        )

    previous: Quantity | None = None
    for stated in counted:
        quantity = made(stated.start, stated.end, stated.value, stated.upper, stated.unit)
        per_year = quantity.per_year
        if stated.per and per_year is None:
            per_year = float(matching()["period_rates"][stated.per])
        if previous and _has_no_subject(text, quantity, named):
            quantity = replace(quantity, stretch=Stretch(previous.stretch.start, quantity.stretch.end))
        quantity = replace(quantity, comparator=stated.comparator or _comparator(text, quantity), per_year=per_year)
        previous = quantity
        yield quantity
    for match in totals:
        if not any(start <= match.start() < end for start, end in places):
            value = (to_number(match["tenths"]) or 0.0) * 10 if match["tenths"] else 100.0
            yield made(match.start(), match.end(), value, None, "%")


def _has_no_subject(text: str, quantity: Quantity, named: list[tuple[int, int, date | None, bool]]) -> bool:
    """Whether only a date and a verb stand with the quantity, so that it is about the same as the one before it."""
    start, end = quantity.stretch.start, quantity.stretch.end
    rest = text[start : quantity.start] + text[quantity.end : end]
    for first, last, _, _ in named:
        if start <= first and last <= end:
            rest = rest.replace(text[first:last], "")
    rest = _words("without_subject").sub("", rest)
    return sum("\u4e00" <= character <= "\u9fff" for character in rest) <= 1


def _stretch(text: str, start: int, end: int, places: list[tuple[int, int]], sentence: Stretch) -> Stretch:
    """What belongs to the quantity (point 2 of the module)."""
    before = [place for place in places if place[1] <= start]
    after = [place for place in places if place[0] >= end]
    first = _tail(text, before[-1][1], start) if before else sentence.start
    last = _tail(text, end, after[0][0] if after else sentence.end, last=not after)
    return Stretch(first, last)


def _tail(text: str, start: int, limit: int, last: bool = False) -> int:
    """Where the words after a quantity stop belonging to it, at most ``limit``, the start of the next quantity."""
    stop = _PUNCTUATION.search(text, start, limit)
    if stop and stop.group() == "(":  # what stands in brackets right after it belongs to it
        closing = text.find(")", stop.end(), limit)
        stop = _PUNCTUATION.search(text, closing + 1, limit) if closing >= 0 else None
    if stop:
        return stop.start()
    if last:
        return limit
    conjunction = _CONJUNCTION.search(text, start, limit)
    if conjunction:
        return conjunction.start()
    return limit


def _comparator(text: str, quantity: Quantity) -> Comparator:
    """A comparison that stands further off than the quantity itself reaches (至少要为每校开展课堂教学活动1次)."""
    before = text[max(quantity.stretch.start, quantity.start - 24) : quantity.start]
    if _words("at_most").search(before):
        return "<="
    return ">=" if _words("at_least").search(before) else "="


def _period(text: str, start: int, end: int) -> float | None:
    last: str | None = None
    for match in _periods().finditer(text, start, end):
        last = match.group()
    return float(matching()["periods"][last]) if last else None


@cache
def _periods() -> re.Pattern[str]:
    return re.compile("|".join(sorted(matching()["periods"], key=len, reverse=True)))


def _due(
    plan: Plan, start: int, end: int, deadlines: list[tuple[int, int, date | None, bool]]
) -> tuple[date | None, bool]:
    before = [d for d in deadlines if d[1] <= start]
    if before:
        return before[-1][2], before[-1][3]
    clause = plan.clause(start, end)
    after = [d for d in deadlines if end <= d[0] < clause.end]
    if after:
        return after[0][2], after[0][3]
    for heading in reversed(plan.headings_above(start)):
        last = heading_date(heading)
        if last:
            return last, False
    return None, False


def heading_date(heading: str) -> date | None:
    """The last day that the last date of a stage's heading means: 启动阶段(2025年10月-12月) → 2025-12-31."""
    dates = heading_dates(heading)
    return dates[-1] if dates else None


def heading_dates(heading: str) -> list[date]:
    """The month ends that a heading names, a missing year taken from the date before."""
    year: int | None = None
    found: list[date] = []
    for match in re.finditer(r"(?:(20\d{2})年)?(?:(\d{1,2})月)?(?:(\d{1,2})日)?", "".join(heading.split())):
        if match[1]:
            year = int(match[1])
        if year is None or not (match[1] or match[2]):
            continue
        month = int(match[2]) if match[2] else 12
        if 1 <= month <= 12:
            found.append(date(year, month, calendar.monthrange(year, month)[1]))
    return found


def _with_targets(plan: Plan, found: list[Quantity]) -> list[Quantity]:
    """Point 5 of the module."""
    completed = list(found)
    for target in plan.document.targets:
        place = plan.stretch(target.span)
        same = [
            index
            for index, quantity in enumerate(completed)
            if quantity.start < max(place.end, place.start + 1)
            and place.start < quantity.end
            and quantity.value == target.value
        ]
        for index in same:
            completed[index] = _completed(completed[index], target)
        if not same and place.start < len(plan.flat):
            completed.append(_from_target(plan, target, place))
    return completed


def _per_year(target: Target) -> float | None:
    return float(matching()["period_rates"][target.per]) if target.per else None


def _completed(quantity: Quantity, target: Target) -> Quantity:
    return replace(
        quantity,
        per_year=quantity.per_year if quantity.per_year is not None else _per_year(target),
        due=quantity.due or (None if quantity.masked_due else target.due),
        about=target.about,
        comparator=quantity.comparator if quantity.comparator != "=" else target.comparator,
    )


def _from_target(plan: Plan, target: Target, place: Stretch) -> Quantity:
    return Quantity(
        value=target.value,
        upper=target.upper,
        comparator=target.comparator,
        start=place.start,
        end=place.end,
        stretch=place,
        sentence=plan.sentence_at(place.start),
        unit=target.unit or "",
        text=plan.spoken[place.start : place.end],
        per_year=_per_year(target),
        due=target.due,
        masked_due=False,
        personal=False,
        about=target.about,
    )
