"""The straight lines that a PDF page draws: what rules its tables."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pypdfium2.raw

from extractors.readers.pages.rules import MAX_SEGMENTS, Stroke, TooManyLines
from extractors.readers.pdf.characters import Frame

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw


def strokes(drawings: Iterable[tuple[int, Any]], frame: Frame) -> Iterator[Stroke]:
    """The straight horizontal and vertical lines drawn on a page, thin filled rectangles included.

    Args:
        drawings: kind and handle of what the page draws (``pdf_objects.objects``).
        frame: the page as it is shown.

    Raises:
        TooManyLines: the page draws more than a table could have.
    """
    budget = [MAX_SEGMENTS]
    for kind, item in drawings:
        yield from _of_object(kind, item, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), frame, budget, 0)


Matrix = tuple[float, float, float, float, float, float]


def _of_object(kind: int, item: Any, outer: Matrix, frame: Frame, budget: list[int], depth: int) -> Iterator[Stroke]:
    if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM):
        return
    raw = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, raw)
    matrix = times((raw.a, raw.b, raw.c, raw.d, raw.e, raw.f), outer)
    if kind == pdfium.FPDF_PAGEOBJ_FORM:
        if depth < 6:
            for index in range(max(pdfium.FPDFFormObj_CountObjects(item), 0)):
                inner = pdfium.FPDFFormObj_GetObject(item, index)
                yield from _of_object(pdfium.FPDFPageObj_GetType(inner), inner, matrix, frame, budget, depth + 1)
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
    if not fill.value and not stroke.value:
        return
    for points in _subpaths(item, matrix, budget):
        if stroke.value:
            for a, b in pairwise(points):
                yield from _straight(a, b, frame)
        elif len(points) >= 3:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            if min(max(xs) - min(xs), max(ys) - min(ys)) <= 3:
                yield frame.place(min(xs), min(ys), max(xs), max(ys))


def _straight(a: tuple[float, float], b: tuple[float, float], frame: Frame) -> Iterator[Stroke]:
    if abs(a[0] - b[0]) <= 1 or abs(a[1] - b[1]) <= 1:
        yield frame.place(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))


def _subpaths(item: Any, matrix: Matrix, budget: list[int]) -> Iterator[list[tuple[float, float]]]:
    points: list[tuple[float, float]] = []
    count = pdfium.FPDFPath_CountSegments(item)
    budget[0] -= max(count, 0)
    if budget[0] < 0:
        raise TooManyLines
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(max(count, 0)):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
            yield points
            points = []
        a, b, c, d, e, f = matrix
        points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if pdfium.FPDFPathSegment_GetClose(segment) and points[0] != points[-1]:
            points.append(points[0])
    if points:
        yield points


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that does first the inner and then the outer one."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
