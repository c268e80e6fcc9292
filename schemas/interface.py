"""What the JSON interface gives and takes besides the models of this floor: pages of lists, and orders."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, StringConstraints

from schemas.decision import Decision, Outcome, Result, Step
from schemas.document import DocumentRole, Genre, Jurisdiction, Level, Model, Script
from schemas.fetching import SourceRun
from schemas.finding import DueState, Finding, PackReference, PlanCheck, PlanReference, Reason, Severity, Verdict
from schemas.outcome import Failure
from schemas.people import Role
from schemas.requirement import Status
from schemas.source import Kind
from schemas.standing import State

T = TypeVar("T")
Words = Annotated[str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Page(Model, Generic[T]):
    """A page of a list. ``next`` is the cursor of the page after it; null on the last one."""

    items: list[T]
    next: str | None = None


class Problem(Model):
    """Why a request was not done (RFC 9457). ``errors`` names each field that is wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[dict[str, str]] = Field(default_factory=list)


class Asking(Model):
    """Whose request it is. ``csrf``: what a change without a token carries in the header ``X-CSRF-Token``."""

    name: str
    role: Role
    csrf: str


class SourceLine(Model):
    """A source with its last run; null where it has not run."""

    id: str
    title: str
    kind: Kind
    schedule: str | None
    enabled: bool
    last: SourceRun | None


class DocumentLine(Model):
    """A document in a list."""

    id: str
    title: str | None
    issuer: str | None
    jurisdiction: Jurisdiction
    level: Level | None
    role: DocumentRole
    genre: Genre
    script: Script
    signed_on: datetime.date | None
    published_on: datetime.date | None
    on_topic: bool
    uri: str
    sha256: str


class FindingLine(Model):
    """A finding in a list. ``machine`` is the check's verdict, ``verdict`` the one that counts after decisions."""

    id: str
    pack: str
    unit: str
    place: str
    document: str
    requirement: str
    title: str
    severity: Severity
    machine: Verdict
    verdict: Verdict
    reason: Reason | None
    observed: str | None
    due: datetime.date | None
    time: DueState | None
    open: bool
    overdue: bool
    disposition: str
    stage: str
    change: str
    since: str


class FindingView(Model):
    """A finding as it stands."""

    finding: Finding
    plan: PlanReference
    pack: PackReference
    unit: str
    since: str
    state: State
    decisions: list[Decision]
    others: list[str]
    outdated: bool


class HistoryStep(Model):
    """What one run made of a finding; ``verdict`` is null where the run no longer has it."""

    run: int
    made_at: str
    document: str
    pack_version: str
    change: str
    causes: list[str]
    verdict: Verdict | None
    observed: str | None


class History(Model):
    """How a finding came about, oldest first."""

    id: str
    steps: list[HistoryStep]
    decisions: list[Decision]


class MatrixCell(Model):
    """One finding of a matrix."""

    finding: str
    machine: Verdict
    verdict: Verdict
    open: bool
    overdue: bool


class MatrixRow(Model):
    """A unit's plan; ``cells`` by requirement."""

    unit: str
    place: str
    document: str
    cells: dict[str, MatrixCell]


class PackLine(Model):
    """A pack in a list."""

    id: str
    version: str
    title: str
    province: str
    status: Status
    requirements: int
    sha256: str
    builtin: bool


class Checked(Model):
    """What was found in files that were checked and not kept; ``unchecked`` are documents that no pack speaks about."""

    checks: list[PlanCheck]
    unchecked: list[PlanReference]
    failures: list[Failure]


class Order(Model):
    """What every decision needs. ``who`` only where there are no accounts; else it is the person that asks."""

    why: Words
    who: Short | None = None
    corrects: Annotated[str, StringConstraints(max_length=40)] | None = None


class OverrideOrder(Order):
    """改判: the right verdict; ``excerpt``: the plan's words that show it."""

    kind: Literal["override"]
    verdict: Verdict
    reason: Reason | None = None
    excerpt: Words | None = None


class WaiverOrder(Order):
    """豁免: approved by the person that asks, who needs the role for it; ``applicant`` is another. ``approver`` only where
    there are no accounts."""

    kind: Literal["waiver"]
    ground: Words
    applicant: Short
    approver: Short | None = None
    until: datetime.date


class DisputeOrder(Order):
    """申辩: the unit's objection, and the day by which it is answered."""

    kind: Literal["dispute"]
    statement: Words
    deadline: datetime.date


class RulingOrder(Order):
    """申辩处理: the answer to the open objection."""

    kind: Literal["ruling"]
    outcome: Outcome


class RectificationOrder(Order):
    """整改: a step; see ``schemas.decision.Rectification``."""

    kind: Literal["rectification"]
    step: Step
    by: Short | None = None
    on: datetime.date | None = None
    responsible: Short | None = None
    person: Short | None = None
    measures: Words | None = None
    deadline: datetime.date | None = None
    result: Result | None = None
    proof: Words | None = None


class NoteOrder(Order):
    """备注."""

    kind: Literal["note"]


class WithdrawalOrder(Order):
    """撤回: takes back the record ``corrects``."""

    kind: Literal["withdrawal"]


DecisionOrder = Annotated[
    OverrideOrder | WaiverOrder | DisputeOrder | RulingOrder | RectificationOrder | NoteOrder | WithdrawalOrder,
    Field(discriminator="kind"),
]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a problem document."""
    return Problem.model_json_schema()
