"""What the tables of word processor formats have in common: the grid that can be seen, and frames around text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from extractors.readers.word.changes import cell_text
from extractors.readers.word.pictures import Shown
from schemas.reading import Block, Cell, Paragraph, Role, Table

Placed = tuple[Cell, Sequence[Block]]
"""A cell, still without text, and what stands in it."""


def table_blocks(placed: Sequence[Placed], role: Role, count: Callable[[int], None]) -> Iterator[Block]:
    """A table, then the tables nested in its cells and the places of pictures in them; a frame around running text is given as its paragraphs.

    ``count`` is called with the number of places that no cell begins at; it raises when there are too many.
    """
    if not placed:
        return
    width = len({cell.column for cell, _ in placed} | {cell.column + cell.column_span for cell, _ in placed}) - 1
    count(max(width * max(cell.row + cell.row_span for cell, _ in placed) - len(placed), 0))
    if width == 1:
        for _, content in placed:
            yield from content
        return
    cells, nested = [], []
    for cell, content in placed:
        text, before = cell_text([block for block in content if isinstance(block, Paragraph)])
        cells.append(replace(cell, text=text, before=before))
        nested += [block for block in content if isinstance(block, (Table, Shown))]
    yield Table(tuple(without_unused_columns(cells)), role=role)
    yield from nested


def without_unused_columns(cells: Sequence[Cell]) -> list[Cell]:
    """The cells on a grid of the columns that are there: a writer's grid also has edges at which no cell begins."""
    edges = sorted({cell.column for cell in cells} | {cell.column + cell.column_span for cell in cells})
    place = {edge: index for index, edge in enumerate(edges)}
    return [
        replace(c, column=place[c.column], column_span=place[c.column + c.column_span] - place[c.column]) for c in cells
    ]
