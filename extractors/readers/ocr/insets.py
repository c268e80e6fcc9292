"""Pictures that stand within a text: those that hold text are read, all others cost next to nothing.

A county pastes its list as a screenshot or a scanned table into a page that is otherwise text. Such a picture must be
read, or "not found" would be said of what stands on the page. Most pictures are none of these: logos, seals, rules,
photographs. They are told apart in steps, the cheap ones first: their size, how much is in them at all, whether the model
finds lines of text in a small copy, and last what recognition makes of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from extractors.readers import limits, progress
from extractors.readers.pages.assemble import Page, blocks
from schemas.reading import Block, Box, Note, Paragraph, Table

Drawn = Callable[[float], Any]
"""Draws a picture at about so many pixels per point, as numpy uint8 RGB."""
Known = Callable[[Any, float], bool]
"""Whether most of the lines of text of a picture (n × 4 × 2, pixels; pixels per point) are known from elsewhere."""

_LONG, _SHORT, _AREA = 120.0, 14.0, 6_000.0
"""Points: a line of text across the page (15 × 0.5 cm) and a small table reach them; icons and rules do not."""
_NARROWEST = 60.0
_SEAL = 190.0
_GLANCE_DOTS, _GLANCE_SIDE = 1.2, 480
_DOTS = 200 / 72
"""Pixels per point at which a picture is read: official type (16 points) is then 44 pixels high."""
_SURE = 0.6
_DOUBTFUL = 0.45
_SAMPLE = 4
_MANY = 10
"""Characters: so many that cannot be read for sure are a text that is illegible, fewer are the grain of a photograph."""


def may_hold_text(width: float, height: float) -> bool:
    """Whether a picture of this size in points can hold text that matters."""
    long, short = max(width, height), min(width, height)
    return long >= _LONG and short >= _SHORT and width >= _NARROWEST and long * short >= _AREA


class Insets:
    """Reads the pictures of one file: each of them once, and no more of them than ``limits.MAX_PICTURES``.

    Args:
        notes: gets ``ocr_text`` for a picture that was read, ``picture_not_read`` for one that holds text or may hold it
            and was not.
        paged: whether the pages that ``page`` is told of are the file's own; else they are the pictures in their order.
    """

    def __init__(self, notes: list[Note], paged: bool = True) -> None:
        self._notes = notes
        self._paged = paged
        self._seen: set[bytes] = set()
        self._read = 0

    def is_new(self, key: bytes) -> bool:
        """Whether no picture of this key (what is drawn, as bytes) was met before; from now on it was."""
        digest = hashlib.blake2b(key, digest_size=16).digest()
        fresh = digest not in self._seen
        self._seen.add(digest)
        return fresh

    def page(
        self, drawn: Drawn, number: int, width: float, height: float, known: Known | None = None, dots: float = 0.0
    ) -> Page | None:
        """A picture read as a small page of its own, whose points count from the picture's upper left corner.

        Args:
            drawn: draws it.
            number: the page that it stands on, from 1.
            width, height: its size on the page in points.
            known: tells a picture whose text was read from the file's own text layer.
            dots: pixels per point that it has itself, 0 where that is not known.

        Returns:
            None for a picture without text, and (with a note) for one that could not be read.
        """
        try:
            glance = drawn(min(_GLANCE_DOTS, _GLANCE_SIDE / max(width, height)))
            if not _has_content(glance, width, height):
                return None
            quads = _lines_of(glance)
            if not len(quads) or (known is not None and known(quads, glance.shape[1] / width)):
                return None
            if self._read >= limits.MAX_PICTURES:
                self.unread(number, f"图片超过 {limits.MAX_PICTURES} 张 / more than {limits.MAX_PICTURES} pictures")
                return None
            image = drawn(_scale(dots, width, height))
            if not _reads(image, quads * (image.shape[1] / glance.shape[1])):
                return None
            self._read += 1
            return self._recognised(image, number, width, height)
        except Exception as error:  # cv2, onnxruntime, pdfium and Pillow have no error in common
            self.unread(number, " ".join(f"{type(error).__name__}: {error}".split())[:200])
            return None
        finally:
            progress.advance()

    def blocks(self, page: Page, left: float, top: float) -> list[Block]:
        """The blocks of a picture that was read, at its place on the page that it stands on."""
        return [_moved(block, left, top) for block in blocks([page])]

    def unread(self, number: int, reason: str) -> None:
        """Notes that a picture was not read, and why."""
        where = self._where(number)
        self._notes.append(
            Note(
                "picture_not_read",
                f"{where}里的文字未读取：{reason} (text in a picture was not read)",
                number if self._paged else None,
            )
        )

    def _recognised(self, image: Any, number: int, width: float, height: float) -> Page | None:
        from extractors.readers.ocr import recognise

        said: list[Note] = []
        page = recognise(image, number, width, height, said)
        scores = [(line.confidence or 0.0, len(line.text)) for line in page.lines]
        scores += [(cell.confidence or 0.0, len(cell.text)) for table in page.tables for cell in table.cells]
        count = sum(length for _, length in scores)
        mean = sum(score * length for score, length in scores) / count if count else 0.0
        if mean < _SURE or count < 2:
            if count >= _MANY:
                self.unread(number, f"无法辨认（置信度 {mean:.2f}） / illegible, confidence {mean:.2f}")
            return None
        # Beside its text a photograph has leaves and gravel, of which recognition makes characters that it doubts.
        page.lines = [line for line in page.lines if (line.confidence or 0.0) >= _DOUBTFUL]
        page.bands = [(band, line) for band, line in page.bands if (line.confidence or 0.0) >= _DOUBTFUL]
        self._notes += [note for note in said if note.kind != "ocr_text"]
        self._notes.append(
            Note(
                "ocr_text",
                f"{self._where(number)}里的文字由图像识别得出，平均置信度 {mean:.2f}，可能有误 / text recognised from a "
                f"picture within the text, mean confidence {mean:.2f}, may be wrong",
                number if self._paged else None,
                round(mean, 3),
            )
        )
        return page

    def _where(self, number: int) -> str:
        return f"第 {number} 页的图片" if self._paged else f"第 {number} 张图片"


def _scale(dots: float, width: float, height: float) -> float:
    """Pixels per point to read a picture at: finer than usual where it is finer itself, for small type."""
    scale = min(max(dots, _DOTS), 1.5 * _DOTS)
    return min(scale, limits.MAX_OCR_SIDE / max(width, height))


def _has_content(glance: Any, width: float, height: float) -> bool:
    """Whether there is more to a picture than a plain area, a rule, or a seal."""
    import cv2
    import numpy as np

    if min(glance.shape[:2]) < 8:
        return False
    grey = cv2.cvtColor(glance, cv2.COLOR_RGB2GRAY)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_16S)) > 24
    if edges.mean() < 0.003:
        return False
    if max(width, height) <= _SEAL and min(width, height) > 0.55 * max(width, height):
        # A seal: nothing but red on paper, and about as high as wide, which a red letterhead is not.
        colours = glance.astype(np.int16)
        red = colours[:, :, 0] - colours[:, :, 1:].max(axis=2) > 35
        return bool((edges & ~cv2.dilate(red.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)).mean() > 0.003)
    return True


def _lines_of(glance: Any) -> Any:
    """The lines of text of a small copy of a picture, n × 4 × 2."""
    from extractors.readers.ocr.engine import engine

    return engine().find(glance)


def _reads(image: Any, quads: Any) -> bool:
    """Whether the longest lines of a picture read as text: to find lines and read them all takes ten times as long.

    What stands upright may be text of a page that lies on its side, and many characters are a text even where they are
    hard to read: both are for recognition to tell.
    """
    import numpy as np

    from extractors.readers.ocr.engine import engine
    from extractors.readers.ocr.upright import crop

    size = quads.max(axis=1) - quads.min(axis=1)
    if (size[:, 1] > 2 * size[:, 0]).sum() > len(quads) / 2:
        return True
    count = 0
    for index in np.argsort(-size[:, 0])[:_SAMPLE]:
        found = engine().read(crop(image, quads[index]))
        if len(found) >= 2 and sum(c.confidence for c in found) >= _SURE * len(found):
            return True
        count += len(found)
    return count >= _MANY


def covered(quads: Any, dots: float, boxes: Sequence[tuple[float, float, float, float]]) -> bool:
    """Whether a layer of text lies over most of the lines of a picture.

    Args:
        quads: the lines, n × 4 × 2, pixels.
        dots: pixels per point.
        boxes: x0, top, x1, bottom of the characters that lie over the picture, in points from its corner.
    """
    import numpy as np

    if not boxes:
        return False
    places = np.array(boxes)
    middles = (places[:, :2] + places[:, 2:]) / 2
    inside = 0
    for quad in quads:
        (x0, top), (x1, bottom) = quad.min(axis=0) / dots - 1, quad.max(axis=0) / dots + 1
        on_it = (middles[:, 0] > x0) & (middles[:, 0] < x1) & (middles[:, 1] > top) & (middles[:, 1] < bottom)
        inside += float((places[on_it, 2] - places[on_it, 0]).sum()) > 0.3 * (x1 - x0)
    return inside >= 0.5 * len(quads)


def _moved(block: Block, left: float, top: float) -> Block:
    """A block of a picture at its place on the page; its edges are not those of a page, so nothing in it runs along."""

    def place(box: Box) -> Box:
        x0, y0, x1, y1 = box.x0 + left, box.top + top, box.x1 + left, box.bottom + top
        return Box(box.page, *(round(v, 2) for v in (x0, y0, x1, y1)))

    boxes = tuple(place(box) for box in block.boxes)
    if isinstance(block, Paragraph):
        return replace(block, role="body", boxes=boxes)
    assert isinstance(block, Table)
    cells = tuple(replace(cell, box=place(cell.box)) if cell.box else cell for cell in block.cells)
    return replace(block, role="body", boxes=boxes, cells=cells)
