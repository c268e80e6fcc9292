"""The straight lines that OFD path objects draw (GB/T 33190-2016, 9.1: AbbreviatedData)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from extractors.readers.ofd.geometry import Matrix, Point, apply, number, placed
from extractors.readers.ofd.package import child
from extractors.readers.pages.rules import MAX_SEGMENTS, Stroke

_PART = re.compile(r"[A-DF-Za-df-z]|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
# How many numbers each operator takes; the last two are the point it goes to.
_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0, "Z": 0}
_THIN = 3.0
"""Points up to which a filled rectangle is a ruling line."""
_PIECES = 5


def strokes_of(element: Any, outer: Matrix) -> Iterator[Stroke]:
    """The horizontal and vertical lines of one PathObject, thin filled rectangles included, in points.

    Args:
        element: the PathObject.
        outer: the matrix of the page or composite unit it stands in, to points.
    """
    stroked = (element.get("Stroke") or "true").strip().lower() not in ("false", "0")
    if (not stroked and not is_filled(element)) or number(element.get("Alpha")) == 0.0:
        return
    matrix = placed(element.get("Boundary"), element.get("CTM"), outer)
    data = child(element, "AbbreviatedData")
    for points in _subpaths((data.text or "") if data is not None else "", matrix):
        if stroked:
            for (x0, y0), (x1, y1) in pairwise(points):
                if abs(x0 - x1) <= 1 or abs(y0 - y1) <= 1:
                    yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
        elif len(points) >= 3:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:
                yield min(xs), min(ys), max(xs), max(ys)


def shape_of(element: Any, outer: Matrix) -> list[list[Point]]:
    """The outlines of one PathObject in points, curves as short straight pieces; arcs as one."""
    matrix = placed(element.get("Boundary"), element.get("CTM"), outer)
    data = child(element, "AbbreviatedData")
    return list(_subpaths((data.text or "") if data is not None else "", matrix, curved=True))


def is_filled(element: Any) -> bool:
    """Whether a PathObject is filled, as characters drawn as shapes are."""
    return (element.get("Fill") or "false").strip().lower() in ("true", "1")


def _subpaths(data: str, matrix: Matrix, *, curved: bool = False) -> Iterator[list[Point]]:
    """The corners of each subpath; a curve counts as the way between its ends unless it is followed (``curved``)."""
    points: list[Point] = []
    operator = ""
    taken: list[float] = []
    for found in _PART.finditer(data):
        part = found.group()
        if part[0].isalpha():
            operator, taken = part.upper(), []
            if operator in ("C", "Z") and points:
                points.append(points[0])
            continue
        value = number(part)
        takes = _TAKES.get(operator, 0)
        if value is None or not takes:
            continue
        taken.append(value)
        if len(taken) < takes:
            continue
        point = apply(matrix, taken[-2], taken[-1])
        if curved and points and operator in ("Q", "B"):
            controls = [apply(matrix, taken[i], taken[i + 1]) for i in range(0, takes - 2, 2)]
            points += _curve([points[-1], *controls, point])
        taken = []
        if operator in ("S", "M"):
            if len(points) > 1:
                yield points
            points = [point]
        else:
            points.append(point)
            if len(points) > MAX_SEGMENTS:
                # Handed on in parts, so that a path without end does not fill the memory.
                yield points
                points = [point]
    if len(points) > 1:
        yield points


def _curve(controls: Sequence[Point]) -> Iterator[Point]:
    """Points on a Bézier curve between its ends: enough for a character, whose curves are short."""
    for step in range(1, _PIECES):
        at = step / _PIECES
        points = list(controls)
        while len(points) > 1:
            points = [(a + (c - a) * at, b + (d - b) * at) for (a, b), (c, d) in pairwise(points)]
        yield points[0]
