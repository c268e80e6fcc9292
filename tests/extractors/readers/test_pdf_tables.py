"""What a table in a PDF is promised to become."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from merged_tables import Spec, expected_grid, merged_tables, read_spans, spans, text_grid, without_unused_edges
from pdf_typesetter import Sheet, Typesetter
from readings import tables

from extractors.readers import pdf
from schemas.reading import Paragraph, Reading

PAIRS: list[Spec] = [
    (0, 0, 1, 1, "学段"), (0, 1, 1, 1, "牵头学校"), (0, 2, 1, 1, "成员学校"), (0, 3, 1, 1, "负责人"),
    (1, 0, 2, 1, "小学"), (1, 1, 1, 1, "青禾小学"), (1, 2, 1, 1, "柳溪小学"), (1, 3, 2, 1, "张三"),
    (2, 1, 1, 1, "明德小学"), (2, 2, 1, 1, "枫林小学"),
    (3, 0, 1, 2, "合计"), (3, 2, 1, 1, "2所"), (3, 3, 1, 1, ""),
]  # fmt: skip


def paragraphs(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body"]


def test_merged_cells_are_read_with_their_reach_and_the_text_stands_nowhere_twice() -> None:
    sheet = Typesetter()
    sheet.paragraph("附件1：结对情况一览表", indent=0)
    sheet.table(Sheet(PAIRS, [80, 120, 120, 80]))
    sheet.paragraph("注：本表由各校填写。")
    reading = pdf.read(sheet.finish(), "x.pdf")
    (table,) = tables(reading)
    assert text_grid(table) == expected_grid(PAIRS)
    assert read_spans(table) == spans(PAIRS)
    assert paragraphs(reading) == ["附件1：结对情况一览表", "注：本表由各校填写。"]
    order = [type(block).__name__ for block in reading.blocks if block.role == "body"]
    assert order == ["Paragraph", "Table", "Paragraph"]


def test_every_cell_has_its_place_on_the_page() -> None:
    sheet = Typesetter()
    sheet.table(Sheet(PAIRS, [80, 120, 120, 80]))
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    cell = next(c for c in table.cells if c.text == "柳溪小学")
    assert cell.page == 1
    assert cell.box is not None
    assert (cell.box.x0, cell.box.top) == (pytest.approx(280, abs=1), pytest.approx(130, abs=1))
    assert (cell.box.x1, cell.box.bottom) == (pytest.approx(400, abs=1), pytest.approx(160, abs=1))


@pytest.mark.parametrize("repeat_heading", [False, True])
def test_a_table_goes_on_over_the_page_as_one(repeat_heading: bool) -> None:
    cells: list[Spec] = [(0, 0, 1, 1, "序号"), (0, 1, 1, 1, "牵头学校"), (0, 2, 1, 1, "成员学校")]
    for row in range(1, 45):
        cells += [(row, 0, 1, 1, str(row)), (row, 1, 1, 1, f"第{row}小学"), (row, 2, 1, 1, f"村小{row}")]
    sheet = Typesetter(header="一览表汇编")
    sheet.table(Sheet(cells, [60, 150, 150]), repeat_heading=repeat_heading)
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert text_grid(table) == expected_grid(cells)
    assert {cell.page for cell in table.cells} == {1, 2, 3}
    assert [box.page for box in table.boxes] == [1, 2, 3]


def test_a_merged_cell_that_the_page_cuts_reaches_on() -> None:
    cells: list[Spec] = [(0, 0, 1, 1, "学段"), (0, 1, 1, 1, "学校"), (1, 0, 30, 1, "小学"), (31, 0, 2, 1, "初中")]
    cells += [(row, 1, 1, 1, f"学校{row}") for row in range(1, 33)]
    sheet = Typesetter()
    sheet.table(Sheet(cells, [80, 200]))
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert text_grid(table) == expected_grid(cells)


def test_another_table_on_the_next_page_stays_another() -> None:
    sheet = Typesetter()
    sheet.table(Sheet(PAIRS, [80, 120, 120, 80]))
    sheet.end_page()
    sheet.table(Sheet(PAIRS, [100, 100, 100, 100]))
    assert len(tables(pdf.read(sheet.finish(), "x.pdf"))) == 2


def test_words_that_the_width_of_a_cell_broke_are_whole_again_and_lists_stay_lists() -> None:
    cells: list[Spec] = [
        (0, 0, 1, 1, "柳溪镇中心幼儿园枫林分园"), (0, 1, 1, 1, "责任科室"),
        (1, 0, 1, 1, "短"), (1, 1, 1, 1, "办公室"),
    ]  # fmt: skip
    sheet = Typesetter()
    sheet.table(Sheet(cells, [68, 100], row_height=50))
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert text_grid(table) == expected_grid(cells)
    listed = Typesetter()
    listed.table(
        Sheet([(0, 0, 1, 1, ""), (0, 1, 1, 1, "组长"), (1, 0, 1, 1, "副组长"), (1, 1, 1, 1, "")], [50, 100], 50)
    )
    listed.put("蔡小亚", 84, 105, 12)
    listed.put("易小华", 84, 120, 12)
    (table,) = tables(pdf.read(listed.finish(), "x.pdf"))
    assert table.cells[0].text == "蔡小亚\n易小华"


def test_a_frame_around_text_and_a_rule_under_the_red_head_are_no_tables() -> None:
    sheet = Typesetter()
    sheet.title("云岭市教育局文件", size=30)
    sheet.canvas.line(80, 700, 528, 700)
    sheet.canvas.rect(60, 60, 480, 720)
    sheet.paragraph("各校：现将有关事项通知如下。")
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert tables(reading) == []
    assert paragraphs(reading) == ["云岭市教育局文件", "各校：现将有关事项通知如下。"]


def test_a_table_open_at_its_sides_keeps_its_outer_columns() -> None:
    sheet = Typesetter()
    for y in (700, 670, 640):
        sheet.canvas.line(80, y, 380, y)
    for x in (180, 280):
        sheet.canvas.line(x, 640, x, 700)
    for row, y in enumerate((146, 176)):
        for column, x in enumerate((90, 190, 290)):
            sheet.put(f"格{row}{column}", x, y, 12)
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert text_grid(table) == [["格00", "格01", "格02"], ["格10", "格11", "格12"]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(merged_tables())
def test_any_merged_table_reads_back(cells: list[Spec]) -> None:
    assume(sum(1 for *_, text in cells if text) > 1)
    drawn = without_unused_edges(cells)
    assume(len(drawn) > 1)
    sheet = Typesetter()
    sheet.table(Sheet(drawn, [90.0] * max(c + w for _, c, _, w, _ in drawn)))
    found = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert [text_grid(table) for table in found] == [expected_grid(drawn)]
    assert read_spans(found[0]) == spans(drawn)


def test_a_line_that_only_says_continued_does_not_part_a_table() -> None:
    first: list[Spec] = [(0, 0, 1, 1, "学段"), (0, 1, 1, 1, "学校"), (1, 0, 1, 1, "小学"), (1, 1, 1, 1, "甲校")]
    sheet = Typesetter()
    sheet.table(Sheet(first, [80, 200]))
    sheet.end_page()
    sheet.paragraph("（续表）", indent=0)
    sheet.table(Sheet([*first[:2], (1, 0, 1, 1, "初中"), (1, 1, 1, 1, "乙校")], [80, 200]))
    reading = pdf.read(sheet.finish(), "x.pdf")
    (table,) = tables(reading)
    assert text_grid(table) == [["学段", "学校"], ["小学", "甲校"], ["初中", "乙校"]]
    assert paragraphs(reading) == []


def test_borders_drawn_as_thin_rectangles_make_cells_too() -> None:
    sheet = Typesetter()
    for y in (700, 670, 640):
        sheet.canvas.rect(80, y, 300, 0.5, stroke=0, fill=1)
    for x in (80, 180, 380):
        for y in (640, 670):
            sheet.canvas.rect(x, y + 0.5, 0.5, 29.5, stroke=0, fill=1)
    for row, y in enumerate((146, 176)):
        for column, x in enumerate((90, 190)):
            sheet.put(f"格{row}{column}", x, y, 12)
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert text_grid(table) == [["格00", "格01"], ["格10", "格11"]]
