"""Documents over JSON: listed, one, its text, its original, its relations; and searching."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import PlainTextResponse

from corpus.corpus import Corpus
from duzheng.web.cursors import cursor as cursor_of
from duzheng.web.cursors import place as place_of
from duzheng.web.here import Reader
from duzheng.web.made import attached
from duzheng.web.multipart import safe_name
from duzheng.web.problem import COMMON
from schemas.china_time import today_in_china
from schemas.document import Document, DocumentRole, Genre, Jurisdiction, Level, Script
from schemas.interface import DocumentLine, Page
from schemas.relations import Relations
from schemas.search import SearchResult

router = APIRouter(prefix="/api/v1", tags=["documents"], responses=COMMON)

Name = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=40, description="of the page before: its `next`")]


@router.get("/documents")
def documents(
    here: Reader,
    province: Name = None,
    city: Name = None,
    county: Name = None,
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    role: DocumentRole | None = None,
    genre: Genre | None = None,
    level: Level | None = None,
    script: Script | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[DocumentLine]:
    """The current documents in the order in which they were taken in."""
    given = {"province": province, "city": city, "county": county, "year": year, "role": role, "genre": genre}
    equal = {name: value for name, value in (given | {"level": level, "script": script}).items() if value is not None}
    with here.reading() as corpus:
        rows = corpus.listed(after=place_of(cursor), limit=limit + 1, **equal)
    return Page(
        items=[_line(row) for row in rows[:limit]], next=cursor_of(rows[limit - 1].seq) if len(rows) > limit else None
    )


@router.get("/documents/{document}")
def document(here: Reader, document: str) -> Document:
    """One document with every extracted fact and its span."""
    with here.reading() as corpus:
        return _found(corpus, document)


@router.get("/documents/{document}/text", response_class=PlainTextResponse)
def text(here: Reader, document: str) -> str:
    """The text as it was written; spans count its characters."""
    with here.reading() as corpus:
        return _found(corpus, document).text


@router.get(
    "/documents/{document}/original",
    response_class=Response,
    responses={200: {"description": "the file", "content": {"application/octet-stream": {}}}},
)
def original(here: Reader, document: str) -> Response:
    """The original file, byte for byte; out of an archive or mail, the file in it."""
    from duzheng.handover import stored
    from duzheng.reading import bounds
    from flows.drawing import own_file

    with here.reading() as corpus:
        found = _found(corpus, document)
        data = own_file(stored(corpus, found), found.source.uri, limits=bounds())
    return attached(data, safe_name(found.source.uri))


@router.get("/documents/{document}/relations")
def relations(here: Reader, document: str, today: date | None = None) -> Relations:
    """Versions, copies, attachments, citations, and whether it is in force on a day."""
    with here.reading() as corpus:
        _found(corpus, document)
        return corpus.relations().of(document, today or today_in_china())


@router.get("/search")
def search(
    here: Reader,
    q: Annotated[str, Query(min_length=1, max_length=2000, description="see docs/searching.md")],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    strict: Annotated[bool, Query(description="no variants, no synonyms, no looser reading")] = False,
    sort: Literal["relevance", "date"] = "relevance",
) -> SearchResult:
    """The documents that match a query, with snippets in the original script and facets; fields stand in the query."""
    with here.reading() as corpus:
        return corpus.search(q, limit=limit, offset=offset, strict=strict, sort=sort)


def _found(corpus: Corpus, id: str) -> Document:
    found = corpus.document(id) if "\x00" not in id else None
    if found is None:
        raise HTTPException(404, "没有这个编号的文件 / there is no document of this id")
    return found


def _line(row: Any) -> DocumentLine:
    place = Jurisdiction(province=row.province, city=row.city, county=row.county, adcode=row.adcode)
    return DocumentLine(
        id=row.id,
        title=row.title,
        issuer=row.issuer,
        jurisdiction=place,
        level=row.level,
        role=row.role,
        genre=row.genre,
        script=row.script,
        signed_on=row.signed_on,
        published_on=row.published_on,
        on_topic=row.on_topic,
        uri=row.uri,
        sha256=row.source_sha256,
    )
