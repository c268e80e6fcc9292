"""What a backup says of itself."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.document import Model

NAME = re.compile(r"\d{8}T\d{6}Z(?:-\d{1,3})?")
"""Of one backup's folder: its time in UTC; a number where there were two in one second."""
MANIFEST, LIST, STORE, SETTINGS, LAST = "backup.json", "originals.jsonl", "corpus.sqlite", "settings", "backup.json"
"""``LAST`` lies in the corpus and says when it was last backed up, and where to."""


class File(Model):
    """One file of a backup."""

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Backup(Model):
    """One backup.

    ``form``: the store as SQLite's file, or as the tables of ``corpus.transfer``. ``changes`` and ``chain``: the number of its last
    change and the hash that ends its chain of decisions. ``problems``: originals that were missing or damaged when it was made.
    """

    format: Literal["duzheng-backup"] = "duzheng-backup"
    version: Literal[1] = 1
    form: Literal["sqlite", "tables"]
    made_at: datetime
    schema_version: int = Field(ge=1)
    changes: int = Field(ge=0)
    chain: str = Field(pattern=r"^[0-9a-f]{64}$")
    originals: int = Field(ge=0)
    files: dict[str, File]
    problems: list[str] = Field(default_factory=list)


class Last(Model):
    """When and where to a corpus was last backed up."""

    made_at: datetime
    place: str
    problems: int = 0
