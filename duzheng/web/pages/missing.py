"""Who has submitted nothing: county by county, for one pack."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Response

from duzheng.web.computed import MOMENT, computed
from duzheng.web.here import Here, Reader
from duzheng.web.pages.compare import waiting
from schemas.missing import CountyState

if TYPE_CHECKING:
    from schemas.missing import Missing
    from schemas.requirement import Pack

router = APIRouter(include_in_schema=False)
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
    from flows.missing import missing as find

    with asked.reading() as corpus:
        numbers = corpus.state()

    def make() -> Missing:
        with asked.corpora.reading() as own:
            return find(own, pack)

    return computed(asked).get(("missing", numbers, pack.id, pack.sha256), make, seconds)


@router.get("/missing")
def missing(asked: Reader, pack: str = "", state: str = "nothing", city: str = "", page: int = 1) -> Response:
    """The counties of a pack's province by what came from them; ``pack`` is looked up among the packs there are."""
    from checks.pack import current

    packs = _packs(asked.corpora.home)
    title, page = asked.word("missing"), max(page, 1)
    first = next(iter(current(packs)), None)
    chosen = next((one for one in packs if one.id == pack), None) if pack else first
    if pack and chosen is None:
        raise HTTPException(404)
    if chosen is None:
        return asked.page("reading/missing.html", title=title, packs=[], made=None)
    made = _missing(asked, chosen, MOMENT)
    if made is None:
        return waiting(asked, title)
    states = get_args(CountyState)
    state = state if state in (*states, "all") else "nothing"
    shown = [one for one in made.counties if state in (one.state, "all") and city in ("", one.city or one.province)]

    def address(**values: object) -> str:
        return "/missing?" + urlencode({"pack": chosen.id, "state": state, "city": city, **values})

    values: dict[str, Any] = {
        "title": title, "packs": packs, "chosen": chosen, "made": made, "states": states, "state": state, "city": city,
        "counties": shown[(page - 1) * _PAGE : page * _PAGE], "count": len(shown), "page": page, "address": address,
        "previous": address(page=page - 1) if page > 1 else "",
        "next": address(page=page + 1) if page * _PAGE < len(shown) else "",
        "beside": _BESIDE, "files": _MOST_FILES,
    }  # fmt: skip
    return asked.page("reading/missing.html", **values)
