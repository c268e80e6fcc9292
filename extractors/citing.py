"""In what capacity a document names another: carries it out, forwards it, repeals, replaces or amends it, or just names it.

The words around a 《…》 tell. Those before it count within its clause, those behind it only with fillers in between, so that
按照《…》认定的学校名单失效 repeals nothing. Titles that are joined (《甲》《乙》和《丙》) share what stands before the first and behind
the last. Vocabulary: ``lexicons/citing.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.citations import issued_titles, names_document
from extractors.document_number import NUMBER, find_numbers
from extractors.fold import fold
from extractors.layout import squeeze
from extractors.lexicon import load
from schemas.document import Document
from schemas.relations import Capacity

_TITLE = re.compile(r"《(?P<title>[^《》]{2,160}(?:《[^《》]{2,120}》[^《》]{0,80})*)》")
_JOINT = re.compile(r"[\s、,和与及以]{0,4}(?:以及)?\s{0,2}")
_BEFORE_NUMBER = re.compile(r"\s*[(\[]?\s*")
_SENTENCE_END = re.compile("[。;!?\n]")
_CLAUSE_END = re.compile("[,:。;!?\n》]")
_FORWARDED = re.compile(
    r"(?:转发|批转)(?P<title>[^《》]{2,40}?关于[^《》]{4,160}?的\s*(?:通知|意见|函|公告|决定|通报))(?:的\s*(?:通知|函))?\s*$"
)
_REACH_BEFORE, _REACH_AFTER = 30, 60
_LONGEST_EVIDENCE = 240
_BARE = re.compile(r"[^\u3400-\u9fffA-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Cited:
    """A document that is named: offsets of the original text.

    ``start`` to ``end`` is the name with its number; ``evidence_start`` to ``evidence_end`` the sentence that says in what
    capacity, cut at ``_LONGEST_EVIDENCE`` characters on either side.
    """

    title: str
    document_number: str | None
    start: int
    end: int
    capacity: Capacity
    evidence_start: int
    evidence_end: int


def find_cited(document: Document) -> list[Cited]:
    """Every document that a document cites, and in what capacity, in order; linear in the text's length.

    Besides ``document.citations`` these are the ones that it says are repealed, replaced or amended (also where they stand in its own
    title: 关于废止《…》的通知) and the one that its title forwards without 《》.
    """
    text, folded = document.text, fold(document.text)
    ends = [match.start() for match in _SENTENCE_END.finditer(folded)]
    repeals_all = _repeals_what_it_lists(document, folded)
    own = _own(document)
    wanted = {citation.span.start: citation for citation in document.citations}
    found: list[Cited] = []
    for group in _groups(text, folded):
        capacity = _capacity(folded, group[0].start, group[-1].end)
        for one in group:
            citation = wanted.get(one.start)
            names = citation is not None or names_document(squeeze(fold(one.title)))
            bare = _BARE.sub("", fold(one.title))
            listed = repeals_all and names and capacity == "refers" and bare not in own
            if listed:
                capacity_here: Capacity = "repeals"
            elif citation is not None or (capacity in ("repeals", "replaces", "amends") and names and bare not in own):
                capacity_here = capacity
            else:
                continue
            first, last = _sentence(ends, one.start, one.end, len(text))
            found.append(
                Cited(one.title, one.number, one.start, one.end, capacity_here, *_within(text, first, last, one))
            )
    return sorted({one.start: one for one in [*_forwarded(document), *found]}.values(), key=lambda one: one.start)


@dataclass(frozen=True, slots=True)
class _Name:
    title: str
    number: str | None
    start: int
    end: int


def _groups(text: str, folded: str) -> Iterator[list[_Name]]:
    """The 《…》 of a text with their numbers, those that are joined together."""
    group: list[_Name] = []
    for match in _TITLE.finditer(folded):
        number, end = _number_after(text, folded, match.end())
        name = _Name(squeeze(text[match.start("title") : match.end("title")]), number, match.start(), end)
        if group and not _JOINT.fullmatch(folded, group[-1].end, name.start):
            yield group
            group = []
        group.append(name)
    if group:
        yield group


def _number_after(text: str, folded: str, end: int) -> tuple[str | None, int]:
    gap = _BEFORE_NUMBER.match(folded, end)
    start = gap.end() if gap else end
    match = NUMBER.match(folded, start)
    if match:
        for number in find_numbers(text, folded, start, match.end()):
            stop = number.end
            return number.value, stop + (folded[stop : stop + 1] in (")", "]"))
    return None, end


def _capacity(folded: str, start: int, end: int) -> Capacity:
    """What the words around a group of names say."""
    behind = folded[end : end + _REACH_AFTER]
    behind = behind[: m.start()] if (m := re.search("[。;!?\n《]", behind)) else behind
    behind = squeeze(behind)
    if _part().match(behind):
        return "amends" if re.search("废止|修改|修订|删去|调整为", behind) else "refers"
    if match := _repealed().match(behind):
        return "refers" if match["not"] else "repeals"
    if behind.startswith(tuple(load("citing")["forwarded_after"])):
        return "forwards"
    before = folded[max(start - _REACH_BEFORE, 0) : start]
    before = before[max((mark.end() for mark in _CLAUSE_END.finditer(before)), default=0) :]
    words = list(_before().finditer(squeeze(before)))
    if not words:
        return "refers"
    word = words[-1][0]
    capacity = _capacities()[word]
    if word == "对":
        return "amends" if behind.startswith(tuple(load("citing")["amended_after"])) else "refers"
    return capacity


def _sentence(ends: list[int], start: int, end: int, length: int) -> tuple[int, int]:
    at = bisect_right(ends, start - 1)
    first = ends[at - 1] + 1 if at else 0
    at = bisect_right(ends, end - 1)
    return first, ends[at] + 1 if at < len(ends) else length


def _within(text: str, first: int, last: int, one: _Name) -> tuple[int, int]:
    first, last = max(first, one.start - _LONGEST_EVIDENCE), min(last, one.end + _LONGEST_EVIDENCE)
    while first < one.start and text[first].isspace():
        first += 1
    while last > one.end and text[last - 1].isspace():
        last -= 1
    return first, last


def _own(document: Document) -> frozenset[str]:
    """The names of the document itself and of the paper that it issues."""
    title = fold(document.title or "")
    return frozenset(_BARE.sub("", one) for one in (title, *issued_titles(title)) if one)


def _repeals_what_it_lists(document: Document, folded: str) -> bool:
    title = squeeze(fold(document.title or ""))
    words = load("citing")
    if not any(word in title for word in words["repealing_titles"]):
        return False
    return not any(word in title or word in folded for word in words["keeping"])


def _forwarded(document: Document) -> Iterator[Cited]:
    """What the title forwards without marks: 某市教育局转发省教育厅关于…的通知."""
    span = document.spans.get("title")
    if span is None:
        return
    folded = fold(document.text[span.start : span.end])
    match = _FORWARDED.search(folded)
    if match:
        start, end = span.start + match.start("title"), span.start + match.end("title")
        yield Cited(squeeze(document.text[start:end]), None, start, end, "forwards", span.start, span.end)


@cache
def _capacities() -> dict[str, Capacity]:
    return {word: capacity for capacity, words in load("citing")["before"].items() for word in words}


@cache
def _before() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_capacities(), key=len, reverse=True))))


@cache
def _part() -> re.Pattern[str]:
    return re.compile(load("citing")["part"])


@cache
def _repealed() -> re.Pattern[str]:
    words = load("citing")

    def either(name: str) -> str:
        return "|".join(map(re.escape, sorted(words[name], key=len, reverse=True)))

    day = r"(?:自|于|从)?\d{4}年\d{1,2}月\d{1,2}日(?:起|后)?"
    # Possessive: what is a filler is never tried as anything else, so the cost is linear.
    return re.compile(
        rf"(?:[,、)\]]|{day}|{either('fillers')})*+(?P<not>{either('not_repealed')})?(?:{either('repealed_after')})"
    )
