"""Tables without ruling lines (or with horizontal ones alone): lines whose pieces stand under each other in columns.

What must not be taken for one: running text, blocks of labels (组长：…), a signature, two lines that happen to have a
gap. So a table needs three rows and three columns, or more rows with two, strips between its columns that are free in
every row, short cells, and a first column that is no list of labels.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.readers.pages.glyphs import Band, Glyph, confidence, line_of
from extractors.readers.pages.tables import cell_text
from schemas.reading import Box, Cell, Table

MIN_ROWS = 3
MIN_ROWS_OF_TWO = 5
_GAP = 0.9
"""The narrowest strip between two columns, in characters: a name set wide (张　三) opens one character."""
_APART = 3.0
"""How far apart, in characters, two lines of a table may stand."""
_LONGEST = 16
_LABEL = re.compile(r"[:：]\s*$|[:：](?=\S)")
_SENTENCE = re.compile(r"[。；;]$")

Strip = tuple[float, float]
"""From where to where nothing stands, in points."""


@dataclass(slots=True)
class Found:
    """A table, and the lines (from, to) it is made of."""

    table: Table
    first: int
    last: int


def find(page: int, bands: Sequence[Band], em: float) -> list[Found]:
    """The tables that no line rules, from top to bottom.

    Args:
        page: the page's number, from 1.
        bands: what stands outside of ruled tables, from top to bottom.
        em: the width of a character of the text, in points.
    """
    found: list[Found] = []
    index = 0
    while index < len(bands):
        last, strips = _reach(bands, index, em)
        if last - index >= MIN_ROWS and strips:
            table = _table(page, bands[index:last], strips)
            if table is not None:
                found.append(Found(table, index, last))
                index = last
                continue
        index += 1
    return found


def _reach(bands: Sequence[Band], first: int, em: float) -> tuple[int, list[Strip]]:
    """The line after the last one that keeps the strips of line ``first`` free, and those strips."""
    strips = _strips(bands[first], em)
    columns = len(strips)
    last, kept = first + 1, strips
    for index in range(first + 1, len(bands) if strips else 0):
        band = bands[index]
        strips = [piece for strip in strips if (piece := _left_free(strip, band, em)) is not None]
        # One column less is a wide name or heading; when half of them are gone it is another thing.
        if not strips or 2 * len(strips) < columns or band.top - bands[index - 1].bottom > _APART * em:
            break
        if _strips(band, em) or _under(bands[first:last], band, strips, em):
            last, kept = index + 1, strips
    return last, kept


def _under(above: Sequence[Band], band: Band, strips: Sequence[Strip], em: float) -> bool:
    """Whether a lone piece goes on in a later column: it begins where the pieces above it do."""
    if band.x0 < strips[0][1] - 0.5 * em:
        return False
    return any(abs(band.x0 - piece[0].x0) < 0.4 * em for other in above for piece in other.split(_GAP * em)[1:])


def _strips(band: Band, em: float) -> list[Strip]:
    """Where nothing stands between the pieces of a line."""
    if band.widest < _GAP * em:
        return []
    pieces = band.split(_GAP * em)
    return [(max(g.x1 for g in a[-3:]), b[0].x0) for a, b in pairwise(pieces)]


def _left_free(strip: Strip, band: Band, em: float) -> Strip | None:
    """The widest piece of a strip that a line leaves free, None when that is too narrow to part columns."""
    best, x0 = None, strip[0]
    inside = [g for g in band.glyphs if g.x1 > strip[0] and g.x0 < strip[1]]
    for low, high in [*((g.x0, g.x1) for g in inside), (strip[1], strip[1])]:
        if low - x0 >= _GAP * em and (best is None or low - x0 > best[1] - best[0]):
            best = (x0, low)
        x0 = max(x0, high)
    return best


def _table(page: int, bands: Sequence[Band], strips: Sequence[Strip]) -> Table | None:
    """The table of these lines, None when it only looks like one."""
    edges = [(a + b) / 2 for a, b in strips]
    x0, x1 = min(band.x0 for band in bands), max(band.x1 for band in bands)
    bounds = [x0, *edges, x1]
    rows = _rows([_places(band, edges) for band in bands], bands)
    width = len(edges) + 1
    if len(rows) < (MIN_ROWS if width > 2 else MIN_ROWS_OF_TWO):
        return None
    cells: list[Cell] = []
    ys = [row[0].top for row in rows] + [rows[-1][-1].bottom]
    for r, row in enumerate(rows):
        for c in range(width):
            content = [line_of(page, part) for band in row if (part := _places(band, edges)[c])]
            box = Box(page, *(round(v, 2) for v in (bounds[c], ys[r], bounds[c + 1], ys[r + 1])))
            text = cell_text(content, bounds[c], bounds[c + 1])
            cells.append(Cell(text, r, c, page=page, box=box, confidence=confidence(content)))
    if not _tabular(cells, len(rows), width) or (width == 2 and _running_text(bands, edges[0])):
        return None
    outline = Box(page, *(round(v, 2) for v in (x0, ys[0], x1, ys[-1])))
    return Table(tuple(cells), page=page, boxes=(outline,))


def _places(band: Band, edges: Sequence[float]) -> list[list[Glyph]]:
    """The glyphs of a line by column."""
    places: list[list[Glyph]] = [[] for _ in range(len(edges) + 1)]
    for glyph in band.glyphs:
        places[bisect_right(edges, (glyph.x0 + glyph.x1) / 2)].append(glyph)
    return places


def _rows(places: Sequence[Sequence[Sequence[Glyph]]], bands: Sequence[Band]) -> list[list[Band]]:
    """Lines joined to rows: the lines of one cell stand closer than the rows do, or the first cells below are empty."""
    steps = [b.top - a.top for a, b in pairwise(bands)]
    closest = min(steps)
    spread = max(steps) > 1.3 * closest
    rows = [[bands[0]]]
    for step, place, band in zip(steps, places[1:], bands[1:], strict=True):
        filled = sum(1 for part in place if part)
        goes_on = spread and step < 1.15 * closest
        if goes_on or (not place[0] and 2 * filled < len(place)):
            rows[-1].append(band)
        else:
            rows.append([band])
    return rows


def _running_text(bands: Sequence[Band], edge: float) -> bool:
    """Whether two columns are text set in columns: its lines fill them."""
    for low, high in ((float("-inf"), edge), (edge, float("inf"))):
        parts = [part for band in bands if (part := band.part(low, high)) is not None]
        reach = max(p[1] for p in parts) - min(p[0] for p in parts)
        if median(p[1] - p[0] for p in parts) < 0.8 * reach:
            return False
    return True


def _tabular(cells: Sequence[Cell], height: int, width: int) -> bool:
    filled = [cell for cell in cells if cell.text]
    first = [cell.text for cell in filled if cell.column == 0]
    labels = sum(1 for text in first if _LABEL.search(text))
    sentences = sum(1 for cell in filled if _SENTENCE.search(cell.text))
    lengths = sorted(len(cell.text) for cell in filled)
    return (
        3 * len(filled) >= 2 * height * width
        and 2 * len(first) >= height
        and 4 * labels < len(first)
        and 5 * sentences < len(filled)
        and lengths[len(lengths) // 2] <= _LONGEST
    )
