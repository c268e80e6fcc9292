"""Text reuse: which passages of a document stand in another too, in whichever script either is written.

What is compared is the running text (``extractors.running_text``): names, figures, headings, cited titles and standing
formulas neither count as copied nor as text. The **share** is the part of the running characters of a document that
stand in passages of the other, in the same order, in pieces of ``_LEAST_PIECE`` characters or more; a sentence copied
with every fifth character changed is thus copied by some four fifths.

1. Candidates by winnowing (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003): of the hashes of every ``SHINGLE``
   characters the least of each ``WINDOW`` is kept, so that any common run of ``SHINGLE + WINDOW - 1`` characters is seen.
2. A sentence of the one document goes with the stretch of the other that has most shingles of it; both are widened to
   whole clauses.
3. The score is ``rapidfuzz.fuzz.ratio`` (0 to 100) of the running texts of the two: 95 and more is *verbatim*, 60 to 95
   *edited*, 45 to 60 *adapted*; below that, or with fewer common characters than ``_LEAST`` says, it is no passage.

A shingle counts at the first ``_PLACES`` places where a document has it, so that a text that repeats itself without end
costs no more than another of its size.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from extractors.fold import fold
from extractors.running_text import RunningText
from schemas.document import Document, Section, Span
from schemas.reuse import Likeness

if TYPE_CHECKING:
    from numpy import int64, uint32, uint64
    from numpy.typing import NDArray

SHINGLE = 6
WINDOW = 4
VERBATIM, EDITED, ADAPTED = 95.0, 60.0, 45.0
_LEAST: dict[Likeness, int] = {"verbatim": 16, "edited": 16, "adapted": 24}
"""Common characters of a passage: shorter phrases are everybody's (推进义务教育优质均衡发展)."""
_LEAST_PIECE = 3
_LEAST_RUN = 8
"""One piece of a passage has this many characters: some words in common on the same subject are no copy."""
_PLACES = 16
_PAIRS = 1000
_LONGEST = 300
"""A sentence without end is cut after this many running characters."""
_WIDENING = 24
"""A stretch is widened to whole clauses by at most this many characters on either side."""
_PASSAGES = 8
"""So many stretches of the other document can go into one sentence."""
_FAILURES = 3
"""So many stretches that make no passage end the search in a sentence."""
_LEAST_SHARED = 2
"""Shingles that a document must share to be compared at all."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage and what it repeats; spans of the original texts. ``copied`` are places in the running text."""

    span: Span
    other: Span
    score: float
    kind: Likeness
    copied: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reuse:
    """What a document has of another: ``copied`` of its ``characters`` running characters, in passages in order."""

    characters: int
    copied: int
    passages: tuple[Passage, ...]

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.copied / self.characters if self.characters else 0.0


@dataclass(frozen=True, slots=True)
class SectionShare:
    """How much of a section, with what stands below it, is copied; running characters."""

    section: Section
    characters: int
    copied: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.copied / self.characters if self.characters else 0.0


@dataclass(eq=False)
class Fingerprints:
    """A document ready to be compared. Make it once by ``of`` and use it for every comparison."""

    running: RunningText
    hashes: NDArray[uint64] = field(repr=False)
    """Of every shingle, in order."""
    kept: NDArray[int64] = field(repr=False)
    """The places of those that winnowing keeps."""

    @classmethod
    def of(cls, document: Document) -> Fingerprints:
        """The fingerprints of a document; linear in its length."""
        running = RunningText.of(document)
        hashes = _hashes(running.text)
        return cls(running, hashes, _winnowed(hashes))

    @property
    def document(self) -> Document:
        """The document itself."""
        return self.running.document

    @cached_property
    def shingles(self) -> NDArray[uint64]:
        """The hashes that winnowing keeps, each once, in order of value."""
        import numpy as np

        return np.unique(self.hashes[self.kept])

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """Where each kept shingle stands first, at most ``_PLACES`` places."""
        places: dict[int, list[int]] = {}
        for place, shingle in zip(self.kept.tolist(), self.hashes[self.kept].tolist(), strict=True):
            known = places.setdefault(shingle, [])
            if len(known) < _PLACES:
                known.append(place)
        return places

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """The sentences of the running text."""
        return list(_sentences(self.running))


