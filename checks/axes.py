"""The four axes of a finding in the words of reports: what the machine said, the calendar, and what people decided.

The axes stay apart (``schemas.standing``): no output mixes a person's decision into the machine's verdict. Where there is no
corpus nobody has decided anything, and outputs show the machine's verdict and the day of the check alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.decision import KIND_NAMES, OUTCOME_NAMES, RESULT_NAMES, STEP_NAMES, Decision
from schemas.finding import DUE_STATE_NAMES, FAULTS, REASON_NAMES, VERDICT_NAMES, Finding
from schemas.standing import State, disposition_words, effective_decisions, rectification_words

UNDISPOSED = "未处置"
UNRECTIFIED = "未整改"


@dataclass(frozen=True, slots=True)
class Record:
    """One decision for a reader: the day it was recorded, who, what and why."""

    id: str
    day: str
    who: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.day} {self.who} {self.what}：{self.why}".strip()


@dataclass(frozen=True, slots=True)
class Axes:
    """How a finding stands, with the records of what people decided (every one, corrected ones included)."""

    state: State
    decisions: Sequence[Decision] = ()

    @property
    def machine(self) -> str:
        """The machine's verdict, with its reason where it has one."""
        reason = self.state.reason
        return VERDICT_NAMES[self.state.machine] + (f"（{REASON_NAMES[reason]}）" if reason else "")

    @property
    def time(self) -> str:
        """How the requirement's own day stands on the day that was asked for; empty where it has none."""
        return DUE_STATE_NAMES[self.state.time] if self.state.time else ""

    @property
    def disposition(self) -> str:
        """What people decided about the verdict."""
        return disposition_words(self.state) or UNDISPOSED

    @property
    def rectification(self) -> str:
        """Where the remedy stands, with who must see to it."""
        one = self.state.rectification
        whose = "、".join(part for part in (one.responsible, one.person) if part)
        text = rectification_words(self.state) or UNRECTIFIED
        if one.stage == "closed":
            text += f"（{one.closed_on}，复核 {one.reviewed_by}）"
        return f"{text}，责任：{whose}" if whose else text

    @property
    def short(self) -> str:
        """Disposition and rectification for a cell of a table; empty where nobody did anything."""
        remedy = rectification_words(self.state) and self.rectification
        return " ".join(part for part in (disposition_words(self.state), remedy) if part)

    @property
    def records(self) -> list[Record]:
        """The decisions that count, oldest first."""
        return [_record(decision) for decision in effective_decisions(self.decisions)]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The four axes, each with its label."""
        return [
            ("机器判定", self.machine),
            ("到期状态", self.time or "无"),
            ("人工处置", self.disposition),
            ("整改情况", self.rectification),
        ]

    @property
    def settled(self) -> str:
        """Why nobody need act on a fault of the machine any more, in a few words; empty where somebody must, or it was none."""
        if self.state.machine not in FAULTS or self.state.open:
            return ""
        return self.short


def said_of(decision: Decision) -> str:
    """What a record decides, in a few words."""
    if decision.kind == "override":
        return f"→ {VERDICT_NAMES[decision.verdict]}"
    if decision.kind == "waiver":
        return f"至 {decision.until}（批准 {decision.approver}）"
    if decision.kind == "dispute":
        return f"限 {decision.deadline} 前答复"
    if decision.kind == "ruling":
        return OUTCOME_NAMES[decision.outcome]
    if decision.kind == "rectification":
        result = f"：{RESULT_NAMES[decision.result]}" if decision.result else ""
        days = [f"{decision.on} 办理"] if decision.on else []
        days += [f"限 {decision.deadline}"] if decision.deadline else []
        return STEP_NAMES[decision.step] + result + (f"（{'，'.join(days)}）" if days else "")
    return decision.corrects or "" if decision.kind == "withdrawal" else ""


def time_of(finding: Finding, axes: Axes | None) -> str:
    """The time state: of the day asked for where it is known, else of the day of the check."""
    if axes is not None:
        return axes.time
    return DUE_STATE_NAMES[finding.due_state] if finding.due_state else ""


def _record(decision: Decision) -> Record:
    return Record(
        id=decision.id,
        day=decision.made_at.astimezone().date().isoformat() if decision.made_at else "",
        who=decision.who,
        what=f"{KIND_NAMES[decision.kind]} {said_of(decision)}".strip(),
        why=decision.why,
    )
