"""The pictures of a page that has text of its own: which of them are one, which are known already, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.readers.ocr.insets import Insets, covered, may_hold_text
from extractors.readers.pages.assemble import Inset
from extractors.readers.pages.glyphs import Glyph
from schemas.reading import Box

_MOST = 200
"""Pictures of one page that are looked at one by one; a page of more is tiled, and read as one picture."""
_LAYER = 0.08
"""The part of a picture under characters from which on they are its own text layer, or it is their background."""
_THIN_LAYER = 0.015
"""The same for a picture as large as a page: a title page has few characters."""

Place = tuple[float, float, float, float]


@dataclass(slots=True)
class Area:
    """Where a picture, or several that touch, are on the shown page, in points; ``dots`` are its pixels per point, and
    ``keys`` what it is drawn from, as bytes."""

    x0: float
    top: float
    x1: float
    bottom: float
    dots: float
    keys: list[bytes]

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top


def insets(
    found: Sequence[Area],
    glyphs: Sequence[Glyph],
    number: int,
    size: tuple[float, float],
    reader: Insets,
    drawn: Callable[[Area, float], Any],
) -> list[Inset]:
    """What the pictures of a page say.

    Args:
        found: where they are.
        glyphs: the characters of the page's text layer.
        number: the page's number, from 1.
        size: its width and height in points.
        reader: the reader of the file's pictures.
        drawn: draws an area at so many pixels per point, uint8 RGB.
    """
    read = []
    for area in joined(found):
        if not may_hold_text(area.width, area.height):
            continue
        over = [
            (g.x0 - area.x0, g.top - area.top, g.x1 - area.x0, g.bottom - area.top)
            for g in glyphs
            if area.x0 < (g.x0 + g.x1) / 2 < area.x1 and area.top < (g.top + g.bottom) / 2 < area.bottom
        ]
        share = sum((x1 - x0) * (bottom - top) for x0, top, x1, bottom in over) / (area.width * area.height)
        is_page = area.width * area.height > 0.6 * size[0] * size[1]
        if share > (_THIN_LAYER if is_page else _LAYER) or not reader.is_new(_key(area, number)):
            continue
        page = reader.page(
            lambda dots, area=area, over=over: _without(drawn(area, dots), over, dots),  # type: ignore[misc]
            number,
            area.width,
            area.height,
            lambda quads, dots, over=over: covered(quads, dots, over),  # type: ignore[misc]
            area.dots,
        )
        if page is not None:
            box = Box(number, *(round(v, 2) for v in (area.x0, area.top, area.x1, area.bottom)))
            read.append(Inset(box, reader.blocks(page, area.x0, area.top)))
    return read


def joined(found: Sequence[Area]) -> list[Area]:
    """The pictures, strips and tiles that one was cut into made one again."""
    if len(found) > _MOST:
        return [_around(found)]
    out: list[Area] = []
    for area in found:
        # What one picture brings together may touch another, so it goes round until nothing does.
        while touching := [other for other in out if _touch(other, area)]:
            out = [other for other in out if not any(other is one for one in touching)]
            area = _around([*touching, area])
        out.append(area)
    return out


def _key(area: Area, number: int) -> bytes:
    """The same for pictures that are drawn alike."""
    data = b"".join(area.keys)
    # Layered scans draw one plain colour through a mask that is another object.
    page = number if len(data) < 2_000 * len(area.keys) else 0
    return b"%d %d %d %s" % (page, round(area.width), round(area.height), data)


def _touch(one: Area, other: Area) -> bool:
    return (
        one.x0 <= other.x1 + 1
        and other.x0 <= one.x1 + 1
        and one.top <= other.bottom + 1
        and other.top <= one.bottom + 1
    )


def _around(areas: Sequence[Area]) -> Area:
    return Area(
        min(a.x0 for a in areas),
        min(a.top for a in areas),
        max(a.x1 for a in areas),
        max(a.bottom for a in areas),
        max(a.dots for a in areas),
        [key for a in areas for key in a.keys],
    )


def _without(image: Any, over: Sequence[Place], dots: float) -> Any:
    """A picture without the characters that lie over it: they are read already. In the small copy that is only glanced
    at they stay, so that a text layer is known by the lines that it covers."""
    import numpy as np

    if over and dots > 2:
        paper = np.median(image[::4, ::4], axis=(0, 1)).astype(np.uint8)
        for box in over:
            x0, top, x1, bottom = (max(round(v * dots), 0) for v in box)
            image[top : bottom + 1, x0 : x1 + 1] = paper
    return image
