"""Building layouts for the tests of the extractors: paragraphs as strings, tables as rows of strings."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.communities.find import find_communities
from extractors.layout import Layout, lay, squeeze
from extractors.outline import outline
from schemas.document import Community
from schemas.reading import Block, Cell, Paragraph, Table


def table_of(rows: Sequence[Sequence[str]], caption: str | None = None) -> Table:
    """A table; a cell ``^`` belongs to the one above it, ``<`` to the one on its left."""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            height = 1
            while r + height < len(rows) and rows[r + height][c] == "^":
                height += 1
            width = 1
            while c + width < len(row) and row[c + width] == "<":
                width += 1
            cells.append(Cell(text, r, c, height, width))
    return Table(tuple(cells), caption=caption)


def layout_of(*blocks: str | Table) -> Layout:
    """The layout of paragraphs and tables."""
    laid: list[Block] = [Paragraph(block) if isinstance(block, str) else block for block in blocks]
    return lay(laid)


def communities_of(*blocks: str | Table) -> list[Community]:
    """The communities found; every name must stand in the text at the community's span."""
    layout = layout_of(*blocks)
    found = find_communities(layout, outline(layout, [], None))
    for one in found:
        held = squeeze(layout.text[one.span.start : one.span.end])
        assert all(name in held for name in [one.lead or "", *one.members]), (held, one)
    return found


def pairs_of(*blocks: str | Table) -> list[tuple[str | None, list[str]]]:
    """Lead and members of each community found."""
    return [(one.lead, one.members) for one in communities_of(*blocks)]
