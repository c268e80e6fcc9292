"""Characters with their places on a page, and the lines they stand in.

All coordinates are points (1/72 inch) with the origin at the top left of the page as it is shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter, sub
from statistics import median

from extractors.readers.pages.layer import Layer, Run
from extractors.readers.pages.line import Glyph, Line, confidence, is_wide, line_of

__all__ = ["Band", "Glyph", "Line", "bands", "confidence", "em_of", "is_wide", "line_of", "lines"]


class Band:
    """What stands at one height of a page, from its left to its right edge: one line of text, or lines side by side.

    Args:
        top, bottom: in points.
        members: its glyphs in the order of the page from left to right.

    ``widest`` is the widest gap between two glyphs that follow each other: what is not that wide need not be looked for.
    """

    __slots__ = ("_members", "bottom", "top", "widest")

    def __init__(self, top: float, bottom: float, members: list[Glyph] | Run) -> None:
        self.top, self.bottom, self._members = top, bottom, members
        if isinstance(members, Run):
            self.widest = members.widest
        else:
            ends, starts = [g[3] for g in members], [g[1] for g in members]
            self.widest = max(map(sub, starts[1:], ends), default=0.0)

    @property
    def glyphs(self) -> list[Glyph]:
        """What stands in it, from left to right."""
        return self._members.glyphs if isinstance(self._members, Run) else self._members

    @property
    def x0(self) -> float:
        """Its left edge."""
        return self._members.x0 if isinstance(self._members, Run) else self._members[0].x0

    @property
    def x1(self) -> float:
        """Its right edge."""
        return self._members.x1 if isinstance(self._members, Run) else max(g.x1 for g in self._members[-3:])

    def line(self, page: int) -> Line:
        """All of it as one line of text."""
        return self._members.line(page) if isinstance(self._members, Run) else line_of(page, self._members)

    def free(self, x0: float, x1: float) -> bool:
        """Whether nothing stands between two places."""
        at = bisect_left(self.glyphs, x1, key=_left)
        return all(g.x1 <= x0 for g in self.glyphs[max(at - 3, 0) : at])

    def gaps(self, least: float) -> list[tuple[float, float]]:
        """From where to where nothing stands, as ``free`` tells it, if it is at least so wide; endless at both sides."""
        nothing = float("-inf")
        if self.widest < least:
            return [(nothing, self.x0), (self.x1, -nothing)]
        found = []
        reach = second = third = nothing
        for glyph in self.glyphs:
            if glyph.x0 - reach >= least:
                found.append((reach, glyph.x0))
            reach, second, third = max(glyph.x1, second, third), glyph.x1, second
        return [*found, (reach, -nothing)]

    def part(self, x0: float, x1: float) -> tuple[float, float] | None:
        """From where to where the glyphs between two places reach."""
        inside = [g for g in self.glyphs if x0 <= (g.x0 + g.x1) / 2 < x1]
        return (inside[0].x0, max(g.x1 for g in inside)) if inside else None

    def split(self, gap: float) -> list[list[Glyph]]:
        """The glyphs in groups, parted where nothing stands for at least ``gap`` points."""
        if self.widest < gap:
            return [self.glyphs]
        groups = [[self.glyphs[0]]]
        reach = self.glyphs[0].x1
        for glyph in self.glyphs[1:]:
            if glyph.x0 - reach >= gap:
                groups.append([glyph])
            else:
                groups[-1].append(glyph)
            reach = max(reach, glyph.x1)
        return groups


def lines(page: int, found: Iterable[Glyph]) -> list[Line]:
    """Characters as lines from top to bottom.

    Args:
        page: the page's number, from 1.
        found: glyphs in the order of the file.
    """
    return [line for band in bands(found) if (line := band.line(page)).text]


def em_of(found: Sequence[Glyph]) -> float:
    """The width of most Chinese characters of a page, in points; guessed from their height where there are none."""
    if isinstance(found, Layer):
        return found.em
    halves = Counter(map(round, [(g[3] - g[1]) * 2 for g in found if is_wide(g[0])]))
    if halves:
        return halves.most_common(1)[0][0] / 2 or 1.0
    return (median(g.bottom - g.top for g in found) / 1.15 if found else 1.0) or 1.0


Members = list[Glyph] | Run


def bands(found: Iterable[Glyph]) -> list[Band]:
    """Characters, in the order of the file, by the height at which they stand; from top to bottom."""
    runs: list[Members] = []
    if isinstance(found, Layer):
        for row in found.rows:
            if isinstance(row, slice) or (runs and not _apart(_last(runs[-1]), row.first)):
                _take_up(runs, found[row] if isinstance(row, slice) else row.glyphs)
            else:
                runs.append(row)
    else:
        _take_up(runs, found)
    return _by_height(runs)


Place = tuple[float, float, float]
"""Left edge, top and bottom of a character."""


def _apart(last: Place, first: Place) -> bool:
    """Whether a character begins another run than the one before stands in: it is not as high as half of the lower of
    the two, or far to the left of the one before."""
    last_x0, last_top, last_bottom = last
    x0, top, bottom = first
    level = min(last_bottom, bottom) - max(last_top, top)
    return level <= 0.5 * min(bottom - top, last_bottom - last_top) or x0 <= last_x0 - 0.5 * (last_bottom - last_top)


def _last(run: Members) -> Place:
    return run.last if isinstance(run, Run) else (run[-1].x0, run[-1].top, run[-1].bottom)


def _take_up(runs: list[Members], found: Iterable[Glyph]) -> None:
    """Puts more characters to the runs of those before."""
    run: list[Glyph] = []
    last_x0 = last_top = last_bottom = 0.0
    last = second = third = ""
    if runs:
        before = runs[-1]
        runs[-1] = run = before.glyphs if isinstance(before, Run) else before
        last_x0, last_top, last_bottom = _last(run)
        third, second, last = ["", "", *(g.text for g in run[-3:])][-3:]
    # Called for every character of many pages: no call and no attribute where the neighbour says enough.
    for glyph in found:
        text, x0, top, _, bottom, _, _ = glyph
        # As in ``_apart``.
        level = (last_bottom if last_bottom < bottom else bottom) - (last_top if last_top > top else top)
        height, last_height = bottom - top, last_bottom - last_top
        if (
            not run
            or level <= 0.5 * (height if height < last_height else last_height)
            or x0 <= last_x0 - 0.5 * last_height
        ):
            runs.append(run := [glyph])
        elif text in (last, second, third) and _printed_twice(run, glyph):
            continue
        else:
            run.append(glyph)
        last_x0, last_top, last_bottom = x0, top, bottom
        last, second, third = text, last, second


def _by_height(runs: list[Members]) -> list[Band]:
    heights: list[tuple[float, float, list[Members]]] = []
    for run in sorted(runs, key=_middle):
        if isinstance(run, Run):
            top, bottom = run.top, run.bottom
        else:
            top, bottom = min([g[2] for g in run]), max([g[4] for g in run])
        for index in range(len(heights) - 1, max(len(heights) - 6, -1), -1):
            other_top, other_bottom, members = heights[index]
            common = (bottom if bottom < other_bottom else other_bottom) - (top if top > other_top else other_top)
            if common > 0.6 * min(bottom - top, other_bottom - other_top):
                members.append(run)
                heights[index] = (min(top, other_top), max(bottom, other_bottom), members)
                break
        else:
            heights.append((top, bottom, [run]))
    heights.sort(key=lambda band: (band[0] + band[1]) / 2)
    return [Band(top, bottom, _side_by_side(members)) for top, bottom, members in heights]


def _side_by_side(runs: list[Members]) -> Members:
    if len(runs) == 1 and isinstance(runs[0], Run):
        return runs[0]
    return sorted([glyph for run in runs for glyph in (run.glyphs if isinstance(run, Run) else run)], key=_left)


def _printed_twice(run: Sequence[Glyph], glyph: Glyph) -> bool:
    """Bold type is sometimes made by drawing each character, or the whole run, again a hair's breadth beside."""
    return any(g.text == glyph.text and abs(g.x0 - glyph.x0) < 0.25 * (g.x1 - g.x0) for g in run[-3:])


_left = itemgetter(1)


def _middle(run: Members) -> float:
    top, bottom = run.first_height if isinstance(run, Run) else (run[0].top, run[0].bottom)
    return (top + bottom) / 2
