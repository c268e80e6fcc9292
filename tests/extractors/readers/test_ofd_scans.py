"""OFD pages that are pictures: put together as the page shows them, recognised, or said to be unread."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy
import pytest
from ofd_writer import note, of_objects, paragraphs, text, write
from PIL import Image, ImageDraw, ImageFont

from extractors.readers import limits, ocr, ofd
from extractors.readers.pages.assemble import Page, page_of
from extractors.readers.pages.glyphs import Glyph
from schemas.errors import NotRead
from schemas.reading import Box, Note, Paragraph

FONT = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"


class Recognition:
    """Stands in for text recognition and keeps what it was shown."""

    def __init__(self) -> None:
        self.images: list[Any] = []
        self.sizes: list[tuple[float, float]] = []

    def __call__(self, image: Any, number: int, width: float, height: float, notes: list[Note]) -> Page:
        self.images.append(image)
        self.sizes.append((width, height))
        notes.append(Note("ocr_text", "recognised", number, 0.9))
        return page_of(number, width, height, [], [], notes)


@pytest.fixture
def recognition(monkeypatch: pytest.MonkeyPatch) -> Recognition:
    stand_in = Recognition()
    monkeypatch.setattr(ocr, "recognise", stand_in)
    return stand_in


def picture(
    colour: str | tuple[int, ...], size: tuple[int, int] = (210, 297), kind: str = "PNG", mode: str = "RGB"
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind)
    return out.getvalue()


def colour_at(image: Any, x: float, y: float) -> str:
    """The colour at a place of an A4 page, in millimetres, as a letter."""
    red, green, blue = (int(v) > 127 for v in image[int(y / 297 * image.shape[0]), int(x / 210 * image.shape[1])][:3])
    return {
        (True, False, False): "r",
        (False, True, False): "g",
        (False, False, True): "b",
        (True, True, True): "w",
    }.get((red, green, blue), "?")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF"])
def test_a_page_that_is_one_picture_is_recognised_at_the_size_of_its_paper(kind: str, recognition: Recognition) -> None:
    data = picture("red", (840, 1188), kind)
    reading = of_objects(
        write.image_object(7, 0, 0, 210, 297), text("封底。"), images={7: (f"scan.{kind.lower()}", data)}
    )
    (image,) = recognition.images
    assert image.dtype == numpy.uint8
    assert image.shape == (1188, 840, 3)
    assert recognition.sizes[0] == (pytest.approx(595.3, abs=0.1), pytest.approx(841.9, abs=0.1))
    # What stands on the page as text beside the picture is kept.
    assert paragraphs(reading) == ["封底。"]
    assert note(reading, "ocr_text").confidence == 0.9


def test_a_scan_in_strips_is_put_together(recognition: Recognition) -> None:
    strips = "".join(write.image_object(7 + n, 0, 99 * n, 210, 99) for n in range(3))
    images = {7 + n: (f"{n}.png", picture(c, (420, 198))) for n, c in enumerate(("red", "lime", "blue"))}
    of_objects(strips, text("附件", y=20), images=images)
    (image,) = recognition.images
    assert [colour_at(image, 100, y) for y in (50, 150, 250)] == ["r", "g", "b"]


@pytest.mark.parametrize(
    ("ctm", "expected"),
    [
        ("210 0 0 297 0 0", "rg"),
        ("-210 0 0 297 210 0", "gr"),
        ("0 297 -210 0 210 0", "rg-down"),
        ("0 -297 210 0 0 297", "gr-down"),
    ],
)
def test_a_picture_is_shown_as_its_matrix_turns_it(ctm: str, expected: str, recognition: Recognition) -> None:
    two = Image.new("RGB", (200, 200), "red")
    two.paste((0, 255, 0), (100, 0, 200, 200))
    out = io.BytesIO()
    two.save(out, "PNG")
    placed = f'<ofd:ImageObject ID="0" Boundary="0 0 210 297" CTM="{ctm}" ResourceID="7"/>'
    of_objects(placed, text("附件", y=20), images={7: ("a.png", out.getvalue())})
    (image,) = recognition.images
    across = colour_at(image, 20, 148) + colour_at(image, 190, 148)
    down = colour_at(image, 105, 20) + colour_at(image, 105, 280)
    assert (across if "-" not in expected else down + "-down") == expected


def test_a_picture_without_a_matrix_fills_its_boundary_and_glass_is_white(recognition: Recognition) -> None:
    half = '<ofd:ImageObject ID="0" Boundary="0 0 210 200" ResourceID="7"/>'
    glass = write.image_object(8, 0, 200, 210, 97)
    images = {7: ("a.png", picture("red")), 8: ("b.png", picture((0, 0, 0, 0), mode="RGBA"))}
    of_objects(half + glass, text("附件", y=20), images=images)
    (image,) = recognition.images
    assert [colour_at(image, 100, y) for y in (100, 250)] == ["r", "w"]


def test_a_small_picture_beside_text_is_not_recognised(recognition: Recognition) -> None:
    seal = write.image_object(7, 130, 220, 40, 40)
    reading = of_objects(seal + text("各学校要按照本方案制定实施细则。"), images={7: ("seal.png", picture("red"))})
    assert recognition.images == []
    assert paragraphs(reading) == ["各学校要按照本方案制定实施细则。"]


def test_a_letterhead_on_a_scan_does_not_hide_the_scan(recognition: Recognition) -> None:
    head = "".join(text("青禾县教育局收文登记第一百二十号存档", y=20 + 10 * n) for n in range(3))
    scan = write.image_object(7, 0, 0, 210, 297)
    reading = of_objects(scan + head, images={7: ("scan.png", picture("white"))})
    assert len(recognition.images) == 1
    assert "".join(paragraphs(reading)) == "青禾县教育局收文登记第一百二十号存档" * 3


def test_text_on_a_scan_that_lies_turned_stands_with_it_and_its_boxes_where_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def turned(image: object, number: int, width: float, height: float, notes: list[Note]) -> Page:
        # The scan lies on its right side; upright the page is as wide as the paper is high.
        word = [Glyph(c, 100 + 12 * n, 300, 112 + 12 * n, 314) for n, c in enumerate("正文")]
        page = page_of(number, height, width, word, [], notes)
        page.back = lambda box: Box(box.page, width - box.bottom, box.x0, width - box.top, box.x1)
        return page

    monkeypatch.setattr(ocr, "recognise", turned)
    scan = write.image_object(7, 0, 0, 210, 297)
    reading = of_objects(scan + text("登", x=100, y=150), images={7: ("scan.png", picture("white"))})
    boxes = {b.text: b.boxes[0] for b in reading.blocks if isinstance(b, Paragraph)}
    assert boxes["登"].x0 == pytest.approx(100 * 72 / 25.4, abs=0.5)
    assert boxes["登"].bottom == pytest.approx(150 * 72 / 25.4, abs=5)
    assert (boxes["正文"].x0, boxes["正文"].top) == (pytest.approx(595.3 - 314, abs=0.5), pytest.approx(100, abs=0.5))


def test_the_background_of_a_short_page_that_cannot_be_decoded_costs_no_text(recognition: Recognition) -> None:
    background = write.image_object(7, 0, 0, 210, 297)
    body = text("各学校要按照本方案制定实施细则，") + text("由县教育局负责组织实施，按月报送。", y=70)
    reading = of_objects(background + body, images={7: ("a.png", b"no picture")})
    assert "".join(paragraphs(reading)) == "各学校要按照本方案制定实施细则，由县教育局负责组织实施，按月报送。"
    assert note(reading, "picture_not_read").page == 1


def test_the_text_layer_under_a_scan_is_read_and_said(recognition: Recognition) -> None:
    layer = text("各学校要按照本方案制定实施细则，") + text("由县教育局负责组织实施，按月报送。", y=70)
    reading = of_objects(layer + write.image_object(7, 0, 0, 210, 297), images={7: ("scan.png", picture("white"))})
    assert recognition.images == []
    assert "".join(paragraphs(reading)) == "各学校要按照本方案制定实施细则，由县教育局负责组织实施，按月报送。"
    assert note(reading, "ocr_text").page == 1


def test_the_text_layer_over_a_scan_is_read_and_said(recognition: Recognition) -> None:
    scan = write.image_object(7, 0, 0, 210, 297)
    layer = text("各学校要按照本方案制定实施细则，", Alpha="0") + text(
        "由县教育局负责组织实施，按月报送。", y=70, Alpha="0"
    )
    reading = of_objects(scan + layer, images={7: ("scan.png", picture("white"))})
    assert recognition.images == []
    assert "".join(paragraphs(reading)) == "各学校要按照本方案制定实施细则，由县教育局负责组织实施，按月报送。"
    assert note(reading, "ocr_text").page == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scan.jb2", b"\x97JB2\r\n\x1a\n" + bytes(50)),
        ("scan.png", b"no picture"),
        ("scan.png", picture("red")[:60]),
        ("scan.tif", b"II*\x00" + bytes(40)),
    ],
)
def test_a_picture_that_cannot_be_decoded_is_said(name: str, data: bytes, recognition: Recognition) -> None:
    reading = of_objects(write.image_object(7, 0, 0, 210, 297), text("第二页。"), images={7: (name, data)})
    assert paragraphs(reading) == ["第二页。"]
    assert note(reading, "unreadable_page").page == 1
    assert recognition.images == []


def test_a_missing_picture_is_said() -> None:
    reading = of_objects(write.image_object(99, 0, 0, 210, 297), text("第二页。"))
    assert note(reading, "unreadable_page").page == 1


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch, recognition: Recognition) -> None:
    monkeypatch.setattr(limits, "MAX_PIXELS", 1_000)
    reading = of_objects(
        write.image_object(7, 0, 0, 210, 297), text("第二页。"), images={7: ("scan.png", picture("red"))}
    )
    assert note(reading, "unreadable_page").page == 1
    assert recognition.images == []


def test_a_picture_larger_than_the_paper_is_cut_to_it(recognition: Recognition) -> None:
    huge = '<ofd:ImageObject ID="0" Boundary="0 0 210 297" CTM="9e6 0 0 9e6 -4e6 -4e6" ResourceID="7"/>'
    of_objects(huge, text("第二页。"), images={7: ("scan.png", picture("red"))})
    (image,) = recognition.images
    assert image.shape[0] * image.shape[1] <= 300 / 25.4 * 210 * 300 / 25.4 * 297 * 1.01


def test_recognition_that_fails_costs_the_page_and_not_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Page:
        raise RuntimeError("no model")

    monkeypatch.setattr(ocr, "recognise", fail)
    images = {7: ("scan.png", picture("red"))}
    reading = of_objects(write.image_object(7, 0, 0, 210, 297), text("第二页。"), images=images)
    assert paragraphs(reading) == ["第二页。"]
    assert "no model" in note(reading, "unreadable_page").message
    with pytest.raises(NotRead) as caught:
        of_objects(write.image_object(7, 0, 0, 210, 297), images=images)
    assert caught.value.cause == "no_text"


@pytest.mark.parametrize("white_is_text", [True, False])
def test_a_layered_scan_is_shown_through_its_mask(white_is_text: bool, recognition: Recognition) -> None:
    mask = Image.new("L", (210, 297), 0 if white_is_text else 255)
    mask.paste(255 - mask.getpixel((0, 0)), (50, 100, 150, 120))
    out = io.BytesIO()
    mask.save(out, "PNG")
    paper = write.image_object(7, 0, 0, 210, 297)
    ink = write.image_object(8, 0, 0, 210, 297).replace('ResourceID="8"', 'ResourceID="8" ImageMask="9"')
    images = {
        7: ("paper.png", picture("white", (21, 29))),
        8: ("ink.png", picture("blue", (21, 29))),
        9: ("mask.png", out.getvalue()),
    }
    of_objects(paper + ink, text("第二页。"), images=images)
    (image,) = recognition.images
    assert [colour_at(image, x, 110) for x in (20, 100, 190)] == ["w", "b", "w"]
    assert colour_at(image, 100, 200) == "w"


def test_a_wrong_text_layer_of_a_scan_gives_way_to_recognition(recognition: Recognition) -> None:
    wrong = "鏁欒偛灞€鍏充簬缁勫缓鍩庝埂瀛︽牎鍏卞悓浣撶殑閫氱煡"
    layer = "".join(text(wrong, y=40 + 10 * n, Alpha="0") for n in range(4))
    scan = write.image_object(7, 0, 0, 210, 297)
    reading = of_objects(scan + layer, text("第二页。"), images={7: ("scan.png", picture("white"))})
    assert len(recognition.images) == 1
    assert paragraphs(reading) == ["第二页。"]


def test_a_wrong_text_layer_without_a_scan_is_said() -> None:
    wrong = "鏁欒偛灞€鍏充簬缁勫缓鍩庝埂瀛︽牎鍏卞悓浣撶殑閫氱煡"
    reading = of_objects("".join(text(wrong, y=40 + 10 * n) for n in range(4)), text("第二页。"))
    assert note(reading, "unreadable_page").page == 1


RING = "M 0 0 L 20 0 L 20 20 L 0 20 C M 5 5 Q 10 2 15 5 B 17 8 17 12 15 15 L 5 15 C"


def test_text_drawn_as_shapes_is_shown_to_recognition_with_its_holes(recognition: Recognition) -> None:
    paper = write.path_object("0 0 210 297", "M 0 0 L 210 0 L 210 297 L 0 297 C", 'Fill="true" Stroke="false"').replace(
        "<ofd:Abbrev", '<ofd:FillColor Value="255 255 255"/><ofd:Abbrev'
    )
    shapes = "".join(
        write.path_object(f"{20 + 30 * (n % 5)} {20 + 30 * (n // 5)} 20 20", RING, 'Fill="true" Stroke="false"')
        for n in range(45)
    )
    of_objects(paper + shapes, text("第二页。"))
    (image,) = recognition.images
    row = image[int(30 / 297 * image.shape[0])]
    shade = [int(row[int(x / 210 * image.shape[1])][0]) for x in (22, 30, 38, 45)]
    assert shade == [0, 255, 0, 255]


def test_a_few_shapes_are_no_text(recognition: Recognition) -> None:
    shape = write.path_object("20 20 20 20", RING, 'Fill="true" Stroke="false"')
    of_objects(shape * 3, text("第二页。"))
    assert recognition.images == []


@pytest.mark.slow
def test_text_drawn_as_shapes_is_read() -> None:
    line = "各中小学要按照本方案制定实施细则"
    size = 1240, 1754
    page = Image.new("L", size, 0)
    ImageDraw.Draw(page).text((160, 300), line, fill=255, font=ImageFont.truetype(FONT, 44))
    contours, _ = cv2.findContours(numpy.asarray(page), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_TC89_L1)
    paths = [" L ".join(f"{x} {y}" for ((x, y),) in contour) for contour in contours if len(contour) > 2]
    data = " ".join(f"M {path} C" for path in paths)
    scale = 210 / size[0]
    ctm = f'CTM="{scale} 0 0 {scale} 0 0" Fill="true" Stroke="false"'
    reading = of_objects(write.path_object("0 0 210 297", data, ctm))
    assert paragraphs(reading) == [line]


@pytest.mark.slow
def test_a_scanned_page_is_read() -> None:
    page = Image.new("L", (1240, 1754), 255)
    font = ImageFont.truetype(FONT, 34)
    lines = ["关于组建城乡学校共同体的通知", "各中小学要按照本方案制定实施细则，", "由县教育局负责组织实施。"]
    for number, line in enumerate(lines):
        ImageDraw.Draw(page).text((200, 260 + 70 * number), line, fill=0, font=font)
    out = io.BytesIO()
    page.save(out, "PNG")
    reading = of_objects(write.image_object(7, 0, 0, 210, 297), images={7: ("scan.png", out.getvalue())})
    assert "".join(paragraphs(reading)).replace(",", "，") == "".join(lines)
    found = note(reading, "ocr_text")
    assert found.confidence is not None
    assert found.confidence > 0.9


def test_the_reader_is_the_one_that_is_called_for_the_format() -> None:
    from extractors.readers import read

    reading = read(write.package(write.parts([write.page_xml(text("正文。"))])), "通知.ofd")
    assert reading.media_type == ofd.MEDIA_TYPE
