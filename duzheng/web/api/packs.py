"""Packs over JSON, what the corpus lacks by them, and terms over the years."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from checks.pack import builtin
from checks.pack_shelf import known
from duzheng.web.here import Here, Reader
from duzheng.web.problem import COMMON
from schemas.interface import PackLine
from schemas.missing import Missing
from schemas.requirement import Pack
from schemas.trend import Trend

router = APIRouter(prefix="/api/v1", tags=["packs"], responses=COMMON)


@router.get("/packs")
def packs(here: Reader) -> list[PackLine]:
    """Every pack: those that come with the program, and those published here."""
    own = {pack.id: pack.sha256 for pack in builtin()}
    return [
        PackLine(
            id=pack.id,
            version=pack.version,
            title=pack.title,
            province=pack.province,
            status=pack.status,
            requirements=len(pack.requirements),
            sha256=pack.sha256,
            builtin=own.get(pack.id) == pack.sha256,
        )
        for pack in known(here.corpora.home)
    ]


@router.get("/packs/{pack}")
def pack(here: Reader, pack: str) -> Pack:
    """One pack with every field."""
    return found(here, pack)


@router.get("/packs/{pack}/missing")
def missing(here: Reader, pack: str) -> Missing:
    """Which counties of the pack's province have submitted nothing within its scope."""
    from flows.missing import missing as examine

    named = found(here, pack)
    with here.reading() as corpus:
        return examine(corpus, named)


@router.get("/trend")
def trend(
    here: Reader,
    term: Annotated[list[Annotated[str, Query(min_length=1, max_length=200)]], Query(min_length=1, max_length=10)],
    strict: bool = False,
) -> Trend:
    """In how many documents terms stand, by year, level and province."""
    from corpus.trend import trend as count

    with here.reading() as corpus:
        return count(corpus.texts(), term, strict=strict)


def found(here: Here, id: str) -> Pack:
    """The pack of an id.

    Raises:
        HTTPException: 404, there is none.
    """
    for one in known(here.corpora.home):
        if one.id == id:
            return one
    raise HTTPException(404, "没有这个要求包 / there is no such pack")
