"""Characters with their places on a page, and the lines they stand in.

All coordinates are points (1/72 inch) with the origin at the top left of the page as it is shown.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import eq, itemgetter, sub
from statistics import median
from typing import NamedTuple

from schemas.reading import Box


class Glyph(NamedTuple):
    """One character where it is drawn.

    ``spaced`` says that the file has a space character in front of it; ``confidence`` how sure text recognition is of it
    (0 to 1), None where the file itself says the character.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    spaced: bool = False
    confidence: float | None = None


@dataclass(slots=True)
class Line:
    """One line of text; ``em`` is the width of a Chinese character in it, in points."""

    page: int
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    em: float
    confidence: float | None = None

    @property
    def box(self) -> Box:
        return Box(self.page, *(round(v, 2) for v in (self.x0, self.top, self.x1, self.bottom)))

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class Band:
    """What stands at one height of a page, from its left to its right edge: one line of text, or lines side by side.

    ``glyphs`` stand in the order of the page from left to right.
    """

    top: float
    bottom: float
    glyphs: list[Glyph]
    widest: float = field(init=False)
    """The widest gap between two glyphs that follow each other: what is not that wide need not be looked for."""

    def __post_init__(self) -> None:
        ends, starts = [g[3] for g in self.glyphs], [g[1] for g in self.glyphs]
        self.widest = max(map(sub, starts[1:], ends), default=0.0)

    @property
    def x0(self) -> float:
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        return max(g.x1 for g in self.glyphs[-3:])

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
    return [line for band in bands(found) if (line := line_of(page, band.glyphs)).text]


def em_of(found: Sequence[Glyph]) -> float:
    """The width of most Chinese characters of a page, in points; guessed from their height where there are none."""
    halves = Counter(map(round, [(g[3] - g[1]) * 2 for g in found if is_wide(g[0])]))
    if halves:
        return halves.most_common(1)[0][0] / 2 or 1.0
    return (median(g.bottom - g.top for g in found) / 1.15 if found else 1.0) or 1.0


def bands(found: Iterable[Glyph]) -> list[Band]:
    """Characters, in the order of the file, by the height at which they stand; from top to bottom."""
    # Called for every character of every page: no call and no attribute where the neighbour says enough.
    runs: list[list[Glyph]] = []
    run: list[Glyph] = []
    last_x0 = last_top = last_bottom = 0.0
    last = second = third = ""
    for glyph in found:
        text, x0, top, _, bottom, _, _ = glyph
        # As high as half of the lower of the two, and not far to the left of the one before.
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
    heights: list[tuple[float, float, list[Glyph]]] = []
    for run in sorted(runs, key=lambda r: _middle(r[0])):
        top, bottom = min([g[2] for g in run]), max([g[4] for g in run])
        for index in range(len(heights) - 1, max(len(heights) - 6, -1), -1):
            other_top, other_bottom, members = heights[index]
            if min(bottom, other_bottom) - max(top, other_top) > 0.6 * min(bottom - top, other_bottom - other_top):
                members += run
                heights[index] = (min(top, other_top), max(bottom, other_bottom), members)
                break
        else:
            heights.append((top, bottom, list(run)))
    heights.sort(key=lambda band: (band[0] + band[1]) / 2)
    return [Band(top, bottom, sorted(members, key=_left)) for top, bottom, members in heights]


@lru_cache(maxsize=1 << 16)
def is_wide(character: str) -> bool:
    """Whether a character takes a whole em: Chinese characters and full-width forms."""
    return unicodedata.east_asian_width(character) in "WF" or character in "“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩"


def _printed_twice(run: Sequence[Glyph], glyph: Glyph) -> bool:
    """Bold type is sometimes made by drawing each character, or the whole run, again a hair's breadth beside."""
    return any(g.text == glyph.text and abs(g.x0 - glyph.x0) < 0.25 * (g.x1 - g.x0) for g in run[-3:])


_left = itemgetter(1)


def _middle(glyph: Glyph) -> float:
    return (glyph.top + glyph.bottom) / 2


def line_of(page: int, members: Sequence[Glyph]) -> Line:
    """One line of text from its glyphs, from left to right; spaces where the gap between two is one."""
    texts, x0s, tops, x1s, bottoms, spaced, confidences = zip(*members, strict=True)
    wide = list(map(is_wide, texts))
    # One in three is enough to know the size, and a line can be a whole page wide.
    widths = [x1 - x0 for x0, x1, full in zip(x0s, x1s, wide, strict=True) if full]
    em = median(widths or [(bottom - top) / 1.15 for top, bottom in zip(tops, bottoms, strict=True)]) or 1.0
    parts = list(texts)
    close = 0.08 * em
    # Most glyphs follow close on one another; the few others are looked at closely.
    for at, gap in enumerate(map(sub, x0s[1:], x1s), 1):
        if gap > close:
            if wide[at] or wide[at - 1]:
                # Justified type widens every gap a little; what a typed space opens is at least half an em.
                apart = gap > 0.42 * em
            else:
                apart = gap > 0.3 * em or spaced[at]
            if apart:
                parts[at] = " " + texts[at]
    for at, same in enumerate(map(eq, texts[1:], texts), 1):
        if same and wide[at] and x0s[at] - x0s[at - 1] < 0.25 * em:
            parts[at] = ""
    return Line(
        page,
        "".join(parts).strip(),
        x0s[0],
        min(tops),
        max(x1s),
        max(bottoms),
        em,
        _mean([c for c in confidences if c is not None]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def confidence(content: Iterable[Line]) -> float | None:
    """How sure text recognition is of lines together, each weighted by its length; None where nothing was recognised."""
    recognised = [(line.confidence, len(line.text)) for line in content if line.confidence is not None]
    total = sum(length for _, length in recognised)
    return round(sum(c * length for c, length in recognised) / total, 3) if total else None
