"""Characters with their places on a page, and the lines they stand in.

All coordinates are points (1/72 inch) with the origin at the top left of the page as it is shown.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
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

    def part(self, x0: float, x1: float) -> tuple[float, float] | None:
        """From where to where the glyphs between two places reach."""
        inside = [g for g in self.glyphs if x0 <= (g.x0 + g.x1) / 2 < x1]
        return (inside[0].x0, max(g.x1 for g in inside)) if inside else None

    def split(self, gap: float) -> list[list[Glyph]]:
        """The glyphs in groups, parted where nothing stands for at least ``gap`` points."""
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
    sizes = Counter(round((g.x1 - g.x0) * 2) / 2 for g in found if is_wide(g.text))
    if sizes:
        return sizes.most_common(1)[0][0] or 1.0
    return (median(g.bottom - g.top for g in found) / 1.15 if found else 1.0) or 1.0


def bands(found: Iterable[Glyph]) -> list[Band]:
    """Characters, in the order of the file, by the height at which they stand; from top to bottom."""
    runs: list[list[Glyph]] = []
    for glyph in found:
        run = runs[-1] if runs else None
        if run is not None and _beside(run[-1], glyph):
            if not _printed_twice(run, glyph):
                run.append(glyph)
        else:
            runs.append([glyph])
    heights: list[tuple[float, float, list[Glyph]]] = []
    for run in sorted(runs, key=lambda r: _middle(r[0])):
        top, bottom = min(g.top for g in run), max(g.bottom for g in run)
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


def is_wide(character: str) -> bool:
    """Whether a character takes a whole em: Chinese characters and full-width forms."""
    return unicodedata.east_asian_width(character) in "WF" or character in "“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩"


def _beside(last: Glyph, glyph: Glyph) -> bool:
    overlap = min(last.bottom, glyph.bottom) - max(last.top, glyph.top)
    height = min(last.bottom - last.top, glyph.bottom - glyph.top)
    return overlap > 0.5 * height and glyph.x0 > last.x0 - 0.5 * (last.bottom - last.top)


def _printed_twice(run: Sequence[Glyph], glyph: Glyph) -> bool:
    """Bold type is sometimes made by drawing each character, or the whole run, again a hair's breadth beside."""
    return any(g.text == glyph.text and abs(g.x0 - glyph.x0) < 0.25 * (g.x1 - g.x0) for g in run[-3:])


def _left(glyph: Glyph) -> float:
    return glyph.x0


def _middle(glyph: Glyph) -> float:
    return (glyph.top + glyph.bottom) / 2


def line_of(page: int, members: Sequence[Glyph]) -> Line:
    """One line of text from its glyphs, from left to right; spaces where the gap between two is one."""
    # One in three is enough to know the size, and a line can be a whole page wide.
    wide = [g.x1 - g.x0 for g in members if is_wide(g.text)]
    em = median(wide) if wide else median(g.bottom - g.top for g in members) / 1.15
    em = em or 1.0
    parts = [members[0].text]
    for last, glyph in pairwise(members):
        if last.text == glyph.text and glyph.x0 - last.x0 < 0.25 * em and is_wide(glyph.text):
            continue
        gap = glyph.x0 - last.x1
        if is_wide(last.text) or is_wide(glyph.text):
            # Justified type widens every gap a little; what a typed space opens is at least half an em.
            parts.append(" " if gap > 0.42 * em else "")
        else:
            parts.append(" " if gap > 0.3 * em or (glyph.spaced and gap > 0.08 * em) else "")
        parts.append(glyph.text)
    return Line(
        page,
        "".join(parts).strip(),
        members[0].x0,
        min(g.top for g in members),
        max(g.x1 for g in members),
        max(g.bottom for g in members),
        em,
        _mean([g.confidence for g in members if g.confidence is not None]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def confidence(content: Iterable[Line]) -> float | None:
    """How sure text recognition is of lines together, each weighted by its length; None where nothing was recognised."""
    recognised = [(line.confidence, len(line.text)) for line in content if line.confidence is not None]
    total = sum(length for _, length in recognised)
    return round(sum(c * length for c, length in recognised) / total, 3) if total else None
