"""The issue ledger (问题台账) as an XLSX workbook: matrix, issues, all findings, notes.

Texts of plans are written as inert text: no cell becomes a formula, and characters that a workbook cannot hold are
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checks.explain import place, what_was_read
from checks.matrix import Matrix, matrix, place_of
from schemas.finding import (
    DUE_STATE_NAMES,
    REASON_NAMES,
    SEVERITY_NAMES,
    VERDICT_NAMES,
    VERDICTS,
    Finding,
    PlanCheck,
    Verdict,
)
from schemas.standing import State, disposition_words, rectification_words

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ISSUES: frozenset[Verdict] = frozenset({"partial", "not_met", "not_found", "conflict", "undetermined"})
"""The verdicts that somebody must act on."""

COLOURS: dict[Verdict, str] = {
    "met": "C6E7CE",
    "partial": "FFF2B3",
    "not_met": "F6B8B8",
    "not_found": "F9D3B4",
    "conflict": "E3C4EE",
    "not_applicable": "E6E6E6",
    "undetermined": "C9DDF2",
}

_ISSUE_COLUMNS = (
    ("序号", 6), ("县", 16), ("计划标题", 34), ("要求编号", 9), ("要求", 22), ("严重程度", 10), ("判定", 14),
    ("要求值", 28),
    ("计划值", 30), ("原文引用", 50), ("位置（页/字符）", 22), ("依据条款", 18), ("查阅范围", 40), ("建议整改", 40),
    ("整改期限", 12), ("责任人", 10), ("备注", 16),
)  # fmt: skip
_FINDING_COLUMNS = (
    ("县", 16), ("计划标题", 34), ("要求编号", 9), ("要求", 22), ("严重程度", 10), ("判定", 14),
    ("到期状态", 10), ("要求值", 28),
    ("计划值", 30), ("原文引用", 50), ("位置（页/字符）", 22), ("说明", 70),
)  # fmt: skip
# Characters that XML 1.0 forbids, lone surrogates among them, and those that turn the direction of writing.
_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LONGEST = 32_000  # a cell holds 32,767 characters
_HEADER_COLOUR = "34495E"


def write_ledger(checks: Sequence[PlanCheck], path: Path, states: Mapping[str, State] | None = None) -> None:
    """Write the workbook; the folder must exist.

    ``states``: how findings stand, by their id; deadline, who is responsible and what was decided are then filled in.

    Raises:
        OSError: the file cannot be written.
    """
    from openpyxl.workbook.workbook import Workbook

    book = Workbook()
    book.remove(book.active)
    for number, table in enumerate(matrix(checks) or [Matrix("", "", (), ())]):
        _matrix_sheet(book, table, "总览矩阵" if number == 0 else _sheet_name(book, f"总览矩阵 {table.pack}"))
    _issue_sheet(book, checks, states or {})
    _finding_sheet(book, checks)
    _notes_sheet(book, checks)
    book.properties.creator = "duzheng"
    book.save(path)


def clean(value: object) -> str:
    """A text that a workbook can hold: no control characters, not too long."""
    text = _ILLEGAL.sub("", str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """Write a number or date as itself and any text as inert text, never as a formula."""
    from openpyxl.styles.alignment import Alignment

    cell = sheet.cell(row=row, column=column)
    if isinstance(value, (int, float, date)) and not isinstance(value, bool):
        cell.value = value
    elif value is not None:
        cell.value = clean(value)
        cell.data_type = "s"
        cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _header(sheet: Worksheet, columns: Sequence[tuple[str, int]], row: int = 1) -> None:
    from openpyxl.styles.alignment import Alignment
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.utils.cell import get_column_letter

    for number, (name, width) in enumerate(columns, start=1):
        cell = _put(sheet, row, number, name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=_HEADER_COLOUR)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        sheet.column_dimensions[get_column_letter(number)].width = width


def _finish(sheet: Worksheet, frozen: str, columns: int, rows: int, header_row: int = 1) -> None:
    """Frozen header, filter, and printing on landscape A4 fitted to the width, the header on each page."""
    from openpyxl.utils.cell import get_column_letter

    sheet.freeze_panes = frozen
    if columns:
        sheet.auto_filter.ref = f"A{header_row}:{get_column_letter(columns)}{max(rows, header_row)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _sheet_name(book: Workbook, name: str) -> str:
    name = re.sub(r"[\[\]:*?/\\]", "-", clean(name))[:28]
    taken = set(book.sheetnames)
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}{number}", number + 1
    return candidate


def _matrix_sheet(book: Workbook, table: Matrix, name: str) -> None:
    from openpyxl.styles.fills import PatternFill

    sheet = book.create_sheet(name)
    columns = [
        ("县", 18),
        ("计划标题", 36),
        *((f"{column.requirement} {column.title}", 11) for column in table.columns),
        ("问题数", 8),
    ]
    _header(sheet, columns)
    for number, row in enumerate(table.rows, start=2):
        _put(sheet, number, 1, row.place)
        _put(sheet, number, 2, row.plan.title or row.plan.uri)
        for column, finding in enumerate(row.cells, start=3):
            cell = _put(sheet, number, column, VERDICT_NAMES[finding.verdict] if finding else None)
            if finding:
                cell.fill = PatternFill("solid", start_color=COLOURS[finding.verdict])
        _put(sheet, number, len(columns), row.count(*ISSUES))
    _finish(sheet, "C2", len(columns), len(table.rows) + 1)


def _issue_sheet(book: Workbook, checks: Sequence[PlanCheck], states: Mapping[str, State]) -> None:
    from openpyxl.styles.fills import PatternFill

    sheet = book.create_sheet("问题台账")
    _header(sheet, _ISSUE_COLUMNS)
    row = 1
    for check in checks:
        for finding in check.findings:
            if finding.verdict not in ISSUES:
                continue
            row += 1
            values = (
                row - 1,
                place_of(check.plan),
                check.plan.title or check.plan.uri,
                finding.requirement,
                finding.title,
                SEVERITY_NAMES[finding.severity],
                _verdict(finding),
                finding.expected,
                finding.observed or "未见",
                _quotes(finding),
                _places(finding),
                finding.clause,
                what_was_read(finding.searched),
                finding.advice,
                *_decided(states.get(finding.id or "")),
            )
            for column, value in enumerate(values, start=1):
                _put(sheet, row, column, value)
            sheet.cell(row=row, column=7).fill = PatternFill("solid", start_color=COLOURS[finding.verdict])
    _finish(sheet, "D2", len(_ISSUE_COLUMNS), row)


def _finding_sheet(book: Workbook, checks: Sequence[PlanCheck]) -> None:
    from openpyxl.styles.fills import PatternFill

    sheet = book.create_sheet("全部结论")
    _header(sheet, _FINDING_COLUMNS)
    row = 1
    for check in checks:
        for finding in check.findings:
            row += 1
            values = (
                place_of(check.plan),
                check.plan.title or check.plan.uri,
                finding.requirement,
                finding.title,
                SEVERITY_NAMES[finding.severity],
                _verdict(finding),
                DUE_STATE_NAMES[finding.due_state] if finding.due_state else "",
                finding.expected,
                finding.observed or "",
                _quotes(finding),
                _places(finding),
                "\n".join(finding.explanation),
            )
            for column, value in enumerate(values, start=1):
                _put(sheet, row, column, value)
            sheet.cell(row=row, column=6).fill = PatternFill("solid", start_color=COLOURS[finding.verdict])
    _finish(sheet, "D2", len(_FINDING_COLUMNS), row)


def _notes_sheet(book: Workbook, checks: Sequence[PlanCheck]) -> None:
    sheet = book.create_sheet("说明")
    _header(sheet, (("项目", 24), ("说明", 110)))
    lines: list[tuple[str, str]] = []
    packs = {(c.pack.id, c.pack.version, c.pack.sha256): c.pack for c in checks}
    for pack in packs.values():
        lines.append(("要求包", f"{pack.id} {pack.version}《{pack.title}》 SHA-256 {pack.sha256}"))
        lines.append(("依据说明", pack.basis_note))
    lines += [(VERDICT_NAMES[verdict], _MEANINGS[verdict]) for verdict in VERDICTS]
    lines += [
        (
            "严重程度",
            "、".join(f"{name}" for name in SEVERITY_NAMES.values())
            + "，依省级文件用语：必须/不得、应当/须、原则上、鼓励/可",
        ),
        ("位置", "页码为来源文件的页码（来源没有页码的不写）；字符从1数起，按提取的全文计数"),
        ("原文引用", "逐字引自方案原文，保留原来的简繁体"),
        ("使用", "整改期限、责任人、备注由使用单位填写；判定由程序依要求包作出，申辩时以方案原文为准"),
    ]
    for number, (name, text) in enumerate(lines, start=2):
        _put(sheet, number, 1, name)
        _put(sheet, number, 2, text)
    _finish(sheet, "A2", 2, len(lines) + 1)


_MEANINGS: dict[Verdict, str] = {
    "met": "方案写明，且达到要求",
    "partial": "写明了所要求内容的一部分",
    "not_met": "写明了，但达不到要求",
    "not_found": "应查的内容全部读过，未见相关表述",
    "conflict": "方案前后说法不一，或数量与名单不一致",
    "not_applicable": "方案不在适用范围，或要求所针对的情形在方案中不存在",
    "undetermined": "附件未取得、页面未能读取、文意不明等，不能判定，须人工核对",
}


def _verdict(finding: Finding) -> str:
    reason = f"（{REASON_NAMES[finding.reason]}）" if finding.reason else ""
    return VERDICT_NAMES[finding.verdict] + reason


def _decided(state: State | None) -> tuple[object, ...]:
    """整改期限, 责任人, 备注; nothing at all where no state is given: the columns are then filled in by hand."""
    if state is None:
        return ()
    words = "；".join(part for part in (disposition_words(state), rectification_words(state)) if part)
    return state.rectification.deadline, state.rectification.responsible, words or None


def _quotes(finding: Finding) -> str:
    return "\n".join(evidence.quote for evidence in finding.evidence[:5])


def _places(finding: Finding) -> str:
    return "\n".join(place(evidence) for evidence in finding.evidence[:5])
