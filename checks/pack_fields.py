"""Which columns and which lists of rows a form of requirement has, found from its schema.

A column of ``checks.pack_columns`` belongs to a form where the form's parameters have a field of its name and the column can
hold such a value: one heading each serves the terms of a citation's title and the groups of an attachment's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from pydantic import BaseModel

from checks import pack_columns as c
from checks.pack_cells import Column
from schemas.requirement import Basis, Element, Measure, Pack, Phrase, Requirement, RoleGroup

Kind = Literal["pack", "basis", "requirement", "part", "element", "measure", "role", "example"]
"""What a row is about; a sheet each."""

SHEETS: dict[Kind, tuple[str, tuple[Column, ...]]] = {
    "pack": (c.PACK_SHEET, c.PACK_COLUMNS),
    "basis": (c.BASIS_SHEET, c.BASIS_COLUMNS),
    "requirement": (c.REQUIREMENT_SHEET, c.REQUIREMENT_COLUMNS),
    "part": (c.PART_SHEET, c.PART_COLUMNS),
    "element": (c.ELEMENT_SHEET, c.ELEMENT_COLUMNS),
    "measure": (c.MEASURE_SHEET, c.MEASURE_COLUMNS),
    "role": (c.ROLE_SHEET, c.ROLE_COLUMNS),
    "example": (c.EXAMPLE_SHEET, c.EXAMPLE_COLUMNS),
}
_MODELS: dict[type[BaseModel], Kind] = {Element: "element", Measure: "measure", RoleGroup: "role"}
_ROW_MODELS: dict[str, type[BaseModel]] = {
    "pack": Pack,
    "basis": Basis,
    "element": Element,
    "phrase": Phrase,
    "measure": Measure,
    "role": RoleGroup,
}
_KEY = re.compile(r"\[[^\[\]]*\]")
_JOINING = {("requirement",), ("use",), ("part",)}
"""Columns that say what a row belongs to."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A list among the parameters of a form whose items are rows: the field, and what its items are."""

    use: str
    kind: Kind


def columns(kind: Kind, form: str = "") -> tuple[Column, ...]:
    """The columns of a row, without those that say what it belongs to; of a requirement or part those of its form."""
    every = tuple(column for column in SHEETS[kind][1] if column.path not in _JOINING)
    if kind not in ("requirement", "part"):
        return every
    return tuple(column for column in every if column not in c.PARAMETER_COLUMNS or _belongs(column, form))


def lists(form: str) -> tuple[Rows, ...]:
    """The lists of a form that have rows of their own; of a combination none: its parts have them."""
    model = _parameters().get(form)
    found = []
    for name, field in model.model_fields.items() if model else ():
        kind = _MODELS.get(next(iter(get_args(field.annotation)), None))  # type: ignore[arg-type]
        if kind:
            found.append(Rows(name, kind))
    return tuple(found)


@cache
def needed(kind: Kind, column: Column, form: str = "") -> bool:
    """Whether a row cannot do without that column, by the schema; ``form`` is that of the requirement or part."""
    if kind == "example":
        return True
    if kind == "part" and column.path[0] != "parameters":
        return column.path[0] in ("name", "form")
    steps, model = column.path, _ROW_MODELS.get(column.path[0], _ROW_MODELS.get(kind))
    if column.path[0] in _ROW_MODELS:
        steps = steps[1:]
    elif kind in ("requirement", "part"):
        model = _parameters().get(form) if steps[0] == "parameters" else _requirements().get(form)
        steps = steps[1:] if steps[0] == "parameters" else steps
    for step in steps:
        field = model.model_fields.get(step) if model else None
        if field is None or not field.is_required():
            return False
        model = field.annotation if isinstance(field.annotation, type) else None
    return True


def heading_of(field: str) -> str | None:
    """The heading of the column that a field stands under, None where it has no column of its own.

    Args:
        field: as ``checks.pack_diff`` names it: ``applies.since``, ``parameters.any[乡村学校].value``.
    """
    steps = tuple(_KEY.sub("", field).split("."))
    if steps == ("examples",):
        return c.EXAMPLE_SHEET
    whole = (column for kind in ("requirement", "pack") for column in SHEETS[kind][1] if column.path == steps)
    found = next(whole, None)
    if found is None and len(steps) > 2:
        rows = (column for kind in ("element", "measure", "role", "part") for column in SHEETS[kind][1])
        found = next((column for column in rows if column.path[-1] == steps[-1]), None)
    return found.heading if found else None


@cache
def _requirements() -> dict[str, type[BaseModel]]:
    models = get_args(get_args(Requirement)[0])
    return {get_args(one.model_fields["form"].annotation)[0]: one for one in models}


@cache
def _parameters() -> dict[str, type[BaseModel]]:
    return {form: one.model_fields["parameters"].annotation for form, one in _requirements().items()}  # type: ignore[misc]


@cache
def _belongs(column: Column, form: str) -> bool:
    model = _parameters().get(form)
    if model is None or column.path[-1] not in model.model_fields:
        return False
    schema = model.model_json_schema()
    return column.codec.put(_sample(schema["properties"][column.path[-1]], schema.get("$defs", {}))) is not None


def _sample(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    """A value that the schema allows, so far as its type goes."""
    if "$ref" in schema:
        return _sample(known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return _sample(next(one for one in schema["anyOf"] if one.get("type") != "null"), known)
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if schema.get("type") == "array":
        return [_sample(schema.get("items", {}), known)]
    if schema.get("type") == "object":
        of = schema.get("additionalProperties")
        return {"词": _sample(of, known)} if isinstance(of, dict) else {}
    plain = {"integer": 3, "number": 1.5, "boolean": True}
    return plain.get(str(schema.get("type")), "2026-12-31" if schema.get("format") == "date" else "词")
