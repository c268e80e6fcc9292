"""Pictures in word processor documents that may hold text: found by their size, read where they stand."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from extractors.readers import limits
from extractors.readers.ocr.insets import Insets, may_hold_text
from extractors.readers.pages.assemble import Page
from extractors.readers.word.changes import has_text
from schemas.reading import Block, Note, Paragraph, record

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
V = "{urn:schemas-microsoft-com:vml}"

CENTIMETRE = 72 / 2.54
"""Points of a centimetre."""

_EMU = 12_700
_DOTS = 200 / 72
_SHRUNK = 6.0
"""Pixels per point: a picture of more (430 dpi) is shown smaller than it was scanned."""
_ORIENTATION = 0x0112
"""EXIF 2.32, 4.6.4: how the camera was held; 5 to 8 are turned by a quarter."""
# Half of an A4 page: a scanned page, where a photograph of an event is smaller.
_PAGE_AREA = 595 * 842 / 2

_FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "TIFF", "WEBP")


class Store(Protocol):
    """Where the bytes of pictures are: the parts of a package, or what else holds them by name."""

    def __contains__(self, name: str) -> bool: ...

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a picture; None when there is none of that name."""


class Held:
    """Pictures that were taken out of a file, by a name each."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def __contains__(self, name: str) -> bool:
        return name in self._pictures

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a picture; None when there is none of that name."""
        return self._pictures.get(name)


@dataclass(frozen=True, slots=True)
class Picture:
    """A large picture: the part that holds it (empty for a chart or a picture outside the file), its size in points."""

    part: str
    width: float
    height: float

    @property
    def is_page(self) -> bool:
        """Whether it is as large as a scanned page."""
        return self.width * self.height >= _PAGE_AREA


@record
class Shown(Paragraph):
    """Where a picture stands among the blocks, until it is read (``placed``)."""

    picture: Picture = Picture("", 0.0, 0.0)


def of_drawing(element: Any, relations: dict[str, tuple[str, str, bool]]) -> list[Picture]:
    """The large pictures of a drawing (DrawingML or VML); a chart counts as one without a part."""
    names = [blip.get(f"{R}embed", "") for blip in element.iter(f"{A}blip")]
    names += [data.get(f"{R}id", "") for data in element.iter(f"{V}imagedata")]
    if not names and next(element.iter(f"{CHART}chart"), None) is None:
        return []
    width, height = _size(element)
    if not may_hold_text(width, height):
        return []
    found = []
    for name in dict.fromkeys(names or [""]):
        _, target, external = relations.get(name, ("", "", True))
        found.append(Picture("" if external else target, width, height))
    return found


def _size(element: Any) -> tuple[float, float]:
    """Width and height in points; a page where the drawing does not say."""
    sizes = [(extent.get("cx", ""), extent.get("cy", "")) for extent in element.iter(f"{WP}extent")]
    known = [(int(w) / _EMU, int(h) / _EMU) for w, h in sizes if _is_number(w) and _is_number(h)]
    if sizes:
        return max(known, default=(0.0, 0.0))
    for shape in element.iter(f"{V}shape", f"{V}rect"):
        style = shape.get("style", "")
        width, height = (re.search(rf"(?<![\w-]){side}:([0-9.]{{1,9}})pt", style) for side in ("width", "height"))
        if width and height:
            return _points(width[1]), _points(height[1])
    return 595.0, 420.0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def _points(text: str) -> float:
    return float(text) if text.count(".") <= 1 and text.strip(".") else 0.0


