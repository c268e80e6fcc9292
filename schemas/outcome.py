"""What became of one file: the documents read from it, or the reason why it was not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from schemas.document import Document, Model
from schemas.errors import Cause, NotRead


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of one file with the name it goes by (a path or URL, as the user gave it)."""

    uri: str
    data: bytes
    fetched_at: datetime | None = None


class Failure(Model):
    """Why a file was not read, kept beside its original so that it can be retried."""

    uri: str
    cause: Cause
    message: str
    cure: str = ""

    @classmethod
    def of(cls, error: NotRead) -> Failure:
        """The record of an error."""
        return cls(uri=error.uri, cause=error.cause, message=error.message, cure=error.cure)

    def __str__(self) -> str:
        return str(NotRead(self.uri, self.cause, self.message, self.cure))


class Outcome(Model):
    """One file after parsing.

    ``documents`` is empty exactly when ``failure`` says why. ``attachments`` holds the SHA-256 of the files that were
    read as attachments of this one (their content is part of its documents); ``attachment_failures`` those that could
    not be read (the documents then list them as not obtained), and the members of an archive that could not.
    """

    uri: str
    sha256: str
    bytes: int
    media_type: str
    documents: list[Document] = Field(default_factory=list)
    failure: Failure | None = None
    attachments: list[str] = Field(default_factory=list)
    attachment_failures: list[Failure] = Field(default_factory=list)
