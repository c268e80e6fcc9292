"""Counts of all documents that a query matches, by what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from corpus.entry import KIND, PLACE, SEPARATOR

if TYPE_CHECKING:
    import tantivy

_TOGETHER = {"place": PLACE, "kind_of": KIND}
"""Fields of the index that hold several others: one count of the combinations is a count of each (``corpus.entry``)."""
_ALONE = {"issuer": "issuers", "mode": "mode", "pack": "pack", "verdict": "verdict"}
FACETS = (*PLACE, "year", "level", "genre", "role", "script", *_ALONE)
_MOST = 65_000
"""tantivy's own limit on how many values it counts."""
_SHOWN = 200


def facets(
    searcher: tantivy.Searcher, query: tantivy.Query, names: Collection[str] = FACETS
) -> dict[str, dict[str, int]]:
    """How many of the documents that match have each value, most frequent first (years ascending), 200 values at most.

    A document with several issuers, modes, packs or verdicts counts for each of them.
    """
    fields = {field: held for field, held in _TOGETHER.items() if not set(held).isdisjoint(names)}
    fields |= {field: (name,) for name, field in _ALONE.items() if name in names}
    if not fields:
        return {}
    asked = {field: {"terms": {"field": field, "size": _MOST, "segment_size": _MOST}} for field in fields}
    counted: dict[str, Any] = searcher.aggregate(query, asked)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for field, held in fields.items():
        for bucket in counted[field]["buckets"]:
            values = str(bucket["key"]).split(SEPARATOR) if field in _TOGETHER else [str(bucket["key"])]
            for name, value in zip(held, values, strict=True):
                if value and name in counts:
                    counts[name][value] += int(bucket["doc_count"])
    return {name: _ordered(name, counts[name]) for name in FACETS if name in counts}


def _ordered(name: str, counts: Counter[str]) -> dict[str, int]:
    if name == "year":
        return dict(sorted(counts.items()))
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN])
