"""What the tables of word processor formats have in common: the grid that can be seen, and frames around text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.reading import Block, Cell, Paragraph, Role, Table

Placed = tuple[Cell, Sequence[Block]]
"""A cell, still without text, and what stands in it."""


def has_text(block: Block) -> bool:
    """Whether a paragraph or any cell of a table holds text."""
    return bool(block.text) if isinstance(block, Paragraph) else any(cell.text.strip() for cell in block.cells)


def table_blocks(placed: Sequence[Placed], role: Role) -> Iterator[Block]:
    """A table, then the tables nested in its cells; a single framed cell of text is given as its paragraphs."""
    if len(placed) == 1 and len(placed[0][1]) > 1:
        yield from placed[0][1]
        return
    cells, nested = [], []
    for cell, content in placed:
        cells.append(replace(cell, text="\n".join(b.text for b in content if isinstance(b, Paragraph))))
        nested += [block for block in content if isinstance(block, Table)]
    if cells:
        yield Table(tuple(without_unused_columns(cells)), role=role)
    yield from nested


def without_unused_columns(cells: Sequence[Cell]) -> list[Cell]:
    """The cells on a grid of the columns that are there: a writer's grid also has edges at which no cell begins."""
    edges = sorted({cell.column for cell in cells} | {cell.column + cell.column_span for cell in cells})
    place = {edge: index for index, edge in enumerate(edges)}
    return [
        replace(c, column=place[c.column], column_span=place[c.column + c.column_span] - place[c.column]) for c in cells
    ]
