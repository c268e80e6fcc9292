"""Where everything stands: each finding of the corpus with its plan, its last change, its decisions and its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from corpus.decisions import Decisions
from corpus.history import Event, Runs
from schemas.decision import Decision
from schemas.finding import Finding, PackReference, PlanReference
from schemas.standing import State, state_of


@dataclass(frozen=True, slots=True)
class Standing:
    """One finding as it stands.

    ``event`` is what the last run made of it, ``since`` the moment from which it has been so, ``others`` the unit's other
    current plans; ``outdated``: the plan's file has been replaced since and not been checked yet.
    """

    finding: Finding
    plan: PlanReference
    pack: PackReference
    unit: str
    event: Event
    since: str
    decisions: list[Decision]
    state: State
    others: list[str]
    outdated: bool


def standings(
    connection: sa.Connection, today: date, *, pack: str | None = None, unit: str | None = None
) -> list[Standing]:
    """Every finding of the last run of each unit and pack, as its leading plan has it.

    Args:
        connection: to the store.
        today: the day that states are told for.
        pack: only of the pack of this id.
        unit: only of units whose key holds this text, or whose plan's place does.
    """
    runs = Runs(connection)
    decisions = Decisions(connection).of()
    result: list[Standing] = []
    for line in runs.lines(pack=pack):
        last = line.runs[-1]
        check = runs.check(last)
        place = check.plan.jurisdiction
        names = "".join(part for part in (place.province, place.city, place.county) if part)
        if unit is not None and unit not in line.unit and unit not in names and unit not in check.plan.issuers:
            continue
        short = line.short()
        for finding in check.findings:
            id = str(finding.id)
            events = runs.events(short, id)
            made = decisions.get(id, [])
            result.append(
                Standing(
                    finding=finding,
                    plan=check.plan,
                    pack=check.pack,
                    unit=line.unit,
                    event=events[-1],
                    since=_since(events),
                    decisions=made,
                    state=state_of(finding, made, today, text_sha256=last.text_sha256),
                    others=line.others,
                    outdated=line.outdated,
                )
            )
    return result


def _since(events: list[Event]) -> str:
    """When the finding came to be what it is: the first of the runs that left it unchanged up to the last."""
    moment = events[-1].run.made_at
    for event in reversed(events):
        moment = event.run.made_at
        if event.change not in ("same", "fine"):
            break
    return moment
