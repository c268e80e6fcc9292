"""The pairing audit: what the lists of communities of one county say that does not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from duzheng.web.computed import computed
from duzheng.web.here import Reader
from duzheng.web.pages.compare import waiting
from duzheng.web.pages.documents import target

if TYPE_CHECKING:
    from corpus.places import CountyName
    from schemas.pairing import PairingAudit

router = APIRouter(include_in_schema=False)
_PAGE = 100
_ROLES = ("plan", "submission")
_FOUND = 50
_LEVELS = ("province", "city", "county")


@router.get("/pairing")
def pairing(
    asked: Reader,
    province: str = "",
    city: str = "",
    county: str = "",
    name: Annotated[str, Query(max_length=80)] = "",
    page: int = 1,
) -> Response:
    """The places that have plans, by province and city or by a part of a name, down to the audit of one county."""
    from flows.pairing import pairing as audit

    title, page = asked.word("pairing"), max(page, 1)
    given = {name: value for name, value in zip(_LEVELS, (province, city, county), strict=True) if value}
    with asked.reading() as corpus:
        filters: dict[str, Any] = {**given, "role": ",".join(_ROLES)}
        counts = corpus.search("", limit=0, facets=_LEVELS, **filters).facets
        found = corpus.counties(name, _ROLES, _FOUND) if name.strip() and not county else []
        state = corpus.state()[0]
    # A name that counties of several places bear: which one is meant is asked first.
    ambiguous = any(len(counts.get(name, {})) > 1 for name in _LEVELS if name not in given)
    made = None
    if county and not ambiguous:

        def make() -> PairingAudit:
            with asked.corpora.reading() as own:
                return audit(own, province or None, city or None, county)

        made = computed(asked).get(("pairing", state, province, city, county), make)
        if made is None:
            return waiting(asked, title)
    findings = made.findings if made else []
    here = "/pairing?" + urlencode(given) + "&page="
    return asked.page(
        "reading/pairing.html",
        title=title,
        name=name.strip(),
        found=[(list(filter(None, place)), "/pairing?" + urlencode(_named(place))) for place in found],
        given=given,
        wider=[(name, value, "/pairing?" + urlencode(_before(given, name))) for name, value in given.items()],
        places=[
            (name, [(value, count, _narrower(given, name, value)) for value, count in counts.get(name, {}).items()])
            for name in _LEVELS
            if name not in given and (not county or ambiguous)
        ],
        county=county if not ambiguous else "",
        made=made,
        titles={one.document: one for one in made.documents} if made else {},
        findings=findings[(page - 1) * _PAGE : page * _PAGE],
        target=target,
        page=page,
        previous=here + str(page - 1) if page > 1 else "",
        next=here + str(page + 1) if page * _PAGE < len(findings) else "",
    )


def _named(place: CountyName) -> dict[str, str]:
    return {level: value for level, value in zip(_LEVELS, place, strict=True) if value}


def _before(given: dict[str, str], name: str) -> dict[str, str]:
    """The levels above one."""
    return {level: value for level, value in given.items() if _LEVELS.index(level) < _LEVELS.index(name)}


def _narrower(given: dict[str, str], name: str, value: str) -> str:
    return "/pairing?" + urlencode({**given, name: value})