class Library:
    """Many documents to compare one with: those that share nothing with it are told by one look-up for all."""

    def __init__(self, documents: Iterable[Fingerprints]) -> None:
        import numpy as np

        self.documents = list(documents)
        sets = [one.shingles for one in self.documents]
        owners = [np.full(len(one), number, dtype=np.int64) for number, one in enumerate(sets)]
        hashes = np.concatenate(sets) if sets else np.empty(0, dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._owners = np.concatenate(owners)[order] if owners else np.empty(0, dtype=np.int64)

    def candidates(self, document: Fingerprints) -> list[Fingerprints]:
        """The documents that may have something in common with one, itself left out, in the order they were given."""
        import numpy as np

        first = np.searchsorted(self._hashes, document.shingles, side="left")
        last = np.searchsorted(self._hashes, document.shingles, side="right")
        shared = np.zeros(len(self.documents) + 1, dtype=np.int64)
        for start, end in zip(first.tolist(), last.tolist(), strict=True):
            if end > start:
                shared[self._owners[start:end]] += 1  # an owner stands once among the same hashes
        return [
            one
            for number, one in enumerate(self.documents)
            if shared[number] >= _LEAST_SHARED and one.document is not document.document
        ]


class Probe:
    """A text to look for in thousands of others: which of them are worth the cost of ``Fingerprints`` and ``compare``.

    Names and headings count here as all words do. One look costs a thirtieth of ``Fingerprints``.
    """

    def __init__(self, text: str) -> None:
        import numpy as np

        hashes = _hashes_of(_letters_of(text))
        self._shingles = np.unique(hashes[_winnowed(hashes)])

    def shared(self, text: str) -> NDArray[int64]:
        """Which of the probe's fingerprints stand in a text: their numbers, ascending; linear in the length of the text."""
        import numpy as np

        if not len(self._shingles):
            return np.empty(0, dtype=np.int64)
        # All shingles of the other text, not those that winnowing keeps: looking one up is cheaper than choosing.
        hashes = _hashes_of(_letters_of(text))
        places = np.minimum(np.searchsorted(self._shingles, hashes), len(self._shingles) - 1)
        return np.unique(places[self._shingles[places] == hashes])


def compare(document: Fingerprints, other: Fingerprints) -> Reuse:
    """What a document has of another (not the other way round: the share is of ``document``)."""
    passages: list[Passage] = []
    common = _common(document.hashes, other.shingles)
    shingles = document.hashes[common].tolist()
    places = common.tolist()
    for start, end in document.sentences:
        first, last = bisect_left(places, start), bisect_left(places, end)
        if first < last:
            pairs = _pairs(zip(places[first:last], shingles[first:last], strict=True), other)
            passages += _of_sentence(document, other, start, end, pairs)
    copied = {place for passage in passages for place in passage.copied}
    return Reuse(len(document.running.text), len(copied), tuple(passages))


def by_clause(document: Fingerprints, places: Set[int]) -> list[SectionShare]:
    """How much of every section of the outline, in reading order, is copied from any of several others.

    Args:
        document: the document.
        places: of its running text, which of them any of the others has (``Passage.copied``).
    """
    copied = sorted(places)
    starts = document.running.starts
    return [
        SectionShare(section, last - first, bisect_left(copied, last) - bisect_left(copied, first))
        for section in _all_sections(document.document.sections)
        for first, last in [(bisect_left(starts, section.span.start), bisect_left(starts, section.span.end))]
    ]


def _all_sections(sections: Sequence[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _all_sections(section.sections)


def _hashes(text: str) -> NDArray[uint64]:
    """A hash of every shingle of the text; the same in every process."""
    import numpy as np

    return _hashes_of(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4"))


def _letters_of(text: str) -> NDArray[uint32]:
    """The Chinese characters of the folded text."""
    import numpy as np

    codes = np.frombuffer(fold(text).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    # From 3400 to 9FFF, the hexagram signs between the two blocks left in: they stand in no text that matters.
    return codes[(codes >= 0x3400) & (codes < 0xA000)]


def _hashes_of(letters: NDArray[uint32]) -> NDArray[uint64]:
    import numpy as np

    codes = letters.astype(np.uint64)
    count = len(codes) - SHINGLE + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    hashes = np.zeros(count, dtype=np.uint64)
    for number in range(SHINGLE):
        hashes = hashes * np.uint64(0x100000001B3) + codes[number : number + count]
    # Mixed, so that the least of a window is any of its shingles: the finalizer of MurmurHash3.
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(factor)
    mixed: NDArray[uint64] = hashes ^ (hashes >> np.uint64(33))
    return mixed


def _winnowed(hashes: NDArray[uint64]) -> NDArray[int64]:
    """The places of the least hash of each window, the last of equal ones."""
    import numpy as np

    if len(hashes) < WINDOW:
        return np.arange(len(hashes), dtype=np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)
    least = WINDOW - 1 - np.argmin(windows[:, ::-1], axis=1)
    return np.unique(least + np.arange(len(windows)))


def _sentences(running: RunningText) -> Iterator[tuple[int, int]]:
    """Stretches of the running text up to a full stop, semicolon or line end, those without end cut at a clause."""
    ends = frozenset(";。!?\n\r\x0b\x0c\u2028\u2029")
    start = last_clause = 0
    for place in range(1, len(running.text) + 1):
        if place == len(running.text):
            yield start, place
            return
        before = running.clauses[place - 1]
        if running.clauses[place] != before:
            last_clause = place
            marks = range(before, running.clauses[place])
            if any(running.folded[running.clause_spans[2 * mark + 1] - 1] in ends for mark in marks):
                yield start, place
                start = place
        if place - start >= _LONGEST:
            cut = last_clause if last_clause > start else place
            yield start, cut
            start = cut


def _pairs(seeds: Iterable[tuple[int, int]], other: Fingerprints) -> list[tuple[int, int]]:
    """The places of a sentence's shingles in the other document and in this one, in the order of the other's.

    Of a text that repeats itself the rarest shingles say most; ``_PAIRS`` are enough for any sentence.
    """
    pairs: list[tuple[int, int]] = []
    for here, found in sorted(
        ((here, other.places[shingle]) for here, shingle in seeds), key=lambda seed: len(seed[1])
    ):
        if len(pairs) >= _PAIRS:
            break
        pairs += [(there, here) for there in found]
    return sorted(pairs)


def _common(hashes: NDArray[uint64], shingles: NDArray[uint64]) -> NDArray[int64]:
    """The places of the hashes that are among the shingles (sorted)."""
    import numpy as np

    if not len(shingles):
        return np.empty(0, dtype=np.int64)
    found = shingles[np.minimum(np.searchsorted(shingles, hashes), len(shingles) - 1)] == hashes
    return np.flatnonzero(found)


def _of_sentence(
    document: Fingerprints, other: Fingerprints, start: int, end: int, pairs: list[tuple[int, int]]
) -> Iterator[Passage]:
    """The passages of one sentence (point 2 of the module).

    ``pairs`` are the places of its shingles in the other document and in this one, in the order of the other's.
    """
    taken: list[tuple[int, int]] = []
    failures = 0
    for _ in range(_PASSAGES):
        best = _densest(pairs, end - start)
        if not best:
            return
        here = min(h for _, h in best), min(max(h for _, h in best) + SHINGLE, end)
        there = min(t for t, _ in best), max(t for t, _ in best) + SHINGLE
        passage = _scored(document, other, here, there, taken, (start, end))
        if passage:
            yield passage
            taken.append((passage.copied[0], passage.copied[-1] + 1))
            here = min(here[0], passage.copied[0]), max(here[1], passage.copied[-1] + 1)
        else:
            failures += 1
            if failures == _FAILURES:
                return
        pairs = [(t, h) for t, h in pairs if not here[0] <= h < here[1]]


def _densest(pairs: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Of pairs in order of the other document, those of the stretch that holds most different shingles of both."""
    reach = length + length // 2 + SHINGLE
    best, count, first = (0, 0), 0, 0
    held: tuple[Counter[int], Counter[int]] = Counter(), Counter()
    for last, pair in enumerate(pairs):
        for places, place in zip(held, pair, strict=True):
            places[place] += 1
        while pair[0] - pairs[first][0] > reach:
            for places, place in zip(held, pairs[first], strict=True):
                places[place] -= 1
                if not places[place]:
                    del places[place]
            first += 1
        # Where a text repeats itself many shingles of the one go with a single one of the other.
        different = min(map(len, held))
        if different > count:
            best, count = (first, last + 1), different
    return pairs[best[0] : best[1]]


def _scored(
    document: Fingerprints,
    other: Fingerprints,
    here: tuple[int, int],
    there: tuple[int, int],
    taken: list[tuple[int, int]],
    sentence: tuple[int, int],
) -> Passage | None:
    """The passage at two stretches of running text, widened to clauses or, failing that, as they are."""
    floor = max((end for _, end in taken if end <= here[0]), default=sentence[0])
    ceiling = min((start for start, _ in taken if start >= here[1]), default=sentence[1])
    length = len(other.running.text)

    def widened(mine: tuple[int, int], theirs: tuple[int, int]) -> Passage | None:
        (a, b), (c, d) = _widened(document.running, mine, floor, ceiling), _widened(other.running, theirs, 0, length)
        blocks = _blocks(document.running.text[a:b], other.running.text[c:d])
        if not blocks:
            return None
        # The seeds may reach far into the other document; what holds the common pieces is the passage.
        first, last = blocks[0], blocks[-1]
        a, b = _widened(document.running, (a + first[0], a + last[1]), floor, ceiling)
        c, d = _widened(other.running, (c + first[2], c + last[3]), 0, length)
        return _passage(document.running, other.running, (a, b), (c, d))

    return widened(here, there) or _passage(document.running, other.running, here, there)


def _passage(
    document: RunningText, other: RunningText, mine: tuple[int, int], theirs: tuple[int, int]
) -> Passage | None:
    """What two stretches of running text have in common, if that makes a passage (point 3 of the module)."""
    from rapidfuzz.fuzz import ratio

    words, others = document.text[slice(*mine)], other.text[slice(*theirs)]
    score = ratio(words, others)
    if score < ADAPTED:
        return None
    kind: Likeness = "verbatim" if score >= VERBATIM else "edited" if score >= EDITED else "adapted"
    blocks = _blocks(words, others)
    copied = tuple(mine[0] + place for start, end, _, _ in blocks for place in range(start, end))
    if len(copied) < _LEAST[kind] or max(end - start for start, end, _, _ in blocks) < _LEAST_RUN:
        return None
    return Passage(_span(document, *mine), _span(other, *theirs), round(score, 1), kind, copied)


def _blocks(words: str, others: str) -> list[tuple[int, int, int, int]]:
    """The pieces that stand in both, in the same order: start and end in the one, start and end in the other."""
    from rapidfuzz.distance import Indel

    return [
        (piece.src_start, piece.src_end, piece.dest_start, piece.dest_end)
        for piece in Indel.opcodes(words, others)
        if piece.tag == "equal" and piece.src_end - piece.src_start >= _LEAST_PIECE
    ]


def _widened(running: RunningText, stretch: tuple[int, int], floor: int, ceiling: int) -> tuple[int, int]:
    """A stretch of running text with the rest of the clauses it begins and ends in, where that is not too far."""
    clauses = running.clauses
    start, end = stretch
    first = max(bisect_left(clauses, clauses[start]), floor)
    last = min(bisect_left(clauses, clauses[end - 1] + 1), ceiling)
    return (first if start - first <= _WIDENING else start), (last if last - end <= _WIDENING else end)


def _span(running: RunningText, start: int, end: int) -> Span:
    """The span in the original of a stretch of running text; whole clauses come with the names and marks in them."""
    clauses = running.clauses
    whole = running.clause_span(clauses[start], clauses[end - 1])
    starts_clause = start == 0 or clauses[start - 1] != clauses[start]
    ends_clause = end == len(clauses) or clauses[end] != clauses[end - 1]
    return Span(
        start=whole.start if starts_clause else running.starts[start],
        end=whole.end if ends_clause else running.ends[end - 1],
    )
