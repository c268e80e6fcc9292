"""The tables of an RTF file: rows as they are defined, then the grid of all rows (RTF 1.9.1, "Table Definitions").

A row says where each of its cells ends (``\\cellx``, in twips); rows of one table need not agree, so the columns are the
edges of all rows together. Word and WPS round edges differently from row to row by a few twips.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extractors.readers.word.grid import Placed, table_blocks
from schemas.reading import Block, Cell, Role

_JITTER = 40
"""Twips (1/20 point) that an edge may be off and still be the same edge: 0.7 mm."""


@dataclass(slots=True)
class CellShape:
    """One ``\\cellx`` with the flags in front of it."""

    right: int
    continues_left: bool = False
    begins_down: bool = False
    continues_down: bool = False
    deleted: bool = False


@dataclass(slots=True)
class RowShape:
    """A row definition: everything between ``\\trowd`` and the row's end."""

    left: int = 0
    cells: list[CellShape] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    def close_cell(self, right: int) -> None:
        """``\\cellx``: the cell described by the flags so far ends here."""
        flags, self.flags = self.flags, set()
        self.cells.append(CellShape(right, "clmrg" in flags, "clvmgf" in flags, "clvmrg" in flags, "cldel" in flags))


@dataclass(slots=True)
class Row:
    """A row that was read: its shape and what stands in each of its cells."""

    shape: RowShape
    contents: list[list[Block]]


def build(rows: list[Row], role: Role, count: Callable[[int], None]) -> Iterator[Block]:
    """The table of some rows, followed by the tables nested in it.

    Args:
        rows: the rows in order; a row with fewer contents than cells has empty cells, one with more has cells at its
            right end that were not defined (their text is kept).
        role: the role of the story.
        count: called with a number of places; raises when there are too many.
    """
    shapes = [_fitted(row) for row in rows]
    columns = _columns(shapes)
    placed: list[Placed] = []
    open_merges: dict[int, int] = {}
    for index, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
        merges: dict[int, int] = {}
        edges = columns.of(shape)
        down: set[int] = set()  # cells that belong to one above
        for place, cell in enumerate(shape.cells):
            start, end = edges[place], edges[place + 1]
            above = open_merges.get(start)
            if cell.continues_left and place:
                last, content = placed[-1]
                if last.row == index and place - 1 not in down:
                    placed[-1] = (replace(last, column_span=end - last.column), content)
                else:
                    down.add(place)
                continue
            if cell.continues_down and above is not None:
                last, content = placed[above]
                if last.row + last.row_span == index:
                    placed[above] = (replace(last, row_span=last.row_span + 1), content)
                merges[start] = above
                down.add(place)
                continue
            if cell.begins_down or cell.continues_down:
                merges[start] = len(placed)
            content = row.contents[place] if place < len(row.contents) else []
            placed.append((Cell("", index, start, column_span=end - start), content))
        open_merges = merges
    yield from table_blocks(placed, role, count)


def _fitted(row: Row) -> RowShape:
    """The shape with a cell for every content."""
    missing = len(row.contents) - len(row.shape.cells)
    if missing <= 0:
        return row.shape
    last = row.shape.cells[-1].right if row.shape.cells else row.shape.left
    extra = [CellShape(last + 1000 * (i + 1)) for i in range(missing)]
    return RowShape(row.shape.left, [*row.shape.cells, *extra])


class _Columns:
    """Twips to column numbers. Where a row's edges do not ascend, all rows are counted cell by cell instead."""

    def __init__(self, edges: list[int] | None) -> None:
        self._edges = edges

    def of(self, shape: RowShape) -> list[int]:
        """The column at which each cell starts, and the one behind the last."""
        if self._edges is None:
            return list(range(len(shape.cells) + 1))
        return [bisect_right(self._edges, x) - 1 for x in (shape.left, *(cell.right for cell in shape.cells))]


def _columns(shapes: list[RowShape]) -> _Columns:
    narrowest = _JITTER * 2
    values: set[int] = set()
    for shape in shapes:
        edges = [shape.left, *(cell.right for cell in shape.cells)]
        for a, b in pairwise(edges):
            if b <= a:
                return _Columns(None)
            narrowest = min(narrowest, b - a)
        values.update(edges)
    # Less than half the narrowest cell, so that no cell is left without a width.
    tolerance = min(_JITTER, (narrowest - 1) // 2)
    firsts: list[int] = []
    for value in sorted(values):
        if not firsts or value - firsts[-1] > tolerance:
            firsts.append(value)
    return _Columns(firsts)
