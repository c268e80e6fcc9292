"""The decisions of a corpus: added, never changed, each sealed by a hash over itself and the one before.

The triggers of ``corpus.tables`` refuse changes to anyone who opens the database; the chain of hashes shows those made
by somebody who took the triggers away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch
from corpus.history import Run, Runs
from schemas.decision import DECISION, Basis, Decision, Dispute, Excerpt, Ruling
from schemas.errors import InvalidDecision
from schemas.finding import Finding
from schemas.standing import asked, effective_decisions, objection
from schemas.typed import fault

_START = "0" * 64
_GIVEN = "decisions"
"""In ``meta``, except in SQLite, which keeps it by itself: the highest number that a decision was ever given."""


class Decisions:
    """The decisions of a store, through one connection; to write, that of a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, decision: Decision) -> Decision:
        """Records a decision; returns it with its identifier, its moment and what it was taken on.

        Raises:
            InvalidDecision: the records before it do not allow it, or a text holds characters that nobody sees; the message says
                why.
            CorpusError: there is no finding of that identifier.
        """
        for name, text in decision:
            # An excerpt is of the plan, which may hold anything.
            if isinstance(text, str) and name != "excerpt" and (unseen := fault(text)):
                raise InvalidDecision(f"{name}: {unseen}")
        runs = Runs(self._connection)
        finding = runs.resolve(decision.finding)
        line = runs.of(finding)
        run = line.runs[-1]
        number = int(self._connection.scalar(sa.select(sa.func.max(t.decisions.c.number))) or 0) + 1
        before = self.of([finding]).get(finding, [])
        update: dict[str, object] = {
            "id": f"D{number:04d}",
            "number": number,
            "finding": finding,
            "made_at": datetime.now(UTC),
            "basis": _basis(run, runs.finding(run, finding)),
        }
        if isinstance(decision, Ruling) and not decision.dispute:
            update["dispute"] = _open_dispute(before)
        made = decision.model_copy(update=update)
        if why := objection(before, made):
            raise InvalidDecision(f"{finding}: {why}")
        body = made.model_dump_json()
        row = {
            "number": number,
            "id": made.id,
            "finding_id": finding,
            "kind": made.kind,
            "who": made.who,
            "made_at": made.made_at.isoformat() if made.made_at else "",
            "corrects": made.corrects,
            "body": body,
            "chain": chained(self._last(), body),
        }
        self._connection.execute(t.decisions.insert(), row)
        if self._connection.dialect.name != "sqlite":
            Batch(self._connection).put_meta(**{_GIVEN: number})
        return made

    def of(self, findings: Sequence[str] | None = None) -> dict[str, list[Decision]]:
        """The records of some findings (of all where none are named), by finding, oldest first."""
        query = sa.select(t.decisions.c.finding_id, t.decisions.c.body).order_by(t.decisions.c.number)
        if findings is not None:
            query = query.where(t.decisions.c.finding_id.in_(findings))
        found: dict[str, list[Decision]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.finding_id, []).append(DECISION.validate_json(row.body))
        return found

    def broken(self) -> list[str]:
        """What shows that records were changed behind the program's back, one line each; empty when nothing does."""
        problems: list[str] = []
        last, expected = _START, 1
        columns = (t.decisions.c.number, t.decisions.c.id, t.decisions.c.body, t.decisions.c.chain)
        for row in self._connection.execute(sa.select(*columns).order_by(t.decisions.c.number)):
            if row.number != expected:
                problems.append(f"{row.id}: 之前的处置记录缺失 / records before this one are missing")
            if row.chain != chained(last, row.body):
                problems.append(f"{row.id}: 处置记录被改动过 / this record or the one before it was changed")
            last, expected = row.chain, row.number + 1
        if self._connection.dialect.name == "sqlite":
            # SQLite remembers the highest number it ever gave in a table of this kind.
            given = self._connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'decisions'"))
        else:
            given = self._connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == _GIVEN))
        if int(given or 0) >= expected:
            problems.append("最后的处置记录缺失 / the last records are missing")
        return problems

    def _last(self) -> str:
        query = sa.select(t.decisions.c.chain).order_by(t.decisions.c.number.desc()).limit(1)
        return self._connection.scalar(query) or _START


def chained(before: str, body: str) -> str:
    """The link of the chain over a record's body and the link of the one before it."""
    return sha256(f"{before}\n{body}".encode()).hexdigest()


def _basis(run: Run, finding: Finding | None) -> Basis | None:
    if finding is None:
        return None
    return Basis(
        run=run.number,
        document=run.document,
        text_sha256=run.text_sha256,
        pack=run.pack,
        pack_version=run.pack_version,
        pack_sha256=run.pack_sha256,
        requirement=finding.requirement,
        asked=asked(finding),
        verdict=finding.verdict,
        reason=finding.reason,
        excerpts=[Excerpt(role=evidence.role, quote=evidence.quote) for evidence in finding.evidence],
    )


def _open_dispute(decisions: Sequence[Decision]) -> str:
    chain = effective_decisions(decisions)
    answered = {one.dispute for one in chain if isinstance(one, Ruling)}
    waiting = [one.id for one in chain if isinstance(one, Dispute) and one.id not in answered]
    return waiting[-1] if waiting else "—"
