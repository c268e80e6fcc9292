"""One document: its text with the places that are pointed at, what was extracted, and how it stands to the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from starlette.concurrency import run_in_threadpool

from duzheng.web.codes import coded
from duzheng.web.computed import drawn
from duzheng.web.facts import FACTS, rows
from duzheng.web.grids import grid
from duzheng.web.here import Here, Reader
from duzheng.web.made import attached, being_drawn
from duzheng.web.names import called, file_name
from duzheng.web.sections import head_end, nested
from duzheng.web.text import paragraphs, percent, window_of, windows
from schemas.china_time import today_in_china
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.document import Document, Span
    from schemas.outcome import SourceFile
    from schemas.relations import Relations

router = APIRouter(include_in_schema=False)
_FIRST = 20
"""Rows of each kind of fact, and of each kind of relation, on the page itself."""
_PAGE = 200
_OUTLINE = 400
_OUTLINE_WORDS = 40
_HAN = re.compile("([\u3400-\u9fff：；，。（）《》〔〕、]+)")


def find(asked: Here, corpus: Corpus, id: str) -> Document:
    """The document of that identifier, looked up in the store; 404 where there is none."""
    document = corpus.document(id)
    if document is None:
        raise HTTPException(404, asked.word("reading.no_such_document", id=id))
    return document


def target(id: str, span: Span, fold: bool = False) -> str:
    """Where a stretch of a document's text is shown, highlighted."""
    return f"/documents/{quote(id, safe='')}?start={span.start}&end={span.end}{'&fold=1' if fold else ''}#at"


@router.get("/documents/{id}")
def document(asked: Reader, id: str, start: int = -1, end: int = -1, part: int = 0, fold: str = "") -> Response:
    """The document page; ``start`` and ``end`` count characters of its text and are highlighted."""
    with asked.reading() as corpus:
        found = find(asked, corpus, id)
        locations = corpus.locations(found.source.sha256)
        current = corpus.is_current(found.id)
        relations = _relations(corpus, found.id)
    edges = windows(found.text)
    marked = (max(start, 0), min(end, len(found.text))) if 0 <= start < end else (0, 0)
    number = window_of(edges, marked[0]) if marked[1] else min(max(part - 1, 0), len(edges) - 2)
    text = _folded(found.text) if fold else found.text
    outline = list(_outline(found))
    starts = [(one.page, one.start) for one in found.pages]
    pages = pages_of(found)
    if pages:
        from flows.pool import make_ready

        # Whoever opens a page image next does not wait for the process that draws them to start.
        make_ready()
    heads = dict(_heads(found))
    grids = [grid(found.text, one.span.start, one.span.end, one.rows) for one in found.tables]
    return asked.page(
        "reading/document.html",
        title=called(asked, found.title, found.source.uri),
        document=found,
        about=list(_about(asked, found, bool(fold))),
        locations=locations[:_FIRST],
        current=current,
        outline=outline[:_OUTLINE],
        outline_left=len(outline) - _OUTLINE,
        paragraphs=list(
            paragraphs(text, edges[number], edges[number + 1], marked, starts, heads, list(filter(None, grids)))
        ),
        part=number + 1,
        parts=len(edges) - 1,
        part_of=lambda offset: window_of(edges, offset) + 1,
        fold=bool(fold),
        marked=marked,
        pages=pages,
        target=lambda span: target(found.id, span, bool(fold)),
        facts=[_fact(asked, found, kind, _FIRST) for kind in FACTS if getattr(found, kind)],
        notes=[(_in_two(asked, one.message), one.span) for one in found.quality[:_FIRST]],
        relations=relations,
        related=_related(relations) if relations else {},
        first=_FIRST,
        percent=percent,
    )


def _in_two(asked: Here, message: str) -> list[tuple[str, bool]]:
    """A note of the program in the person's language, cut where it quotes the document: the words, and whether they are
    Chinese in an English sentence."""
    text = asked.half(message)
    return [(part, asked.language == "en" and bool(_HAN.match(part))) for part in _HAN.split(text) if part]


def _relations(corpus: Corpus, id: str) -> Relations | None:
    """How the document stands to the others; None while that is not worked out yet."""
    try:
        return corpus.relations().of(id, today_in_china())
    except CorpusError:
        return None


def _folded(text: str) -> str:
    from extractors.fold import fold

    return fold(text)


def _outline(found: Document) -> Iterator[tuple[int, str, Span]]:
    """The items of the outline with their depth, from 1, in the order of the text."""
    for depth, section in nested(found.sections):
        # Without a heading the item's own words, which begin with its number.
        own = found.quote(section.span)[:_OUTLINE_WORDS].replace("\n", " ")
        yield depth, f"{section.number or ''} {section.heading}".strip() if section.heading else own, section.span


def _heads(found: Document) -> Iterator[tuple[int, tuple[int, int]]]:
    """Where each item of the outline begins, its depth, and where its number and heading end."""
    for depth, one in nested(found.sections):
        if (end := head_end(one, found.text)) > one.span.start:
            yield one.span.start, (depth, end)


