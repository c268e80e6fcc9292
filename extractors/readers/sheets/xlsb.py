"""What calamine does not tell about a binary workbook (XLSB): a scan of its records ([MS-XLSB] 2.1.4 and 2.4).

How far each sheet really reaches must be known before calamine lays it out; formats, hidden rows and errors are found
on the way.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extractors.readers.sheets.number_formats import BUILTIN
from extractors.readers.sheets.parts import SheetParts
from extractors.readers.sheets.xls import ERRORS
from extractors.readers.word.ooxml import Package, damaged

_ROW, _CELLS, _MERGED, _COLUMN, _SHEET = 0, range(1, 12), 176, 60, 156
_BLANK, _ERROR, _FORMULA_ERROR = 1, 3, 11
_NUMBER_FORMAT, _CELL_STYLES, _STYLE = 44, 617, 47
_END_CELL_STYLES = 618


def of_xlsb(package: Package) -> dict[str, SheetParts]:
    """The parts of every sheet of an XLSB by the sheet's name.

    Raises:
        NotRead: ``damaged`` when a record ends before its own length.
    """
    main = package.main_part("xl/workbook.bin")
    relations = package.relations(main)
    styles = next((target for kind, target, _ in relations.values() if kind == "styles"), "xl/styles.bin")
    found: dict[str, SheetParts] = {}
    scanned: dict[str, SheetParts] = {}
    try:
        codes = _codes(package.bytes_of(styles) or b"")
        for kind, body in _records(package.bytes_of(main) or b""):
            if kind != _SHEET:
                continue
            # BrtBundleSh (2.4.304): visibility, number, then the name of the relation and the sheet's name.
            identifier, end = _wide(body, 8)
            name, _ = _wide(body, end)
            _, target, external = relations.get(identifier, ("", "", True))
            if target not in scanned and not external and (content := package.bytes_of(target)) is not None:
                scanned[target] = _scan(content, codes)
            if target in scanned:
                found[name] = scanned[target]
    except (struct.error, IndexError) as error:
        raise damaged(package.uri, f"工作簿记录不完整 / a record is cut off: {error}") from error
    return found


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: a number in one or two bytes, a length in up to four of seven bits, the content."""
    position = 0
    while position < len(content):
        kind = content[position]
        position += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (content[position] & 0x7F) << 7
            position += 1
        length = 0
        for shift in (0, 7, 14, 21):
            part = content[position]
            position += 1
            length |= (part & 0x7F) << shift
            if not part & 0x80:
                break
        yield kind, content[position : position + length]
        position += length


def _wide(body: bytes, position: int) -> tuple[str, int]:
    """A string behind its length in characters, and where it ends (2.5.169); a length of all ones is no string."""
    (count,) = struct.unpack_from("<I", body, position)
    count = 0 if count == 0xFFFFFFFF else count
    end = position + 4 + 2 * count
    return body[position + 4 : end].decode("utf-16-le", "replace"), end


def _codes(content: bytes) -> list[str]:
    """The number format of every cell style (BrtFmt 2.4.659, BrtXF 2.4.840 between the marks of the cell styles)."""
    customs: dict[int, str] = {}
    styles: list[int] = []
    inside = False
    for kind, body in _records(content):
        if kind == _NUMBER_FORMAT:
            customs[struct.unpack_from("<H", body)[0]] = _wide(body, 2)[0]
        elif kind in (_CELL_STYLES, _END_CELL_STYLES):
            inside = kind == _CELL_STYLES
        elif kind == _STYLE and inside:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    return [customs.get(identifier) or BUILTIN.get(identifier, "") for identifier in styles]


def _scan(content: bytes, codes: list[str]) -> SheetParts:
    parts = SheetParts()
    row = 0
    rows: list[int] = []
    columns: list[int] = []
    for kind, body in _records(content):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
            # BrtRowHdr (2.4.763): row, style, height, then flags; fDyZero says that the row is hidden.
            if len(body) > 11 and body[11] & 0x10:
                parts.hidden_rows.append((row, row))
        elif kind in _CELLS:
            column, style = struct.unpack_from("<II", body)
            style &= 0xFFFFFF
            if kind != _BLANK:
                rows = [min(row, *rows), max(row, *rows)] if rows else [row, row]
                columns = [min(column, *columns), max(column, *columns)] if columns else [column, column]
            code = codes[style] if style < len(codes) else ""
            if code and code != "General":
                parts.formats[row, column] = code
            if kind in (_ERROR, _FORMULA_ERROR):
                parts.texts[row, column] = ERRORS.get(body[8], "#")
        elif kind == _MERGED:
            first, last, left, right = struct.unpack_from("<IIII", body)
            parts.merged.append(((first, left), (last, right)))
        elif kind == _COLUMN:
            first, last = struct.unpack_from("<II", body)
            if len(body) > 16 and body[16] & 1:
                parts.hidden_columns.append((first, last))
    if rows:
        parts.area = (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)
    return parts
