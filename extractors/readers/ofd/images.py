"""Pages of an OFD without a text layer: their pictures put together as the page shows them, for text recognition."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from extractors.readers import limits, progress
from extractors.readers.ocr import areas as ocr_areas
from extractors.readers.ocr.areas import Area
from extractors.readers.ocr.insets import Insets
from extractors.readers.ofd.content import Picture
from extractors.readers.ofd.geometry import Matrix, bounds, times
from extractors.readers.ofd.package import OfdPackage
from extractors.readers.ofd.turning import Shown
from extractors.readers.pages.assemble import Inset, Page
from schemas.errors import NotRead
from schemas.reading import Note

_MAX_DPI = 300.0
_MAX_PICTURES = 400


class NoPicture(Exception):
    """Why a page's pictures cannot be shown to text recognition, for a person."""


def recognised(picture: Callable[[], Any], number: int, width: float, height: float, notes: list[Note]) -> Page:
    """The page as text recognition reads it.

    Args:
        picture: makes the picture of the page, numpy uint8 RGB.
        number: the page's number, from 1.
        width, height: its size in points.
        notes: gets what recognition notes.

    Raises:
        NoPicture: when text recognition is not installed or fails, or what ``picture`` raises.
    """
    if find_spec("extractors.readers.ocr") is None:
        raise NoPicture("没有文字层，可能是扫描件 / no text layer, probably a scan")
    from extractors.readers.ocr import recognise

    try:
        return recognise(picture(), number, width, height, notes)
    except (NotRead, NoPicture):
        raise
    except Exception as error:  # cv2 and onnxruntime have no error in common
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise NoPicture(f"文字识别失败 / text recognition failed: {detail}") from error
    finally:
        progress.advance()


