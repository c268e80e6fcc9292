"""The characters of a PDF page with their places, as pdfium gives them.

All coordinates are PDF points with the origin at the top left of the page as it is shown (crop box and rotation
applied).
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from operator import sub
from typing import Any

import pypdfium2.raw

from extractors.readers.pages.glyphs import Glyph
from extractors.readers.pdf.objects import address, loose_box

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw


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

    def columns(self, flat: Sequence[float]) -> tuple[Sequence[float], ...]:
        """Many rectangles at once, as x0, top, x1, bottom of each.

        Args:
            flat: left, top, right, bottom (as FS_RECTF of pdfium) of one rectangle after the other.
        """
        if self._rotation == 0:
            x, y = self._left, self._top
            lefts, tops, rights, bottoms = (flat[corner::4] for corner in range(4))
            return [v - x for v in lefts], [y - v for v in tops], [v - x for v in rights], [y - v for v in bottoms]
        corners = zip(flat[0::4], flat[3::4], flat[2::4], flat[1::4], strict=True)
        return tuple(zip(*(self.place(*rectangle) for rectangle in corners), strict=True)) or ((), (), (), ())


@dataclass(slots=True)
class Characters:
    """The characters of a page in the order of the file.

    ``unknown`` counts glyphs whose font does not say which character they are; ``watermark`` is the text that runs
    aslant over the page.
    """

    glyphs: list[Glyph]
    unknown: int = 0
    watermark: str = ""


def characters(textpage: Any, frame: Frame) -> Characters:
    """Reads the visible characters of a page with their places."""
    raw = textpage.raw
    count = max(pdfium.FPDFText_CountChars(raw), 0)
    places, texts, spaces, unknown = _visible(_text(raw, count))
    rectangles = (ctypes.c_float * (4 * len(places)))()
    first = ctypes.addressof(rectangles)
    spots = range(first, first + len(places) * _RECTANGLE, _RECTANGLE)
    placed = list(map(loose_box, repeat(address(raw)), places, spots))
    columns: Sequence[Iterable[float]] = frame.columns(rectangles[:])
    found: list[Glyph] = list(map(_glyph, repeat(Glyph), zip(texts, *columns, spaces, repeat(None))))
    if not all(placed):
        found, places = list(compress(found, placed)), list(compress(places, placed))
    aslant = _aslant(raw, found, places)
    return Characters(
        [glyph for i, glyph in enumerate(found) if i not in aslant] if aslant else found,
        unknown,
        "".join(glyph.text for i, glyph in enumerate(found) if i in aslant),
    )


def _visible(text: Sequence[str]) -> tuple[list[int], list[str], list[bool], int]:
    """Place, character, and whether a space is in front, of all that shows; how many show nobody knows what."""
    places: list[int] = []
    texts: list[str] = []
    spaces: list[bool] = []
    if isinstance(text, str) and not _SPECIAL.search(text):
        places = [index for index, character in enumerate(text) if character > " "]
        texts = list("".join(text.split()))
        spaces = [step > 1 for step in map(sub, places, [-1, *places])]
        return places, texts, spaces, 0
    spaced, unknown = False, 0
    for index, character in enumerate(text):
        if character in _SPACES:
            spaced = True
            continue
        if character in _INVISIBLE:
            continue
        if character in _UNKNOWN:
            unknown += 1
            continue
        if "\ue000" <= character <= "\uf8ff":
            unknown += 1
        places.append(index)
        texts.append(_RADICALS.get(character, character))
        spaces.append(spaced)
        spaced = False
    return places, texts, spaces, unknown


def _text(raw: Any, count: int) -> Sequence[str]:
    """The character at each of pdfium's places, empty at the first half of a pair of surrogates.

    One call for the whole page, where its answer has a plain character for every place; what pdfium leaves out of it or
    writes in another way (glyphs without a character, hyphens at the end of a line, pairs of surrogates) is asked for
    one by one.
    """
    units = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(raw, 0, count, units) == count + 1:
        text = bytes(units)[:-2].decode("utf-16-le", "surrogatepass")
        code = pdfium.FPDFText_GetUnicode
        sampled = range(0, count, max(1, count // 16))
        if len(text) == count and not _DOUBTFUL.search(text) and all(code(raw, i) == ord(text[i]) for i in sampled):
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


def _aslant(raw: Any, found: Sequence[Glyph], places: Sequence[int]) -> set[int]:
    """Which glyphs belong to a watermark: text at an angle, in which no two glyphs stand at one height."""
    if not found:
        return set()
    tops, heights = [g[2] for g in found], [g[4] - g[2] for g in found]
    least = 0.2 * min(heights)
    # Most glyphs stand at the height of the one before; the few others are looked at closely.
    steps = {
        index
        for index, step in enumerate(map(sub, tops[1:], tops), 1)
        if not -least <= step <= least and abs(step) > 0.2 * heights[index]
    } | {0, len(found)}
    alone = [index for index in sorted(steps) if index + 1 in steps]
    aslant = set()
    for index in alone:
        quarter = math.degrees(pdfium.FPDFText_GetCharAngle(raw, places[index])) % 90
        if 5 < quarter < 85:
            aslant.add(index)
    return aslant


_glyph = tuple.__new__
"""Makes a named tuple without the call of its own constructor, which costs as much as all the rest for one character."""

_RECTANGLE = ctypes.sizeof(pdfium.FS_RECTF)
_DOUBTFUL = re.compile("[\x00\x02\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[^\r\n !-~\u00b0-\u00f7\u2010-\u2027\u2030-\u205e\u2100-\u2bff\u3001-\u9fff\uff01-\uff5e]")
"""What may be a space other than the plain one, a mark that shows nothing, a radical, or nobody knows what."""

_SPACES = frozenset([*map(chr, range(1, 0x21)), *"\u00a0\u3000\u2002\u2003"]) - {"\x02"}
_UNKNOWN = frozenset("\x00\ufffd\ufffe\uffff")
_INVISIBLE = frozenset(["", *"\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"])

# Some fonts hand out the radical (⼀, ⻓) where the character (一, 长) is meant. Kangxi radicals have a compatibility
# mapping in Unicode; for the CJK radicals supplement these are the ones that are whole characters
# (EquivalentUnifiedIdeograph.txt).
_RADICALS: dict[str, str] = {
    chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)
} | dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)
