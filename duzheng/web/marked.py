"""A document's text cut into pieces for a page: where evidence stands, where a section begins. Nothing is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

PART = 60_000
"""Characters of the text on one page."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the text with what stands there: ``label`` (a requirement), ``target`` (where a click leads)."""

    start: int
    end: int
    label: str
    target: str
    role: str


@dataclass(slots=True)
class Piece:
    """A stretch in which nothing begins or ends.

    ``anchors`` are the names by which it can be gone to; ``over`` the places that cover it; ``begins`` those of them that
    begin with it; ``page`` the page of the source that begins with it.
    """

    text: str
    anchors: list[str] = field(default_factory=list)
    over: list[Place] = field(default_factory=list)
    begins: list[Place] = field(default_factory=list)
    page: int | None = None

    @property
    def role(self) -> str:
        """What the evidence proves: a contradiction counts for more than a support."""
        roles = {place.role for place in self.over}
        return next((role for role in ("contradicts", "nearest_miss", "supports") if role in roles), "")


def anchor(start: int, end: int) -> str:
    """The name of a stretch in its page: ``s120-145``."""
    return f"s{start}-{end}"


def part_of(position: int) -> int:
    """The page of the text, from 1, on which a character stands."""
    return position // PART + 1


def parts(length: int) -> int:
    """How many pages a text of that many characters has."""
    return max(-(-length // PART), 1)


def pieces(
    text: str, places: Sequence[Place], heads: Iterable[int] = (), pages: Iterable[tuple[int, int]] = (), part: int = 1
) -> list[Piece]:
    """The pieces of one page of the text, in order; joined they are that page.

    Args:
        text: all of the text, as written or folded.
        places: what is marked; what lies outside the text is left out.
        heads: where sections begin; their anchors are ``o`` and the offset.
        pages: where pages of the source begin: page and offset.
        part: which page of the text, from 1.
    """
    low, high = (part - 1) * PART, min(part * PART, len(text))
    inside = [one for one in places if low <= one.start < one.end <= len(text) and one.start < high]
    inside += [one for one in places if one.start < low < one.end <= len(text)]
    starts = {offset: page for page, offset in pages if low <= offset < high}
    begun = {offset for offset in heads if low <= offset < high}
    cuts = {low, high, *starts, *begun, *(min(max(x, low), high) for one in inside for x in (one.start, one.end))}
    at: dict[int, list[Place]] = {}
    for one in sorted(inside, key=lambda place: (place.start, -place.end, place.label)):
        at.setdefault(max(one.start, low), []).append(one)
    found: list[Piece] = []
    over: list[Place] = []
    for start, end in pairwise(sorted(cuts)):
        begins = at.get(start, [])
        over = [one for one in over if one.end > start] + begins
        anchors = [f"o{start}"] if start in begun else []
        anchors += dict.fromkeys(anchor(one.start, one.end) for one in begins if one.start >= low)
        found.append(Piece(text[start:end], anchors, list(over), begins, starts.get(start)))
    return found
