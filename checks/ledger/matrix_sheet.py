"""The county × requirement matrix as a sheet: sign and colour in each cell, totals per row and column, what is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checks.ledger.sheets import COLOURS, finish, header, put, sheet_name
from checks.matrix import SIGNS, Matrix, matrix
from schemas.finding import FAULTS, VERDICT_NAMES, VERDICTS, PlanCheck
from schemas.standing import State

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_TOTALS = (("符合", 8), ("应查", 8), ("问题数", 8), ("逾期", 8))


def write_matrix(checks: Sequence[PlanCheck], path: Path, states: Mapping[str, State] | None = None) -> None:
    """Write a workbook of one sheet for each pack; the folder must exist.

    Raises:
        OSError: the file cannot be written.
    """
    from openpyxl.workbook.workbook import Workbook

    book = Workbook()
    book.remove(book.active)
    matrix_sheets(book, checks, states)
    book.properties.creator = "duzheng"
    book.save(path)


def matrix_sheets(book: Workbook, checks: Sequence[PlanCheck], states: Mapping[str, State] | None = None) -> None:
    """Add one sheet for each pack; an empty one where nothing was checked."""
    for number, table in enumerate(matrix(checks, states) or [Matrix("", "", (), ())]):
        _sheet(book, table, "总览矩阵" if number == 0 else sheet_name(book, f"总览矩阵 {table.pack}"))


def _sheet(book: Workbook, table: Matrix, name: str) -> None:
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font

    sheet = book.create_sheet(name)
    header(
        sheet,
        [("县", 18), ("计划标题", 36), *((f"{one.requirement} {one.title}", 11) for one in table.columns), *_TOTALS],
    )
    first = 3 + len(table.columns)
    for number, row in enumerate(table.rows, start=2):
        put(sheet, number, 1, row.place)
        put(sheet, number, 2, row.plan.title or row.plan.uri)
        for column, finding in enumerate(row.cells):
            if finding is None:
                continue
            late = " 逾期" if row.late(column) else ""
            people = f"\n{row.people(column)}" if row.people(column) else ""
            said = f"{SIGNS[finding.verdict]} {VERDICT_NAMES[finding.verdict]}{late}{people}"
            cell = put(sheet, number, 3 + column, said)
            cell.fill = PatternFill("solid", start_color=COLOURS[finding.verdict])
            if late:
                cell.font = Font(bold=True, color="9C0006")
        for place, total in enumerate((row.count("met"), row.asked, row.count(*FAULTS), row.overdue)):
            put(sheet, number, first + place, total)
    last = len(table.rows) + 1
    finish(sheet, "C2", first + len(_TOTALS) - 1, last)
    if not table.rows:
        return
    counts = (("合计：符合", table.met), ("合计：问题数", table.faults), ("合计：逾期", table.overdue))
    for number, (label, count) in enumerate(counts, start=last + 1):
        put(sheet, number, 1, label).font = Font(bold=True)
        for column in range(len(table.columns)):
            put(sheet, number, 3 + column, count(column)).font = Font(bold=True)
    for place, total in enumerate(table.totals):
        put(sheet, last + 1, first + place, total).font = Font(bold=True)
    put(sheet, last + 5, 1, "图例")
    put(sheet, last + 5, 2, "  ".join(f"{SIGNS[verdict]} {VERDICT_NAMES[verdict]}" for verdict in VERDICTS))
