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
        self.text, self.x0s, self.x1s = text, x0s, x1s
        self.spaced, self.starts = spaced, starts
        self.wide = list(map(is_wide, text))
        self._heights = (tops, bottoms)
        self.widths: Sequence[float] = ()
        self.gaps: Sequence[float] = ()
        self._glyphs: list[Glyph] | None = None
        self._rows: list[Run | slice] | None = None

    @property
    def tops(self) -> Sequence[float]:
        """The upper edge of each character."""
        return self._heights[0]

    @property
    def bottoms(self) -> Sequence[float]:
        """The lower edge of each character."""
        return self._heights[1]

    def height(self, index: int) -> tuple[float, float]:
        """Top and bottom of one character."""
        return self.tops[index], self.bottoms[index]

    def reach(self, start: int, end: int) -> tuple[float, float, float, float]:
        """The highest and the lowest top, the highest and the lowest bottom of characters that follow one another."""
        tops, bottoms = self.tops[start:end], self.bottoms[start:end]
        return min(tops), max(tops), min(bottoms), max(bottoms)

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
            self.widths, self.gaps = list(map(sub, self.x1s, self.x0s)), list(map(sub, self.x0s[1:], self.x1s))
            self._rows = [
                Run.of(self, start, end) or slice(start, end) for start, end in zip(self.starts, ends, strict=True)
            ]
        return self._rows

    @property
    def em(self) -> float:
        """The width of most Chinese characters, in points; guessed from the height where there are none."""
        halves: Counter[int] = Counter()
        for row in self.rows:
            if isinstance(row, Run):
                least, most, place = round(row.least * 2), round(row.most * 2), slice(row.start, row.end)
                if least == most:
                    if row.han:
                        halves[least] += row.han
                    continue
            else:
                place = row
            halves.update([round(width * 2) for width in compress(self.widths[place], self.wide[place])])
        if halves:
            return halves.most_common(1)[0][0] / 2 or 1.0
        heights = list(map(sub, self.bottoms, self.tops))
        return (median(heights) / 1.15 if heights else 1.0) or 1.0


class Run:
    """Characters that follow one another from left to right at one height, none of them drawn twice.

    ``first_height`` and ``last_height`` are top and bottom of its first and last character; ``level`` says that no two
    of them stand at different heights; ``widest`` and ``closest`` are the widest and the narrowest gap between two that
    follow one another; ``em`` is the width of a Chinese character; ``han`` counts them, ``least`` and ``most`` are the
    widths of the narrowest and the widest one.
    """

    # Thousands are made of a long document, and none holds a list: what they are made from stays with the page.
    __slots__ = (
        "_layer",
        "bottom",
        "closest",
        "em",
        "end",
        "first_height",
        "han",
        "last_height",
        "least",
        "level",
        "most",
        "start",
        "top",
        "widest",
    )

    _layer: Layer
    start: int
    end: int
    first_height: tuple[float, float]
    last_height: tuple[float, float]
    top: float
    bottom: float
    level: bool
    widest: float
    closest: float
    em: float
    han: int
    least: float
    most: float

    @classmethod
    def of(cls, layer: Layer, start: int, end: int) -> Run | None:
        """The characters between two places as a run; None if they may be none, or more than one."""
        run = cls()
        run.top, low, high, run.bottom = layer.reach(start, end)
        # Any two share more than half of the height of the higher one.
        if not high - low > 0.5 * (run.bottom - run.top):
            return None
        run.level = end - start > 1 and low - run.top <= 0.2 * (high - low)
        widths = layer.widths[start:end]
        han = sorted(compress(widths, layer.wide[start:end]))
        narrowest = han[0] if len(han) == len(widths) else min(widths)
        if end - start > 1:
            gaps = layer.gaps[start : end - 1]
            run.widest, run.closest = max(gaps), min(gaps)
        else:
            run.widest = run.closest = 0.0
        # Each begins right of the middle of the one before, which rules out all that is drawn twice.
        if not (narrowest > _THIN and run.closest > -0.5 * narrowest):
            return None
        if not (layer.x0s[start] > -_FAR and layer.x1s[end - 1] < _FAR):
            return None
        run._layer, run.start, run.end = layer, start, end
        run.first_height, run.last_height = layer.height(start), layer.height(end - 1)
        if han:
            run.em, run.han, run.least, run.most = type_size(han, (), ()), len(han), han[0], han[-1]
        else:
            run.em, run.han = type_size((), layer.tops[start:end], layer.bottoms[start:end]), 0
            run.least = run.most = 0.0
        return run

    @property
    def first(self) -> tuple[float, float, float]:
        """Left edge, top and bottom of the first character."""
        return self.x0, *self.first_height

    @property
    def last(self) -> tuple[float, float, float]:
        """Left edge, top and bottom of the last character."""
        return self._layer.x0s[self.end - 1], *self.last_height

    @property
    def x0s(self) -> Sequence[float]:
        """Where its characters begin."""
        return self._layer.x0s[self.start : self.end]

    @property
    def x0(self) -> float:
        """Its left edge."""
        return self._layer.x0s[self.start]

    @property
    def x1(self) -> float:
        """Its right edge."""
        # Each reaches farther than the one before: it begins at most half of its own width inside of that.
        return self._layer.x1s[self.end - 1]

    @property
    def glyphs(self) -> list[Glyph]:
        """Its characters one by one."""
        return self._layer.glyphs[self.start : self.end]

    def line(self, page: int) -> Line:
        """The run as a line of text, as ``line_of`` makes it of its glyphs."""
        layer, em = self._layer, self.em
        text = layer.text[self.start : self.end]
        # A Chinese character and the gap behind it, at the least: nothing begins closer to it.
        doubtful = self.han > 1 and self.least + self.closest < (DOUBLE + 0.05) * em
        if doubtful or self.widest > CLOSE * em:
            parts, wide = list(text), layer.wide[self.start : self.end]
            gaps, spaced = layer.gaps[self.start : self.end - 1], layer.spaced[self.start : self.end]
            set_spaces(parts, wide, gaps, spaced, em)
            if doubtful:
                drop_doubles(parts, text, wide, self.x0s, em)
            text = "".join(parts)
        return Line(page, text.strip(), self.x0, self.top, self.x1, self.bottom, em)


_glyph = tuple.__new__
"""Makes a named tuple without the call of its own constructor, which costs as much as all the rest for one character."""
