"""Packs: listed, read, each requirement with an address of its own; what changed from one version to another."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from checks import pack_columns as columns
from checks import pack_drafts, pack_shelf
from checks.pack import builtin
from checks.pack_cells import JSON_HEADING, Column, as_text
from checks.pack_diff import diff
from checks.pack_excel import Sheet, sheets_of, write_pack
from duzheng.web.controls import field_name, fixed, heading
from duzheng.web.here import Here, Reader
from duzheng.web.made import attached, written
from schemas.requirement import SEVERITIES, Pack

router = APIRouter(include_in_schema=False)
_OWN_PARTS = ("PART_SHEET", "ELEMENT_SHEET", "MEASURE_SHEET", "ROLE_SHEET")
_JSON = Column(JSON_HEADING, ())
_SHOWN_ABOVE = {("form",), ("id",), ("title",), ("text",), ("clause",), ("severity",)}


@router.get("/packs")
def listed(asked: Reader) -> Response:
    """Every pack that this corpus knows, and what is being worked on."""
    own = {pack.id: pack.sha256 for pack in builtin()}
    packs = [(pack, own.get(pack.id) == pack.sha256) for pack in pack_shelf.known(asked.corpora.home)]
    return asked.page(
        "keeping/packs.html",
        title=asked.word("packs"),
        packs=packs,
        states={state: heading(asked.language, name) for state, name in columns.STATUS_NAMES.items()},
        drafts=pack_drafts.listed(asked.corpora.home) if asked.person.may("inspector") else [],
    )


@router.get("/packs/{id}")
def show(asked: Reader, id: str, version: str = "") -> Response:
    """A pack with every field, under the names that its workbook has for them; ``version``: as it was in that version, where
    that was published here (a finding may come of a file)."""
    there = pack_shelf.versions(asked.corpora.home, id)
    pack = next((one for one, _ in there if one.version == version), None) or _pack(asked, id)
    sheets = sheets_of(pack)
    requirements: list[dict[str, Any]] = [
        {
            "of": one,
            "form": heading(asked.language, columns.FORM_NAMES[one.form]),
            "fields": _fields(asked, sheets[columns.REQUIREMENT_SHEET], n, _SHOWN_ABOVE),
            "parts": [],
        }
        for n, one in enumerate(pack.requirements)
    ]
    for title in (*(getattr(columns, name) for name in _OWN_PARTS), columns.EXAMPLE_SHEET):
        for place, cells in enumerate(sheets[title].rows):
            for one in requirements:
                if cells[0] == one["of"].id:
                    fields = _fields(asked, sheets[title], place)[1:]
                    one["parts"].append((heading(asked.language, title), fields))
    return asked.page(
        "keeping/pack.html",
        title=pack.title,
        pack=pack,
        head=_fields(asked, sheets[columns.PACK_SHEET], 0),
        basis=[_fields(asked, sheets[columns.BASIS_SHEET], n) for n in range(len(pack.basis))],
        requirements=requirements,
        severities=[(one, sum(each.severity == one for each in pack.requirements)) for one in SEVERITIES],
        versions=[one.version for one, _ in there],
        lacking=version if version and version != pack.version else "",
        newest=next(one.version for one in pack_shelf.known(asked.corpora.home) if one.id == pack.id),
    )


@router.get("/packs/{id}/yaml")
def yaml(asked: Reader, id: str, version: str = "") -> Response:
    """The pack's file."""
    pack = _pack(asked, id, version)
    return attached(pack_shelf.text_of(asked.corpora.home, pack).encode(), f"{pack.id}_{pack.version}.yaml")


@router.get("/packs/{id}/xlsx")
def workbook(asked: Reader, id: str, version: str = "") -> Response:
    """The pack as a workbook."""
    pack = _pack(asked, id, version)
    return attached(written(lambda path: write_pack(pack, path), "pack.xlsx"), f"{pack.id}_{pack.version}.xlsx")


@router.get("/packs/{id}/changes")
def changes(asked: Reader, id: str, since: str, version: str = "") -> Response:
    """What changed from one version of a pack to another."""
    old, new = _pack(asked, id, since), _pack(asked, id, version)
    title = f"{new.id} {old.version} → {new.version}"
    compared = diff(old, new)
    return asked.page(
        "keeping/pack_changes.html",
        title=title,
        pack=new,
        compared=compared,
        called=partial(field_name, asked.language),
    )


def _pack(asked: Here, id: str, version: str = "") -> Pack:
    if version:
        found = pack_shelf.version_of(asked.corpora.home, id, version)
    else:
        found = next((one for one in pack_shelf.known(asked.corpora.home) if one.id == id), None)
    if found is None:
        raise HTTPException(404)
    return found


def _fields(
    asked: Here, sheet: Sheet, number: int, leave: set[tuple[Any, ...]] | frozenset[Any] = frozenset()
) -> list[tuple[str, str, bool]]:
    """Of each cell that holds something its heading, its text, and whether that is as somebody wrote it."""
    found = []
    for column, cell in zip((*sheet.columns, _JSON), sheet.rows[number], strict=True):
        if cell is not None and column.path not in leave:
            text, written = as_text(cell), True
            if names := column.codec.choices or column.codec.several:
                parts = text.split("、") if column.codec.several else [text]
                text = asked.word("packs.and").join(fixed(asked.language, column, one) for one in parts)
                written = not set(parts) <= set(names) or column.heading == columns.WORDING_HEADING
            found.append((heading(asked.language, column.heading), text, written))
    return found
