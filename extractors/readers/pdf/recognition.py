"""PDF pages whose text layer is missing or cannot be trusted: drawn as a picture and read by text recognition."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any, Literal

import pypdfium2.raw

from extractors.readers import limits, progress
from extractors.readers.pages.assemble import Page
from extractors.readers.pages.garbled import is_garbled
from extractors.readers.pages.glyphs import Glyph, lines
from schemas.reading import Note

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw

Doubt = Literal["scan", "outlines", "unmapped", "garbled"]
"""Why a page is recognised: ``scan``: a picture stands where text should be; ``outlines``: its characters are drawn as
shapes; ``unmapped``: its fonts do not say which characters they draw; ``garbled``: its layer says wrong ones."""

_DOTS = 200 / 72
"""Pixels per point at which a page is drawn: official type (16 points) is then 44 pixels high, what the model is fed."""
_FEW_SHAPES = 40
_LEAST = 20


def doubt(raw: Any, found: str, unknown: int, pictures: float) -> Doubt | None:
    """Whether a page must be recognised from its picture, and why.

    Args:
        raw: the page.
        found: the characters of its text layer.
        unknown: how many glyphs have no character.
        pictures: how much of the page pictures cover, 0 to 1.
    """
    if unknown > len(found) or (unknown > _LEAST and unknown > 0.3 * len(found)):
        return "unmapped"
    if len(found) < 30 and pictures > (0.3 if not found else 0.6):
        return "scan"
    if not found and _shapes(raw) > _FEW_SHAPES:
        return "outlines"
    if is_garbled(found, pictures > 0.8):
        return "garbled"
    return None


def _shapes(raw: Any) -> int:
    """Filled shapes of a page and of the forms on it, as far as is needed to tell text from a frame."""
    count = min(max(pdfium.FPDFPage_CountObjects(raw.raw), 0), 2_000)
    shapes = 0
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for index in range(count):
        item = pdfium.FPDFPage_GetObject(raw.raw, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            shapes += min(max(pdfium.FPDFFormObj_CountObjects(item), 0), 2_000)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
            # One shape may hold a whole line of characters, a rectangle has five segments.
            shapes += min(pdfium.FPDFPath_CountSegments(item) // 6, 50) if fill.value else 0
    return shapes


def recognised(raw: Any, number: int, width: float, height: float, notes: list[Note]) -> Page | None:
    """A page read from its picture.

    Args:
        raw: the page.
        number: its number, from 1.
        width, height: its size in points, as shown.
        notes: gets ``ocr_text``, or ``unreadable_page`` with the reason when recognition failed.

    Returns:
        The page, which holds nothing when the picture holds no text; None when recognition failed.
    """
    from extractors.readers.ocr import recognise

    try:
        image = drawn(raw, width, height)
        page = recognise(image, number, width, height, notes)
    except Exception as error:  # cv2, onnxruntime and pdfium have no error in common
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        notes.append(unreadable(number, f"文字识别失败 / text recognition failed: {detail}"))
        return None
    finally:
        progress.advance()
    return page


def is_blank(page: Page, reason: Doubt, expected: int) -> bool:
    """Whether far less stands in a page's picture than in its text layer: pdfium draws nothing of a text whose font is
    neither in the file nor on the machine, and what is not drawn is not recognised.

    Args:
        page: the page as recognised.
        reason: why it was.
        expected: how many characters its text layer has, whatever they are.
    """
    seen = sum(len(line.text) for line in page.lines)
    seen += sum(len(cell.text) for table in page.tables for cell in table.cells)
    # Wrong characters are often the bytes of right ones: two or three for each.
    return seen < (0.5 if reason == "unmapped" else 0.2) * expected


def with_layer(page: Page, found: Sequence[Glyph]) -> Page:
    """A recognised scan with what its few characters of text say in addition: a stamp laid over it in a font that is
    not in the file is not drawn where the machine lacks the font, and so not recognised either."""
    boxes = [line.box for line in page.lines] + [box for table in page.tables for box in table.boxes]
    if page.back is not None:
        boxes = [page.back(box) for box in boxes]
    alone = [
        g
        for g in found
        if not any(b.x0 <= (g.x0 + g.x1) / 2 <= b.x1 and b.top <= (g.top + g.bottom) / 2 <= b.bottom for b in boxes)
    ]
    if alone:
        page.lines = sorted([*page.lines, *lines(page.number, alone)], key=lambda line: line.top)
    return page


def drawn(raw: Any, width: float, height: float) -> Any:
    """A page as a picture, numpy uint8 RGB: 200 dots per inch, and never larger than ``limits`` allows whatever size
    the page claims."""
    import numpy as np

    long, area = max(width, height, 1.0), max(width * height, 1.0)
    scale = min(_DOTS, limits.MAX_OCR_SIDE / long, math.sqrt(limits.MAX_OCR_SIDE**2 / area))
    bitmap = raw.render(scale=scale, rev_byteorder=True)
    try:
        array = bitmap.to_numpy()
        if array.ndim == 2 or array.shape[2] == 1:
            return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
        return np.ascontiguousarray(array[:, :, :3])
    finally:
        bitmap.close()


def unreadable(page: int, message: str) -> Note:
    """The note on a page that was not read."""
    return Note("unreadable_page", f"第 {page} 页未读取：{message}", page)
