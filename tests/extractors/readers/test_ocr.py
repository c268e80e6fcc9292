"""What text recognition promises for pages that are pictures."""

from __future__ import annotations

import subprocess
import sys
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scanner import BAIZHI, LIUXI, TRADITIONAL, page, worn

from extractors.readers import pdf
from extractors.readers.ocr import engine as ocr_engine
from extractors.readers.ocr import recognise
from extractors.readers.ocr import rules as ocr_rules
from extractors.readers.ocr.punctuation import corrected
from extractors.readers.pages.assemble import Page, blocks
from schemas.reading import Block, Box, Note, Paragraph, Table

A4 = 595.276, 841.89


@cache
def layer() -> list[Block]:
    """The second page of the sample by its text layer."""
    found = pdf.read(LIUXI.read_bytes(), "x.pdf").blocks
    return [b for b in found if (b.page if isinstance(b, Paragraph) else b.boxes[0].page) == 2]


def read(image: Any, width: float = A4[0], height: float = A4[1]) -> tuple[list[Block], list[Note], Page]:
    notes: list[Note] = []
    found = recognise(np.ascontiguousarray(image), 2, width, height, notes)
    return (blocks([found]) if found.lines or found.tables else []), notes, found


@cache
def scanned() -> tuple[list[Block], list[Note], Page]:
    """The same page from a scan: 150 dpi, turned by 0.7 degrees, grainy, a poor JPEG."""
    return read(worn(page(LIUXI, 2)))


def text(content: list[Block]) -> str:
    return "".join(b.text for b in content if isinstance(b, Paragraph) and b.role == "body")


def table(content: list[Block]) -> Table:
    (found,) = [b for b in content if isinstance(b, Table)]
    return found


def test_a_turned_and_grainy_scan_says_what_its_text_layer_says() -> None:
    assert SequenceMatcher(None, text(layer()), text(scanned()[0]), autojunk=False).ratio() >= 0.995


def test_the_cells_of_a_ruled_table_are_those_of_the_drawn_one_merged_ones_too() -> None:
    def cells(found: Table) -> list[tuple[int, int, int, int, str]]:
        return [(c.row, c.column, c.row_span, c.column_span, c.text) for c in found.cells]

    assert cells(table(scanned()[0])) == cells(table(layer()))


def test_paragraphs_begin_and_end_where_those_of_the_text_layer_do() -> None:
    def starts(content: list[Block]) -> list[str]:
        return [b.text[:6] for b in content if isinstance(b, Paragraph) and b.role == "body"]

    assert starts(scanned()[0]) == starts(layer())


def test_the_page_number_is_no_text() -> None:
    assert [b.role for b in scanned()[0] if isinstance(b, Paragraph) and "2" in b.text and len(b.text) < 5] == [
        "page_number"
    ]


def test_paragraphs_cells_and_the_note_say_how_sure_recognition_was() -> None:
    content, notes, _ = scanned()
    assert [(note.kind, note.page) for note in notes] == [("ocr_text", 2)]
    assert notes[0].confidence is not None
    assert 0.9 < notes[0].confidence <= 1
    assert all(b.confidence is not None for b in content if isinstance(b, Paragraph) and b.role == "body")
    assert all(c.confidence is not None for c in table(content).cells if c.text)


def near(one: Box, other: Box, most: float) -> bool:
    return all(abs(a - b) < most for a, b in zip(box(one), box(other), strict=True))


def box(found: Box) -> tuple[float, float, float, float]:
    return found.x0, found.top, found.x1, found.bottom


def boxes(content: list[Block]) -> list[Box]:
    return [c.box for c in table(content).cells if c.box]


def test_the_boxes_of_a_scan_that_lay_askew_stand_on_the_page_as_it_is() -> None:
    # 0.7 degrees move a corner of A4 by six points; a box around a turned cell is as much larger.
    assert all(near(a, b, 4) for a, b in zip(boxes(scanned()[0]), boxes(layer()), strict=True))


@pytest.mark.parametrize("quarters", [pytest.param(1, marks=pytest.mark.slow), 2, 3])
def test_a_page_scanned_sideways_or_upside_down_is_read_and_its_boxes_are_where_it_lies(quarters: int) -> None:
    width, height = A4
    image = np.rot90(page(LIUXI, 2), quarters)
    content, _, found = read(image, *((height, width) if quarters % 2 else (width, height)))
    assert SequenceMatcher(None, text(layer()), text(content), autojunk=False).ratio() >= 0.99
    assert (round(found.width), round(found.height)) == (595, 842)

    def upright(b: Box) -> Box:
        if quarters == 1:  # to the left: what was the right edge is at the top
            return Box(b.page, width - b.bottom, b.x0, width - b.top, b.x1)
        if quarters == 2:
            return Box(b.page, width - b.x1, height - b.bottom, width - b.x0, height - b.top)
        return Box(b.page, b.top, height - b.x1, b.bottom, height - b.x0)

    assert all(near(upright(a), b, 2) for a, b in zip(boxes(content), boxes(layer()), strict=True))


def test_traditional_characters_are_recognised_as_they_are_written() -> None:
    image = np.asarray(Image.open(TRADITIONAL).convert("RGB"))
    content, _, _ = read(worn(image), 480, 391)
    assert text(content).startswith(
        "汝溪縣隸屬駐馬店市，現有義務教育學校63所，其中城區學校10所、鎮區學校19所、鄉村學校34所。"
    )
    assert len([b for b in content if isinstance(b, Paragraph)]) == 3
    for words in ("資訊科技教師", "缺乏穩定的組織形式和考核辦法", "透過三年努力，實現城鄉學校同步發展。"):
        assert words in text(content)


