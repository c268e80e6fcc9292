"""Making the rows that say how every finding stands today.

The table ``present`` is made from runs and decisions and follows them: whoever asks first after a run, a decision or a
day on which something falls due brings the units that are touched up to date, a portion at a time, each in a
transaction of its own. Who writes documents is not waited for longer than that. Where the rules have changed by which the rows are made, all
are made anew.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch
from corpus.due import due_items
from corpus.history import Line, Runs
from corpus.standing import Standing, of_line_now, place_name
from corpus.states import facts_of
from corpus.tallied import forget_all, put_in, take_out
from schemas.decision import Decision, Dispute, Rectification, Waiver
from schemas.digest import SOON
from schemas.finding import DUE_SOON
from schemas.standing import disposition_words, effective_decisions, rectification_words

if TYPE_CHECKING:
    from corpus.store import Store

_PORTION = 20
"""Units in a transaction: some tenths of a second."""
_FOLLOWING = threading.Lock()
_UPTO = "present"
"""In ``meta``: by which rules, up to which run and decision, and on which day the rows are made."""

_MARKS = sa.select(
    sa.select(t.meta.c.value).where(t.meta.c.key == _UPTO).scalar_subquery(),
    sa.select(sa.func.max(t.runs.c.number)).scalar_subquery(),
    sa.select(sa.func.max(t.decisions.c.number)).scalar_subquery(),
    sa.exists().where(t.present.c.turns_on <= sa.bindparam("today")),
)


@dataclass(frozen=True, slots=True)
class _Behind:
    """The units and packs whose rows are not those of today, the mark they will be at, whether all are made anew."""

    keys: list[tuple[str, str]]
    mark: str
    anew: bool


def look(store: Store) -> str:
    """The mark of the rows as they are; empty where there are none yet."""
    with store.snapshot() as connection:
        return connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == _UPTO)) or ""


def follow(store: Store, today: date) -> str:
    """Brings the rows up to what is stored and to the day ``today``; gives their mark.

    Raises:
        CorpusError: the store cannot be written.
    """
    behind = _behind(store, today)
    if isinstance(behind, str):
        return behind
    with _FOLLOWING:
        behind = _behind(store, today)  # another thread may have made them meanwhile
        if isinstance(behind, str):
            return behind
        if behind.anew:
            with store.beside(t.present) as connection:
                forget_all(connection)
        for start in range(0, len(behind.keys), _PORTION):
            with store.beside(t.present) as connection:
                _make(connection, behind.keys[start : start + _PORTION], today)
        with store.beside(t.present) as connection:
            Batch(connection).put_meta(**{_UPTO: behind.mark})
        return behind.mark


def _behind(store: Store, today: date) -> _Behind | str:
    """What has to be made; where nothing has, the mark of the rows."""
    with store.snapshot() as connection:
        old, run, decision, turned = connection.execute(_MARKS, {"today": today.isoformat()}).one()
        old, run, decision = old or "", run or 0, decision or 0
        upto = f"{_rules()} {run} {decision}"
        if not turned and old.rpartition(" ")[0] == upto and old.rpartition(" ")[2] <= today.isoformat():
            return str(old)
        rules, runs_done, decided, day = [*old.split(), "", "", "", ""][:4]
        anew = rules != _rules() or today.isoformat() < day  # rows know only when they turn, not what they were before
        done, said = (0, 0) if anew else (int(runs_done), int(decided))
        runs, findings, rows = t.runs.c, t.findings.c, t.present.c
        # A plan that has turned out to be another unit's is missed by the one it was taken for.
        plans = sa.select(runs.document_id).where(runs.number > done)
        queries: list[sa.Select[Any]] = [sa.select(rows.unit, rows.pack_id).where(rows.turns_on <= today.isoformat())]
        if run > done:
            queries.append(sa.select(runs.unit, runs.pack_id).where(runs.document_id.in_(plans)).distinct())
        if decision > said:
            made = sa.select(t.decisions.c.finding_id).where(t.decisions.c.number > said)
            queries.append(sa.select(findings.unit, findings.pack_id).where(findings.id.in_(made)).distinct())
        keys = sorted({(row.unit, row.pack_id) for query in queries for row in connection.execute(query)})
    return _Behind(keys, f"{upto} {today.isoformat()}", anew)


def _make(connection: sa.Connection, keys: Sequence[tuple[str, str]], today: date) -> None:
    runs = Runs(connection)
    for unit, pack in keys:
        take_out(connection, unit, pack)
        for line in runs.lines(unit=unit, pack=pack):
            rows = [_row(one, n, line, today) for n, one in enumerate(of_line_now(connection, runs, line, today))]
            put_in(connection, unit, pack, rows)


def _row(one: Standing, position: int, line: Line, today: date) -> dict[str, object]:
    finding, plan, state = one.finding, one.plan, one.state
    place = plan.jurisdiction
    names = place_name(plan)
    own = plan.issuers[0] if plan.issuers and (plan.level in ("school", "township") or not names) else ""
    days = sorted(due_items(finding, state, one.decisions, today), key=lambda one: one.day)
    said = [disposition_words(state), rectification_words(state)]
    return {
        "finding_id": finding.id,
        "pack_id": line.pack,
        "unit": line.unit,
        "position": position,
        "document_id": plan.id,
        "place": names + own or plan.title or plan.uri,
        "province": place.province,
        "city": place.city,
        "county": place.county,
        "requirement": finding.requirement,
        "title": finding.title,
        "severity": finding.severity,
        "machine": finding.verdict,
        "verdict": state.verdict,
        "reason": state.reason,
        "observed": finding.observed,
        "due": finding.due.isoformat() if finding.due else None,
        "time": state.time,
        **facts_of(one),
        "said": " ".join(words for words in said if words),
        "since": one.since,
        "next_day": days[0].day.isoformat() if days else None,
        "next_kind": days[0].kind if days else None,
        "turns_on": min((day.isoformat() for day in _turns(one) if day > today), default=None),
    }


def _turns(one: Standing) -> Iterator[date]:
    """The days on which a finding may come to stand otherwise, or to be near its day."""
    days = [one.finding.due] if one.finding.due else []
    days += [day for decision in effective_decisions(one.decisions) if (day := _day(decision))]
    for day in days:
        for before in (DUE_SOON, SOON, timedelta(0)):
            if (day - date.min) > before:
                yield day - before
        if day < date.max:
            yield day + timedelta(1)


def _day(decision: Decision) -> date | None:
    if isinstance(decision, Waiver):
        return decision.until
    return decision.deadline if isinstance(decision, Dispute | Rectification) else None


@cache
def _rules() -> str:
    """Sixteen hexadecimal digits over what makes findings and decisions into rows."""
    digest = sha256()
    for package, name in (
        ("corpus", "present_rows.py"), ("corpus", "tallied.py"), ("corpus", "standing.py"), ("corpus", "due.py"), ("corpus", "history.py"),
        ("schemas", "standing.py"), ("schemas", "finding.py"),
    ):  # fmt: skip
        digest.update(files(package).joinpath(name).read_bytes())
    return digest.hexdigest()[:16]
