"""A digest: what is new since somebody was last told, and what stands open on the day.

*News* is what a digest is sent for. What stands as it stood (an overdue item that was told of before) is counted and
listed beside it, but sends nothing by itself before a week has passed (``REMIND_AFTER``).
"""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from schemas.document import Jurisdiction, Model
from schemas.finding import Severity, Verdict

Part = Literal["documents", "findings", "resolved", "due", "sources", "files"]
PARTS: tuple[Part, ...] = ("documents", "findings", "resolved", "due", "sources", "files")

FLAGGED: frozenset[Verdict] = frozenset({"not_met", "not_found", "conflict"})
"""The verdicts that a digest tells of."""
SOON = datetime.timedelta(days=7)
"""How long before the day of a deadline, a waiver's end or a dispute's answer it is told of."""
REMIND_AFTER = datetime.timedelta(days=7)
"""What is overdue, and a source that fails, is told of again after so long, even when nothing is new."""
KEPT = 2000
"""Entries of a part that a digest keeps at most; ``totals`` counts them all."""

DueKind = Literal["requirement", "rectification", "waiver", "dispute"]
SourceTrouble = Literal["failed", "interrupted", "empty", "invalid", "recovered"]
How = Literal["met", "closed", "waived", "overridden", "withdrawn"]


class NewDocument(Model):
    """A document that arrived; ``changed`` where an earlier content stood under the same name."""

    id: str
    title: str | None
    issuer: str | None
    document_number: str | None = None
    dated_on: datetime.date | None = None
    jurisdiction: Jurisdiction
    uri: str
    changed: bool = False


class Flagged(Model):
    """A finding that is new, is back or has another verdict: ``before`` is what it was, null where it was none.

    ``lines`` are the five lines of its explanation.
    """

    finding: str
    jurisdiction: Jurisdiction
    unit: str
    plan: str
    plan_title: str | None
    requirement: str
    clause: str
    severity: Severity
    verdict: Verdict
    before: Verdict | None = None
    change: Literal["new", "changed", "back"]
    lines: list[str]


class Resolved(Model):
    """A finding that was told of and is no longer open, and how that came; ``withdrawn``: the pack asks it no more."""

    finding: str
    jurisdiction: Jurisdiction
    unit: str
    requirement: str
    before: Verdict
    verdict: Verdict | None
    how: How


class Due(Model):
    """A day that has passed or is near. ``new``: it was not so when the target was last told."""

    kind: DueKind
    finding: str
    jurisdiction: Jurisdiction
    unit: str
    requirement: str
    day: datetime.date
    overdue: bool
    responsible: str | None = None
    new: bool = True


class SourceNews(Model):
    """A source whose last run failed or found nothing, whose file is not valid (``source`` is its name), or that works again."""

    source: str
    title: str
    jurisdiction: Jurisdiction
    trouble: SourceTrouble
    reason: str | None = None
    since: datetime.datetime
    new: bool = True


class UnreadFile(Model):
    """A file that could not be read, why, and what to do."""

    uri: str
    cause: str
    message: str
    cure: str


class Digest(Model):
    """What one target is told.

    ``since`` is null in its first digest, which tells of everything. ``totals`` counts the entries of each part before
    they were cut to ``KEPT``, ``news`` those that are new. ``reminder``: nothing is new, and something stands for long.
    """

    id: str
    target: str
    day: datetime.date
    since: datetime.datetime | None
    reminder: bool = False
    documents: list[NewDocument] = Field(default_factory=list)
    findings: list[Flagged] = Field(default_factory=list)
    resolved: list[Resolved] = Field(default_factory=list)
    due: list[Due] = Field(default_factory=list)
    sources: list[SourceNews] = Field(default_factory=list)
    files: list[UnreadFile] = Field(default_factory=list)
    totals: dict[Part, int] = Field(default_factory=dict)
    news: dict[Part, int] = Field(default_factory=dict)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to send."""
        return not self.reminder and not any(self.news.values())


class Watermark(Model):
    """How far a target was told: the last arrival, check and decision, the day, and which sources were in trouble."""

    arrival: int = 0
    run: int = 0
    decision: int = 0
    day: datetime.date
    told_at: datetime.datetime
    sources: dict[str, SourceTrouble] = Field(default_factory=dict)


class Delivery(Model):
    """One attempt to tell a target. ``sending`` is on its way, or its process was killed: whether it arrived is unknown."""

    number: int
    target: str
    digest: str
    state: Literal["sending", "delivered", "failed"]
    attempt: int
    items: int
    started_at: datetime.datetime
    finished_at: datetime.datetime | None = None
    reason: str | None = None
