"""The exceptions of duzheng: one small hierarchy, so that a face catches one type and prints one line.

Every message says which file, what is wrong and the way out, and fits on one line.
"""

from __future__ import annotations

from typing import Literal

Cause = Literal[
    "empty",
    "unsupported_format",
    "wrong_extension",
    "encrypted",
    "damaged",
    "no_pages",
    "no_text",
    "block_page",
    "login_page",
    "error_page",
    "script_only",
    "elsewhere",
    "unknown_encoding",
    "over_limit",
    "unreadable",
    "reader_failed",
    "missing_program",
]
"""Why a file was not read; recorded with the original so that the run can be retried when the cause is gone.

``block_page`` … ``script_only`` are web pages that stand where a document should be (a firewall's, a login, an error
with status 200, one that scripts build); ``elsewhere`` is a page that only leads to its content (redirect, frame,
embedded PDF), whose address the cure names.
"""


class DuzhengError(Exception):
    """Base of every error that duzheng raises on purpose.

    ``str(error)`` is one line for a person: what happened, where, and what to do about it.
    """


class NotRead(DuzhengError):
    """A file could not be turned into a document.

    Args:
        uri: the file as the user named it.
        cause: the machine-readable reason.
        message: what is wrong, for a person, without the file's name.
        cure: what the user can do, or an empty string when there is nothing to do.
    """

    def __init__(self, uri: str, cause: Cause, message: str, cure: str = "") -> None:
        self.uri = uri
        self.cause: Cause = cause
        self.message = message
        self.cure = cure
        super().__init__(uri, cause, message, cure)

    def __str__(self) -> str:
        return f"{self.uri}: {self.message}" + (f" ({self.cure})" if self.cure else "")


class InvalidPack(DuzhengError):
    """A requirement pack breaks its schema, or no pack of that name exists."""


class CorpusError(DuzhengError):
    """The corpus folder cannot be opened, is of another version, or is locked by another writer."""


class CorpusBusy(CorpusError):
    """Another process is writing the corpus: the same again, later, may go well."""


class IndexNotReady(CorpusBusy):
    """The search index is being made: the same again, in a moment, goes well."""


class SourceBusy(DuzhengError):
    """Another run of the same source is going on."""


class InvalidQuery(DuzhengError):
    """A search query cannot be understood."""


class InvalidDecision(DuzhengError):
    """A decision about a finding that the records before it do not allow."""


class InvalidLedger(DuzhengError):
    """A file is no issue ledger that ``duzheng`` wrote, or was damaged since."""


class InvalidChecks(DuzhengError):
    """A file does not hold what ``duzheng check --format json`` prints."""
