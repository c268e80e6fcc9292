"""What the faces ask about findings and decisions of a corpus: which stand how, and which records there are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from corpus.states import STATES, facts_of
from schemas.decision import Decision, Withdrawal
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.standing import Standing


def standings(
    corpus: Corpus, today: date, *, state: str = "all", pack: str | None = None, unit: str | None = None
) -> list[Standing]:
    """The findings of the last checks that stand in a certain way on a day.

    ``state``: one of ``corpus.states.STATES``, or ``all``.

    Raises:
        CorpusError: there is no such state.
    """
    if state != "all" and state not in STATES:
        states = ", ".join(STATES)
        raise CorpusError(f"{state}: 没有这种状态，请用 all, {states} / no such state; use all, {states}")
    found = corpus.standings(today, pack=pack, unit=unit)
    return found if state == "all" else [one for one in found if STATES[state].holds(facts_of(one))]


def records(
    corpus: Corpus, today: date, *, unit: str | None = None, overdue: bool = False
) -> tuple[list[Decision], dict[str, Standing]]:
    """The records of decisions by their number, corrected ones included, and the findings they speak about as they stand.

    Args:
        corpus: an opened corpus.
        today: the day that states are told for.
        unit: only of this unit, by a part of its name.
        overdue: only of findings whose deadline has passed.
    """
    made = corpus.decisions()
    standing = {str(one.finding.id): one for one in corpus.standings(today, unit=unit)}
    chosen = [
        one
        for id, several in made.items()
        if (unit is None or id in standing) and (not overdue or (id in standing and standing[id].state.overdue))
        for one in several
    ]
    return sorted(chosen, key=lambda one: one.number), standing


def withdrawal(corpus: Corpus, record: str, who: str, why: str) -> Withdrawal:
    """The withdrawal of a record, to be recorded; both stay on record.

    Raises:
        CorpusError: there is no such record.
    """
    owner = next((id for id, made in corpus.decisions().items() if any(one.id == record for one in made)), None)
    if owner is None:
        raise CorpusError(
            f"{record}: 没有这条记录 / no such record (请用 duzheng decide list 列出 / list them: duzheng decide list)"
        )
    return Withdrawal.model_validate({"finding": owner, "who": who, "why": why, "corrects": record})
