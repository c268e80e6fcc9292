"""The characters of an OFD text object with their places (GB/T 33190-2016, clause 11).

A text object holds runs (TextCode) that say where their first character stands and how far each next one is moved.
Real files set one run per line, per word or per character, leave the steps out where all are alike, or give fewer than
there are characters; then the usual width of the character stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from extractors.readers.ofd.geometry import Matrix, angle, bounds, deltas, number, placed, times, turned
from extractors.readers.ofd.package import local
from extractors.readers.pages.characters import INVISIBLE, RADICALS
from extractors.readers.pages.glyphs import Glyph, is_wide
from extractors.readers.word.symbols import symbol

_ASCENT, _DESCENT = 0.9, 0.25
_SPACES = " \t\u00a0\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_ESCAPE = re.compile(r"\\(\\|[0-9A-Fa-f]{4})")
_USUAL_SIZE = 3.7
"""Millimetres of 10.5 points, where an object does not say its size."""
_FAINT = 80
"""Alpha (0 to 255) up to which text is a watermark behind the page; 0 is the invisible text over a scanned picture."""

# Usual widths of Latin letters, in ems: the widths of the fonts are not looked at, they only tell words apart.
_WIDTHS = (
    dict.fromkeys("iljtfrI.,:;'|!()[]{}/\\-`\"", 0.28)
    | dict.fromkeys("mwMW@%—…", 0.85)
    | dict.fromkeys("0123456789", 0.5)
)
_UPPER, _LOWER = 0.68, 0.5


@dataclass(slots=True)
class TextRun:
    """What one text object gives: its glyphs (points, as drawn), in the order of the file.

    ``degrees`` is how far its characters are turned clockwise; ``faint`` says it is drawn like a watermark, ``hidden``
    that it is not drawn at all (the text layer over a scan); ``unknown`` counts characters that mean nothing.
    """

    glyphs: list[Glyph] = field(default_factory=list)
    degrees: float = 0.0
    faint: bool = False
    hidden: bool = False
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a text object sets its characters: its matrix to points, its size and horizontal scale, the directions in
    degrees clockwise in which it is read and its characters are turned."""

    matrix: Matrix
    size: float
    scale: float
    reads: float
    turn: float


@dataclass(slots=True)
class _Pen:
    """Where the next character goes, in the object's own coordinates, and whether a space was left out before it."""

    x: float = 0.0
    y: float = 0.0
    start_x: float = 0.0
    start_y: float = 0.0
    space: tuple[float, float] | None = None


def text_run(element: Any, outer: Matrix, symbols: str | None = None) -> TextRun:
    """The glyphs of one TextObject.

    Args:
        element: the TextObject.
        outer: the matrix of the page or composite unit it stands in, to points.
        symbols: the name of its font where that is one whose letters are signs.
    """
    get = element.get
    setting = _Setting(
        placed(get("Boundary"), get("CTM"), outer),
        abs(number(get("Size")) or 0.0) or _USUAL_SIZE,
        abs(number(get("HScale")) or 0.0) or 1.0,
        (number(get("ReadDirection")) or 0.0) % 360,
        (number(get("CharDirection")) or 0.0) % 360,
    )
    run = TextRun(degrees=(angle(setting.matrix) + setting.turn) % 360)
    # Alpha is how opaque the text is drawn, from 0 to 255: the object's own and that of its colour.
    alpha = number(get("Alpha"))
    pen = _Pen()
    mappings: list[tuple[int, int, int]] = []
    for part in element:
        name = local(part)
        if name == "TextCode":
            text = _text(part)
            if symbols is not None:
                # A blank keeps the place of an ornament that means nothing.
                text = "".join(symbol(ord(character), symbols) or " " for character in text)
            if text:
                _emit(run, text, _places(part, text, mappings, pen, setting), setting, pen)
            mappings = []
        elif name == "CGTransform":
            mappings.append(_mapping(part))
        elif name == "FillColor" and (own := number(part.get("Alpha"))) is not None:
            alpha = own if alpha is None else min(own, alpha)
    if alpha is not None:
        run.faint, run.hidden = 0 < alpha <= _FAINT, alpha <= 0
    if (get("Fill") or "").lower() == "false" and (get("Stroke") or "").lower() != "true":
        run.hidden = True
    return run


