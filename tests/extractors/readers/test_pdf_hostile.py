"""A PDF from outside can be broken, locked or a scan: it gives a clear refusal or a reading that says what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_typesetter import FONT, Sheet, Typesetter
from PIL import Image
from readings import refused_or_read
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader

from extractors.readers import pdf
from schemas.errors import NotRead


def good() -> bytes:
    sheet = Typesetter()
    sheet.title("城乡学校共同体建设实施方案")
    for number in range(1, 20):
        sheet.paragraph(f"{number}.各校要健全结对帮扶机制，每学期开展联合教研不少于4次。" * 2)
    sheet.table(Sheet([(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "乙"), (1, 0, 1, 2, "丙")], [80, 80]))
    return sheet.finish()


GOOD = good()


def cause(data: bytes) -> str:
    with pytest.raises(NotRead) as caught:
        pdf.read(data, "方案.pdf")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("方案.pdf: ")
    return caught.value.cause


def scan(sheet: Typesetter) -> None:
    """A page that is one picture."""
    picture = Image.new("RGB", (60, 80), "white")
    sheet.canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    sheet.canvas.showPage()


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_truncated_pdf_is_damaged_and_never_half_read(share: float) -> None:
    assert cause(GOOD[: int(len(GOOD) * share)]) == "damaged"


def test_what_is_no_pdf_is_damaged() -> None:
    assert cause(b"%PDF-1.7\n" + bytes(range(256)) * 20) == "damaged"
    assert cause(b"") == "damaged"


def test_a_pdf_behind_a_password_says_so_and_one_that_anybody_may_open_is_read() -> None:
    locked = Typesetter(encrypt=StandardEncryption("secret", "owner"))
    locked.paragraph("正文")
    assert cause(locked.finish()) == "encrypted"
    open_to_all = Typesetter(encrypt=StandardEncryption("", "owner", canCopy=0))
    open_to_all.paragraph("正文")
    assert any(block.text == "正文" for block in pdf.read(open_to_all.finish(), "x.pdf").blocks)


def test_a_pdf_without_pages_says_so() -> None:
    objects = b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    data = b"%PDF-1.4\n" + objects
    table = b"xref\n0 3\n0000000000 65535 f \n"
    table += b"".join(b"%010d 00000 n \n" % data.index(b"%d 0 obj" % number) for number in (1, 2))
    end = b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    assert cause(data + table + end) == "no_pages"


def test_a_scan_that_shows_nothing_is_no_text_with_the_cure() -> None:
    only = Typesetter(page_numbers=None)
    scan(only)
    with pytest.raises(NotRead) as caught:
        pdf.read(only.finish(), "x.pdf")
    assert caught.value.cause == "no_text"
    assert "可检索" in caught.value.cure


def test_a_scanned_page_that_could_not_be_recognised_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("extractors.readers.ocr.recognise", fails)
    mixed = Typesetter(page_numbers=None)
    mixed.paragraph("正文")
    mixed.end_page()
    scan(mixed)
    reading = pdf.read(mixed.finish(), "x.pdf")
    assert [(note.kind, note.page) for note in reading.notes] == [("unreadable_page", 2)]
    assert "out of memory" in reading.notes[0].message
    only = Typesetter(page_numbers=None)
    scan(only)
    with pytest.raises(NotRead, match="out of memory"):
        pdf.read(only.finish(), "x.pdf")


def test_what_is_stamped_over_a_scanned_page_is_read_too() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.paragraph("正文")
    sheet.end_page()
    sheet.canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), "white")), 0, 0, 595, 842)
    sheet.put("收文第12号", 60, 40, 12)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert [getattr(block, "text", "") for block in reading.blocks] == ["正文", "收文第12号"]


def test_a_blank_page_is_not_called_unreadable() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.paragraph("正文")
    sheet.end_page()
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert reading.pages == 2
    assert reading.notes == []


def test_a_drawing_of_countless_lines_does_not_stop_the_reader() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.paragraph("地图如下。")
    path = sheet.canvas.beginPath()
    for number in range(50_000):
        path.moveTo(80 + number % 400, 100)
        path.lineTo(80 + number % 400, 600)
    sheet.canvas.drawPath(path)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert [note.kind for note in reading.notes] == ["table_not_read"]
    assert reading.blocks[0].text == "地图如下。"


def test_a_dense_grid_of_lines_is_read_in_bounded_time() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.canvas.setFont(FONT, 4)
    for number in range(151):
        sheet.canvas.line(50, 50 + 4.5 * number, 500, 50 + 4.5 * number)
        sheet.canvas.line(50 + 3 * number, 50, 50 + 3 * number, 725)
    sheet.put("字", 60, 300, 3)
    sheet.paragraph("正文")
    assert pdf.read(sheet.finish(), "x.pdf").blocks


@settings(max_examples=120, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=60))
def test_any_damage_ends_in_a_refusal_or_a_reading(offset: int, junk: bytes) -> None:
    refused_or_read(pdf.read, GOOD[:offset] + junk + GOOD[offset + len(junk) :], "x.pdf")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, len(GOOD) - 1))
def test_cut_anywhere_it_is_refused_or_whole(length: int) -> None:
    whole = list(pdf.read(GOOD, "x.pdf").blocks)
    try:
        reading = pdf.read(GOOD[:length], "x.pdf")
    except NotRead:
        return
    assert reading.blocks == whole


def test_a_page_size_from_a_crop_box_moves_the_places() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.canvas.setCropBox((40, 0, 595, 802))
    sheet.put("正文在裁切后的页面上。", 80, 100, 16)
    (block,) = pdf.read(sheet.finish(), "x.pdf").blocks
    assert block.boxes[0].x0 == pytest.approx(40, abs=1)
    assert block.boxes[0].top == pytest.approx(60, abs=5)


def test_text_laid_under_a_scan_is_read_and_said_to_come_from_recognition() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.paragraph("各校要健全结对帮扶机制，每学期开展联合教研不少于4次。" * 3)
    sheet.canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), "white")), 0, 0, 595, 842)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert [(note.kind, note.page) for note in reading.notes] == [("ocr_text", 1)]
    assert len(reading.blocks) == 1
