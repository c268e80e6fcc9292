"""Copied text: which passages of one document stand in another, and how much of it that is.

All spans count characters of the original text of their document; shares are of its running text
(``extractors.running_text`` says what that is).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from schemas.document import Jurisdiction, Model, Span

Likeness = Literal["verbatim", "edited", "adapted"]
LIKENESS_NAMES: dict[Likeness, str] = {"verbatim": "照抄", "edited": "改写", "adapted": "仿写"}


class StrayName(Model):
    """A name of the other document's place or school that still stands in the copied passage (in ``Document.text``)."""

    name: str
    kind: Literal["place", "school"]
    span: Span


class CopiedPassage(Model):
    """A passage of a document and the one of another that it repeats; the quotes are the original texts, byte for byte.

    ``score`` is 0 to 100, how like the running texts of the two are; ``characters`` counts the running characters that
    stand in both. ``clause`` and ``other_clause`` say where in the outlines they stand (四（一）2), empty outside.
    """

    span: Span
    quote: str
    clause: str = ""
    other_span: Span
    other_quote: str
    other_clause: str = ""
    score: float
    kind: Likeness
    characters: int
    stray_names: list[StrayName] = Field(default_factory=list)


class CopiedSection(Model):
    """A section of the outline, what stands below it included: its running characters, and how many are copied."""

    number: str | None
    heading: str | None
    clause: str
    span: Span
    characters: int
    copied: int
    share: float


class CopiedFrom(Model):
    """What a document has of one other document.

    ``share`` is 0 to 1 of its running characters, edited passages included; ``verbatim`` is 0 to 1 of all its stretches
    of eight characters, word for word (``extractors.verbatim``).
    """

    document: str
    title: str | None = None
    uri: str
    index: int | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    copied: int
    share: float
    verbatim: float = 0.0
    passages: list[CopiedPassage] = Field(default_factory=list)


class Copying(Model):
    """How much of a document stands in others; ``copied`` counts a character once, however many others have it.

    ``compared`` is how many other documents were looked at; ``sources`` are those that something was found of, the
    largest share first.
    """

    document: str
    title: str | None = None
    uri: str
    index: int | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    characters: int
    copied: int
    share: float
    compared: int
    sections: list[CopiedSection] = Field(default_factory=list)
    sources: list[CopiedFrom] = Field(default_factory=list)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what is said about one document."""
    return Copying.model_json_schema()
