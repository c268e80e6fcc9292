"""Terms by year, level and province: a table, and a picture that can be saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Response
from starlette.concurrency import run_in_threadpool

from corpus.trend_plot import Measure
from duzheng.web.codes import coded
from duzheng.web.computed import computed
from duzheng.web.here import Here, Reader
from duzheng.web.made import attached, being_drawn, written
from duzheng.web.pages.compare import waiting
from schemas.document import LEVEL_NAMES
from schemas.errors import InvalidQuery
from schemas.trend import Dimension

if TYPE_CHECKING:
    from schemas.trend import Trend

router = APIRouter(include_in_schema=False)
_MOST = 6
_MOST_READ = 2000
"""Documents that are read to count mentions which the picture does not show: what is read in half a second."""
_TERM = re.compile(r'"[^"]{1,100}"|[^\s"，、,;；]{1,100}')
_SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture that is opened by itself: its own styles, no script, nothing from anywhere."""

Terms = Annotated[str, Query(max_length=600)]


def _terms(typed: str) -> list[str]:
    return list(dict.fromkeys(_TERM.findall(typed.replace("“", '"').replace("”", '"'))))


def _by(asked: str) -> Dimension:
    return next((one for one in get_args(Dimension) if one == asked), "year")


def _of(asked: str) -> Measure:
    return next((one for one in get_args(Measure) if one == asked), "documents")


def _counting(
    asked: Here, terms: list[str], strict: bool, measure: Measure | None
) -> tuple[Hashable, Callable[[], Trend]]:
    """By what the trend is known, and what counts it: as far as ``measure`` needs it, or all of it."""
    most = _MOST_READ if measure == "documents" else None
    with asked.reading() as corpus:
        state = corpus.state()[0]

    def make() -> Trend:
        with asked.corpora.reading() as own:
            return own.trend(terms, strict=strict, most=most)

    return ("trend", state, tuple(terms), strict, most), make


@router.get("/trends")
def trends(asked: Reader, t: Terms = "", by: str = "year", of: str = "documents", strict: str = "") -> Response:
    """In how many documents terms stand, and how often, in groups."""
    terms, title = _terms(t), asked.word("trends")
    grouped, measure = _by(by), _of(of)
    problem, made = "", None
    if len(terms) > _MOST:
        problem = asked.word("reading.too_many_terms")
    elif terms:
        try:
            made = computed(asked).get(*_counting(asked, terms, bool(strict), measure))
        except InvalidQuery as error:
            problem = str(error)
        else:
            if made is None:
                return waiting(asked, title)
    files = "?" + urlencode({"t": t, "by": grouped, "of": measure, **({"strict": "1"} if strict else {})})
    return asked.page(
        "reading/trends.html",
        422 if problem else 200,
        title=title,
        t=t,
        terms=terms,
        by=grouped,
        of=measure,
        strict=bool(strict),
        problem=problem,
        made=made,
        groups=_groups(asked, made, grouped) if made else [],
        most=_most(asked, made, grouped, measure) if made else [],
        dimensions=get_args(Dimension),
        measures=get_args(Measure),
        files=files,
        whole="/trends?" + urlencode({"t": t, "by": grouped, "of": "mentions", **({"strict": "1"} if strict else {})}),
    )


def _groups(asked: Here, made: Trend, by: Dimension) -> list[tuple[str, int, list[Any]]]:
    """Each group's name, how many documents it has, and the counts of each term."""
    return [
        (_name(asked, by, one.value), one.of_documents, [term.by[by][number] for term in made.terms])
        for number, one in enumerate(made.terms[0].by[by])
    ]


def _most(asked: Here, made: Trend, by: Dimension, measure: Measure) -> list[tuple[str, Any] | None]:
    """For each term the group in which there is most of it, and how much; None where there is none of it anywhere."""
    found: list[tuple[str, Any] | None] = []
    for term in made.terms:
        most = max(term.by[by], key=lambda one: getattr(one, measure) or 0, default=None)
        much = getattr(most, measure) if most else None
        found.append((_name(asked, by, most.value), much) if most and much else None)
    return found


def _name(asked: Here, by: Dimension, value: str | None) -> str:
    if value is None:
        return asked.word("reading.unknown")
    return coded(asked, "level", value) if by == "level" else value


async def _ready(asked: Here, t: str, strict: str, measure: Measure | None) -> Trend | None:
    """The trend for a file; None where it takes too long to wait for. The process that answers need not be the one that
    counted for the page."""
    terms = _terms(t)
    if not terms or len(terms) > _MOST:
        raise HTTPException(422, asked.word("reading.too_many_terms"))
    return await computed(asked).waited(*await run_in_threadpool(_counting, asked, terms, bool(strict), measure))


@router.get("/trends/plot.{ending}")
async def plot(
    asked: Reader, ending: str, t: Terms = "", by: str = "year", of: str = "documents", strict: str = "", save: str = ""
) -> Response:
    """The picture, as SVG or PNG, shown or to be saved."""
    from corpus.trend_plot import Labels, picture

    if ending not in ("svg", "png"):
        raise HTTPException(404)
    grouped, measure = _by(by), _of(of)
    made = await _ready(asked, t, strict, measure)
    if made is None:
        return waiting(asked, asked.word("trends")) if save else being_drawn(asked.word("reading.being_made"))
    labels = Labels(
        asked.word(f"reading.by_{grouped}"), asked.word(f"reading.of_{measure}"), asked.word("reading.unknown")
    )
    names = {level: coded(asked, "level", level) for level in LEVEL_NAMES}
    data = await run_in_threadpool(picture, made, f".{ending}", by=grouped, measure=measure, names=names, labels=labels)
    if save:
        return attached(data, f"trend.{ending}")
    if ending == "png":
        return Response(data, media_type="image/png")
    return Response(data, media_type="image/svg+xml", headers={"Content-Security-Policy": _SVG_POLICY})


@router.get("/trends/table.csv")
async def table(asked: Reader, t: Terms = "", strict: str = "") -> Response:
    """All counts as a table for Excel."""
    made = await _ready(asked, t, strict, None)
    if made is None:
        return waiting(asked, asked.word("trends"))
    return attached(await run_in_threadpool(_table, made), "trend.csv")


def _table(made: Trend) -> bytes:
    import pandas as pd

    from corpus.export import write

    rows = [
        {"term": term.term, "by": by, **one.model_dump()}
        for term in made.terms
        for by, counts in [("", [term.total]), *term.by.items()]
        for one in counts
    ]
    return written(lambda path: write({"trend": pd.DataFrame(rows)}, path), "trend.csv")
