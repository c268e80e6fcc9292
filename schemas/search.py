"""What a search finds: the output of ``duzheng search``, field by field.

Two kinds of offsets meet here, and they count different things: ``Snippet.span`` counts characters of
``Document.text``; ``Snippet.marks`` count characters of the snippet's own ``quote``. A mark ``[a, b]`` therefore
stands at ``span.start + a`` to ``span.start + b`` of the text. Both are in the original script, whatever the script of
the query.
"""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from schemas.document import DocumentRole, Genre, Jurisdiction, Level, Model, Script, Span


class Snippet(Model):
    """A stretch of the original text with the matched characters in it.

    ``quote`` is ``Document.text[span.start:span.end]``, byte for byte. ``marks`` are ``[start, end]`` pairs within
    ``quote``, end not included, in ascending order and without overlap; a mark may hold spaces, quotation marks and
    brackets that stand between the matched characters. ``marks`` is empty when the document was found by its title or
    by a filter alone: the quote is then the beginning of the text. ``paragraph`` is the line or row of the text in which
    the snippet begins: the snippet stands at ``span.start - paragraph.start`` in it.
    """

    quote: str
    span: Span
    paragraph: Span
    marks: list[tuple[int, int]] = Field(default_factory=list)


class Hit(Model):
    """One document that was found.

    ``issuer`` joins several issuers by ``、``; ``date`` is the date of signature, else the date of publication;
    ``number`` is its 发文字号; ``paragraphs`` counts the paragraphs of the text in which any of the wordings stands, of
    which ``snippets`` shows the best; ``title_marks`` are the matched stretches of ``title``, as ``Snippet.marks`` are those of its quote; ``score`` is BM25
    and compares only within one result; 0 where hits are sorted by date.
    """

    document: str
    title: str | None = None
    issuer: str | None = None
    number: str | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    date: datetime.date | None = None
    score: float
    snippets: list[Snippet] = Field(default_factory=list)
    paragraphs: int = 0
    title_marks: list[tuple[int, int]] = Field(default_factory=list)
    genre: Genre = "other"
    role: DocumentRole = "other"
    level: Level | None = None
    script: Script = "Zyyy"
    uri: str | None = None
    gone_since: str | None = None
    """The day since which no source lists it any more (YYYY-MM-DD); None where one does, or where it came from none."""


class Part(Model):
    """A part of a query that found nothing: ``text`` as it was understood, as one would type it.

    ``alone`` counts the documents that it matches by itself, ``without`` those that the query matches when it is left out:
    a part with ``alone`` 0 is in no document, one with ``without`` above 0 is what stands in the way.
    """

    text: str
    kind: Literal["words", "filter", "excluded"]
    alone: int
    without: int


class Near(Model):
    """A query to try instead, which finds ``total`` documents: near in spelling, with OR for AND, or with a part left out."""

    query: str
    kind: Literal["spelling", "any", "without"]
    total: int


class Nothing(Model):
    """Why nothing was found, and what is near; the queries of ``near`` that find most sense first."""

    parts: list[Part] = Field(default_factory=list)
    near: list[Near] = Field(default_factory=list)


class SearchResult(Model):
    """The documents found, best first, or newest first.

    ``total`` counts all of them, ``hits`` holds the page that was asked for. ``facets`` counts all of them by
    ``province``, ``city``, ``county``, ``year``, ``level``, ``genre``, ``role``, ``script``, ``issuer``, ``mode`` (of its
    communities), ``pack`` and ``verdict`` (of its last checks), the most frequent value first (years in ascending order),
    200 values at most; documents without a value are left out of that facet. ``note`` tells when the
    query was read more loosely than it was written, because nothing matched it literally. ``widened`` holds, for each
    wording of the query, the variants and synonyms that were looked for beside it (none in a strict search). ``nothing``
    is there when and only when ``total`` is 0.
    """

    total: int
    hits: list[Hit] = Field(default_factory=list)
    facets: dict[str, dict[str, int]] = Field(default_factory=dict)
    note: str | None = None
    widened: dict[str, list[str]] = Field(default_factory=dict)
    nothing: Nothing | None = None


class SavedSearch(Model):
    """A search that is kept by name. ``run_on`` is the moment (ISO 8601, UTC) since when documents count as new.

    ``owner`` is the account that saved it, null where it was saved without one.
    """

    name: str
    query: str
    filters: dict[str, str] = Field(default_factory=dict)
    strict: bool = False
    saved_on: str
    run_on: str
    owner: str | None = None


class News(Model):
    """What a saved search finds that it had not found when it was last run.

    ``total`` counts all documents that match now, ``new`` those that did not before, ``hits`` are the first of these, best
    first. ``changed`` names those hits that came in the place of a document found before: their file has changed.
    """

    search: SavedSearch
    total: int
    new: int
    hits: list[Hit] = Field(default_factory=list)
    changed: list[str] = Field(default_factory=list)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one search result."""
    return SearchResult.model_json_schema()