def _about(asked: Here, found: Document, fold: bool) -> Iterator[tuple[str, str, str]]:
    """Name, value and place of each thing that is known of the document; what is not known is left out."""
    place = found.jurisdiction
    where = "".join(dict.fromkeys(part for part in (place.province, place.city, place.county) if part))
    if place.candidates:
        where += f"（{asked.word('reading.candidates')} {'、'.join(place.candidates)}）"
    level = coded(asked, "level", found.level) if found.level else ""
    kind = " · ".join((coded(asked, "genre", found.genre), coded(asked, "role", found.role)))
    for name, value, at in (
        ("field_number", found.document_number, "document_number"),
        ("index_number", found.index_number, "index_number"),
        ("field_issuer", "、".join(found.issuers), "issuers.0"),
        ("addressees", "、".join(found.addressees[:_FIRST]), "addressees.0"),
        ("signed_on", found.signed_on, "signed_on"),
        ("published_on", found.published_on, "published_on"),
        ("field_genre", kind, ""),
        ("place", where, "jurisdiction"),
        ("field_level", level, ""),
        ("field_script", f"{coded(asked, 'script', found.script)} {found.variant}", ""),
        ("topics", "、".join(found.topics), ""),
        ("id", found.id, ""),
    ):
        if value:
            span = found.spans.get(at)
            yield asked.word(f"reading.{name}"), str(value), target(found.id, span, fold) if span else ""


def _related(found: Relations) -> dict[str, Any]:
    """What of the relations is shown: bounded, each list with how many there are."""
    lists = {name: getattr(found, name) for name in ("bundle", "attached_to", "cites", "cited_by")}
    lists["perhaps_cited_by"] = found.ambiguous_citations
    return {name: (some[:_FIRST], len(some)) for name, some in lists.items() if some}


def pages_of(found: Document) -> list[int]:
    """The pages of a document's file that can be drawn, as far as they are its own."""
    from extractors.page_images import can_be_drawn

    if not can_be_drawn(found.source.media_type):
        return []
    own = {one.page for one in found.pages} | {one.page for one in found.quality if one.page}
    return sorted(own) or [1]


# Facts


@router.get("/documents/{id}/facts/{kind}")
def facts(asked: Reader, id: str, kind: str, page: int = 1) -> Response:
    """All facts of one kind, each with the place it stands in."""
    if kind not in FACTS:
        raise HTTPException(404)
    with asked.reading() as corpus:
        found = find(asked, corpus, id)
    page = max(page, 1)
    fact = _fact(asked, found, kind, _PAGE, (page - 1) * _PAGE)
    here = f"/documents/{quote(found.id, safe='')}/facts/{kind}?page="
    return asked.page(
        "reading/facts.html",
        title=f"{asked.word('reading.fact_' + kind)} · {called(asked, found.title, found.source.uri)}",
        document=found,
        fact=fact,
        target=lambda span: target(found.id, span),
        page=page,
        previous=here + str(page - 1) if page > 1 else "",
        next=here + str(page + 1) if page * _PAGE < fact["count"] else "",
    )


def _fact(asked: Here, found: Document, kind: str, most: int, skip: int = 0) -> dict[str, Any]:
    """One kind of facts: its columns, some of its rows with their spans, and how many there are."""
    every = getattr(found, kind)
    return {
        "kind": kind,
        "columns": FACTS[kind],
        "rows": list(rows(asked, kind, every[skip : skip + most])),
        "count": len(every),
        "own": f"/documents/{quote(found.id, safe='')}",
        "pages": frozenset(pages_of(found)),
    }


# Files


@router.get("/documents/{id}/original")
def original(asked: Reader, id: str) -> Response:
    """The file as it came; always to be saved, never shown by the browser."""
    from duzheng.handover import stored
    from duzheng.reading import bounds
    from flows.drawing import own_file

    with asked.reading() as corpus:
        found = find(asked, corpus, id)
        file = stored(corpus, found)
    data = own_file(file, found.source.uri, limits=bounds())
    return attached(data, file_name(found.source.uri) or found.id)


@router.get("/documents/{id}/pages/{number}.png")
async def page_image(asked: Reader, id: str, number: int, start: int = -1, end: int = -1) -> Response:
    """One page of a PDF, an OFD or a picture with boxes around what was extracted, drawn in a worker process."""
    from duzheng.handover import stored
    from duzheng.reading import bounds
    from flows.drawing import page_image as draw

    def wanted() -> tuple[Document, SourceFile]:
        with asked.reading() as corpus:
            found = find(asked, corpus, id)
            if number not in pages_of(found):
                raise HTTPException(404)
            return found, stored(corpus, found)

    found, file = await run_in_threadpool(wanted)
    only = (start, end) if 0 <= start < end else None
    made = await drawn(asked).waited(
        ("page", found.id, number, only), lambda: draw(file, found, number, only=only, limits=bounds())
    )
    return picture(asked, made)


def picture(asked: Here, made: bytes | None) -> Response:
    """A page's image, or the words that it is being made."""
    if made is None:
        return being_drawn(asked.word("reading.being_made"))
    return Response(made, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


@router.get("/documents/{id}/pages/{number}")
def page(asked: Reader, id: str, number: int, start: int = -1, end: int = -1) -> Response:
    """The page of the document that shows the image of one of its pages."""
    with asked.reading() as corpus:
        found = find(asked, corpus, id)
    pages = pages_of(found)
    if number not in pages:
        raise HTTPException(404, asked.word("reading.no_pages"))
    at = pages.index(number)
    begins = next((one.start for one in found.pages if one.page == number), 0)
    return asked.page(
        "reading/page.html",
        title=f"{asked.word('reading.page_image', number=number)} · {called(asked, found.title, found.source.uri)}",
        document=found,
        number=number,
        begins=begins,
        part=window_of(windows(found.text), begins) + 1,
        only=f"?start={start}&end={end}" if 0 <= start < end else "",
        previous=pages[at - 1] if at else None,
        next=pages[at + 1] if at + 1 < len(pages) else None,
    )
