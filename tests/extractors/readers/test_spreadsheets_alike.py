"""The same sheet says the same in every kind of spreadsheet: what people see, and where it stands."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from biff_writer import Sheet, workbook
from compound_writer import compound
from hypothesis import given, settings
from hypothesis import strategies as st
from ods_writer import cell, ods, row, sheet
from readings import kinds

from extractors.readers import read
from extractors.readers.office import soffice
from schemas.errors import NotRead
from schemas.reading import Reading, Table


def table_of(reading: Reading) -> Table:
    (table,) = (block for block in reading.blocks if isinstance(block, Table))
    return table


def filled(reading: Reading) -> dict[str | None, str]:
    return {cell.reference: cell.text for cell in table_of(reading).cells if cell.text}


def spans(reading: Reading) -> dict[str | None, tuple[int, int]]:
    cells = table_of(reading).cells
    return {c.reference: (c.row_span, c.column_span) for c in cells if c.row_span > 1 or c.column_span > 1}


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "一览表"
    for place, value in {
        "A1": "学段", "B1": "学校", "B2": "甲校", "B3": "乙校", "C1": "覆盖率", "C2": 0.8, "C3": 12, "D1": "时限",
        "D2": datetime.date(2025, 12, 31), "D3": "隐藏列", "A4": "隐藏行", "B4": "丙校", "C4": "#N/A", "D4": "末",
    }.items():  # fmt: skip
        page[place] = value
    page["A2"] = "小学"
    page.merge_cells("A2:A3")
    page["C2"].number_format, page["C3"].number_format = "0%", '0"所"'
    page["D2"].number_format = 'yyyy"年"m"月"d"日"'
    page["C4"].data_type = "e"
    page.row_dimensions[4].hidden = True
    page.column_dimensions["D"].hidden = True
    book.create_sheet("隐")["A1"] = "选项"
    book["隐"].sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_xls() -> bytes:
    values = {
        (0, 0): "学段", (0, 1): "学校", (1, 1): "甲校", (2, 1): "乙校", (0, 2): "覆盖率", (1, 2): 0.8, (2, 2): 12.0,
        (0, 3): "时限", (1, 3): 46022.0, (2, 3): "隐藏列", (3, 0): "隐藏行", (3, 1): "丙校", (3, 3): "末", (1, 0): "小学",
    }  # fmt: skip
    page = Sheet(
        "一览表", values, {(1, 2): 1, (2, 2): 2, (1, 3): 3}, {(3, 2): 0x2A}, hidden_rows=[3], hidden_columns=[3],
        merged=[(1, 2, 0, 0)],
    )  # fmt: skip
    return workbook([page, Sheet("隐", {(0, 0): "选项"}, visible=False)])


def as_ods() -> bytes:
    return ods(
        sheet(
            "一览表",
            row(cell("学段"), cell("学校"), cell("覆盖率"), cell("时限")),
            row(
                cell("小学", more='table:number-rows-spanned="2"'), cell("甲校"), cell("80%", "percentage", "0.8"),
                cell("2025年12月31日", "date", "2025-12-31"),
            ),
            row("<table:covered-table-cell/>", cell("乙校"), cell("12所", "float", "12"), cell("隐藏列")),
            row(cell("隐藏行"), cell("丙校"), cell("#N/A"), cell("末"), more='table:visibility="collapse"'),
            columns='<table:table-column table:number-columns-repeated="3"/>'
            '<table:table-column table:visibility="collapse"/>',
        ),
        sheet("隐", row(cell("选项")), style="unseen"),
    )  # fmt: skip


def by_libreoffice(extension: str) -> bytes:
    try:
        return soffice.convert(as_xlsx(), "x", ".xlsx", "Calc MS Excel 2007 XML", extension)
    except NotRead as error:
        pytest.skip(f"LibreOffice Calc is not installed, so it cannot write the file: {error.cause}")


@pytest.mark.parametrize(
    "name",
    ["表.xlsx", "表.xls", "表.et", "表.ods", "LibreOffice.xls", "LibreOffice.ods", "LibreOffice.xlsx"],
)
def test_values_places_spans_and_what_is_hidden_are_the_same_in_every_kind(name: str) -> None:
    made, _, extension = name.partition(".")
    if made == "LibreOffice":
        data = by_libreoffice(extension)
    else:
        data = {"xlsx": as_xlsx, "xls": as_xls, "et": as_xls, "ods": as_ods}[extension]()
    reading = read(data, name)
    assert filled(reading) == {
        f"一览表!{place}": text
        for place, text in {
            "A1": "学段", "B1": "学校", "C1": "覆盖率", "D1": "时限", "A2": "小学", "B2": "甲校", "C2": "80%",
            "D2": "2025年12月31日", "B3": "乙校", "C3": "12所", "D3": "隐藏列", "A4": "隐藏行", "B4": "丙校",
            "C4": "#N/A", "D4": "末",
        }.items()
    }  # fmt: skip
    assert spans(reading) == {"一览表!A2": (2, 1)}
    assert sorted(kinds(reading)) == ["hidden_cells", "hidden_sheet"]
    (hidden,) = (note.message for note in reading.notes if note.kind == "hidden_cells")
    assert "行 4，列 D" in hidden


def test_a_password_on_an_old_workbook_is_recognised() -> None:
    with pytest.raises(NotRead) as refusal:
        read(workbook([Sheet("表", {(0, 0): "甲"})], password=True), "表.xls")
    assert refusal.value.cause == "encrypted"


def test_a_password_on_an_ods_is_recognised() -> None:
    manifest = '<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
    with pytest.raises(NotRead) as refusal:
        read(ods(sheet("表", row(cell("甲"))), manifest=manifest), "表.ods")
    assert refusal.value.cause == "encrypted"


def test_cells_in_the_far_corners_of_an_old_workbook_are_all_read() -> None:
    reading = read(
        workbook([Sheet("表", {(0, 0): "甲", (0, 1): "乙", (65_535, 255): "丙", (65_535, 0): "丁"})]), "a.xls"
    )
    assert filled(reading) == {"表!A1": "甲", "表!B1": "乙", "表!A65536": "丁", "表!IV65536": "丙"}
    assert len(table_of(reading).cells) < 20


def test_many_sheets_that_each_reach_into_the_last_corner_are_refused() -> None:
    sheets = [Sheet(f"表{n}", {(0, 0): "甲", (65_535, 255): "乙"}) for n in range(3)]
    with pytest.raises(NotRead) as refusal:
        read(workbook(sheets), "a.xls")
    assert refusal.value.cause == "over_limit"


def test_sheets_that_all_claim_to_be_the_same_records_are_refused() -> None:
    """Where a sheet begins is the file's own claim: hundreds of them may begin at the same place."""
    names = [Sheet(f"表{n:03d}", {}) for n in range(300)]
    full = Sheet("表300", {(r, c): "甲" for r in range(400) for c in range(8)})
    data = bytearray(workbook([*names, full]))
    begins = [
        at
        for at in range(512, len(data) - 22)
        if data[at : at + 2] == b"\x85\x00" and data[at + 12 : at + 14] == b"h\x88"
    ]
    assert len(begins) == 301
    for at in begins:
        data[at + 4 : at + 8] = data[begins[-1] + 4 : begins[-1] + 8]
    with pytest.raises(NotRead) as refusal:
        read(bytes(data), "a.xls")
    assert refusal.value.cause == "damaged"


