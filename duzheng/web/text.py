"""Text of documents for pages: cut into pieces of which some are marked, and into windows of bounded length.

A template escapes each piece and puts ``<mark>`` around the marked ones; nothing of a document is ever markup.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from markupsafe import Markup, escape

from duzheng.web.grids import Grid

WINDOW = 40_000
"""Characters of text on one page; it ends with a line where a line ends soon after."""


def percent(share: float) -> str:
    """A share from 0 to 1 for a reader; what is not the same to the last word never has 100%."""
    whole = f"{share * 100:.0f}%"
    return whole if whole != "100%" or share >= 1 else f"{min(floor(share * 1000) / 10, 99.9):.1f}%"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text. ``first``: it begins what is marked, and can be gone to."""

    text: str
    mark: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a text. ``start`` is its offset in the text of the document, ``pages`` the pages that begin in it.

    ``lead`` is the number and heading of an item of the outline that the line begins with; ``depth`` that of the item, from 1,
    where the line is nothing but that, else 0.
    """

    start: int
    pieces: list[Piece]
    pages: list[int]
    lead: list[Piece]
    depth: int


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a table, and how many rows and columns it covers."""

    pieces: list[Piece]
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table in a text; ``start`` and ``pages`` as of a paragraph."""

    start: int
    pages: list[int]
    rows: list[list[ShownCell]]


def cut(text: str, marks: Sequence[tuple[int, int]]) -> list[Piece]:
    """``text`` in pieces; ``marks`` are pairs of offsets in it, ascending, without overlap."""
    found, done = [], 0
    for start, end in marks:
        found += [Piece(text[done:start]), Piece(text[start:end], True)]
        done = end
    return [piece for piece in [*found, Piece(text[done:])] if piece.text]


def written(pieces: Sequence[Piece]) -> Markup:
    """The pieces as a page shows them, as the macro of ``reading/pieces.html`` does: a page of hits has dozens of them."""
    return Markup("".join(f"<mark>{escape(one.text)}</mark>" if one.mark else str(escape(one.text)) for one in pieces))


def windows(text: str) -> list[int]:
    """Where the windows of a text begin, and its end; at least ``[0, end]``."""
    edges = [0]
    while edges[-1] < len(text):
        begin = edges[-1]
        end = text.find("\n", begin + WINDOW, begin + 2 * WINDOW)
        edges.append(min(len(text), end + 1 if end >= 0 else begin + 2 * WINDOW))
    return edges if len(edges) > 1 else [0, len(text)]


def window_of(edges: Sequence[int], offset: int) -> int:
    """The number of the window that an offset stands in, from 0."""
    return min(max(bisect_right(edges, offset) - 1, 0), len(edges) - 2)


Heads = Mapping[int, tuple[int, int]]
"""Where items of the outline begin: their depth, and where number and heading end."""


class _Cutter:
    """Cuts stretches of a text where the marked part begins and ends; its first piece can be gone to."""

    def __init__(self, text: str, marked: tuple[int, int]) -> None:
        self._text = text
        self._marked = marked
        self._told = False

    def __call__(self, start: int, stop: int) -> list[Piece]:
        a, b = max(self._marked[0], start), min(self._marked[1], stop)
        found = cut(self._text[start:stop], [(a - start, b - start)] if a < b else [])
        if a < b and not self._told:
            self._told = True
            found = [Piece(one.text, one.mark, one.mark) for one in found]
        return found


def paragraphs(
    text: str,
    begin: int,
    end: int,
    marked: tuple[int, int],
    pages: Sequence[tuple[int, int]],
    heads: Heads,
    grids: Sequence[Grid] = (),
) -> Iterator[Paragraph | ShownTable]:
    """The lines between two offsets, without empty ones, and the tables among them.

    Args:
        text: what is shown; as long as the original.
        begin, end: of the window.
        marked: the stretch that is highlighted, empty for none.
        pages: number and start of each page.
        heads: where items of the outline begin.
        grids: tables whose cells are known; one that is not whole within the window is shown as lines.
    """
    at = begin
    tables = {one.start: one for one in grids if begin <= one.start < one.end <= end}
    starts = deque(sorted((start, number) for number, start in pages if begin <= start < end))
    cutter = _Cutter(text, marked)
    while at < end:
        table = tables.get(at)
        if table:
            stop = table.end
        else:
            stop = text.find("\n", at, end)
            stop = end if stop < 0 else stop
        own: list[int] = []
        while starts and starts[0][0] <= stop:
            own.append(starts.popleft()[1])
        if table:
            yield ShownTable(at, own, _cells(table, cutter))
        elif text[at:stop].strip() or own:
            depth, lead = _head(heads, at, stop)
            alone = not text[lead:stop].strip()
            yield Paragraph(at, cutter(lead, stop), own, cutter(at, lead), depth if alone else 0)
        at = stop + 1


def _head(heads: Heads, at: int, stop: int) -> tuple[int, int]:
    """The depth of the item that begins with the line, and where its heading ends; 0 and the line's beginning for none."""
    found = next((heads[one] for one in range(at, min(stop, at + 8) + 1) if one in heads), None)
    return (found[0], min(found[1], stop)) if found and found[1] > at else (0, at)


def _cells(table: Grid, cutter: _Cutter) -> list[list[ShownCell]]:
    return [[ShownCell(cutter(one.start, one.end), one.rows, one.columns) for one in row] for row in table.rows]
