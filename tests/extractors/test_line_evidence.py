"""Evidence on a page is the lines that a fact stands in, not the whole paragraph."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from extractors.layout import lay
from extractors.readers import pdf
from extractors.readers.pages.assemble import Page, blocks
from extractors.readers.pages.glyphs import Line
from schemas.reading import Box, Paragraph

PLAN = next((Path(__file__).parents[2] / "samples" / "henan" / "plans").rglob("*.pdf"))


def of_lines(*texts: str) -> Paragraph:
    """Lines set as one paragraph on a page, the first one indented."""
    found = [
        Line(1, text, 80.0 if index else 112.0, 100.0 + 28 * index, 528.0, 116.0 + 28 * index, 16.0)
        for index, text in enumerate(texts)
    ]
    (paragraph,) = blocks([Page(1, 595.0, 842.0, found)])
    assert isinstance(paragraph, Paragraph)
    return paragraph


def test_a_span_has_the_boxes_of_the_lines_that_it_covers() -> None:
    paragraph = of_lines(
        "第一行说的是组织领导与工作机制，", "第二行说的是组建校共体的数目，", "第三行说的是经费保障与督导。"
    )
    layout = lay([paragraph])

    def tops(words: str) -> list[float]:
        start = layout.text.index(words)
        return [box.top for box in layout.span(start, start + len(words)).boxes]

    assert tops("组织领导") == [100]
    assert tops("组建校共体") == [128]
    assert tops("督导。") == [156]
    assert tops("机制，第二行") == [100, 128]
    assert tops(layout.text) == [100, 128, 156]


def test_spaces_that_are_taken_out_do_not_move_the_lines() -> None:
    paragraph = of_lines("到 2025 年底，全县 70 % 以上的乡 村学校参加，", "城 区学校 派出教 师到乡 村任教，每年 3 次。")
    start = paragraph.text.index("派出")
    assert " " not in paragraph.text[:10]
    assert [box.top for box in paragraph.boxes_of(start, start + 2)] == [128]
    assert [box.top for box in paragraph.boxes_of(0, 5)] == [100]


def test_every_character_of_a_plan_stands_in_a_line_of_its_paragraph() -> None:
    for block in pdf.read(PLAN.read_bytes(), PLAN.name).blocks:
        if isinstance(block, Paragraph) and block.role == "body":
            assert len(block.line_ends) == len(block.boxes)
            for at in range(len(block.text)):
                assert len(block.boxes_of(at, at + 1)) == 1


@given(st.lists(st.text("甲乙丙 ab", min_size=1, max_size=8), min_size=1, max_size=5), st.data())
def test_parts_of_a_paragraph_have_together_the_boxes_of_the_whole(texts: list[str], data: st.DataObject) -> None:
    ends, text = [], ""
    for part in texts:
        text += part
        ends.append(len(text))
    boxes = tuple(Box(1, 0, float(i), 1, i + 1.0) for i in range(len(texts)))
    paragraph = Paragraph(text, boxes=boxes, line_ends=tuple(ends))
    at = data.draw(st.integers(0, len(text)))
    parts = {*paragraph.boxes_of(0, at), *paragraph.boxes_of(at, len(text))}
    assert parts == set(boxes) == set(paragraph.boxes_of(0, len(text)))


def test_a_paragraph_whose_text_was_changed_keeps_all_its_boxes() -> None:
    boxes = (Box(1, 0, 0, 1, 1), Box(1, 0, 1, 1, 2))
    assert Paragraph("甲乙丙", boxes=boxes, line_ends=(1, 4)).boxes_of(0, 1) == boxes
