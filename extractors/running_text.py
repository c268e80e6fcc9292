"""The running text of a document: what counts when two texts are compared, and where each character of it stands.

Running text is every Chinese character and Latin letter of the folded text, but for

1. titles of documents in 《…》, and document numbers, whoever they belong to;
2. the document's own title, addressees, issuers and date, and the headings of its outline (一、指导思想 is everybody's);
3. the standing formulas of official documents, and lines of the web page around one (``lexicons/formulas.yaml``);
4. local facts: names of places, schools and people, and figures with their dates. A plan that copies and puts in its own
   names and figures has copied all the same, and a name is no copied text.

Punctuation and white space never count. Taiwan words of the safe class (``lexicons/variants.yaml``) are put as the mainland
word, which may have another length: each character of the running text therefore knows its place in the original.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from extractors.communities.names import find_names
from extractors.document_number import NUMBER
from extractors.fold import fold
from extractors.gazetteer import find as find_places
from extractors.lexicon import load
from schemas.document import Document, Section, Span

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick
    from numpy import int64, uint32
    from numpy.typing import NDArray

FactKind = Literal["place", "school", "person", "figure"]

_CLAUSE_END = frozenset(",;:。!?\n\r\x0b\x0c\u2028\u2029")
_CITED = re.compile(r"《[^《》\n]{1,120}》")
_NUMERAL = "〇零一二三四五六七八九十百千万亿两"
_FIGURE = re.compile(
    rf"\d+(?:\.\d+)?(?:%|年|月|日)?|[{_NUMERAL}]{{1,12}}(?:年|月|日(?!常))|百分之[{_NUMERAL}]{{1,6}}|[{_NUMERAL}]{{2,12}}(?=[个所名人次节门对家])"
)
_LEAST_NAME = 2
_LONGEST_NAME = 14
"""Of a school found in a sentence: what is taken for a longer one may be words of the sentence."""
_LONGEST_PAGE_LINE = 150
_SURROGATE = re.compile("[\ud800-\udfff]")
_OWN_FIELDS = re.compile(r"title|document_number|index_number|issuers|addressees|signed_on|published_on")
_PLACE_ENDING = re.compile(r"(?:省|市|县|区|自治州|自治县|自治区)$")


@dataclass(frozen=True, slots=True)
class Fact:
    """A local fact: ``folded[start:end]`` of the document's text is ``text`` (folded, white space removed)."""

    kind: FactKind
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class RunningText:
    """See the module. ``text[i]`` stands at ``starts[i]:ends[i]`` of ``Document.text``, in its clause ``clauses[i]``.

    Clauses are what commas, colons, semicolons, full stops and line ends divide, numbered through the document.
    ``clause_spans`` holds their places in ``Document.text``, two numbers a clause.
    """

    document: Document
    folded: str
    text: str
    starts: array[int]
    ends: array[int]
    clauses: array[int]
    clause_spans: array[int]
    facts: tuple[Fact, ...]

    @classmethod
    def of(cls, document: Document) -> RunningText:
        """The running text of a document. The cost is linear in its length."""
        import numpy as np

        folded = fold(document.text)
        codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        facts = tuple(_facts(document, folded))
        counts = np.isin(codes, _letters())
        for start, end in (*_hidden(document, folded), *((fact.start, fact.end) for fact in facts)):
            counts[start:end] = False
        mainland = load("variants")["safe"]
        added: list[tuple[int, int, str]] = []
        for start, end in occurrences(mainland_words(), folded):
            word = mainland.get(folded[start:end])
            if word and counts[start]:  # the protected terms stand for themselves
                counts[start:end] = False
                added += [(min(start + i, end - 1), min(start + i + 1, end), c) for i, c in enumerate(word)]
        starts = np.flatnonzero(counts)
        text = codes[starts]
        ends = starts + 1
        if added:
            places, stops, letters = zip(*added, strict=True)
            order = np.argsort(np.concatenate((starts, places)), kind="stable")
            text = np.concatenate((text, np.array([ord(letter) for letter in letters], dtype=text.dtype)))[order]
            ends = np.concatenate((ends, stops))[order]
            starts = np.concatenate((starts, places))[order]
        clause_of, clause_spans = _clauses(codes)
        return cls(
            document,
            folded,
            text.astype("<u4").tobytes().decode("utf-32-le").lower(),
            _array(starts),
            _array(ends),
            _array(clause_of[starts]),
            clause_spans,
            facts,
        )

    def clause_span(self, first: int, last: int) -> Span:
        """The span in ``Document.text`` of the clauses from number ``first`` to number ``last``."""
        start, end = self.clause_spans[2 * first], self.clause_spans[2 * last + 1]
        while start < end and self.folded[start].isspace():
            start += 1
        while end > start and self.folded[end - 1].isspace():
            end -= 1
        return Span(start=start, end=end)

    def facts_in(self, start: int, end: int) -> list[Fact]:
        """The local facts that begin in a stretch of the document's text."""
        return [fact for fact in self.facts if start <= fact.start < end]


def _array(numbers: NDArray[int64]) -> array[int]:
    """The numbers as what bisection is quick on."""
    return array("q", numbers.astype("int64").tobytes())


@cache
def _letters() -> NDArray[uint32]:
    """The code points of Chinese characters and Latin letters."""
    import numpy as np

    ranges = ((0x41, 0x5B), (0x61, 0x7B), (0x3400, 0x4DC0), (0x4E00, 0xA000))
    return np.concatenate([np.arange(first, last, dtype=np.uint32) for first, last in ranges])


