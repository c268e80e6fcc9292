"""The characters of a PDF page with their places, as pdfium gives them.

All coordinates are PDF points with the origin at the top left of the page as it is shown (crop box and rotation
applied).
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from operator import eq
from typing import Any

import pypdfium2.raw

from extractors.readers.pages.characters import RADICALS
from extractors.readers.pages.layer import Layer, Run
from extractors.readers.pdf.objects import reference, unchecked

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw


Columns = tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]]
"""x0, top, x1 and bottom of many rectangles."""


class Frame:
    """How a page's own coordinates become the shown ones.

    Args:
        crop: left, bottom, right, top of the crop box in the page's coordinates.
        rotation: 0, 90, 180 or 270 degrees clockwise.
    """

    def __init__(self, crop: tuple[float, float, float, float], rotation: int) -> None:
        self._left, self._bottom, self._right, self._top = crop
        self._rotation = rotation % 360
        width, height = self._right - self._left, self._top - self._bottom
        self.width, self.height = (height, width) if self._rotation in (90, 270) else (width, height)

    def place(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle of the page's coordinates as (x0, top, x1, bottom)."""
        if self._rotation == 90:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._rotation == 180:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        if self._rotation == 270:
            return self._top - top, self._right - right, self._top - bottom, self._right - left
        return left - self._left, self._top - top, right - self._left, self._top - bottom

    @property
    def upright(self) -> bool:
        """Whether the page is shown as it is stored."""
        return self._rotation == 0

    @property
    def upper(self) -> float:
        """The upper edge of an upright page in the page's own coordinates."""
        return self._top

    def across(self, lefts: Sequence[float]) -> Sequence[float]:
        """Many x coordinates of an upright page."""
        return [left - self._left for left in lefts] if self._left else lefts

    def down(self, tops: Sequence[float]) -> list[float]:
        """Many y coordinates of an upright page."""
        y = self._top
        return [y - top for top in tops]

    def columns(self, flat: Sequence[float]) -> Columns:
        """Many rectangles at once, as x0, top, x1, bottom of each.

        Args:
            flat: left, top, right, bottom (as FS_RECTF of pdfium) of one rectangle after the other.
        """
        corners = zip(flat[0::4], flat[3::4], flat[2::4], flat[1::4], strict=True)
        rectangles = [self.place(*rectangle) for rectangle in corners]
        x0s, tops, x1s, bottoms = zip(*rectangles, strict=True) if rectangles else ([], [], [], [])
        return x0s, tops, x1s, bottoms


@dataclass(slots=True)
class Characters:
    """The characters of a page in the order of the file.

    ``unknown`` counts glyphs whose font does not say which character they are; ``watermark`` is the text that runs
    aslant over the page.
    """

    glyphs: Layer
    unknown: int = 0
    watermark: str = ""


def characters(textpage: Any, frame: Frame) -> Characters:
    """Reads the visible characters of a page with their places."""
    raw = textpage.raw
    count = max(pdfium.FPDFText_CountChars(raw), 0)
    text = _text(raw, count)
    shown = _shown(text) if isinstance(text, str) and not _SPECIAL.search(text) else _looked_at(text)
    places = shown.places
    layer, placed = _layer(raw, shown, frame)
    if not all(placed):
        layer, places = layer.kept(list(map(bool, placed))), list(compress(places, placed))
    aslant = _aslant(raw, layer, places)
    if not aslant:
        return Characters(layer, shown.unknown)
    watermark = "".join(layer.text[index] for index in sorted(aslant))
    return Characters(layer.kept([index not in aslant for index in range(len(layer))]), shown.unknown, watermark)


