"""Packs: listed, read, drafted from a notice, edited, tried on the stored plans, and published."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from checks import pack_columns as columns
from checks import pack_shelf
from checks.pack import builtin, parse
from checks.pack_cells import JSON_HEADING, as_text
from checks.pack_examples import run
from checks.pack_excel import Sheet, sheets_of
from checks.pack_lint import lint
from duzheng.web.here import Administrator, Here, Inspector, Reader
from duzheng.web.made import attached
from duzheng.web.multipart import files_of
from schemas.errors import DuzhengError, InvalidPack
from schemas.finding import VERDICT_NAMES
from schemas.requirement import Pack

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=1_000_000)]
_FLIPS = 200


@router.get("/packs")
def listed(asked: Reader) -> Response:
    """Every pack that this corpus knows."""
    own = {pack.id: pack.sha256 for pack in builtin()}
    packs = [(pack, own.get(pack.id) == pack.sha256) for pack in pack_shelf.known(asked.corpora.home)]
    return asked.page("keeping/packs.html", title=asked.word("packs"), packs=packs, states=columns.STATUS_NAMES)


@router.get("/packs/{id}")
def show(asked: Reader, id: str) -> Response:
    """A pack with every field, under the names that its workbook has for them."""
    pack = _pack(asked, id)
    sheets = sheets_of(pack)
    requirements = [
        {"id": one.id, "title": one.title, "fields": _fields(sheets[columns.REQUIREMENT_SHEET], n), "parts": []}
        for n, one in enumerate(pack.requirements)
    ]
    for title in (*(getattr(columns, name) for name in _PARTS), columns.EXAMPLE_SHEET):
        for place, cells in enumerate(sheets[title].rows):
            for one in requirements:
                if cells[0] == one["id"]:
                    one["parts"].append((title, _fields(sheets[title], place)[1:]))  # type: ignore[attr-defined]
    head = _fields(sheets[columns.PACK_SHEET], 0)
    basis = [_fields(sheets[columns.BASIS_SHEET], n) for n in range(len(pack.basis))]
    return asked.page(
        "keeping/pack.html",
        title=pack.title,
        pack=pack,
        head=head,
        basis=basis,
        requirements=requirements,
        earlier=pack_shelf.earlier(asked.corpora.home, pack.id),
    )


_PARTS = ("PART_SHEET", "ELEMENT_SHEET", "MEASURE_SHEET", "ROLE_SHEET")


@router.get("/packs/{id}/yaml")
def yaml(asked: Reader, id: str) -> Response:
    """The pack's file."""
    pack = _pack(asked, id)
    return attached(pack_shelf.text_of(asked.corpora.home, pack).encode(), f"{pack.id}_{pack.version}.yaml")


@router.get("/packs/{id}/edit")
def edit(asked: Inspector, id: str) -> Response:
    """The form to edit a pack."""
    return _edited(asked, pack_shelf.text_of(asked.corpora.home, _pack(asked, id)))


@router.post("/packs/draft")
async def draft(asked: Inspector) -> Response:
    """A pack drafted from an uploaded notice, in the form to edit it; nothing is kept yet."""
    from duzheng.reading import bounds
    from flows.drafting import asking, drafted
    from flows.uploading import read

    files = await files_of(asked.request, "notice")
    outcomes = await run_in_threadpool(read, [(one.name, one.data) for one in files], bounds())
    documents = [document for outcome in outcomes for document in outcome.documents]
    if not documents:
        failed = [str(outcome.failure) for outcome in outcomes if outcome.failure]
        raise HTTPException(422, "; ".join(failed) or asked.word("keeping.not_read"))
    made = await run_in_threadpool(drafted, asking(documents))
    return _edited(asked, made.text, notes=made.draft.open)


@router.post("/packs/try")
def attempt(asked: Inspector, text: Text, action: Annotated[str, Form(max_length=10)] = "check") -> Response:
    """The form again, with what is wrong in the pack by line, what its examples give, or which stored verdicts would flip."""
    return _edited(asked, text, action)


@router.post("/packs/publish")
def publish(asked: Administrator, text: Text) -> Response:
    """Puts a pack into force for this corpus, unless something in it is wrong or one of its examples fails."""
    problems, pack = _examined(text)
    if pack is None or any(one.level == "error" for one in problems) or not all(one.passed for one in run(pack)):
        return _edited(asked, text, "test", 422)
    try:
        made = pack_shelf.publish(asked.corpora.home, text.replace("\r\n", "\n"))
    except InvalidPack as error:
        return _edited(asked, text, "check", 422, notes=[str(error)])
    asked.note("pack published", made.id, f"{made.version} {made.sha256[:16]}")
    return RedirectResponse(f"/packs/{made.id}", status_code=303)


def _edited(
    asked: Here, text: str, action: str = "check", status: int = 200, notes: list[str] | None = None
) -> Response:
    text = text.replace("\r\n", "\n")
    problems, pack = _examined(text)
    values: dict[str, Any] = {"examples": None, "impact": None}
    if pack is not None and action == "test":
        values["examples"] = list(run(pack))
    if pack is not None and action == "impact":
        from flows.impact import impact

        old = next((one for one in pack_shelf.known(asked.corpora.home) if one.id == pack.id), None)
        if old is None:
            notes = [*(notes or ()), asked.word("keeping.no_old")]
        else:
            with asked.reading() as corpus:
                values["impact"] = impact(corpus, old, pack)
    return asked.page(
        "keeping/pack_edit.html",
        status,
        title=asked.word("keeping.edit"),
        text=text,
        pack=pack,
        problems=problems,
        notes=notes or [],
        names=VERDICT_NAMES,
        most=_FLIPS,
        **values,
    )


def _examined(text: str) -> tuple[list[Any], Pack | None]:
    """What is wrong with a pack as text, and the pack where it is valid."""
    try:
        written = pack_shelf.written(text.replace("\r\n", "\n"), "pack")
    except DuzhengError as error:
        place, _, message = str(error).partition(": ")
        return [{"place": place, "level": "error", "requirement": None, "message": message, "cure": ""}], None
    problems = lint(written)
    try:
        return list(problems), parse(written)
    except InvalidPack:
        return list(problems), None


def _pack(asked: Here, id: str) -> Pack:
    for one in pack_shelf.known(asked.corpora.home):
        if one.id == id:
            return one
    raise HTTPException(404)


def _fields(sheet: Sheet, number: int) -> list[tuple[str, str]]:
    headings = [*(column.heading for column in sheet.columns), JSON_HEADING]
    cells = zip(headings, sheet.rows[number], strict=True)
    return [(heading, as_text(cell)) for heading, cell in cells if cell is not None]
