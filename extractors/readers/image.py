"""Pictures of documents: PNG, JPEG, GIF, BMP, TIFF and WebP, read by text recognition.

A photograph taken with a phone, a page out of a scanner, a fax of many pages in one TIFF. Pillow reads the formats; what
a picture claims in its header is held against the limits before anything is decoded.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

from extractors.readers import limits, progress
from extractors.readers.formats import FORMATS
from schemas.errors import NotRead
from schemas.reading import Note, Reading

_FORMATS = {"PNG": "png", "JPEG": "jpeg", "MPO": "jpeg", "GIF": "gif", "BMP": "bmp", "TIFF": "tiff", "WEBP": "webp"}
"""Pillow's names of the formats read here; MPO is a JPEG with a second picture for depth. Others are not tried."""
_AGAIN = "请重新取得该文件 / obtain the file again"
_ORIENTATION = 0x0112
"""EXIF 2.32, 4.6.4: how the camera was held; 5 to 8 are turned by a quarter."""
_PAPER_LONG = 842.0
"""A4's long side in points (ISO 216)."""
_BROKEN = Exception
"""What Pillow raises for a broken picture: its parsers trust tags, so a missing one ends in a ``TypeError``, another in a
``KeyError`` or ``ZeroDivisionError``; nothing but Pillow's own work is done where it is caught."""


def read(data: bytes, uri: str) -> Reading:
    """Reads a picture.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        Paragraphs and tables with page and boxes in points; every page of a TIFF, the first picture of an animation.
        Notes: ``ocr_text`` per page with the confidence, ``truncated`` where the picture's data ends too early,
        ``frames_left_out`` for an animation.

    Raises:
        NotRead: ``over_limit``, ``damaged``, or ``no_text`` when nothing is written in it.
    """
    from extractors.readers.ocr import recognise
    from extractors.readers.pages.assemble import blocks

    picture, media_type = _open(data, uri)
    with picture:
        reading = Reading(media_type)
        pages = []
        for number, image, width, height in _pages(picture, uri, reading):
            pages.append(recognise(image, number, width, height, reading.notes))
            progress.advance()
    reading.pages = len(pages)
    if not any(page.lines or page.tables for page in pages):
        if unread := [note.message for note in reading.notes if note.kind in ("truncated", "unreadable_page")]:
            raise _damaged(uri, unread[0])
        raise NotRead(
            uri,
            "no_text",
            "图片里没有识别到文字 / no text was recognised in the picture",
            "请提供更清晰的扫描件或原件 / provide a clearer scan or the original",
        )
    reading.blocks = blocks(pages)
    return reading


def pages(data: bytes, uri: str) -> Iterator[tuple[int, Any, float, float]]:
    """Each page of a picture as it is given to recognition: number, uint8 RGB array, width and height in points.

    Raises:
        NotRead: ``over_limit``, ``damaged``.
    """
    picture, media_type = _open(data, uri)
    with picture:
        yield from _pages(picture, uri, Reading(media_type))


def _open(data: bytes, uri: str) -> tuple[Any, str]:
    """The picture, its header read and nothing else; its media type."""
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow only warns between its limit and twice of it; the size is checked here, for every page.
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(io.BytesIO(data), formats=[name for name in _FORMATS if name != "MPO"])
        except Image.DecompressionBombError as error:
            raise _too_large(uri, str(error).partition("(")[2].partition(" ")[0]) from error
        except _BROKEN as error:
            raise _damaged(uri, error) from error
    return picture, FORMATS[_FORMATS[str(picture.format)]].media_type


def _pages(picture: Any, uri: str, reading: Reading) -> Iterator[tuple[int, Any, float, float]]:
    """Each page as number, RGB array, and size in points."""
    count = _count(picture, uri)
    if picture.format != "TIFF" and count > 1:
        # The pictures of an animation show one document again and again; MPO's second one is for depth.
        if picture.format != "MPO":
            message = f"动图共 {count} 帧，只读第一帧 / an animation of {count} frames, only the first is read"
            reading.notes.append(Note("frames_left_out", message))
        count = 1
    if count > limits.MAX_PAGES:
        raise NotRead(
            uri,
            "over_limit",
            f"图片有 {count} 页，上限 {limits.MAX_PAGES} / the picture has {count} pages, the limit is {limits.MAX_PAGES}",
            "请拆分后再读 / split it",
        )
    for index in range(count):
        try:
            picture.seek(index)
        except _BROKEN as error:
            reading.notes.append(_unreadable(index + 1, error))
            continue
        if picture.width * picture.height > limits.MAX_PIXELS:
            raise _too_large(uri, f"{picture.width} × {picture.height}")
        try:
            image = _decoded(picture, index + 1, reading.notes)
        except MemoryError as error:
            raise _too_large(uri, f"{picture.width} × {picture.height}") from error
        except _BROKEN as error:
            if count == 1:
                raise _damaged(uri, error) from error
            reading.notes.append(_unreadable(index + 1, error))
            continue
        yield index + 1, *image


