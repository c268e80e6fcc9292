"""Text of an OFD page that is drawn as shapes instead of characters: drawn here for text recognition.

Offices turn text into curves so that nobody changes it; then only the drawing tells what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from extractors.readers import limits
from extractors.readers.ofd.geometry import Matrix, numbers
from extractors.readers.ofd.images import NoPicture
from extractors.readers.ofd.package import child
from extractors.readers.ofd.paths import shape_of
from extractors.readers.pages.rules import MAX_SEGMENTS, Stroke

_DOTS = 200 / 72
"""Pixels per point, as for PDF pages."""
_MAX_POINTS = 3_000_000
_FEW = 40
_LONG = 60
"""Characters of AbbreviatedData: a rectangle has fewer, a Chinese character a few times as many."""
_PARTS = 4
"""Binary places of a pixel that corners are given in."""


def are_text(shapes: Sequence[tuple[Any, Matrix]]) -> bool:
    """Whether so many and so intricate shapes are drawn on a page without text that they must be its text."""
    found = 0
    for element, _ in shapes[:5_000]:
        data = child(element, "AbbreviatedData")
        # One shape may hold a whole line of characters.
        found += min(len((data.text or "") if data is not None else "") // _LONG, 50)
    return found > _FEW


def drawn(shapes: Sequence[tuple[Any, Matrix]], strokes: Sequence[Stroke], width: float, height: float) -> Any:
    """The shapes and lines of a page as a picture, numpy uint8 RGB.

    Args:
        shapes: filled paths with their matrices to points, in drawing order.
        strokes: the straight lines of the page.
        width, height: the paper in points.

    Raises:
        NoPicture: when they have more corners than any page of text.
    """
    import cv2
    import numpy

    scale = min(_DOTS, limits.MAX_OCR_SIDE / max(width, height, 1.0))
    size = max(round(height * scale), 1), max(round(width * scale), 1), 3
    page = numpy.full(size, 255, numpy.uint8)
    far, budget = 4.0 * limits.MAX_OCR_SIDE, _MAX_POINTS
    for element, matrix in shapes:
        outlines = shape_of(element, matrix)
        budget -= sum(map(len, outlines))
        if budget < 0:
            raise NoPicture("页面图形过多 / the page has too many shapes")
        shade = _shade(element)
        if outlines and shade is not None:
            corners = [_pixels(numpy.clip(numpy.array(points) * scale, -far, far)) for points in outlines]
            cv2.fillPoly(page, corners, (shade, shade, shade), cv2.LINE_AA, _PARTS)
    for x0, top, x1, bottom in strokes[:MAX_SEGMENTS] if len(strokes) <= MAX_SEGMENTS else ():
        ends = [
            tuple(map(int, _pixels(numpy.clip(numpy.array(p) * scale, -far, far)))) for p in ((x0, top), (x1, bottom))
        ]
        cv2.line(page, ends[0], ends[1], (0, 0, 0), 2, cv2.LINE_AA, _PARTS)
    return page


def _pixels(points: Any) -> Any:
    return (points * 2**_PARTS).round().astype("int32")


def _shade(element: Any) -> int | None:
    """How bright a shape is filled, 0 to 255; None where it is filled with a pattern or shading."""
    colour = child(element, "FillColor")
    if colour is None:
        return 0
    if len(colour):
        return None
    values: Iterable[float] = numbers(colour.get("Value"), 3) or numbers(colour.get("Value"), 1) or (0.0,)
    return round(min(max(sum(values) / len(tuple(values)), 0.0), 255.0))
