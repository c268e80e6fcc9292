"""The states in which findings can be asked for, said once: for rows of the store (``corpus.tallied``) and for findings in hand.

A state is what one fact of a finding may be; the facts stand in columns of the same names in the table ``present``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.standing import Standing


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the fact ``fact``: that it is one of ``values``, or with ``other`` that it is none of them."""

    fact: str
    values: tuple[str | bool, ...] = (True,)
    other: bool = False

    def holds(self, facts: Mapping[str, str | bool]) -> bool:
        """Whether the facts are so."""
        return (facts[self.fact] in self.values) is not self.other


STATES: Mapping[str, Asked] = {
    "open": Asked("open"),
    "overdue": Asked("overdue"),
    "overridden": Asked("disposition", ("overridden",)),
    "waived": Asked("disposition", ("waived",)),
    "disputed": Asked("disposition", ("disputed",)),
    "stale": Asked("stale"),
    "rectifying": Asked("stage", ("none", "closed"), other=True),
    "closed": Asked("stage", ("closed",)),
    "relapsed": Asked("relapsed"),
    "new": Asked("change", ("new",)),
    "changed": Asked("change", ("changed",)),
    "gone": Asked("change", ("gone",)),
    "back": Asked("change", ("back",)),
}
"""What can be asked for, by name."""


def facts_of(one: Standing) -> dict[str, str | bool]:
    """What of a finding as it stands can be asked for."""
    disposition, rectification = one.state.disposition, one.state.rectification
    return {
        "open": one.state.open,
        "overdue": one.state.overdue,
        "disposition": disposition.kind,
        "stage": rectification.stage,
        "stale": disposition.stale or disposition.lapsed,
        "relapsed": rectification.stage == "relapsed" or rectification.suspected,
        "change": one.event.change,
    }
