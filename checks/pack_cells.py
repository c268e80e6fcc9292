"""How the values of a pack stand in the cells of a workbook, so that a person can edit them and nothing is lost.

Terms of a list stand in one line, separated by 、; a term that holds a separator stands in 「」. Groups stand on lines. A
mapping has one line a key: 城镇：城区学校、镇区学校. Fixed values have Chinese names.

``put`` gives the cell for a value, or None where the value would not come back the same: the caller then writes it as
JSON. ``get`` reads a cell; what it cannot understand it gives back as it is, so that the schema complains about it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

CellValue = str | int | float | date | None
LONGEST = 32_000
"""Characters that a cell is given at most; a workbook holds 32,767."""
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
)
_TERM = re.compile(r"「([^」\n]*)」|([^、，,；;\n]+)")
_SEPARATORS = "、，,；;「」"
_OLDEST = 1901
"""The first year that every spreadsheet program takes for a date."""


@dataclass(frozen=True)
class Codec:
    """One way of writing values: ``write`` and ``read`` are each other's inverse wherever a value can be written."""

    write: Callable[[Any], CellValue]
    read: Callable[[CellValue], Any]
    choices: tuple[str, ...] = ()
    width: int = 16
    several: tuple[str, ...] = ()
    """Of a list of fixed values: those there are."""
    lines: bool = False
    """Whether the cell has a line for each group or key."""

    def put(self, value: Any) -> CellValue:
        """The cell for a value; None where it would not come back the same."""
        try:
            cell = self.write(value)
        except (TypeError, ValueError, AttributeError, KeyError):
            return None
        if isinstance(cell, str) and (not cell or cell != cell.strip() or not is_safe(cell)):
            return None
        back = self.read(cell)
        return cell if back == value and type(back) is type(value) else None

    def get(self, cell: CellValue) -> Any:
        """The value of a cell that is not empty."""
        return self.read(cell)


def is_safe(text: str) -> bool:
    """Whether a workbook gives the text back as it is."""
    return not _UNSAFE.search(text) and len(text) <= LONGEST


def as_text(cell: CellValue) -> str:
    """A cell as text, also where a spreadsheet program took it for a number or a date."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _write_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _read_terms(cell: CellValue) -> list[str]:
    found = (quoted or bare for quoted, bare in _TERM.findall(as_text(cell)))
    return [term.strip() for term in found if term.strip()]


def _write_terms(value: Any) -> str:
    if not isinstance(value, list):
        raise TypeError
    return "、".join(f"「{t}」" if any(c in t for c in _SEPARATORS) else t for t in map(_write_text, value))


def _lines(cell: CellValue) -> list[str]:
    return [line.strip() for line in as_text(cell).split("\n") if line.strip()]


def _keyed(cell: CellValue) -> list[tuple[str, str]]:
    pairs = (line.replace("：", ":", 1).partition(":") for line in _lines(cell))
    return [(key.strip(), rest.strip()) for key, _, rest in pairs]


def _read_number(cell: CellValue) -> Any:
    if isinstance(cell, str):
        try:
            number = float(cell)
        except ValueError:
            return cell
        return int(number) if number.is_integer() and "." not in cell else number
    return cell


def _write_number(value: Any) -> CellValue:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return value if float(f"{value:.15g}") == value else repr(value)  # a workbook keeps fifteen digits


def _read_whole(cell: CellValue) -> Any:
    number = _read_number(cell)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _read_decimal(cell: CellValue) -> Any:
    number = _read_number(cell)
    return float(number) if isinstance(number, int) and not isinstance(number, bool) else number


def _write_date(value: Any) -> CellValue:
    day = date.fromisoformat(_write_text(value))
    return day if day.year >= _OLDEST else value


def _read_date(cell: CellValue) -> str:
    return as_text(cell).strip().replace("/", "-")


TEXT = Codec(_write_text, as_text, width=30)
TERMS = Codec(_write_terms, _read_terms, width=34)
GROUPS = Codec(
    lambda value: "\n".join(_write_terms(group) for group in value),
    lambda cell: [_read_terms(line) for line in _lines(cell)],
    width=50,
    lines=True,
)
KEYED_TERMS = Codec(
    lambda value: "\n".join(f"{key}：{_write_terms(terms)}" for key, terms in value.items()),
    lambda cell: {key: _read_terms(rest) for key, rest in _keyed(cell)},
    width=50,
    lines=True,
)
WHOLE = Codec(_write_number, _read_whole, width=8)
DECIMAL = Codec(_write_number, _read_decimal, width=8)
DATE = Codec(_write_date, _read_date, width=12)


def named(names: Mapping[Any, str], width: int = 10) -> Codec:
    """A fixed value by its Chinese name; the value itself is understood too."""
    back = {name: value for value, name in names.items()}
    return Codec(
        lambda value: names[value],
        lambda cell: back.get(as_text(cell).strip(), as_text(cell).strip()),
        tuple(names.values()),
        width,
    )


def named_list(names: Mapping[Any, str], width: int = 16) -> Codec:
    """Fixed values by their Chinese names, separated by 、."""
    back = {name: value for value, name in names.items()}
    return Codec(
        lambda value: "、".join(names[item] for item in value),
        lambda cell: [back.get(item, item) for item in _read_terms(cell)],
        width=width,
        several=tuple(names.values()),
    )


def keyed_names(names: Mapping[Any, str], width: int = 26) -> Codec:
    """A mapping to fixed values, one line a key."""
    back = {name: value for value, name in names.items()}
    return Codec(
        lambda value: "\n".join(f"{key}：{names[item]}" for key, item in value.items()),
        lambda cell: {key: back.get(item, item) for key, item in _keyed(cell)},
        width=width,
        lines=True,
    )


YES_NO = named({True: "是", False: "否"}, 8)


@dataclass(frozen=True)
class Column:
    """One column: its heading, the path of its value in the row's data, how it is written, and what to say about it."""

    heading: str
    path: tuple[str, ...]
    codec: Codec = TEXT
    hint: str = field(default="", compare=False)


JSON_HEADING = "其他（JSON）"
"""The last column of each sheet: what no other column can hold without loss."""


def to_cells(columns: tuple[Column, ...], data: dict[str, Any]) -> list[CellValue]:
    """The cells of a row, the last one JSON of what the columns could not hold; ``data`` is used up.

    Raises:
        ValueError: what is left is too long for a cell.
    """
    cells: list[CellValue] = []
    for column in columns:
        cell: CellValue = None
        holder, name = _holder(data, column.path)
        if holder is not None and name in holder:
            cell = column.codec.put(holder[name])
            if cell is not None:
                del holder[name]
        cells.append(cell)
    rest = _without_empty(data)
    text = json.dumps(rest, ensure_ascii=False) if rest else None
    if text and not is_safe(text):
        text = json.dumps(rest, ensure_ascii=True).replace("_x", "\\u005fx")
        if len(text) > LONGEST:
            raise ValueError("too long for a cell")
    return [*cells, text]


def put_at(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a value deep in a row's data."""
    for step in path[:-1]:
        following = data.setdefault(step, {})
        if not isinstance(following, dict):
            following = data[step] = {}
        data = following
    data[path[-1]] = value


def _holder(data: dict[str, Any], path: tuple[str, ...]) -> tuple[dict[str, Any] | None, str]:
    holder: Any = data
    for step in path[:-1]:
        holder = holder.get(step) if isinstance(holder, dict) else None
    return (holder if isinstance(holder, dict) else None), path[-1]


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """Without the mappings that the columns have emptied."""
    return {key: value for key, value in data.items() if value != {}}
