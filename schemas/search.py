"""What a search finds: the output of ``duzheng search``, field by field.

Two kinds of offsets meet here, and they count different things: ``Snippet.span`` counts characters of
``Document.text``; ``Snippet.marks`` count characters of the snippet's own ``quote``. A mark ``[a, b]`` therefore
stands at ``span.start + a`` to ``span.start + b`` of the text. Both are in the original script, whatever the script of
the query.
"""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import Field

from schemas.document import DocumentRole, Genre, Jurisdiction, Level, Model, Script, Span


class Snippet(Model):
    """A stretch of the original text with the matched characters in it.

    ``quote`` is ``Document.text[span.start:span.end]``, byte for byte. ``marks`` are ``[start, end]`` pairs within
    ``quote``, end not included, in ascending order and without overlap; a mark may hold spaces, quotation marks and
    brackets that stand between the matched characters. ``marks`` is empty when the document was found by its title or
    by a filter alone: the quote is then the beginning of the text.
    """

    quote: str
    span: Span
    marks: list[tuple[int, int]] = Field(default_factory=list)


class Hit(Model):
    """One document that was found.

    ``issuer`` joins several issuers by ``、``; ``date`` is the date of signature, else the date of publication;
    ``title_marks`` are the matched stretches of ``title``, as ``Snippet.marks`` are those of its quote; ``score`` is BM25
    and compares only within one result.
    """

    document: str
    title: str | None = None
    issuer: str | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    date: datetime.date | None = None
    score: float
    snippets: list[Snippet] = Field(default_factory=list)
    title_marks: list[tuple[int, int]] = Field(default_factory=list)
    genre: Genre = "other"
    role: DocumentRole = "other"
    level: Level | None = None
    script: Script = "Zyyy"
    uri: str | None = None


class SearchResult(Model):
    """The documents found, best first.

    ``total`` counts all of them, ``hits`` holds the page that was asked for. ``facets`` counts all of them by
    ``province``, ``city``, ``county``, ``year``, ``genre``, ``role``, ``level`` and ``script``, the most frequent value
    first (years in ascending order); documents without a value are left out of that facet. ``note`` tells when the
    query was read more loosely than it was written, because nothing matched it literally.
    """

    total: int
    hits: list[Hit] = Field(default_factory=list)
    facets: dict[str, dict[str, int]] = Field(default_factory=dict)
    note: str | None = None


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one search result."""
    return SearchResult.model_json_schema()
