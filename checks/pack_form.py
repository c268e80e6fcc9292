"""A requirement, or the head of a pack, as a form that a person fills in: texts in, texts out, nothing typed is lost.

The fields are the columns of the workbook (``checks.pack_columns``) and are put together as its rows are
(``checks.pack_workbook``); a field's name says row and column: ``element.2.phrase/all``. What no field can hold stands as JSON in
the field ``json`` of its row. Fields that do not belong to the form of requirement that is chosen are kept while the page is
open, so that a form chosen by mistake costs nothing, and are left out of the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast, get_args

from pydantic import TypeAdapter, ValidationError

from checks import pack_columns as c
from checks.pack import in_words
from checks.pack_cells import DECIMAL, Column, as_text, is_safe, put_at, to_cells
from checks.pack_fields import SHEETS, Kind, columns, lists
from checks.pack_workbook import JOINED, CellFault, ExcelPlaces, ReadRow, add_json, note
from schemas.errors import InvalidPack
from schemas.requirement import Pack, Requirement

Row = dict[str, Any]
MOST_LINES = 1_000
"""Rows of one form."""
JSON = "json"
_FIELD = re.compile(rf"({'|'.join(get_args(Kind))})\.([0-9]{{1,4}})\.([a-z_/]{{1,60}})")
_AT = "requirements"
_OWN: tuple[Kind, ...] = ("requirement", "pack")
_NAME = "form"


@dataclass(slots=True)
class Line:
    """One row as typed. ``of``: the place of the part it belongs to; ``use``: the list it is an item of."""

    kind: Kind
    typed: dict[str, str] = field(default_factory=dict)
    use: str = ""
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with what was typed: the field it belongs to, the schema's name for it, and its message."""

    field: str
    type: str
    message: str


@dataclass(slots=True)
class Typed:
    """A form as it was typed, row by row."""

    lines: list[Line] = field(default_factory=list)

    def of_kind(self, kind: Kind) -> list[Line]:
        """The rows of a kind; a field's name counts them from 0."""
        return [line for line in self.lines if line.kind == kind]

    @property
    def form(self) -> str:
        """The form of requirement that is chosen, by its name in packs; empty where none is."""
        own = self.of_kind("requirement")
        return _form(own[0]) if own else ""


def key(column: Column) -> str:
    """The name of a column within the name of a field."""
    return "/".join(column.path)


# Data as texts


def of_requirement(requirement: Row) -> Typed:
    """A requirement as a form; whatever is wrong with its data, all of it is there."""
    data = deepcopy(requirement)
    typed = Typed()
    form = str(data.get("form", ""))
    below: list[Line] = []
    parameters = data.get("parameters")
    if isinstance(parameters, dict) and form == "combination":
        for group in c.COMBINATION_NAMES:
            parts = parameters.get(group)
            if isinstance(parts, list) and parts and all(_is_part(part) for part in parts):
                del parameters[group]
                for part in parts:
                    of = len(typed.of_kind("part"))
                    below += _split(part["parameters"], part["form"], of)
                    typed.lines.append(_line("part", {"group": group, **part}, part["form"]))
    elif isinstance(parameters, dict):
        below += _split(parameters, form, None)
    below += _examples(data)
    own = _line("requirement", data, form)
    typed.lines = [own, *typed.lines, *below]
    return typed


def of_pack(content: Row) -> Typed:
    """The head of a pack as a form."""
    data = deepcopy({name: value for name, value in content.items() if name != _AT})
    basis = data.get("basis")
    rows: list[Row] = []
    if isinstance(basis, list) and all(isinstance(one, dict | str) for one in basis):
        del data["basis"]
        rows = [one if isinstance(one, dict) else _written_as_one(one) for one in basis]
    return Typed([_line("pack", data), *(_line("basis", row) for row in rows)])


def _written_as_one(text: str) -> Row:
    adapter = TypeAdapter(Pack.model_fields["basis"].rebuild_annotation())
    try:
        return cast("Row", adapter.validate_python([text])[0].model_dump(mode="json", exclude_none=True))
    except ValidationError:
        return {"title": text}


def _is_part(part: object) -> bool:
    return isinstance(part, dict) and isinstance(part.get("form"), str) and isinstance(part.get("parameters"), dict)


