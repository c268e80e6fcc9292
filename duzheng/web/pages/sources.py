"""Sources: where documents come from, how their last runs went, what a run would take, and running one now."""

from __future__ import annotations

from typing import Annotated

import yaml
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from duzheng.sources_report import KIND_NAMES, without_secrets
from duzheng.web.here import Administrator, Here, Inspector, Reader
from duzheng.web.jobs import Runs
from duzheng.web.paging import Paging
from schemas.fetching import InvalidSource, SourceRun
from sources.definitions import FOLDER, SourceFile, find, load_valid

router = APIRouter(include_in_schema=False)
_RUNS = 30
_ITEMS = 50
_UNREAD = 100
"""Files that could not be read on a page."""


def _runs(request: Request) -> Runs:
    state = request.app.state
    if not hasattr(state, "runs"):
        state.runs = Runs(state.corpora.home)
    found: Runs = state.runs
    return found


@router.get("/sources")
def listed(asked: Reader, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """The sources with their last runs; files that are not valid with their line; every file that could not be read, and why."""
    found, errors = load_valid(asked.corpora.home / FOLDER)
    with asked.reading() as corpus:
        last = corpus.sources.last_runs()
        unread = corpus.unread()
    paging = Paging.of(asked.request, page, len(unread), _UNREAD)
    sources = [(without_secrets(one.definition), last.get(one.definition.id)) for one in found]
    return asked.page(
        "keeping/sources.html",
        title=asked.word("sources"),
        sources=sources,
        errors=[asked.half(str(one)) for one in errors],
        kinds=_kinds(asked),
        unread=unread[paging.offset : paging.offset + _UNREAD],
        paging=paging,
    )


@router.get("/sources/{id}")
def show(asked: Reader, id: str) -> Response:
    """A source with its fields and its last runs."""
    return _page(asked, id)


@router.post("/sources/{id}/test")
def test(asked: Inspector, id: str) -> Response:
    """What a run would take now; nothing is stored."""
    from duzheng.reading import bounds
    from flows.try_source import try_source

    asked.note("source tested", id)
    return _page(asked, id, trial=try_source(asked.corpora.home, _file(asked, id), bounds(), read_first=False))


@router.post("/sources/{id}/run")
def run(asked: Administrator, id: str) -> Response:
    """Runs it now, in a process of its own; its page says how it goes."""
    _file(asked, id)
    if not _runs(asked.request).start(id):
        raise HTTPException(409, asked.word("keeping.run_going"))
    asked.note("source run", id)
    return RedirectResponse(f"/sources/{id}", status_code=303)


def _kinds(asked: Here) -> dict[str, str]:
    return {kind: asked.word(f"keeping.kind_{kind}") for kind in KIND_NAMES}


def _file(asked: Here, id: str) -> SourceFile:
    folder = asked.corpora.home / FOLDER
    if id not in {one.definition.id for one in load_valid(folder)[0]}:
        raise HTTPException(404)
    try:
        return find(folder, id)
    except InvalidSource as error:
        raise HTTPException(404, str(error)) from error


def _page(asked: Here, id: str, trial: object = None) -> Response:
    one = without_secrets(_file(asked, id).definition)
    with asked.reading() as corpus:
        runs: list[SourceRun] = corpus.sources.runs(id, limit=_RUNS)
    fields = one.model_dump(mode="json", exclude_unset=True)
    return asked.page(
        "keeping/source.html",
        title=one.title,
        source=one,
        written=yaml.safe_dump(fields, allow_unicode=True, sort_keys=False),
        kinds=_kinds(asked),
        runs=runs,
        trial=trial,
        most=_ITEMS,
        going=_runs(asked.request).going(id),
    )
