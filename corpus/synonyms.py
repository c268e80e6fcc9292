"""Other wordings for what a query names: Taiwan variants, and synonyms of the field.

Two sources, two weights. *Variants* (``extractors.variants``) are the same word in the vocabulary of another region and
rank little below it. *Synonyms* (``lexicons/synonyms.yaml``) name the same thing with another word; whoever typed 校联体
wants the documents that say so first and those that say 教共体 after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from corpus.query import Wording
from corpus.units import units

MOST = 24
"""Never more wordings of one than this, itself included."""
VARIANT = 0.7
SYNONYM = 0.05
"""What a match of another wording counts, against 1 for the wording itself. A synonym is often rarer than the wording that
was typed, and rare words weigh more, so the factor is small: documents that have only a synonym are found, and come last."""


@dataclass(frozen=True, slots=True)
class Wide:
    """One wording to look for: its units (``corpus.units``) and what a match of it counts."""

    units: tuple[str, ...]
    weight: float


@lru_cache(maxsize=1024)
def widened(wording: Wording, strict: bool = False) -> tuple[Wide, ...]:
    """The wording itself, then what is looked for in its place; a quoted one, one of a field or a strict search: only itself."""
    if strict or wording.exact:
        return (Wide(wording.units, 1.0),)
    from extractors.variants import alternatives

    text = wording.text
    found = dict.fromkeys([wording.units], 1.0)
    for weight, others in ((VARIANT, alternatives(text)), (SYNONYM, synonyms(text))):
        for other in others:
            if sequence := tuple(units(other)):
                found.setdefault(sequence, weight)
    return tuple(Wide(sequence, weight) for sequence, weight in list(found.items())[:MOST])


def added(wording: Wording, strict: bool = False) -> list[str]:
    """The wordings that are looked for beside the one that was typed, as folded text."""
    return [Wording(wide.units).text for wide in widened(wording, strict)[1:]]


@lru_cache(maxsize=4096)
def synonyms(folded: str) -> tuple[str, ...]:
    """The folded term with one of its pieces replaced by each synonym of the field; the term itself is not among them."""
    found: dict[str, None] = {}
    for start, end in _pieces(folded):
        for other in _classes()[folded[start:end]]:
            found[folded[:start] + other + folded[end:]] = None
    # What holds the term as it stands is found by the term already: 城乡教育共同体 by 教育共同体.
    return tuple(one for one in found if folded not in one)


def _pieces(folded: str) -> Iterator[tuple[int, int]]:
    """Where the listed wordings stand: the longest at each place, none inside a protected word or cutting a word."""
    from extractors.words import segment

    protected: list[str] = load("synonyms")["protected"]
    listed = sorted((*_classes(), *protected), key=len, reverse=True)
    edges: set[int] | None = None
    position = 0
    while position < len(folded):
        piece = next((one for one in listed if folded.startswith(one, position)), None)
        if piece is None:
            position += 1
            continue
        end = position + len(piece)
        if piece not in protected:
            if piece == folded:
                yield position, end
            else:
                if edges is None:
                    edges = {edge for _, a, b in segment(folded) for edge in (a, b)}
                # 初中 inside 起初中学 is no word; a piece that the segmenter cuts finer still begins and ends at an edge.
                if position in edges and end in edges:
                    yield position, end
        position = end


@cache
def _classes() -> Mapping[str, tuple[str, ...]]:
    """Each listed wording with the others of its class."""
    return {
        word: tuple(other for other in group if other != word)
        for group in load("synonyms")["classes"]
        for word in group
    }


@cache
def load(name: str) -> Any:
    """The content of ``corpus/lexicons/<name>.yaml``, read once; not to be changed.

    These words decide only how a query is read. They do not lie with those of the extractors, whose every change means
    that all files have to be read again.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(files("corpus").joinpath(f"lexicons/{name}.yaml").read_text(encoding="utf-8"), Loader=loader)