def _mapping(element: Any) -> tuple[int, int, int]:
    """CodePosition, CodeCount and GlyphCount of a CGTransform."""
    position, codes, glyphs = (number(element.get(n)) for n in ("CodePosition", "CodeCount", "GlyphCount"))
    return int(position or 0), max(int(codes or 1), 1), max(int(glyphs or 1), 1)


def _text(element: Any) -> str:
    """The characters of a TextCode; what XML cannot hold is written as ``\\`` with four hexadecimal digits."""
    text = element.text or "" if not len(element) else "".join(element.itertext())
    if "\n" in text:
        # Only a serialiser that indents leaves line breaks here; the spaces around them are its own too.
        text = text.strip()
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    return "\\" if found.group(1) == "\\" else chr(int(found.group(1), 16))


@lru_cache(maxsize=30_000)
def _width(character: str) -> float:
    """The usual width of a character in ems."""
    # Signs (boxes, arrows, numbers in circles) are as wide as Chinese characters in the fonts that have both.
    if is_wide(character) or "\u2190" <= character <= "\u27bf":
        return 1.0
    return _WIDTHS.get(character) or (_UPPER if character.isupper() else _LOWER)


def _places(
    element: Any,
    text: str,
    mappings: list[tuple[int, int, int]],
    pen: _Pen,
    setting: _Setting,
) -> list[tuple[float, float]]:
    """Where the characters of a TextCode stand; one place more than there are characters, for the pen after them."""
    size, scale, reads = setting.size, setting.scale, setting.reads
    x, y = number(element.get("X")), number(element.get("Y"))
    if x is None and y is None:
        start_x, start_y = pen.x, pen.y
    else:
        # A missing coordinate is that of the TextCode before (GB/T 33190-2016, table 46).
        start_x, start_y = pen.start_x if x is None else x, pen.start_y if y is None else y
    pen.start_x, pen.start_y = start_x, start_y
    count = len(text)
    if count == 1:
        if reads in (90.0, 270.0):
            return [(start_x, start_y), (start_x, start_y + (size if reads == 90 else -size))]
        return [(start_x, start_y), (start_x + _width(text) * size * scale * (-1 if reads == 180 else 1), start_y)]
    of_glyphs = _glyph_numbers(count, mappings) if mappings else None
    wanted = max(count, of_glyphs[-1] + 1) if of_glyphs else count
    dx, dy = deltas(element.get("DeltaX"), wanted), deltas(element.get("DeltaY"), wanted)
    if not any(dx):
        dx = []
    if not any(dy):
        dy = []
    if of_glyphs and of_glyphs[-1] + 1 != count and len(dx or dy) == of_glyphs[-1]:
        # The steps are those of the glyphs, not of the characters: characters of one glyph share its place.
        dx, dy = _spread(dx, of_glyphs) if dx else [], _spread(dy, of_glyphs) if dy else []
    down = reads in (90.0, 270.0)
    if down and dx and not dy:
        # Some producers write the steps of vertical text as DeltaX.
        dx, dy = [], dx
    if down:
        dy = _filled(dy, text, size, 1.0, -1.0 if reads == 270 else 1.0)
        dx = dx + [0.0] * (count - len(dx))
    else:
        if not (dy and not dx):
            dx = _filled(dx, text, size, scale, -1.0 if reads == 180 else 1.0)
        dx = dx + [0.0] * (count - len(dx))
        dy = dy + [0.0] * (count - len(dy))
    return list(zip(accumulate(dx[:count], initial=start_x), accumulate(dy[:count], initial=start_y), strict=True))


