"""How a corpus and its sources are: what ``duzheng status`` prints and ``duzheng health`` judges."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from schemas.document import Model
from schemas.fetching import SourceRun


class UnreadFile(Model):
    """A file that is not read. ``id`` is the beginning of its SHA-256, which ``duzheng retry`` takes; ``partly``: only an
    attachment of it is not read."""

    id: str
    uri: str
    cause: str
    message: str
    cure: str = ""
    since: datetime.datetime
    days: int = Field(description="how long it has been waiting, in whole days")
    attempts: int
    partly: bool = False


class SourceStatus(Model):
    """A source: what it is, its items, its last run and how it stands.

    ``last_ok`` is when a run of it last went well; ``failed_runs`` how many have failed since, one after the other. ``due`` is the time
    of its schedule that the last run has missed: then it is ``late``. ``defined``: whether there is a source file of it still.
    """

    id: str
    title: str = ""
    defined: bool = True
    enabled: bool = True
    schedule: str | None = None
    items: int = 0
    items_failed: int = 0
    items_gone: int = 0
    last_run: SourceRun | None = None
    last_ok: datetime.datetime | None = None
    failed_runs: int = 0
    due: datetime.datetime | None = None
    late: bool = False


class IndexStatus(Model):
    """The search index: how many documents it has, how many changes it has still to take in."""

    documents: int = 0
    behind: int = 0


class BackupStatus(Model):
    """The last backup: when, where to, and how many originals were missing or damaged then."""

    made_at: datetime.datetime
    place: str
    problems: int = 0
    hours: float = Field(description="how long ago")


class DiskStatus(Model):
    """The disk of the corpus folder, in bytes; ``store`` is null where the store is in PostgreSQL."""

    free: int
    total: int
    originals: int
    store: int | None = None
    index: int = 0
    prefect: int = 0


class Status(Model):
    """A corpus as it is at the moment ``at``."""

    at: datetime.datetime
    home: str
    store: str
    documents: int
    documents_superseded: int
    files_read: int
    checks: int
    unread: list[UnreadFile] = Field(default_factory=list)
    sources: list[SourceStatus] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list, description="source files that are not valid")
    index: IndexStatus
    backup: BackupStatus | None = None
    disk: DiskStatus


ReasonKind = Literal["database", "source_file", "source_failing", "source_late", "index_behind", "disk", "backup"]


class Reason(Model):
    """One thing that is wrong: what, of which source, and a line for a person."""

    kind: ReasonKind
    message: str
    source: str | None = None


class Health(Model):
    """Whether all is well at the moment ``at``, and if not, why not."""

    ok: bool
    at: datetime.datetime
    home: str
    reasons: list[Reason] = Field(default_factory=list)
