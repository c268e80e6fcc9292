"""Where everything stands: each finding of the corpus with its plan, its last change, its decisions and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from corpus import tables as t
from corpus.decisions import Decisions
from corpus.history import Event, Line, Runs
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
        place = runs.check(line.runs[-1]).plan
        if unit is None or unit in line.unit or unit in place_name(place) or unit in place.issuers:
            result += of_line(runs, line, decisions, today)
    return result


def of_line(runs: Runs, line: Line, decisions: Mapping[str, list[Decision]], today: date) -> list[Standing]:
    """The findings of one unit and pack. ``decisions`` by finding, of at least these."""
    last, short, result = line.runs[-1], line.short(), []
    check = runs.check(last)
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


def of_line_now(connection: sa.Connection, runs: Runs, line: Line, today: date) -> list[Standing]:
    """The findings of one unit and pack with the decisions about them, and no others."""
    named = sa.select(t.findings.c.id).where(t.findings.c.unit == line.unit, t.findings.c.pack_id == line.pack)
    decided = sa.select(t.decisions.c.finding_id).where(t.decisions.c.finding_id.in_(named)).distinct()
    return of_line(runs, line, Decisions(connection).of(list(connection.scalars(decided))), today)


def place_name(plan: PlanReference) -> str:
    """Province, city and county of a plan in one word; empty where it names none."""
    place = plan.jurisdiction
    return "".join(part for part in (place.province, place.city, place.county) if part)


def _since(events: list[Event]) -> str:
    """When the finding came to be what it is: the first of the runs that left it unchanged up to the last."""
    moment = events[-1].run.made_at
    for event in reversed(events):
        moment = event.run.made_at
        if event.change not in ("same", "fine"):
            break
    return moment
