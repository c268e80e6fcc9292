"""What fetching gives: items listed by a source, answers of servers, and what became of an item in a run."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from schemas.document import Model
from schemas.errors import DuzhengError

FetchCause = Literal[
    "not_allowed",
    "robots",
    "private_address",
    "no_connection",
    "timeout",
    "http_status",
    "redirects",
    "too_large",
    "block_page",
    "login_page",
    "error_page",
    "script_only",
    "listing",
    "assertion",
]
"""Why something was not fetched, or why a run failed. ``listing``: a selector or key found nothing (the site changed);
``assertion``: a run yielded less than its source demands."""

RETRYABLE: frozenset[str] = frozenset({"no_connection", "timeout", "http_status"})

Change = Literal["new", "changed", "unchanged", "gone", "failed"]


class FetchFailed(DuzhengError):
    """Something could not be fetched.

    Args:
        url: what was asked for.
        cause: the machine-readable reason.
        message: what happened, for a person, without the address.
        cure: the way out.
        status: the HTTP status, where there was an answer.
    """

    def __init__(self, url: str, cause: FetchCause, message: str, cure: str = "", status: int | None = None) -> None:
        self.url, self.cause, self.message, self.cure, self.status = url, cause, message, cure, status
        super().__init__(url, cause, message, cure, status)

    def __str__(self) -> str:
        return f"{self.url}: {self.message}" + (f" ({self.cure})" if self.cure else "")


class InvalidSource(DuzhengError):
    """A source file breaks its schema, or there is no source of that name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a server.

    Attributes:
        url: what was asked for.
        final_url: where the redirects led.
        status: the HTTP status: 200, or 304 with an empty body.
        headers: as the server sent them, names in lower case.
        body: the bytes.
        fetched_at: when, in UTC.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime.datetime

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier answer said of its version: for a conditional request."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a source: its address (absolute, or a path), and what the list says of it."""

    url: str
    title: str | None = None
    dated_on: datetime.date | None = None


@dataclass(slots=True)
class Listing:
    """All items that a source lists, in its order, each address once; ``pages`` are the list pages that were read."""

    items: list[Listed] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)


class RunFailure(Model):
    """One thing that went wrong in a run."""

    url: str
    cause: FetchCause
    message: str
    cure: str = ""


class SourceRun(Model):
    """A run of one source: when, what it found, and why it failed, if it did."""

    source: str
    started_at: datetime.datetime
    finished_at: datetime.datetime | None = None
    status: Literal["running", "ok", "failed", "interrupted"] = "running"
    listed: int = 0
    changes: dict[Change, int] = Field(default_factory=dict)
    documents: int = 0
    failures: list[RunFailure] = Field(default_factory=list)
    reason: str | None = Field(default=None, description="why the run failed, in one line")
