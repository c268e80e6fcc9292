"""Where the clauses of a document come from: the output of ``duzheng lineage``, field by field.

Spans count characters of ``Document.text`` of their own document, and every quote is that text at its span, byte for byte.
Characters and shares are of the running text (``extractors.running_text``).
"""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from schemas.document import Jurisdiction, Model, Span

Origin = Literal["copied", "edited", "adapted", "own", "short"]
ORIGIN_NAMES: dict[Origin, str] = {
    "copied": "照抄", "edited": "改写", "adapted": "仿写", "own": "自拟", "short": "过短",
}  # fmt: skip
Order = Literal["earlier", "unknown"]
"""Whether a source is known to be earlier; unknown where one of the two has no date, or both have the same."""
ORDER_NAMES: dict[Order, str] = {"earlier": "在前", "unknown": "先后不明"}


class TracedPassage(Model):
    """Words of a clause and the words of the source that they repeat; ``score`` 0 to 100 is how like they are."""

    span: Span
    quote: str
    source_span: Span
    source_quote: str
    source_clause: str = ""
    score: float


class TracedClause(Model):
    """A clause and where it comes from.

    ``score`` (0 to 100) is the likeness of its passages, by their share of the clause: 95 and more is ``copied``, 60 to 95
    ``edited``, 45 to 60 ``adapted``, less is its ``own``; with fewer than 16 running characters it is ``short`` and not
    judged. ``source`` is the document that has most of it, None for its own and the short.
    """

    clause: str = ""
    heading: str | None = None
    span: Span
    quote: str
    characters: int
    kind: Origin
    score: float = 0.0
    source: str | None = None
    passages: list[TracedPassage] = Field(default_factory=list)


class LineageDocument(Model):
    """A document as it is named here; ``date`` is that of signature, else of publication."""

    document: str
    title: str | None = None
    document_number: str | None = None
    uri: str
    index: int | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    date: datetime.date | None = None


class LineageSource(LineageDocument):
    """A document that clauses come from: how many clauses, how many characters are in them, their share of the whole.

    ``shared`` is the share of the whole that stands in it at all, also where another source has more of the clause.
    """

    order: Order
    clauses: int
    characters: int
    share: float
    shared: float


class DroppedClause(Model):
    """A clause of the main source that the document has not taken over."""

    clause: str = ""
    heading: str | None = None
    span: Span
    quote: str


class ChainLink(LineageDocument):
    """One step up: the main source of the document before it, and the share of that one that comes from here."""

    order: Order
    share: float


class Lineage(Model):
    """Where a document comes from.

    ``counts`` has the clauses of each origin. ``sources`` stand in order of what comes from them, the first is the main one;
    ``copies`` are other copies of the same document (same number or title and nearly the same words), which are no source.
    ``compared`` is how many documents were looked at, ``undated`` how many of them have no date: they come last, as
    nobody can say that they were first. ``chain`` goes from main source to main source, at most ``depth`` steps.
    """

    document: LineageDocument
    characters: int
    counts: dict[str, int]
    clauses: list[TracedClause]
    sources: list[LineageSource]
    copies: list[LineageDocument]
    dropped: list[DroppedClause]
    chain: list[ChainLink]
    depth: int
    compared: int
    undated: int


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one lineage."""
    return Lineage.model_json_schema()
