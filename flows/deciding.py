"""What may be decided about a finding as it stands, so that nobody is offered what would be refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from flows.waiving import Application, applications
from schemas.decision import Decision, DecisionKind, Dispute, Rectification, Ruling, Step, Withdrawal
from schemas.finding import FAULTS, Finding
from schemas.identity import plain
from schemas.standing import State, effective_decisions, objection


@dataclass(frozen=True, slots=True)
class Possible:
    """What may follow now.

    ``kinds``: records of these may be added, ``application`` for the note by which somebody applies for a waiver.
    ``steps`` of rectification. ``waiting``: the applications that this person may approve. ``correct``: by kind, the
    records that a new one may take the place of. ``withdraw``: those that may be taken back.
    """

    kinds: frozenset[str]
    steps: Sequence[Step]
    waiting: Sequence[Application]
    correct: Mapping[DecisionKind, Sequence[str]]
    withdraw: Sequence[str]


def possible(
    finding: Finding, state: State | None, decisions: Sequence[Decision], *, who: str, approves: bool
) -> Possible:
    """What somebody may decide.

    Args:
        finding: as it was last.
        state: how it stands today; None where the last check no longer has it.
        decisions: all of its records.
        who: decides; empty where it is not known who will.
        approves: whether that person may approve waivers and take them back.
    """
    counting = effective_decisions(decisions)
    fault = state is not None and (finding.verdict in FAULTS or state.verdict in FAULTS)
    applied = applications(decisions)
    steps = [one for one in get_args(Step) if _may(decisions, _step(finding, one))]
    begun = any(isinstance(one, Rectification) for one in counting)
    kinds = {"note"}
    if state is not None:
        kinds.add("override")
    if fault and not applied and state is not None and state.disposition.kind != "waived":
        kinds.add("application")
    if fault and _may(decisions, _dispute(finding, who)):
        kinds.add("dispute")
    if _may(decisions, _ruling(finding, decisions, who)):
        kinds.add("ruling")
    if steps and (fault or begun):
        kinds.add("rectification")
    waiting = [one for one in applied if approves and plain(one.applicant) != plain(who)]
    if waiting:
        kinds.add("waiver")
    correct: dict[DecisionKind, list[str]] = {}
    for one in counting:
        if one.kind != "waiver" or approves:
            correct.setdefault(one.kind, []).append(one.id)
    withdraw = [id for ids in correct.values() for id in ids if _may(decisions, _withdrawal(finding, id, who))]
    return Possible(frozenset(kinds), steps, waiting, correct, sorted(withdraw))


def _may(decisions: Sequence[Decision], trial: Decision) -> bool:
    return objection(decisions, trial) is None


# Trials have what the order of records depends on, and are never recorded.


def _step(finding: Finding, step: Step) -> Rectification:
    # Somebody else may have done the step, whoever records it: that is not tried.
    return Rectification.model_construct(finding=str(finding.id), who="", why="", step=step)


def _dispute(finding: Finding, who: str) -> Dispute:
    return Dispute.model_construct(finding=str(finding.id), who=who, why="", statement="", deadline=date.max)


def _ruling(finding: Finding, decisions: Sequence[Decision], who: str) -> Ruling:
    last = next((one.id for one in reversed(effective_decisions(decisions)) if isinstance(one, Dispute)), "")
    return Ruling.model_construct(finding=str(finding.id), who=who, why="", dispute=last, outcome="upheld")


def _withdrawal(finding: Finding, record: str, who: str) -> Withdrawal:
    return Withdrawal.model_construct(finding=str(finding.id), who=who, why="", corrects=record)
