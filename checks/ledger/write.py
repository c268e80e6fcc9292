"""The issue ledger (问题台账) as an XLSX workbook: matrix, issues, all findings, notes, and what it was written from.

What people fill in is unlocked; the rest is locked by sheet protection without a password, so that nobody overwrites
evidence by mistake. The hidden sheet keeps what stood in each cell when the ledger was written: ``checks.ledger.read``
tells by it what people changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checks.axes import Axes
from checks.ledger.columns import COLUMNS, EDITABLE, HIDDEN_SHEET, ID_HEADING, PRINTED, SHEET, Column
from checks.ledger.matrix_sheet import matrix_sheets
from checks.ledger.sheets import COLOURS, ISSUES, finding_sheet, finish, header, notes_sheet, put
from checks.ledger.values import Entry, filled, fingerprint, machine, marks
from schemas.finding import PlanCheck, identified

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FORM = "duzheng-ledger"
VERSION = 1
HIDDEN_HEADINGS = ("id", "fingerprint", "pack", "pack_sha256", "plan", "run", "text_sha256", "marks")
_MARGIN = 0.3  # inches
_LINE = 15  # points
_MOST_LINES = 27  # a row is at most 409 points high
_EDITABLE_COLOUR = "FFFDF0"


def write_ledger(
    checks: Sequence[PlanCheck],
    path: Path,
    axes: Mapping[str, Axes] | None = None,
    entries: Sequence[Entry] | None = None,
) -> None:
    """Write the workbook; the folder must exist.

    Args:
        checks: for the sheets of the matrix and of all findings.
        path: the file.
        axes: how findings stand, by their id; deadline, who is responsible and what was decided are then filled in.
        entries: the rows of the issue sheet; without them every fault of ``checks`` has one.

    Raises:
        OSError: the file cannot be written.
    """
    from openpyxl.workbook.workbook import Workbook

    states = {id: one.state for id, one in axes.items()} if axes is not None else None
    if entries is None:
        entries = [
            Entry(finding, check.plan, check.pack, (states or {}).get(finding.id or ""))
            for check in (identified(check) for check in checks)
            for finding in check.findings
            if finding.verdict in ISSUES
        ]
    book = Workbook()
    book.remove(book.active)
    matrix_sheets(book, checks, states)
    _issue_sheet(book, entries)
    finding_sheet(book, checks, axes)
    notes_sheet(book, checks)
    _hidden_sheet(book, entries)
    book.properties.creator = "duzheng"
    book.save(path)


def _issue_sheet(book: Workbook, entries: Sequence[Entry]) -> None:
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.protection import Protection
    from openpyxl.utils.cell import get_column_letter

    sheet = book.create_sheet(SHEET)
    header(sheet, [*((column.heading, column.width) for column in COLUMNS), (ID_HEADING, 26)])
    unlocked, ground = Protection(locked=False), PatternFill("solid", start_color=_EDITABLE_COLOUR)
    for number, entry in enumerate(entries, start=2):
        given = {**machine(entry), **filled(entry.state, entry.decisions)}
        values: dict[str, object] = {"row": number - 1, **{column.key: given[column.key] for column in COLUMNS[1:]}}
        for place, column in enumerate(COLUMNS, start=1):
            value = values[column.key]
            if column.kind == "date":
                value = date.fromisoformat(str(value)) if value else None
            cell = put(sheet, number, place, None if value == "" else value)
            if column.editable:
                cell.protection, cell.fill = unlocked, ground
                # A text cell keeps what is typed: 3-1 does not become a day, nor =A1 a formula.
                cell.number_format = "yyyy-mm-dd" if column.kind == "date" else "@"
            elif column.key == "verdict":
                cell.fill = PatternFill("solid", start_color=COLOURS[entry.finding.verdict])
        put(sheet, number, len(COLUMNS) + 1, entry.finding.id or "")
        sheet.row_dimensions[number].height = _LINE * min(
            max(map(_lines, COLUMNS[:PRINTED], values.values())), _MOST_LINES
        )
    sheet.column_dimensions[get_column_letter(len(COLUMNS) + 1)].hidden = True
    rows = len(entries) + 1
    finish(sheet, "D2", len(COLUMNS) + 1, rows)
    sheet.print_area = f"A1:{get_column_letter(PRINTED)}{rows}"
    sheet.print_options.gridLines = True
    sheet.page_margins.left = sheet.page_margins.right = _MARGIN
    _validations(sheet, max(rows, 2))
    _protect(sheet)


def _lines(column: Column, value: object) -> int:
    """How many lines a text takes in its column: a Chinese character is two wide. No program works this out for itself."""
    room = max(column.width - 1, 1)
    return sum(
        max(-(-sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) // room), 1)
        for line in str(value)[:2_000].split("\n")
    )


def _validations(sheet: Worksheet, rows: int) -> None:
    from openpyxl.utils.cell import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, column in enumerate(COLUMNS, start=1):
        area = f"{get_column_letter(place)}2:{get_column_letter(place)}{rows}"
        if column.kind == "choice":
            rule = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            rule.error = "请从列表中选择"
        elif column.kind == "date" and column.editable:
            rule = DataValidation(type="date", operator="between", formula1="36526", formula2="73050", allow_blank=True)
            rule.error = "请填日期，如 2025-12-01"
        else:
            continue
        rule.showErrorMessage = True
        rule.errorTitle = column.heading
        rule.add(area)
        sheet.add_data_validation(rule)


def _protect(sheet: Worksheet) -> None:
    """Locked cells against mistakes, without a password; filters, sorting, widths and heights stay free."""
    guard = sheet.protection
    guard.sheet = True
    guard.autoFilter = guard.sort = guard.formatColumns = guard.formatRows = False


def _hidden_sheet(book: Workbook, entries: Sequence[Entry]) -> None:
    sheet = book.create_sheet(HIDDEN_SHEET)
    sheet.sheet_state = "hidden"
    put(sheet, 1, 1, FORM)
    put(sheet, 1, 2, VERSION)
    for number, name in enumerate((*HIDDEN_HEADINGS, *(column.key for column in EDITABLE)), start=1):
        put(sheet, 2, number, name)
    for row, entry in enumerate(entries, start=3):
        values = filled(entry.state, entry.decisions)
        cells: tuple[object, ...] = (
            entry.finding.id or "",
            fingerprint(entry.finding),
            f"{entry.pack.id} {entry.pack.version}",
            entry.pack.sha256,
            entry.plan.id,
            entry.run if entry.run is not None else "",
            entry.text_sha256 or "",
            json.dumps(marks(machine(entry))),
            *(values[column.key] for column in EDITABLE),
        )
        for number, value in enumerate(cells, start=1):
            put(sheet, row, number, value)
    _protect(sheet)