def occurrences(words: AhoCorasick, folded: str) -> list[tuple[int, int]]:
    """Where words stand in a folded text, the longest at each place; one pass, however many words there are."""
    # A lone surrogate cannot be handed to Rust.
    found: list[tuple[int, int, int]] = words.find_matches_as_indexes(_SURROGATE.sub("\ufffd", folded))
    return [(start, end) for _, start, end in found]


def word_finder(words: Iterable[str]) -> AhoCorasick:
    """What ``occurrences`` looks for; there must be a word."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    return AhoCorasick(sorted(words), matchkind=MatchKind.LeftmostLongest)


@cache
def mainland_words() -> AhoCorasick:
    """Finds the Taiwan words that stand for mainland words, and the terms that are protected from it (``variants.yaml``)."""
    lexicon = load("variants")
    return word_finder((*lexicon["safe"], *lexicon["protected"]))


def _clauses(codes: NDArray[uint32]) -> tuple[NDArray[int64], array[int]]:
    """The clause number of every place of the text, and where each clause stands (the mark that ends it included)."""
    import numpy as np

    is_end = np.isin(codes, [ord(mark) for mark in _CLAUSE_END])
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    in_number = np.zeros(len(codes), dtype=bool)  # 1,532 and 8:30
    in_number[1:-1] = np.isin(codes[1:-1], [ord(","), ord(":")]) & digit[:-2] & digit[2:]
    is_end &= ~in_number
    ends = np.flatnonzero(is_end) + 1
    starts = np.concatenate(([0], ends))
    ends = np.concatenate((ends, [len(codes)]))
    return np.cumsum(is_end) - is_end, _array(np.stack((starts, ends), axis=1).ravel())


def _hidden(document: Document, folded: str) -> Iterator[tuple[int, int]]:
    """What points 1 to 3 of the module leave out."""
    for pattern in (_CITED, NUMBER):
        for match in pattern.finditer(folded):
            yield match.span()
    yield from occurrences(_formulas(), folded)
    page_words = load("formulas")["page_lines"]
    for start, end in _lines(folded):
        if end - start <= _LONGEST_PAGE_LINE and any(word in folded[start:end] for word in page_words):
            yield start, end
    for name, span in document.spans.items():
        if _OWN_FIELDS.match(name):
            yield span.start, span.end
    sections = list(document.sections)
    while sections:
        section = sections.pop()
        sections += section.sections
        yield section.span.start, heading_end(section, folded)


def heading_end(section: Section, folded: str) -> int:
    """Where the heading of a section ends in the text; its start where it has none."""
    position = section.span.start
    wanted = "".join(fold(f"{section.number or ''}{section.heading or ''}").split())
    if not section.heading:
        return position
    found = 0
    # Marks between number and heading (一、 1.) and white space inside them are not part of what is compared.
    while position < section.span.end and found < len(wanted):
        if folded[position] == wanted[found]:
            found += 1
        elif not (folded[position].isspace() or folded[position] in "、..,:()[]"):
            return section.span.start
        position += 1
    return position


@cache
def _formulas() -> AhoCorasick:
    return word_finder({fold(word) for word in load("formulas")["formulas"]})


def _facts(document: Document, folded: str) -> Iterator[Fact]:
    """What point 4 of the module leaves out; some may overlap."""

    def fact(kind: FactKind, start: int, end: int) -> Fact:
        return Fact(kind, start, end, "".join(folded[start:end].split()))

    for mention in find_places(folded):
        yield fact("place", mention.start, mention.end)
    own: list[tuple[FactKind, frozenset[str]]] = [
        ("place", own_places(document)),
        ("school", schools(document)),
        ("person", people(document)),
    ]
    for kind, names in own:
        if names:
            for start, end in occurrences(word_finder(names), folded):
                yield fact(kind, start, end)
    for start, end in _lines(folded):
        for name in find_names(folded, start, end):
            if name.end - name.start <= _LONGEST_NAME:
                yield fact("school", name.start, name.end)
    for match in _FIGURE.finditer(folded):
        yield fact("figure", *match.span())


def _lines(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in folded.splitlines(keepends=True):
        yield start, start + len(line)
        start += len(line)


def own_places(document: Document) -> frozenset[str]:
    """The names of the document's own place, folded, with and without 省, 市, 县, 区 at the end."""
    place = document.jurisdiction
    return frozenset(form for name in (place.province, place.city, place.county) if name for form in stems(name))


def stems(place: str) -> frozenset[str]:
    """A place's name, folded, as it is and without 省, 市, 县, 区 at its end where two characters or more remain."""
    name = fold(place)
    return frozenset(form for form in (name, _PLACE_ENDING.sub("", name)) if len(form) >= _LEAST_NAME)


def schools(document: Document) -> frozenset[str]:
    """The schools of the document's communities, folded."""
    return _names(name for c in document.communities for name in (c.lead, *c.members))


def people(document: Document) -> frozenset[str]:
    """The people of the document's leading groups, folded."""
    return _names(leader.name for leader in document.leaders)


def _names(names: Iterator[str | None]) -> frozenset[str]:
    return frozenset(folded for name in names if name and len(folded := fold(name)) >= _LEAST_NAME)


def clause_of(sections: Sequence[Section], offset: int) -> str:
    """Where in an outline a place stands: 四（一）2; empty outside."""
    from extractors.sections import section_path

    numbers = [section.number or "" for section in section_path(list(sections), offset)]
    return "".join(number.strip("、.．") for number in numbers)
