"""Pages as they are read: a page whose text is set sideways (a wide table on upright paper) is turned upright."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from extractors.readers.ofd.content import Content, Picture
from extractors.readers.ofd.geometry import Matrix, bounds, times, upright
from extractors.readers.pages.assemble import Page
from extractors.readers.pages.glyphs import Glyph, lines
from extractors.readers.pages.rules import Stroke
from schemas.reading import Box


@dataclass(slots=True)
class Shown:
    """One page upright, in points; ``aside`` is text that stands in another direction outside of the ruled lines
    (binding notes, marks at the edge)."""

    width: float
    height: float
    glyphs: list[Glyph]
    strokes: list[Stroke]
    pictures: list[Picture]
    aside: str = ""
    back: Callable[[Box], Box] | None = None
    """Brings a box to its place on the paper as it is; None where the page was not turned."""


def shown(content: Content, width: float, height: float) -> Shown:
    """The content of a page turned so that most of its text stands upright.

    Args:
        content: what is drawn on the page.
        width, height: the paper, in points.
    """
    counts = {quarter: len(glyphs) for quarter, glyphs in content.glyphs.items()}
    main = max(counts, key=lambda quarter: (counts[quarter], -quarter), default=0)
    page = Shown(width, height, list(content.glyphs.get(main, ())), content.strokes, content.pictures)
    others = [(quarter, glyphs) for quarter, glyphs in content.glyphs.items() if quarter != main]
    if main:
        turn = upright(width, height, main)
        if main in (90, 270):
            page.width, page.height = height, width
        page.back = _way(upright(page.width, page.height, 360 - main))
        page.glyphs = [_turned(glyph, turn) for glyph in page.glyphs]
        page.strokes = [bounds(turn, *stroke) for stroke in page.strokes]
        page.pictures = [replace(picture, matrix=times(picture.matrix, turn)) for picture in page.pictures]
        others = [(quarter, [_turned(glyph, turn) for glyph in glyphs]) for quarter, glyphs in others]
    if others:
        frame = _frame(page.strokes)
        aside: list[str] = []
        for _, glyphs in others:
            for glyph in glyphs:
                x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
                if frame is not None and frame[0] < x < frame[2] and frame[1] < y < frame[3]:
                    page.glyphs.append(glyph)
                else:
                    aside.append(glyph.text)
        page.aside = "".join(aside)
    return page


def put_on(read: Page, page: Shown) -> None:
    """Adds the text of a page to what was recognised on it, and sends the boxes of both back to the paper as it is.

    Args:
        read: the recognised page, which recognition may have turned once more or set straight.
        page: the page as it was shown to recognition.
    """
    own = page.glyphs
    if read.back is not None:
        forth = _forth(read.back, read.number)
        own = [_turned(glyph, forth) for glyph in own]
    read.lines = sorted([*read.lines, *lines(read.number, own)], key=lambda line: line.top)
    first, second = read.back, page.back
    if first is not None and second is not None:
        read.back = lambda box: second(first(box))
    else:
        read.back = first or second


def _way(matrix: Matrix) -> Callable[[Box], Box]:
    def back(box: Box) -> Box:
        edges = bounds(matrix, box.x0, box.top, box.x1, box.bottom)
        return Box(box.page, *(round(edge, 2) for edge in edges))

    return back


def _forth(back: Callable[[Box], Box], number: int) -> Matrix:
    """The matrix that undoes a way back, from where it takes three points."""
    far = 1_000.0
    start, right, down = (back(Box(number, x, y, x, y)) for x, y in ((0.0, 0.0), (far, 0.0), (0.0, far)))
    a, b = (right.x0 - start.x0) / far, (right.top - start.top) / far
    c, d = (down.x0 - start.x0) / far, (down.top - start.top) / far
    size = (a * d - b * c) or 1.0
    a, b, c, d = d / size, -b / size, -c / size, a / size
    return a, b, c, d, -(a * start.x0 + c * start.top), -(b * start.x0 + d * start.top)


def _turned(glyph: Glyph, turn: Matrix) -> Glyph:
    box = bounds(turn, glyph.x0, glyph.top, glyph.x1, glyph.bottom)
    return Glyph(glyph.text, *box, glyph.spaced)


def _frame(strokes: Sequence[Stroke]) -> Stroke | None:
    """What the vertical lines of a page enclose: sideways text within is the side heading of a table."""
    upright_lines = [s for s in strokes if s[3] - s[1] > s[2] - s[0]]
    if len(upright_lines) < 2:
        return None
    return (
        min(s[0] for s in upright_lines),
        min(s[1] for s in upright_lines),
        max(s[2] for s in upright_lines),
        max(s[3] for s in upright_lines),
    )
