"""Workbooks (XLSX, XLS, XLSB, ODS): every sheet as its titles and one table, each cell with its own reference.

A formula is read as the value that was last calculated. A hidden sheet is not what the sender shows, so it is left out
and noted.
"""

from __future__ import annotations

import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from extractors.readers import limits
from extractors.readers.sheets import ods as sheet_ods
from extractors.readers.sheets import xls as sheet_xls
from extractors.readers.sheets import xls_records
from extractors.readers.sheets import xlsb as sheet_xlsb
from extractors.readers.sheets.layout import Place, TooManyCells, column_letters, sheet_blocks
from extractors.readers.sheets.number_formats import shown
from extractors.readers.sheets.parts import SheetParts, of_xlsx
from extractors.readers.word.ooxml import OLE, Package, damaged, encrypted, is_encrypted, no_text, over_limit
from schemas.errors import NotRead
from schemas.reading import Note, Reading, Table

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MEDIA_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
)
"""What this reader takes: XLSX, XLS, XLSB, ODS."""


def read(data: bytes, uri: str) -> Reading:
    """Reads a workbook.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        For every visible sheet: its name as a heading unless it is a default one, the title lines above the table, the
        table (``caption`` is the sheet's name, ``Cell.reference`` such as ``一览表!B3``), the remarks below it.

    Raises:
        NotRead: ``damaged``, ``encrypted``, ``over_limit``, or ``no_text`` when no visible cell is filled.
    """
    if is_encrypted(data):
        raise encrypted(uri)
    package = None if data.startswith(OLE) else Package(data, uri)
    try:
        media_type, parts = _describe(package, data, uri)
        reading = Reading(media_type=media_type, meta=package.properties() if package else {})
        _fill(reading, data, uri, parts)
    except NotRead:
        raise
    except TooManyCells as error:
        raise over_limit(
            uri, f"单元格超过 {limits.MAX_CELLS} 个 / more than {limits.MAX_CELLS} cells {error}".strip()
        ) from error
    except BaseException as error:
        # calamine is Rust: a broken file can end in a panic, which is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        if "password" in f"{type(error).__name__} {error}".lower():
            raise encrypted(uri) from error
        raise damaged(uri, f"无法解析工作簿 / the workbook cannot be parsed: {error}") from error
    if not any(isinstance(block, Table) or block.style == "body" for block in reading.blocks):
        raise no_text(uri, "工作簿中没有可见的内容 / no visible cell is filled", "请确认是否为空表或内容在隐藏工作表中")
    return reading


def _describe(package: Package | None, data: bytes, uri: str) -> tuple[str, dict[str, SheetParts] | None]:
    """The media type, and what the sheets are beyond calamine's knowledge; None where that could not be found out."""
    if package is None:
        return MEDIA_TYPES[1], sheet_xls.of_xls(data, uri)
    if "xl/workbook.bin" in package:
        return MEDIA_TYPES[2], sheet_xlsb.of_xlsb(package)
    if "content.xml" in package:
        return MEDIA_TYPES[3], sheet_ods.sheets(package)
    return MEDIA_TYPES[0], of_xlsx(package)


def _fill(reading: Reading, data: bytes, uri: str, parts: dict[str, SheetParts] | None) -> None:
    """Read every visible sheet, by calamine where the cells are not there already."""
    if reading.media_type == MEDIA_TYPES[3]:
        for name, known in (parts or {}).items():
            if known.visible:
                _add(reading, name, known, known.cells or {}, known.merged)
            else:
                reading.notes.append(_hidden(name))
        return
    if reading.media_type == MEDIA_TYPES[1]:
        data = xls_records.plain(data, uri)
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    workbook = load_workbook(io.BytesIO(data))
    for metadata in workbook.sheets_metadata:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        name = metadata.name
        if metadata.visible != SheetVisibleEnum.Visible:
            reading.notes.append(_hidden(name))
            continue
        known = (parts or {}).get(name) or SheetParts()
        if known.cells is not None:
            _add(reading, name, known, known.cells, known.merged)
            continue
        if known.area > limits.MAX_CELLS and reading.media_type != MEDIA_TYPES[1]:
            raise TooManyCells(name)
        sheet = workbook.get_sheet_by_name(name)
        cells = _cells(sheet, known)
        if parts is None and any(isinstance(value, float) and 0 < value < 1 for value in cells.values()):
            reading.notes.append(
                Note(
                    "number_formats_not_read",
                    f"工作表“{name}”的小数可能是百分数（显示格式未能读取） / "
                    f"fractions in sheet {name} may be percentages: display formats could not be read",
                )
            )
        texts = {place: shown(value, known.formats.get(place)) for place, value in cells.items()}
        _add(reading, name, known, texts | known.texts, known.merged or list(sheet.merged_cell_ranges or []))


