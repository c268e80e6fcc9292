"""A table that was pasted into a text as a picture is read where it stands; pictures without text cost next to nothing."""

from __future__ import annotations

import base64
import io
import re
from itertools import pairwise

import cv2
import docx_writer as word
import numpy as np
import odt_writer
import pasted
import pytest
import rtf_writer
import scanner
from docx.shared import Cm
from readings import kinds

from extractors.parse import parse
from extractors.readers import docx, ocr, pdf
from extractors.readers.ocr import insets
from schemas.outcome import SourceFile
from schemas.reading import Paragraph, Reading, Table

ABOVE = [f"　　第{n}段写在图片上方，说明全县工作安排，内容不少。" for n in "一二三四"]
BELOW = [f"　　第{n}段写在图片下方，说明后续工作要求，内容不少。" for n in "五六七八"]
TEXT = [*ABOVE, *[""] * 8, *BELOW]
PLACE = (70.0, 205.0, *pasted.SIZE)
PLAN = [
    "白芷县城乡学校共同体建设工作方案",
    "　　各乡镇中心学校、县直各中小学：",
    "四、结对安排",
    "　　全县共组建校共体4个，由县教育体育局统一组建。",
]
COMMUNITIES = [
    ("白芷县第一小学", ["芦湾镇中心小学", "芦湾镇周庄小学"]),
    ("白芷县实验初级中学", ["杏树坪乡初级中学", "黑石沟乡初级中学"]),
    ("白芷县第二小学", ["杏树坪乡中心小学", "杏树坪乡南坡小学", "黑石沟乡中心小学"]),
    ("芦湾镇第一初级中学", ["芦湾镇第二初级中学"]),
]
CELLS = ["序号", "模式", "核心校", "成员校", "联系领导"]


def order(reading: Reading) -> list[str]:
    """What stands in the text, in its order: which paragraphs, and 表 for a table."""
    found: list[str] = []
    for block in reading.blocks:
        if block.role == "body":
            found += re.findall("第(.)段", block.text) if isinstance(block, Paragraph) else ["表"]
    return found


def the_table(reading: Reading) -> Table:
    return next(block for block in reading.blocks if isinstance(block, Table))


