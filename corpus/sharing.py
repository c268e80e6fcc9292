"""Which documents may have passages of a text, told by the index: no text of another document is read.

A text is looked for piece by piece, a sentence or a few short ones. Of the terms of a piece (the words and the pairs of
``corpus.terms``) the rarest stand for it, each weighed by ln(N / df), and two lists are asked for:

- the documents that have most of that weight, and
- the earliest of those that have most of the terms: of hundreds that copied a wording, the one that may have written it.

So a document that shares one clause and nothing else is as near as one that shares many. What is found *may* share
something; whether it does, its text tells (``extractors.reuse``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from corpus.entry import day
from corpus.terms import terms
from corpus.units import plain

if TYPE_CHECKING:
    import tantivy

    from corpus.index import SearchIndex

_SENTENCE = re.compile(r"[^。！？；!?;\n\r]+")
_SHORTEST, _LONGEST = 30, 100
"""Characters of a piece; a sentence is cut, and short ones go together, so that one piece stands for one thing."""
_PIECES = 400
"""Of a longer text so many pieces are looked for, evenly spread."""
_TERMS = 32
_BEST, _EARLIEST = 24, 6
"""How many documents each of the two lists of a piece has."""
_LEAST_WEIGHT = 0.2
"""Of the weight of a piece, what a document must have to be named at all."""
_LEAST_TERMS = 0.5
"""Of the terms of a piece, what the earliest must have."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """``ids``: the documents that may share most, the likeliest first. ``among``: how many were looked through, of which
    ``undated`` have no date. ``complete``: whether ``ids`` are all of these."""

    ids: list[str]
    among: int
    undated: int
    complete: bool


def sharing(index: SearchIndex, text: str, *, until: date | None, without: Collection[str], most: int) -> Sharing:
    """The documents that may share passages with ``text`` (original).

    Args:
        index: what is looked through.
        text: the text whose passages are looked for.
        until: documents with a later date are left out; those without a date are not.
        without: identifiers that are left out as well.
        most: how many documents are named at most; where there are no more, all are.

    Raises:
        DamagedIndex: the index cannot be read.
    """
    asked = _Asked(index, until, without)
    among, undated = asked.count(), asked.count(undated=True)
    if among <= most:
        return Sharing(asked.all(among), among, undated, True)
    best: dict[tuple[int, int], tuple[int, float]] = {}
    found: dict[tuple[int, int], tantivy.DocAddress] = {}
    for piece in _pieces(text):
        for rank, share, address in asked.holders(piece):
            key = address.segment_ord, address.doc
            found[key] = address
            before = best.get(key, (rank, 0.0))
            best[key] = min(rank, before[0]), before[1] + share
    # Who is first for some piece goes before who is second for many.
    chosen = sorted(best, key=lambda key: (best[key][0], -best[key][1], key))[:most]
    return Sharing([asked.id(found[key]) for key in chosen], among, undated, False)


class _Asked:
    """The documents of an index that are asked about."""

    def __init__(self, index: SearchIndex, until: date | None, without: Collection[str]) -> None:
        import tantivy

        self._q, self._occur, self._first = tantivy.Query, tantivy.Occur, tantivy.Order.Asc
        self._integer = tantivy.FieldType.Integer
        self._schema, self._searcher = index.schema, index.searcher
        self._last = day(until) if until else 99_999_999
        self._documents = max(1, index.count())
        self._apart = self._q.term_set_query(self._schema, "id", sorted(without))
        # A term that the text's own document alone has leads to nobody.
        held: Any = self._searcher.search(self._apart, limit=1)
        self._own = min(1, int(held.count))

    def count(self, undated: bool = False) -> int:
        """How many there are, or how many without a date."""
        found: Any = self._searcher.search(self._with(self._every(), 0, 0 if undated else self._last), limit=1)
        return int(found.count)

    def all(self, count: int) -> list[str]:
        """The identifiers of all of them."""
        found: Any = self._searcher.search(self._with(self._every(), 0, self._last), limit=max(1, count), count=False)
        return sorted(self.id(address) for _, address in found.hits)

    def id(self, address: tantivy.DocAddress) -> str:
        """The identifier of a document found."""
        return str(self._searcher.doc(address).get_first("id"))

    def holders(self, piece: str) -> Iterator[tuple[int, float, tantivy.DocAddress]]:
        """Those that have most of a piece, and the earliest that have much: rank, share of the weight, and address."""
        weighed = self._weighed(piece)
        if not weighed:
            return
        held = [
            (self._occur.Should, self._q.const_score_query(self._q.term_query(self._schema, field, term), weight))
            for weight, field, term in weighed
        ]
        whole = sum(weight for weight, _, _ in weighed)
        any_of = self._q.boolean_query(held)
        found: Any = self._searcher.search(self._with(any_of, 0, self._last), limit=_BEST, count=False)
        for rank, (score, address) in enumerate(found.hits):
            if score >= _LEAST_WEIGHT * whole:
                yield rank, score / whole, address
        most_of = self._q.boolean_query(held, minimum_number_should_match=math.ceil(_LEAST_TERMS * len(held)))
        found = self._searcher.search(
            self._with(most_of, 1, self._last), limit=_EARLIEST, count=False, order_by_field="day", order=self._first
        )
        for rank, (_, address) in enumerate(found.hits):
            yield rank, _LEAST_TERMS, address

    def _weighed(self, piece: str) -> list[tuple[float, str, str]]:
        """The rarest terms of a piece that others may have, each with its weight and field."""
        made = terms(plain(piece))
        weighed = []
        for field, text in (("body_words", made.words), ("body_pairs", made.pairs)):
            for term in set(text.split()):
                frequency = self._searcher.doc_freq(field, term)
                if frequency > self._own:
                    weighed.append((math.log(1 + self._documents / frequency), field, term))
        return sorted(weighed, key=lambda one: (-one[0], one[1], one[2]))[:_TERMS]

    def _every(self) -> tantivy.Query:
        return self._q.term_query(self._schema, "kind", "document")

    def _with(self, query: tantivy.Query, first: int, last: int) -> tantivy.Query:
        dated = self._q.const_score_query(self._q.range_query(self._schema, "day", self._integer, first, last), 0.0)
        must = self._occur.Must
        return self._q.boolean_query([(must, query), (must, dated), (self._occur.MustNot, self._apart)])


def _pieces(text: str) -> list[str]:
    """The pieces of a text, each once; of very many a part, evenly spread."""
    pieces: dict[str, None] = {}
    held = ""
    for sentence in _SENTENCE.findall(text):
        for start in range(0, len(sentence), _LONGEST):
            part = sentence[start : start + _LONGEST].strip()
            if held and len(held) + len(part) > _LONGEST:
                pieces[held], held = None, ""
            held = f"{held}\n{part}" if held else part
            if len(held) >= _SHORTEST:
                pieces[held], held = None, ""
    if held:
        pieces[held] = None
    step = max(1.0, len(pieces) / _PIECES)
    kept = list(pieces)
    return [kept[int(place * step)] for place in range(int(len(kept) / step))]
