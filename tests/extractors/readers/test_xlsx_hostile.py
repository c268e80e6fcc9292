"""A workbook from outside can be broken or malicious: it gives a clear refusal or a reading, nothing else."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import refused_or_read

from extractors.readers import sheets as xlsx
from schemas.errors import NotRead
from schemas.reading import Table


def good() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["学段", "学校"])
    book.active.append(["小学", 0.7])
    book.active["B2"].number_format = "0%"
    book.active.merge_cells("A3:B3")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


GOOD = good()
SHEET = "xl/worksheets/sheet1.xml"


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return archive.read(name)


def with_part(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return buffer.getvalue()


def cause(data: bytes) -> str:
    with pytest.raises(NotRead) as caught:
        xlsx.read(data, "台账.xlsx")
    assert "\n" not in str(caught.value)
    return caught.value.cause


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_damaged(share: float) -> None:
    assert cause(GOOD[: int(len(GOOD) * share)]) == "damaged"


def test_a_password_protected_workbook_says_so() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert cause(ole) == "encrypted"


def test_a_broken_old_workbook_is_damaged() -> None:
    assert cause(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)) == "damaged"


def test_a_value_in_the_last_cell_of_the_sheet_is_read_and_the_blanks_are_not_laid_out() -> None:
    far = part(SHEET).replace(
        b"</sheetData>", b'<row r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    (table,) = xlsx.read(with_part(SHEET, far), "x.xlsx").blocks
    assert isinstance(table, Table)
    filled = {cell.reference: cell.text for cell in table.cells if cell.text}
    expected = {"A1": "学段", "B1": "学校", "A2": "小学", "B2": "70%", "XFD1048576": "1"}
    assert filled == {f"Sheet!{place}": text for place, text in expected.items()}
    assert len(table.cells) < 100


def test_more_scattered_cells_than_can_be_laid_out_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.limits.MAX_CELLS", 400)
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    cells = [b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (n * 90, letters[n : n + 1], n * 90) for n in range(1, 26)]
    assert (
        cause(with_part(SHEET, part(SHEET).replace(b"</sheetData>", b"".join(cells) + b"</sheetData>"))) == "over_limit"
    )


def test_a_claimed_size_is_not_believed() -> None:
    claimed = part(SHEET).replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"')
    assert b"XFD" in claimed
    assert xlsx.read(with_part(SHEET, claimed), "x.xlsx").blocks


def test_a_dtd_is_refused() -> None:
    book = part("xl/workbook.xml")
    start = book.index(b"<workbook")
    dtd = b'<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    assert cause(with_part("xl/workbook.xml", book[:start] + dtd + book[start:])) == "damaged"


def test_merged_ranges_that_overlap_or_lie_outside_do_no_harm() -> None:
    ranges = b'<mergeCells count="3"><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/><mergeCell ref="A1:XFD1048576"/>'
    sheet = part(SHEET)
    begin, end = sheet.index(b"<mergeCells"), sheet.index(b"</mergeCells>")
    reading = xlsx.read(with_part(SHEET, sheet[:begin] + ranges + sheet[end:]), "x.xlsx")
    assert reading.blocks


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_any_damage_ends_in_a_refusal_or_a_reading(offset: int, junk: bytes) -> None:
    refused_or_read(xlsx.read, GOOD[:offset] + junk + GOOD[offset + len(junk) :], "x.xlsx")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_inside_the_parts_ends_in_a_refusal_or_a_reading(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]))
    xml = part(name)
    offset = data.draw(st.integers(0, len(xml) - 1))
    junk = data.draw(st.sampled_from([b"", b'"', b"<", b"999999999999", b"-1", b"x", b"/>", b"\xff"]))
    length = data.draw(st.integers(0, 12))
    refused_or_read(xlsx.read, with_part(name, xml[:offset] + junk + xml[offset + length :]), "x.xlsx")


@pytest.mark.parametrize("reference", ["A999999999999999", "ZZZZZZ1", "A0", "1", "", "-A1", "A1:B2"])
def test_a_cell_in_a_place_that_no_sheet_has_is_damage_and_no_memory_is_set_aside_for_it(reference: str) -> None:
    sheet = part(SHEET)
    assert b'r="B2"' in sheet
    assert cause(with_part(SHEET, sheet.replace(b'r="B2"', f'r="{reference}"'.encode()))) == "damaged"


@pytest.mark.parametrize(
    "vocabulary", [b"schemas.openxmlformats.org/spreadsheetml/2006/", b"purl.oclc.org/ooxml/spreadsheetml/"]
)
def test_cells_and_rows_without_references_stand_behind_each_other(vocabulary: bytes) -> None:
    sheet = part(SHEET).replace(b"schemas.openxmlformats.org/spreadsheetml/2006/", vocabulary)
    for name in (b"A1", b"B1", b"A2", b"B2"):
        sheet = sheet.replace(b' r="' + name + b'"', b"")
    sheet = sheet.replace(b'<row r="2"', b"<row")
    found = xlsx.read(with_part(SHEET, sheet), "台账.xlsx")
    (table,) = (block for block in found.blocks if isinstance(block, Table))
    assert [(c.reference, c.text) for c in table.cells if c.text] == [
        ("Sheet!A1", "学段"), ("Sheet!B1", "学校"), ("Sheet!A2", "小学"), ("Sheet!B2", "70%"),
    ]  # fmt: skip
