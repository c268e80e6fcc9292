"""Tables of a document laid out as tables, from its text and from what was read of their cells.

The text has a table as lines, its cells with tabs between them; a merged cell stands in it once, and may hold line breaks.
The rows that were read have the merged cell's text in every place it covers. Both together say where each cell stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 20_000
"""Cells of a table that is laid out; a larger one is shown as lines."""


@dataclass(slots=True)
class Cell:
    """A cell: its stretch of the document's text, and how many rows and columns it covers."""

    start: int
    end: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its stretch of the text, and in each row the cells that begin there."""

    start: int
    end: int
    rows: list[list[Cell]]


def grid(text: str, start: int, end: int, rows: Sequence[Sequence[str]]) -> Grid | None:
    """The table that stands in ``text`` from ``start`` to ``end``, whole lines of it; None where its lines do not tell which
    cell is which: then the lines are all there is to show. Every character but tabs and line breaks is in one cell.

    Args:
        text: of the document, as written.
        start, end: offsets in it.
        rows: what was read, cell by cell; the text of a merged cell in each of its places.
    """
    whole_lines = text[start - 1 : start] in ("", "\n") and text[end : end + 1] in ("", "\n")
    if not whole_lines or sum(map(len, rows)) > MOST or len({len(row) for row in rows}) != 1:
        return None
    at, owners = start, list[list[Cell]]()
    for number, row in enumerate(rows):
        first, owned = True, list[Cell]()
        begin = at if number == 0 else at + 1
        for column, cell in enumerate(row):
            here = begin if first else at + 1
            stop = here + len(cell)
            divided = first or text[at : at + 1] == "\t"
            if divided and text.startswith(cell, here, end) and (stop == end or text[stop] in "\t\n"):
                owned.append(Cell(here, stop))
                at, first = stop, False
            elif number and cell == rows[number - 1][column]:
                owned.append(owners[-1][column])
            elif column and cell == row[column - 1]:
                owned.append(owned[-1])
            else:
                return None
        if at < end and text[at] != "\n":
            return None
        owners.append(owned)
    return _spanned(start, end, owners) if at == end else None


def _spanned(start: int, end: int, owners: Sequence[Sequence[Cell]]) -> Grid | None:
    """The grid of who owns each place; None where a cell would not be a rectangle."""
    places: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(owners):
        for column, cell in enumerate(row):
            places.setdefault(id(cell), []).append((number, column))
    rows: list[list[Cell]] = [[] for _ in owners]
    for own in places.values():
        (top, left), (bottom, right) = own[0], own[-1]
        cell = owners[top][left]
        cell.rows, cell.columns = bottom - top + 1, right - left + 1
        if cell.rows * cell.columns != len(own) or min(column for _, column in own) != left:
            return None
        rows[top].append(cell)
    return Grid(start, end, rows)