def _split(parameters: Row, form: str, of: int | None) -> Iterator[Line]:
    """Takes out of the parameters what has rows of its own."""
    for rows in lists(form):
        items = parameters.get(rows.use)
        if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
            continue
        made: list[Row] = (
            list(_elements(items)) if rows.kind == "element" else [{str(rows.kind): item} for item in items]
        )
        if not made:
            continue
        del parameters[rows.use]
        for row in made:
            line = _line(rows.kind, row)
            line.use, line.of = rows.use, of
            yield line


def _elements(items: Sequence[Row]) -> Iterator[Row]:
    """A row for each wording; none where a name or a wording is not as it must be."""
    names = [item.get("name") for item in items]
    fit = all(
        isinstance(item.get("any"), list) and item["any"] and all(isinstance(phrase, dict) for phrase in item["any"])
        for item in items
    )
    if not fit or len({str(name) for name in names}) < len(names) or not all(isinstance(name, str) for name in names):
        return
    for item in items:
        for number, phrase in enumerate(item["any"]):
            rest = {name: value for name, value in item.items() if name != "any"}
            yield {"element": rest if number == 0 else {"name": item["name"]}, "phrase": phrase}


def _examples(data: Row) -> Iterator[Line]:
    examples = data.get("examples")
    if not isinstance(examples, dict):
        return
    for verdict in [name for name, found in examples.items() if isinstance(found, list)]:
        if all(isinstance(passage, str) for passage in examples[verdict]):
            for passage in examples.pop(verdict):
                yield _line("example", {"verdict": verdict, "passage": passage})
    if not examples:
        del data["examples"]