@pytest.fixture
def recognitions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pages that whole recognition was asked for."""
    asked: list[int] = []
    real = ocr.recognise

    def counted(image: object, number: int, *rest: object) -> object:
        asked.append(number)
        return real(image, number, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ocr, "recognise", counted)
    return asked


def test_a_table_pasted_into_a_pdf_page_stands_between_the_paragraphs_around_it() -> None:
    reading = pdf.read(
        pasted.pdf([(["　　第一页只有文字，没有图片，写得也够长了。"], []), (TEXT, [(pasted.table(), *PLACE)])]),
        "a.pdf",
    )
    assert order(reading) == list("一二三四表五六七八")
    table = the_table(reading)
    assert [cell.text for cell in table.cells if cell.row == 0] == CELLS
    assert table.page == 2
    note = next(note for note in reading.notes if note.kind == "ocr_text")
    assert note.page == 2
    assert "第 2 页的图片" in note.message
    assert (note.confidence or 0) > 0.9


def test_boxes_of_what_a_picture_says_are_on_the_page_it_stands_on() -> None:
    table = the_table(pdf.read(pasted.pdf([(TEXT, [(pasted.table(), *PLACE)])]), "a.pdf"))
    # In the picture the table's frame begins 9.4 points from the left edge and 7.4 from the upper one.
    assert table.boxes[0].x0 == pytest.approx(79.4, abs=2)
    assert table.boxes[0].top == pytest.approx(212.4, abs=2)
    for cell in table.cells:
        assert cell.box is not None
        assert cell.confidence is not None
        assert 77 <= cell.box.x0 < cell.box.x1 <= 525
        assert 210 <= cell.box.top < cell.box.bottom <= 382


def test_communities_of_a_pasted_table_are_extracted_with_their_place() -> None:
    (document,) = parse(SourceFile(uri="a.pdf", data=pasted.pdf([(PLAN, [(pasted.table(), *PLACE)])]))).documents
    assert [(c.lead, c.members) for c in document.communities] == COMMUNITIES
    first = document.communities[0]
    assert first.span.page == 1
    assert first.span.boxes


def test_a_picture_cut_into_strips_is_read_as_one() -> None:
    picture = pasted.table()
    rows = picture.shape[0]
    cuts = [0, rows // 3 + 7, 2 * rows // 3 - 5, rows]
    strips = []
    for upper, lower in pairwise(cuts):
        x0, top, width, height = PLACE
        strips.append((picture[upper:lower], x0, top + height * upper / rows, width, height * (lower - upper) / rows))
    reading = pdf.read(pasted.pdf([(TEXT, strips)]), "a.pdf")
    assert len([block for block in reading.blocks if isinstance(block, Table)]) == 1
    assert [cell.text for cell in the_table(reading).cells if cell.row == 0] == CELLS


def test_photographs_seals_and_plain_areas_are_not_recognised(recognitions: list[int]) -> None:
    pictures = [
        (pasted.photograph(), 80.0, 220.0, 200.0, 140.0),
        (pasted.seal(), 380.0, 220.0, 120.0, 120.0),
        (np.full((40, 400, 3), (180, 20, 20), np.uint8), 80.0, 380.0, 400.0, 20.0),
    ]
    reading = pdf.read(pasted.pdf([(TEXT, pictures)]), "a.pdf")
    assert recognitions == []
    assert "表" not in order(reading)
    assert kinds(reading) == []


def test_a_logo_on_every_page_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    real = insets._lines_of
    monkeypatch.setattr(insets, "_lines_of", lambda glance: (looked.append(glance), real(glance))[1])
    logo = (pasted.photograph(300, 100), 80.0, 30.0, 150.0, 50.0)
    pdf.read(pasted.pdf([(TEXT, [logo])] * 6), "a.pdf")
    assert len(looked) == 1


def test_the_text_layer_of_a_searchable_picture_is_not_recognised_again(recognitions: list[int]) -> None:
    picture = np.ascontiguousarray(pasted.table())
    lines = [*ABOVE, *[f"　　图片上面盖着自己的文字层，第{n}行也在这里面。" for n in "一二三四五六"], *BELOW]
    reading = pdf.read(pasted.pdf([(lines, [(picture, *PLACE)])]), "a.pdf")
    assert recognitions == []
    assert not any(isinstance(block, Table) for block in reading.blocks)


def test_a_text_over_a_picture_is_read_once(recognitions: list[int]) -> None:
    lines = [*ABOVE, "", "　　　　盖章", *[""] * 6, *BELOW]
    x0, _, width, height = PLACE
    reading = pdf.read(pasted.pdf([(lines, [(pasted.table(), x0, 235.0, width, height)])]), "a.pdf")
    assert recognitions == [1]
    assert sum("盖章" in block.text for block in reading.blocks if isinstance(block, Paragraph)) == 1
    assert not any("盖章" in cell.text for cell in the_table(reading).cells)


def test_more_pictures_than_the_limit_are_said_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.limits.MAX_PICTURES", 1)
    second = pasted.table()
    second[:3] = 0
    reading = pdf.read(pasted.pdf([(TEXT, [(pasted.table(), *PLACE)]), (TEXT, [(second, *PLACE)])]), "a.pdf")
    assert [(note.kind, note.page) for note in reading.notes] == [("ocr_text", 1), ("picture_not_read", 2)]


def test_a_picture_that_recognition_fails_on_is_said_and_the_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(ocr, "recognise", broken)
    reading = pdf.read(pasted.pdf([(TEXT, [(pasted.table(), *PLACE)])]), "a.pdf")
    assert kinds(reading) == ["picture_not_read"]
    assert reading.notes[0].page == 1
    assert order(reading) == list("一二三四五六七八")


def test_a_table_too_coarse_to_be_read_is_said_not_guessed() -> None:
    picture = pasted.table()
    coarse = cv2.resize(picture, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    reading = pdf.read(pasted.pdf([(TEXT, [(coarse, *PLACE)])]), "a.pdf")
    assert "picture_not_read" in kinds(reading)


def word_file(picture: bytes, width: float = 15.0) -> bytes:
    """A plan as DOCX with a picture in front of its last paragraph."""
    document = word.blank()
    for line in PLAN:
        document.add_paragraph(line.strip())
    document.add_picture(io.BytesIO(picture), width=Cm(width))
    document.add_paragraph("五、实施步骤")
    return word.saved(document)


def open_document(picture: bytes) -> bytes:
    frame = '<draw:frame svg:width="15cm" svg:height="6cm"><draw:image xlink:href="Pictures/1.png"/></draw:frame>'
    text = "".join(odt_writer.p(line.strip()) for line in PLAN)
    return odt_writer.odt(text + odt_writer.p(frame) + odt_writer.p("五、实施步骤"), extra={"Pictures/1.png": picture})


def rich_text(picture: bytes) -> bytes:
    body = b"".join(rtf_writer.escaped(line.strip()) + b"\\par " for line in PLAN)
    shown = b"{\\pict\\pngblip\\picwgoal9200\\pichgoal3600 " + picture.hex().encode() + b"}\\par "
    return rtf_writer.document(body + shown + rtf_writer.escaped("五、实施步骤") + b"\\par")


def web_page(picture: bytes) -> bytes:
    source = "data:image/png;base64," + base64.b64encode(picture).decode()
    text = "".join(f"<p>{line.strip()}</p>" for line in PLAN)
    return f'<html><body><div class="content">{text}<p><img src="{source}"></p><p>五、实施步骤</p></div></body></html>'.encode()


FORMATS = {"a.docx": word_file, "a.odt": open_document, "a.rtf": rich_text, "a.html": web_page}


@pytest.mark.parametrize("name", FORMATS)
def test_communities_of_a_table_pasted_into_a_text_are_extracted_where_it_stands(name: str) -> None:
    data = FORMATS[name](scanner.saved(pasted.table(), "PNG"))
    (document,) = parse(SourceFile(uri=name, data=data)).documents
    assert [(c.lead, c.members) for c in document.communities] == COMMUNITIES
    assert document.text.index("四、结对安排") < document.text.index("序号") < document.text.index("五、实施步骤")
    assert [note.kind for note in document.quality].count("ocr_text") == 1
    assert "picture_not_read" not in [note.kind for note in document.quality]


@pytest.mark.parametrize("name", FORMATS)
def test_a_photograph_in_a_text_is_neither_read_nor_complained_of(name: str, recognitions: list[int]) -> None:
    data = FORMATS[name](scanner.saved(pasted.photograph(), "PNG"))
    (document,) = parse(SourceFile(uri=name, data=data)).documents
    assert recognitions == []
    assert not {"ocr_text", "picture_not_read"} & {note.kind for note in document.quality}


@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_picture_in_a_text_is_said(name: str) -> None:
    if name == "a.docx":
        pytest.skip("python-docx refuses to store a broken picture")
    data = FORMATS[name](scanner.saved(pasted.table(), "PNG")[:60])
    (document,) = parse(SourceFile(uri=name, data=data)).documents
    assert "picture_not_read" in [note.kind for note in document.quality]


def test_a_table_pasted_into_a_cell_stands_after_the_table_around_it() -> None:
    document = word.blank()
    outer = document.add_table(2, 2)
    for cell, text in zip(outer._cells, ("项目", "内容", "结对安排", ""), strict=True):
        cell.text = text
    outer.cell(1, 1).paragraphs[0].add_run().add_picture(io.BytesIO(scanner.saved(pasted.table(), "PNG")), width=Cm(15))
    document.add_paragraph("五、实施步骤")
    blocks = docx.read(word.saved(document), "a.docx").blocks
    first, second = (block for block in blocks if isinstance(block, Table))
    assert [cell.text for cell in first.cells] == ["项目", "内容", "结对安排", ""]
    assert [cell.text for cell in second.cells if cell.row == 0] == CELLS


def test_a_table_shown_small_in_word_is_read_as_large_as_it_was() -> None:
    reading = docx.read(word_file(scanner.saved(pasted.table(300), "PNG"), width=6), "a.docx")
    assert [cell.text for cell in the_table(reading).cells if cell.row == 0] == CELLS
