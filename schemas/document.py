"""What a document is: the output of ``duzheng parse``, field by field.

Field names and forms are fixed by the output contract; ``json_schema()`` publishes them. A ``Span`` counts characters
(Unicode code points) in ``Document.text``; wherever a model carries one, ``text[span.start:span.end]`` is the original
wording of the fact, in the original script.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Script = Literal["Hans", "Hant", "Zyyy"]
Genre = Literal[
    "notice", "opinion", "plan", "measures", "agreement", "report", "letter", "reply", "announcement", "list",
    "regulation", "other",
]  # fmt: skip
DocumentRole = Literal["requirement", "plan", "submission", "other"]
Level = Literal["national", "province", "city", "county", "township", "school"]
LEVEL_NAMES: dict[str, str] = {
    "national": "国家级",
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "township": "乡镇",
    "school": "学校",
}
Stage = Literal["kindergarten", "primary", "junior_secondary", "nine_year", "senior_secondary"]
Comparator = Literal[">=", "<=", "=", "range"]
Period = Literal["week", "month", "semester", "school_year", "year"]
LegalPerson = Literal["single", "separate"]


class Model(BaseModel):
    """Base of all models: unknown fields are an error, so that a misspelt field never passes in silence."""

    # Validators are built at the first use: a search needs few of these models and answers in a fraction of a second.
    model_config = ConfigDict(extra="forbid", defer_build=True)


class PageBox(Model):
    """A rectangle in PDF points, origin top left."""

    page: int = Field(ge=1)
    x0: float
    top: float
    x1: float
    bottom: float


class Span(Model):
    """A stretch of ``Document.text``: characters ``start`` to ``end``, end not included."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    page: int | None = None
    boxes: list[PageBox] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if self.end < self.start:
            raise ValueError(f"span ends before it starts: {self.start}..{self.end}")
        return self


class Source(Model):
    """Where a document came from. ``parent`` and ``index`` (from 0) place it inside a bundle."""

    uri: str
    media_type: str
    sha256: str
    bytes: int
    encoding: str | None = None
    fetched_at: datetime | None = None
    parent: str | None = None
    index: int | None = None


class Jurisdiction(Model):
    """The place a document speaks for; names as official, in simplified characters.

    A county-level city stands in ``county`` under its prefecture. ``candidates`` lists the possible places where a name
    is ambiguous and nothing in the document decides; ``county`` is then as written and ``adcode`` null.
    """

    province: str | None = None
    city: str | None = None
    county: str | None = None
    adcode: str | None = None
    candidates: list[str] = Field(default_factory=list)


class PageStart(Model):
    """Where a page of the source begins in ``Document.text``; ``page`` counts from 1."""

    page: int = Field(ge=1)
    start: int = Field(ge=0)


class Section(Model):
    """One item of the outline; ``heading`` is null for an item without a title-like head.

    ``span`` covers the item with everything below it, from its number to the next item's.
    """

    number: str | None
    heading: str | None
    span: Span
    sections: list[Section] = Field(default_factory=list)


class Citation(Model):
    """A 《…》 that names a document, with the number in the brackets after it."""

    title: str
    document_number: str | None = None
    span: Span


class Attachment(Model):
    """An attachment the document names; ``included`` says whether its content was obtained with this document.

    ``span`` is where it is named (or, when it is only present, where it starts); ``content`` where it stands if included.
    """

    number: int | None = None
    title: str
    included: bool
    span: Span
    content: Span | None = None


class Community(Model):
    """A school community: one lead school and its members, names as written, white space removed.

    ``mode`` is the source's own label, in simplified characters so that it can be compared; ``legal_person`` says what the
    text defines it to be. ``lead`` is null where the source names the schools and no lead.
    """

    name: str | None = None
    mode: str | None = None
    legal_person: LegalPerson | None = None
    stage: Stage | None = None
    lead: str | None = None
    members: list[str] = Field(default_factory=list)
    span: Span


class Target(Model):
    """A quantity the document promises or demands; ``base`` is what a percentage is taken of."""

    about: str
    comparator: Comparator
    value: float
    upper: float | None = None
    unit: str | None = None
    base: str | None = None
    per: Period | None = None
    due: date | None = None
    span: Span


class Task(Model):
    """A piece of work with those responsible and its deadline; blanks are reported as empty."""

    text: str
    responsible: list[str] = Field(default_factory=list)
    due: date | None = None
    due_text: str | None = None
    span: Span


class Leader(Model):
    """A person of a leading group; ``role`` as written (组长, 副组长, 办公室主任 …)."""

    role: str
    name: str
    post: str | None = None
    organisation: str | None = None
    span: Span


class ScoringItem(Model):
    """One line of a scoring table (评分细则)."""

    item: str
    points: float
    standards: str | None = None
    deductions: str | None = None
    span: Span


class TableRows(Model):
    """A table as rows of cell texts, a merged cell's text repeated in every place it covers.

    ``references`` holds, row by row, the spreadsheet's own names of the cells (``一览表!B3``) where there are such.
    """

    caption: str | None = None
    rows: list[list[str]]
    references: list[list[str | None]] | None = None
    span: Span


class Quality(Model):
    """What a reader must know before relying on the document.

    ``kind`` is one of ``masked_value``, ``blank``, ``unreadable_page``, ``ocr_text``, ``low_ocr_confidence``, ``foreign_site``, ``conflicting_sources``,
    ``attachment_not_obtained``, ``listed_count_differs`` … ; ``message`` is for a person. ``confidence`` is that of text
    recognition (0 to 1) on the page or in the span that the note speaks of, None where it is not known or not about it.
    """

    kind: str
    message: str
    page: int | None = None
    span: Span | None = None
    confidence: float | None = None


class Document(Model):
    """One notice, plan or submission, with every extracted fact and the span it came from."""

    id: str
    source: Source
    script: Script
    variant: str
    title: str | None = None
    document_number: str | None = None
    index_number: str | None = None
    issuers: list[str] = Field(default_factory=list)
    addressees: list[str] = Field(default_factory=list)
    signed_on: date | None = None
    published_on: date | None = None
    genre: Genre = "other"
    role: DocumentRole = "other"
    level: Level | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    on_topic: bool = False
    topics: list[str] = Field(default_factory=list)
    text: str
    pages: list[PageStart] = Field(default_factory=list)
    """Where each page begins, in order; empty where the source has no pages, and without those that hold no text."""
    sections: list[Section] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    attachments: list[Attachment] = Field(default_factory=list)
    communities: list[Community] = Field(default_factory=list)
    targets: list[Target] = Field(default_factory=list)
    tasks: list[Task] = Field(default_factory=list)
    leaders: list[Leader] = Field(default_factory=list)
    scoring: list[ScoringItem] = Field(default_factory=list)
    tables: list[TableRows] = Field(default_factory=list)
    quality: list[Quality] = Field(default_factory=list)
    spans: dict[str, Span] = Field(default_factory=dict)
    """Where the header fields stand: ``title``, ``document_number``, ``issuers.0``, ``signed_on``, ``jurisdiction`` …"""

    def quote(self, span: Span) -> str:
        """The original wording at ``span``."""
        return self.text[span.start : span.end]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one document."""
    return Document.model_json_schema()
