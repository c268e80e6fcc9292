"""What fetching gives: items listed by a source, answers of servers, and what became of an item in a run."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from schemas.document import Model
from schemas.errors import Cause, DuzhengError
from schemas.secrecy import without_password

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
        url: what was asked for; a password in it is left out, here and in the words, for both are recorded and shown.
        cause: the machine-readable reason.
        message: what happened, for a person, without the address.
        cure: the way out.
        status: the HTTP status, where there was an answer.
        field: the field of the source file that found nothing (``selectors.item``), for ``listing``.
    """

    def __init__(
        self,
        url: str,
        cause: FetchCause,
        message: str,
        cure: str = "",
        status: int | None = None,
        field: str | None = None,
    ) -> None:
        url, message, cure = map(without_password, (url, message, cure))
        self.url, self.cause, self.message, self.cure, self.status = url, cause, message, cure, status
        self.field = field
        super().__init__(url, cause, message, cure, status, field)

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
        by_page: whether a page without content led to ``final_url``. What the server says of the version is then of that
            address; asked of ``url`` with it, the server would say that the page which leads on has not changed.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime.datetime
    by_page: bool = False

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def validators(self) -> Validators:
        """What a later request for ``url`` may be made conditional with."""
        if self.by_page:
            return Validators()
        return Validators(self.header("etag"), self.header("last-modified"))


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier answer said of its version: for a conditional request."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a source: its address (absolute, or a path), and what the list says of it.

    Attributes:
        url: its address; of a file its path; of a mail in a mailbox the mailbox's path, ``!/`` and a name that begins
            with the mail's hash, so that it stays the same when other mails are taken out.
        title: as the list has it.
        dated_on: as the list has it.
        sender: who submitted it, of a source of kind ``upload``.
        fingerprint: of files: changes when the content of the file or of one of ``attachments`` does; without
            attachments it is the file's SHA-256.
        attachments: paths of the files beside it that are its attachments, of files only.
    """

    url: str
    title: str | None = None
    dated_on: datetime.date | None = None
    sender: str | None = None
    fingerprint: str | None = None
    attachments: tuple[str, ...] = ()


@dataclass(slots=True)
class Listing:
    """All items that a source lists, in its order, each address once.

    Attributes:
        items: what is to be taken.
        pages: the list pages that were read, or the folder.
        waiting: files that are still being written: neither listed nor gone, the next run takes them.
        failures: what was seen and cannot be taken (a link in an upload folder, a file that is no mail); the rest is.
        left_out: how many the source's ``include``, ``exclude`` and ``newer_than`` leave out.
        complete: whether every page was read that may hold what the source wants; where not (``paging.most``, a feed),
            an item that is not listed may still be on the site.
    """

    items: list[Listed] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failures: list[FetchFailed] = field(default_factory=list)
    left_out: int = 0
    complete: bool = True


_Told = Annotated[str, AfterValidator(without_password)]
"""What is shown to people: records of earlier versions may hold the password of an address."""


class RunFailure(Model):
    """One thing that went wrong in a run: something was not fetched, or was fetched and could not be read."""

    url: _Told
    cause: FetchCause | Cause
    message: _Told
    cure: _Told = ""

    @classmethod
    def of(cls, error: FetchFailed) -> RunFailure:
        """The record of an error."""
        return cls(url=error.url, cause=error.cause, message=error.message, cure=error.cure)

    def __str__(self) -> str:
        return f"{self.url}: {self.message}" + (f" ({self.cure})" if self.cure else "")


class SourceRun(Model):
    """A run of one source: when, what it found, and why it failed, if it did."""

    number: int | None = Field(default=None, description="in the corpus; null before it is recorded")
    source: str
    started_at: datetime.datetime
    finished_at: datetime.datetime | None = None
    status: Literal["running", "ok", "failed", "interrupted"] = "running"
    listed: int = 0
    complete: bool = Field(default=False, description="whether the whole list was read")
    changes: dict[Change, int] = Field(default_factory=dict)
    documents: int = 0
    failures: list[RunFailure] = Field(default_factory=list)
    reason: _Told | None = Field(default=None, description="why the run failed, in one line")

    def count(self, change: Change, number: int = 1) -> None:
        """So many more items were found to be so."""
        if number:
            self.changes[change] = self.changes.get(change, 0) + number
