"""Text set in two columns: where the strip between them runs, so that one is read after the other.

Gazettes, school bulletins and leaflets are set this way. Names in columns and tables without ruling lines leave a strip
free too; what tells text is that the lines of both sides fill their column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from statistics import median

from extractors.readers.pages.glyphs import Band

MIN_LINES = 6
"""Fewer lines beside each other are a signature block, a pair of captions, a short list."""
MIN_SHORTER = 3
"""Lines of the shorter column: on its last page a text may end soon after the second column began."""
_STEP = 3.0
_FILLED = 0.7
_NARROWEST = 9
_WIDEST = 14_400.0
"""Points: the widest page of ISO 32000-1, Annex C.2; what stands farther apart was put there by a broken file."""


@dataclass(frozen=True, slots=True)
class Gutter:
    """A free strip between two columns, in points: from ``x0`` to ``x1``, beside the lines from ``top`` to ``bottom``."""

    top: float
    bottom: float
    x0: float
    x1: float

    def beside(self, top: float, bottom: float) -> bool:
        """Whether something at this height stands beside the strip."""
        return self.top - 1 <= (top + bottom) / 2 <= self.bottom + 1

    def column(self, x0: float, x1: float) -> int:
        """0 for what stands left of the strip, 1 for what stands right of it."""
        return 0 if (x0 + x1) / 2 < (self.x0 + self.x1) / 2 else 1


def gutters(bands: Sequence[Band], em: float) -> list[Gutter]:
    """The strips that part columns of running text, from top to bottom; none overlaps another.

    Args:
        bands: the lines of a page from top to bottom, as wide as the page.
        em: the width of a character of the text, in points.
    """
    found: list[Gutter] = []
    start = 0
    while len(bands) - start >= MIN_LINES:
        strip = _longest(bands[start:], em)
        if strip is None:
            break
        first, last, gutter = strip
        found.append(gutter)
        # What stands above the strip is too short for another one, or this one would not be the longest.
        start += last
        if first == last:
            break
    return found


def _longest(bands: Sequence[Band], em: float) -> tuple[int, int, Gutter] | None:
    """The strip beside the most lines: its first line, the one after its last, and itself."""
    x0s, x1s = [band.x0 for band in bands], [band.x1 for band in bands]
    left, right = min(x0s), max(x1s)
    best: tuple[int, int, Gutter] | None = None
    x = left + 0.3 * (right - left)
    if not right - left < _WIDEST:
        return None
    count = ceil(0.4 * (right - left) / _STEP)
    # Most lines are full, and are free nowhere in the middle of the page.
    aside, end = 0.4 * em, x + count * _STEP
    full = [
        band.widest < 2 * aside and x0 - aside < x and x1 + aside > end
        for band, x0, x1 in zip(bands, x0s, x1s, strict=True)
    ]
    if _NOT_FULL not in bytes(full):
        return None
    # Line by line rather than place by place.
    free = [_free(band, x, count, 0.4 * em) for band in bands]
    if sum(map(any, free)) < MIN_LINES:
        return None
    for place, column in enumerate(zip(*free, strict=True)):
        runs = bytes(column)
        if _ENOUGH not in runs:
            continue
        first = 0
        for index in range(len(bands) + 1):
            if index < len(bands) and runs[index]:
                continue
            if index - first >= MIN_LINES and (best is None or index - first > best[1] - best[0]):
                gutter = _gutter(bands[first:index], x + place * _STEP, em)
                if gutter is not None:
                    best = (first, index, gutter)
            first = index + 1
    return best


_ENOUGH = bytes([1]) * MIN_LINES
_NOT_FULL = bytes(MIN_LINES)


def _free(band: Band, x: float, count: int, aside: float) -> bytearray:
    """For each of ``count`` places from ``x`` on: 1 if nothing of a line stands so far to either side of it."""
    found = bytearray(count)
    if band.widest < 2 * aside and band.x0 - aside < x and band.x1 + aside > x + count * _STEP:
        return found
    for end, start in band.gaps(2 * aside):
        low = 0 if end + aside <= x else ceil((end + aside - x) / _STEP)
        high = count if start - aside >= x + count * _STEP else floor((start - aside - x) / _STEP) + 1
        if low < high:
            found[low:high] = b"\1" * (high - low)
    return found


def _gutter(bands: Sequence[Band], x: float, em: float) -> Gutter | None:
    """The strip around ``x``, if both its sides are columns of running text."""
    sides = []
    for low, high in ((float("-inf"), x), (x, float("inf"))):
        parts = [part for band in bands if (part := band.part(low, high)) is not None]
        if len(parts) < MIN_SHORTER:
            return None
        x0, x1 = min(p[0] for p in parts), max(p[1] for p in parts)
        if x1 - x0 < _NARROWEST * em or median(p[1] - p[0] for p in parts) < _FILLED * (x1 - x0):
            return None
        sides.append((x0, x1))
    (left, inner), (outer, right) = sides
    if not 0.6 < (inner - left) / (right - outer) < 1.67:
        return None
    return Gutter(min(b.top for b in bands), max(b.bottom for b in bands), inner, outer)
