"""What has become of findings since a watermark: each is looked at as it stood then and as it stands today.

Both times it is the same question (``schemas.standing.state_of``), asked with the run, the decisions and the day of then
and of now. So a waiver that has run out, a closed rectification and a corrected plan all show, each by what it changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from corpus import tables as t
from corpus.decisions import Decisions
from corpus.due import DueDay, due_items
from corpus.history import Line, Run, Runs
from schemas.decision import Decision
from schemas.digest import FLAGGED, Due, Flagged, How, Resolved, Watermark
from schemas.finding import Finding, PlanCheck
from schemas.standing import State, state_of


@dataclass(slots=True)
class Newly:
    """Findings that were flagged and resolved since, and all days that have passed or are near."""

    flagged: list[Flagged] = field(default_factory=list)
    resolved: list[Resolved] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Eventful:
    """What may have become otherwise without a new check: units and packs with decisions, and runs with days."""

    decided: set[tuple[str, str]]
    dated: set[int]

    def __contains__(self, key: tuple[str, str, int]) -> bool:
        unit, pack, body = key
        return (unit, pack) in self.decided or body in self.dated


@dataclass(frozen=True, slots=True)
class _Then:
    """The findings of one plan as they stood at the watermark."""

    run: Run
    findings: Mapping[str, Finding]
    watermark: Watermark

    def look(self, id: str, decisions: Sequence[Decision]) -> tuple[Finding, State] | None:
        finding = self.findings.get(id)
        if finding is None:
            return None
        made = self.made(decisions)
        return finding, state_of(finding, made, self.watermark.day, text_sha256=self.run.text_sha256)

    def made(self, decisions: Sequence[Decision]) -> list[Decision]:
        return [one for one in decisions if one.number <= self.watermark.decision]


def findings_since(connection: sa.Connection, before: Watermark | None, upto: Watermark) -> Newly:
    """What is new about the findings of the last checks, by unit and pack.

    Args:
        connection: to one state of the store.
        before: how far somebody was told; None: never.
        upto: how far they are told now; later checks and decisions are left to the next time.
    """
    runs, found, today = Runs(connection), Newly(), upto.day
    decisions = {
        id: [one for one in made if one.number <= upto.decision] for id, made in Decisions(connection).of().items()
    }
    eventful = _eventful(connection)
    for line in runs.lines():
        line.runs = [run for run in line.runs if run.number <= upto.run]
        if not line.runs:
            continue
        last = line.runs[-1]
        if before is not None and last.number <= before.run and (line.unit, line.pack, last.body) not in eventful:
            continue  # nothing of it can have become otherwise; reading it would be most of the work
        then = _then(runs, line, before)
        check = runs.check(last)
        now = {str(finding.id): finding for finding in check.findings}
        for id, finding in now.items():
            made = decisions.get(id, [])
            state = state_of(finding, made, today, text_sha256=last.text_sha256)
            old = then.look(id, made) if then else None
            _compare(found, runs, line, check, finding, state, old)
            known = set(_days(old, then.made(made), then.watermark.day)) if then else set()
            for day in due_items(finding, state, made, today):
                found.due.append(_due(check, finding, state, day, day not in known))
        for id in (then.findings.keys() - now.keys()) if then else ():
            gone = then.look(id, decisions.get(id, [])) if then else None
            if gone and is_flagged(gone[1]):
                found.resolved.append(_resolved(check, gone[0], gone[1], None, "withdrawn"))
    return found


def _eventful(connection: sa.Connection) -> _Eventful:
    """Which units and packs somebody has decided about, and which runs found something that has a day."""
    findings, decisions, runs = t.findings.c, t.decisions.c, t.runs.c
    decided = (
        sa.select(findings.unit, findings.pack_id).join(t.decisions, decisions.finding_id == findings.id).distinct()
    )
    # As pydantic writes it; in a quote the marks would have a backslash before them.
    dated = sa.select(runs.number).where(runs.body.contains('"due":"', autoescape=True))
    return _Eventful({(row.unit, row.pack_id) for row in connection.execute(decided)}, {*connection.scalars(dated)})


def is_flagged(state: State) -> bool:
    """Whether a finding is one that people are told of: open, with a verdict that says what is wrong."""
    return state.open and state.verdict in FLAGGED


def _then(runs: Runs, line: Line, before: Watermark | None) -> _Then | None:
    earlier = [run for run in line.runs if before is not None and run.number <= before.run]
    if before is None or not earlier:
        return None
    check = runs.check(earlier[-1])
    return _Then(earlier[-1], {str(finding.id): finding for finding in check.findings}, before)


def _compare(
    found: Newly,
    runs: Runs,
    line: Line,
    check: PlanCheck,
    finding: Finding,
    state: State,
    old: tuple[Finding, State] | None,
) -> None:
    was = old is not None and is_flagged(old[1])
    if is_flagged(state):
        if not was:
            events = runs.events(line.short(), str(finding.id))
            silenced = old is not None and old[1].machine in FLAGGED
            back = silenced or any(event.change in ("back", "gone") for event in events)
            found.flagged.append(_flagged(check, finding, state, old, "back" if back else "new"))
        elif old is not None and old[1].verdict != state.verdict:
            found.flagged.append(_flagged(check, finding, state, old, "changed"))
    elif was and old is not None and (how := _how(state)):
        found.resolved.append(_resolved(check, finding, old[1], state, how))


def _how(state: State) -> How | None:
    """How a finding came to be no longer open; None where it is open, with a verdict that is not told of."""
    if state.disposition.kind == "waived":
        return "waived"
    if state.rectification.stage == "closed" and not state.rectification.suspected and state.machine in FLAGGED:
        return "closed"
    if state.open:
        return None
    return "overridden" if state.machine != state.verdict else "met"


def _days(old: tuple[Finding, State] | None, made: Sequence[Decision], day: date) -> Iterator[DueDay]:
    if old is not None:
        yield from due_items(old[0], old[1], made, day)


def _unit(check: PlanCheck) -> str:
    place = check.plan.jurisdiction
    names = [name for name in (place.province, place.city, place.county) if name]
    own = check.plan.issuers[0] if check.plan.issuers and check.plan.level in ("school", "township") else ""
    return "".join(names) + own or (check.plan.issuers or [check.plan.title or check.plan.uri])[0]


def _flagged(
    check: PlanCheck, finding: Finding, state: State, old: tuple[Finding, State] | None, change: str
) -> Flagged:
    return Flagged.model_validate(
        {
            "finding": str(finding.id),
            "jurisdiction": check.plan.jurisdiction,
            "unit": _unit(check),
            "plan": check.plan.id,
            "plan_title": check.plan.title,
            "requirement": finding.title,
            "clause": finding.clause,
            "severity": finding.severity,
            "verdict": state.verdict,
            "before": old[1].verdict if old else None,
            "change": change,
            "lines": finding.explanation,
        }
    )


def _resolved(check: PlanCheck, finding: Finding, before: State, now: State | None, how: How) -> Resolved:
    return Resolved(
        finding=str(finding.id),
        jurisdiction=check.plan.jurisdiction,
        unit=_unit(check),
        requirement=finding.title,
        before=before.verdict,
        verdict=now.verdict if now else None,
        how=how,
    )


def _due(check: PlanCheck, finding: Finding, state: State, day: DueDay, new: bool) -> Due:
    return Due(
        kind=day.kind,
        finding=str(finding.id),
        jurisdiction=check.plan.jurisdiction,
        unit=_unit(check),
        requirement=finding.title,
        day=day.day,
        overdue=day.overdue,
        responsible=state.rectification.responsible if day.kind == "rectification" else None,
        new=new,
    )
