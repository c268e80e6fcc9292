"""Where a document comes from: each clause traced to the earlier document of the corpus that has most of it.

1. The documents that may share something are told by what is stored: those that this one cites, and those that the index names
   (``corpus.sharing``), ``LOOKED_AT`` at most; those that are later by their date are left out. A corpus of no more than that
   is looked through whole.
2. Their texts say which of them share fingerprints with this one. Of these at most ``_CANDIDATES`` are compared: each time the
   one that has most fingerprints that no chosen one has yet, then those that share most. A clause taken from a document
   that shares nothing else is found as well.
3. A clause belongs to the best kind of likeness; among the same kind a document known to be earlier goes before one without a
   date, then the better score, then the earlier date.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from extractors.clauses import Clause, clauses_of
from extractors.fold import fold
from extractors.plain_words import of_the_page
from extractors.reuse import ADAPTED, EDITED, VERBATIM, Fingerprints, Passage, Probe, compare
from extractors.running_text import clause_of
from extractors.sections import with_page
from schemas.document import Document
from schemas.lineage import (
    ChainLink,
    DroppedClause,
    Lineage,
    LineageDocument,
    LineageSource,
    Order,
    Origin,
    TracedClause,
    TracedPassage,
)

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

    from corpus.corpus import Corpus
    from corpus.texts import DocumentText

LOOKED_AT = 300
"""So many texts are read at each step."""
_CANDIDATES = 40
_LEAST_SHARED = 3
_SHORT = 16
"""Running characters; a shorter clause is everybody's (``extractors.reuse`` counts no shorter passage either)."""
_SAME_DOCUMENT = 0.8
"""The share from which on a document of the same number or title is taken for another copy of it."""
_KINDS: tuple[tuple[Origin, float], ...] = (("copied", VERBATIM), ("edited", EDITED), ("adapted", ADAPTED))


@dataclass(frozen=True, slots=True)
class _Found:
    """A document that shares fingerprints: which of one's own (their places in the sorted list)."""

    row: DocumentText
    order: Order
    shared: NDArray[int64]