def _glyph_numbers(count: int, mappings: list[tuple[int, int, int]]) -> list[int]:
    """For each character the number of its glyph (GB/T 33190-2016, 11.4: m characters drawn as n glyphs)."""
    at = {position: (codes, glyphs) for position, codes, glyphs in mappings}
    found: list[int] = []
    glyph = 0
    while len(found) < count:
        codes, glyphs = at.get(len(found), (1, 1))
        codes, glyphs = min(codes, count - len(found)), min(glyphs, count)
        found += [glyph + min(k * glyphs // codes, glyphs - 1) for k in range(codes)]
        glyph += glyphs
    return found


def _spread(steps: list[float], of_glyphs: list[int]) -> list[float]:
    """The steps of glyphs as steps of characters: characters of one glyph share its room evenly.

    Those of the last glyph, whose room no step says, are left to be guessed.
    """
    ends = [*accumulate(steps, initial=0.0)]
    sizes = Counter(of_glyphs)
    places = []
    for index, glyph in enumerate(of_glyphs):
        inner = index - bisect_left(of_glyphs, glyph)
        if inner and glyph + 1 >= len(ends):
            break
        room = ends[glyph + 1] - ends[glyph] if inner else 0.0
        places.append(ends[glyph] + room * inner / sizes[glyph])
    return [b - a for a, b in pairwise(places)]


def _filled(steps: list[float], text: str, size: float, scale: float, sign: float) -> list[float]:
    """The steps, those that the file leaves out guessed: as before a character as wide, else its usual width."""
    missing = len(text) - len(steps)
    if missing <= 0:
        return steps
    last = abs(steps[-1]) if steps else 0.0
    like = _width(text[len(steps) - 1]) if steps else 0.0
    guessed = []
    for character in text[len(steps) :]:
        own = _width(character)
        same = last > 0 and (own == like or (own < 1 and like < 1 and last < 0.75 * size))
        guessed.append(sign * (last if same else own * size * scale))
    return steps + guessed


def _emit(run: TextRun, text: str, places: list[tuple[float, float]], setting: _Setting, pen: _Pen) -> None:
    """Adds the glyphs of one TextCode and moves the pen behind it."""
    matrix, size = setting.matrix, setting.size
    a, b, c, d, e, f = matrix
    plain = not setting.turn and abs(b) + abs(c) < 1e-6 * (abs(a) + abs(d)) and a > 0 and d > 0
    em, up, down = size * setting.scale, _ASCENT * size, _DESCENT * size
    wide, above, below = em * a, up * d, down * d
    for index, character in enumerate(text):
        x, y = places[index]
        spaced, width, shown = False, em, character
        if not "\u4e00" <= character <= "\u9fff" or pen.space is not None:
            if character in _SPACES:
                pen.space = (x, y)
                continue
            if character < " " or character in INVISIBLE:
                continue
            if character == "\ufffd" or "\ue000" <= character <= "\uf8ff" or character >= "\U000f0000":
                run.unknown += 1
                if character == "\ufffd":
                    continue
            ems = _width(character)
            width, step = ems * em, places[index + 1][0] - x
            if ems < 1 and 0.2 * width < step < width:
                width = step
            if pen.space is not None:
                # A space belongs before the character it was written before, not before one that comes from elsewhere.
                spaced = abs(pen.space[1] - y) < size and 0 <= x - pen.space[0] < 2 * size
                pen.space = None
            shown = RADICALS.get(character, character)
        if plain:
            x0, base = a * x + e, d * y + f
            x1 = x0 + (wide if width == em else width * a)
            run.glyphs.append(Glyph(shown, x0, base - above, x1, base + below, spaced))
        else:
            place = times(turned(setting.turn), times((1.0, 0.0, 0.0, 1.0, x, y), matrix))
            run.glyphs.append(Glyph(shown, *bounds(place, 0.0, -up, width, down), spaced))
    pen.x, pen.y = places[-1]
