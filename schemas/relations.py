"""How the documents of a corpus stand to each other: versions, copies, attachments, citations, what is in force.

Every relation that a text states carries the quote that states it, byte for byte the original, with its span in
``Document.text`` of the document that states it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from schemas.comparison import ClausePair
from schemas.document import Model, Span

Capacity = Literal["carries_out", "forwards", "repeals", "replaces", "amends", "refers"]
CAPACITY_NAMES: dict[Capacity, str] = {
    "carries_out": "落实",
    "forwards": "转发",
    "repeals": "废止",
    "replaces": "代替",
    "amends": "修改",
    "refers": "提及",
}
StatementKind = Literal["effective", "expires", "withdrawn"]
ForceState = Literal["repealed", "withdrawn", "expired", "not_yet", "no_sign"]
FORCE_NAMES: dict[ForceState, str] = {
    "repealed": "已被废止",
    "withdrawn": "发布页面标明已失效",
    "expired": "已过有效期",
    "not_yet": "尚未施行",
    "no_sign": "未见废止或失效",
}
Basis = Literal["number", "title"]


class DocumentRef(Model):
    """A document of the corpus in short. ``current``: its file has not been replaced since."""

    id: str
    title: str | None = None
    document_number: str | None = None
    issuers: str | None = None
    date: str | None = None
    uri: str
    index: int | None = None
    current: bool


class Version(Model):
    """One version of a document, with the copies of it that say the same; ``changes`` are the clauses that differ from those of
    the one before (the left side), ``counts`` how many of each kind; both empty for the first.
    """

    document: DocumentRef
    copies: list[DocumentRef] = Field(default_factory=list)
    latest: bool
    likeness: float | None = None
    """0 to 1: how much of the text it shares with the version before it; None for the first."""
    counts: dict[str, int] = Field(default_factory=dict)
    changes: list[ClausePair] = Field(default_factory=list)


class DuplicateGroup(Model):
    """Documents that say the same: cross-posts, other page furniture, the other script. The most original one represents them."""

    id: str
    representative: DocumentRef
    members: list[DocumentRef]
    exact: bool
    """Whether all have the same words, page furniture and script aside."""


class AttachmentLink(Model):
    """An attachment that a document names; ``documents`` are those of the corpus that may be it, where it came apart."""

    number: int | None = None
    title: str
    included: bool
    span: Span
    documents: list[DocumentRef] = Field(default_factory=list)


class CitationLink(Model):
    """One document cites another.

    ``resolved`` is the cited document where exactly one of the corpus fits (of several versions the latest), by its number or its
    title; several that fit are ``candidates`` and none is chosen; neither: the corpus does not have it.
    """

    citing: DocumentRef
    title: str
    document_number: str | None = None
    span: Span
    capacity: Capacity
    quote: str
    quote_span: Span
    resolved: DocumentRef | None = None
    basis: Basis | None = None
    candidates: list[DocumentRef] = Field(default_factory=list)


class Statement(Model):
    """What a document says of its own force; ``day`` is the first (``effective``) or the last (``expires``) day in force."""

    kind: StatementKind
    day: date | None = None
    quote: str
    span: Span


class Force(Model):
    """Whether a document is in force on a day, as far as the corpus tells.

    ``no_sign`` says that nothing in the corpus ends it, not that it is in force.
    """

    state: ForceState
    on: date
    effective_on: date | None = None
    expires_on: date | None = None
    statements: list[Statement] = Field(default_factory=list)
    ended_by: list[CitationLink] = Field(default_factory=list)
    """The documents that repeal or replace it, in the order of their dates."""


class Relations(Model):
    """Everything that is known of how one document stands to the others."""

    document: DocumentRef
    family: str
    versions: list[Version]
    duplicates: DuplicateGroup | None = None
    bundle: list[DocumentRef] = Field(default_factory=list)
    """The documents that came in the same archive, mail or page, in their order, itself left out."""
    attachments: list[AttachmentLink] = Field(default_factory=list)
    attached_to: list[DocumentRef] = Field(default_factory=list)
    cites: list[CitationLink] = Field(default_factory=list)
    cited_by: list[CitationLink] = Field(default_factory=list)
    ambiguous_citations: list[CitationLink] = Field(default_factory=list)
    """Citations by others for which this document is one of several candidates."""
    force: Force
    gone_since: str | None = None
    """The day since which no source lists it any more (YYYY-MM-DD); None where one does, or where it came from none."""


class MissingDocument(Model):
    """A document that is cited and that the corpus does not have; ``documents`` is how many cite it, ``citing`` the first of them.

    ``candidates`` is not empty where documents of the corpus fit but none alone.
    """

    title: str
    document_number: str | None = None
    documents: int
    capacities: dict[Capacity, int]
    citing: list[CitationLink]
    candidates: list[DocumentRef] = Field(default_factory=list)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the relations of one document."""
    return Relations.model_json_schema()