def placed(found: Iterable[Block], store: Store, notes: list[Note]) -> list[Block]:
    """The blocks of a document with the text of its pictures where they stand.

    Args:
        found: the blocks, with ``Shown`` where a large picture stands.
        store: where the bytes of the pictures are.
        notes: gets ``ocr_text`` for pictures that were read, ``picture_not_read`` for those that were not.

    Returns:
        The blocks without ``Shown``. Pictures with nothing between them are read as pages that follow each other: a
        table may go on. What was read from a picture has page and boxes only where the document is nothing but
        pictures, whose numbers are then its pages.
    """
    blocks = list(found)
    if not any(isinstance(block, Shown) for block in blocks):
        return blocks
    bare = not any(has_text(block) for block in blocks if block.role == "body")
    said: list[Note] = []
    album = _Album(store, Insets(said, paged=bare), bare)
    out: list[Block] = []
    run: list[Picture] = []
    blank: list[Block] = []
    for block in blocks:
        if isinstance(block, Shown):
            run.append(block.picture)
            blank = []
        elif run and not has_text(block):
            blank.append(block)
        else:
            out += [*album.read(run), *blank, block]
            run, blank = [], []
    out += [*album.read(run), *blank]
    if unread := [note.message for note in said if note.kind == "picture_not_read"]:
        reasons = "；".join(dict.fromkeys(unread))[:300]
        message = (
            f"有{len(unread)}张较大的图片，图中文字未读取：{reasons} / text in {len(unread)} pictures was not read"
        )
        notes.append(Note("picture_not_read", message))
    notes += [note for note in said if note.kind != "picture_not_read"]
    return out


class _Album:
    """Reads the pictures of a document in their order."""

    def __init__(self, store: Store, reader: Insets, bare: bool) -> None:
        self._store, self._reader, self._bare = store, reader, bare
        self._number = 0

    def read(self, pictures: Sequence[Picture]) -> list[Block]:
        """The blocks of pictures that follow each other."""
        from extractors.readers.pages.assemble import blocks

        pages = [page for picture in pictures if (page := self._page(picture)) is not None]
        if not pages:
            return []
        # Only on a scanned page the first and the last line can be a running line.
        are_pages = all(picture.is_page for picture in pictures)
        return [self._put(block, are_pages) for block in blocks(pages)]

    def _page(self, picture: Picture) -> Page | None:
        self._number += 1
        if picture.part not in self._store:
            self._reader.unread(self._number, "图表或文件外的图片 / a chart, or not in the file")
            return None
        data = self._store.bytes_of(picture.part) or b""
        if not self._reader.is_new(data):
            return None
        try:
            columns, rows = size_of(data)
        except Unreadable as error:
            self._reader.unread(self._number, str(error))
            return None
        width, height = picture.width, picture.height
        dots = columns / width
        if dots > _SHRUNK:
            # Shown smaller than it can be read: as large as it was, and no larger than paper.
            grown = min(dots / _DOTS, max(842 / max(width, height), 1.0))
            width, height, dots = width * grown, height * grown, dots / grown
        # Recognition is given the picture's own proportions, however it is stretched.
        height = width * rows / columns
        return self._reader.page(
            lambda scale: _decoded(data, width * scale, height * scale), self._number, width, height, dots=dots
        )

    def _put(self, block: Block, are_pages: bool) -> Block:
        if not are_pages and not self._bare:
            block = replace(block, role="body")
        if self._bare:
            return block
        if isinstance(block, Paragraph):
            return replace(block, page=None, boxes=())
        return replace(block, page=None, boxes=(), cells=tuple(replace(c, page=None, box=None) for c in block.cells))


class Unreadable(Exception):
    """Why a picture cannot be decoded, for a person."""


def size_of(data: bytes) -> tuple[int, int]:
    """Pixels across and down, from the header alone.

    Raises:
        Unreadable: it is no bitmap, is broken, or is larger than ``limits.MAX_PIXELS``.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                columns, rows = image.size
                turned = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise Unreadable("不是可读的位图 / not a bitmap that is read") from error
    if columns * rows > limits.MAX_PIXELS:
        raise Unreadable(f"图片过大（{columns}×{rows}） / the picture is too large")
    return (rows, columns) if turned else (columns, rows)


def _decoded(data: bytes, width: float, height: float) -> Any:
    """The pixels of a picture on white paper as an RGB array of this size."""
    import cv2
    import numpy
    from PIL import Image, ImageOps

    size = max(round(width), 1), max(round(height), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            # A JPEG can be decoded at a half, a quarter or an eighth of its size.
            image.draft("RGB", (max(size), max(size)))
            turned = ImageOps.exif_transpose(image)
            if "A" in turned.getbands() or "transparency" in turned.info:
                turned = turned.convert("RGBA")
                turned = Image.alpha_composite(Image.new("RGBA", turned.size, "white"), turned)
            array = numpy.asarray(turned.convert("RGB"))
    method = cv2.INTER_AREA if size[0] < array.shape[1] else cv2.INTER_CUBIC
    return cv2.resize(array, size, interpolation=method)
