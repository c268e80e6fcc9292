"""Red seals (公章) taken out of the picture of a page, so that the signature under them can be read.

The seal stands over the issuer's name and the date (GB/T 9704-2012, 7.3.5), the two lines by which a document is filed.
In the red channel its ink is nearly as light as paper, and the black type under it stays black. Red type, above all the
letterhead (红头), must stay: it runs along a line, a seal is about as high as it is wide.
"""

from __future__ import annotations

from typing import Any

_LEAST, _MOST = 56.0, 190.0
"""Points: seals of authorities measure 42 to 60 mm (国发〔1999〕25号), oval and company ones down to 20."""
_FLATTEST = 0.55
_RED = 35


def without_seals(image: Any, dots: float) -> Any:
    """The picture with the red of its seals made paper; the same picture where it has none.

    Args:
        image: uint8 RGB, height × width × 3.
        dots: pixels per point.
    """
    import cv2
    import numpy as np

    # Where the seals are shows at a pixel per point; grain and the speckles of JPEG are gone there.
    size = max(round(image.shape[1] / dots), 1), max(round(image.shape[0] / dots), 1)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.int16)
    red = (small[:, :, 0] - small[:, :, 1:].max(axis=2) > _RED).astype(np.uint8)
    if red.mean() < 0.0008:
        return image
    joined = cv2.morphologyEx(red, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    clean = image
    for x, y, width, height, _ in boxes[1:count]:
        filled = float(red[y : y + height, x : x + width].mean())
        if not _LEAST <= max(width, height) <= _MOST or min(width, height) < _FLATTEST * max(width, height):
            continue
        if not 0.05 <= filled <= 0.6:
            continue
        if clean is image:
            clean = image.copy()
        top, left = max(int((y - 3) * dots), 0), max(int((x - 3) * dots), 0)
        _bleach(clean[top : int((y + height + 3) * dots), left : int((x + width + 3) * dots)])
    return clean


def _bleach(part: Any) -> None:
    """Makes the red of a part of a picture paper, in place."""
    import cv2
    import numpy as np

    smooth = cv2.GaussianBlur(part, (3, 3), 0).astype(np.int16)
    inked = smooth[:, :, 0] - smooth[:, :, 1:].max(axis=2) > _RED
    if not inked.any():
        return
    # As light as most of the seal's ink is paper; what is darker has type under it.
    light = max(float(np.percentile(part[:, :, 0][inked], 40)), 1.0)
    part[:] = np.clip(part[:, :, :1].astype(np.float32) * (250 / light), 0, 255).astype(np.uint8)
