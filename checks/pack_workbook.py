"""A pack read from a workbook, as ``checks.pack_excel`` writes it and a person has edited it.

1. Columns are found by their headings, so they may be moved; what a column does not give, its default does.
2. Rows of other sheets are joined to their requirement by its id, and to a part of a combination by the part's name.
3. A formula is refused.
4. A workbook from outside is bounded in bytes, rows and columns, and may declare no document type.
5. Every complaint names the sheet and cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checks import pack_columns as c
from checks.pack import Location, Written
from checks.pack_cells import JSON_HEADING, CellValue, Column, as_text, put_at
from checks.workbooks import Unopened, open_workbook
from schemas.errors import InvalidPack
from schemas.finding import VERDICT_NAMES

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

MAX_UNPACKED = 40_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 80
Row = dict[str, Any]


@dataclass
class ExcelPlaces:
    """Where the fields of a pack stand in a workbook: the sheet and cell of each place."""

    forms: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    cells: dict[Location, str] = field(default_factory=dict)

    def where(self, location: Location) -> tuple[str, str]:
        """See ``checks.pack.Places``; the nearest place around one that has no cell of its own."""
        steps = list(location)
        if len(steps) > 2 and steps[0] == "requirements" and steps[2] in (*c.FORM_NAMES, *self.forms):
            del steps[2]
        if len(steps) > 6 and steps[3] in c.COMBINATION_NAMES and steps[5] in c.FORM_NAMES:
            del steps[5]  # the form of a part, as that of the requirement
        path = ""
        for number, step in enumerate(steps):
            path += f"[{step}]" if isinstance(step, int) else f".{step}"
            if number == 1 and steps[0] == "requirements" and isinstance(step, int) and step < len(self.ids):
                path += f"({self.ids[step]})"
        for length in range(len(steps), -1, -1):
            cell = self.cells.get(tuple(steps[:length]))
            if cell:
                return cell, path.lstrip(".")
        return f"{c.PACK_SHEET}!A1", path.lstrip(".")


_NO_OBJECT = (
    '不是 JSON 对象 / no JSON object (请写成 {"字段": 值}，或清空单元格 / write {"field": value}, or empty the cell)'
)


class CellFault(InvalidPack):
    """A row that goes together with no other; ``place`` is its cell or field, ``said`` what is wrong and the way out."""

    def __init__(self, name: str, place: str, said: str) -> None:
        super().__init__(f"{name}: {place}: {said}")
        self.place = place
        self.said = said


@dataclass
class ReadRow:
    """One row as read: its data, the cell of each path, and the row's name for complaints."""

    data: Row
    cells: dict[tuple[str, ...], str]
    place: str


def read_workbook(data: bytes, name: str) -> Written:
    """A pack from a workbook, not yet validated.

    Raises:
        InvalidPack: the file is no workbook, or a sheet, heading or cell cannot be understood; the message names it.
    """
    book = _open(data, name)
    try:
        content, places = _content(book, name)
    finally:
        book.close()
    return Written(name, data, content, places)


def _open(data: bytes, name: str) -> Workbook:
    try:
        return open_workbook(data, MAX_UNPACKED)
    except Unopened as error:
        if error.why == "too_large":
            large = f"解开后大于 {MAX_UNPACKED} 字节 / unpacks to more than {MAX_UNPACKED} bytes"
            raise InvalidPack(f"{name}: {large} (要求包是小工作簿 / a pack is a small workbook)") from error
        if error.why == "document_type":
            raise InvalidPack(
                f"{name}: 不是工作簿：{error.detail} 声明了文档类型 / not an Excel workbook: {error.detail} declares a document type "
                "(请重新保存 / save it again)"
            ) from error
        cure = "请另存为 .xlsx，或用 YAML / save it as .xlsx, or use YAML"
        raise InvalidPack(
            f"{name}: 不是工作簿：{error.detail} / not an Excel workbook: {error.detail} ({cure})"
        ) from error


