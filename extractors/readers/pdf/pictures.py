"""The pictures on a PDF page that has text of its own, each read at its place if it holds text."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw

from extractors.readers.ocr.insets import Insets, covered, may_hold_text
from extractors.readers.pages.assemble import Inset
from extractors.readers.pages.glyphs import Glyph
from extractors.readers.pdf.characters import Frame
from extractors.readers.pdf.strokes import Matrix, times
from schemas.reading import Box

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw

_MOST = 200
"""Pictures of one page that are looked at one by one; a page of more is tiled, and read as one picture."""
_MOST_OBJECTS = 5_000
_LAYER = 0.08
"""The part of a picture under characters from which on they are its own text layer, or it is their background."""
_THIN_LAYER = 0.015
"""The same for a picture as large as a page: a title page has few characters."""


@dataclass(slots=True)
class _Area:
    """Where a picture, or several that touch, are on the shown page; ``dots`` are its pixels per point."""

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
    raw: Any, frame: Frame, drawings: Sequence[tuple[int, Any]], found: Sequence[Glyph], number: int, reader: Insets
) -> list[Inset]:
    """What the pictures of a page say.

    Args:
        raw: the page.
        frame: the page as it is shown.
        drawings: kind and handle of what it draws (``objects``).
        found: the characters of its text layer.
        number: the page's number, from 1.
        reader: the reader of the file's pictures.
    """
    read = []
    for area in _areas(drawings, frame):
        if not may_hold_text(area.width, area.height):
            continue
        over = [
            (g.x0 - area.x0, g.top - area.top, g.x1 - area.x0, g.bottom - area.top)
            for g in found
            if area.x0 < (g.x0 + g.x1) / 2 < area.x1 and area.top < (g.top + g.bottom) / 2 < area.bottom
        ]
        share = sum((x1 - x0) * (bottom - top) for x0, top, x1, bottom in over) / (area.width * area.height)
        is_page = area.width * area.height > 0.6 * frame.width * frame.height
        if share > (_THIN_LAYER if is_page else _LAYER) or not reader.is_new(_key(area, number)):
            continue
        page = reader.page(
            lambda dots, area=area, over=over: _drawn(raw, frame, area, over, dots),  # type: ignore[misc]
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


def _key(area: _Area, number: int) -> bytes:
    """The same for pictures that are drawn alike."""
    data = b"".join(area.keys)
    # Layered scans draw one plain colour through a mask that is another object.
    page = number if len(data) < 2_000 * len(area.keys) else 0
    return b"%d %d %d %s" % (page, round(area.width), round(area.height), data)


def _areas(drawings: Sequence[tuple[int, Any]], frame: Frame) -> list[_Area]:
    """Where the pictures are; strips and tiles that one picture was cut into are one again."""
    budget = [_MOST_OBJECTS]
    found: list[_Area] = []
    for kind, item in drawings:
        found += _of_object(kind, item, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), frame, budget, 0)
    if len(found) > _MOST:
        return [_joined(found)]
    joined: list[_Area] = []
    for area in found:
        # What one picture brings together may touch another, so it goes round until nothing does.
        while touching := [other for other in joined if _touch(other, area)]:
            joined = [other for other in joined if not any(other is one for one in touching)]
            area = _joined([*touching, area])
        joined.append(area)
    return joined


def _of_object(kind: int, item: Any, outer: Matrix, frame: Frame, budget: list[int], depth: int) -> Iterator[_Area]:
    if kind not in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM) or budget[0] <= 0:
        return
    budget[0] -= 1
    own = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, own)
    matrix = times((own.a, own.b, own.c, own.d, own.e, own.f), outer)
    if kind == pdfium.FPDF_PAGEOBJ_FORM:
        if depth < 6:
            for index in range(min(max(pdfium.FPDFFormObj_CountObjects(item), 0), budget[0])):
                inner = pdfium.FPDFFormObj_GetObject(item, index)
                yield from _of_object(pdfium.FPDFPageObj_GetType(inner), inner, matrix, frame, budget, depth + 1)
        return
    a, b, c, d, e, f = matrix
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    if not all(map(math.isfinite, (*xs, *ys))):
        return
    x0, top, x1, bottom = frame.place(min(xs), min(ys), max(xs), max(ys))
    x0, top, x1, bottom = max(x0, 0.0), max(top, 0.0), min(x1, frame.width), min(bottom, frame.height)
    if x1 - x0 > 1 and bottom - top > 1:
        columns, rows = ctypes.c_uint(), ctypes.c_uint()
        pdfium.FPDFImageObj_GetImagePixelSize(item, columns, rows)
        dots = columns.value / max(math.hypot(a, b), 1.0)
        yield _Area(x0, top, x1, bottom, dots, [_data(item)])


def _data(item: Any) -> bytes:
    """The bytes of a picture as they are in the file."""
    size = pdfium.FPDFImageObj_GetImageDataRaw(item, None, 0)
    buffer = (ctypes.c_ubyte * size)()
    pdfium.FPDFImageObj_GetImageDataRaw(item, buffer, size)
    return bytes(buffer)


def _touch(one: _Area, other: _Area) -> bool:
    return (
        one.x0 <= other.x1 + 1
        and other.x0 <= one.x1 + 1
        and one.top <= other.bottom + 1
        and other.top <= one.bottom + 1
    )


def _joined(areas: Sequence[_Area]) -> _Area:
    return _Area(
        min(a.x0 for a in areas),
        min(a.top for a in areas),
        max(a.x1 for a in areas),
        max(a.bottom for a in areas),
        max(a.dots for a in areas),
        [key for a in areas for key in a.keys],
    )


def _drawn(raw: Any, frame: Frame, area: _Area, over: Sequence[tuple[float, float, float, float]], dots: float) -> Any:
    """A part of the page as a picture, without the characters that lie over it and are read already."""
    import numpy as np

    crop = (area.x0, frame.height - area.bottom, frame.width - area.x1, area.top)
    bitmap = raw.render(scale=dots, crop=crop, rev_byteorder=True)
    try:
        array = bitmap.to_numpy()
        if array.ndim == 2 or array.shape[2] == 1:
            image = np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
        else:
            image = array[:, :, :3].copy()
    finally:
        bitmap.close()
    if over and dots > 2:
        paper = np.median(image[::4, ::4], axis=(0, 1)).astype(np.uint8)
        for box in over:
            x0, top, x1, bottom = (max(round(v * dots), 0) for v in box)
            image[top : bottom + 1, x0 : x1 + 1] = paper
    return image
