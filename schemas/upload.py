"""What became of an upload: each file, what was read from it, and why not."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from schemas.document import DocumentRole, Jurisdiction, Level, Model
from schemas.outcome import Failure

UploadStage = Literal["waiting", "reading", "checking", "done", "failed", "interrupted"]


class UploadedDocument(Model):
    """A document that was read from a file. ``packs`` are those that it was checked with."""

    id: str
    title: str | None
    role: DocumentRole
    level: Level | None
    jurisdiction: Jurisdiction
    issuers: list[str]
    on_topic: bool
    characters: int
    communities: int
    targets: int
    tasks: int
    quality: list[str] = Field(default_factory=list)
    packs: list[str] = Field(default_factory=list)


class UploadedFile(Model):
    """A file, and those that were read as its attachments (``beside``)."""

    name: str
    sha256: str
    bytes: int
    beside: list[str] = Field(default_factory=list)
    documents: list[UploadedDocument] = Field(default_factory=list)
    failures: list[Failure] = Field(default_factory=list)


class Upload(Model):
    """Files that somebody handed in together. ``reason`` says why it failed or was interrupted."""

    id: str
    person: str
    made_at: datetime.datetime
    stage: UploadStage = "waiting"
    done: int = 0
    total: int = 0
    files: list[UploadedFile] = Field(default_factory=list)
    reason: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.stage in ("done", "failed", "interrupted")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an upload."""
    return Upload.model_json_schema()
