"""Counts of all documents that a query matches, by what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable
from typing import TYPE_CHECKING

from corpus.entry import KIND, PLACE, SEPARATOR
from corpus.kept import Kept

if TYPE_CHECKING:
    import tantivy

    from corpus.index import SearchIndex

_ALONE = {**{name: name for name in PLACE}, "issuer": "issuers", "mode": "mode", "pack": "pack", "verdict": "verdict"}
FACETS = (*PLACE, "year", "level", "genre", "role", "script", *(name for name in _ALONE if name not in PLACE))
_MOST = 65_000
"""tantivy's own limit on how many values it counts."""
_SHOWN = 200
_SEARCHES = 128
"""How many searches' counts are kept: some ten thousand bytes each."""


def facets(index: SearchIndex, query: tantivy.Query, names: Collection[str] = FACETS) -> dict[str, dict[str, int]]:
    """How many of the documents that match have each value, most frequent first (years ascending), 200 values at most.

    A document with several issuers, modes, packs or verdicts counts for each of them.
    """
    shown = {field: _SHOWN for name, field in _ALONE.items() if name in names}
    if not set(names).isdisjoint(KIND):
        shown["kind_of"] = _MOST
    if not shown:
        return {}
    counted = index.counts(query, shown, _MOST)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for name, field in _ALONE.items():
        if name in names:
            counts[name].update(counted[field])
    for values, count in counted.get("kind_of", {}).items():
        for name, value in zip(KIND, values.split(SEPARATOR), strict=True):
            if value and name in counts:
                counts[name][value] += count
    return {name: _ordered(name, counts[name]) for name in FACETS if name in counts}


def totals(index: SearchIndex) -> dict[str, dict[str, tuple[int, int]]]:
    """For each value of ``KIND`` and of the province all documents of the corpus that have it, and the characters of their
    texts. Those of which it is not known are counted under the empty name; ``""`` alone holds all of them."""
    summed = index.sums(("kind_of", "province"), _MOST)
    found: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in ("", *KIND)}
    for values, added in summed["kind_of"].items():
        for name, value in ("", ""), *zip(KIND, values.split(SEPARATOR), strict=True):
            documents, characters = found[name].get(value, (0, 0))
            found[name][value] = (documents + added[0], characters + added[1])
    every, known = found[""].get("", (0, 0)), summed["province"]
    unknown = [every[at] - sum(one[at] for one in known.values()) for at in (0, 1)]
    found["province"] = known | ({"": (unknown[0], unknown[1])} if unknown[0] else {})
    return found


_kept: Kept[Hashable, dict[str, dict[str, int]]] = Kept(_SEARCHES)
"""To count takes longer than to find what a page shows, and the longer the more is found."""


def facets_of(
    index: SearchIndex, query: tantivy.Query, names: frozenset[str], asked: Hashable
) -> dict[str, dict[str, int]]:
    """The same; ``asked`` is all that the query was made from, beside the index. Not to be changed by who gets it."""
    return _kept.get((index.commit_seen, names, asked), lambda: facets(index, query, names))


def _ordered(name: str, counts: Counter[str]) -> dict[str, int]:
    if name == "year":
        return dict(sorted(counts.items()))
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN])
