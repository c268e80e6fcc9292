"""What a workbook is promised to become."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from merged_tables import Spec, expected_grid, merged_tables, read_spans, spans, text_grid
from readings import tables

from extractors.readers import sheets as xlsx
from extractors.readers.sheets.number_formats import shown
from schemas.errors import NotRead
from schemas.reading import Paragraph, Reading


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def book_of(rows: list[list[object]], name: str = "Sheet1") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    return book


def read(book: openpyxl.Workbook) -> Reading:
    return xlsx.read(saved(book), "x.xlsx")


def lines(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if isinstance(block, Paragraph)]


def test_every_cell_says_where_it_stands() -> None:
    book = book_of([["学段", "牵头学校"], ["小学", "青禾小学"]], "一览表")
    book.active.move_range("A1:B2", rows=2, cols=1)
    (table,) = tables(read(book))
    assert [cell.reference for cell in table.cells] == ["一览表!B3", "一览表!C3", "一览表!B4", "一览表!C4"]
    assert table.caption == "一览表"


def test_a_sheet_with_a_name_of_its_own_gets_it_as_a_heading() -> None:
    book = book_of([["甲", "乙"]], "结对一览表")
    (heading, _) = read(book).blocks
    assert (heading.text, heading.style, heading.level) == ("结对一览表", "heading", 1)
    for default in ("Sheet1", "工作表2", "Sheet1 (2)"):
        assert lines(read(book_of([["甲", "乙"]], default))) == []


def test_title_lines_stand_before_the_table_and_remarks_after_it() -> None:
    book = book_of([
        ["附件1", None, None], ["城乡学校结对一览表", None, None], ["学段", "牵头", "成员"], ["小学", "甲校", "乙校"],
        ["注：本表一式两份", None, None],
    ])  # fmt: skip
    book.active.merge_cells("A2:C2")
    reading = read(book)
    assert lines(reading) == ["附件1", "城乡学校结对一览表", "注：本表一式两份"]
    assert text_grid(tables(reading)[0]) == [["学段", "牵头", "成员"], ["小学", "甲校", "乙校"]]


def test_numbers_and_dates_are_what_people_see() -> None:
    book = book_of([["甲", "乙"], [10.0, 0.1 + 0.2], [0.7, 0.856], [12, 3], [True, datetime.date(2025, 9, 1)]])
    sheet = book.active
    sheet["A3"].number_format, sheet["B3"].number_format = "0%", "0.0%"
    sheet["A4"].number_format, sheet["B4"].number_format = '0"所"', "0000"
    assert text_grid(tables(read(book))[0])[1:] == [
        ["10", "0.3"], ["70%", "85.6%"], ["12所", "0003"], ["TRUE", "2025-09-01"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (0.7, "0%", "70%"),
        (0.125, "0.00%", "12.50%"),
        (1234.5, "#,##0.00", "1234.50"),
        (-3, "0;(0)", "(3)"),
        (0, '0;-0;"无"', "0"),
        (5, '"第"0"组"', "第5组"),
        (5, "第0组", "5"),
        (2.5, "0.##", "2.5"),
        (2, "0.##", "2"),
        (12345678901234567890.0, None, "12345678901234600000"),
        (1e25, None, "1e+25"),
        (3, "General", "3"),
        (3, "yyyy-mm-dd", "3"),
        (123000, "0,", "123"),
        (datetime.datetime(2025, 9, 1, 8, 30), None, "2025-09-01 08:30"),
        (datetime.datetime(2025, 9, 1), None, "2025-09-01"),
        (datetime.time(8, 5), None, "08:05"),
        (datetime.timedelta(hours=30), None, "30:00"),
        (None, None, ""),
        (float("nan"), None, ""),
    ],
)
def test_number_formats(value: object, code: str | None, expected: str) -> None:
    assert shown(value, code) == expected


@given(st.one_of(st.floats(), st.integers(-(10**20), 10**20)), st.text(max_size=20))
def test_no_number_format_breaks_the_reader(value: float, code: str) -> None:
    assert isinstance(shown(value, code), str)


def test_a_hidden_sheet_is_left_out_and_noted() -> None:
    book = book_of([["甲", "乙"]])
    hidden = book.create_sheet("下拉选项")
    hidden["A1"] = "选项"
    hidden.sheet_state = "hidden"
    reading = read(book)
    assert len(tables(reading)) == 1
    assert [note.kind for note in reading.notes] == ["hidden_sheet"]
    assert "下拉选项" in reading.notes[0].message


def test_line_breaks_in_a_cell_stay_and_blank_edges_go() -> None:
    book = book_of([["学校", "负责人"], ["青禾小学", " 张三\r\n李四 "]])
    book.active["Z90"].number_format = "0%"
    assert text_grid(tables(read(book))[0]) == [["学校", "负责人"], ["青禾小学", "张三\n李四"]]


def test_a_formula_is_read_as_its_last_value() -> None:
    data = saved(book_of([["甲", "乙"], ["合计", "=1+1"]]))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
                b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"))  # fmt: skip
    assert text_grid(tables(xlsx.read(changed.getvalue(), "x.xlsx"))[0])[1] == ["合计", "2"]


def test_a_formula_that_was_never_calculated_is_noted() -> None:
    reading = read(book_of([["甲", "乙"], ["合计", "=1+1"]]))
    assert [note.kind for note in reading.notes] == ["formula_without_value"]


def test_an_empty_workbook_has_no_text() -> None:
    with pytest.raises(NotRead) as caught:
        read(openpyxl.Workbook())
    assert caught.value.cause == "no_text"


def test_an_ods_is_read_with_its_merged_cells_and_percentages() -> None:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="表1"><table:table-row>'
        '<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>小学</text:p></table:table-cell>'
        '<table:table-cell office:value-type="string"><text:p>甲校</text:p></table:table-cell></table:table-row>'
        '<table:table-row><table:covered-table-cell/>'
        '<table:table-cell office:value-type="percentage" office:value="0.7"><text:p>70%</text:p></table:table-cell>'
        '</table:table-row><table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    (table,) = tables(xlsx.read(buffer.getvalue(), "x.ods"))
    assert text_grid(table) == [["小学", "甲校"], ["小学", "70%"]]


@settings(max_examples=40, deadline=None)
@given(merged_tables(), st.integers(1, 5), st.integers(1, 4))
def test_any_merged_table_reads_back(cells: list[Spec], top: int, left: int) -> None:
    # Between two full rows: blanks at the edge are no part of what a sheet holds, a lone cell above is a title.
    wide = max(column + across for _, column, _, across, _ in cells)
    high = max(row + down for row, _, down, _, _ in cells)
    cells = [
        *[(0, column, 1, 1, "首") for column in range(wide)],
        *[(row + 1, column, down, across, text) for row, column, down, across, text in cells],
        *[(high + 1, column, 1, 1, "末") for column in range(wide)],
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    for row, column, down, across, text in cells:
        sheet.cell(top + row, left + column, text or None)
        if down > 1 or across > 1:
            sheet.merge_cells(
                start_row=top + row, start_column=left + column,
                end_row=top + row + down - 1, end_column=left + column + across - 1,
            )  # fmt: skip
    (table,) = tables(read(book))
    assert text_grid(table) == expected_grid(cells)
    assert read_spans(table) == spans(cells)


def test_a_merged_cell_at_the_edge_of_the_table_is_part_of_it() -> None:
    book = book_of([["学段", "学校", "备注"], ["小学", "甲校", "同上"]])
    book.active.merge_cells("C2:D3")
    assert text_grid(tables(read(book))[0]) == [
        ["学段", "学校", "备注", ""], ["小学", "甲校", "同上", "同上"], ["", "", "同上", "同上"],
    ]  # fmt: skip