def _line(kind: Kind, data: Row, form: str = "") -> Line:
    data = deepcopy(data)
    own = columns(kind, form)
    for column in own:  # a number that a person writes without a point is one all the same
        holder: Any = data
        for step in column.path[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else None
        value = holder.get(column.path[-1]) if isinstance(holder, dict) else None
        if value in ([], {}, None) and isinstance(holder, dict):
            holder.pop(column.path[-1], None)  # an empty list is what no cell says as well
        if column.codec is DECIMAL and isinstance(value, int) and not isinstance(value, bool):
            holder[column.path[-1]] = float(value)
    wrong = dict(_still_texts(own, data))
    *cells, rest = to_cells(own, data)
    typed = wrong | {key(column): as_text(cell) for column, cell in zip(own, cells, strict=True) if cell is not None}
    if rest is not None:
        typed[JSON] = as_text(rest)
    return Line(kind, typed)


def _still_texts(own: Sequence[Column], data: Row) -> Iterator[tuple[str, str]]:
    """Takes out texts that stand where they must not (a number that is none), and that their field gives back as they are."""
    for column in own:
        holder: Any = data
        for step in column.path[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else None
        value = holder.get(column.path[-1]) if isinstance(holder, dict) else None
        plain = isinstance(value, str) and value and value == value.strip() and is_safe(value)
        if plain and column.codec.put(value) is None and column.codec.get(value) == value:
            del holder[column.path[-1]]
            yield key(column), value


# Texts that a browser sent


def from_fields(fields: Iterable[tuple[str, str]]) -> Typed:
    """A form as a browser sends it: names and texts; a name that is there several times has several values.

    Raises:
        InvalidPack: there are more than ``MOST_LINES`` rows.
    """
    rows: dict[tuple[Kind, int], dict[str, list[str]]] = {}
    for name, text in fields:
        if found := _FIELD.fullmatch(name):
            at = (cast("Kind", found[1]), int(found[2]))
            rows.setdefault(at, {}).setdefault(found[3], []).append(text.replace("\r\n", "\n"))
        if len(rows) > MOST_LINES:
            raise InvalidPack(f"{_NAME}: 超过 {MOST_LINES} 行 / more than {MOST_LINES} rows (请减少行数 / use fewer)")
    parts = sorted(number for kind, number in rows if kind == "part")
    made = []
    for (kind, _), texts in sorted(rows.items(), key=lambda one: (get_args(Kind).index(one[0][0]), one[0][1])):
        given = {name: "、".join(text for text in several if text.strip()) for name, several in texts.items()}
        of = given.pop("of", "")
        of_part = parts.index(int(of)) if of.isdecimal() and int(of) in parts else None
        made.append(Line(kind, {k: v for k, v in given.items() if v and k != "use"}, given.get("use", ""), of_part))
    return Typed(made)


def act(typed: Typed, action: str) -> None:
    """Does what a button of the form says: ``add:element:elements:0`` (kind, list, part), ``remove:example:3``, ``up:…``, ``down:…``;
    anything else changes nothing.

    Raises:
        InvalidPack: there are too many rows.
    """
    what, _, rest = action.partition(":")
    kind, _, rest = rest.partition(":")
    if kind not in get_args(Kind) or kind in _OWN:
        return
    of_kind = typed.of_kind(cast("Kind", kind))
    if what == "add":
        if len(typed.lines) >= MOST_LINES:
            raise InvalidPack(f"{_NAME}: 超过 {MOST_LINES} 行 / more than {MOST_LINES} rows (请减少行数 / use fewer)")
        use, _, of = rest.partition(":")
        line = Line(cast("Kind", kind), {}, use, int(of) if of.isdecimal() else None)
        if kind == "part":
            line.typed = {"group": c.COMBINATION_NAMES["all"], "form": c.FORM_NAMES["statement"]}
        typed.lines.append(line)
    elif rest.isdecimal() and int(rest) < len(of_kind):
        line = of_kind[int(rest)]
        if what == "remove":
            _remove(typed, line, int(rest))
        elif what in ("up", "down"):
            _move(typed, line, -1 if what == "up" else 1)


def _remove(typed: Typed, line: Line, number: int) -> None:
    gone = [line]
    if line.kind == "part":
        gone += [one for one in typed.lines if one.of == number]
    typed.lines = [one for one in typed.lines if not any(one is other for other in gone)]
    for one in typed.lines:
        if line.kind == "part" and one.of is not None and one.of > number:
            one.of -= 1


def _move(typed: Typed, line: Line, step: int) -> None:
    beside = [n for n, one in enumerate(typed.lines) if (one.kind, one.use, one.of) == (line.kind, line.use, line.of)]
    here = next(n for n in beside if typed.lines[n] is line)
    place = beside.index(here) + step
    if not 0 <= place < len(beside):
        return
    there = beside[place]
    if line.kind == "part":
        first, second = beside.index(here), place  # parts have neither list nor part: all of them are beside
        swapped = {first: second, second: first}
        for one in typed.lines:
            if one.of is not None:
                one.of = swapped.get(one.of, one.of)
    typed.lines[here], typed.lines[there] = typed.lines[there], typed.lines[here]


def otherwise(mine: Typed, theirs: Typed) -> list[tuple[str, str]]:
    """The fields of ``mine`` that have another text in ``theirs``, each with that text; rows are compared by their places."""
    found = []
    for kind in get_args(Kind):
        for number, (own, other) in enumerate(zip(mine.of_kind(kind), theirs.of_kind(kind), strict=False)):
            for name in [*own.typed, *(name for name in other.typed if name not in own.typed)]:
                there = other.typed.get(name, "")
                if there.strip() != own.typed.get(name, "").strip():
                    found.append((f"{kind}.{number}.{name}", there))
    return found


# Texts as data


def to_requirement(typed: Typed) -> tuple[Row, list[Fault]]:
    """The requirement that was typed, as a pack holds it, and what is wrong with it; with faults it may not be whole."""
    places = ExcelPlaces()
    faults: list[Fault] = []
    form = typed.form
    own = (
        _read(typed.of_kind("requirement")[0], 0, form, faults) if typed.of_kind("requirement") else ReadRow({}, {}, "")
    )
    data = own.data
    if not isinstance(data.setdefault("parameters", {}), dict):
        data["parameters"] = {}
    places.ids.append(str(data.get("id", "")))
    places.forms.append(form)
    note(places, (_AT, 0), own)
    if form == "combination":
        _join_parts(typed, data, places, faults)
    for rows in lists(form):
        places.cells[(_AT, 0, "parameters", rows.use)] = f"list.{rows.use}."
        _join(typed, rows.kind, rows.use, None, data, places, faults)
    _join(typed, "example", "", None, data, places, faults)
    for group in c.COMBINATION_NAMES:
        for part in _parts(data, group) if form == "combination" else ():
            if isinstance(part, dict) and str(part.get("name", "")).startswith("\0"):
                name = typed.of_kind("part")[int(part["name"][1:])].typed.get("name", "").strip()
                part |= {"name": name}
                if not name:
                    del part["name"]
    if not faults:
        faults += _wrong(_checked("requirement"), data, places, (_AT, 0), "requirement.0.form")
    return data, faults


def to_pack(typed: Typed, content: Row) -> tuple[Row, list[Fault]]:
    """A pack with the head that was typed; its requirements are those of ``content``. Faults are those of the head."""
    places = ExcelPlaces()
    faults: list[Fault] = []
    own = _read(typed.of_kind("pack")[0], 0, "", faults) if typed.of_kind("pack") else ReadRow({}, {}, "")
    note(places, (), own)
    head = own.data
    head.setdefault("applies", {})
    basis: list[Row] = []
    for number, line in enumerate(typed.of_kind("basis")):
        if line.typed:
            row = _read(line, number, "", faults)
            note(places, ("basis", len(basis)), row)
            basis.append(row.data)
    places.cells[("basis",)] = "list.basis."
    head["basis"] = basis
    made = {**head, _AT: content.get(_AT, [])}
    if not faults:
        found = _wrong(_checked("pack"), made, places, (), "pack.0")
        faults += [one for one in found if one.field != _AT]
    return made, faults


def _join_parts(typed: Typed, data: Row, places: ExcelPlaces, faults: list[Fault]) -> None:
    """The parts under names of their place, so that their rows find them whatever they are called."""
    places.cells[(_AT, 0, "parameters")] = "list.parts."
    for number, line in enumerate(typed.of_kind("part")):
        row = _read(line, number, _form(line), faults)
        row.data["name"] = f"\0{number}"
        if not _joined("part", data, row, places, faults):
            continue
        group = str(row.data.get("group", "all"))
        at = (_AT, 0, "parameters", group, len(_parts(data, group)) - 1, "parameters")
        for rows in lists(_form(line)):
            places.cells[(*at, rows.use)] = f"list.{rows.use}.{number}"
            _join(typed, rows.kind, rows.use, number, data, places, faults)


def _parts(data: Row, group: str) -> list[Any]:
    """The parts of a combination, as far as what stands there is a list; what else it is the schema says."""
    found = data["parameters"].get(group)
    return found if isinstance(found, list) else []


def _join(
    typed: Typed, kind: Kind, use: str, of: int | None, data: Row, places: ExcelPlaces, faults: list[Fault]
) -> None:
    for number, line in enumerate(typed.of_kind(kind)):
        if (line.use, line.of) == (use, of) and line.typed:
            row = _read(line, number, "", faults)
            if use:
                row.data["use"] = use
            if of is not None:
                row.data["part"] = f"\0{of}"
            _joined(kind, data, row, places, faults)


def _joined(kind: Kind, data: Row, row: ReadRow, places: ExcelPlaces, faults: list[Fault]) -> bool:
    try:
        JOINED[SHEETS[kind][0]][1](data, 0, row, places, _NAME)
    except CellFault as fault:
        faults.append(Fault(fault.place, "row", fault.said))
        return False
    return True


def _read(line: Line, number: int, form: str, faults: list[Fault]) -> ReadRow:
    place = f"{line.kind}.{number}"
    row = ReadRow({}, {column.path: place for column in SHEETS[line.kind][1]}, place)
    own = columns(line.kind, form)
    if text := line.typed.get(JSON, "").strip():
        try:
            add_json(row.data, row.cells, text, _NAME, f"{place}.{JSON}")
        except CellFault as fault:
            faults.append(Fault(fault.place, "json", fault.said))
    for column in own:
        row.cells[column.path] = f"{place}.{key(column)}"
        if text := line.typed.get(key(column), "").strip():
            put_at(row.data, column.path, column.codec.get(text))
    return row


@cache
def _checked(what: str) -> TypeAdapter[Any]:
    return TypeAdapter(Requirement if what == "requirement" else Pack)


def _wrong(adapter: TypeAdapter[Any], data: Row, places: ExcelPlaces, at: tuple[Any, ...], form: str) -> list[Fault]:
    try:
        adapter.validate_python(data)
    except ValidationError as error:
        found = []
        for problem in error.errors():
            of_form = problem["type"].startswith("union_tag") and len(problem["loc"]) == 0
            location = (*at, *problem["loc"])
            if at == () and location[:1] == (_AT,):
                found.append(Fault(_AT, problem["type"], in_words(problem)))
                continue
            place = form if of_form else places.where(location)[0]
            found.append(Fault(place, problem["type"], in_words(problem)))
        return found
    return []


@cache
def _forms() -> Mapping[str, str]:
    return {name: form for form, name in c.FORM_NAMES.items()}


def _form(line: Line) -> str:
    text = line.typed.get("form", "")
    return _forms().get(text, text)
