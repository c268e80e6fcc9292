"""What the reader of pictures promises."""

from __future__ import annotations

import struct
import zlib
from functools import cache

import numpy as np
import pytest
from PIL import Image
from scanner import BAIZHI, TRADITIONAL, page, saved

from extractors.readers import image, limits, read
from schemas.errors import NotRead
from schemas.reading import Paragraph, Reading

HEAD = "汝溪縣隸屬駐馬店市"


@cache
def picture() -> Image.Image:
    """Three lines of text: a small picture is read quickly."""
    return Image.open(TRADITIONAL).convert("RGB").crop((0, 0, 1000, 190))


def text(reading: Reading) -> str:
    return "".join(b.text for b in reading.blocks if isinstance(b, Paragraph))


def refused(data: bytes, name: str) -> NotRead:
    with pytest.raises(NotRead) as caught:
        read(data, name)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
    ],
)
def test_every_usual_format_of_pictures_is_read(kind: str, media_type: str) -> None:
    found = read(saved(picture(), kind), f"通知.{kind.lower()}")
    assert found.media_type == media_type
    assert text(found).startswith(HEAD)
    assert [(n.kind, n.page) for n in found.notes] == [("ocr_text", 1)]


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "CMYK"])
def test_black_and_white_grey_palettes_transparency_and_print_colours_are_read(mode: str) -> None:
    if mode == "I;16":
        data = saved(Image.fromarray(np.asarray(picture().convert("L")).astype(np.uint16) * 257), "PNG")
    elif mode == "LA":  # black on nothing, as a signature or a formula is cut out
        cut = Image.new("L", picture().size, 0).convert("LA")
        cut.putalpha(picture().convert("L").point(lambda v: 255 - v))
        data = saved(cut, "PNG")
    else:
        data = saved(picture().convert(mode), "TIFF")
    assert text(read(data, "x")).startswith(HEAD)


def test_every_page_of_a_fax_is_read_and_its_blank_page_is_no_fault() -> None:
    pages = [Image.new("RGB", (400, 500), "white"), picture().rotate(90, expand=True)]
    found = read(saved(picture(), "TIFF", save_all=True, append_images=pages), "传真.tif")
    assert found.pages == 3
    assert [(n.kind, n.page) for n in found.notes] == [("ocr_text", 1), ("ocr_text", 3)]
    assert {b.page for b in found.blocks if isinstance(b, Paragraph)} == {1, 3}


def test_of_an_animation_the_first_picture_is_read_and_that_is_said() -> None:
    data = saved(picture(), "GIF", save_all=True, append_images=[Image.new("RGB", picture().size, "red")])
    found = read(data, "x.gif")
    assert text(found).startswith(HEAD)
    assert [n.kind for n in found.notes] == ["frames_left_out", "ocr_text"]


def test_a_photograph_is_held_the_way_its_camera_says() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    found = read(saved(picture().rotate(90, expand=True), "JPEG", exif=turned), "x.jpg")
    assert text(found).startswith(HEAD)
    box = next(b for b in found.blocks if isinstance(b, Paragraph)).boxes[0]
    assert box.x1 - box.x0 > 5 * (box.bottom - box.top)


def test_a_picture_without_text_is_no_text() -> None:
    assert refused(saved(Image.new("RGB", (600, 800), "white"), "PNG"), "x.png").cause == "no_text"


def png(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [100_000, 30_000, 10_001])
def test_a_picture_of_countless_pixels_is_refused_by_its_header(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "load", decoded)
    assert refused(png(side, side), "x.png").cause == "over_limit"


def test_a_later_page_of_countless_pixels_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PIXELS", 300_000)
    data = saved(picture(), "TIFF", save_all=True, append_images=[Image.new("L", (1000, 1000))])
    assert refused(data, "x.tif").cause == "over_limit"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.6])
def test_a_cut_off_picture_is_damaged_or_says_that_only_a_part_is_read(kind: str, share: float) -> None:
    whole = saved(picture(), kind)
    try:
        outcome = [n.kind for n in image.read(whole[: int(len(whole) * share)], "x").notes]
    except NotRead as error:
        outcome = [error.cause]
    assert {"truncated", "damaged"} & set(outcome)


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"GIF89a"])
def test_junk_behind_a_signature_is_damaged(head: bytes) -> None:
    assert refused(head + bytes(range(256)) * 20, "x").cause == "damaged"


def test_other_formats_that_pillow_knows_are_not_tried() -> None:
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EOF\n"
    with pytest.raises(NotRead) as caught:
        image.read(postscript, "x.png")
    assert caught.value.cause == "damaged"


@pytest.mark.parametrize(
    ("pixels", "density", "points"),
    [
        ((1240, 1754), (150, 150), (595, 842)),
        ((2480, 3508), (300, 300), (595, 842)),
        ((1728, 1143), (204, 98), (610, 840)),  # a fax: not square
        ((3024, 4032), (72, 72), (631, 842)),  # a telephone: 72 says nothing
        ((1240, 1754), None, (595, 842)),
        ((1240, 1754), (0, 0), (595, 842)),
        ((1240, 1754), (1e9, 1e-9), (595, 842)),
        ((100_000, 10), (1, 1), (842, 0.08)),
    ],
)
def test_the_size_of_the_paper_is_the_tag_s_where_it_can_be_true(
    pixels: tuple[int, int], density: tuple[float, float] | None, points: tuple[float, float]
) -> None:
    assert image.size_in_points(*pixels, density) == pytest.approx(points, abs=1)


def test_a_large_scan_gives_boxes_of_the_paper_s_size() -> None:
    data = saved(page(BAIZHI, 1, 400), "JPEG", dpi=(400, 400))
    found = read(data, "x.jpg")
    (title,) = [b for b in found.blocks if isinstance(b, Paragraph) and b.text.startswith("白芷县教育体育局关于印发")]
    assert title.text == "白芷县教育体育局关于印发《白芷县城乡学校共同体建设工作方案》的通知"
    assert title.style == "title"
    assert 80 < title.boxes[0].x0 < 100
    assert 500 < title.boxes[0].x1 < 530


@pytest.mark.parametrize("tag", [0x0100, 0x0101, 0x0102, 0x0111])
@pytest.mark.parametrize("change", [b"\x00\x00", b"\xff\xff"])
def test_a_tiff_without_one_of_its_tags_is_damaged_or_read(tag: int, change: bytes) -> None:
    whole = saved(picture(), "TIFF")
    directory = struct.unpack_from("<I", whole, 4)[0]
    count = struct.unpack_from("<H", whole, directory)[0]
    places = [directory + 2 + 12 * n for n in range(count)]
    place = next(p for p in places if struct.unpack_from("<H", whole, p)[0] == tag)
    broken = whole[:place] + change + whole[place + 2 :]
    try:
        assert text(read(broken, "x.tif"))
    except NotRead as error:
        assert error.cause in ("damaged", "no_text")  # noqa: PT017


def test_a_picture_whose_exif_is_rubbish_is_read() -> None:
    exif = b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08" + b"\xff" * 60
    assert text(read(saved(picture(), "JPEG", exif=exif), "x.jpg")).startswith(HEAD)


def test_a_picture_that_lacks_only_its_end_mark_is_read_and_that_is_said() -> None:
    whole = saved(picture(), "PNG")
    found = read(whole[:-9], "x.png")
    assert text(found).startswith(HEAD)
