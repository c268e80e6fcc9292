"""The characters of a PDF page with their places, and the lines they stand in.

All coordinates are PDF points with the origin at the top left of the page as it is shown (crop box and rotation
applied).
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pypdfium2.raw

from schemas.reading import Box

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw


class Glyph(NamedTuple):
    """One character where it is drawn; ``spaced`` says that the file has a space character in front of it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    spaced: bool = False


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

    @property
    def box(self) -> Box:
        return Box(self.page, *(round(v, 2) for v in (self.x0, self.top, self.x1, self.bottom)))

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


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


def lines(page: int, found: Iterable[Glyph]) -> list[Line]:
    """Characters as lines from top to bottom.

    Args:
        page: the page's number, from 1.
        found: glyphs in the order of the file.
    """
    runs: list[list[Glyph]] = []
    for glyph in found:
        run = runs[-1] if runs else None
        if run is not None and _beside(run[-1], glyph):
            if not _printed_twice(run, glyph):
                run.append(glyph)
        else:
            runs.append([glyph])
    bands: list[tuple[float, float, list[Glyph]]] = []
    for run in sorted(runs, key=lambda r: _middle(r[0])):
        top, bottom = min(g.top for g in run), max(g.bottom for g in run)
        for index in range(len(bands) - 1, max(len(bands) - 6, -1), -1):
            other_top, other_bottom, members = bands[index]
            if min(bottom, other_bottom) - max(top, other_top) > 0.6 * min(bottom - top, other_bottom - other_top):
                members += run
                bands[index] = (min(top, other_top), max(bottom, other_bottom), members)
                break
        else:
            bands.append((top, bottom, list(run)))
    bands.sort(key=lambda band: (band[0] + band[1]) / 2)
    return [line for _, _, members in bands if (line := _line(page, members)).text]


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


def _middle(glyph: Glyph) -> float:
    return (glyph.top + glyph.bottom) / 2


def _line(page: int, members: list[Glyph]) -> Line:
    members = sorted(members, key=lambda g: g.x0)
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
    )


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
