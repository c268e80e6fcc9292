"""Numbers, boxes and matrices as OFD writes them (GB/T 33190-2016, 7.3 basic data types).

OFD measures in millimetres from the top left of the page, y downwards; everything here hands out points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

MM = 72 / 25.4
"""Points of one millimetre."""

Matrix = tuple[float, float, float, float, float, float]
"""a b c d e f of x' = a·x + c·y + e, y' = b·x + d·y + f (GB/T 33190-2016, 8.5: CTM)."""

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
"""x0, top, x1, bottom."""

PAGE: Matrix = (MM, 0.0, 0.0, MM, 0.0, 0.0)
"""From the millimetres of a page to points."""

_FARTHEST = 1e7


def number(text: str | None) -> float | None:
    """A number, exponents allowed; None where there is none, or one that no page can hold."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -_FARTHEST < value < _FARTHEST else None


def numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    """Exactly ``count`` numbers between white space (or commas, as some producers write them); else None."""
    if not text:
        return None
    parts = text.split(None, count) if "," not in text else text.replace(",", " ").split(None, count)
    try:
        found = tuple(map(float, parts[:count]))
    except ValueError:
        return None
    return found if len(found) == count and all(-_FARTHEST < value < _FARTHEST for value in found) else None


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies ``inner`` first."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def placed(boundary: str | None, ctm: str | None, outer: Matrix) -> Matrix:
    """The matrix of an object's own coordinates: its CTM, then the corner of its Boundary, then what is around it."""
    box = numbers(boundary, 4) or (0.0, 0.0, 0.0, 0.0)
    g, h, i, j, k, m = outer
    corner: Matrix = (g, h, i, j, box[0] * g + box[1] * i + k, box[0] * h + box[1] * j + m)
    own = numbers(ctm, 6) if ctm else None
    return corner if own is None else times((own[0], own[1], own[2], own[3], own[4], own[5]), corner)


def apply(matrix: Matrix, x: float, y: float) -> Point:
    """A point through a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def bounds(matrix: Matrix, x0: float, top: float, x1: float, bottom: float) -> Rectangle:
    """The upright rectangle around a rectangle that went through a matrix."""
    corners = [apply(matrix, x, y) for x in (x0, x1) for y in (top, bottom)]
    xs, ys = [p[0] for p in corners], [p[1] for p in corners]
    return min(xs), min(ys), max(xs), max(ys)


def angle(matrix: Matrix) -> float:
    """How far a matrix turns the line of writing, in degrees clockwise, 0 to 360."""
    return math.degrees(math.atan2(matrix[1], matrix[0])) % 360


def turned(degrees: float) -> Matrix:
    """The matrix of a turn clockwise around the origin."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cos, sin, -sin, cos, 0.0, 0.0


def upright(width: float, height: float, quarter: int) -> Matrix:
    """The matrix that makes text written at ``quarter`` degrees clockwise on a page of this size stand upright."""
    if quarter == 90:
        return 0.0, -1.0, 1.0, 0.0, 0.0, width
    if quarter == 180:
        return -1.0, 0.0, 0.0, -1.0, width, height
    if quarter == 270:
        return 0.0, 1.0, -1.0, 0.0, height, 0.0
    return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0


def deltas(text: str | None, limit: int) -> list[float]:
    """The steps of DeltaX or DeltaY, at most ``limit`` of them.

    ``g n v`` stands for n times v (GB/T 33190-2016, 11.3); n is cut to what the text can use, whatever it claims.
    """
    found: list[float] = []
    parts = _tokens(text or "")
    for part in parts:
        if len(found) >= limit:
            break
        times_ = 1
        if part in ("g", "G"):
            count, part = number(next(parts, "")), next(parts, "")
            times_ = max(int(count or 0), 0)
        value = number(part)
        if value is None:
            break
        found += [value] * min(times_, limit - len(found))
    return found


def _tokens(text: str) -> Iterator[str]:
    """The parts of a list of steps, one after the other, so that a long list is not cut up for a short text."""
    start, end = -1, len(text)
    for index in range(end + 1):
        character = text[index] if index < end else " "
        if character in " \t\r\n,":
            if start >= 0:
                part = text[start:index]
                start = -1
                if len(part) > 1 and part[0] in "gG":
                    yield "g"
                    part = part[1:]
                yield part
        elif start < 0:
            start = index
