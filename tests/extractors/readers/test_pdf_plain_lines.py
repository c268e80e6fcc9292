"""Lines made from columns of numbers are those that are made character by character."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_typesetter import FONT, HEIGHT, LEFT, RIGHT, WIDTH, width
from reportlab.pdfgen.canvas import Canvas

from extractors.readers.pages.assemble import blocks, page_of
from extractors.readers.pages.garbled import is_garbled
from extractors.readers.pages.glyphs import Band, Glyph, bands, em_of, lines
from extractors.readers.pages.layer import Layer, Run
from extractors.readers.pages.rules import Stroke
from extractors.readers.pdf.characters import Characters, Frame, characters
from extractors.readers.pdf.objects import objects
from extractors.readers.pdf.strokes import strokes

_WORDS = (
    "城乡学校共同体建设", "核心校", "成员校", "第三十二条", "（一）", "2025年9月—2025年12月", "3—5个", "。", "，", "：",
    "“双减”", "AI", "PISA", "12.5%", "张　三", "李  四", "王 小明", "教研", " ", "  ", "    ", "1.", "——", "①", "一一", "都都",
)  # fmt: skip
_text = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=9).map("".join)
_size = st.sampled_from([9.0, 10.5, 12.0, 16.0, 16.0, 16.0, 22.0])


@dataclass
class Piece:
    """One line to set: its text, where, in what type, and what is done to it."""

    text: str
    x: float
    down: float
    size: float
    manner: str
    stretch: float


_piece = st.builds(
    Piece,
    _text,
    st.sampled_from([LEFT, LEFT, LEFT, LEFT + 32, 310.0, RIGHT - 90]),
    st.sampled_from([28.0, 28.0, 28.0, 28.0, 14.0, 9.0, 4.0, 0.0, 0.0, -28.0]),
    _size,
    st.sampled_from(["plain", "plain", "plain", "justified", "twice", "aslant", "two sizes", "two fonts", "raised"]),
    st.sampled_from([-3.0, -1.0, 0.5, 2.0, 6.0]),
)
_turn = st.sampled_from([0, 0, 0, 90, 180, 270])


def _pdf(pieces: list[Piece], turn: int = 0, ruled: bool = False) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT))
    canvas.setPageRotation(turn)
    top = 90.0
    for piece in pieces:
        top += piece.down
        _set(canvas, piece, HEIGHT - top)
    if ruled:
        canvas.grid([LEFT, 300, RIGHT], [HEIGHT - 80, HEIGHT - 130, HEIGHT - 180])
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _set(canvas: Canvas, piece: Piece, y: float) -> None:
    if piece.manner == "aslant":
        canvas.saveState()
        canvas.translate(200, 400)
        canvas.rotate(40)
        canvas.setFont(FONT, 30)
        canvas.drawString(0, 0, piece.text)
        canvas.restoreState()
        return
    line = canvas.beginText(piece.x, y)
    line.setFont(FONT, piece.size)
    if piece.manner == "justified":
        line.setCharSpace(piece.stretch)
    if piece.manner == "raised":
        line.setRise(piece.stretch)
    if piece.manner in ("two sizes", "two fonts"):
        half = len(piece.text) // 2
        line.textOut(piece.text[:half])
        line.setFont(*((FONT, piece.size * 0.6) if piece.manner == "two sizes" else ("Helvetica", piece.size)))
        line.textOut(piece.text[half:] if piece.manner == "two sizes" else "Plan 2025")
    else:
        line.textOut(piece.text)
    canvas.drawText(line)
    if piece.manner == "twice":
        canvas.setFont(FONT, piece.size)
        canvas.drawString(piece.x + 0.4, y, piece.text)


def _read(data: bytes) -> tuple[Characters, Frame, list[Stroke]]:
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    text = page.get_textpage()
    crop = page.get_cropbox()
    frame = Frame((crop[0], crop[1], crop[2], crop[3]), page.get_rotation())
    found = characters(text, frame), frame, list(strokes(objects(page), frame))
    text.close()
    page.close()
    document.close()
    return found


def _shown(found: list[Band]) -> list[tuple[float, float, float, float, float, list[Glyph]]]:
    return [(band.top, band.bottom, band.x0, band.x1, band.widest, band.glyphs) for band in found]


def _are_alike(layer: Layer) -> None:
    one_by_one = list(layer)
    assert lines(1, layer) == lines(1, one_by_one)
    assert em_of(layer) == em_of(one_by_one)
    assert _shown(bands(layer)) == _shown(bands(one_by_one))


@settings(max_examples=60, deadline=None)
@given(st.lists(_piece, min_size=1, max_size=14), _turn, st.booleans())
def test_a_page_gives_the_same_lines_and_blocks_both_ways(pieces: list[Piece], turn: int, ruled: bool) -> None:
    read, frame, drawn = _read(_pdf(pieces, turn, ruled))
    _are_alike(read.glyphs)
    pages = [page_of(1, frame.width, frame.height, found, drawn, []) for found in (read.glyphs, list(read.glyphs))]
    assert blocks(pages[:1]) == blocks(pages[1:])


_number = st.sampled_from([0.0, 0.005, 2.0, 3.0, 4.0, 7.9, 8.0, 8.1, 16.0, 16.0, 16.0, 17.0, -6.0, -16.0, 1e7])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("一一二都A1，—“ⅷ"),
            _number,
            _number,
            st.sampled_from([0.0, 0.0, 0.0, 1.0, 3.1, 5.0, 6.5, 9.0, 13.0, 3.3, 8.0, 11.0, 30.0, -40.0]),
            st.sampled_from([16.0, 16.0, 16.0, 14.9, 12.0, 10.0, 7.0, 0.0, -3.0]),
            st.booleans(),
            st.sampled_from(["on", "on", "on", "begins", "begins to the right"]),
        ),
        max_size=30,
    )
)
def test_any_numbers_give_the_same_lines_both_ways(
    rows: list[tuple[str, float, float, float, float, bool, str]],
) -> None:
    x = y = 100.0
    columns: list[list[float]] = [[], [], [], []]
    starts = []
    for index, (_, step, wide, down, high, _, begins) in enumerate(rows):
        x, y = (100.0 if begins == "begins" else x + step), y + down
        if begins != "on" or not index:
            starts.append(index)
        for column, number in zip(columns, (x, y, x + wide, y + high), strict=True):
            column.append(number)
    text, spaced = "".join(row[0] for row in rows), [row[5] for row in rows]
    _are_alike(Layer(text, *columns, spaced, starts))


def test_a_narrow_character_drawn_again_beside_itself_is_dropped_both_ways() -> None:
    x0s, wide = [100.0, 116.0, 132.0, 148.0, 151.0], [16.0, 16.0, 16.0, 4.0, 4.0]
    x1s = [x0 + width for x0, width in zip(x0s, wide, strict=True)]
    layer = Layer("城乡校一一", x0s, [100.0] * 5, x1s, [116.0] * 5, [False] * 5, [0])
    assert isinstance(layer.rows[0], Run)
    assert [line.text for line in lines(1, layer)] == ["城乡校一"]
    _are_alike(layer)


def test_text_as_it_is_usually_set_needs_no_look_at_each_character() -> None:
    text = "各校共体自方案印发之日起2—3个月内完成组建，明确双方权责。"
    pieces = [Piece(text, LEFT, 28.0, 16.0, "plain", 0.0) for _ in range(6)]
    pieces += [Piece(text[:20], LEFT, 28.0, 16.0, "justified", 1.0) for _ in range(6)]
    rows = _read(_pdf(pieces))[0].glyphs.rows
    assert [isinstance(row, Run) for row in rows] == [True] * 12
    assert width(text, 16.0) <= RIGHT - LEFT + 16


@pytest.mark.parametrize("manner", ["twice", "aslant"])
def test_what_is_drawn_twice_or_aslant_is_looked_at_character_by_character(manner: str) -> None:
    layer = _read(_pdf([Piece("城乡学校共同体建设", LEFT, 28.0, 16.0, manner, 0.0)]))[0]
    if manner == "aslant":
        assert layer.watermark == "城乡学校共同体建设"
        assert not layer.glyphs
    else:
        assert [line.text for line in lines(1, layer.glyphs)] == ["城乡学校共同体建设"]


_COMMON = "的一是学校教育共同体建设方案和成员校"


@given(st.text(alphabet=_COMMON, max_size=60), st.text(alphabet="亘匚卣龑囧éÃ¤αБ12ab，。·", max_size=40), st.booleans())
def test_a_text_is_found_garbled_or_sound_however_it_is_told(sound: str, other: str, of_scan: bool) -> None:
    text = sound + other
    strange = sum("\x80" <= c <= "ʯ" and c not in "·×÷±°§" for c in text)
    chinese = [c for c in text if "㐀" <= c <= "鿿"]
    common = sum(c in _COMMON for c in chinese)
    expected = len(text) >= 20 and (
        strange > 0.3 * len(text)
        or (of_scan and len(chinese) < 0.2 * len(text))
        or (len(chinese) >= 20 and common < 0.82 * len(chinese))
    )
    assert is_garbled(text, of_scan) == expected
