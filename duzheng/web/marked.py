"""A document's text cut into pieces for a page: where evidence stands, where a section begins. Nothing is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from duzheng.web.grids import Grid

PART = 60_000
"""Characters of the text on one page."""
_WITHIN = {"head": "", "table": "", "row": "table", "cell": "row"}
_ORDER = tuple(_WITHIN)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the text with what stands there: ``label`` (a requirement), ``target`` (where a click leads)."""

    start: int
    end: int
    label: str
    target: str
    role: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A stretch that is set as what it is: a heading of some ``level`` from 1, a table, its rows, its cells."""

    start: int
    end: int
    kind: Literal["head", "table", "row", "cell"]
    level: int = 1
    rows: int = 1
    columns: int = 1


@dataclass(slots=True)
class Piece:
    """A stretch in which nothing begins or ends.

    ``anchors`` are the names by which it can be gone to; ``over`` the places that cover it; ``begins`` those of them that
    begin with it; ``page`` the page of the source that begins with it; ``opens`` the frames that begin with it, the outermost
    first, ``closes`` those that end with it, the innermost first.
    """

    text: str
    anchors: list[str] = field(default_factory=list)
    over: list[Place] = field(default_factory=list)
    begins: list[Place] = field(default_factory=list)
    page: int | None = None
    opens: list[Frame] = field(default_factory=list)
    closes: list[Frame] = field(default_factory=list)

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
    text: str,
    places: Sequence[Place],
    heads: Iterable[int] = (),
    pages: Iterable[tuple[int, int]] = (),
    part: int = 1,
    frames: Iterable[Frame] = (),
) -> list[Piece]:
    """The pieces of one page of the text, in order; joined they are that page.

    Args:
        text: all of the text, as written or folded.
        places: what is marked; what lies outside the text is left out.
        heads: where sections begin; their anchors are ``o`` and the offset.
        pages: where pages of the source begin: page and offset.
        part: which page of the text, from 1.
        frames: headings and tables, one within the other or apart; a table or heading that the page cuts is left out.
    """
    low, high = (part - 1) * PART, min(part * PART, len(text))
    inside = [one for one in places if low <= one.start < one.end <= len(text) and one.start < high]
    inside += [one for one in places if one.start < low < one.end <= len(text)]
    starts = {offset: page for page, offset in pages if low <= offset < high}
    begun = {offset for offset in heads if low <= offset < high}
    whole = _whole(frames, low, high)
    cuts = {low, high, *starts, *begun, *(min(max(x, low), high) for one in inside for x in (one.start, one.end))}
    cuts.update(x for one in whole for x in (one.start, one.end))
    opens: dict[int, list[Frame]] = {}
    closes: dict[int, list[Frame]] = {}
    for frame in whole:
        opens.setdefault(frame.start, []).append(frame)
        closes.setdefault(frame.end, []).insert(0, frame)
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
        found.append(
            Piece(
                text[start:end],
                anchors,
                list(over),
                begins,
                starts.get(start),
                opens.get(start, []),
                closes.get(end, []),
            )
        )
    return found


def frames_of(table: Grid) -> Iterator[Frame]:
    """A table with its rows and cells; the tabs and line breaks between cells stand in the cell before them."""
    yield Frame(table.start, table.end, "table")
    cells = [(row[0].start, cell) for row in table.rows if row for cell in row]
    begins = [*(cell.start for _, cell in cells), table.end]
    heads = [*sorted({row for row, _ in cells}), table.end]
    yield from (Frame(start, end, "row") for start, end in pairwise(heads))
    for (_, cell), (start, end) in zip(cells, pairwise(begins), strict=True):
        yield Frame(start, end, "cell", rows=cell.rows, columns=cell.columns)


def _whole(frames: Iterable[Frame], low: int, high: int) -> list[Frame]:
    """The frames that stand on one page whole, outer ones first; of two that cross or repeat one another the first."""
    kept: list[Frame] = []
    around: list[Frame] = []
    cut = -1
    for one in sorted(frames, key=lambda frame: (frame.start, -frame.end, _ORDER.index(frame.kind))):
        while around and around[-1].end <= one.start:
            around.pop()
        outer = around[-1].kind if around else ""
        inside = one.end <= (around[-1].end if around else high) and one.start >= max(low, cut)
        if one.start < one.end and inside and outer == _WITHIN[one.kind]:
            kept.append(one)
            around.append(one)
        elif not around:
            cut = max(cut, one.end)
    return kept
