"""The county × requirement table: one row for each checked plan, one column for each requirement of its pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.finding import FAULTS, Finding, PlanCheck, PlanReference, Severity, Verdict
from schemas.standing import State, disposition_words, rectification_words

SIGNS: dict[Verdict, str] = {
    "met": "✓",
    "partial": "~",
    "not_met": "✗",
    "not_found": "∅",
    "conflict": "!",
    "not_applicable": "-",
    "undetermined": "?",
}
"""One column wide in every terminal; ○, ◐ and ≠ take two in some Chinese ones and would shift the table."""


@dataclass(frozen=True, slots=True)
class Column:
    """A requirement of the pack."""

    requirement: str
    title: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Row:
    """A checked plan; ``cells`` holds its findings in the order of the columns (None where it has none).

    ``states`` says in the same order how they stand, where that was given.
    """

    place: str
    plan: PlanReference
    cells: tuple[Finding | None, ...]
    check: PlanCheck
    states: tuple[State | None, ...] = ()

    def count(self, *verdicts: Verdict) -> int:
        """How many requirements got one of the verdicts."""
        return sum(1 for cell in self.cells if cell and cell.verdict in verdicts)

    @property
    def asked(self) -> int:
        """How many requirements apply to the plan."""
        return sum(cell is not None for cell in self.cells) - self.count("not_applicable")

    def late(self, column: int) -> bool:
        """Whether somebody must still act in a column and the day for it has passed: the requirement's own, or that of
        the rectification."""
        cell = self.cells[column]
        state = self.states[column] if self.states else None
        if state is not None:
            return state.overdue
        return cell is not None and cell.verdict in FAULTS and cell.due_state == "overdue"

    def people(self, column: int) -> str:
        """What people did about a cell, in a few words: disposition and rectification; empty where nothing."""
        state = self.states[column] if self.states else None
        return (
            " ".join(words for words in (disposition_words(state), rectification_words(state)) if words)
            if state
            else ""
        )

    @property
    def overdue(self) -> int:
        """How many of the plan's faults are overdue."""
        return sum(self.late(column) for column in range(len(self.cells)))


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table of one pack."""

    pack: str
    pack_title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Over all plans: met, asked, faults, overdue."""
        return (
            sum(row.count("met") for row in self.rows),
            sum(row.asked for row in self.rows),
            sum(row.count(*FAULTS) for row in self.rows),
            sum(row.overdue for row in self.rows),
        )

    def faults(self, column: int) -> int:
        """How many plans have a fault in a column."""
        return sum(cell is not None and cell.verdict in FAULTS for cell in (row.cells[column] for row in self.rows))

    def met(self, column: int) -> int:
        """How many plans meet the requirement of a column."""
        return sum(cell is not None and cell.verdict == "met" for cell in (row.cells[column] for row in self.rows))

    def overdue(self, column: int) -> int:
        """How many plans have a fault in a column whose day has passed."""
        return sum(row.late(column) for row in self.rows)


def matrix(checks: Sequence[PlanCheck], states: Mapping[str, State] | None = None) -> list[Matrix]:
    """One table for each pack, packs in the order they first occur, plans in the order given.

    ``states``: how findings stand, by their id (``schemas.standing``).
    """
    by_pack: dict[tuple[str, str], list[PlanCheck]] = {}
    for check in checks:
        by_pack.setdefault((check.pack.id, check.pack.sha256), []).append(check)
    return [_table(group, states or {}) for group in by_pack.values()]


def place_of(plan: PlanReference) -> str:
    """What a plan's row is called: its county, else the smallest place known, else its issuer, title or file."""
    place = plan.jurisdiction
    name = place.county or place.city or place.province
    if name and place.county and place.city:
        return f"{place.city}{place.county}"
    return name or (plan.issuers[0] if plan.issuers else None) or plan.title or plan.uri


def _table(checks: Sequence[PlanCheck], states: Mapping[str, State]) -> Matrix:
    first: dict[str, Column] = {}
    for finding in (finding for check in checks for finding in check.findings):
        first.setdefault(finding.requirement, Column(finding.requirement, finding.title, finding.severity))
    # Whole checks all have the pack's order; of chosen findings the first plan may lack what a later one has.
    whole = len(first) == len(checks[0].findings)
    columns = tuple(first.values() if whole else sorted(first.values(), key=lambda one: one.requirement))
    rows = []
    for check in checks:
        by_id = {finding.requirement: finding for finding in check.findings}
        cells = tuple(by_id.get(column.requirement) for column in columns)
        standing = tuple(states.get(cell.id) if cell and cell.id else None for cell in cells)
        rows.append(Row(place_of(check.plan), check.plan, cells, check, standing))
    return Matrix(checks[0].pack.id, checks[0].pack.title, columns, tuple(rows))