def _count(picture: Any, uri: str) -> int:
    try:
        return int(getattr(picture, "n_frames", 1))
    except _BROKEN as error:
        raise _damaged(uri, error) from error


def _decoded(picture: Any, number: int, notes: list[Note]) -> tuple[Any, float, float]:
    """The picture as an upright RGB array on white paper, and its size in points."""
    import numpy as np
    from PIL import Image, ImageFile, ImageOps

    columns, rows = picture.size
    density = picture.info.get("dpi")
    # A JPEG can be decoded at a half, a quarter or an eighth of its size; others are scaled down right after.
    picture.draft("RGB", (limits.MAX_OCR_SIDE, limits.MAX_OCR_SIDE))
    try:
        frame = picture.copy()
    except (OSError, SyntaxError) as error:
        if "truncated" not in str(error).lower():
            raise
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            frame = picture.copy()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        message = (
            f"第 {number} 页的图像数据不完整，只读出一部分 / the data of the picture ends too early, a part is read"
        )
        notes.append(Note("truncated", message, number))
    turned = False
    # A broken EXIF block says nothing of how the picture was held; the picture itself may be whole.
    with contextlib.suppress(_BROKEN):
        turned = frame.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
        frame = ImageOps.exif_transpose(frame)
    if frame.mode.startswith("I") or frame.mode == "F":
        frame = _eight_bits(frame)
    if "A" in frame.getbands() or "transparency" in frame.info:
        frame = frame.convert("RGBA")
        frame = Image.alpha_composite(Image.new("RGBA", frame.size, (255, 255, 255, 255)), frame)
    frame = frame.convert("L" if frame.mode == "1" else "RGB")
    frame.thumbnail((limits.MAX_OCR_SIDE, limits.MAX_OCR_SIDE))
    array = np.asarray(frame.convert("RGB"))
    if turned:
        columns, rows = rows, columns
    width, height = size_in_points(columns, rows, _tag(density, turned))
    return array, width, height


def _eight_bits(frame: Any) -> Any:
    """Sixteen bits of grey, or more, brought to eight: Pillow's own conversion cuts them off at 255."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(frame, np.float64))
    low, high = float(values.min()), float(values.max())
    return Image.fromarray(((values - low) / ((high - low) or 1.0) * 255).astype(np.uint8))


def _tag(density: object, turned: bool) -> tuple[float, float] | None:
    try:
        across, down = (float(v) for v in density)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (down, across) if turned else (across, down)


def size_in_points(columns: int, rows: int, density: tuple[float, float] | None) -> tuple[float, float]:
    """The size of the paper that a picture shows.

    Args:
        columns, rows: its pixels.
        density: dots per inch, across and down, as its tag says.

    Returns:
        Width and height in points. The tag is believed when the paper it makes is between a slip (4 cm) and A0
        (ISO 216): cameras and screenshots write 72 dpi whatever they show, which makes a photograph a poster. Without
        a believable tag the long side is taken for that of A4, the paper of official documents (GB/T 9704-2012, 5.1).
    """
    if density and all(20 <= d <= 2_400 for d in density) and 0.3 < density[0] / density[1] < 3:
        width, height = columns * 72 / density[0], rows * 72 / density[1]
        plain = density[0] in (72, 96) and max(width, height) > 1_300
        if 110 <= max(width, height) <= 3_400 and not plain:
            return width, height
    scale = _PAPER_LONG / max(columns, rows)
    return columns * scale, rows * scale


def _unreadable(page: int, error: Exception) -> Note:
    detail = " ".join(str(error).split())[:200]
    return Note("unreadable_page", f"第 {page} 页未读取：图像损坏 / the picture is damaged: {detail}", page)


def _damaged(uri: str, error: Exception | str) -> NotRead:
    detail = " ".join(str(error).split()).partition("<_io")[0][:200]
    return NotRead(uri, "damaged", f"图片已损坏 / the picture is damaged: {detail}", _AGAIN)


def _too_large(uri: str, size: str) -> NotRead:
    return NotRead(
        uri,
        "over_limit",
        f"图片有 {size} 像素，超过上限 {limits.MAX_PIXELS} / the picture has {size} pixels, the limit is "
        f"{limits.MAX_PIXELS}",
        "请以较低分辨率重新扫描 / scan it again at a lower resolution",
    )
