"""Packs as workbooks, out and in without loss.

1. A requirement is a row of the sheet 要求; its elements, measures, roles and passages are rows of sheets of their own,
   joined by its id. So are the parts of a combination, whose own elements, measures and roles are joined by the part's
   name; parts of one requirement with the same name stand as JSON. Which columns there are is said in ``checks.pack_columns``.
2. A value that its column could not give back as it is goes into the JSON column of the row instead, so reading gives
   the same pack for any pack. Cells that are empty mean the default.
3. No cell is a formula.

``checks.pack_workbook`` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from checks import pack_columns as c
from checks.pack_cells import JSON_HEADING, TEXT, CellValue, Column, to_cells
from schemas.errors import InvalidPack
from schemas.requirement import CombinationRequirement, Element, Measure, Pack, Part, Requirement, RoleGroup

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Row = dict[str, Any]


@dataclass
class Sheet:
    """A sheet's columns and the cells of its rows; the last cell of a row is the JSON of what no column holds."""

    columns: tuple[Column, ...]
    rows: list[list[CellValue]] = field(default_factory=list)

    def add(self, data: Row) -> None:
        self.rows.append(to_cells(self.columns, data))


def write_pack(pack: Pack, path: Path) -> None:
    """Write the workbook.

    Raises:
        InvalidPack: a field is too long for a cell of a workbook.
        OSError: the file cannot be written.
    """
    from openpyxl.workbook.workbook import Workbook

    sheets = sheets_of(pack)
    book = Workbook()
    book.remove(book.active)
    choices = _choices(sheets)
    for name, sheet in sheets.items():
        _write_sheet(book.create_sheet(name), sheet, choices)
    _write_choices(book, choices)
    guide = book.create_sheet(c.GUIDE_SHEET)
    guide.column_dimensions["A"].width = 120
    for number, line in enumerate(c.GUIDE, start=1):
        _put(guide, number, 1, line)
    book.properties.creator = "duzheng"
    book.save(path)


def sheets_of(pack: Pack) -> dict[str, Sheet]:
    """The pack as sheets, by title, in their order; what is left at its default has no cell.

    Raises:
        InvalidPack: a field is too long for a cell of a workbook.
    """
    try:
        return _sheets(pack)
    except ValueError as error:
        raise InvalidPack(
            f"{pack.id}: 有字段过长，工作簿放不下（{error}），请保留 YAML / "
            f"a field is too long for a workbook ({error}; keep this pack as YAML)"
        ) from error


def _sheets(pack: Pack) -> dict[str, Sheet]:
    content = pack.model_dump(mode="json", exclude_defaults=True)
    sheets = {
        c.PACK_SHEET: Sheet(c.PACK_COLUMNS),
        c.BASIS_SHEET: Sheet(c.BASIS_COLUMNS),
        c.REQUIREMENT_SHEET: Sheet(c.REQUIREMENT_COLUMNS),
        c.PART_SHEET: Sheet(c.PART_COLUMNS),
        c.ELEMENT_SHEET: Sheet(c.ELEMENT_COLUMNS),
        c.MEASURE_SHEET: Sheet(c.MEASURE_COLUMNS),
        c.ROLE_SHEET: Sheet(c.ROLE_COLUMNS),
        c.EXAMPLE_SHEET: Sheet(c.EXAMPLE_COLUMNS),
    }
    for basis in content.pop("basis"):
        sheets[c.BASIS_SHEET].add(basis)
    for requirement, data in zip(pack.requirements, content.pop("requirements"), strict=True):
        _split(requirement, data, sheets)
        sheets[c.REQUIREMENT_SHEET].add(data)
    sheets[c.PACK_SHEET].add(content)
    return sheets


def _split(requirement: Requirement, data: Row, sheets: Mapping[str, Sheet]) -> None:
    """Take out of a requirement's data what has rows on other sheets."""
    parameters = data.get("parameters", {})
    if isinstance(requirement, CombinationRequirement):
        if _have_names(requirement):
            _split_parts(requirement, parameters, sheets)
    else:
        _split_parameters(requirement.parameters, parameters, {"requirement": requirement.id}, sheets)
    for verdict, passages in data.pop("examples", {}).items():
        for passage in passages:
            sheets[c.EXAMPLE_SHEET].add({"requirement": requirement.id, "verdict": verdict, "passage": passage})


