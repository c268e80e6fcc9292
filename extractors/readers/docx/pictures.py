"""Pictures in Word documents that may hold text: found by their size, read by text recognition where it is there."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from extractors.readers import limits, progress
from schemas.errors import NotRead
from schemas.reading import Block, Note

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
V = "{urn:schemas-microsoft-com:vml}"

_CENTIMETRE = 72 / 2.54
_EMU = 12_700
# A picture of at least 6 × 3 cm can hold text that matters; a seal or a logo is smaller.
_LARGE = (6 * _CENTIMETRE, 3 * _CENTIMETRE)
# Half of an A4 page: a scanned page, where a photograph of an event is smaller.
_PAGE_AREA = 595 * 842 / 2

_FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "TIFF", "WEBP")


class Store(Protocol):
    """Where the bytes of pictures are: the parts of a package, or what else holds them by name."""

    def __contains__(self, name: str) -> bool: ...

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a picture; None when there is none of that name."""


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


def of_drawing(element: Any, relations: dict[str, tuple[str, str, bool]]) -> list[Picture]:
    """The large pictures of a drawing (DrawingML or VML); a chart counts as one without a part."""
    names = [blip.get(f"{R}embed", "") for blip in element.iter(f"{A}blip")]
    names += [data.get(f"{R}id", "") for data in element.iter(f"{V}imagedata")]
    if not names and next(element.iter(f"{CHART}chart"), None) is None:
        return []
    width, height = _size(element)
    if width < _LARGE[0] or height < _LARGE[1]:
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


def recognised(package: Store, pictures: Sequence[Picture], notes: list[Note]) -> tuple[list[Block], int]:
    """The text of pictures, in their order, each taken as a page.

    Args:
        package: the file that holds them.
        pictures: which.
        notes: gets what text recognition has to say.

    Returns:
        The blocks, and how many pictures could not be read.
    """
    readable = [p for p in pictures if p.part in package][: limits.MAX_PICTURES]
    if not readable or find_spec("extractors.readers.ocr") is None:
        return [], len(pictures)
    from extractors.readers.ocr import recognise  # type: ignore[import-not-found,unused-ignore]
    from extractors.readers.pages.assemble import blocks

    pages = []
    unread = len(pictures) - len(readable)
    for number, picture in enumerate(readable, start=1):
        image = _decoded(package.bytes_of(picture.part) or b"")
        if image is None:
            unread += 1
            continue
        try:
            pages.append(recognise(image, number, picture.width, picture.height, notes))
            progress.advance()
        except NotRead:
            unread += 1
    return (blocks(pages) if pages else []), unread


def _decoded(data: bytes) -> Any | None:
    """The pixels of a picture as an RGB array; None for what is no bitmap, is broken or too large."""
    import numpy
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > limits.MAX_PIXELS:
                return None
            turned = ImageOps.exif_transpose(image)
            return numpy.asarray(turned.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
