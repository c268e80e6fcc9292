"""The clauses of a document: what two documents are compared by, or traced by, one after the other.

A clause is a section's own words, heading included and what stands below it left out; its later paragraphs are clauses of
their own, and so is every paragraph outside the outline. A paragraph of more than ``LONGEST`` characters is cut at its
sentences, so that no clause costs more than a bounded time to compare. Together the clauses hold every character of the text
that is not white space, each once.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.fold import fold
from extractors.lexicon import load
from extractors.running_text import heading_end, mainland_words, occurrences
from extractors.sections import section_path
from schemas.document import Document, Section, Span

LONGEST = 4000
_LINE = re.compile(r"[^\n\r\x0b\x0c\u2028\u2029]+")
_SENTENCE = re.compile(rf"[^。!?;]{{1,{LONGEST}}}[。!?;]*|[。!?;]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause at ``start:end`` of ``Document.text``.

    ``number`` is its place in the outline (四（一）2), ``heading`` that of its section, folded, for its first paragraph only.
    ``words`` is its folded text without its own number and without white space, Taiwan words of the safe class put as the
    mainland word; ``places[i]`` is where ``words[i]`` begins in ``Document.text``, with one more place for the end.
    """

    start: int
    end: int
    number: str
    heading: str | None
    words: str
    places: array[int]

    @property
    def span(self) -> Span:
        """Its place in ``Document.text``."""
        return Span(start=self.start, end=self.end)


def clauses_of(document: Document) -> list[Clause]:
    """The clauses of a document in reading order; linear in its length."""
    folded = fold(document.text)
    taiwan = occurrences(mainland_words(), folded)
    found: list[Clause] = []
    at = 0
    for start, end, section in _stretches(document, folded):
        while at < len(taiwan) and taiwan[at][0] < start:
            at += 1
        inside = []
        while at < len(taiwan) and taiwan[at][1] <= end:
            inside.append(taiwan[at])
            at += 1
        first = section is not None and section.span.start == start
        skipped = _number_end(section, folded) if section and first else start
        words, places = _words(folded, skipped, end, inside)
        path = section_path(document.sections, start)
        number = "".join((one.number or "").strip("、.．") for one in path)
        heading = fold("".join((section.heading or "").split())) or None if section and first else None
        found.append(Clause(start, end, number, heading, words, places))
    return found


def _stretches(document: Document, folded: str) -> Iterator[tuple[int, int, Section | None]]:
    """Where the clauses stand, white space at both ends left out, with the section that a clause begins."""
    begins = sorted({one.span.start: one for one in _all_sections(document.sections)}.items())
    edges = [0, *(place for place, _ in begins), *(one.span.end for one in document.sections), len(folded)]
    headed = dict(begins)
    edges = sorted(set(edges))
    for start, end in pairwise(edges):
        section = headed.get(start)
        done = start
        if section is not None:
            # A heading in a line of its own is no clause without the paragraph below it.
            line_end = heading_end(section, folded)
            while line_end < end and (folded[line_end].isspace() or folded[line_end] in "。:.,;"):
                line_end += 1
            match = _LINE.search(folded, min(line_end, end), end)
            done = match.end() if match else end
            yield from _cut(folded, start, done, section)
        for match in _LINE.finditer(folded, done, end):
            yield from _cut(folded, match.start(), match.end(), None)


def _cut(folded: str, start: int, end: int, section: Section | None) -> Iterator[tuple[int, int, Section | None]]:
    pieces = [(start, end)] if end - start <= LONGEST else [m.span() for m in _SENTENCE.finditer(folded, start, end)]
    for first, last in pieces:
        begin = first
        while begin < last and folded[begin].isspace():
            begin += 1
        while last > begin and folded[last - 1].isspace():
            last -= 1
        if begin < last:
            yield begin, last, section if first == start else None


def _number_end(section: Section, folded: str) -> int:
    """Where the number of a section ends, the mark after it included; its start where the text does not begin with it."""
    wanted = "".join(fold(section.number or "").split())
    at, found = section.span.start, 0
    while at < section.span.end and found < len(wanted):
        if folded[at] == wanted[found]:
            found += 1
        elif not folded[at].isspace():
            return section.span.start
        at += 1
    while at < section.span.end and folded[at] in "、., ":
        at += 1
    return at if wanted else section.span.start


def _words(folded: str, start: int, end: int, taiwan: Sequence[tuple[int, int]]) -> tuple[str, array[int]]:
    mainland = load("variants")["safe"]
    letters: list[str] = []
    places = array("q")
    at = start
    for first, last in (*taiwan, (end, end)):
        if first < at:
            continue
        for place in range(at, first):
            if not folded[place].isspace():
                letters.append(folded[place])
                places.append(place)
        word = mainland.get(folded[first:last], folded[first:last])
        for number, letter in enumerate(word):
            letters.append(letter)
            places.append(min(first + number, last - 1))
        at = last
    places.append(end)
    return "".join(letters), places


def _all_sections(sections: Sequence[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _all_sections(section.sections)
