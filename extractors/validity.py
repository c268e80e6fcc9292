"""From when and until when a document says that it is in force: 自…起施行, 有效期三年, 有效期至…, a page's 有效性：失效.

The last day in force is given: 自2020年1月1日起施行，有效期3年 ends on 2022-12-31. Where a period is said to run from the day of issue,
that is the document's own date (成文日期, else the page's). Vocabulary: ``lexicons/validity.yaml``.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from extractors.dates import deadline_date, find_dates
from extractors.fold import fold
from extractors.lexicon import load
from extractors.numerals import to_int
from schemas.document import Document
from schemas.relations import StatementKind

_SENTENCE_END = re.compile("[。;!?\n]")
_LONGEST_SENTENCE = 400
_MOST_YEARS = 50


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about the document's own force: ``text[start:end]`` of the original is its sentence.

    ``day`` is the first day in force (``effective``), the last one (``expires``), or None where no year can be told; ``withdrawn`` has
    none: the page says only that the document is no longer in force.
    """

    kind: StatementKind
    day: date | None
    start: int
    end: int


def find_statements(document: Document) -> list[Statement]:
    """What a document says of its own force, in order; linear in the text's length."""
    folded = fold(document.text)
    own_day = document.signed_on or document.published_on
    found: list[Statement] = []
    effective: date | None = None
    for start, end in _sentences(folded):
        sentence = folded[start:end]
        if "起" in sentence and (begins := _begins().search(sentence)):
            effective = _first_day(begins, own_day)
            found.append(_statement("effective", effective, folded, start, end))
        for match in _lasts().finditer(sentence):
            if any(word in sentence for word in load("validity")["about_itself"]):
                last = _last_day(sentence, match, effective or own_day)
                found.append(_statement("expires", last, folded, start, end))
                break
        if _withdrawn().search(sentence):
            found.append(_statement("withdrawn", None, folded, start, end))
    title = document.spans.get("title")
    if title is not None and _marked().search(folded[title.start : title.end]):
        found.append(Statement("withdrawn", None, title.start, title.end))
    return sorted(found, key=lambda one: one.start)


def _sentences(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(folded):
        yield start, min(match.start(), start + _LONGEST_SENTENCE)
        start = match.end()
    yield start, min(len(folded), start + _LONGEST_SENTENCE)


def _statement(kind: StatementKind, day: date | None, folded: str, start: int, end: int) -> Statement:
    while start < end and folded[start].isspace():
        start += 1
    while end > start and folded[end - 1].isspace():
        end -= 1
    return Statement(kind, day, start, end)


def _first_day(match: re.Match[str], own_day: date | None) -> date | None:
    if match["own"]:
        return own_day
    return next((found.value for found in find_dates(match["day"])), None)


def _last_day(sentence: str, match: re.Match[str], begins: date | None) -> date | None:
    if match["years"]:
        years = to_int(match["years"])
        if begins is None or years is None or not 0 < years <= _MOST_YEARS:
            return None
        try:
            end = begins.replace(year=begins.year + years)
        except ValueError:  # 29 February
            assert not isleap(begins.year + years)
            end = date(begins.year + years, 3, 1)
        return end - timedelta(days=1)
    rest = sentence[match.end() : match.end() + 24]
    return next((found.value for found in find_dates(rest)), None) or deadline_date("到" + rest.lstrip())


def _either(name: str) -> str:
    return "|".join(map(re.escape, sorted(load("validity")[name], key=len, reverse=True)))


@cache
def _begins() -> re.Pattern[str]:
    return re.compile(
        rf"(?:自|从)\s*(?:(?P<own>(?:{_either('own_day')})之日)|(?P<day>[\d〇○零一二三四五六七八九十]{{1,5}}\s*年[\d一二三四五六七八九十\s]{{1,5}}月[\d一二三四五六七八九十\s]{{1,5}}日))\s*起\s*(?:正式|开始)?\s*(?:{_either('begins')})"
    )


@cache
def _lasts() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_either('lasts')})\s*(?:为|是|限)?\s*:?\s*(?:(?P<years>[\d一二两三四五六七八九十]{{1,3}})\s*年(?!\s*[\d一二三四五六七八九十]{{1,2}}\s*月)|(?P<until>至|到|截至|截止到|截止))"
    )


@cache
def _withdrawn() -> re.Pattern[str]:
    return re.compile(rf"(?:{_either('labels')})\s*[:\t]\s*(?:{_either('no_longer')})(?![\u3400-\u9fff])")


@cache
def _marked() -> re.Pattern[str]:
    return re.compile(rf"[\[(【]\s*(?:{_either('marked')})\s*[\])】]")
