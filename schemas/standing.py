"""How a finding stands today: four axes that are never mixed.

1. *machine*: the verdict the check gave;
2. *time*: the requirement's own day (未到期, 临期, 逾期);
3. *disposition*: what people decided about the verdict: open, overridden, waived until, disputed until;
4. *rectification*: where the remedy stands (责令, 整改, 复核, 销号, 反弹).

``effective_decisions`` says which records count, ``objection`` which one may follow, ``state_of`` what they amount to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Literal

from schemas.decision import (
    Decision,
    Dispute,
    Outcome,
    Override,
    Rectification,
    Ruling,
    Step,
    Waiver,
    Withdrawal,
)
from schemas.document import Model
from schemas.finding import FAULTS, VERDICT_NAMES, DueState, Finding, Reason, Verdict, due_state
from schemas.identity import plain

DispositionKind = Literal["open", "overridden", "waived", "disputed"]
Stage = Literal["none", "assigned", "done", "review_passed", "review_failed", "closed", "relapsed"]

DISPOSITION_NAMES: dict[DispositionKind, str] = {
    "open": "未处置",
    "overridden": "已改判",
    "waived": "已豁免",
    "disputed": "申辩中",
}
STAGE_NAMES: dict[Stage, str] = {
    "none": "未整改",
    "assigned": "整改中",
    "done": "待复核",
    "review_passed": "复核通过",
    "review_failed": "复核未通过",
    "closed": "已销号",
    "relapsed": "反弹",
}
WAITING: frozenset[Stage] = frozenset({"assigned", "review_failed", "relapsed"})
"""The stages in which the unit has to put the fault right."""
_AFTER: dict[Stage, tuple[Step, ...]] = {
    "none": ("assigned", "done"),
    "assigned": ("assigned", "done"),
    "done": ("done", "reviewed"),
    "review_failed": ("assigned", "done"),
    "review_passed": ("closed",),
    "closed": ("relapsed",),
    "relapsed": ("assigned", "done"),
}
"""Which steps may follow which stage."""


class Disposition(Model):
    """What people decided about the verdict; ``decision`` is the record it rests on.

    ``until``: the waiver's last day, or the day by which the dispute must be answered; ``overdue`` when that day of a
    dispute has passed. ``stale``: an override was made on another text of the plan or another wording of the
    requirement, and no longer counts until somebody looks again. ``lapsed``: a waiver has run out.
    """

    kind: DispositionKind = "open"
    verdict: Verdict | None = None
    reason: Reason | None = None
    until: date | None = None
    overdue: bool = False
    stale: bool = False
    lapsed: bool = False
    outcome: Outcome | None = None
    decision: str | None = None


class RectificationState(Model):
    """Where the remedy stands; ``overdue`` when its day has passed and it is not done; ``suspected``: closed, yet the
    check finds the fault in a text of the plan that was not there when it was closed. ``opinion``: why the last review
    passed or failed."""

    stage: Stage = "none"
    responsible: str | None = None
    person: str | None = None
    measures: str | None = None
    deadline: date | None = None
    overdue: bool = False
    done_by: str | None = None
    reviewed_by: str | None = None
    opinion: str | None = None
    closed_on: date | None = None
    proof: str | None = None
    suspected: bool = False
    decision: str | None = None


class State(Model):
    """The four axes. ``verdict`` is the one that counts: the override's where one stands, else the machine's.

    ``open``: somebody must still act: a fault that is neither waived nor closed.
    ``overdue``: it is open, and one of its days has passed; on what is not open nothing is overdue, ``time`` included.
    """

    machine: Verdict
    reason: Reason | None = None
    time: DueState | None = None
    disposition: Disposition
    rectification: RectificationState
    verdict: Verdict
    open: bool
    overdue: bool


def asked(finding: Finding) -> str:
    """Sixteen hexadecimal digits over what the requirement asks, in its own words."""
    words = "\0".join((finding.clause, finding.severity, finding.expected, finding.explanation[0]))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def effective_decisions(decisions: Sequence[Decision]) -> list[Decision]:
    """The records that count, a correction in the place of what it corrects, in the order of the originals."""
    places: list[Decision | None] = []
    place_of: dict[str, int] = {}
    for decision in sorted(decisions, key=lambda one: one.number):
        if decision.corrects is not None and decision.corrects in place_of:
            place = place_of.pop(decision.corrects)
            places[place] = None if isinstance(decision, Withdrawal) else decision
        else:
            place = len(places)
            places.append(None if isinstance(decision, Withdrawal) else decision)
        place_of[decision.id] = place
    return [decision for decision in places if decision is not None]


def objection(decisions: Sequence[Decision], new: Decision) -> str | None:
    """Why ``new`` may not follow ``decisions`` (all records of its finding); None where it may."""
    if new.corrects is not None:
        by_id = {decision.id: decision for decision in decisions}
        old = by_id.get(new.corrects)
        if old is None:
            return f"这个结论没有记录 {new.corrects} / this finding has no such record"
        newer = next((one.id for one in decisions if one.corrects == old.id), None)
        if newer is not None:
            return f"记录 {old.id} 已由 {newer} 更正，请更正后者 / was corrected already, correct that record"
        if isinstance(old, Withdrawal):
            return "撤回不能再更正，请重新记录 / a withdrawal cannot be corrected, record anew"
        if not isinstance(new, Withdrawal) and new.kind != old.kind:
            return f"更正须与原记录同类（{old.kind}） / a correction is of the same kind as what it corrects"
    number = max((decision.number for decision in decisions), default=0) + 1
    trial = new.model_copy(update={"number": number, "id": new.id or "new"})
    return _fault_in(effective_decisions([*decisions, trial]))


def _fault_in(chain: Sequence[Decision]) -> str | None:
    """The first step of a chain that the ones before it do not allow."""
    stage: Stage = "none"
    done_by = ""
    disputes: dict[str, Dispute] = {}
    unanswered: str | None = None
    for decision in chain:
        if isinstance(decision, Rectification):
            if decision.step not in _AFTER[stage]:
                return _misstep(stage, decision.step)
            if decision.step == "done":
                done_by = decision.actor
            if decision.step in ("reviewed", "closed") and plain(decision.actor) == plain(done_by):
                return "复核人、销号人不能是整改人 / who reviews or closes must be another person than who rectified"
            stage = _stage(decision)
        elif isinstance(decision, Dispute):
            if unanswered is not None:
                return f"已有申辩 {unanswered} 尚未处理 / there is a dispute that was not answered yet"
            disputes[decision.id] = decision
            unanswered = decision.id
        elif isinstance(decision, Ruling):
            dispute = disputes.get(decision.dispute)
            if dispute is None or unanswered != decision.dispute:
                return "没有待处理的申辩 / there is no open dispute to answer"
            if plain(dispute.who) == plain(decision.who):
                return "处理人不能是申辩人 / who decides a dispute must be another person than who raised it"
            unanswered = None
    return None


def _misstep(stage: Stage, step: Step) -> str:
    from schemas.decision import STEP_NAMES

    allowed = "、".join(STEP_NAMES[one] for one in _AFTER[stage])
    return (
        f"现为“{STAGE_NAMES[stage]}”，不能“{STEP_NAMES[step]}”，只能：{allowed} / "
        f"{step} cannot follow {stage}, only {' or '.join(_AFTER[stage])}"
    )


def _stage(decision: Rectification) -> Stage:
    if decision.step == "reviewed":
        return "review_passed" if decision.result == "passed" else "review_failed"
    return decision.step


def state_of(finding: Finding, decisions: Sequence[Decision], today: date, *, text_sha256: str | None = None) -> State:
    """How a finding stands on the day ``today``.

    Args:
        finding: as the last check made it.
        decisions: every record of the finding, corrected ones included.
        today: the day that waivers, disputes and deadlines are compared with.
        text_sha256: that of the text of the plan the finding was made on; where it is given, an override made on another
            text no longer counts.
    """
    chain = effective_decisions(decisions)
    disposition = _disposition(finding, chain, today, text_sha256)
    rectification = _rectification(finding, chain, today, text_sha256)
    verdict = (
        disposition.verdict
        if disposition.kind == "overridden" and disposition.verdict
        else _overridden(finding, chain, text_sha256)
    )
    # Findings of older corpora do not say the day itself: they stay as they stood on the day of their check.
    time = due_state(finding.due, finding.verdict, today) if finding.due else finding.due_state
    fault = verdict in FAULTS
    opened = fault and disposition.kind != "waived" and (rectification.stage != "closed" or rectification.suspected)
    if not opened:
        # Nobody need act any more: no day of it is overdue, on none of the axes and so in no output.
        time = None if time == "overdue" else time
        disposition.overdue = rectification.overdue = False
    return State(
        machine=finding.verdict,
        reason=finding.reason,
        time=time,
        disposition=disposition,
        rectification=rectification,
        verdict=verdict,
        open=opened,
        overdue=opened and (disposition.overdue or rectification.overdue or time == "overdue"),
    )


def _overridden(finding: Finding, chain: Sequence[Decision], text_sha256: str | None) -> Verdict:
    """The verdict that counts, whatever else is pending: a dispute leaves an override before it in force."""
    override = next((one for one in reversed(chain) if isinstance(one, Override)), None)
    if override is None or _stale(override, finding, text_sha256):
        return finding.verdict
    return override.verdict


def _stale(override: Override, finding: Finding, text_sha256: str | None) -> bool:
    basis = override.basis
    if basis is None:
        return False
    return basis.asked != asked(finding) or (text_sha256 is not None and basis.text_sha256 != text_sha256)


def _disposition(finding: Finding, chain: Sequence[Decision], today: date, text_sha256: str | None) -> Disposition:
    """The last decision about the verdict that stands: a running waiver first, then an open dispute, then an override."""
    waiver = next((one for one in reversed(chain) if isinstance(one, Waiver)), None)
    override = next((one for one in reversed(chain) if isinstance(one, Override)), None)
    dispute = next((one for one in reversed(chain) if isinstance(one, Dispute)), None)
    ruling = next(
        (one for one in reversed(chain) if isinstance(one, Ruling) and dispute and one.dispute == dispute.id), None
    )
    lapsed = waiver is not None and waiver.until < today
    outcome = ruling.outcome if ruling else None
    if waiver is not None and not lapsed:
        return Disposition(kind="waived", until=waiver.until, outcome=outcome, decision=waiver.id)
    if dispute is not None and ruling is None:
        return Disposition(
            kind="disputed",
            until=dispute.deadline,
            overdue=dispute.deadline < today,
            lapsed=lapsed,
            decision=dispute.id,
        )
    if override is not None:
        stale = _stale(override, finding, text_sha256)
        return Disposition(
            kind="open" if stale else "overridden",
            verdict=override.verdict,
            reason=override.reason,
            stale=stale,
            lapsed=lapsed,
            outcome=outcome,
            decision=override.id,
        )
    last = ruling or (waiver if lapsed else None)
    return Disposition(lapsed=lapsed, outcome=outcome, decision=last.id if last else None)


def rectified_by(chain: Sequence[Decision]) -> date | None:
    """The day by which a fault must be put right, of the records that count (``effective_decisions``); None where none was set.

    An order without a day leaves the day of the one before it; with a relapse that day is spent.
    """
    day: date | None = None
    for step in chain:
        if isinstance(step, Rectification) and step.step in ("assigned", "relapsed"):
            day = step.deadline or (None if step.step == "relapsed" else day)
    return day


def _rectification(
    finding: Finding, chain: Sequence[Decision], today: date, text_sha256: str | None
) -> RectificationState:
    state = RectificationState()
    for step in (one for one in chain if isinstance(one, Rectification)):
        state.stage = _stage(step)
        state.decision = step.id
        state.proof = step.proof or state.proof
        if step.step in ("assigned", "relapsed"):
            state.done_by = state.reviewed_by = state.opinion = state.closed_on = None
            state.responsible = step.responsible or state.responsible
            state.person = step.person or state.person
            state.measures = step.measures or state.measures
        elif step.step == "done":
            state.done_by = step.actor
        elif step.step == "reviewed":
            state.reviewed_by, state.opinion = step.actor, step.why
        else:
            state.closed_on = step.on or (step.made_at.astimezone().date() if step.made_at else None)
            basis = step.basis
            # What was closed on this very text, by people who saw the verdict, is not a relapse.
            state.suspected = (
                basis is not None
                and text_sha256 is not None
                and finding.verdict in FAULTS
                and basis.text_sha256 != text_sha256
            )
        if step.step != "closed":
            state.suspected = False
    state.deadline = rectified_by(chain)
    waiting = state.stage in WAITING
    state.overdue = waiting and state.deadline is not None and state.deadline < today
    return state


def disposition_words(state: State) -> str:
    """The disposition in a few Chinese words; empty where there is none."""
    one = state.disposition
    text = DISPOSITION_NAMES[one.kind] if one.kind != "open" else ""
    if one.kind == "overridden" and one.verdict:
        text += f"为{VERDICT_NAMES[one.verdict]}"
    if one.until:
        text += f"至{one.until}"
    marks = (("逾期未答复", one.overdue), ("改判须重新认定", one.stale), ("豁免已到期", one.lapsed))
    return "；".join([text, *(name for name, holds in marks if holds)]).strip("；")


def rectification_words(state: State) -> str:
    """The rectification in a few Chinese words; empty where there is none."""
    one = state.rectification
    text = STAGE_NAMES[one.stage] if one.stage != "none" else ""
    if one.deadline and one.stage != "closed":
        text += f"（限{one.deadline}）"
    marks = (("逾期", one.overdue), ("疑似反弹", one.suspected))
    return "；".join([text, *(name for name, holds in marks if holds)]).strip("；")
