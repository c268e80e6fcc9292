"""The numbers of the findings as they stand today: kept beside the rows of ``present``, so that no page counts all of them.

``present_sums`` has, for each pack, province, requirement and verdict, how many findings there are and how many of them are in
each state; ``present_units`` has a row for each unit and pack. Both change with the rows of a unit, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from corpus import states
from corpus import tables as t
from corpus.states import Asked
from schemas.finding import FAULTS

_P = t.present.c
_S = t.present_sums.c


def _condition(asked: Asked) -> sa.ColumnElement[bool]:
    column = _P[asked.fact]
    if asked.values == (True,):
        return column
    return column.not_in(asked.values) if asked.other else column.in_(asked.values)


STATES: dict[str, sa.ColumnElement[bool]] = {name: _condition(asked) for name, asked in states.STATES.items()}
"""What can be asked for, by name: the states of ``corpus.states`` as conditions of rows."""

OF: dict[str, sa.ColumnElement[bool]] = {
    "met": _P.machine == "met",
    "asked": _P.machine != "not_applicable",
    "faults": _P.machine.in_(sorted(FAULTS)),
}
"""What is counted by the machine's verdict."""


def many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many rows fulfil it."""
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def forget_all(connection: sa.Connection) -> None:
    """Empties both tables, with the rows that they count."""
    for table in (t.present, t.present_sums, t.present_units):
        connection.execute(table.delete())


def take_out(connection: sa.Connection, unit: str, pack: str) -> None:
    """Takes the rows of a unit and pack out, and out of the sums."""
    _add(connection, unit, pack, -1)
    connection.execute(t.present.delete().where(_P.unit == unit, _P.pack_id == pack))
    connection.execute(t.present_sums.delete().where(_S.pack_id == pack, _S.findings == 0))
    u = t.present_units.c
    connection.execute(t.present_units.delete().where(u.unit == unit, u.pack_id == pack))


def put_in(connection: sa.Connection, unit: str, pack: str, rows: Sequence[dict[str, Any]]) -> None:
    """Puts the rows of a unit and pack in, and into the sums."""
    if not rows:
        return
    connection.execute(t.present.insert(), rows)
    _add(connection, unit, pack, 1)
    same = {name: rows[0][name] for name in ("unit", "pack_id", "document_id", "place", "province", "city", "county")}
    machine = [row["machine"] for row in rows]
    counted = {
        "met": machine.count("met"),
        "asked": len(machine) - machine.count("not_applicable"),
        "overdue": sum(bool(row["overdue"]) for row in rows),
    }
    connection.execute(t.present_units.insert(), same | counted)


def _add(connection: sa.Connection, unit: str, pack: str, sign: int) -> None:
    keys = (_P.pack_id, sa.func.coalesce(_P.province, ""), _P.requirement, _P.verdict)
    sums: dict[str, sa.ColumnElement[Any]] = {
        "findings": sa.func.count(),
        "positions": sa.func.sum(_P.position),
        **{name: many(condition) for name, condition in (OF | STATES).items()},
    }
    made = sa.select(*keys, *(sign * one for one in sums.values())).where(_P.unit == unit, _P.pack_id == pack)
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    names = ["pack_id", "province", "requirement", "verdict"]
    insert = dialect.insert(t.present_sums).from_select([*names, *sums], made.group_by(*keys))
    added = {name: _S[name] + insert.excluded[name] for name in sums}
    connection.execute(insert.on_conflict_do_update(index_elements=names, set_=added))
