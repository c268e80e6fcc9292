"""A page's text layer as columns of numbers, and the lines in it that are plain.

Nearly every line of nearly every page is plain: its characters follow one another from left to right, at one height,
none on top of another. That is told from the least and the greatest of its numbers, without a look at each character
by itself; only the others are put together character by character (``glyphs.py``). Both ways give the same lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress, repeat
from operator import sub
from statistics import median
from typing import overload

from extractors.readers.pages.line import CLOSE, DOUBLE, Glyph, Line, drop_doubles, is_wide, set_spaces, type_size

_FAR = 1e6
"""Points: what stands farther out is a broken file, and its differences are not exact."""
_THIN = 0.01


class Layer(Sequence[Glyph]):
    """The characters of a page in the order of the file: a sequence of glyphs, held column by column.

    Args:
        text: one character for each glyph.
        x0s, tops, x1s, bottoms: their places, in points.
        spaced: before which of them the file has a space.
        starts: which of them begin a line, as far as the file tells; a guess that decides nothing but the cost.
    """

    def __init__(
        self,
        text: str,
        x0s: Sequence[float],
        tops: Sequence[float],
        x1s: Sequence[float],
        bottoms: Sequence[float],
        spaced: Sequence[bool],
        starts: Sequence[int],
    ) -> None:
        self.text = text
        self.x0s, self.tops, self.x1s, self.bottoms = x0s, tops, x1s, bottoms
        self.spaced, self.starts = spaced, starts
        self.wide = list(map(is_wide, text))
        self._glyphs: list[Glyph] | None = None
        self._rows: list[Run | slice] | None = None

    def __len__(self) -> int:
        return len(self.text)

    @overload
    def __getitem__(self, index: int) -> Glyph: ...
    @overload
    def __getitem__(self, index: slice) -> list[Glyph]: ...
    def __getitem__(self, index: int | slice) -> Glyph | list[Glyph]:
        return self.glyphs[index]

    def __iter__(self) -> Iterator[Glyph]:
        return iter(self.glyphs)

    @property
    def glyphs(self) -> list[Glyph]:
        """The characters one by one."""
        if self._glyphs is None:
            columns = (self.text, self.x0s, self.tops, self.x1s, self.bottoms, self.spaced, repeat(None))
            self._glyphs = list(map(_glyph, repeat(Glyph), zip(*columns, strict=False)))
        return self._glyphs

    def kept(self, keep: Sequence[bool]) -> Layer:
        """The layer with those characters alone."""
        before = [0, *accumulate(map(int, keep))]
        x0s, tops, x1s, bottoms = (list(compress(c, keep)) for c in (self.x0s, self.tops, self.x1s, self.bottoms))
        starts = sorted({before[start] for start in self.starts} - {before[-1]})
        text, spaced = "".join(compress(self.text, keep)), list(compress(self.spaced, keep))
        return Layer(text, x0s, tops, x1s, bottoms, spaced, starts)

    @property
    def rows(self) -> list[Run | slice]:
        """What stands between two starts of lines, in the order of the file: a plain run, or where it is none."""
        if self._rows is None:
            ends = [*self.starts[1:], len(self.text)] if self.starts else []
            self._rows = [
                Run.of(self, start, end) or slice(start, end) for start, end in zip(self.starts, ends, strict=True)
            ]
        return self._rows

    @property
    def em(self) -> float:
        """The width of most Chinese characters, in points; guessed from the height where there are none."""
        halves: Counter[int] = Counter()
        for row in self.rows:
            if isinstance(row, slice):
                widths = compress(map(sub, self.x1s[row], self.x0s[row]), self.wide[row])
                halves.update([round(width * 2) for width in widths])
            elif row.widths:
                least, most = round(row.widths[0] * 2), round(row.widths[-1] * 2)
                if least == most:
                    halves[least] += len(row.widths)
                else:
                    widths = compress(map(sub, row.x1s, row.x0s), row.wide)
                    halves.update([round(width * 2) for width in widths])
        if halves:
            return halves.most_common(1)[0][0] / 2 or 1.0
        heights = list(map(sub, self.bottoms, self.tops))
        return (median(heights) / 1.15 if heights else 1.0) or 1.0


class Run:
    """Characters that follow one another from left to right at one height, none of them drawn twice.

    ``level`` says that no two of them stand at different heights; ``widest`` and ``closest`` are the widest and the
    narrowest gap between two that follow one another, ``widths`` those of its Chinese characters in ascending order.
    """

    __slots__ = (
        "_layer",
        "bottom",
        "closest",
        "end",
        "gaps",
        "level",
        "start",
        "top",
        "wide",
        "widest",
        "widths",
        "x0s",
        "x1s",
    )

    _layer: Layer
    start: int
    end: int
    x0s: Sequence[float]
    x1s: Sequence[float]
    wide: Sequence[bool]
    top: float
    bottom: float
    level: bool
    gaps: list[float]
    widest: float
    closest: float
    widths: list[float]

    @classmethod
    def of(cls, layer: Layer, start: int, end: int) -> Run | None:
        """The characters between two places as a run; None if they may be none, or more than one."""
        tops, bottoms = layer.tops[start:end], layer.bottoms[start:end]
        top, bottom, low, high = min(tops), max(bottoms), max(tops), min(bottoms)
        common = high - low
        # Any two share more than half of the height of the higher one.
        if not common > 0.5 * (bottom - top):
            return None
        x0s, x1s = layer.x0s[start:end], layer.x1s[start:end]
        widths = list(map(sub, x1s, x0s))
        gaps = list(map(sub, x0s[1:], x1s))
        narrowest, closest = min(widths), min(gaps, default=0.0)
        # Each begins right of the middle of the one before, which rules out all that is drawn twice.
        if not (narrowest > _THIN and closest > -0.5 * narrowest and x0s[0] > -_FAR and x1s[-1] < _FAR):
            return None
        run = cls()
        run._layer, run.start, run.end = layer, start, end
        run.x0s, run.x1s, run.gaps, run.closest = x0s, x1s, gaps, closest
        run.top, run.bottom = top, bottom
        run.level = end - start > 1 and low - top <= 0.2 * common
        run.widest = max(gaps, default=0.0)
        run.wide = layer.wide[start:end]
        run.widths = sorted(compress(widths, run.wide))
        return run

    @property
    def first(self) -> tuple[float, float, float]:
        """Left edge, top and bottom of the first character."""
        return self.x0s[0], self._layer.tops[self.start], self._layer.bottoms[self.start]

    @property
    def last(self) -> tuple[float, float, float]:
        """Left edge, top and bottom of the last character."""
        return self.x0s[-1], self._layer.tops[self.end - 1], self._layer.bottoms[self.end - 1]

    @property
    def glyphs(self) -> list[Glyph]:
        """Its characters one by one."""
        return self._layer.glyphs[self.start : self.end]

    def line(self, page: int) -> Line:
        """The run as a line of text, as ``line_of`` makes it of its glyphs."""
        layer, place = self._layer, slice(self.start, self.end)
        text = layer.text[place]
        em = type_size(self.widths, layer.tops[place], layer.bottoms[place])
        # A Chinese character and the gap behind it, at the least: nothing begins closer to it.
        doubtful = bool(self.widths) and self.widths[0] + self.closest < (DOUBLE + 0.05) * em
        if doubtful or self.widest > CLOSE * em:
            parts = list(text)
            set_spaces(parts, self.wide, self.gaps, layer.spaced[place], em)
            if doubtful:
                drop_doubles(parts, text, self.wide, self.x0s, em)
            text = "".join(parts)
        x1 = max(self.x1s) if self.closest < 0 else self.x1s[-1]
        return Line(page, text.strip(), self.x0s[0], self.top, x1, self.bottom, em)


_glyph = tuple.__new__
"""Makes a named tuple without the call of its own constructor, which costs as much as all the rest for one character."""
