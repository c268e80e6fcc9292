"""How every finding stands today: counted, filtered and paged without reading the checks themselves.

What is asked here is the table ``present``, a row a finding, and the numbers kept beside it (``corpus.tallied``); the rows are
made by ``corpus.present_rows``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks
from corpus.choice import Choice
from corpus.decisions import Decisions
from corpus.history import Runs
from corpus.standing import Standing, of_line_now
from corpus.tallied import OF, STATES, many
from schemas.decision import Decision
from schemas.standing import WAITING, effective_decisions, rectified_by

if TYPE_CHECKING:
    from corpus.store import Store

_P = t.present.c
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
    """The rows of a store.

    Args:
        store: the store.
        mark: of what the rows follow, as ``corpus.present_rows`` gives it: as long as it is the same, they are.
    """

    def __init__(self, store: Store, mark: str) -> None:
        self._store = store
        self.mark = mark

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

    def undated(self) -> list[sa.Row[Any]]:
        """Open findings that the unit has to put right and that were given no day for it, by pack and unit."""
        # There are far fewer decisions than findings.
        decided = sa.select(t.decisions.c.finding_id)
        query = sa.select(t.present).where(_P.finding_id.in_(decided), _P.open, _P.stage.in_(sorted(WAITING)))
        with self._store.snapshot() as connection:
            rows = connection.execute(query.order_by(_P.pack_id, _P.unit, _P.position)).all()
            made: dict[str, list[Decision]] = {}
            for chunk in chunks([row.finding_id for row in rows]):
                made |= Decisions(connection).of(chunk)
        return [row for row in rows if rectified_by(effective_decisions(made.get(row.finding_id, []))) is None]

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
                    (one for one in of_line_now(connection, runs, line, today) if str(one.finding.id) == id), None
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
                        found += of_line_now(connection, runs, line, today)
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
                    yield from (one for one in of_line_now(connection, runs, line, today) if one.finding.id in ids)

    def leading(self, document: str) -> list[tuple[str, str]]:
        """Other plans that speak for the units of a document: pack and document."""
        runs = t.runs.c
        units = sa.select(runs.unit).where(runs.document_id == document)
        query = sa.select(_U.pack_id, _U.document_id).where(_U.unit.in_(units), _U.document_id != document).distinct()
        with self._store.snapshot() as connection:
            return [(row.pack_id, row.document_id) for row in connection.execute(query.order_by(_U.pack_id))]
