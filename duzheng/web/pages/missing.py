"""Who has submitted nothing: county by county, for one pack."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Response
from starlette.concurrency import run_in_threadpool

from checks.matrix import SIGNS
from duzheng.web.computed import MOMENT, computed
from duzheng.web.here import Here, Reader
from duzheng.web.made import attached, written
from duzheng.web.pages.compare import waiting
from schemas.missing import CountyState

if TYPE_CHECKING:
    from schemas.finding import Verdict
    from schemas.missing import County, Missing
    from schemas.requirement import Pack

router = APIRouter(include_in_schema=False)
_LIKE: dict[CountyState, Verdict] = {
    "submitted": "met",
    "unreadable": "undetermined",
    "schools_only": "partial",
    "outside": "partial",
    "nothing": "not_met",
}
"""The verdict whose sign and colour a state has: what means much the same looks the same on every page."""
_PAGE = 200
_BESIDE = 50
_MOST_FILES = 5
_AT_A_GLANCE = 5
_GLANCE = 0.1
"""Seconds that a page which shows only the number waits for it, a pack."""


def _packs(home: Path) -> list[Pack]:
    """The packs that ask something of counties."""
    from checks.pack_shelf import known

    return [one for one in known(home) if "county" in one.applies.levels and one.status != "draft"]


def lacking(asked: Here, packs: Container[str]) -> list[tuple[Pack, int, int | None]]:
    """Of those of these packs that ask something of counties: how many there are, and how many have sent nothing; None
    while that is being counted. Nobody waits for it here."""
    wanted = [pack for pack in _packs(asked.corpora.home) if pack.id in packs][:_AT_A_GLANCE]
    made = [(pack, _missing(asked, pack, _GLANCE)) for pack in wanted]
    return [(pack, len(one.counties), one.states.get("nothing", 0)) if one else (pack, 0, None) for pack, one in made]


def _missing(asked: Here, pack: Pack, seconds: float) -> Missing | None:
    return computed(asked).get(*_finding(asked, pack), seconds)


def _finding(asked: Here, pack: Pack) -> tuple[Hashable, Callable[[], Missing]]:
    """By what the answer is known, and what finds it."""
    from flows.missing import missing as find

    with asked.reading() as corpus:
        numbers = corpus.state()

    def make() -> Missing:
        with asked.corpora.reading() as own:
            return find(own, pack)

    return ("missing", numbers, pack.id, pack.sha256), make


def _chosen(packs: list[Pack], id: str) -> Pack | None:
    """The pack of that identifier, the first of the current ones where none is asked for; 404 where it is not there."""
    from checks.pack import current

    if not id:
        return next(iter(current(packs)), None)
    found = next((one for one in packs if one.id == id), None)
    if found is None:
        raise HTTPException(404)
    return found


def _shown(made: Missing, state: str, city: str) -> list[County]:
    return [one for one in made.counties if state in (one.state, "all") and city in ("", one.city or one.province)]


@router.get("/missing/table.{ending}")
async def table(asked: Reader, ending: str, pack: str = "", state: str = "all", city: str = "") -> Response:
    """The counties that the page lists, all of them, for Excel; the workbook has the other tables of the page, too."""
    if ending not in ("csv", "xlsx"):
        raise HTTPException(404)
    chosen = _chosen(await run_in_threadpool(_packs, asked.corpora.home), pack)
    if chosen is None:
        raise HTTPException(404, asked.word("reading.no_county_packs"))
    made = await computed(asked).waited(*await run_in_threadpool(_finding, asked, chosen))
    if made is None:
        return waiting(asked, asked.word("missing"))
    name = f"missing.{ending}"
    counties = _shown(made, state, city)
    return attached(await run_in_threadpool(written, lambda path: _write(made, counties, path), name), name)


def _write(made: Missing, counties: list[County], path: Path) -> None:
    import pandas as pd

    from corpus.export import write
    from duzheng.missing_report import COUNTIES, county_table, tables

    every = [county_table(counties), *(one for one in tables(made) if one[0] != COUNTIES)]
    frames = {name: pd.DataFrame(rows, columns=columns) for name, columns, rows in every}
    write(frames if path.suffix == ".xlsx" else {COUNTIES: frames[COUNTIES]}, path)


@router.get("/missing")
def missing(asked: Reader, pack: str = "", state: str = "nothing", city: str = "", page: int = 1) -> Response:
    """The counties of a pack's province by what came from them; ``pack`` is looked up among the packs there are."""
    packs = _packs(asked.corpora.home)
    title, page = asked.word("missing"), max(page, 1)
    chosen = _chosen(packs, pack)
    if chosen is None:
        return asked.page("reading/missing.html", title=title, packs=[], made=None)
    made = _missing(asked, chosen, MOMENT)
    if made is None:
        return waiting(asked, title)
    states = get_args(CountyState)
    state = state if state in (*states, "all") else "nothing"
    shown = _shown(made, state, city)

    def address(below: str = "", **values: object) -> str:
        return f"/missing{below}?" + urlencode({"pack": chosen.id, "state": state, "city": city, **values})

    values: dict[str, Any] = {
        "title": title, "packs": packs, "chosen": chosen, "made": made, "states": states, "state": state, "city": city,
        "counties": shown[(page - 1) * _PAGE : page * _PAGE], "count": len(shown), "page": page, "address": address,
        "previous": address(page=page - 1) if page > 1 else "",
        "next": address(page=page + 1) if page * _PAGE < len(shown) else "",
        "beside": _BESIDE, "files": _MOST_FILES, "like": _LIKE,
        "signs": {one: SIGNS[verdict] for one, verdict in _LIKE.items()},
    }  # fmt: skip
    return asked.page("reading/missing.html", **values)
