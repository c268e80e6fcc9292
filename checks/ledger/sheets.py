"""What all sheets share (cells, header, printing), and the sheets of all findings and of notes.

Texts of plans are written as inert text: no cell becomes a formula, and characters that a workbook cannot hold are
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from checks.axes import UNRECTIFIED, Axes, time_of
from checks.ledger.values import clean, faults, places, quotes, verdict_words
from checks.matrix import place_of
from schemas.finding import FAULTS, SEVERITY_NAMES, VERDICT_NAMES, VERDICTS, PlanCheck, Verdict
from schemas.standing import STAGE_NAMES, rectification_words

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ISSUES: frozenset[Verdict] = FAULTS
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

_FINDING_COLUMNS = (
    ("县", 16), ("计划标题", 34), ("要求编号", 9), ("要求", 22), ("严重程度", 10), ("判定", 14),
    ("到期状态", 10), ("要求值", 28),
    ("计划值", 30), ("原文引用", 50), ("位置（页/字符）", 22), ("逐项问题", 40), ("说明", 70),
)  # fmt: skip
_STANDING_COLUMNS = (
    ("人工处置", 18),
    ("整改情况", 22),
    ("责任单位", 14),
    ("责任人", 10),
    ("整改时限", 12),
    ("处置记录", 50),
)
HEADER_COLOUR = "34495E"


def put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """Write a number or date as itself and any text as inert text, never as a formula."""
    cell = sheet.cell(row=row, column=column)
    text = value is not None and (isinstance(value, bool) or not isinstance(value, (int, float, date)))
    if text:
        cell.value = clean(value)
        cell.data_type = "s"
    elif value is not None:
        cell.value = value
    style = _usual.setdefault(sheet.parent, {})
    # What all cells look like is worked out for one of them: openpyxl takes as long for that as for all the rest. A date brings
    # its own number format, which openpyxl sets with the value.
    if isinstance(value, date):
        _look(cell, text)
    elif text in style:
        cell._style = copy(style[text])
    else:
        _look(cell, text)
        style[text] = copy(cell._style)
    return cell


_usual: WeakKeyDictionary[Workbook, dict[bool, Any]] = WeakKeyDictionary()
"""By workbook the look of a cell, by whether it is text."""


def _look(cell: Cell, text: bool) -> None:
    from openpyxl.styles.alignment import Alignment

    cell.quotePrefix = text
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def header(sheet: Worksheet, columns: Sequence[tuple[str, int]], row: int = 1) -> None:
    """Write headings, and set the widths of the columns, in characters."""
    from openpyxl.styles.alignment import Alignment
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.utils.cell import get_column_letter

    for number, (name, width) in enumerate(columns, start=1):
        cell = put(sheet, row, number, name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=HEADER_COLOUR)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        sheet.column_dimensions[get_column_letter(number)].width = width


def finish(sheet: Worksheet, frozen: str, columns: int, rows: int, header_row: int = 1) -> None:
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


def sheet_name(book: Workbook, name: str) -> str:
    """A name that a sheet can have and none has yet."""
    name = re.sub(r"[\[\]:*?/\\]", "-", clean(name))[:28]
    taken = set(book.sheetnames)
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}{number}", number + 1
    return candidate


def finding_sheet(book: Workbook, checks: Sequence[PlanCheck], axes: Mapping[str, Axes] | None = None) -> None:
    """The sheet of all findings, those without a fault included; ``axes``: how they stand, by their id."""
    from openpyxl.styles.fills import PatternFill

    sheet = book.create_sheet("全部结论")
    columns = _FINDING_COLUMNS if axes is None else (*_FINDING_COLUMNS, *_STANDING_COLUMNS)
    header(sheet, columns)
    row = 1
    for check in checks:
        for finding in check.findings:
            row += 1
            known = axes.get(finding.id or "") if axes else None
            values: tuple[object, ...] = (
                place_of(check.plan),
                check.plan.title or check.plan.uri,
                finding.requirement,
                finding.title,
                SEVERITY_NAMES[finding.severity],
                verdict_words(finding),
                time_of(finding, known),
                finding.expected,
                finding.observed or "",
                quotes(finding),
                places(finding),
                faults(finding),
                "\n".join(finding.explanation),
            )
            if known is not None:
                one = known.state.rectification
                stage = rectification_words(known.state) or UNRECTIFIED
                whose = (one.responsible or "", one.person or "", one.deadline or "")
                values += (known.disposition, stage, *whose, "\n".join(map(str, known.records)))
            for column, value in enumerate(values, start=1):
                put(sheet, row, column, value)
            sheet.cell(row=row, column=6).fill = PatternFill("solid", start_color=COLOURS[finding.verdict])
    finish(sheet, "D2", len(columns), row)


def notes_sheet(book: Workbook, checks: Sequence[PlanCheck]) -> None:
    """The sheet that says what the others mean and how to fill them in."""
    sheet = book.create_sheet("说明")
    header(sheet, (("项目", 24), ("说明", 110)))
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
        ("原文引用", "逐字引自方案原文，保留原来的简繁体；与其他文件对照的，另引该文件原文，前面写明文件名"),
        ("逐项问题", "一条要求逐项判定的（如每项任务、每个共同体），列出有问题的每一项"),
        (
            "填写",
            "问题台账中责任单位至备注各列由人填写，其余各列由程序写入并已锁定（工作表保护没有密码）；判定有异议请申辩，以方案原文为准",
        ),
        (
            "状态",
            "、".join(STAGE_NAMES.values())
            + "；复核须写复核意见和复核人，复核人不能是整改的人，销号须先复核通过并写销号日期",
        ),
        (
            "回填",
            "duzheng ledger import 文件.xlsx --who 姓名：只收人填写的各列，与语料库不一致的列为冲突，不收入；回填后请重新导出",
        ),
    ]
    for number, (name, text) in enumerate(lines, start=2):
        put(sheet, number, 1, name)
        put(sheet, number, 2, text)
    finish(sheet, "A2", 2, len(lines) + 1)


_MEANINGS: dict[Verdict, str] = {
    "met": "方案写明，且达到要求",
    "partial": "写明了所要求内容的一部分",
    "not_met": "写明了，但达不到要求",
    "not_found": "应查的内容全部读过，未见相关表述",
    "conflict": "方案前后说法不一，或数量与名单不一致",
    "not_applicable": "方案不在适用范围，或要求所针对的情形在方案中不存在",
    "undetermined": "附件未取得、页面未能读取、文意不明等，不能判定，须人工核对",
}
