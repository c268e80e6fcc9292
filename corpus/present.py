"""How every finding stands today, as rows of one table: counted, filtered and paged without reading the checks themselves.

The table ``present`` is made from runs and decisions and follows them: whoever asks first after a run, a decision or a
day on which something falls due brings the units that are touched up to date, a portion at a time, each in a
transaction of its own. Who writes documents is not waited for longer than that. Where the rules have changed by which the rows are made, all
are made anew.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch, chunks
from corpus.choice import Choice
from corpus.decisions import Decisions
from corpus.due import due_items
from corpus.history import Line, Runs
from corpus.standing import Standing, of_line, place_name
from corpus.states import facts_of
from corpus.tallied import OF, STATES, forget_all, many, put_in, take_out
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

_P = t.present.c
_MARKS = sa.select(
    sa.select(t.meta.c.value).where(t.meta.c.key == _UPTO).scalar_subquery(),
    sa.select(sa.func.max(t.runs.c.number)).scalar_subquery(),
    sa.select(sa.func.max(t.decisions.c.number)).scalar_subquery(),
    sa.exists().where(_P.turns_on <= sa.bindparam("today")),
)
_S, _U = t.present_sums.c, t.present_units.c


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings in numbers: units, how many findings were met, apply, have a fault, wait for somebody, are overdue."""

    units: int
    met: int
    asked: int
    faults: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit and pack of the matrix: ``cells`` by requirement."""

    unit: str
    place: str
    document: str
    cells: dict[str, sa.Row[Any]]

    @property
    def met(self) -> int:
        """How many requirements are met."""
        return sum(cell.machine == "met" for cell in self.cells.values())

    @property
    def asked(self) -> int:
        """How many requirements apply."""
        return sum(cell.machine != "not_applicable" for cell in self.cells.values())

    @property
    def overdue(self) -> int:
        """How many are overdue."""
        return sum(cell.overdue for cell in self.cells.values())


class Present:
    """The rows of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.mark = ""
        """Of what is followed: as long as it is the same, the rows are."""

    # Following

    def follow(self, today: date) -> None:
        """Brings the rows up to what is stored and to the day ``today``.

        Raises:
            CorpusError: the store cannot be written.
        """
        if not self._touched(today):
            return
        with _FOLLOWING:
            touched = self._touched(today)
            if touched is None:
                return
            keys, upto, anew = touched
            if anew:
                with self._store.beside(t.present) as connection:
                    forget_all(connection)
            for start in range(0, len(keys), _PORTION):
                with self._store.beside(t.present) as connection:
                    self._make(connection, keys[start : start + _PORTION], today)
            with self._store.beside(t.present) as connection:
                Batch(connection).put_meta(**{_UPTO: upto})
            self.mark = upto

    def look(self) -> None:
        """Takes the rows as they are."""
        with self._store.snapshot() as connection:
            self.mark = connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == _UPTO)) or ""

    def _touched(self, today: date) -> tuple[list[tuple[str, str]], str, bool] | None:
        """The units and packs whose rows are not those of today, the mark they will be at, whether all are made anew."""
        with self._store.snapshot() as connection:
            old, run, decision, turned = connection.execute(_MARKS, {"today": today.isoformat()}).one()
            old, run, decision = old or "", run or 0, decision or 0
            upto = f"{_rules()} {run} {decision}"
            if not turned and old.rpartition(" ")[0] == upto and old.rpartition(" ")[2] <= today.isoformat():
                self.mark = old
                return None
            rules, runs_done, decided, day = [*old.split(), "", "", "", ""][:4]
            anew = (
                rules != _rules() or today.isoformat() < day
            )  # rows know only when they turn, not what they were before
            done, said = (0, 0) if anew else (int(runs_done), int(decided))
            runs, findings = t.runs.c, t.findings.c
            # A plan that has turned out to be another unit's is missed by the one it was taken for.
            plans = sa.select(runs.document_id).where(runs.number > done)
            queries: list[sa.Select[Any]] = [sa.select(_P.unit, _P.pack_id).where(_P.turns_on <= today.isoformat())]
            if run > done:
                queries.append(sa.select(runs.unit, runs.pack_id).where(runs.document_id.in_(plans)).distinct())
            if decision > said:
                made = sa.select(t.decisions.c.finding_id).where(t.decisions.c.number > said)
                queries.append(sa.select(findings.unit, findings.pack_id).where(findings.id.in_(made)).distinct())
            keys = sorted({(row.unit, row.pack_id) for query in queries for row in connection.execute(query)})
        behind = bool(keys) or anew or old.rpartition(" ")[0] != upto
        return (keys, f"{upto} {today.isoformat()}", anew) if behind else None

    def _make(self, connection: sa.Connection, keys: Sequence[tuple[str, str]], today: date) -> None:
        runs = Runs(connection)
        for unit, pack in keys:
            take_out(connection, unit, pack)
            for line in runs.lines(unit=unit, pack=pack):
                rows = [_row(one, n, line, today) for n, one in enumerate(_standing(connection, runs, line, today))]
                put_in(connection, unit, pack, rows)

    # Asking

    def page(self, choice: Choice, *, limit: int, offset: int = 0) -> list[sa.Row[Any]]:
        """Rows by pack, unit and place in the pack."""
        query = sa.select(t.present).where(*choice.clauses()).order_by(_P.pack_id, _P.unit, _P.position)
        with self._store.snapshot() as connection:
            return list(connection.execute(query.limit(limit).offset(offset)))

    def outdated(self, documents: Collection[str]) -> set[str]:
        """Those of some plans whose file has been replaced since they were checked."""
        current: set[str] = set()
        with self._store.snapshot() as connection:
            for chunk in chunks(sorted(documents)):
                query = sa.select(t.documents.c.id).where(t.documents.c.current, t.documents.c.id.in_(chunk))
                current.update(connection.scalars(query))
        return set(documents) - current

    def count(self, choice: Choice) -> int:
        """How many findings."""
        with self._store.snapshot() as connection:
            if not choice.summed:
                query = sa.select(sa.func.count()).select_from(t.present).where(*choice.clauses())
            else:
                query = sa.select(sa.func.sum(_S[choice.known_state or "findings"])).where(*choice.sums())
            return connection.scalar(query) or 0

    def counts(self, choice: Choice) -> Counts:
        """The numbers of what is chosen."""
        names = ("met", "asked", "faults", "open", "overdue")
        with self._store.snapshot() as connection:
            if choice.of_units:
                # A unit counts once, however many packs it was checked with.
                units = sa.select(sa.func.count(_U.unit.distinct())).where(*choice.units())
            else:
                units = sa.select(sa.func.count(_P.unit.distinct())).where(*choice.clauses())
            if choice.known_state or not choice.summed:
                query = sa.select(*(many((OF | STATES)[name]) for name in names)).where(*choice.clauses())
            else:
                query = sa.select(*(sa.func.sum(_S[name]) for name in names)).where(*choice.sums())
            numbers = connection.execute(query).one()
            return Counts(connection.scalar(units) or 0, *(number or 0 for number in numbers))

    def by(self, name: Literal["pack_id", "province", "requirement", "verdict"], choice: Choice) -> dict[str, int]:
        """How many findings of each pack, province, requirement or verdict."""
        with self._store.snapshot() as connection:
            if choice.known_state or not choice.summed:
                column = t.present.c[name]
                query = sa.select(column, sa.func.count()).where(*choice.clauses())
            else:
                column = t.present_sums.c[name]
                query = sa.select(column, sa.func.sum(_S.findings)).where(*choice.sums())
            rows = connection.execute(query.group_by(column).order_by(column))
            return {key: number for key, number in rows if key}

    def cities(self, choice: Choice) -> list[str]:
        """The cities whose units were checked, by name."""
        query = sa.select(_U.city).where(*choice.units(), _U.city.is_not(None)).distinct().order_by(_U.city)
        with self._store.snapshot() as connection:
            return list(connection.scalars(query))

    def requirements(self, choice: Choice) -> list[sa.Row[Any]]:
        """The requirements of a pack in its order: id, title, severity, met, asked, faults, open, overdue; of what is chosen."""
        names = ("met", "asked", "faults", "open", "overdue")
        if choice.known_state or not choice.summed:
            sums = [many((OF | STATES)[name]).label(name) for name in names]
            position = (sa.func.sum(_P.position) * 1.0 / sa.func.count()).label("position")
            query = sa.select(_P.pack_id, _P.requirement, position, *sums).where(*choice.clauses())
            counted = query.group_by(_P.pack_id, _P.requirement).subquery()
        else:
            sums = [sa.func.sum(_S[name]).label(name) for name in names]
            position = (sa.func.sum(_S.positions) * 1.0 / sa.func.sum(_S.findings)).label("position")
            query = sa.select(_S.pack_id, _S.requirement, position, *sums).where(*choice.sums())
            counted = query.group_by(_S.pack_id, _S.requirement).subquery()
        named = t.present.alias()
        # What a requirement is called is asked of one row of it.
        one = sa.select(named.c.finding_id).where(
            named.c.pack_id == counted.c.pack_id, named.c.requirement == counted.c.requirement
        )
        rows = sa.select(counted, _P.title, _P.severity).select_from(counted)
        rows = rows.join(t.present, _P.finding_id == one.limit(1).scalar_subquery())
        with self._store.snapshot() as connection:
            return list(connection.execute(rows.order_by(counted.c.position, counted.c.requirement)))

    def units(self, choice: Choice, *, limit: int, offset: int = 0) -> list[UnitRow]:
        """The units of one pack with their cells, in the order of their keys, which is that of the division codes."""
        if choice.of_units:
            query = sa.select(_U.unit).where(*choice.units()).order_by(_U.unit)
        else:
            query = sa.select(_P.unit).where(*choice.clauses()).distinct().order_by(_P.unit)
        with self._store.snapshot() as connection:
            names = list(connection.scalars(query.limit(limit).offset(offset)))
            columns = (
                _P.finding_id, _P.unit, _P.place, _P.document_id, _P.requirement, _P.title, _P.machine, _P.verdict,
                _P.open, _P.overdue, _P.said, _P.disposition, _P.stage,
            )  # fmt: skip
            among = [_P.requirement.in_(choice.requirements)] if choice.requirements else []
            found: dict[str, list[Any]] = {name: [] for name in names}
            for chunk in chunks(names):
                rows = sa.select(*columns).where(_P.pack_id == choice.pack, _P.unit.in_(chunk), *among)
                for row in connection.execute(rows.order_by(_P.position)):
                    found[row.unit].append(row)
        return [
            UnitRow(unit, cells[0].place, cells[0].document_id, {c.requirement: c for c in cells})
            for unit, cells in found.items()
            if cells
        ]

    def latest(self, limit: int) -> list[sa.Row[Any]]:
        """What has become otherwise lately, newest first: faults that are new, changed or back, and those that are gone."""
        found: list[sa.Row[Any]] = []
        with self._store.snapshot() as connection:
            for change in ("new", "changed", "back", "gone"):
                query = sa.select(t.present).where(_P.change == change)
                found += connection.execute(query.order_by(_P.since.desc(), _P.finding_id.desc()).limit(limit))
        return sorted(found, key=lambda row: (row.since, row.finding_id), reverse=True)[:limit]

    def due(self, today: date, limit: int, *, overdue: bool) -> list[sa.Row[Any]]:
        """Findings whose day has passed, or comes soon, by the day."""
        which = _P.overdue if overdue else sa.and_(_P.next_day >= today.isoformat(), sa.not_(_P.overdue))
        query = sa.select(t.present).where(which).order_by(_P.next_day, _P.finding_id).limit(limit)
        with self._store.snapshot() as connection:
            return list(connection.execute(query))

    # One unit

    def beside(self, id: str) -> list[sa.Row[Any]]:
        """The findings of the same unit and pack as one of them, in the order of the pack: none for one that is not there."""
        own = sa.select(_P.pack_id, _P.unit).where(_P.finding_id == id)
        query = sa.select(_P.finding_id, _P.requirement, _P.title, _P.machine)
        query = query.where(sa.tuple_(_P.pack_id, _P.unit).in_(own)).order_by(_P.position)
        with self._store.snapshot() as connection:
            return list(connection.execute(query))

    def of_finding(self, id: str, today: date) -> Standing | None:
        """One finding as it stands; None where the last check of its unit no longer has it."""
        with self._store.snapshot() as connection:
            row = connection.execute(sa.select(t.findings).where(t.findings.c.id == id)).one_or_none()
            if row is None:
                return None
            runs = Runs(connection)
            for line in runs.lines(unit=row.unit, pack=row.pack_id):
                return next(
                    (one for one in _standing(connection, runs, line, today) if str(one.finding.id) == id), None
                )
        return None

    def of_plan(self, document: str, today: date) -> list[Standing]:
        """The findings of the packs and units for which a document is the leading plan."""
        runs_of = sa.select(t.runs.c.unit, t.runs.c.pack_id).where(t.runs.c.document_id == document).distinct()
        found: list[Standing] = []
        with self._store.snapshot() as connection:
            runs = Runs(connection)
            for unit, pack in sorted({(row.unit, row.pack_id) for row in connection.execute(runs_of)}):
                for line in runs.lines(unit=unit, pack=pack):
                    if line.runs[-1].document == document:
                        found += _standing(connection, runs, line, today)
        return found

    def standings(self, choice: Choice, today: date) -> Iterator[Standing]:
        """The findings that are chosen, whole, by pack and unit: for files, which have all of them."""
        query = sa.select(_P.pack_id, _P.unit, _P.finding_id).where(*choice.clauses())
        with self._store.snapshot() as connection:
            wanted: dict[tuple[str, str], set[str]] = {}
            for row in connection.execute(query.order_by(_P.pack_id, _P.unit)):
                wanted.setdefault((row.pack_id, row.unit), set()).add(row.finding_id)
            for (pack, unit), ids in wanted.items():
                runs = Runs(connection)
                for line in runs.lines(unit=unit, pack=pack):
                    yield from (one for one in _standing(connection, runs, line, today) if one.finding.id in ids)

    def leading(self, document: str) -> list[tuple[str, str]]:
        """Other plans that speak for the units of a document: pack and document."""
        runs = t.runs.c
        units = sa.select(runs.unit).where(runs.document_id == document)
        query = sa.select(_U.pack_id, _U.document_id).where(_U.unit.in_(units), _U.document_id != document).distinct()
        with self._store.snapshot() as connection:
            return [(row.pack_id, row.document_id) for row in connection.execute(query.order_by(_U.pack_id))]


def _standing(connection: sa.Connection, runs: Runs, line: Line, today: date) -> list[Standing]:
    named = sa.select(t.findings.c.id).where(t.findings.c.unit == line.unit, t.findings.c.pack_id == line.pack)
    decided = sa.select(t.decisions.c.finding_id).where(t.decisions.c.finding_id.in_(named)).distinct()
    return of_line(runs, line, Decisions(connection).of(list(connection.scalars(decided))), today)


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
        ("corpus", "present.py"), ("corpus", "tallied.py"), ("corpus", "standing.py"), ("corpus", "due.py"), ("corpus", "history.py"),
        ("schemas", "standing.py"), ("schemas", "finding.py"),
    ):  # fmt: skip
        digest.update(files(package).joinpath(name).read_bytes())
    return digest.hexdigest()[:16]
