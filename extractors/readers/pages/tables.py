"""Ruled tables of pages with the text in their cells, and tables that go on over the page made one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.readers.pages.glyphs import Glyph, Line, confidence, lines
from extractors.readers.pages.rules import Grid
from schemas.reading import Box, Cell, Table

_COLUMN_TOLERANCE = 4.0
_SHORT_CELL = 60
"""Characters: what is longer is running text in a frame."""
_CLOSED = re.compile(r"[。；;！!？?]$")
_ITEM = re.compile(r"[（(]?[0-9一二三四五六七八九十]+[)）.．、]|[①-⑳]|[一-鿿]{1,6}[:：]")


def fill(page: int, grid: Grid, characters: Sequence[Glyph]) -> tuple[Table | None, Sequence[Glyph]]:
    """One ruled table.

    Args:
        page: the page's number, from 1.
        grid: the table's lines.
        characters: the glyphs of the page that no other table has taken.

    Returns:
        The table and the glyphs outside of it; None and all glyphs when its cells are empty or only one is filled and
        it is a frame around running text.
    """
    inside: dict[int, list[Glyph]] = {}
    outside: list[Glyph] = []
    for glyph in characters:
        owner = grid.at((glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2)
        if owner is None:
            outside.append(glyph)
        else:
            inside.setdefault(owner, []).append(glyph)
    if not inside or (len(inside) == 1 and len(grid.cells) < 4 and not _may_go_on(page, grid, inside)):
        return None, characters
    cells = []
    for index, cell in enumerate(grid.cells):
        content = lines(page, inside.get(index, []))
        text = cell_text(content, cell.x0, cell.x1)
        box = Box(page, *(round(v, 2) for v in (cell.x0, cell.top, cell.x1, cell.bottom)))
        sure = confidence(content)
        spans = (cell.row_span, cell.column_span)
        cells.append(Cell(text, cell.row, cell.column, *spans, page=page, box=box, confidence=sure))
    cells.sort(key=lambda c: (c.row, c.column))
    outline = Box(page, *(round(v, 2) for v in (grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1])))
    return Table(tuple(cells), page=page, boxes=(outline,)), outside


def _may_go_on(page: int, grid: Grid, inside: Mapping[int, Sequence[Glyph]]) -> bool:
    """Whether a row with one short filled cell may be the last of a table of the page before: see ``is_lone``."""
    return page > 1 and len(grid.cells) > 1 and all(len(glyphs) <= _SHORT_CELL for glyphs in inside.values())


def is_lone(table: Table) -> bool:
    """Whether a table is but a row or two with one filled cell: a table only where it goes on from another."""
    return len(table.cells) < 4 and sum(bool(cell.text) for cell in table.cells) == 1


def cell_text(content: Sequence[Line], x0: float, x1: float) -> str:
    """The text of one cell: lines that only the cell's width broke are joined, others stay on lines of their own.

    A line was broken by the width when the next character would not have fitted. A cell whose lines are all short and
    of one length is a list (names under each other), not a broken word.
    """
    if not content:
        return ""
    listed = len({len(line.text) for line in content}) == 1 and 2 <= len(content[0].text) <= 4 and len(content) > 1
    inner = min(min(line.x0 for line in content) - x0, 8.0)
    text = content[0].text
    for line, following in pairwise(content):
        broken = x1 - inner - line.x1 < 1.2 * line.em and not listed and not _ITEM.match(following.text)
        joint = "" if broken else "\n"
        if broken and text[-1].isascii() and following.text[0].isascii() and text[-1].isalpha():
            joint = " "
        text += joint + following.text
    return text


def columns(table: Table) -> list[float]:
    """The x coordinates of a table's column edges on its last page."""
    last = table.boxes[-1].page
    edges = sorted({c.box.x0 for c in table.cells if c.box and c.page == last} | {table.boxes[-1].x1})
    return edges


def continues(above: Table, below: Table) -> bool:
    """Whether a table at the head of a page goes on from the one at the foot of the page before: same columns."""
    if above.width != below.width:
        return False
    first, second = columns(above), columns(below)
    shift = second[0] - first[0]
    # Mirrored margins move the whole table sideways; a wider or narrower table is another one.
    return len(first) == len(second) and all(
        abs(b - a - shift) <= _COLUMN_TOLERANCE for a, b in zip(first, second, strict=True)
    )


def join(above: Table, below: Table) -> Table:
    """Two parts of one table: a repeated heading is dropped, and a row or a merged cell that the page cut goes on."""
    cells = list(above.cells)
    heading = _repeated_rows(above, below)
    height = above.height
    rest = [replace(c, row=c.row - heading + height) for c in below.cells if c.row >= heading]
    # Where the cells that reach the page's end stand in the list, by the columns they take.
    last = {(c.column, c.column_span): i for i, c in enumerate(cells) if c.row + c.row_span == height}
    if _is_cut_row(above, rest, height, last):
        for cell in rest:
            if cell.row == height and cell.text:
                at = last[cell.column, cell.column_span]
                joint = "\n" if _CLOSED.search(cells[at].text) or _ITEM.match(cell.text) else ""
                cells[at] = replace(cells[at], text=cells[at].text + joint + cell.text)
        rest = [replace(c, row=c.row - 1) for c in rest if c.row > height]
    for cell in rest:
        upper = last.get((cell.column, cell.column_span))
        # An empty cell that covers several rows is the lower half of the one that the page break cut.
        if cell.row == height and not cell.text and cell.row_span > 1 and upper is not None and cells[upper].text:
            cells[upper] = replace(cells[upper], row_span=cells[upper].row_span + cell.row_span)
        else:
            cells.append(cell)
    cells.sort(key=lambda c: (c.row, c.column))
    return replace(above, cells=tuple(cells), boxes=above.boxes + below.boxes)


def _is_cut_row(above: Table, rest: Sequence[Cell], height: int, last: Mapping[tuple[int, int], int]) -> bool:
    """Whether the first row of the lower part is the rest of the last one above.

    It is when its first cell is empty though every other row has its own first cell, and when everything in it has
    something above it to go on from.
    """
    first = [cell for cell in rest if cell.row == height]
    if not first or any(cell.row_span > 1 or (cell.column == 0 and cell.text) for cell in first):
        return False
    others = [c for c in (*above.cells, *rest) if c.column == 0 and c.row != height]
    if len(others) < 2 or any(c.row_span > 1 or not c.text for c in others):
        return False
    filled = [cell for cell in first if cell.text]
    above_them = [last.get((cell.column, cell.column_span)) for cell in filled]
    return bool(filled) and all(at is not None and above.cells[at].text for at in above_them)


def _repeated_rows(above: Table, below: Table) -> int:
    """How many rows at the head of the lower part repeat the head of the upper one."""
    first, second = _heads(above), _heads(below)
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other or not any(text for text, _, _ in one):
            break
        count += 1
    # Rows are only left out whole: no cell may reach from them into what stays.
    while count and any(c.row < count < c.row + c.row_span for c in below.cells):
        count -= 1
    return count if count < below.height else 0


def _heads(table: Table) -> list[list[tuple[str, int, int]]]:
    rows: list[list[tuple[str, int, int]]] = [[] for _ in range(min(3, table.height))]
    for cell in table.cells:
        if cell.row < len(rows):
            rows[cell.row].append((cell.text.replace("\n", ""), cell.column, cell.column_span))
    return rows