def _layer(raw: Any, shown: _Shown, frame: Frame) -> tuple[Layer, list[int]]:
    """The characters with their places, and which of them pdfium has a place for."""
    rectangles, spots = _room(len(shown.places))
    page = repeat(reference(raw))
    placed = list(map(_loose_box, page, shown.places, spots))
    numbers = memoryview(rectangles).cast("B").cast("f")[: 4 * len(placed)]
    if frame.upright:
        return _Upright(shown, numbers, frame), placed
    x0s, tops, x1s, bottoms = frame.columns(numbers.tolist())
    return Layer(shown.text, x0s, tops, x1s, bottoms, shown.spaced, shown.starts), placed


def _room(count: int) -> tuple[Any, Sequence[Any]]:
    """Where pdfium writes rectangles, and a reference to each. What most pages need is kept: one file is read at a
    time."""
    if count > _KEPT:
        rectangles = (pdfium.FS_RECTF * count)()
        return rectangles, [ctypes.byref(rectangles, at) for at in range(0, count * _RECTANGLE, _RECTANGLE)]
    if not _kept:
        rectangles = (pdfium.FS_RECTF * _KEPT)()
        _kept.append((rectangles, [ctypes.byref(rectangles, at) for at in range(0, _KEPT * _RECTANGLE, _RECTANGLE)]))
    return _kept[0]


_kept: list[tuple[Any, Sequence[Any]]] = []
_KEPT = 2_000
_UNITS = (ctypes.c_ushort * (_KEPT + 1))()
"""To make an array of another length takes longer than to fill it."""


class _Upright(Layer):
    """The characters of a page that is not turned: how high a line stands is told from the file's own numbers."""

    def __init__(self, shown: _Shown, numbers: Any, frame: Frame) -> None:
        self._frame = frame
        self._upper, self._lower = numbers[1::4].tolist(), numbers[3::4].tobytes()
        self._lower_numbers = memoryview(self._lower).cast("f")
        x0s, x1s = frame.across(numbers[0::4].tolist()), frame.across(numbers[2::4].tolist())
        super().__init__(shown.text, x0s, (), x1s, (), shown.spaced, shown.starts)

    def _lists(self) -> tuple[Sequence[float], Sequence[float]]:
        if len(self._heights[0]) != len(self):
            self._heights = self._frame.down(self._upper), self._frame.down(self._lower_numbers.tolist())
        return self._heights

    @property
    def tops(self) -> Sequence[float]:
        """The upper edge of each character."""
        return self._lists()[0]

    @property
    def bottoms(self) -> Sequence[float]:
        """The lower edge of each character."""
        return self._lists()[1]

    def height(self, index: int) -> tuple[float, float]:
        """Top and bottom of one character."""
        y = self._frame.upper
        return y - self._upper[index], y - self._lower_numbers[index]

    def reach(self, start: int, end: int) -> tuple[float, float, float, float]:
        """The highest and the lowest top, the highest and the lowest bottom of characters that follow one another."""
        y, upper = self._frame.upper, self._upper[start:end]
        one = self._lower[4 * start : 4 * start + 4]
        if self._lower[4 * start : 4 * end] == one * (end - start):
            # Type of one size stands on one line, to the last bit.
            high = bottom = y - self._lower_numbers[start]
        else:
            lower = self._lower_numbers[start:end].tolist()
            high, bottom = y - max(lower), y - min(lower)
        return y - max(upper), y - min(upper), high, bottom


@dataclass(slots=True)
class _Shown:
    """What shows of a page's text: the characters, their places with pdfium, before which of them is a space, which of
    them begin a line, and how many are nobody knows what."""

    text: str
    places: list[int]
    spaced: list[bool]
    starts: list[int]
    unknown: int = 0


def _shown(text: str) -> _Shown:
    """A text in which blanks and line ends are all that does not show."""
    places: list[int] = []
    starts: list[int] = []
    apart: list[int] = []
    before = 0
    for word in _WORD.finditer(text):
        start, end = word.span()
        if start > before or not places:
            if not places or "\n" in text[before:start]:
                starts.append(len(places))
            if start > before:
                apart.append(len(places))
        places += range(start, end)
        before = end
    spaced = [False] * len(places)
    for index in apart:
        spaced[index] = True
    return _Shown("".join(text.split()), places, spaced, starts)


