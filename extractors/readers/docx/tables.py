"""Where the cells of a Word table stand: rows of ``w:tc`` to the cells of a grid, merged ones as one.

ECMA-376 part 1, 17.4: ``gridSpan`` (17.4.17), ``vMerge`` (17.4.84), ``gridBefore`` (17.4.15), and the older ``hMerge``
(17.4.22). Word draws a cell as wide as its ``tcW`` says, so where the rows' spans do not add up to one width, the
widths decide which columns a cell covers.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from extractors.readers.word.changes import BOTH, State
from extractors.readers.word.grid import without_unused_columns
from extractors.readers.word.wordprocessing import W, number
from schemas.reading import Cell

# Word itself makes no table of more columns.
WORD_COLUMNS = 63
# Twips: two edges nearer than this are one edge (a twentieth of a point; 60 are a millimetre).
_SAME_EDGE = 100
_MERGED = (f"{W}gridSpan", f"{W}vMerge", f"{W}hMerge", f"{W}tcW", f"{W}cellMerge")


@dataclass(slots=True)
class Place:
    """One ``w:tc`` with what its properties say. ``width`` is in twips, 0 where the file names none."""

    element: Any
    column: int = 0
    span: int = 1
    down: str | None = None
    across: str | None = None
    width: int = 0
    state: State = BOTH


@dataclass(slots=True)
class Row:
    """One ``w:tr``: its cells in order."""

    places: list[Place] = field(default_factory=list)
    skipped: int = 0
    indent: int = 0
    state: State = BOTH

    @property
    def columns(self) -> int:
        """How many columns of the grid the row reaches over."""
        return self.skipped + sum(place.span for place in self.places if place.state.now)


def row_of(element: Any, cells: Sequence[Any], state: State) -> Row:
    """A row with its cells.

    Args:
        element: the ``w:tr``.
        cells: its ``w:tc`` elements, wrappers looked through.
        state: in which states of tracked changes the table is there.
    """
    properties = element.find(f"{W}trPr")
    row = Row(state=state.by(properties))
    if properties is not None:
        row.skipped = min(max(number(properties.find(f"{W}gridBefore")) or 0, 0), WORD_COLUMNS)
        row.indent = _width(properties.find(f"{W}wBefore"))
    row.places = [_place(cell, row.state) for cell in cells]
    return row


def _place(element: Any, state: State) -> Place:
    place = Place(element, state=state)
    properties = element.find(f"{W}tcPr")
    if properties is None:
        return place
    for item in properties.iterchildren(*_MERGED):
        tag = item.tag
        if tag == f"{W}gridSpan":
            place.span = min(max(number(item) or 1, 1), WORD_COLUMNS)
        elif tag == f"{W}vMerge":
            place.down = "restart" if item.get(f"{W}val") == "restart" else "continue"
        elif tag == f"{W}hMerge":
            place.across = "restart" if item.get(f"{W}val") == "restart" else "continue"
        elif tag == f"{W}tcW":
            place.width = _width(item)
        else:
            place.down = {"rest": "restart", "cont": "continue"}.get(item.get(f"{W}vMerge", ""), place.down)
    place.state = state.by(properties)
    return place


def _width(element: Any | None) -> int:
    if element is None or element.get(f"{W}type", "dxa") != "dxa":
        return 0
    value = element.get(f"{W}w", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0


def put_in_columns(rows: Sequence[Row]) -> None:
    """Gives every cell its column, by the spans, or by the widths where the rows' spans contradict each other."""
    standing = [row for row in rows if row.state.now]
    if len({row.columns for row in standing}) > 1 and _by_widths(standing):
        return
    for row in rows:
        column = row.skipped
        for place in row.places:
            place.column = column
            if place.state.now:
                column += place.span


def _by_widths(rows: Sequence[Row]) -> bool:
    """Columns from the cells' widths; False, and nothing done, where the widths do not make rows of one width."""
    places = [[p for p in row.places if p.state.now] for row in rows]
    if any(not p.width for row in places for p in row) or any(row.skipped and not row.indent for row in rows):
        return False
    ends = [row.indent + sum(p.width for p in found) for row, found in zip(rows, places, strict=True)]
    if max(ends) - min(ends) > max(_SAME_EDGE, max(ends) // 50):
        return False
    edges: list[int] = []
    for edge in sorted({e for row, found in zip(rows, places, strict=True) for e in _edges(row, found)}):
        if not edges or edge - edges[-1] > _SAME_EDGE:
            edges.append(edge)
    if len(edges) > WORD_COLUMNS + 1 or edges[-1] < _SAME_EDGE:
        return False
    columns = [[_column(edges, edge) for edge in _edges(row, found)] for row, found in zip(rows, places, strict=True)]
    if any(b <= a for row in columns for a, b in pairwise(row)):
        return False
    for found, row in zip(places, columns, strict=True):
        for place, start, end in zip(found, row, row[1:], strict=False):
            place.column, place.span = start, end - start
    return True


def _edges(row: Row, places: Sequence[Place]) -> list[int]:
    edges = [row.indent]
    for place in places:
        edges.append(edges[-1] + place.width)
    return edges


def _column(edges: list[int], edge: int) -> int:
    return bisect.bisect_right(edges, edge) - 1


@dataclass(slots=True)
class Grid:
    """Collects the cells row by row, and lets merged ones grow.

    Attributes:
        cells: the cells so far; a merged one once, where it starts.
    """

    cells: list[Cell] = field(default_factory=list)
    _open: dict[int, int] = field(default_factory=dict)
    _row: int = 0

    def add(self, row: Row, read: Callable[[Place], tuple[str, str | None]]) -> None:
        """One more row.

        Args:
            row: the row, its cells in their columns.
            read: gives the text of a cell and its wording before the tracked changes; not asked for cells that only
                continue another, because Word does not show what stands in them.
        """
        merges: dict[int, int] = {}
        for place in row.places:
            if not place.state.now:
                continue
            above = self._open.get(place.column)
            last = self.cells[-1] if self.cells else None
            if place.down == "continue" and above is not None:
                if self.cells[above].row + self.cells[above].row_span == self._row:
                    self.cells[above] = replace(self.cells[above], row_span=self.cells[above].row_span + 1)
                merges[place.column] = above
            elif place.across == "continue" and last is not None and last.row == self._row:
                self.cells[-1] = replace(last, column_span=last.column_span + place.span)
            else:
                text, before = read(place)
                if place.down is not None:
                    merges[place.column] = len(self.cells)
                self.cells.append(Cell(text, self._row, place.column, column_span=place.span, before=before))
        self._open = merges
        self._row += 1

    @property
    def places(self) -> int:
        """How many places the grid has, those of merged cells counted."""
        return self._row * max((c.column + c.column_span for c in self.cells), default=0)

    @property
    def width(self) -> int:
        """How many columns can be seen."""
        return len({cell.column for cell in self.cells} | {cell.column + cell.column_span for cell in self.cells}) - 1

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self._row

    def finished(self) -> tuple[Cell, ...]:
        """The cells on a grid of the columns that are there: Word's grid also has edges at which no cell begins."""
        return tuple(without_unused_columns(self.cells))
