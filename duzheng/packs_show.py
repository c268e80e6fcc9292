"""What ``packs show`` prints for people: every field of a pack, under the names that its workbook has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzheng import console

if TYPE_CHECKING:
    from checks.pack_cells import CellValue
    from checks.pack_excel import Sheet
    from schemas.requirement import Pack, Requirement


def print_pack(pack: Pack) -> None:
    """The pack's own fields, then each requirement with its parts, elements, measures, roles and passages.

    What is left at its default is not printed, but for the status and for a wording that is not known.
    """
    from checks import pack_columns as columns
    from checks.pack_excel import sheets_of

    out = console.stdout()
    sheets = sheets_of(pack)
    out.print(f"{pack.title}  {pack.id} {pack.version}  SHA-256 {pack.sha256[:16]}…", style="bold", markup=False)
    _field(columns.STATUS_HEADING, columns.STATUS_NAMES[pack.status])
    _row(sheets[columns.PACK_SHEET], 0, leave=(columns.STATUS_HEADING, "编号", "版本", "标题"))
    for number in range(len(pack.basis)):
        _nested("依据 basis", sheets[columns.BASIS_SHEET], number)
    for number, requirement in enumerate(pack.requirements):
        _requirement(requirement, number, sheets)


def _requirement(requirement: Requirement, number: int, sheets: dict[str, Sheet]) -> None:
    from checks import pack_columns as columns

    out = console.stdout()
    out.print(f"\n{requirement.id} {requirement.title}", style="bold", markup=False)
    if requirement.wording is None:
        _field(columns.WORDING_HEADING, "未写明 not stated")
    _row(sheets[columns.REQUIREMENT_SHEET], number, leave=("编号", "标题"))
    for title in (columns.PART_SHEET, columns.ELEMENT_SHEET, columns.MEASURE_SHEET, columns.ROLE_SHEET):
        for place, cells in enumerate(sheets[title].rows):
            if cells[0] == requirement.id:
                _nested(title, sheets[title], place, leave=("要求编号",))
    for cells in sheets[columns.EXAMPLE_SHEET].rows:
        if cells[0] == requirement.id:
            _field(f"{columns.EXAMPLE_SHEET}（{cells[1]}）", cells[2])


def _row(sheet: Sheet, number: int, leave: tuple[str, ...] = ()) -> None:
    """One line a field."""
    for heading, cell in _cells(sheet, number, leave):
        _field(heading, cell)


def _nested(title: str, sheet: Sheet, number: int, leave: tuple[str, ...] = ()) -> None:
    """A row of another sheet in one line."""
    cells = _cells(sheet, number, leave)
    _field(title, "；".join(f"{heading}：{_text(cell, ' | ')}" for heading, cell in cells))


def _cells(sheet: Sheet, number: int, leave: tuple[str, ...]) -> list[tuple[str, CellValue]]:
    from checks.pack_cells import JSON_HEADING

    headings = [*(column.heading for column in sheet.columns), JSON_HEADING]
    cells = zip(headings, sheet.rows[number], strict=True)
    return [(heading, cell) for heading, cell in cells if cell is not None and heading not in leave]


def _field(heading: str, cell: CellValue) -> None:
    from duzheng.output import plain

    line = plain(f"  {heading}：{_text(cell, chr(10) + '    ')}")
    line.stylize("dim", 2, 3 + len(heading))
    console.stdout().print(line, soft_wrap=True)


def _text(cell: CellValue, between: str) -> str:
    from checks.pack_cells import as_text

    return between.join(as_text(cell).splitlines()) if cell is not None else ""
