"""Pictures that stand within texts, for the tests: a table cut out of a sample page as a screenshot, and things that hold
no text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import scanner
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

SIZE = (460.0, 180.0)
"""Points of ``table()`` on its page."""
WIDTH, HEIGHT = 595.0, 842.0
Placed = tuple[Any, float, float, float, float]
"""A picture with its left edge, upper edge, width and height in points."""


def table(dpi: int = 150) -> Any:
    """The table of communities of a sample plan (third page of ``scanner.BAIZHI``), as a screenshot."""
    page = scanner.page(scanner.BAIZHI, 3, dpi)
    dots = dpi / 72
    x0, top = 70.0, 176.0
    cut = page[round(top * dots) : round((top + SIZE[1]) * dots), round(x0 * dots) : round((x0 + SIZE[0]) * dots)]
    return np.ascontiguousarray(cut)


def photograph(columns: int = 600, rows: int = 400) -> Any:
    """Blurred patches of colour with grain: what recognition finds no text in."""
    generator = np.random.default_rng(3)
    patches = generator.integers(0, 255, (12, 18, 3), dtype=np.uint8)
    smooth = cv2.resize(patches, (columns, rows), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return np.clip(smooth + generator.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)


def seal(size: int = 300) -> Any:
    """A red ring with a star-like blot, as high as wide."""
    image = np.full((size, size, 3), 255, np.uint8)
    cv2.circle(image, (size // 2, size // 2), size // 2 - 8, (220, 30, 30), 6)
    cv2.circle(image, (size // 2, size // 2), size // 8, (220, 30, 30), -1)
    return image


def pdf(pages: Sequence[tuple[Sequence[str], Sequence[Placed]]], rotate: int = 0) -> bytes:
    """A PDF of pages with lines of text (28 points apart from 100 down, an empty one left out) and pictures."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT))
    for lines, pictures in pages:
        canvas.setFont("STSong-Light", 16)
        if rotate:
            canvas.setPageRotation(rotate)
        for index, line in enumerate(lines):
            canvas.drawString(80, HEIGHT - 100 - 28 * index, line)
        for picture, x0, top, width, height in pictures:
            image = ImageReader(Image.fromarray(picture))
            canvas.drawImage(image, x0, HEIGHT - top - height, width, height)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