@dataclass(frozen=True, slots=True)
class _Source:
    """A candidate compared: its passages with where they begin and end in one's own running text."""

    document: Document
    order: Order
    share: float
    passages: tuple[tuple[int, int, Passage], ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """What one document was found to come from."""

    own: Fingerprints
    clauses: list[TracedClause]
    sources: list[LineageSource]
    copies: list[LineageDocument]
    documents: dict[str, Document]
    compared: int
    undated: int


def lineage(corpus: Corpus, document: Document, depth: int = 3, looked_at: int = LOOKED_AT) -> Lineage:
    """Where the clauses of ``document`` come from.

    Args:
        corpus: what is looked through; the document itself may be in it or not.
        document: the one to trace.
        depth: how many steps the chain of main sources goes up; 1 is the main source alone.
        looked_at: how many texts are read at each step; as many as the corpus has finds what there is.

    Raises:
        CorpusError: the corpus cannot be read.
    """
    step = _trace(corpus, document, frozenset({document.id}), looked_at)
    main = step.documents[step.sources[0].document] if step.sources else None
    return Lineage(
        document=_named(document),
        characters=len(step.own.running.text),
        counts=dict(Counter(clause.kind for clause in step.clauses)),
        clauses=step.clauses,
        sources=step.sources,
        copies=step.copies,
        dropped=_dropped(main, step.own) if main else [],
        chain=_chain(corpus, step, document, depth, looked_at),
        depth=depth,
        compared=step.compared,
        undated=step.undated,
    )


def _chain(corpus: Corpus, step: _Step, document: Document, depth: int, looked_at: int) -> list[ChainLink]:
    links: list[ChainLink] = []
    seen = frozenset({document.id, *(copy.document for copy in step.copies)})
    while step.sources and len(links) < depth:
        main = step.sources[0]
        document = step.documents[main.document]
        links.append(ChainLink(**_named(document).model_dump(), order=main.order, share=main.share))
        seen |= {document.id}
        if len(links) < depth:
            step = _trace(corpus, document, seen, looked_at)
            seen |= {copy.document for copy in step.copies}
    return links


def _trace(corpus: Corpus, document: Document, seen: frozenset[str], looked_at: int) -> _Step:
    own = Fingerprints.of(document)
    day = document.signed_on or document.published_on
    near = corpus.sharing(document.text, until=day, without=seen, most=looked_at)
    wanted = set(near.ids) if near.complete else {*near.ids, *corpus.cited([document.id])[document.id]} - seen
    found = _sharing(corpus, document, wanted)
    sources: list[_Source] = []
    copies: list[LineageDocument] = []
    for one in _chosen(found):
        other = corpus.document(one.row.id)
        if other is None:  # deleted since by another process
            continue
        reuse = compare(own, Fingerprints.of(other))
        if reuse.share >= _SAME_DOCUMENT and _is_copy(document, other):
            copies.append(_named(other))
        elif reuse.passages:
            sources.append(_Source(other, one.order, reuse.share, _placed(own, reuse.passages)))
    # When and by whom two pages were put up is no clause that one has from the other; inside the outline all is the document's.
    stated = [one for one in clauses_of(document) if one.number or not of_the_page(fold(document.quote(one.span)))]
    clauses = [_traced(own, clause, sources) for clause in stated]
    return _Step(
        own=own,
        clauses=clauses,
        sources=_credited(clauses, sources, len(own.running.text)),
        copies=copies,
        documents={source.document.id: source.document for source in sources},
        compared=near.among,
        undated=near.undated,
    )


def _sharing(corpus: Corpus, document: Document, wanted: Collection[str]) -> list[_Found]:
    """Those of the documents that share fingerprints and are not later."""
    probe = Probe(document.text)
    day = document.signed_on or document.published_on
    found: list[_Found] = []
    for row in corpus.texts(wanted):
        if day and row.dated_on and row.dated_on > day:  # cited before it was made
            continue
        shared = probe.shared(row.text)
        if len(shared) >= _LEAST_SHARED:
            earlier = bool(day and row.dated_on and row.dated_on < day)
            found.append(_Found(row, "earlier" if earlier else "unknown", shared))
    return found


def _chosen(found: Sequence[_Found]) -> list[_Found]:
    """Point 2 of the module."""
    import numpy as np

    ranked = sorted(found, key=lambda one: (-len(one.shared), one.order, _day(one.row.dated_on), one.row.id))
    length = 1 + max((int(one.shared[-1]) for one in ranked), default=0)
    covered = np.zeros(length, dtype=bool)
    chosen: dict[str, _Found] = {}
    # Lazily greedy: what a document adds can only shrink, so the first whose figure still holds is the best.
    gains = [len(one.shared) for one in ranked]
    left = list(range(len(ranked)))
    while left and len(chosen) < _CANDIDATES // 2:
        left.sort(key=lambda number: (-gains[number], number))
        best, bound = left[0], -1
        for number in left:
            if gains[number] <= bound:
                break
            gains[number] = int(np.count_nonzero(~covered[ranked[number].shared]))
            if gains[number] > bound:
                best, bound = number, gains[number]
        if bound < _LEAST_SHARED:
            break
        covered[ranked[best].shared] = True
        chosen[ranked[best].row.id] = ranked[best]
        left.remove(best)
    for one in ranked:
        if len(chosen) >= _CANDIDATES:
            break
        chosen.setdefault(one.row.id, one)
    return list(chosen.values())


def _is_copy(document: Document, other: Document) -> bool:
    numbers = _key(document.document_number), _key(other.document_number)
    if all(numbers):
        return numbers[0] == numbers[1]
    return bool(_key(document.title)) and _key(document.title) == _key(other.title)


def _key(text: str | None) -> str:
    return "".join(fold(text or "").split())


def _placed(own: Fingerprints, passages: Iterable[Passage]) -> tuple[tuple[int, int, Passage], ...]:
    """The passages in order with the running characters they fill, none counted twice where they overlap."""
    starts = own.running.starts
    placed: list[tuple[int, int, Passage]] = []
    done = 0
    for one in sorted(passages, key=lambda one: (one.span.start, one.span.end)):
        start, end = max(done, bisect_left(starts, one.span.start)), bisect_left(starts, one.span.end)
        if start < end:
            placed.append((start, end, one))
            done = end
    return tuple(placed)


def _score(clause: Clause, own: Fingerprints, source: _Source) -> tuple[float, list[Passage]]:
    """How much of a clause a source has, 0 to 100, and by which passages."""
    starts = own.running.starts
    first, last = bisect_left(starts, clause.start), bisect_left(starts, clause.end)
    found, total = [], 0.0
    for place in range(bisect_right(source.passages, first, key=itemgetter(1)), len(source.passages)):
        start, end, passage = source.passages[place]
        if start >= last:
            break
        found.append(passage)
        total += passage.score * (min(end, last) - max(start, first))
    return (total / (last - first) if last > first else 0.0), found


def _traced(own: Fingerprints, clause: Clause, sources: Sequence[_Source]) -> TracedClause:
    document = own.document
    starts = own.running.starts
    characters = bisect_left(starts, clause.end) - bisect_left(starts, clause.start)
    traced = TracedClause(
        clause=clause.number,
        heading=clause.heading,
        span=with_page(document, clause.span),
        quote=document.quote(clause.span),
        characters=characters,
        kind="short" if characters < _SHORT else "own",
    )
    if characters < _SHORT:
        return traced
    scored = [(*_score(clause, own, source), source) for source in sources]
    scored = [one for one in scored if one[0] >= ADAPTED]
    if not scored:
        return traced
    score, passages, source = min(
        scored, key=lambda one: (_rank(one[0]), one[2].order, -round(one[0], 1), *_age(one[2].document))
    )
    return traced.model_copy(
        update={
            "kind": _KINDS[_rank(score)][0],
            "score": round(score, 1),
            "source": source.document.id,
            "passages": [_passage(document, source.document, one) for one in passages],
        }
    )


def _rank(score: float) -> int:
    return next((number for number, (_, least) in enumerate(_KINDS) if score >= least), len(_KINDS))


def _age(document: Document) -> tuple[datetime.date, str]:
    return _day(document.signed_on or document.published_on), document.id


def _day(day: datetime.date | None) -> datetime.date:
    return day or datetime.date.max


def _passage(document: Document, source: Document, passage: Passage) -> TracedPassage:
    return TracedPassage(
        span=with_page(document, passage.span),
        quote=document.quote(passage.span),
        source_span=with_page(source, passage.other),
        source_quote=source.quote(passage.other),
        source_clause=clause_of(source.sections, passage.other.start),
        score=passage.score,
    )


def _credited(clauses: Sequence[TracedClause], sources: Sequence[_Source], whole: int) -> list[LineageSource]:
    """The sources that clauses come from, those first that are known to be earlier and have most."""
    credit: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for clause in clauses:
        if clause.source:
            credit[clause.source] += clause.characters
            count[clause.source] += 1
    listed = [
        LineageSource(
            **_named(source.document).model_dump(),
            order=source.order,
            clauses=count[source.document.id],
            characters=credit[source.document.id],
            share=round(credit[source.document.id] / whole, 4),
            shared=round(source.share, 4),
        )
        for source in sources
        if count[source.document.id]
    ]
    return sorted(listed, key=lambda one: (one.order, -one.characters, _day(one.date), one.document))


def _dropped(main: Document, own: Fingerprints) -> list[DroppedClause]:
    """The clauses of the main source of which the document has less than adapted words."""
    source = Fingerprints.of(main)
    reuse = compare(source, own)
    turned = _Source(own.document, "unknown", reuse.share, _placed(source, reuse.passages))
    starts = source.running.starts
    return [
        DroppedClause(
            clause=clause.number,
            heading=clause.heading,
            span=with_page(main, clause.span),
            quote=main.quote(clause.span),
        )
        for clause in clauses_of(main)
        if bisect_left(starts, clause.end) - bisect_left(starts, clause.start) >= _SHORT
        and _score(clause, source, turned)[0] < ADAPTED
    ]


def _named(document: Document) -> LineageDocument:
    return LineageDocument(
        document=document.id,
        title=document.title,
        document_number=document.document_number,
        uri=document.source.uri,
        index=document.source.index,
        jurisdiction=document.jurisdiction,
        date=document.signed_on or document.published_on,
    )
