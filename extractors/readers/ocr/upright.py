"""A scanned page put upright: turned by quarters, then by the few degrees that the paper lay askew.

The lines of text that the model finds say both: how long and how aslant their edges are is known to a tenth of a degree
from a few lines, whatever else is on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extractors.readers.ocr.engine import Engine

MAX_SKEW = 8.0
"""Degrees: lines more aslant than this are no skew of the paper but a stamp or a watermark."""
_LEAST_SKEW = 0.08
_SURE = 0.8
_SAMPLE = 4


@dataclass(frozen=True, slots=True)
class Upright:
    """A page put upright.

    ``image`` is the upright picture (uint8 RGB), ``quads`` the lines of text in it (n × 4 × 2, pixels), ``back`` the
    2 × 3 matrix that brings a pixel of ``image`` to its place in the picture as it was, ``turned`` by how many quarters
    it was turned clockwise to stand upright, ``skew`` the degrees that were taken out after that.
    """

    image: Any
    quads: Any
    back: Any
    turned: int
    skew: float


def upright(image: Any, engine: Engine) -> Upright:
    """Finds the lines of a picture and puts it upright.

    Args:
        image: uint8 RGB, height × width × 3.
        engine: the recognition models.
    """
    import cv2
    import numpy as np

    quads = engine.find(image)
    turned = _quarters(image, quads, engine)
    forth = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    if turned:
        forth = _quarter_matrix(turned, image.shape)
        image = np.ascontiguousarray(np.rot90(image, -turned))
        quads = _ordered(cv2.transform(quads, forth))
    skew = _skew(quads)
    if abs(skew) <= _LEAST_SKEW:
        skew = 0.0
    else:
        height, width = image.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
        edge = tuple(int(v) for v in np.median(image[:: max(height // 200, 1), :: max(width // 200, 1)], axis=(0, 1)))
        image = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=edge)
        # Lines close under each other flow together when they are aslant, so a page that lay badly is looked at again.
        quads = engine.find(image) if abs(skew) > 1.5 else cv2.transform(quads, turn).astype(np.float32)
        forth = turn @ np.vstack([forth, [0, 0, 1]])
    return Upright(image, quads, cv2.invertAffineTransform(forth), turned, skew)


def crop(image: Any, quad: Any) -> Any:
    """The picture of one line, its four corners pulled straight."""
    import cv2
    import numpy as np

    width = max(round(float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])))), 1)
    height = max(round(float(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])))), 1)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _sides(quads: Any) -> tuple[Any, Any]:
    """Widths and heights of quads."""
    import numpy as np

    return np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1), np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)


def _quarters(image: Any, quads: Any, engine: Engine) -> int:
    """How many quarters clockwise the page must be turned for its lines to be read."""
    import numpy as np

    if not len(quads):
        return 0
    widths, heights = _sides(quads)
    long = np.maximum(widths, heights) > 2 * np.minimum(widths, heights)
    if not long.any():
        return 0
    sideways = heights[long].sum(where=heights[long] > widths[long]) > widths[long].sum(
        where=widths[long] > heights[long]
    )
    order = [i for i in np.argsort(-np.maximum(widths, heights)) if (heights[i] > widths[i]) == bool(sideways)]
    sample = [crop(image, quads[i]) for i in order[:_SAMPLE]]
    candidates = (1, 3) if sideways else (0, 2)
    best, sure = candidates[0], -1.0
    for turn in candidates:
        found = [c.confidence for line in sample for c in engine.read(np.ascontiguousarray(np.rot90(line, -turn)))]
        # Upside down, few characters come out of a line, and those unsure.
        mean = sum(found) / len(found) if found else 0.0
        if mean > sure:
            best, sure = turn, mean
        if mean > _SURE and turn == candidates[0]:
            break
    return best


def _quarter_matrix(turned: int, shape: tuple[int, ...]) -> Any:
    """The matrix that turns pixels of a picture by quarters clockwise."""
    import numpy as np

    height, width = shape[:2]
    return np.array(
        {
            1: [[0, -1, height], [1, 0, 0]],
            2: [[-1, 0, width], [0, -1, height]],
            3: [[0, 1, 0], [-1, 0, width]],
        }[turned],
        float,
    )


def _ordered(quads: Any) -> Any:
    """Corners of turned quads again from the top left one, clockwise; the quads from the top of the page down."""
    import numpy as np

    found = []
    for quad in quads:
        by_x = quad[np.argsort(quad[:, 0], kind="stable")]
        left, right = by_x[:2], by_x[2:]
        left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
        found.append([left[0], right[0], right[1], left[1]])
    ordered = np.array(found, np.float32)
    return ordered[np.argsort(ordered[:, 0, 1], kind="stable")]


def _skew(quads: Any) -> float:
    """How many degrees the lines fall to the right, 0 where too few say it."""
    import numpy as np

    if not len(quads):
        return 0.0
    widths, heights = _sides(quads)
    long = widths > 4 * heights
    if not long.any():
        return 0.0
    edges = ((quads[:, 1] - quads[:, 0]) + (quads[:, 2] - quads[:, 3]))[long]
    angles, weights = np.degrees(np.arctan2(edges[:, 1], edges[:, 0])), widths[long]
    order = np.argsort(angles)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    skew = float(angles[order][min(int(middle), len(order) - 1)])
    return skew if abs(skew) <= MAX_SKEW else 0.0