def _have_names(requirement: CombinationRequirement) -> bool:
    """Whether rows of other sheets can name each part of a combination."""
    names = [part.name for group in c.COMBINATION_NAMES for part in getattr(requirement.parameters, group)]
    return len(set(names)) == len(names) and all(TEXT.put(name) is not None for name in names)


def _split_parts(requirement: CombinationRequirement, parameters: Row, sheets: Mapping[str, Sheet]) -> None:
    for group in c.COMBINATION_NAMES:
        parts: list[Part] = getattr(requirement.parameters, group)
        for part, data in zip(parts, parameters.pop(group, []), strict=True):
            of = {"requirement": requirement.id, "part": part.name}
            _split_parameters(part.parameters, data.get("parameters", {}), of, sheets)
            sheets[c.PART_SHEET].add({"requirement": requirement.id, "group": group, **data})


def _split_parameters(model: BaseModel, parameters: Row, of: Row, sheets: Mapping[str, Sheet]) -> None:
    """Take out of the parameters of a requirement or a part what has rows of its own; ``of`` joins them."""
    for use in list(parameters):
        value = getattr(model, use)
        if not (isinstance(value, list) and value and use in c.USE_NAMES):
            continue
        rows: list[Row]
        if all(isinstance(item, Element) for item in value) and len({item.name for item in value}) == len(value):
            sheet, rows = c.ELEMENT_SHEET, list(_element_rows(parameters[use]))
        elif all(isinstance(item, Measure) for item in value):
            sheet, rows = c.MEASURE_SHEET, [{"measure": item} for item in parameters[use]]
        elif all(isinstance(item, RoleGroup) for item in value):
            sheet, rows = c.ROLE_SHEET, [{"role": item} for item in parameters[use]]
        else:
            continue
        del parameters[use]
        for row in rows:
            sheets[sheet].add({**of, "use": use, **row})


def _element_rows(elements: Sequence[Row]) -> Iterator[Row]:
    for element in elements:
        name, phrases = element["name"], element.pop("any")
        for number, phrase in enumerate(phrases):
            yield {"element": dict(element) if number == 0 else {"name": name}, "phrase": phrase}


def _put(sheet: Worksheet, row: int, column: int, value: CellValue) -> None:
    from openpyxl.styles.alignment import Alignment

    cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value = value
        cell.data_type = "s"
        cell.quotePrefix = True
    elif value is not None:
        cell.value = value
        if not isinstance(value, int | float):
            cell.number_format = "yyyy-mm-dd"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_sheet(sheet: Worksheet, made: Sheet, choices: Mapping[tuple[str, ...], str]) -> None:
    from openpyxl.comments.comments import Comment
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.utils.cell import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    last = max(len(made.rows) + 1, 2) + 200
    for number, column in enumerate((*made.columns, Column(JSON_HEADING, ())), start=1):
        _put(sheet, 1, number, column.heading)
        head = sheet.cell(row=1, column=number)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", start_color="34495E")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.codec.width
        if column.hint:
            head.comment = Comment(column.hint, "duzheng")
        if column.codec.choices:
            validation = DataValidation(type="list", formula1=choices[column.codec.choices], allow_blank=True)
            validation.error = "请从列表中选择"
            sheet.add_data_validation(validation)
            validation.add(f"{letter}2:{letter}{last}")
    for number, cells in enumerate(made.rows, start=2):
        for place, value in enumerate(cells, start=1):
            _put(sheet, number, place, value)
    sheet.freeze_panes = "B2"


def _choices(sheets: Mapping[str, Sheet]) -> dict[tuple[str, ...], str]:
    """Where each list of choices stands on the sheet of choices."""
    from openpyxl.utils.cell import get_column_letter

    found: dict[tuple[str, ...], str] = {}
    for sheet in sheets.values():
        for column in sheet.columns:
            choices = column.codec.choices
            if choices and choices not in found:
                letter = get_column_letter(len(found) + 1)
                found[choices] = f"'{c.CHOICE_SHEET}'!${letter}$1:${letter}${len(choices)}"
    return found


def _write_choices(book: Workbook, choices: Mapping[tuple[str, ...], str]) -> None:
    sheet = book.create_sheet(c.CHOICE_SHEET)
    for column, values in enumerate(choices, start=1):
        for row, value in enumerate(values, start=1):
            _put(sheet, row, column, value)
    sheet.sheet_state = "hidden"