def _looked_at(text: Sequence[str]) -> _Shown:
    """Any text, character by character."""
    found = _Shown("", [], [], [])
    texts: list[str] = []
    spaced, begins = False, True
    for index, character in enumerate(text):
        if character in _SPACES:
            spaced, begins = True, begins or character == "\n"
            continue
        if character in _INVISIBLE:
            continue
        if character in _UNKNOWN:
            found.unknown += 1
            continue
        if "\ue000" <= character <= "\uf8ff":
            found.unknown += 1
        if begins:
            found.starts.append(len(texts))
        found.places.append(index)
        texts.append(RADICALS.get(character, character))
        found.spaced.append(spaced)
        spaced = begins = False
    found.text = "".join(texts)
    return found


def _text(raw: Any, count: int) -> Sequence[str]:
    """The character at each of pdfium's places, empty at the first half of a pair of surrogates.

    One call for the whole page, where its answer has a plain character for every place; what pdfium leaves out of it or
    writes in another way (glyphs without a character, hyphens at the end of a line, pairs of surrogates) is asked for
    one by one.
    """
    units = _UNITS if count < len(_UNITS) else (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(raw, 0, count, units) == count + 1:
        text = ctypes.string_at(units, 2 * count).decode("utf-16-le", "surrogatepass")
        sampled = range(0, count, max(1, count // 16))
        codes = map(_unicode, repeat(reference(raw)), sampled)
        if len(text) == count and not _DOUBTFUL.search(text) and all(map(eq, codes, map(ord, text[:: sampled.step]))):
            return text
    return _one_by_one(raw, count)


def _one_by_one(raw: Any, count: int) -> list[str]:
    found: list[str] = []
    high = 0
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            found.append("")
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        # 2 is pdfium's sign for a hyphen at the end of a line.
        found.append("-" if code == 0x02 else chr(code) if code <= 0x10FFFF else "\ufffd")
    return found


def _aslant(raw: Any, layer: Layer, places: Sequence[int]) -> set[int]:
    """Which glyphs belong to a watermark: text at an angle, in which no two glyphs stand at one height."""
    tops, bottoms = layer.tops, layer.bottoms

    def steps(index: int) -> bool:
        """Whether a glyph does not stand at the height of the one before."""
        if not 0 < index < len(tops):
            return True
        return abs(tops[index] - tops[index - 1]) > 0.2 * (bottoms[index] - tops[index])

    aslant = set()
    for row in layer.rows:
        if isinstance(row, Run):
            if row.level:
                continue
            row = slice(row.start, row.end)
        for index in range(row.start, row.stop):
            if steps(index) and steps(index + 1):
                quarter = math.degrees(pdfium.FPDFText_GetCharAngle(raw, places[index])) % 90
                if 5 < quarter < 85:
                    aslant.add(index)
    return aslant


_loose_box = unchecked(pdfium.FPDFText_GetLooseCharBox)
"""FPDFText_GetLooseCharBox: the text page, the character's index, where the rectangle goes."""
_unicode = unchecked(pdfium.FPDFText_GetUnicode)
_RECTANGLE = ctypes.sizeof(pdfium.FS_RECTF)
_WORD = re.compile("[^\r\n ]+")
_DOUBTFUL = re.compile("[\x00\x02\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[^\r\n !-~\u00b0-\u00f7\u2010-\u2027\u2030-\u205e\u2100-\u2bff\u3001-\u9fff\uff01-\uff5e]")
"""What may be a space other than the plain one, a mark that shows nothing, a radical, or nobody knows what."""

_SPACES = frozenset([*map(chr, range(1, 0x21)), *"\u00a0\u3000\u2002\u2003"]) - {"\x02"}
_UNKNOWN = frozenset("\x00\ufffd\ufffe\uffff")
_INVISIBLE = frozenset(["", *"\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"])