def sealed(image: Any, x: int, y: int) -> Any:
    """A picture with a round red seal of 42 mm, its ring and its star, as ink lies over type."""
    import cv2

    ink = np.full_like(image, 255)
    cv2.circle(ink, (x, y), 121, (225, 30, 40), 8)
    angles = np.radians(-90 + 36 * np.arange(10))
    reach = np.where(np.arange(10) % 2, 17, 42)
    star = np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], axis=1).round().astype(np.int32)
    cv2.fillPoly(ink, [star], (225, 30, 40))
    return (image.astype(np.uint16) * ink // 255).astype(np.uint8)


def test_the_signature_under_a_red_seal_is_read_and_the_red_letterhead_stays() -> None:
    content, _, _ = read(worn(sealed(page(BAIZHI, 1), 960, 800)))
    assert "白芷县教育体育局文件" in [b.text for b in content if isinstance(b, Paragraph)]
    assert text(content).endswith("2025年11月5日")
    assert "实。白芷县教育体育局2025年" in text(content)


def test_a_blank_page_is_empty_and_no_error() -> None:
    content, notes, found = read(np.full((1400, 1000, 3), 250, np.uint8))
    assert (content, notes, found.lines, found.tables) == ([], [], [], [])


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (5000, 2), (40, 40)])
def test_pictures_of_any_shape_are_taken(shape: tuple[int, int]) -> None:
    assert read(np.zeros((*shape, 3), np.uint8))[0] == []


def test_a_dash_an_underline_and_the_strokes_of_large_type_are_no_rules_of_a_table() -> None:
    import cv2

    image = np.full((900, 900, 3), 255, np.uint8)
    cv2.line(image, (100, 100), (170, 100), (0, 0, 0), 3)  # a dash
    cv2.line(image, (100, 200), (800, 200), (0, 0, 0), 2)  # an underline, or the rule of a letterhead
    cv2.rectangle(image, (100, 300), (170, 370), (0, 0, 0), 4)  # 口 in large type
    quads = np.array([[[90, 290], [400, 290], [400, 380], [90, 380]]], np.float32)
    dots = 150 / 72
    assert ocr_rules.of_tables(ocr_rules.rules(image, dots), quads, dots) == []
    for x in (100, 400, 700):
        cv2.line(image, (x, 500), (x, 700), (0, 0, 0), 2)
    for y in (500, 600, 700):
        cv2.line(image, (100, y), (700, y), (0, 0, 0), 2)
    assert len(ocr_rules.of_tables(ocr_rules.rules(image, dots), quads, dots)) == 6


def test_a_line_of_text_over_two_cells_is_parted_at_the_rule_between_them() -> None:
    quad = np.array([[100, 100], [500, 100], [500, 140], [100, 140]], np.float32)
    parts = ocr_rules.parted(quad[np.newaxis], [(300, 50, 300, 400), (0, 90, 900, 90)])
    assert [(p[0][0], p[1][0]) for p in parts] == [(100, 300), (300, 500)]
    assert len(ocr_rules.parted(quad[np.newaxis], [(300, 150, 300, 400)])) == 1


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        ("(一)指导思想", "（一）指导思想"),
        ("(二）工作原則", "（二）工作原則"),
        ("学校42所,其中:小学30所;", "学校42所，其中：小学30所；"),
        ("2,000人,其中3-5人", "2,000人,其中3-5人".replace("人,", "人，")),
        ("金市教基〔2022]15号", "金市教基〔2022〕15号"),
        ("二O二五年七月", "二〇二五年七月"),
        ("7月一2026年8月", "7月—2026年8月"),
        ("一2ー", "—2—"),
        ("－1一", "—1—"),
    ],
)
def test_slips_in_chinese_punctuation_are_put_right(read_as: str, meant: str) -> None:
    assert corrected(read_as) == meant


@pytest.mark.parametrize("kept", ["8:30", "Word (2016), PDF", "一校一策", "[2022]15", "3-5人", "300——500万元", "OK"])
def test_what_may_be_meant_so_is_kept(kept: str) -> None:
    assert corrected(kept) == kept


@given(st.text(alphabet="一二〇校县OoＯ○0123年月,:;()（）〔〕[]【】-—ー。，“”aB /", max_size=30))
def test_corrections_keep_every_place_digit_and_letter(line: str) -> None:
    after = corrected(line)
    assert len(after) == len(line)
    for was, now in zip(line, after, strict=True):
        if was != now:
            assert was in ",:;()（）〔〕[]【】-—ー一OoＯ○"
            assert not now.isascii()


@pytest.mark.slow
def test_nothing_is_fetched_and_nothing_is_logged() -> None:
    script = """
import socket, sys
def none(*_, **__): raise OSError("no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = none
import numpy as np
from PIL import Image
from extractors.readers.ocr import recognise
page = recognise(np.asarray(Image.open(sys.argv[1]).convert("RGB"))[:120], 1, 480, 58, [])
assert "駐馬店" in page.lines[0].text, page.lines
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(TRADITIONAL)], capture_output=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_number_of_threads_is_the_operator_s_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert ocr_engine.threads() == 1
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert 1 <= ocr_engine.threads() <= 4


def test_without_its_models_recognition_says_which_file_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr_engine, "_ENGINE", [])
    monkeypatch.setattr(ocr_engine, "_RECOGNITION", "none.onnx")
    with pytest.raises(FileNotFoundError, match=r"none\.onnx"):
        ocr_engine.engine()
