"""Why a query found nothing, and what is near: counts of its parts, and queries that do find something.

Called only after a search came back empty, so it may take as long as a few searches do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Literal

from corpus.query import All, Any_, Dates, Node, Not, Ranked, Values, Wording, Years
from corpus.units import BREAK
from schemas.search import Near, Nothing, Part

if TYPE_CHECKING:
    from corpus.index import SearchIndex

_MOST_PARTS = 8
"""Of so many parts each is counted alone and left out."""
_MOST_NEAR = 3
"""Near words offered for one wording."""
_LEAST_ALIKE = 50.0
"""Per cent of the characters that two words must share to be near: one of two, two of three."""
_TERMS = ("body_words", "title_words")
_MOST_TERMS = 30_000
"""So many of the most frequent words of a field are looked through; a large corpus has ten times as many."""
_MOST_BEGINNINGS = 16
"""Of so many characters of a wording all words that begin with them are looked through, however rare (as many at most)."""

Count = Callable[[Node], int]


def explain(index: SearchIndex, node: Node, count: Count) -> Nothing:
    """Why ``node`` matches no document. ``count`` says how many documents match a query."""
    parts = node.parts if isinstance(node, All) else (node,)
    counted: list[Part] = []
    near: list[Near] = []
    for number, part in enumerate(parts[:_MOST_PARTS]):
        rest = parts[:number] + parts[number + 1 :]
        alone = count(part.part if isinstance(part, Not) else part)
        without = count(All(rest)) if rest else 0
        counted.append(Part(text=typed(part), kind=_kind(part), alone=alone, without=without))
        if without and _kind(part) != "words":
            near.append(Near(query=_together(rest), kind="without", total=without))
        if not alone and isinstance(part, Wording) and part.field is None:
            near += islice(_respelt(index, part, rest, count), _MOST_NEAR)
    words = [part for part in parts if _kind(part) == "words"]
    if len(words) > 1:
        either = All((Any_(tuple(words)), *(part for part in parts if part not in words)))
        if total := count(either):
            near.append(Near(query=typed(either), kind="any", total=total))
    return Nothing(parts=counted, near=near)


def alike(index: SearchIndex, word: str, most: int) -> list[str]:
    """The words of the corpus nearest to ``word`` (folded) by shared characters, nearest and most frequent first."""
    from rapidfuzz import fuzz, process

    frequent: dict[str, int] = {}
    for field in _TERMS:
        for beginning in ("", *dict.fromkeys(word[:_MOST_BEGINNINGS])):
            for term, documents in index.searcher.terms_with_prefix(field, beginning, limit=_MOST_TERMS):
                frequent[term] = max(documents, frequent.get(term, 0))
    frequent.pop(word, None)
    found = process.extract(word, list(frequent), scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE, limit=20 * most)
    # The longest stretch of the same length comes first: 共同题 is rather 共同体 than 共同.
    order = sorted(found, key=lambda one: (-one[1], abs(len(one[0]) - len(word)), -frequent[one[0]], one[0]))
    return [term for term, _, _ in order[:most]]


def typed(node: Node) -> str:
    """The node as somebody would type it."""
    match node:
        case Wording(_, exact, name):
            text = node.text.replace(BREAK, " ")
            if name:
                return f'{name}:"{text}"'
            return f'"{text}"' if exact else text
        case Values(name, values):
            return (
                f'{name}:"{",".join(values)}"'
                if any(" " in value for value in values)
                else f"{name}:{','.join(values)}"
            )
        case Years(first, last):
            return f"year:{_range(first, last)}"
        case Dates(first, last):
            return f"date:{_range(first, last)}"
        case Any_(parts):
            return " OR ".join(_grouped(part) for part in parts)
        case All(parts):
            return _together(parts)
        case Not(part):
            return f"-{_grouped(part)}"
        case Ranked(words):
            return " ".join(typed(word) for word in words)


def _respelt(index: SearchIndex, wording: Wording, rest: tuple[Node, ...], count: Count) -> Iterator[Near]:
    """The query with a wording that no document holds replaced by words near to it, where that finds something."""
    from corpus.units import units

    if len(wording.units) < 2:
        return
    for word in alike(index, wording.text, 2 * _MOST_NEAR):
        other = Wording(tuple(units(word)), wording.exact)
        if total := count(All((other, *rest)) if rest else other):
            yield Near(query=_together((other, *rest)), kind="spelling", total=total)


def _kind(part: Node) -> Literal["words", "filter", "excluded"]:
    match part:
        case Not():
            return "excluded"
        case Values() | Years() | Dates():
            return "filter"
        case Wording() if part.field is not None:
            return "filter"
        case Any_(parts) if all(_kind(one) == "filter" for one in parts):
            return "filter"
        case _:
            return "words"


def _together(parts: tuple[Node, ...]) -> str:
    return " ".join(
        _grouped(part) if isinstance(part, Any_ | All) and len(parts) > 1 else typed(part) for part in parts
    )


def _grouped(part: Node) -> str:
    return f"({typed(part)})" if isinstance(part, Any_ | All) else typed(part)


def _range(first: object | None, last: object | None) -> str:
    if first == last:
        return str(first)
    return f"{'' if first is None else first}..{'' if last is None else last}"
