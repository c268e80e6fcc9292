"""Reads a ledger that people have edited: in Excel, WPS or LibreOffice, sorted, filtered, with rows moved, copied or deleted.

Rows are told by the finding's id in their hidden column and columns by their heading, so that the order of neither matters.
The file is hostile until read: its size unpacked, its rows and its columns are bounded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.ledger.columns import CHECKED, COLUMNS, EDITABLE, HIDDEN_SHEET, ID_HEADING, SHEET
from checks.ledger.values import day, marks, normal
from checks.ledger.write import FORM, HIDDEN_HEADINGS, VERSION
from checks.workbooks import Unopened, open_workbook, said
from schemas.errors import InvalidLedger

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

MAX_UNPACKED = 400_000_000
"""Bytes of all parts of the workbook unpacked."""
MAX_ROWS = 100_000
"""Rows with something in them."""
_MAX_COLUMNS = 200
_MOST_EMPTY = 10_000
_HEAD_ROWS = 20
"""How far down the headings are looked for: people put a title above them."""


@dataclass(frozen=True, slots=True)
class Before:
    """What stood in a row when the ledger was written: the finding's fingerprint, hashes of the machine's cells, and what was
    filled in."""

    fingerprint: str
    marks: dict[str, str]
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is now. ``number`` counts from 1 as the program shows it; ``values`` by key, None where a cell holds what it
    cannot: no day, or a formula; ``raw`` as it stands there; ``touched``: keys of machine cells that were changed."""

    number: int
    id: str
    values: dict[str, str | None]
    raw: dict[str, str]
    touched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An edited ledger. ``missing``: ids of rows that are gone; ``absent``: headings of columns that are gone."""

    name: str
    rows: list[Row]
    before: dict[str, Before]
    missing: list[str]
    absent: list[str]


def read_ledger(data: bytes, name: str) -> Sheet:
    """Read a ledger.

    Args:
        data: the workbook.
        name: of the file, for messages.

    Raises:
        InvalidLedger: it is no ledger, too large, or lacks what rows are told by; the message says which.
    """
    book = _open(data, name)
    try:
        if SHEET not in book.sheetnames or HIDDEN_SHEET not in book.sheetnames:
            raise InvalidLedger(
                f"{name}: 不是本程序导出的问题台账，或缺少隐藏工作表 no ledger, or its hidden sheet is gone "
                "(fill in a file of `duzheng ledger export`, not a copy of its rows)"
            )
        before = _before(book, name)
        rows, absent = _rows(book, name, before)
    except InvalidLedger:
        raise
    except Exception as error:  # read row by row, a damaged part shows only here
        raise _damaged(name, said(error)) from error
    finally:
        book.close()
    there = {row.id for row in rows}
    return Sheet(name, rows, before, [id for id in before if id not in there], absent)


def _damaged(name: str, detail: str) -> InvalidLedger:
    return InvalidLedger(f"{name}: 不是工作簿或已损坏 not an Excel workbook, or damaged: {detail} (save it as .xlsx)")


def _open(data: bytes, name: str) -> Workbook:
    try:
        return open_workbook(data, MAX_UNPACKED)
    except Unopened as error:
        if error.why == "too_large":
            raise InvalidLedger(f"{name}: 过大 unpacks to more than {MAX_UNPACKED} bytes (split it by unit)") from error
        if error.why == "document_type":
            raise InvalidLedger(
                f"{name}: {error.detail} 声明了文档类型 / declares a document type (请重新保存 / save it again)"
            ) from error
        raise _damaged(name, error.detail) from error


def _lines(book: Workbook, sheet: str, name: str) -> Any:
    """The rows of a sheet that hold anything, with their numbers."""
    worksheet: Any = book[sheet]
    worksheet.reset_dimensions()
    count = empty = 0
    for number, row in enumerate(worksheet.iter_rows(max_col=_MAX_COLUMNS), start=1):
        if any(cell.value is not None for cell in row):
            count += 1
            if count > MAX_ROWS:
                raise InvalidLedger(f"{name}: 行数过多 more than {MAX_ROWS} rows (split it by unit)")
            empty = 0
            yield number, row
        else:
            empty += 1
            if empty > _MOST_EMPTY:  # formatting that somebody gave to whole columns goes on for a million rows
                return


def _before(book: Workbook, name: str) -> dict[str, Before]:
    lines = _lines(book, HIDDEN_SHEET, name)
    _, first = next(lines, (0, ()))
    form = [normal(cell.value) for cell in first[:2]]
    if form != [FORM, str(VERSION)]:
        raise InvalidLedger(f"{name}: 台账版本不符 a ledger of another form: {' '.join(form)[:60]} (export it again)")
    headings = [normal(cell.value) for cell in next(lines, (0, ()))[1]]
    if not {*HIDDEN_HEADINGS, *(column.key for column in EDITABLE)} <= set(headings):
        raise InvalidLedger(f"{name}: 隐藏工作表已损坏 the hidden sheet is damaged (export it again)")
    found: dict[str, Before] = {}
    for _, row in lines:
        cells = {
            heading: normal(row[place].value) if place < len(row) else "" for place, heading in enumerate(headings)
        }
        try:
            made = json.loads(cells["marks"])
        except ValueError:
            made = None
        if not isinstance(made, dict):
            raise InvalidLedger(f"{name}: 隐藏工作表已损坏 the hidden sheet is damaged (export it again)")
        values = {column.key: cells[column.key] for column in EDITABLE}
        found[cells["id"]] = Before(cells["fingerprint"], {str(k): str(v) for k, v in made.items()}, values)
    return found


def _rows(book: Workbook, name: str, before: dict[str, Before]) -> tuple[list[Row], list[str]]:
    lines = _lines(book, SHEET, name)
    places: dict[str, int] = {}
    for number, row in lines:
        headings = [normal(cell.value) for cell in row]
        if ID_HEADING in headings:
            places = {heading: place for place, heading in reversed(list(enumerate(headings))) if heading}
            break
        if number > _HEAD_ROWS:
            break
    if ID_HEADING not in places:
        raise InvalidLedger(f"{name}: 缺少隐藏列“{ID_HEADING}” the hidden column of ids is gone (export it again)")
    absent = [column.heading for column in COLUMNS if column.heading not in places]
    rows = []
    for number, row in lines:
        cells = {
            column.key: row[places[column.heading]]
            for column in COLUMNS
            if column.heading in places and places[column.heading] < len(row)
        }
        id_place = places[ID_HEADING]
        id = normal(row[id_place].value) if id_place < len(row) else ""
        rows.append(_row(number, id, cells, before.get(id), {c.key for c in COLUMNS if c.heading in places}))
    return rows, absent


def _row(number: int, id: str, cells: dict[str, Any], before: Before | None, there: set[str]) -> Row:
    values: dict[str, str | None] = {}
    raw: dict[str, str] = {}
    for column in EDITABLE:
        key = column.key
        if key not in there and before is not None:
            values[key] = raw[key] = before.values[key]  # a column that was taken out says nothing
            continue
        cell = cells.get(key)
        value = cell.value if cell is not None else None
        raw[key] = normal(value)
        if cell is not None and cell.data_type in ("f", "e"):
            values[key] = None
        else:
            values[key] = day(value) if column.kind == "date" else raw[key]
    touched: tuple[str, ...] = ()
    if before is not None:
        now = marks({column.key: cells[column.key].value for column in CHECKED if column.key in cells})
        gone = marks({column.key: "" for column in CHECKED if column.key in there and column.key not in cells})
        touched = tuple(key for key, mark in {**now, **gone}.items() if before.marks.get(key) != mark)
    return Row(number, id, values, raw, touched)
