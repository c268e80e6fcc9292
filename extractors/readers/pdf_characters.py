"""The characters of a PDF page with their places, as pdfium gives them.

All coordinates are PDF points with the origin at the top left of the page as it is shown (crop box and rotation
applied).
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2.raw

from extractors.readers.pages.glyphs import Glyph

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
    rectangle = pdfium.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    get_code, get_box, place = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox, frame.place
    found: list[Glyph] = []
    places: list[int] = []
    spaced, unknown, high = False, 0, 0
    for index in range(pdfium.FPDFText_CountChars(raw)):
        code = get_code(raw, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code <= 0x20 or code in (0xA0, 0x3000, 0x2002, 0x2003):
            if code == 0x02:
                # pdfium's sign for a hyphen at the end of a line.
                code = 0x2D
            elif code == 0:
                unknown += 1
                continue
            else:
                spaced = True
                continue
        if code in _INVISIBLE:
            continue
        if code in (0xFFFD, 0xFFFE, 0xFFFF) or 0xE000 <= code <= 0xF8FF or code > 0x10FFFF:
            unknown += 1
            if code > 0xF8FF:
                continue
        if not get_box(raw, index, pointer):
            continue
        x0, top, x1, bottom = place(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        found.append(Glyph(_RADICALS.get(code) or chr(code), x0, top, x1, bottom, spaced))
        places.append(index)
        spaced = False
    aslant = _aslant(raw, found, places)
    return Characters(
        [glyph for i, glyph in enumerate(found) if i not in aslant] if aslant else found,
        unknown,
        "".join(glyph.text for i, glyph in enumerate(found) if i in aslant),
    )


def _aslant(raw: Any, found: Sequence[Glyph], places: Sequence[int]) -> set[int]:
    """Which glyphs belong to a watermark: text at an angle, in which no two glyphs stand at one height."""
    steps = [True, *(abs(b.top - a.top) > 0.2 * (b.bottom - b.top) for a, b in pairwise(found)), True]
    alone = [index for index in range(len(found)) if steps[index] and steps[index + 1]]
    aslant = set()
    for index in alone:
        quarter = math.degrees(pdfium.FPDFText_GetCharAngle(raw, places[index])) % 90
        if 5 < quarter < 85:
            aslant.add(index)
    return aslant


_INVISIBLE = frozenset((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))

# Some fonts hand out the radical (⼀, ⻓) where the character (一, 长) is meant. Kangxi radicals have a compatibility
# mapping in Unicode; for the CJK radicals supplement these are the ones that are whole characters
# (EquivalentUnifiedIdeograph.txt).
_RADICALS: dict[int, str] = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | dict(
    zip(
        map(ord, "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳"),
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)
