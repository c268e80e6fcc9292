"""What a finding is: the output of ``duzheng check``, field by field.

A finding says of one plan and one requirement what was found, where, and how that was judged. Field names and values are
fixed by the output contract.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from schemas.document import Jurisdiction, Level, Model, Span
from schemas.identity import finding_id, unit_of

Verdict = Literal["met", "partial", "not_met", "not_found", "conflict", "not_applicable", "undetermined"]
Severity = Literal["critical", "major", "minor", "advice"]
Reason = Literal[
    "unreadable_page",
    "attachment_not_obtained",
    "document_not_obtained",
    "low_ocr_confidence",
    "ambiguous",
    "rule_error",
]
EvidenceRole = Literal["supports", "contradicts", "nearest_miss"]
DueState = Literal["not_due", "due_soon", "overdue"]

VERDICTS: tuple[Verdict, ...] = (
    "met",
    "partial",
    "not_met",
    "not_found",
    "conflict",
    "not_applicable",
    "undetermined",
)
FAULTS: frozenset[Verdict] = frozenset({"partial", "not_met", "not_found", "conflict", "undetermined"})
"""The verdicts that somebody must act on."""
VERDICT_NAMES: dict[Verdict, str] = {
    "met": "符合",
    "partial": "部分符合",
    "not_met": "不符合",
    "not_found": "未见",
    "conflict": "前后矛盾",
    "not_applicable": "不适用",
    "undetermined": "待核",
}
SEVERITY_NAMES: dict[Severity, str] = {"critical": "必须", "major": "应当", "minor": "原则上", "advice": "鼓励"}
REASON_NAMES: dict[Reason, str] = {
    "unreadable_page": "有页面未能读取",
    "attachment_not_obtained": "所列附件未取得",
    "document_not_obtained": "须对照的文件未取得",
    "low_ocr_confidence": "扫描识别可信度低",
    "ambiguous": "文意不能确定",
    "rule_error": "规则执行出错",
}
DUE_SOON = timedelta(days=30)
"""How long before its day a requirement is 临期."""
DUE_STATE_NAMES: dict[DueState, str] = {"not_due": "未到期", "due_soon": "临期", "overdue": "逾期"}


class Evidence(Model):
    """A stretch of the plan and what it proves; ``quote`` is the original text at ``span``, byte for byte."""

    role: EvidenceRole
    span: Span
    quote: str


class EvidenceElsewhere(Evidence):
    """Evidence in another document than the plan, named by its id, title and file; ``quote`` and ``span`` are that one's."""

    document: str
    title: str | None = None
    uri: str


class FindingElement(Model):
    """One of the many things that a requirement judges (a task, a community) that is at fault, and what its fault is.

    ``element`` is what the plan calls it; ``id`` is the same in every run in which it is called the same, so that each can
    be followed until it is put right.
    """

    id: str | None = None
    element: str
    fault: str
    evidence: Evidence


class SearchedSection(Model):
    """A section of the outline that was read."""

    number: str | None
    heading: str | None


class SearchedAttachments(Model):
    """The attachments the plan names: those whose content was read, and those not obtained."""

    read: list[str] = Field(default_factory=list)
    not_obtained: list[str] = Field(default_factory=list)


class Searched(Model):
    """What was read before anything was called missing.

    ``characters`` counts the characters of the text; ``pages`` is null where the source has no pages.
    """

    characters: int
    pages: int | None = None
    unreadable_pages: list[int] = Field(default_factory=list)
    sections: list[SearchedSection] = Field(default_factory=list)
    attachments: SearchedAttachments = Field(default_factory=SearchedAttachments)
    terms: list[str] = Field(default_factory=list)


class Finding(Model):
    """One requirement judged on one plan.

    ``reason`` is given exactly when the verdict is ``undetermined``. ``explanation`` has five lines:
    要求, 查了什么, 找到什么, 怎样判定, 建议整改.

    ``id`` is the same in every run (``schemas.identity``); null only where a finding was made by hand. ``elements`` are
    all those at fault, where a requirement judges each of many; ``evidence`` shows some of them. ``due`` is the requirement's own day, ``due_state`` how
    it stood on the day of the check. ``evidence`` stands in the plan; ``elsewhere`` is the other side of a contradiction, in
    the documents that the plan was held against.
    """

    id: str | None = None
    requirement: str
    title: str
    clause: str
    verdict: Verdict
    severity: Severity
    expected: str
    observed: str | None = None
    evidence: list[Evidence] = Field(default_factory=list)
    elsewhere: list[EvidenceElsewhere] = Field(default_factory=list)
    elements: list[FindingElement] = Field(default_factory=list)
    searched: Searched
    due: date | None = None
    due_state: DueState | None = None
    reason: Reason | None = None
    explanation: Annotated[list[str], Field(min_length=5, max_length=5)]
    advice: str

    @model_validator(mode="before")
    @classmethod
    def _stored_before(cls, value: Any) -> Any:
        """Findings stored by earlier versions have a field ``element``, which was never filled."""
        if isinstance(value, dict) and value.get("element", "") is None:
            return {name: given for name, given in value.items() if name != "element"}
        return value

    @model_validator(mode="after")
    def _reasoned(self) -> Finding:
        if (self.verdict == "undetermined") != (self.reason is not None):
            raise ValueError("a reason belongs to the verdict undetermined and to no other")
        if self.severity == "advice" and self.verdict == "not_met":
            raise ValueError("an advice requirement is never not_met")
        return self


class PlanReference(Model):
    """The plan that was checked."""

    id: str
    title: str | None = None
    uri: str
    index: int | None = None
    document_number: str | None = None
    issuers: list[str] = Field(default_factory=list)
    signed_on: date | None = None
    level: Level | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)


class PackReference(Model):
    """The pack that was applied; ``sha256`` is that of the pack's file."""

    id: str
    version: str
    sha256: str
    title: str
    province: str
    basis_obtained: bool
    basis_note: str


class PlanCheck(Model):
    """One plan checked against one pack. ``summary`` counts the findings by verdict (verdicts that occur)."""

    plan: PlanReference
    pack: PackReference
    findings: list[Finding]
    summary: dict[Verdict, int]


def due_state(due: date | None, verdict: Verdict, today: date) -> DueState | None:
    """How a requirement's own day stands to ``today``; null where it has none, or is no fault and the day has passed."""
    if due is None:
        return None
    if today > due:
        return "overdue" if verdict in FAULTS else None
    return "due_soon" if due - today <= DUE_SOON else "not_due"


def identified(check: PlanCheck) -> PlanCheck:
    """The check with the identifier of each finding filled in where it is missing; the same object."""
    unit = unit_of(check.plan)
    for finding in check.findings:
        finding.id = finding.id or finding_id(check.pack.id, finding.requirement, unit)
        for element in finding.elements:
            element.id = element.id or finding_id(check.pack.id, finding.requirement, unit, element.element)
    return check


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one checked plan."""
    return PlanCheck.model_json_schema()
