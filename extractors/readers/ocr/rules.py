"""The ruling lines of tables in the picture of a page."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

Segment = tuple[int, int, int, int]
"""A straight line in pixels: x0, top, x1, bottom."""
_MOST = 5_000
"""Straight lines of one page; a picture with more is a drawing or a pattern, and has no tables looked for in it."""
_ROUNDS = 20


def rules(image: Any, dots: float) -> list[Segment]:
    """The long horizontal and vertical lines of an upright page.

    Args:
        image: uint8 RGB, height × width × 3.
        dots: pixels per point.

    Returns:
        Lines of at least 18 points, thinner than 4; strokes of characters are shorter, bars and pictures thicker.
    """
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    # Against the brightness around it, so that the shadow of a fold or a grey page is not taken for ink.
    window = max(round(12 * dots), 7) | 1
    ink = cv2.adaptiveThreshold(
        cv2.GaussianBlur(grey, (3, 3), 0), 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 12
    )
    return _along(ink, dots, True) + _along(ink, dots, False)


def _along(ink: Any, dots: float, horizontal: bool) -> list[Segment]:
    import cv2

    length = max(round(18 * dots), 20)
    bridge = max(round(3 * dots), 3)
    # A hair of skew is left: a line may move over by one or two pixels within its length.
    thick = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_RECT, (1, 3) if horizontal else (3, 1)))
    close = (bridge, 1) if horizontal else (1, bridge)
    kernel = (length, 1) if horizontal else (1, length)
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, close))
    lines = cv2.morphologyEx(joined, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, kernel))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    found: list[Segment] = []
    for x, y, width, height, area in boxes[1:count]:
        long, across = (width, height) if horizontal else (height, width)
        thickness = area / max(long, 1)
        if long >= length and thickness <= 4 * dots + 2 and across <= max(8 * dots, 0.02 * long):
            found.append(_middle(int(x), int(y), int(width), int(height), horizontal))
    return found


def _middle(x: int, y: int, width: int, height: int, horizontal: bool) -> Segment:
    if horizontal:
        return x, y + height // 2, x + width, y + height // 2
    return x + width // 2, y, x + width // 2, y + height


def erased(image: Any, lines: list[Segment], dots: float) -> Any:
    """A copy of the picture with the lines painted over in the colour of the paper beside them."""
    import numpy as np

    clean = image.copy()
    half, aside = max(round(0.9 * dots), 2), max(round(2 * dots), 4)
    height, width = image.shape[:2]
    for x0, top, x1, bottom in lines:
        if x1 > x0:
            a, b = max(top - half, 0), min(top + half + 1, height)
            paper = np.maximum(image[max(a - aside, 0), x0:x1], image[min(b + aside, height) - 1, x0:x1])
            clean[a:b, x0:x1] = paper[np.newaxis]
        else:
            a, b = max(x0 - half, 0), min(x0 + half + 1, width)
            paper = np.maximum(image[top:bottom, max(a - aside, 0)], image[top:bottom, min(b + aside, width) - 1])
            clean[top:bottom, a:b] = paper[:, np.newaxis]
    return clean


def of_tables(lines: list[Segment], quads: Any, dots: float) -> list[Segment]:
    """Those lines that are rules of a table.

    They cross others: a dash (——) or an underline crosses none. And they reach beyond the text: the strokes of large
    type cross each other, but within the line of text that they are part of. What is no rule must stay in the picture
    to be read.

    Args:
        lines: the straight lines of the page.
        quads: its lines of text, n × 4 × 2, pixels.
        dots: pixels per point.
    """
    import numpy as np

    if len(lines) > _MOST:
        return []
    reach = max(round(3 * dots), 4)
    lines = [s for s in lines if not _within(s, quads, reach)]
    across = np.array([s for s in lines if s[2] - s[0] > s[3] - s[1]], np.int32).reshape(-1, 4)
    down = np.array([s for s in lines if s[2] - s[0] <= s[3] - s[1]], np.int32).reshape(-1, 4)
    x, y = down[:, 0][np.newaxis], across[:, 1][:, np.newaxis]
    cross = (across[:, :1] - reach <= x) & (x <= across[:, 2:3] + reach)
    cross &= (down[:, 1][np.newaxis] - reach <= y) & (y <= down[:, 3][np.newaxis] + reach)
    kept = len(across) + len(down)
    for _ in range(_ROUNDS):
        # What was held by a line that is no rule falls with it.
        cross[:, cross.sum(axis=0) < 2] = False
        left = int(cross.any(axis=1).sum() + cross.any(axis=0).sum())
        if left == kept:
            break
        kept = left
    found = [*across[cross.any(axis=1)].tolist(), *down[cross.any(axis=0)].tolist()]
    return [(x0, top, x1, bottom) for x0, top, x1, bottom in found]


def _within(line: Segment, quads: Any, reach: int) -> bool:
    if not len(quads):
        return False
    low, high = quads.min(axis=1) - reach, quads.max(axis=1) + reach
    x0, top, x1, bottom = line
    inside = (low[:, 0] <= x0) & (x1 <= high[:, 0]) & (low[:, 1] <= top) & (bottom <= high[:, 1])
    return bool(inside.any())


def parted(quads: Any, lines: list[Segment]) -> list[Any]:
    """Lines of text cut where a vertical rule runs through them: neighbouring cells that were found as one line.

    Args:
        quads: n × 4 × 2, pixels.
        lines: the rules of the tables.
    """
    import numpy as np

    down = [s for s in lines if s[3] - s[1] > s[2] - s[0]]
    found = []
    for quad in quads:
        x0, x1 = float(quad[[0, 3], 0].mean()), float(quad[[1, 2], 0].mean())
        middle, height = float(quad[:, 1].mean()), float(quad[2:, 1].mean() - quad[:2, 1].mean())
        cuts = sorted({x for x, top, _, bottom in down if top <= middle <= bottom and x0 < x < x1})
        edges = [x0, *cuts, x1]
        if not cuts or x1 <= x0:
            found.append(quad)
            continue
        for a, b in pairwise(edges):
            if b - a < 0.35 * height:  # the rule itself, or the margin beside it
                continue
            s, t = (a - x0) / (x1 - x0), (b - x0) / (x1 - x0)
            upper, lower = quad[1] - quad[0], quad[2] - quad[3]
            found.append(
                np.array(
                    [quad[0] + s * upper, quad[0] + t * upper, quad[3] + t * lower, quad[3] + s * lower], np.float32
                )
            )
    return found
