"""The tables of OpenDocument text: cells on a grid, merged ones once (ODF 1.3 part 3, 9.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from extractors.readers import limits
from extractors.readers.odt.names import TABLE, whole_number
from extractors.readers.word.changes import has_text
from extractors.readers.word.grid import Placed, table_blocks
from schemas.reading import Block, Cell, Role

_LAYOUT_REPEAT = 64
"""Repetitions of an empty cell or row that may be meant; more is the unused rest of a converted spreadsheet."""

_GROUPS = {f"{TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")}


def build(
    table: Any, role: Role, content_of: Callable[[Any], Sequence[Block]], count: Callable[[int], None]
) -> Iterator[Block]:
    """A table, then the tables nested in its cells.

    Args:
        table: the ``table:table``.
        role: of its blocks.
        content_of: the blocks inside a cell; called once for each cell, in order.
        count: called with a number of cells; raises when there are too many.
    """
    placed: list[Placed] = []
    taken: dict[int, int] = {}  # column → the row at which a merged cell above ends
    row = 0
    for element in _rows(table):
        cells = _cells(element, content_of, count)
        repeat = max(whole_number(element, f"{TABLE}number-rows-repeated", 1), 1)
        if repeat > _LAYOUT_REPEAT and not any(has_text(b) for _, content, _, _ in cells for b in content):
            repeat = 1
        for _ in range(repeat):
            count(len(cells) + 1)
            column = 0
            for covered, content, across, down in cells:
                if covered:
                    column += covered
                    continue
                # A right file leaves room by covered cells; for one that does not, the next free place is meant.
                while taken.get(column, 0) > row:
                    column += 1
                if across > 1 or down > 1:
                    count(across)
                    taken.update((c, row + down) for c in range(column, column + across))
                placed.append((Cell("", row, column, row_span=down, column_span=across), content))
                column += 1
            row += 1
    yield from table_blocks([(_within(cell, row), content) for cell, content in placed], role, count)


def _rows(parent: Any) -> Iterator[Any]:
    for element in parent:
        if element.tag == f"{TABLE}table-row":
            yield element
        elif element.tag in _GROUPS:
            yield from _rows(element)


def _cells(
    row: Any, content_of: Callable[[Any], Sequence[Block]], count: Callable[[int], None]
) -> list[tuple[int, Sequence[Block], int, int]]:
    """The cells of a row: for covered ones how many there are, for others the content and the columns and rows."""
    cells: list[tuple[int, Sequence[Block], int, int]] = []
    elements = [e for e in row if e.tag in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")]
    for position, element in enumerate(elements):
        repeat = max(whole_number(element, f"{TABLE}number-columns-repeated", 1), 1)
        if element.tag == f"{TABLE}covered-table-cell":
            cells.append((min(repeat, limits.MAX_SPAN), (), 1, 1))
            continue
        content = content_of(element)
        if repeat > _LAYOUT_REPEAT and position == len(elements) - 1 and not any(has_text(b) for b in content):
            repeat = 1
        across = min(max(whole_number(element, f"{TABLE}number-columns-spanned", 1), 1), limits.MAX_SPAN)
        down = min(max(whole_number(element, f"{TABLE}number-rows-spanned", 1), 1), limits.MAX_CELLS)
        count(repeat)
        cells += [(0, content, across, down)] * repeat
    return cells


def _within(cell: Cell, height: int) -> Cell:
    """A cell that reaches below the table ends with it."""
    return replace(cell, row_span=height - cell.row) if cell.row + cell.row_span > height else cell
