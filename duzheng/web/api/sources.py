"""Sources over JSON: how their last runs went."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from duzheng.web.here import Reader
from duzheng.web.problem import COMMON
from schemas.fetching import SourceRun
from schemas.interface import SourceLine
from sources.definitions import FOLDER, load_valid

router = APIRouter(prefix="/api/v1", tags=["sources"], responses=COMMON)


@router.get("/sources")
def sources(here: Reader) -> list[SourceLine]:
    """The sources with their last runs; those whose file is not valid are on the page and in `duzheng sources list`."""
    with here.reading() as corpus:
        last = corpus.sources.last_runs()
    return [
        SourceLine(
            id=one.definition.id,
            title=one.definition.title,
            kind=one.definition.kind,
            schedule=one.definition.schedule,
            enabled=one.definition.enabled,
            last=last.get(one.definition.id),
        )
        for one in load_valid(here.corpora.home / FOLDER)[0]
    ]


@router.get("/sources/{source}/runs")
def runs(here: Reader, source: str, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[SourceRun]:
    """The last runs of a source, newest first."""
    if source not in {one.definition.id for one in load_valid(here.corpora.home / FOLDER)[0]}:
        raise HTTPException(404, "没有这个来源 / there is no such source")
    with here.reading() as corpus:
        return list(corpus.sources.runs(source, limit=limit))
