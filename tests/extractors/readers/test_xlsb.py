"""A binary workbook (XLSB) is read as its XLSX would be; no library writes them, so the records are written by hand."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from extractors.readers import read
from extractors.readers import sheets as xlsx
from extractors.readers.sheets import xlsb as sheet_xlsb
from extractors.readers.word.ooxml import Package
from schemas.errors import NotRead
from schemas.reading import Table


def record(kind: int, body: bytes = b"") -> bytes:
    """[MS-XLSB] 2.1.4: the number and the length in groups of seven bits."""
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = b""
    rest = len(body)
    while True:
        length += bytes([rest & 0x7F | (0x80 if rest > 0x7F else 0)])
        rest >>= 7
        if not rest:
            return number + length + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row(number: int, *, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBBB", number, 0, 300, 0, 0x10 if hidden else 0, 0) + bytes(4))


def number(column: int, value: float, style: int = 0) -> bytes:
    return record(5, struct.pack("<IId", column, style, value))


def text(column: int, value: str) -> bytes:
    return record(6, struct.pack("<II", column, 0) + wide(value))


def error(column: int, code: int) -> bytes:
    return record(3, struct.pack("<IIB", column, 0, code))


def workbook(*cells: bytes, merged: bytes = b"", columns: bytes = b"") -> bytes:
    """One sheet of the given rows and cells."""
    sheet = (
        record(129) + record(148, struct.pack("<IIII", 0, 1_048_575, 0, 16_383)) + columns + record(145)
        + b"".join(cells) + record(146) + merged + record(130)
    )  # fmt: skip
    book = (
        record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("一览表")) + record(144)
        + record(132)
    )  # fmt: skip
    styles = (
        record(278)
        + record(615, struct.pack("<I", 1))
        + record(44, struct.pack("<H", 164) + wide('0"所"'))
        + record(616)
    )
    styles += record(617, struct.pack("<I", 3))
    for identifier in (0, 9, 164):
        styles += record(47, struct.pack("<HH", 0, identifier) + bytes(12))
    styles += record(618) + record(279)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{relation}/officeDocument" '
            'Target="xl/workbook.bin"/></Relationships>',
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{relation}/worksheet" '
            f'Target="worksheets/sheet1.bin"/><Relationship Id="rId2" Type="{relation}/styles" Target="styles.bin"/>'
            "</Relationships>",
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/styles.bin", styles)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return buffer.getvalue()


HEAD = (row(0), text(0, "学段"), text(1, "学校"), text(2, "覆盖率"))


def filled(data: bytes) -> dict[str | None, str]:
    (table,) = (block for block in read(data, "a.xlsb").blocks if isinstance(block, Table))
    return {cell.reference: cell.text for cell in table.cells if cell.text}


def test_values_formats_and_errors_are_what_people_see() -> None:
    data = workbook(
        *HEAD, row(1), text(0, "小学"), number(1, 12, 2), number(2, 0.8, 1), row(2), text(0, "末"), error(2, 0x2A)
    )
    assert filled(data) == {
        "一览表!A1": "学段", "一览表!B1": "学校", "一览表!C1": "覆盖率", "一览表!A2": "小学", "一览表!B2": "12所",
        "一览表!C2": "80%", "一览表!A3": "末", "一览表!C3": "#N/A",
    }  # fmt: skip


def test_merged_cells_and_hidden_rows_and_columns_are_known() -> None:
    merged = record(177, struct.pack("<I", 1)) + record(176, struct.pack("<IIII", 1, 2, 0, 0)) + record(178)
    columns = record(390) + record(60, struct.pack("<IIIIH", 2, 2, 2000, 0, 1)) + record(391)
    data = workbook(
        *HEAD, row(1), text(0, "小学"), text(1, "甲校"), row(2, hidden=True), text(1, "乙校"), text(2, "是"),
        merged=merged, columns=columns,
    )  # fmt: skip
    reading = read(data, "a.xlsb")
    (table,) = (block for block in reading.blocks if isinstance(block, Table))
    assert [(c.reference, c.row_span) for c in table.cells if c.row_span > 1] == [("一览表!A2", 2)]
    (note,) = reading.notes
    assert note.kind == "hidden_cells"
    assert "行 3，列 C" in note.message


def test_a_claimed_size_is_not_believed_and_a_cell_in_the_last_corner_is_refused() -> None:
    assert filled(workbook(*HEAD))
    with pytest.raises(NotRead) as refusal:
        read(workbook(*HEAD, row(1_048_575), number(16_383, 1)), "a.xlsb")
    assert refusal.value.cause == "over_limit"


def test_the_reach_of_a_sheet_is_that_of_its_cells() -> None:
    data = workbook(*HEAD, row(9), number(4, 1))
    assert sheet_xlsb.of_xlsb(Package(data, "a.xlsb"))["一览表"].area == 50


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_record_that_is_cut_off_is_damaged_or_read_and_never_a_crash(cut: int) -> None:
    data = workbook(*HEAD)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-cut] if name.endswith("sheet1.bin") else content)
    cause = ""
    try:
        assert xlsx.read(buffer.getvalue(), "a.xlsb").blocks
    except NotRead as refusal:
        cause = refusal.cause
    assert cause in ("", "damaged", "no_text")
