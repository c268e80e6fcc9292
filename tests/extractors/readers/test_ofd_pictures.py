"""OFD pages with text and pictures: tables in the pictures are read at their place, and the pages can be drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import ofd_writer as w
import pasted
import pytest
import scanner
from PIL import Image

from extractors.page_images import COLOURS, Marked, write_page_images
from extractors.readers import ofd
from extractors.readers.ofd import drawing
from schemas.document import PageBox
from schemas.reading import Table

MM = 72 / 25.4
WIDTH, HEIGHT = (round(v / MM, 2) for v in pasted.SIZE)
PICTURE = w.write.image_object(7, 20, 70, WIDTH, HEIGHT)


def with_table(**more: Any) -> ofd.Reading:
    objects = w.text("表格上方的一段文字。") + PICTURE + w.text("表格下方的一段文字。", y=200)
    return w.of_objects(objects, images={7: ("t.png", scanner.saved(pasted.table(), "PNG"))}, **more)


def test_a_table_pasted_as_a_picture_stands_between_the_paragraphs_around_it() -> None:
    reading = with_table()
    kinds = ["表" if isinstance(block, Table) else block.text[:4] for block in reading.blocks]
    assert kinds == ["表格上方", "表", "表格下方"]
    (table,) = w.tables(reading)
    assert [cell.text for cell in table.cells if cell.row == 0] == ["序号", "模式", "核心校", "成员校", "联系领导"]
    assert table.boxes[0].x0 == pytest.approx(20 * MM + 9.4, abs=2)
    assert table.boxes[0].top == pytest.approx(70 * MM + 7.4, abs=2)
    assert w.note(reading, "ocr_text").page == 1


def test_a_photograph_on_a_page_is_neither_read_nor_complained_of() -> None:
    picture = {7: ("t.png", scanner.saved(pasted.photograph(), "PNG"))}
    reading = w.of_objects(w.text("图片上方的一段文字。") + w.write.image_object(7, 20, 70, 90, 60), images=picture)
    assert w.paragraphs(reading) == ["图片上方的一段文字。"]
    assert reading.notes == []


def test_a_picture_of_a_format_that_is_not_read_is_said_with_its_page() -> None:
    reading = w.of_objects(w.text("图片上方的一段文字。") + PICTURE, images={7: ("t.jb2", b"x")})
    assert w.note(reading, "picture_not_read").page == 1


def made(objects: str) -> bytes:
    content: bytes = w.write.package(w.write.parts([w.write.page_xml(objects)]))
    return content


@pytest.fixture
def one_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    box = PageBox(page=1, x0=100, top=100, x1=300, bottom=200)
    monkeypatch.setattr("extractors.page_images.marks", lambda document: iter([Marked("community", box)]))


def inked(path: Path, x0: float, top: float, x1: float, bottom: float) -> float:
    """How much of a rectangle, in millimetres, is dark."""
    with Image.open(path) as image:
        pixels = numpy.asarray(image.convert("L"))
    dots = pixels.shape[1] / 210
    part = pixels[round(top * dots) : round(bottom * dots), round(x0 * dots) : round(x1 * dots)]
    return float((part < 100).mean())


@pytest.mark.skipif(drawing.chinese_font() is None, reason="no Chinese font on this machine")
def test_a_page_is_drawn_with_its_characters_where_they_stand(tmp_path: Path, one_mark: None) -> None:
    said: list[str] = []
    (path,) = write_page_images(made(w.text("校共体建设", x=30, y=60)), "a.ofd", [None], tmp_path, said.append)  # type: ignore[list-item]
    assert said == []
    assert inked(path, 30, 54, 55, 61) > 0.05
    assert inked(path, 30, 70, 55, 77) == 0
    with Image.open(path) as image:
        assert COLOURS["community"] in {colour for _, colour in image.getcolors(1 << 24) or ()}


def test_without_a_chinese_font_the_boxes_are_drawn_on_blank_paper_and_it_is_said(
    tmp_path: Path, one_mark: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "chinese_font", lambda: None)
    said: list[str] = []
    (path,) = write_page_images(made(w.text("校共体建设", x=30, y=60)), "a.ofd", [None], tmp_path, said.append)  # type: ignore[list-item]
    assert len(said) == 1
    assert inked(path, 30, 54, 55, 61) == 0
    with Image.open(path) as image:
        assert COLOURS["community"] in {colour for _, colour in image.getcolors(1 << 24) or ()}


def test_a_picture_on_a_page_is_drawn(tmp_path: Path, one_mark: None) -> None:
    parts = w.write.parts([w.write.page_xml(PICTURE)], images={7: ("t.png", scanner.saved(pasted.table(), "PNG"))})
    (path,) = write_page_images(w.write.package(parts), "a.ofd", [None], tmp_path)  # type: ignore[list-item]
    assert inked(path, 20, 70, 20 + WIDTH, 70 + HEIGHT) > 0.01
