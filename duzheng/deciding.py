"""What ``duzheng decide`` does, from Python. Every method adds a record; none changes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.decision import Decision, Outcome, Result, Step
    from schemas.finding import Reason, Verdict


class Deciding:
    """Decisions about the findings of a corpus.

    ``finding`` is a finding's identifier or its unique beginning, ``who`` decides, ``why`` is the reason, ``corrects`` the
    record that the new one takes the place of. Each method gives the record as it was stored, and raises
    ``InvalidDecision`` where the records before it do not allow it, ``ValueError`` where its fields do not go together.
    """

    def __init__(self, corpus: Callable[[], Corpus]) -> None:
        self._corpus = corpus

    def override(
        self,
        finding: str,
        verdict: Verdict,
        *,
        who: str,
        why: str,
        reason: Reason | None = None,
        excerpt: str | None = None,
        corrects: str | None = None,
    ) -> Decision:
        """改判: the machine is wrong; the right verdict, and the plan's words that show it."""
        from schemas.decision import Override

        return self._record(
            Override(
                finding=finding, verdict=verdict, reason=reason, excerpt=excerpt, who=who, why=why, corrects=corrects
            )
        )

    def waive(
        self,
        finding: str,
        *,
        ground: str,
        approver: str,
        until: date,
        who: str,
        why: str,
        applicant: str | None = None,
        corrects: str | None = None,
    ) -> Decision:
        """豁免: the unit is exempt until a day, on a basis, approved by another person than the applicant (else ``who``)."""
        from schemas.decision import Waiver

        return self._record(
            Waiver(
                finding=finding,
                ground=ground,
                approver=approver,
                applicant=applicant or who,
                until=until,
                who=who,
                why=why,
                corrects=corrects,
            )
        )

    def dispute(
        self,
        finding: str,
        *,
        who: str,
        why: str,
        deadline: date | None = None,
        statement: str | None = None,
        outcome: Outcome | None = None,
        corrects: str | None = None,
    ) -> Decision:
        """申辩: a unit's objection and the day by which it is answered; or with ``outcome`` the answer to the open one."""
        from schemas.decision import Dispute, Ruling

        if outcome is not None:
            if statement or deadline:
                raise ValueError("outcome answers a dispute; leave out statement and deadline")
            return self._record(Ruling(finding=finding, outcome=outcome, who=who, why=why, corrects=corrects))
        if deadline is None:
            raise ValueError("a dispute needs the day by which it is answered: deadline")
        return self._record(
            Dispute(finding=finding, statement=statement or why, deadline=deadline, who=who, why=why, corrects=corrects)
        )

    def rectify(
        self,
        finding: str,
        step: Step,
        *,
        who: str,
        why: str,
        result: Result | None = None,
        corrects: str | None = None,
        **fields: Any,
    ) -> Decision:
        """整改: a step of rectification. ``fields``: ``by``, ``on``, ``responsible``, ``person``, ``measures``,
        ``deadline``, ``proof``, as ``schemas.decision.Rectification`` has them."""
        from schemas.decision import Rectification

        return self._record(
            Rectification(finding=finding, step=step, result=result, who=who, why=why, corrects=corrects, **fields)
        )

    def note(self, finding: str, *, who: str, why: str, corrects: str | None = None) -> Decision:
        """备注: a note, which changes nothing."""
        from schemas.decision import Remark

        return self._record(Remark(finding=finding, who=who, why=why, corrects=corrects))

    def withdraw(self, record: str, *, who: str, why: str) -> Decision:
        """撤回: take a record (``D0003``) back; both stay on record."""
        from flows.decided import withdrawal

        return self._record(withdrawal(self._corpus(), record, who, why))

    def list(self, *, unit: str | None = None, overdue: bool = False, today: date | None = None) -> Sequence[Decision]:
        """The records by their number, corrected ones included; of one unit, or of overdue findings."""
        from flows.decided import records

        return records(self._corpus(), today or today_in_china(), unit=unit, overdue=overdue)[0]

    def cases(self, pack: str) -> Sequence[dict[str, Any]]:
        """The overrides of a pack as regression cases: text and right verdict."""
        from corpus.cases import cases

        return cases(self._corpus().decisions(), pack)

    def _record(self, decision: Decision) -> Decision:
        return self._corpus().decide(decision)
