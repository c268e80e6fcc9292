"""Text recognition: the picture of a page to lines and ruled tables.

PP-OCRv6 by rapidocr and onnxruntime, on the CPU, offline (``ocr_engine``). Red seals are taken out (``ocr_seals``), the
page is put upright (``ocr_upright``), its ruling lines are found and painted over (``ocr_rules``), every line is read
alone and its characters placed (``ocr_glyphs``), and from there it is a page like one with a text layer (``pages``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from extractors.readers import limits
from extractors.readers.pages.assemble import Page, page_of
from extractors.readers.pages.glyphs import Glyph
from schemas.reading import Box, Note


def recognise(image: Any, number: int, width: float, height: float, notes: list[Note]) -> Page:
    """Reads a page from its picture.

    Args:
        image: the page as shown, numpy uint8 RGB, height × width × 3.
        number: the page's number, from 1.
        width, height: its size in points.
        notes: gets ``ocr_text`` with the mean confidence when anything was read.

    Returns:
        The page with its lines and tables; without any where the picture holds no text. They are put together on the
        upright page, whose width and height it has: a page that was turned by 90 degrees has them exchanged. ``back``
        brings the boxes of the blocks made of it (``assemble.blocks``) to their places on the page as it was given.
    """
    import numpy as np

    from extractors.readers.ocr import glyphs as ocr_glyphs
    from extractors.readers.ocr import rules as ocr_rules
    from extractors.readers.ocr import starts
    from extractors.readers.ocr.engine import engine
    from extractors.readers.ocr.seals import without_seals
    from extractors.readers.ocr.upright import crop, upright

    models = engine()
    picture = _bounded(image)
    shape, stored = picture.shape[:2], (width, height)
    picture = without_seals(picture, math.sqrt(shape[0] * shape[1] / max(width * height, 1e-6)))
    page = upright(picture, models)
    rows, columns = page.image.shape[:2]
    if page.turned % 2:
        width, height = height, width
    across, down = width / columns, height / rows
    dots = 1 / math.sqrt(across * down)
    rules = ocr_rules.of_tables(ocr_rules.rules(page.image, dots), page.quads, dots)
    clean = ocr_rules.erased(page.image, rules, dots) if rules else page.image
    lines = []
    quads = ocr_rules.parted(page.quads, rules)
    everything = np.array(quads, np.float32).reshape(-1, 4, 2)
    for quad in quads:
        picture = crop(clean, quad)
        if found := models.read(picture):
            if (place := starts.wider(clean, quad, everything, rules)) is not None:
                quad, picture, found = starts.whole(clean, (quad, picture, found), place, models)
            lines.append(ocr_glyphs.recognised(found, quad, picture))
    ocr_glyphs.measure(lines)
    glyphs: list[Glyph] = [glyph for line in lines for glyph in ocr_glyphs.glyphs(line, across, down)]
    strokes = [(x0 * across, top * down, x1 * across, bottom * down) for x0, top, x1, bottom in rules]
    if glyphs:
        mean = sum(glyph.confidence or 0.0 for glyph in glyphs) / len(glyphs)
        notes.append(
            Note(
                "ocr_text",
                f"第 {number} 页的文字由图像识别得出，平均置信度 {mean:.2f}，可能有误 / text recognised from a picture, "
                f"mean confidence {mean:.2f}, may be wrong",
                number,
                round(mean, 3),
            )
        )
    read = page_of(number, width, height, glyphs, strokes, notes)
    if page.turned or page.skew:
        read.back = _way_back(page.back, (across, down), (stored[0] / shape[1], stored[1] / shape[0]))
    return read


def _way_back(matrix: Any, upright: tuple[float, float], stored: tuple[float, float]) -> Callable[[Box], Box]:
    """From points of the upright page to points of the page as stored: the rectangle around the turned box.

    Args:
        matrix: 2 × 3, from pixels of the upright picture to pixels of the stored one.
        upright, stored: points per pixel, across and down.
    """
    (a, b, c), (d, e, f) = ((float(v) for v in row) for row in matrix)

    def back(box: Box) -> Box:
        corners = [
            (x / upright[0], y / upright[1])
            for x, y in ((box.x0, box.top), (box.x1, box.top), (box.x1, box.bottom), (box.x0, box.bottom))
        ]
        xs = [(a * x + b * y + c) * stored[0] for x, y in corners]
        ys = [(d * x + e * y + f) * stored[1] for x, y in corners]
        return Box(box.page, *(round(v, 2) for v in (min(xs), min(ys), max(xs), max(ys))))

    return back


def _bounded(image: Any) -> Any:
    """The picture no larger than recognition can use: what is larger is slower, not better read."""
    import cv2

    rows, columns = image.shape[:2]
    scale = limits.MAX_OCR_SIDE / max(rows, columns)
    if scale >= 1:
        return image
    size = max(round(columns * scale), 1), max(round(rows * scale), 1)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
