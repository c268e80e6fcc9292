"""How often terms occur by year, level and province: the output of ``duzheng trend``, field by field."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from schemas.document import Model

Dimension = Literal["year", "level", "province"]
DIMENSION_NAMES: dict[Dimension, str] = {"year": "年份", "level": "层级", "province": "省份"}


class TrendCount(Model):
    """One term in one group of documents (a year, a level, a province), or in all of them.

    ``value`` is None for the documents of which it is not known. ``documents`` hold the term in text or title, as a search
    counts them; ``of_documents`` and ``characters`` (white space left out) are all of the group; ``mentions`` are the
    places in the texts, None where they were not counted; ``per_10000`` is mentions for every 10,000 characters, None in a group
    without text or where they were not counted.
    """

    value: str | None = None
    documents: int
    of_documents: int
    mentions: int | None
    characters: int
    per_10000: float | None


class TermTrend(Model):
    """One term: the folded wordings counted for it (itself first), all of it, and by each dimension."""

    term: str
    wordings: list[str]
    total: TrendCount
    by: dict[Dimension, list[TrendCount]] = Field(default_factory=dict)


class Trend(Model):
    """All terms over the same current documents; ``strict`` is without variants and synonyms."""

    strict: bool
    documents: int
    terms: list[TermTrend]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a trend."""
    return Trend.model_json_schema()
