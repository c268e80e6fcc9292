"""Where the cells of a table stand in the text of its document, so that the text can be shown as the table it is.

Readers write a table's text row by row, tabs between cells; of a merged cell it is there once, while ``TableRows.rows``
repeats it in every place it covers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from duzheng.web.marked import Frame


@dataclass(slots=True)
class _Cell:
    """A cell of the text: where its words begin, and the last row and column that it covers."""

    start: int
    row: int
    column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class _Walk:
    """How far the text has been read, and the cells of the row above and of this one, by column."""

    text: str
    at: int
    end: int
    found: list[_Cell] = field(default_factory=list)
    above: dict[int, tuple[str, _Cell]] = field(default_factory=dict)
    own: dict[int, tuple[str, _Cell]] = field(default_factory=dict)

    def take(self, value: str, row: int, column: int, separator: str) -> bool:
        """Whether the cell stands here or is a part of the one above or before it; if not, the text is no such table."""
        there = self.at + (self.text.startswith(separator, self.at) if separator else 0)
        moved = there > self.at or not separator
        after = there + len(value)
        if (
            moved
            and self.text.startswith(value, there)
            and (after == self.end or self.text[after : after + 1] in "\t\n")
        ):
            self.at = after
            self.found.append(_Cell(there, row, column, row, column))
            self.own[column] = value, self.found[-1]
            return after <= self.end
        for beside in (self.above.get(column), self.own.get(column - 1)):
            if beside is not None and beside[0] == value:
                cell = beside[1]
                cell.last_row, cell.last_column = max(cell.last_row, row), max(cell.last_column, column)
                self.own[column] = beside
                return True
        return not value


def grid(text: str, start: int, end: int, rows: Sequence[Sequence[str]]) -> list[Frame]:
    """The table, its rows and its cells as frames of the text; none where the text is not written row by row.

    Args:
        text: of the document.
        start, end: of the table in it.
        rows: its cells, a merged one repeated.
    """
    walk = _Walk(text, start, end)
    for number, row in enumerate(rows):
        walk.own = {}
        begun = bool(walk.found)
        for column, value in enumerate(row):
            own = bool(walk.found) and walk.found[-1].row == number
            if not walk.take(value, number, column, "\t" if own else "\n" if begun else ""):
                return []
        walk.above = walk.own
    if walk.at != end or len(walk.found) < 2:
        return []
    return list(_frames(walk.found, end))


def _frames(cells: Sequence[_Cell], end: int) -> Iterator[Frame]:
    yield Frame(cells[0].start, end, "table")
    heads = [one for n, one in enumerate(cells) if not n or cells[n - 1].row != one.row]
    for one, after in pairwise([*(head.start for head in heads), end]):
        yield Frame(one, after, "row")
    for cell, after in zip(cells, [*(cell.start for cell in cells[1:]), end], strict=True):
        if cell.start < after:  # the last one may be empty
            yield Frame(
                cell.start, after, "cell", rows=cell.last_row - cell.row + 1, columns=cell.last_column - cell.column + 1
            )
