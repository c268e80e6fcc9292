"""What people decide about findings: records that are only ever added, each with who, when and why.

1. The machine's verdict is never overwritten: an override, a waiver, a dispute and the steps of rectification stand
   beside it, as axes of their own (``schemas.standing``).
2. Nothing is edited or deleted. A correction is a new record that names the one it takes the place of (``corrects``); a
   withdrawal is a correction that puts nothing in its place.
3. Who decides must not judge himself: the approver of a waiver is not its applicant, who reviews a rectification is not
   who did it, who decides a dispute is not who raised it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, model_validator

from schemas.document import Model
from schemas.finding import EvidenceRole, Reason, Verdict
from schemas.identity import plain

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
DecisionKind = Literal["override", "waiver", "dispute", "ruling", "rectification", "note", "withdrawal"]
Outcome = Literal["upheld", "partly_upheld", "rejected"]
Step = Literal["assigned", "done", "reviewed", "closed", "relapsed"]
Result = Literal["passed", "failed"]

KIND_NAMES: dict[DecisionKind, str] = {
    "override": "改判",
    "waiver": "豁免",
    "dispute": "申辩",
    "ruling": "申辩处理",
    "rectification": "整改",
    "note": "备注",
    "withdrawal": "撤回",
}
OUTCOME_NAMES: dict[Outcome, str] = {"upheld": "采纳", "partly_upheld": "部分采纳", "rejected": "不采纳"}
STEP_NAMES: dict[Step, str] = {
    "assigned": "责令整改",
    "done": "整改完成",
    "reviewed": "复核",
    "closed": "销号",
    "relapsed": "反弹",
}
RESULT_NAMES: dict[Result, str] = {"passed": "通过", "failed": "未通过"}


class Excerpt(Model):
    """A stretch of the plan that a decision rests on, as it was when it was taken."""

    role: EvidenceRole
    quote: str


class Basis(Model):
    """What the decision was taken on: the finding as the machine had it then.

    ``text_sha256`` is that of the plan's text, ``asked`` that of what the requirement asks
    (``schemas.standing.asked``): when either has changed since, an override no longer speaks about what is there.
    """

    run: int
    document: str
    text_sha256: str
    pack: str
    pack_version: str
    pack_sha256: str
    requirement: str
    asked: str
    verdict: Verdict
    reason: Reason | None = None
    excerpts: list[Excerpt] = Field(default_factory=list)


class DecisionBase(Model):
    """What every record has. ``number``, ``id``, ``made_at`` and ``basis`` are given when it is recorded."""

    id: str = ""
    number: int = 0
    finding: Text
    who: Text
    why: Text
    made_at: datetime | None = None
    corrects: str | None = None
    basis: Basis | None = None


class Override(DecisionBase):
    """The machine is wrong (改判): the right verdict. ``excerpt``: the words of the plan that show it."""

    kind: Literal["override"] = "override"
    verdict: Verdict
    reason: Reason | None = None
    excerpt: str | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Override:
        if (self.verdict == "undetermined") != (self.reason is not None):
            raise ValueError(
                "待核须有原因，其他判定没有 / a reason belongs to the verdict undetermined and to no other"
            )
        return self


class Waiver(DecisionBase):
    """The unit is exempt (豁免) up to and including the day ``until``, on a basis, approved by somebody else."""

    kind: Literal["waiver"] = "waiver"
    ground: Text
    applicant: Text
    approver: Text
    until: date

    @model_validator(mode="after")
    def _two_people(self) -> Waiver:
        if plain(self.applicant) == plain(self.approver):
            raise ValueError("批准人不能是申请人 / the approver must be another person than the applicant")
        return self


class Dispute(DecisionBase):
    """The unit objects (申辩): what it says, and by which day that must be answered."""

    kind: Literal["dispute"] = "dispute"
    statement: Text
    deadline: date


class Ruling(DecisionBase):
    """What became of a dispute; the verdict itself is changed by an override, if at all."""

    kind: Literal["ruling"] = "ruling"
    dispute: str = ""
    """The record it answers; the finding's open dispute where it is not named."""
    outcome: Outcome


class Rectification(DecisionBase):
    """A step of rectification: 责令 → 整改 → 复核 → 销号, and 反弹 when the fault is back.

    ``by`` is who did the step, where another than ``who`` (who records it), ``on`` the day it was done, where another
    than that of the record. ``responsible`` (the unit), ``person``, ``measures`` and ``deadline`` belong to 责令;
    ``result`` to 复核; ``proof`` names what shows it.
    """

    kind: Literal["rectification"] = "rectification"
    step: Step
    by: str | None = None
    on: date | None = None
    responsible: str | None = None
    person: str | None = None
    measures: str | None = None
    deadline: date | None = None
    result: Result | None = None
    proof: str | None = None

    @property
    def actor(self) -> str:
        """Who did the step."""
        return self.by or self.who

    @model_validator(mode="after")
    def _fields_of_the_step(self) -> Rectification:
        if (self.step == "reviewed") != (self.result is not None):
            raise ValueError(
                "复核须写明通过或未通过，其他步骤没有结果 / a result belongs to the review and to no other step"
            )
        return self


class Remark(DecisionBase):
    """A note (备注) that changes nothing."""

    kind: Literal["note"] = "note"


class Withdrawal(DecisionBase):
    """Takes back the record named by ``corrects`` (撤回); both stay on record."""

    kind: Literal["withdrawal"] = "withdrawal"

    @model_validator(mode="after")
    def _names_what(self) -> Withdrawal:
        if self.corrects is None:
            raise ValueError("撤回须指明所撤的记录 / a withdrawal names the record it takes back")
        return self


Decision = Annotated[
    Override | Waiver | Dispute | Ruling | Rectification | Remark | Withdrawal, Field(discriminator="kind")
]
DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)
"""Reads a record back from JSON."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a record."""
    return DECISION.json_schema()