def _cells(sheet: CalamineSheet, known: SheetParts) -> dict[Place, object]:
    """The filled cells of a sheet by their places.

    Raises:
        TooManyCells: more of them than are read.
    """
    cells: dict[Place, object] = {}
    if sheet.start is None or not sheet.width:
        return cells
    top, left = sheet.start
    # Row by row is leaner, but goes through everything above the first filled row too: only for old workbooks, which
    # have 65,536 rows of 256 columns at most.
    lean = known.area > limits.MAX_CELLS
    rows = sheet.iter_rows() if lean else sheet.to_python(skip_empty_area=True)
    for row, values in enumerate(rows, start=0 if lean else top):
        if values.count("") < len(values):
            cells.update({(row, left + column): value for column, value in enumerate(values) if value != ""})
            if len(cells) > limits.MAX_CELLS:
                raise TooManyCells
    return cells


def _add(
    reading: Reading, name: str, known: SheetParts, texts: Mapping[Place, str], merged: Sequence[tuple[Place, Place]]
) -> None:
    """Add one sheet: what there is to know of it, then its blocks."""
    cells = {place: clean for place, text in texts.items() if (clean := _clean(text))}
    if known.uncalculated:
        row, column = known.uncalculated[0]
        reading.notes.append(
            Note(
                "formula_without_value",
                f"工作表“{name}”有 {len(known.uncalculated)} 个公式没有计算结果，从 {column_letters(column)}{row + 1} 起 / "
                f"sheet {name} has {len(known.uncalculated)} formulas without values, "
                f"the first in {column_letters(column)}{row + 1}",
            )
        )
    rows = _within(known.hidden_rows, {row for row, _ in cells})
    columns = _within(known.hidden_columns, {column for _, column in cells})
    if rows or columns:
        where = _named(str(row + 1) for row in rows), _named(column_letters(column) for column in columns)
        reading.notes.append(
            Note(
                "hidden_cells",
                f"工作表“{name}”隐藏的行列一并读取：行 {where[0] or '无'}，列 {where[1] or '无'} / sheet {name}: "
                f"hidden rows and columns were read too: rows {where[0] or 'none'}, columns {where[1] or 'none'}",
            )
        )
    reading.blocks += sheet_blocks(name, cells, merged)


def _within(ranges: Sequence[tuple[int, int]], filled: set[int]) -> list[int]:
    """Which of the filled rows (or columns) lie in one of the ranges."""
    if not ranges or not filled:
        return []
    ordered = sorted(filled)
    found: set[int] = set()
    for first, last in ranges:
        found.update(ordered[bisect_left(ordered, first) : bisect_right(ordered, last)])
    return sorted(found)


def _named(names: Iterable[str]) -> str:
    """The first ten of some names."""
    listed = list(names)
    return "、".join(listed[:10]) + ("…" if len(listed) > 10 else "")


def _hidden(name: str) -> Note:
    return Note("hidden_sheet", f"隐藏的工作表“{name}”未读取 / hidden sheet {name} not read")


def _clean(text: str) -> str:
    if "\n" not in text and "\r" not in text and "_x" not in text:
        return text.strip()
    # Alt+Enter is a line break in the cell; _x000D_ is how old writers escape the carriage return before it.
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in text.strip().split("\n"))