@pytest.mark.parametrize("where", ["before", "after", "between"])
def test_a_million_blank_rows_and_columns_of_an_ods_hide_nothing(where: str) -> None:
    blank = row(cell(more='table:number-columns-repeated="1000000"'), more='table:number-rows-repeated="1000000"')
    first, second = row(cell("甲"), cell("乙")), row(cell("丙"), cell("丁"))
    rows = {
        "before": [blank, first, second],
        "after": [first, second, blank],
        "between": [first, blank, row(cell(more='table:number-columns-repeated="99999"'), cell("丙"), cell("丁"))],
    }[where]
    found = filled(read(ods(sheet("表", *rows)), "a.ods"))
    assert list(found.values()) == ["甲", "乙", "丙", "丁"]
    assert next(iter(found)) == ("表!A1000001" if where == "before" else "表!A1")
    if where == "between":
        assert "表!EQXD1000002" in found


def test_a_filled_cell_repeated_a_million_times_either_way_is_refused() -> None:
    wide = 'table:number-columns-repeated="1000000"'
    with pytest.raises(NotRead) as refusal:
        read(ods(sheet("表", row(cell("甲", more=wide), more='table:number-rows-repeated="1000000"'))), "a.ods")
    assert refusal.value.cause == "over_limit"


def test_repeated_cells_are_there_as_often_as_they_are_shown() -> None:
    twice = 'table:number-columns-repeated="2"'
    reading = read(
        ods(sheet("表", row(cell("甲", more=twice), cell("乙"), more='table:number-rows-repeated="2"'))), "a.ods"
    )
    assert filled(reading) == {
        "表!A1": "甲", "表!B1": "甲", "表!C1": "乙", "表!A2": "甲", "表!B2": "甲", "表!C2": "乙",
    }  # fmt: skip