def _content(book: Workbook, name: str) -> tuple[Row, ExcelPlaces]:
    places = ExcelPlaces()
    packs = _rows(book, name, c.PACK_SHEET, c.PACK_COLUMNS)
    if len(packs) != 1:
        raise InvalidPack(
            f"{name}: {c.PACK_SHEET}!A2: 有 {len(packs)} 行 / {len(packs)} rows (一个工作簿只放一个要求包，在第 2 行 / a workbook holds one pack, in row 2)"
        )
    content = packs[0].data
    content.setdefault("applies", {})
    note(places, (), packs[0])
    content["basis"] = []
    for row in _rows(book, name, c.BASIS_SHEET, c.BASIS_COLUMNS):
        note(places, ("basis", len(content["basis"])), row)
        content["basis"].append(row.data)
    requirements: list[Row] = []
    numbers: dict[str, int] = {}
    for row in _rows(book, name, c.REQUIREMENT_SHEET, c.REQUIREMENT_COLUMNS):
        row.data.setdefault("parameters", {})
        note(places, ("requirements", len(requirements)), row)
        id = str(row.data.get("id", ""))
        numbers.setdefault(id, len(requirements))
        places.ids.append(id)
        places.forms.append(str(row.data.get("form", "")))
        requirements.append(row.data)
    content["requirements"] = requirements
    for sheet, (columns, join) in JOINED.items():
        for row in _rows(book, name, sheet, columns):
            of = str(row.data.get("requirement", ""))
            if of not in numbers:
                cell = row.cells[("requirement",)]
                known = "、".join(list(numbers)[:6])
                said = (
                    f"没有编号为 {of or '（空）'} 的要求 / no requirement {of or '(empty)'} "
                    f"(请用“要求”表中的编号：{known} … / use an id of sheet 要求: {known} …)"
                )
                raise CellFault(name, cell, said)
            join(requirements[numbers[of]], numbers[of], row, places, name)
    return content, places


def note(places: ExcelPlaces, location: Location, row: ReadRow, below: tuple[str, ...] = ()) -> None:
    """Remembers where the fields of a row stand, which is put into the pack at ``location``."""
    places.cells.setdefault(location, row.place)
    for path, cell in row.cells.items():
        if path[: len(below)] == below:
            places.cells[(*location, *path[len(below) :])] = cell


def _holder(requirement: Row, number: int, row: ReadRow, places: ExcelPlaces, name: str) -> tuple[Row, Location]:
    """What a row of elements, measures or roles belongs to: the requirement, or the part of it that the row names."""
    title = row.data.get("part")
    if title is None:
        return requirement, ("requirements", number)
    for group in c.COMBINATION_NAMES:
        for place, part in enumerate(requirement["parameters"].get(group, [])):
            if isinstance(part, dict) and part.get("name") == title:
                return part, ("requirements", number, "parameters", group, place)
    cell = row.cells[("part",)]
    said = f"这条要求没有名为 {title} 的部分 / no part {title} of this requirement"
    raise CellFault(name, cell, f"{said} (请用“{c.PART_SHEET}”表中的名称 / use a name of sheet {c.PART_SHEET})")


def _given_in_json(what: str) -> str:
    return f"{what} 已写在 JSON 里 / {what} is given in JSON already (请只留一处 / keep one of the two)"


