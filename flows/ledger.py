"""The issue ledger of a corpus: written from it, and read back as decisions through the one way in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from checks.axes import Axes
from checks.ledger.changes import Changes, Conflict, changes
from checks.ledger.read import read_ledger
from checks.ledger.values import Entry
from schemas.errors import CorpusError, InvalidDecision
from schemas.finding import FAULTS, PlanCheck

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.standing import Standing


def entries(standings: Iterable[Standing]) -> list[Entry]:
    """The findings that belong into a ledger: those with a fault, and those that people decided about."""
    return [
        _entry(one)
        for one in standings
        if one.finding.verdict in FAULTS or one.state.verdict in FAULTS or one.decisions
    ]


def axes(standings: Iterable[Standing]) -> dict[str, Axes]:
    """How each finding stands, by its id, for every output that shows findings."""
    return {str(one.finding.id): Axes(one.state, one.decisions) for one in standings}


def checks(standings: Iterable[Standing]) -> list[PlanCheck]:
    """The findings put together again as checks of plans, for matrix and notes."""
    made: dict[tuple[str, str], PlanCheck] = {}
    for one in standings:
        key = (one.pack.id, one.unit)
        check = made.setdefault(key, PlanCheck(plan=one.plan, pack=one.pack, findings=[], summary={}))
        check.findings.append(one.finding)
        check.summary[one.finding.verdict] = check.summary.get(one.finding.verdict, 0) + 1
    return list(made.values())


def take_in(corpus: Corpus, data: bytes, name: str, who: str, today: date, *, dry_run: bool = False) -> Changes:
    """Take what people changed in a ledger into the corpus; with ``dry_run`` only say what that would be.

    Raises:
        InvalidLedger: the file is no ledger.
    """
    sheet = read_ledger(data, name)
    present = {str(one.finding.id): _entry(one) for one in corpus.standings(today)}
    result = changes(sheet, present, who, today)
    if dry_run:
        return result
    taken = []
    for one in result.taken:
        try:
            corpus.decide_all(one.decisions)
        except (InvalidDecision, CorpusError) as error:  # somebody else decided in this very moment
            result.conflicts.append(Conflict(one.row, one.finding, "changed_elsewhere", str(error)))
        else:
            taken.append(one)
    result.taken = taken
    return result


def _entry(one: Standing) -> Entry:
    return Entry(
        one.finding, one.plan, one.pack, one.state, one.decisions, one.event.run.number, one.event.run.text_sha256
    )