def test_text_in_an_ods_cell_keeps_its_lines_and_spaces() -> None:
    text = '甲<text:s text:c="2"/>乙<text:span>丙<text:line-break/>丁</text:span>戊</text:p><text:p>己'
    reading = read(ods(sheet("表", row(cell(text), cell("x")), row(cell("y"), cell("z")))), "a.ods")
    assert filled(reading)["表!A1"] == "甲  乙丙\n丁戊\n己"


def test_a_date_that_would_leave_the_year_open_is_given_in_full() -> None:
    dates = row(
        cell("12/31/25", "date", "2025-12-31"),
        cell("9月1日", "date", "2025-09-01"),
        cell("￥1,234.50", "currency", "1234.5"),
    )
    assert list(filled(read(ods(sheet("表", row(cell("甲"), cell("乙"), cell("丙")), dates)), "a.ods")).values())[3:] == [
        "2025-12-31", "9月1日", "￥1234.50",
    ]  # fmt: skip


def test_a_formula_without_a_value_is_noted_with_its_place() -> None:
    uncalculated = '<table:table-cell table:formula="of:=SUM([.A1:.A2])"/>'
    reading = read(ods(sheet("表", row(cell("甲"), cell("乙")), row(cell("合计"), uncalculated))), "a.ods")
    (note,) = reading.notes
    assert note.kind == "formula_without_value"
    assert "B2" in note.message


def test_entities_in_an_ods_are_refused() -> None:
    doctype = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(NotRead) as refusal:
        read(ods(sheet("表", row(cell("&e;"))), doctype=doctype), "a.ods")
    assert refusal.value.cause == "damaged"


places = st.tuples(st.one_of(st.integers(0, 20), st.integers(0, 6_000)), st.integers(0, 255))
words = st.text("甲乙丙丁ABC", min_size=1, max_size=4)


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(places, words, min_size=4, max_size=12))
def test_cells_anywhere_on_a_sheet_are_read_from_every_kind(cells: dict[tuple[int, int], str]) -> None:
    book = openpyxl.Workbook()
    for (r, c), text in cells.items():
        book.active.cell(r + 1, c + 1, text)
    buffer = io.BytesIO()
    book.save(buffer)
    for data, name in ((buffer.getvalue(), "a.xlsx"), (workbook([Sheet("Sheet", dict(cells))]), "a.xls")):
        texts = []
        for block in read(data, name).blocks:
            texts += [c.text for c in block.cells if c.text] if isinstance(block, Table) else [block.text]
        assert texts == [cells[place] for place in sorted(cells)]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 30_000), st.binary(max_size=12), st.integers(0, 40_000))
def test_an_old_workbook_damaged_anywhere_ends_in_a_reading_or_a_cause(place: int, junk: bytes, length: int) -> None:
    data = as_xls()
    data = (data[:place] + junk + data[place + len(junk) :])[: max(length, 100)]
    cause = ""
    try:
        assert read(data, "a.xls").blocks
    except NotRead as refusal:
        cause = refusal.cause
    assert cause != "reader_failed"


def test_a_compound_file_that_only_says_it_is_a_workbook_is_damaged() -> None:
    with pytest.raises(NotRead) as refusal:
        read(compound({"Workbook": b"nothing of the kind"}), "a.xls")
    assert refusal.value.cause == "damaged"
