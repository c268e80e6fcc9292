"""What an archive of a corpus says of itself, and the tables it carries."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corpus import tables as t
from schemas.document import Model

CARRIED = (
    t.sources,
    t.locations,
    t.documents,
    t.source_documents,
    t.companions,
    t.checks,
    t.findings,
    t.runs,
    t.decisions,
    t.saved_searches,
    t.saved_found,
    t.digest_arrivals,
    t.digest_targets,
    t.digest_deliveries,
    t.source_runs,
    t.source_items,
    t.source_files,
    t.source_answers,
    t.checked_with,
)
"""In an order in which each row finds what it refers to."""


class Part(Model):
    """One table, or the list of originals: its rows, and the size and SHA-256 of its file."""

    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(Model):
    """``schema_version`` is that of the store it came from, ``changes`` the number of its last change, ``chain`` the hash
    that ends the chain of decisions (64 zeros where there are none); ``packs`` are the published packs, by their names there."""

    format: Literal["duzheng-corpus"] = "duzheng-corpus"
    version: Literal[1] = 1
    schema_version: int = Field(ge=1)
    changes: int = Field(ge=0)
    chain: str = Field(pattern=r"^[0-9a-f]{64}$")
    tables: dict[str, Part]
    originals: Part
    packs: dict[str, Part] = Field(default_factory=dict)
