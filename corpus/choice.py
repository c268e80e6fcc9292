"""Which findings are asked for, as conditions on the rows of ``corpus.present`` and on the numbers kept beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.tallied import STATES
from extractors.fold import fold
from schemas.finding import FAULTS, VERDICTS

_P, _S, _U = t.present.c, t.present_sums.c, t.present_units.c
_Columns = sa.ColumnCollection[str, sa.ColumnElement[Any]]
HAVING: dict[str, Callable[[_Columns], sa.ColumnElement[bool]]] = {
    "faults": lambda c: c["machine"].in_(sorted(FAULTS)),
    "open": lambda c: c["open"] == sa.true(),
    "overdue": lambda c: c["overdue"] == sa.true(),
    **{verdict: partial(lambda c, verdict: c["machine"] == verdict, verdict=verdict) for verdict in VERDICTS},
}
"""What units can be asked for by: that they have a finding of this kind."""
_COUNTED: dict[str, sa.ColumnElement[bool]] = {"overdue": _U.overdue > 0, "faults": _U.met < _U.asked}
"""Those of them that are told by what is counted for each unit: what applies and is not met is a fault."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which findings; an empty field asks for nothing. ``unit`` is a part of a name, ``verdict`` the one that counts.

    ``having`` asks for the findings of units that have one of a kind (``HAVING``), all of them: the check's own verdict, a
    fault, something open or overdue; where ``requirements`` are named, among those. ``requirements`` are columns of the
    matrix: they leave findings out and no units. ``only``: ``faults`` asks for those whose verdict that counts is a fault.
    """

    pack: str = ""
    unit: str = ""
    province: str = ""
    requirement: str = ""
    verdict: str = ""
    state: str = ""
    city: str = ""
    severity: str = ""
    having: str = ""
    requirements: tuple[str, ...] = ()
    only: str = ""

    def clauses(self) -> list[sa.ColumnElement[bool]]:
        """As conditions on ``present``."""
        found: list[sa.ColumnElement[bool]] = []
        names = ("province", "requirement", "verdict", "severity")
        equal = [(_P.pack_id, self.pack), *((_P[name], getattr(self, name)) for name in names)]
        found += [column == value for column, value in equal if value]
        if self.requirements:
            found.append(_P.requirement.in_(self.requirements))
        if self.only:
            found.append(_P.verdict.in_(sorted(FAULTS)))
        if named := self._named():
            # There are as many names as units, and many more findings.
            found.append(sa.tuple_(_P.pack_id, _P.unit).in_(sa.select(_U.pack_id, _U.unit).where(*named)))
        if self.known_state:
            found.append(STATES[self.known_state])
        return found

    @property
    def known_state(self) -> str:
        """The state that is asked for; empty for one that there is not."""
        return self.state if self.state in STATES else ""

    @property
    def of_units(self) -> bool:
        """Whether it asks for units whole: for nothing that their findings differ in."""
        return not (self.requirement or self.verdict or self.known_state or self.severity or self.only)

    @property
    def summed(self) -> bool:
        """Whether its numbers are among those that are kept (``present_sums``), but for the state of findings."""
        return not (self.unit or self.city or self.severity or self.having)

    def units(self) -> list[sa.ColumnElement[bool]]:
        """As conditions on ``present_units``, where it asks for units whole."""
        equal = ((_U.pack_id, self.pack), (_U.province, self.province))
        return [*(column == value for column, value in equal if value), *self._named()]

    def sums(self) -> list[sa.ColumnElement[bool]]:
        """As conditions on ``present_sums``, where it asks for no names; the state is a column."""
        equal = ((_S.pack_id, self.pack), (_S.province, self.province), (_S.requirement, self.requirement))
        among = [_S.requirement.in_(self.requirements)] if self.requirements else []
        among += [_S.verdict.in_(sorted(FAULTS))] if self.only else []
        return [*(column == value for column, value in (*equal, (_S.verdict, self.verdict)) if value), *among]

    def _named(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = [_U.city == self.city] if self.city else []
        if self.unit:
            part = fold(self.unit.strip())
            found.append(sa.or_(_U.place.contains(part, autoescape=True), _U.unit.contains(part, autoescape=True)))
        if self.having in _COUNTED and not self.requirements:
            found.append(_COUNTED[self.having])
        elif self.having in HAVING:
            named = t.present.alias()
            same = [named.c.pack_id == self.pack] if self.pack else []
            same += [named.c.requirement.in_(self.requirements)] if self.requirements else []
            having = sa.select(named.c.pack_id, named.c.unit).where(HAVING[self.having](named.c), *same)
            found.append(sa.tuple_(_U.pack_id, _U.unit).in_(having))
        return found
