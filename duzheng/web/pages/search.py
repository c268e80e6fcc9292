"""Searching the corpus, and the searches that are kept."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote_plus, urlencode

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup, escape

from corpus.handed import hand_over, handed
from corpus.query import FIELDS
from corpus.search import Sort
from duzheng.web.codes import CODED, coded
from duzheng.web.computed import computed
from duzheng.web.here import Here, Reader
from duzheng.web.names import called
from duzheng.web.pages.documents import find
from duzheng.web.text import cut, written
from schemas.errors import InvalidQuery
from schemas.search import News

if TYPE_CHECKING:
    from schemas.people import Person
    from schemas.search import Hit, Nothing, SavedSearch, SearchResult

router = APIRouter(include_in_schema=False)
_PAGE = 20
_LAST_PAGE = 1000
_VALUES = 12
_LONGEST = 2000
_FACETS = {
    "province",
    "city",
    "county",
    "year",
    "level",
    "genre",
    "role",
    "script",
    "issuer",
    "mode",
    "pack",
    "verdict",
}


def _chosen(values: Any) -> dict[str, str]:
    """The filters among the values of an address or a form; whatever else stands there is not looked at."""
    return {name: values[name][:_LONGEST] for name in FIELDS if values.get(name)}


def address(query: str, filters: dict[str, str], **more: object) -> str:
    """The address of a search."""
    asked = {"q": query, **filters, **{name: str(value) for name, value in more.items() if value}}
    return "/search?" + urlencode({name: value for name, value in asked.items() if value})


@router.get("/search")
def search(asked: Reader, q: str = "", sort: str = "relevance", strict: str = "", page: int = 1) -> Response:
    """What a query finds, counted by what it is; why nothing was found, and what would be."""
    filters = _chosen(asked.request.query_params)
    order: Sort = "date" if sort == "date" else "relevance"
    page = min(max(page, 1), _LAST_PAGE)
    how = {"sort": "date" if order == "date" else "", "strict": "1" if strict else ""}
    result, problem = None, ""
    with asked.reading() as corpus:
        saved = corpus.saved_searches()
        if q.strip() or filters:
            try:
                wanted: dict[str, Any] = dict(filters)
                result = corpus.search(
                    q,
                    limit=_PAGE,
                    offset=(page - 1) * _PAGE,
                    strict=bool(strict),
                    sort=order,
                    **wanted,
                )
            except InvalidQuery as error:
                problem = str(error)
    return asked.page(
        "reading/search.html",
        422 if problem else 200,
        title=asked.word("search"),
        q=q,
        sort=order,
        strict=bool(strict),
        filters=[
            (name, value, coded(asked, name, value), address(q, {k: v for k, v in filters.items() if k != name}, **how))
            for name, value in filters.items()
        ],
        problem=problem,
        result=result,
        hits=[_hit(asked, one) for one in result.hits] if result else [],
        facets=_facets(asked, result, q, filters, how) if result else [],
        nothing=_nothing(result.nothing, how) if result and result.nothing else None,
        saved=saved,
        page=page,
        previous=address(q, filters, **how, page=page - 1) if page > 1 else "",
        next=address(q, filters, **how, page=page + 1) if result and page * _PAGE < result.total else "",
        strict_on=address(q, filters, **{**how, "strict": "1"}),
    )


def _hit(asked: Here, one: Hit) -> dict[str, Any]:
    """A hit as the page shows it: the title and the snippets with their marks, and where each stands."""
    snippets = []
    for snippet in one.snippets:
        begin = snippet.span.start
        first = snippet.marks[0] if snippet.marks else None
        target = f"/documents/{one.document}"
        if first:
            target += f"?start={begin + first[0]}&end={begin + first[1]}#at"
        snippets.append({"text": written(cut(snippet.quote, snippet.marks)), "target": target})
    place = one.jurisdiction
    where = "".join(dict.fromkeys(part for part in (place.province, place.city, place.county) if part))
    return {
        "hit": one,
        "title": written(cut(called(asked, one.title, one.uri), one.title_marks)),
        "snippets": snippets,
        "place": where,
    }


def _facets(
    asked: Here, result: SearchResult, q: str, filters: dict[str, str], how: dict[str, str]
) -> list[dict[str, Any]]:
    """What can be narrowed by; ``values`` and ``more`` are the items of two lists.

    There are hundreds of them on a page: each is put together of pieces that are escaped already, as templates would.
    """
    shown = []
    before = escape(address(q, filters) + ("&" if q or filters else ""))
    after = escape("".join(f"&{urlencode({key: value})}" for key, value in how.items() if value))
    for name, counts in result.facets.items():
        if not counts or name in filters or name not in _FACETS:
            continue
        code = name in CODED
        lang = "" if code else ' lang="zh"'
        items = []
        for value, count in counts.items():
            quoted, text = _escaped(value)
            if code:
                text = escape(coded(asked, name, value))
            items.append(
                f'<li><a href="{before}{name}={quoted}{after}"{lang}>{text}</a> <span class="soft">{count:d}</span></li>'
            )
        lists = [Markup("".join(some)) for some in (items[:_VALUES], items[_VALUES:])]
        shown.append({"name": name, "values": lists[0], "more": lists[1], "left": max(0, len(items) - _VALUES)})
    return shown


@lru_cache(maxsize=20_000)
def _escaped(value: str) -> tuple[str, str]:
    """A name of a place or an issuer in an address and in a page."""
    return str(escape(quote_plus(value))), str(escape(value))


def _nothing(nothing: Nothing, how: dict[str, str]) -> dict[str, Any]:
    return {
        "parts": nothing.parts,
        "near": [(near, address(near.query, {}, **how)) for near in nothing.near],
    }


# Documents like one


@router.get("/documents/{id}/similar")
def similar(asked: Reader, id: str) -> Response:
    """The documents most like one, without itself, its copies and its versions."""
    from duzheng.web.pages.compare import waiting

    with asked.reading() as corpus:
        found = find(asked, corpus, id)
        state = corpus.state()

    def make() -> SearchResult:
        with asked.corpora.reading() as own:
            return own.similar(found.id, limit=_PAGE)

    title = f"{asked.word('reading.similar')} · {called(asked, found.title, found.source.uri)}"
    made = computed(asked).get(("similar", state, found.id), make)
    if made is None:
        return waiting(asked, title)
    return asked.page("reading/similar.html", title=title, document=found, hits=[_hit(asked, one) for one in made.hits])


# Saved searches: each belongs to who saved it. Running one changes what is new to its owner.


def _may_remove(person: Person, saved: SavedSearch) -> bool:
    return person.may("inspector") or (bool(person.name) and saved.owner == person.name)


def _may_run(person: Person, saved: SavedSearch) -> bool:
    return saved.owner is None or _may_remove(person, saved)


@router.get("/searches")
def searches(asked: Reader, shown: str = "") -> Response:
    """The searches that are kept, and what was new when one of them was run."""
    with asked.reading() as corpus:
        saved = corpus.saved_searches()
    news = handed(asked.corpora.home, shown, News)
    return asked.page(
        "reading/searches.html",
        title=asked.word("reading.saved"),
        saved=[
            {
                "search": one,
                "target": address(one.query, one.filters, strict="1" if one.strict else ""),
                "filters": [(name, coded(asked, name, value)) for name, value in one.filters.items()],
                "runs": _may_run(asked.person, one),
                "goes": _may_remove(asked.person, one),
            }
            for one in saved
        ],
        news=news,
        hits=[_hit(asked, one) for one in news.hits] if news else [],
        forgotten=bool(shown) and news is None,
    )


@router.post("/searches")
def save(
    asked: Reader,
    name: Annotated[str, Form(max_length=80)],
    q: Annotated[str, Form(max_length=_LONGEST)] = "",
    strict: Annotated[str, Form()] = "",
    province: Annotated[str, Form()] = "", city: Annotated[str, Form()] = "", county: Annotated[str, Form()] = "",
    year: Annotated[str, Form()] = "", date: Annotated[str, Form()] = "", number: Annotated[str, Form()] = "",
    issuer: Annotated[str, Form()] = "", title: Annotated[str, Form()] = "", genre: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "", level: Annotated[str, Form()] = "", script: Annotated[str, Form()] = "",
    verdict: Annotated[str, Form()] = "", mode: Annotated[str, Form()] = "", pack: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Keeps a search; what it finds from now on is new."""
    given: dict[str, Any] = {
        "province": province, "city": city, "county": county, "year": year, "date": date, "number": number,
        "issuer": issuer, "title": title, "genre": genre, "role": role, "level": level, "script": script,
        "verdict": verdict, "mode": mode, "pack": pack,
    }  # fmt: skip
    with asked.writing() as corpus:
        corpus.save_search(name.strip(), q, strict=bool(strict), owner=asked.person.name or None, **_chosen(given))
    asked.note("search saved", name.strip(), q)
    return RedirectResponse("/searches", status_code=303)


@router.post("/searches/run")
def run(asked: Reader, name: Annotated[str, Form(max_length=80)]) -> Response:
    """Runs a saved search: what is new since the last time; the next run tells what is new after this one."""
    with asked.writing() as corpus:
        if not _may_run(asked.person, corpus.saved_search(name)):
            raise HTTPException(403, asked.word("forbidden"))
        news = corpus.news(name, limit=_PAGE)
    key = hand_over(asked.corpora.home, news)
    asked.note("search run", name)
    return RedirectResponse(f"/searches?shown={key}", status_code=303)


@router.post("/searches/remove")
def remove(asked: Reader, name: Annotated[str, Form(max_length=80)]) -> Response:
    """Forgets a saved search: one's own, or from inspectors on any."""
    with asked.writing() as corpus:
        if not _may_remove(asked.person, corpus.saved_search(name)):
            raise HTTPException(403, asked.word("forbidden"))
        corpus.remove_search(name)
    asked.note("search removed", name)
    return RedirectResponse("/searches", status_code=303)