def page_image(package: OfdPackage, pictures: Sequence[Picture], width: float, height: float) -> Any:
    """The pictures of a page on white paper, as a numpy uint8 RGB array in the finest resolution that a picture has.

    Args:
        package: holds the pictures.
        pictures: the images of the page, in drawing order.
        width, height: the paper in points.

    Raises:
        NoPicture: when a picture cannot be decoded.
    """
    import numpy
    from PIL import Image

    if len(pictures) > _MAX_PICTURES:
        raise NoPicture(f"页面由 {len(pictures)} 张图片组成 / the page consists of {len(pictures)} pictures")
    decoded = [(_masked(package, picture), picture) for picture in pictures]
    finest = max((_dpi(image, picture.matrix) for image, picture in decoded), default=72.0)
    scale = min(finest, _MAX_DPI) / 72
    scale = min(scale, (limits.MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
    page = Image.new("RGB", (max(round(width * scale), 1), max(round(height * scale), 1)), "white")
    for image, picture in decoded:
        _paste(page, image, picture.matrix, scale)
    return numpy.asarray(page)


def insets(package: OfdPackage, page: Shown, number: int, reader: Insets) -> list[Inset]:
    """What the pictures of a page with text of its own say.

    Args:
        package: holds the pictures.
        page: what stands on the page.
        number: its number, from 1.
        reader: the reader of the file's pictures.
    """
    found: list[Area] = []
    for picture in page.pictures:
        x0, top, x1, bottom = bounds(picture.matrix, 0.0, 0.0, 1.0, 1.0)
        x0, top, x1, bottom = max(x0, 0.0), max(top, 0.0), min(x1, page.width), min(bottom, page.height)
        if x1 - x0 > 1 and bottom - top > 1:
            keys = [f"{picture.part} {picture.mask}".encode().ljust(2_000)]
            found.append(Area(x0, top, x1, bottom, 0.0, keys))
    size = page.width, page.height
    return ocr_areas.insets(
        found, page.glyphs, number, size, reader, lambda area, dots: _part(package, page.pictures, area, dots)
    )


def _part(package: OfdPackage, pictures: Sequence[Picture], area: Area, dots: float) -> Any:
    """The pictures within a part of a page, on white paper."""
    import numpy
    from PIL import Image

    paper = Image.new("RGB", (max(round(area.width * dots), 1), max(round(area.height * dots), 1)), "white")
    for picture in pictures:
        x0, top, x1, bottom = bounds(picture.matrix, 0.0, 0.0, 1.0, 1.0)
        if x0 < area.x1 and area.x0 < x1 and top < area.bottom and area.top < bottom:
            moved = times(picture.matrix, (1.0, 0.0, 0.0, 1.0, -area.x0, -area.top))
            _paste(paper, _masked(package, picture), moved, dots)
    return numpy.array(paper)


def _masked(package: OfdPackage, picture: Picture) -> Any:
    """A picture as it is shown through its mask: white lets it through.

    Layered scans draw one dark colour through the mask of the text. Where that would cover most of the page the mask is
    meant the other way round.
    """
    from PIL import Image, ImageOps, ImageStat

    image = _decoded(package, picture.part)
    if picture.mask is None:
        return image
    mask = _decoded(package, picture.mask).convert("L")
    one_colour = all(high - low < 16 for low, high in image.getextrema())
    if one_colour and ImageStat.Stat(mask).mean[0] > 127 and ImageStat.Stat(image).mean[0] < 127:
        mask = ImageOps.invert(mask)
    if mask.width * mask.height > image.width * image.height:
        image = image.resize(mask.size)
    elif mask.size != image.size:
        mask = mask.resize(image.size)
    return Image.composite(image, Image.new("RGB", image.size, "white"), mask)


def _decoded(package: OfdPackage, part: str | None) -> Any:
    """A picture of the package as a Pillow image.

    Raises:
        NoPicture: when it is missing, of a format that is not read (JBIG2), broken or too large.
    """
    from PIL import Image

    if part is None:
        raise NoPicture("图片缺失 / a picture is missing")
    if part.endswith((".jb2", ".jbig2")):
        raise NoPicture("图片为 JBIG2 格式，暂不支持 / the picture is JBIG2, which is not read")
    try:
        content = package.bytes_of(part) or b""
        with warnings.catch_warnings():
            # Pillow warns of large pictures; the limit is checked here before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(
                io.BytesIO(content), formats=("PNG", "JPEG", "BMP", "TIFF", "GIF", "JPEG2000")
            )
            if image.width * image.height > limits.MAX_PIXELS:
                raise NoPicture(f"图片过大（{image.width}×{image.height}） / the picture is too large")
            if image.mode in ("RGBA", "LA", "P", "PA"):
                whole = image.convert("RGBA")
                image = Image.new("RGB", whole.size, "white")
                image.paste(whole, mask=whole.getchannel("A"))
            return image.convert("RGB")
    except NotRead as error:
        if error.cause != "damaged":
            raise
        raise NoPicture(f"图片损坏 / the picture is broken: {error.message}") from error
    except (OSError, ValueError, SyntaxError, TypeError, EOFError, Image.DecompressionBombError) as error:
        detail = " ".join(str(error).split())[:120]
        raise NoPicture(f"图片无法解码 / the picture cannot be decoded: {detail}") from error


def _dpi(image: Any, matrix: Matrix) -> float:
    points = (matrix[0] ** 2 + matrix[1] ** 2) ** 0.5
    return float(image.width * 72 / points) if points > 1 else 72.0


def _paste(page: Any, image: Any, matrix: Matrix, scale: float) -> None:
    """Draws a picture where its matrix puts it; turned by quarters and mirrored as the matrix says, not slanted."""
    from PIL import Image

    a, b, c, d, _, _ = matrix
    x0, top, x1, bottom = (value * scale for value in bounds(matrix, 0.0, 0.0, 1.0, 1.0))
    if abs(b) + abs(c) > abs(a) + abs(d):
        image = image.transpose(Image.Transpose.TRANSPOSE)
        a, d = c, b
    if a < 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if d < 0:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    # Only what lies on the paper is scaled, whatever size the matrix claims.
    left, upper = max(x0, 0.0), max(top, 0.0)
    right, lower = min(x1, float(page.width)), min(bottom, float(page.height))
    if right - left < 1 or lower - upper < 1:
        return
    across, down = image.width / (x1 - x0), image.height / (bottom - top)
    part = ((left - x0) * across, (upper - top) * down, (right - x0) * across, (lower - top) * down)
    size = max(round(right - left), 1), max(round(lower - upper), 1)
    page.paste(image.resize(size, Image.Resampling.LANCZOS, box=part), (round(left), round(upper)))
