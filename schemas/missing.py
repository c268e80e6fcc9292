"""Which counties have submitted nothing: the output of ``duzheng missing``, field by field."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from schemas.document import DocumentRole, Level, Model

CountyState = Literal["submitted", "unreadable", "schools_only", "outside", "nothing"]
STATE_NAMES: dict[CountyState, str] = {
    "submitted": "已报送", "unreadable": "有文件未能读取", "schools_only": "只有学校材料", "outside": "只有范围外文件",
    "nothing": "未报送",
}  # fmt: skip


class Received(Model):
    """A document of a place. ``outside`` says why it is no plan within the pack's scope, None where it is one.

    ``undated``: it counts, though nobody can say whether it is of the pack's years. ``unreadable_pages``: parts of it could
    not be read.
    """

    document: str
    title: str | None = None
    uri: str
    index: int | None = None
    date: datetime.date | None = None
    role: DocumentRole
    level: Level | None = None
    place: str = ""
    candidates: list[str] = Field(default_factory=list)
    outside: str | None = None
    undated: bool = False
    unreadable_pages: bool = False


class Unread(Model):
    """A file that could not be read, and why."""

    uri: str
    message: str


class County(Model):
    """One county by the official divisions and what came from it.

    ``submitted``: a plan within the scope; else ``unreadable``: a file of it could not be read; else ``schools_only``;
    else ``outside``: other documents only; else ``nothing``. ``city`` is None directly under the province.
    """

    province: str
    city: str | None
    county: str
    adcode: str
    state: CountyState
    documents: list[Received] = Field(default_factory=list)
    unread: list[Unread] = Field(default_factory=list)


class City(Model):
    """The counties of one city counted by their state."""

    province: str
    city: str | None
    counties: int
    states: dict[str, int]


class Missing(Model):
    """Every county of a pack's provinces and what came from it; what belongs to none of them is listed apart.

    ``zones`` are documents of development zones, ``unplaced`` those whose county is not known or ambiguous,
    ``unread_unplaced`` files that could not be read and whose names do not tell the county; ``above`` counts the documents
    of cities and provinces.
    """

    pack: str
    version: str
    title: str
    provinces: list[str]
    states: dict[str, int]
    cities: list[City]
    counties: list[County]
    zones: list[Received]
    unplaced: list[Received]
    unread_unplaced: list[Unread]
    above: int


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one answer."""
    return Missing.model_json_schema()
