"""The days of a finding that have passed or are near: its requirement's, its rectification's, a waiver's, a dispute's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.decision import Decision, Waiver
from schemas.digest import SOON, DueKind
from schemas.finding import Finding
from schemas.standing import WAITING, State, effective_decisions


@dataclass(frozen=True, slots=True)
class DueDay:
    """One day: what it is the day of, and whether it has passed."""

    kind: DueKind
    day: date
    overdue: bool


def due_items(finding: Finding, state: State, decisions: Sequence[Decision], today: date) -> Iterator[DueDay]:
    """The days of one finding that somebody must be told of on the day ``today``.

    Args:
        finding: as the last check made it.
        state: how it stands on ``today``.
        decisions: its records.
        today: the day.
    """
    disposition, rectification = state.disposition, state.rectification
    if disposition.kind == "waived" and disposition.until is not None and disposition.until - today <= SOON:
        yield DueDay("waiver", disposition.until, False)
    if disposition.kind == "disputed" and disposition.until is not None and disposition.until - today <= SOON:
        yield DueDay("dispute", disposition.until, disposition.overdue)
    if not state.open:
        return
    if disposition.lapsed:
        waivers = [one for one in effective_decisions(decisions) if isinstance(one, Waiver)]
        yield DueDay("waiver", waivers[-1].until, True)
    if rectification.stage in WAITING and rectification.deadline is not None and rectification.deadline - today <= SOON:
        yield DueDay("rectification", rectification.deadline, rectification.overdue)
    if finding.due is not None and state.time in ("due_soon", "overdue"):
        yield DueDay("requirement", finding.due, state.time == "overdue")
