"""Beginnings of lines that the model for finding lines passed over: 一、 二、 三、 in front of a heading.

Few thin strokes, then the gap after 、: to that model the line begins behind them, while the model that reads lines has no
trouble with them. So where ink stands in front of a line it is read again from there, and what comes out counts if it is
the same line with a sure beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractors.readers.ocr.engine import Character, Engine
from extractors.readers.ocr.rules import Segment
from extractors.readers.ocr.upright import crop

_REACH, _GAP = 4.0, 0.8
"""Heights of the line: how far in front of it a beginning is looked for, and how wide the paper between may be."""
_LEAST_INK = 0.3
_SURE = 0.7
_LONGEST = 4


def wider(image: Any, quad: Any, others: Any, rules: Sequence[Segment]) -> Any | None:
    """A line reaching as far to the left as ink stands in front of it; None where none does.

    Args:
        image: the upright page without its rules, uint8 RGB.
        quad: the line, 4 × 2, pixels.
        others: all lines of the page, n × 4 × 2: what they hold is theirs.
        rules: the rules of its tables, which no line crosses.
    """
    import cv2
    import numpy as np

    x0, top = float(quad[[0, 3], 0].min()), float(quad[:2, 1].min())
    bottom = float(quad[2:, 1].max())
    height = bottom - top
    edge = max(x0 - _REACH * height, 0.0)
    low, high = others.min(axis=1), others.max(axis=1)
    level = np.minimum(high[:, 1], bottom) - np.maximum(low[:, 1], top) > 0.3 * height
    before = high[level & (low[:, 0] < x0 - 2), 0]
    if len(before):
        edge = max(edge, float(before.max()))
    middle = (top + bottom) / 2
    edge = max([edge, *(x + 0.08 * height for x, y0, x1, y1 in rules if x1 == x < x0 + 2 and y0 < middle < y1)])
    if x0 - edge < 0.5 * height:
        return None
    strip = image[max(round(top + 0.1 * height), 0) : round(bottom - 0.1 * height), round(edge) : round(x0)]
    own = image[max(round(top), 0) : round(bottom), round(x0) : round(quad[[1, 2], 0].max())]
    if not strip.size or not own.size:
        return None
    dark, paper = np.percentile(own[::2, ::2].max(axis=2), (3, 85))
    grey = cv2.GaussianBlur(np.ascontiguousarray(strip), (3, 3), 0).max(axis=2)
    inked = (grey < (dark + paper) / 2).sum(axis=0) >= max(0.05 * height, 2)
    start, gap, count = len(inked), 0, 0
    for column in range(len(inked) - 1, -1, -1):
        if inked[column]:
            start, gap, count = column, 0, count + 1
        else:
            gap += 1
            if gap > _GAP * height:
                break
    if count < _LEAST_INK * height:
        return None
    moved = np.array(quad, np.float32)
    moved[[0, 3], 0] = max(edge, edge + start - 0.15 * height)
    return moved


Read = tuple[Any, Any, list[Character]]
"""A line: its corners, its picture, its characters."""


def whole(image: Any, line: Read, place: Any, models: Engine) -> Read:
    """A line read again from a beginning further left; as it was where that is not the same line with a sure beginning.

    Args:
        image: the upright page without its rules.
        line: the line as it was found and read.
        place: its corners if it begins further left (``wider``).
        models: the recognition models.
    """
    picture, found = crop(image, place), line[2]
    again = models.read(picture)
    new = len(again) - len(found)
    same = new > 0 and [c.text for c in again[new:]] == [c.text for c in found]
    if same and new <= _LONGEST and all(c.confidence >= _SURE for c in again[:new]):
        return place, picture, again
    return line
