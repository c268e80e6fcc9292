"""Quantities as a plan states them, each with the stretch of its sentence that says what it is a quantity of.

1. The number counts with the classifier after it (不少于20节, 至少2次, 70%以上, 二十节, 七成, 2门学科).
2. The stretch of a quantity runs from the end of what belongs to the quantity before it to the next mark of punctuation
   after it: 每月至少1次线下指导或2次线上教研 has two stretches.
3. 全部, 全覆盖, 应纳尽纳 are 100 %.
4. The period is the last 每学期, 每月 … of the sentence before the quantity; the date the last deadline before it, else
   one in brackets after it, else that of the heading above (…阶段（2025年10月—12月）).
5. What ``Document.targets`` says of the same place completes what is found here; targets elsewhere are added.

Not counted: ordinals (第2次), lengths of time (3个月), dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from checks.lexicon import matching
from checks.plan import Plan, Stretch
from extractors.dates import find_deadlines
from extractors.numerals import to_number
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
        unit: what stands right after the number, for units to be compared with.
        per_year: how often a year the period named comes, None where no period is named.
        due: the day until which it is promised; ``masked_due`` when its year is masked (20xx).
        personal: it is each person's own number.
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
    per_year: float | None
    due: date | None
    masked_due: bool
    personal: bool
    about: str = ""


def has_unit(quantity: Quantity, units: list[str]) -> bool:
    """Whether the quantity is counted in one of the units."""
    return any(quantity.unit.startswith(unit) for unit in units)


@cache
def _number() -> re.Pattern[str]:
    words = matching()
    classifier = "|".join(re.escape(c) for c in sorted(words["classifiers"], key=len, reverse=True))
    durations = "|".join(words["durations"])
    totals = "|".join(sorted(words["totals"], key=len, reverse=True))
    numeral = r"\d{1,9}(?:\.\d{1,4})?|[一二两三四五六七八九十百千〇零]{1,7}"
    return re.compile(
        rf"(?P<total>{totals}|所有[^,。;、]{{2,16}}?(?=[均都]?(?:纳入|加入|组建|覆盖)))"
        rf"|百分之(?P<percent>{numeral})"
        rf"|(?P<tenths>[一二三四五六七八九])成(?![立为果效员长本功熟就人])"
        rf"|(?<![第\d.])(?P<low>{numeral})(?:%?(?:-{{1,2}}|至|到)(?P<high>{numeral}))?(?!{durations})(?P<unit>{classifier})"
    )


@cache
def _words(*kinds: str) -> re.Pattern[str]:
    words = [word for kind in kinds for word in matching()[kind]]
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def quantities(plan: Plan) -> list[Quantity]:
    """Every quantity of the plan, in reading order; those in the titles of other documents are left out."""
    found: list[Quantity] = []
    for sentence in plan.sentences:
        found.extend(_in_sentence(plan, sentence))
    return _with_targets(plan, found)


def _in_sentence(plan: Plan, sentence: Stretch) -> Iterator[Quantity]:
    text = plan.spoken
    matches = list(_number().finditer(text, sentence.start, sentence.end))
    counted = [match for match in matches if not match["total"]]
    deadlines: list[tuple[int, int, date | None, bool]] | None = None
    for match in matches:
        value, upper = _value(match)
        if value is None:
            continue
        if deadlines is None:
            deadlines = [
                (d.start, d.end, d.due, bool(_MASKED_YEAR.search(text, d.start, d.end)))
                for d in find_deadlines(text, sentence.start, sentence.end)
            ]
            deadlines = [d for d in deadlines if d[2] or d[3]]
        stretch = _stretch(text, match, counted, sentence)
        due, masked = _due(plan, match, deadlines, sentence)
        yield Quantity(
            value=value,
            upper=upper,
            comparator=_comparator(text, match, stretch, upper),
            start=match.start(),
            end=match.end(),
            stretch=stretch,
            sentence=sentence,
            unit="%" if match["unit"] is None else text[match.start("unit") : match.start("unit") + 4],
            per_year=_period(text, sentence.start, match.start()),
            due=due,
            masked_due=masked,
            personal=bool(_words("personal").search(text, stretch.start, match.start())),
        )


def _value(match: re.Match[str]) -> tuple[float | None, float | None]:
    if match["total"]:
        return 100.0, None
    if match["percent"]:
        return to_number(match["percent"]), None
    if match["tenths"]:
        tenths = to_number(match["tenths"])
        return (tenths * 10 if tenths is not None else None), None
    low = to_number(match["low"])
    high = to_number(match["high"]) if match["high"] else None
    return low, high


def _stretch(text: str, match: re.Match[str], counted: list[re.Match[str]], sentence: Stretch) -> Stretch:
    """What belongs to the quantity (point 2 of the module)."""
    before = [other for other in counted if other.end() <= match.start()]
    after = [other for other in counted if other.start() >= match.end()]
    start = _tail(text, before[-1].end(), match.start()) if before else sentence.start
    end = _tail(text, match.end(), after[0].start() if after else sentence.end, last=not after)
    return Stretch(start, end)


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


def _comparator(text: str, match: re.Match[str], stretch: Stretch, upper: float | None) -> Comparator:
    before = text[max(stretch.start, match.start() - 8) : match.start()]
    after = text[match.end() : match.end() + 6]
    if _words("at_most").search(before) or _words("at_most_after").match(after):
        return "<="
    if _words("at_least").search(before) or _words("at_least_after").search(after):
        return ">="
    return "range" if upper is not None else "="


def _period(text: str, start: int, end: int) -> float | None:
    last: str | None = None
    for match in _periods().finditer(text, start, end):
        last = match.group()
    return float(matching()["periods"][last]) if last else None


@cache
def _periods() -> re.Pattern[str]:
    return re.compile("|".join(sorted(matching()["periods"], key=len, reverse=True)))


def _due(
    plan: Plan, match: re.Match[str], deadlines: list[tuple[int, int, date | None, bool]], sentence: Stretch
) -> tuple[date | None, bool]:
    before = [d for d in deadlines if d[1] <= match.start()]
    if before:
        return before[-1][2], before[-1][3]
    clause = plan.clause(match.start(), match.end())
    after = [d for d in deadlines if match.end() <= d[0] < clause.end]
    if after:
        return after[0][2], after[0][3]
    for heading in reversed(plan.headings_above(match.start())):
        end = heading_date(heading)
        if end:
            return end, False
    return None, False


_HEADING_DATE = re.compile(r"(?:(?P<year>20\d{2})年)?(?:(?P<month>\d{1,2})月)?(?P<end>年?底|底)?")


def heading_date(heading: str) -> date | None:
    """The last day that the last date of a stage's heading means: 启动阶段(2025年10月-12月) → 2025-12-31."""
    dates = heading_dates(heading)
    return dates[-1] if dates else None


def heading_dates(heading: str) -> list[date]:
    """The month ends that a heading names, a missing year taken from the date before."""
    import calendar

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
        per_year=_per_year(target),
        due=target.due,
        masked_due=False,
        personal=False,
        about=target.about,
    )
