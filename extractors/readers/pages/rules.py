"""The ruling lines of a page, and the grids of cells that they draw.

pdfplumber finds the same cells, but parses the file a second time and compares every crossing with every other: on six
pages of 600 cells its tables took 0.29 to 0.39 s, the whole reading with this module 0.06 to 0.09 s, and its cost grows
with the square of the lines, which a hostile drawing can choose. Merged cells come out of the grid with their spans.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_SEGMENTS = 40_000
"""Line segments of one page that are looked at; a page with more is a map or a chart."""
MAX_PLACES = 100_000
"""Rows times columns of one grid."""
_SNAP = 2.5
"""Lines closer than this are one: a double rule, or the neighbouring borders of two cells."""
_TOUCH = 3.0
_SHORT = 6.0

Stroke = tuple[float, float, float, float]
"""A straight horizontal or vertical line as drawn, or a thin filled rectangle: x0, top, x1, bottom in points."""

Segment = tuple[float, float, float]
"""A line at a coordinate (first) from one end to the other."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell between ruling lines: its place in the grid and on the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Grid:
    """One ruled table: the coordinates of its columns and rows, its cells, and which cell is at each place."""

    xs: list[float]
    ys: list[float]
    cells: list[GridCell]
    owner: list[list[int]]

    def at(self, x: float, y: float) -> int | None:
        """The index of the cell at a point; None outside of the table."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1:
            return self.owner[row][column]
        return None

    @property
    def area(self) -> float:
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])


class TooManyLines(Exception):
    """The page has more lines than a table could have."""


def grids(strokes: Iterable[Stroke]) -> list[Grid]:
    """The ruled tables of a page, smallest first; a frame around one piece of text is none.

    Raises:
        TooManyLines: when the drawing on the page is no table but a map or a chart; ``strokes`` may raise it too.
    """
    horizontal: list[Segment] = []
    vertical: list[Segment] = []
    for x0, top, x1, bottom in strokes:
        if x1 - x0 > bottom - top:
            horizontal.append(((top + bottom) / 2, x0, x1))
        else:
            vertical.append(((x0 + x1) / 2, top, bottom))
    if len(horizontal) < 2 or not vertical:
        return []
    horizontal, vertical = _joined(horizontal), _joined(vertical)
    found = [grid for h, v in _connected(horizontal, vertical) if (grid := _grid(h, v)) is not None]
    return sorted(found, key=lambda grid: grid.area)


def _joined(segments: list[Segment]) -> list[Segment]:
    """Lines nearly at one coordinate brought onto it, and pieces that touch made one; stubs dropped."""
    groups: list[list[Segment]] = []
    for segment in sorted(segments):
        if groups and segment[0] - groups[-1][0][0] <= _SNAP:
            groups[-1].append(segment)
        else:
            groups.append([segment])
    found: list[Segment] = []
    for group in groups:
        at = sum(s[0] for s in group) / len(group)
        begin, end = None, 0.0
        for _, low, high in sorted(group, key=lambda s: s[1]):
            if begin is None:
                begin, end = low, high
            elif low <= end + _TOUCH:
                end = max(end, high)
            else:
                found.append((at, begin, end))
                begin, end = low, high
        if begin is not None:
            found.append((at, begin, end))
    return [s for s in found if s[2] - s[1] >= _SHORT]


def _connected(
    horizontal: Sequence[Segment], vertical: Sequence[Segment]
) -> Iterator[tuple[list[Segment], list[Segment]]]:
    """Lines grouped by touching each other."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    ordered = sorted(range(len(horizontal)), key=lambda i: horizontal[i][0])
    tops = [horizontal[i][0] for i in ordered]
    for v, (x, top, bottom) in enumerate(vertical):
        for i in ordered[bisect_left(tops, top - _TOUCH) : bisect_right(tops, bottom + _TOUCH)]:
            if horizontal[i][1] - _TOUCH <= x <= horizontal[i][2] + _TOUCH:
                parent[root(i)] = root(len(horizontal) + v)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for i, segment in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(segment)
    for v, segment in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + v), ([], []))[1].append(segment)
    yield from groups.values()


def _grid(horizontal: list[Segment], vertical: list[Segment]) -> Grid | None:
    if len(horizontal) < 2 or not vertical:
        return None
    ys = sorted({s[0] for s in horizontal})
    xs = sorted({s[0] for s in vertical})
    # A table may be open at its sides: its outer columns then reach as far as its horizontal lines.
    left, right = min(s[1] for s in horizontal), max(s[2] for s in horizontal)
    if xs[0] - left > 10:
        xs.insert(0, left)
    if right - xs[-1] > 10:
        xs.append(right)
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows * columns < 2 or rows * columns > MAX_PLACES:
        return None
    below, beside = _walls(ys, xs, horizontal), _walls(xs, ys, vertical)
    label = [[-1] * columns for _ in range(rows)]
    cells: list[GridCell] = []
    for row in range(rows):
        for column in range(columns):
            if label[row][column] < 0:
                _take(row, column, label, cells, below, beside, xs, ys)
    return Grid(xs, ys, cells, label) if len(cells) > 1 else None


def _walls(at: Sequence[float], across: Sequence[float], segments: Sequence[Segment]) -> list[list[bool]]:
    """For every coordinate of ``at``: is there a line between each two neighbours of ``across``?"""
    index = {coordinate: i for i, coordinate in enumerate(at)}
    present = [[False] * (len(across) - 1) for _ in at]
    middles = [(a + b) / 2 for a, b in pairwise(across)]
    for coordinate, low, high in segments:
        line = present[index[coordinate]]
        for i in range(bisect_left(middles, low), bisect_right(middles, high)):
            line[i] = True
    return present


def _take(
    row: int,
    column: int,
    label: list[list[int]],
    cells: list[GridCell],
    below: list[list[bool]],
    beside: list[list[bool]],
    xs: list[float],
    ys: list[float],
) -> None:
    """Makes the cell that begins at a free place: as wide as no line stops it, then as deep as its whole width goes."""
    right = column + 1
    while right < len(xs) - 1 and not beside[right][row] and label[row][right] < 0:
        right += 1
    bottom = row + 1
    while bottom < len(ys) - 1 and all(
        not below[bottom][c] and label[bottom][c] < 0 and (c == column or not beside[c][bottom])
        for c in range(column, right)
    ):
        bottom += 1
    for r in range(row, bottom):
        label[r][column:right] = [len(cells)] * (right - column)
    cells.append(GridCell(row, column, bottom - row, right - column, xs[column], ys[row], xs[right], ys[bottom]))
