"""The pictures on a PDF page that has text of its own, each read at its place if it holds text."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2.raw

from extractors.readers.ocr import areas as ocr_areas
from extractors.readers.ocr.areas import Area
from extractors.readers.ocr.insets import Insets
from extractors.readers.pages.assemble import Inset
from extractors.readers.pages.glyphs import Glyph
from extractors.readers.pdf.characters import Frame
from extractors.readers.pdf.strokes import Matrix, times

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw

_MOST_OBJECTS = 5_000


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
    budget = [_MOST_OBJECTS]
    areas: list[Area] = []
    for kind, item in drawings:
        areas += _of_object(kind, item, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), frame, budget, 0)
    if not areas:
        return []
    size = frame.width, frame.height
    return ocr_areas.insets(areas, found, number, size, reader, lambda area, dots: _drawn(raw, frame, area, dots))


def _of_object(kind: int, item: Any, outer: Matrix, frame: Frame, budget: list[int], depth: int) -> Iterator[Area]:
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
        yield Area(x0, top, x1, bottom, dots, [_data(item)])


def _data(item: Any) -> bytes:
    """The bytes of a picture as they are in the file."""
    size = pdfium.FPDFImageObj_GetImageDataRaw(item, None, 0)
    buffer = (ctypes.c_ubyte * size)()
    pdfium.FPDFImageObj_GetImageDataRaw(item, buffer, size)
    return bytes(buffer)


def _drawn(raw: Any, frame: Frame, area: Area, dots: float) -> Any:
    """A part of the page as a picture, with everything that is drawn there."""
    import numpy as np

    crop = (area.x0, frame.height - area.bottom, frame.width - area.x1, area.top)
    bitmap = raw.render(scale=dots, crop=crop, rev_byteorder=True)
    try:
        array = bitmap.to_numpy()
        if array.ndim == 2 or array.shape[2] == 1:
            return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
        return array[:, :, :3].copy()
    finally:
        bitmap.close()