def _list_at(holder: Row, row: ReadRow, name: str, usual: str) -> tuple[str, list[Row]]:
    use = str(row.data.get("use", usual))
    parameters = holder.setdefault("parameters", {})
    items = parameters.setdefault(use, []) if isinstance(parameters, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise CellFault(name, row.place, _given_in_json(use))
    return use, items


Join = Callable[[Row, int, ReadRow, ExcelPlaces, str], None]


def _joined(kind: str) -> Join:
    def join(requirement: Row, number: int, row: ReadRow, places: ExcelPlaces, name: str) -> None:
        holder, location = _holder(requirement, number, row, places, name)
        use, items = _list_at(holder, row, name, "any" if kind == "measure" else "roles")
        note(places, (*location, "parameters", use, len(items)), row, (kind,))
        items.append(row.data.get(kind, {}))

    return join


def _join_part(requirement: Row, number: int, row: ReadRow, places: ExcelPlaces, name: str) -> None:
    if requirement.get("form") != "combination":
        combination = c.FORM_NAMES["combination"]
        said = (
            f"只有形式为{combination}的要求才有部分 / only a requirement of the form {combination} has parts "
            "(请改它的形式，或改此处的编号 / change its form, or the id here)"
        )
        raise CellFault(name, row.cells[("requirement",)], said)
    group = str(row.data.get("group", "all"))
    parts = requirement["parameters"].setdefault(group, [])
    if not isinstance(parts, list):
        raise CellFault(name, row.place, _given_in_json(group))
    part: Row = {"parameters": {}}
    part |= {key: value for key, value in row.data.items() if key not in ("requirement", "group")}
    lists = [requirement["parameters"].get(known) for known in c.COMBINATION_NAMES]
    written = [other for known in lists if isinstance(known, list) for other in known]
    if any(isinstance(other, dict) and other.get("name") == part.get("name") for other in written):
        cell = row.cells[("name",)]
        said = f"这条要求已有部分 {part.get('name')} / a second part {part.get('name')} of this requirement"
        raise CellFault(name, cell, f"{said} (请另取名 / give it another name)")
    note(places, ("requirements", number, "parameters", group, len(parts)), row)
    parts.append(part)


def _join_element(requirement: Row, number: int, row: ReadRow, places: ExcelPlaces, name: str) -> None:
    holder, within = _holder(requirement, number, row, places, name)
    use, items = _list_at(holder, row, name, "elements" if holder.get("form") == "statement" else "statements")
    element = row.data.get("element", {})
    title = element.get("name") or (items[-1].get("name") if items else None)
    place = next((n for n, item in enumerate(items) if item.get("name") == title), None)
    location: Location = (*within, "parameters", use, len(items) if place is None else place)
    if place is None:
        note(places, location, row, ("element",))
        items.append({**element, "any": []})
        place = len(items) - 1
    else:
        for key, value in element.items():
            if items[place].setdefault(key, value) != value:
                cell = row.cells.get(("element", key), row.place)
                raise CellFault(
                    name,
                    cell,
                    f"与要素 {title} 前面的行不同 / differs from an earlier row of element {title} (请只写一次 / write it once)",
                )
    phrases = items[place].setdefault("any", [])
    if not isinstance(phrases, list):
        raise CellFault(name, row.place, _given_in_json(use))
    note(places, (*location, "any", len(phrases)), row, ("phrase",))
    phrases.append(row.data.get("phrase", {}))


def _join_example(requirement: Row, number: int, row: ReadRow, places: ExcelPlaces, name: str) -> None:
    verdict = row.data.get("verdict", "")
    if not verdict:
        known = "、".join(VERDICT_NAMES.values())
        said = f"没有判定 / no verdict (请选 {known} 之一 / choose one of {known})"
        raise CellFault(name, row.cells[("verdict",)], said)
    examples = requirement.setdefault("examples", {})
    passages = examples.setdefault(verdict, []) if isinstance(examples, dict) else None
    if not isinstance(passages, list):
        raise CellFault(name, row.place, _given_in_json("examples"))
    location = ("requirements", number, "examples", verdict)
    places.cells.setdefault(location, row.cells[("verdict",)])
    places.cells[(*location, len(passages))] = row.cells[("passage",)]
    passages.append(row.data.get("passage", ""))


JOINED: dict[str, tuple[tuple[Column, ...], Join]] = {
    c.PART_SHEET: (c.PART_COLUMNS, _join_part),
    c.ELEMENT_SHEET: (c.ELEMENT_COLUMNS, _join_element),
    c.MEASURE_SHEET: (c.MEASURE_COLUMNS, _joined("measure")),
    c.ROLE_SHEET: (c.ROLE_COLUMNS, _joined("role")),
    c.EXAMPLE_SHEET: (c.EXAMPLE_COLUMNS, _join_example),
}
"""The sheets whose rows belong to a requirement: their columns, and what puts a row into its requirement."""


def _rows(book: Workbook, name: str, title: str, columns: tuple[Column, ...]) -> list[ReadRow]:
    """The rows of a sheet that hold anything."""
    from openpyxl.utils.cell import get_column_letter

    if title not in book.sheetnames:
        if title in (c.PACK_SHEET, c.REQUIREMENT_SHEET, c.BASIS_SHEET):
            raise InvalidPack(f"{name}: no sheet {title} 缺工作表 (begin from `duzheng packs export`)")
        return []
    by_heading = {column.heading: column for column in columns}
    heads: list[str] = []
    found: list[ReadRow] = []
    for number, cells in enumerate(book[title].iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS), start=1):
        if number > MAX_ROWS + 1:
            raise InvalidPack(
                f"{name}: {title}!A{number}: 超过 {MAX_ROWS} 行 / more than {MAX_ROWS} rows (请删去不用的 / remove what is not needed)"
            )
        values: list[CellValue] = []
        for place, cell in enumerate(cells, start=1):
            where = f"{title}!{get_column_letter(place)}{number}"
            value = cell.value
            if isinstance(value, str) and cell.data_type == "f":
                raise InvalidPack(f"{name}: {where}: a formula 公式 (write the value itself)")
            if cell.data_type == "e":
                raise InvalidPack(
                    f"{name}: {where}: {value} 是错误值 / {value} is an error value (请写值本身 / write the value itself)"
                )
            values.append(value if isinstance(value, str | int | float) or hasattr(value, "isoformat") else None)
        if number == 1:
            heads = _heads(values, by_heading, name, title)
        elif any(value is not None and as_text(value).strip() for value in values):
            found.append(_row(values, heads, by_heading, name, title, number))
    return found


def _heads(values: Sequence[CellValue], known: Mapping[str, Column], name: str, title: str) -> list[str]:
    from openpyxl.utils.cell import get_column_letter

    heads = ["" if value is None else as_text(value).strip() for value in values]
    for place, head in enumerate(heads, start=1):
        where = f"{title}!{get_column_letter(place)}1"
        if head and head not in known and head != JSON_HEADING:
            raise InvalidPack(
                f"{name}: {where}: 没有“{head}”这一列 / unknown column {head!r} (列名见 duzheng packs export / use the headings of `duzheng packs export`)"
            )
        if head and head in heads[: place - 1]:
            raise InvalidPack(
                f"{name}: {where}: “{head}”列出现两次 / column {head} stands there twice (请删去一列 / remove one)"
            )
    return heads


def _row(
    values: Sequence[CellValue], heads: Sequence[str], known: Mapping[str, Column], name: str, title: str, number: int
) -> ReadRow:
    from openpyxl.utils.cell import get_column_letter

    data: Row = {}
    cells: dict[tuple[str, ...], str] = {column.path: f"{title}!A{number}" for column in known.values()}
    written: list[tuple[Column, CellValue]] = []
    for place, (head, value) in enumerate(zip([*heads, *[""] * len(values)], values, strict=False), start=1):
        where = f"{title}!{get_column_letter(place)}{number}"
        filled = value is not None and bool(as_text(value).strip())
        if filled and not head:
            raise InvalidPack(
                f"{name}: {where}: 没有列名的值 / a value under no heading (请移走或删去 / move or remove it)"
            )
        if head == JSON_HEADING:
            if filled:
                add_json(data, cells, as_text(value), name, where)
        elif head and (filled or cells[known[head].path] == f"{title}!A{number}"):
            cells[known[head].path] = where
            if filled:
                written.append((known[head], value))
    for column, value in written:  # after the JSON, whichever column stands first
        put_at(data, column.path, column.codec.get(value))
    return ReadRow(data, cells, f"{title}!A{number}")


def add_json(data: Row, cells: dict[tuple[str, ...], str], text: str, name: str, where: str) -> None:
    """Puts what the JSON of a row says into its data.

    Raises:
        CellFault: it is no JSON object.
    """
    data.update(_json(text, name, where))
    for key, value in data.items():
        cells[(key,)] = where
        if isinstance(value, dict):
            for inner in value:
                cells[(key, str(inner))] = where


def _json(text: str, name: str, where: str) -> Row:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CellFault(
            name,
            where,
            f"JSON 有误：{error} / not valid JSON: {error} (请改正或清空单元格 / correct it, or empty the cell)",
        ) from error
    if not isinstance(value, dict):
        raise CellFault(name, where, _NO_OBJECT)
    return value
