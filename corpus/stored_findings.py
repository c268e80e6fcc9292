"""Findings as the store has them: the checks that made them, what people decided about them, how they stand and came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch, chunks, now
from corpus.decisions import Decisions
from corpus.history import Event, Origin, ReadBeside, Runs
from corpus.standing import Standing, standings
from corpus.stored_check import read_check
from corpus.transactions import Transactions
from schemas.decision import Decision
from schemas.errors import CorpusError
from schemas.finding import PlanCheck, identified

# What every page asks, put together once: that takes longer than the asking.
_LAST_DECISION = sa.select(sa.func.max(t.decisions.c.number))


class StoredFindings:
    """The findings of one store."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    # Checks

    def checks(self, document: str | None = None, pack: str | None = None) -> Iterator[PlanCheck]:
        """The recorded checks, newest first; of one document or one pack if named."""
        query = sa.select(t.checks.c.body, t.checks.c.document_id, t.checks.c.pack_id).order_by(
            t.checks.c.made_at.desc(), t.checks.c.document_id, t.checks.c.pack_id
        )
        if document is not None:
            query = query.where(t.checks.c.document_id == document)
        if pack is not None:
            query = query.where(t.checks.c.pack_id == pack)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            yield identified(read_check(row.body, row.document_id, row.pack_id))

    def judged(self, document: str, pack: str) -> PlanCheck | None:
        """What the last check of a plan with a pack found, before any verification touched it."""
        with self._store.reading() as connection:
            return Runs(connection).judged(document, pack)

    def record_checks(
        self,
        checks: Sequence[PlanCheck],
        *,
        engine: str = "",
        extraction: str = "",
        origin: Origin = "check",
        beside: Sequence[ReadBeside] = (),
    ) -> None:
        """Stores checks; one of the same document with the same pack (same SHA-256) replaces the earlier one as the
        latest, and every one is kept as a run of the history.

        Args:
            checks: the checks.
            engine, extraction: the versions of the rules they were made with; empty where not known.
            origin: ``verify`` for findings that could not be confirmed on their original.
            beside: what each was checked beside, where that is known.

        Raises:
            CorpusError: a checked document is not in the store.
        """
        for check in checks:
            identified(check)
        rows = [
            {
                "document_id": check.plan.id,
                "pack_id": check.pack.id,
                "pack_sha256": check.pack.sha256,
                "body": check.model_dump_json(),
                "made_at": now(),
            }
            for check in checks
        ]
        if not rows:
            return
        with self._store.transaction() as connection:
            ids = [check.plan.id for check in checks]
            present: set[str] = set()
            for chunk in chunks(ids):
                present.update(connection.scalars(sa.select(t.documents.c.id).where(t.documents.c.id.in_(chunk))))
            if missing := sorted(set(ids) - present):
                raise CorpusError(
                    f"{self._store.name}: 文件 {missing[0]} 检查过但不在语料库中，请先入库 / "
                    f"document {missing[0]} was checked but is not in the corpus; ingest it first"
                )
            Batch(connection).upsert(t.checks, rows)
            Runs(connection).add(checks, engine=engine, extraction=extraction, origin=origin, beside=beside)
            # What the index brings its verdicts up to date by; a search reads it without loading this module.
            Batch(connection).put_meta(checked=connection.scalar(sa.select(sa.func.max(t.runs.c.number))) or 0)

    # Decisions and history

    def decide(self, decision: Decision) -> Decision:
        """Records a decision about a finding; see ``corpus.decisions``."""
        with self._store.transaction() as connection:
            return Decisions(connection).add(decision)

    def decide_all(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Records several decisions, all or none."""
        with self._store.transaction() as connection:
            writer = Decisions(connection)
            return [writer.add(decision) for decision in decisions]

    def decisions(self) -> dict[str, list[Decision]]:
        """Every record by its finding, oldest first."""
        with self._store.reading() as connection:
            return Decisions(connection).of()

    def last_decision(self) -> int:
        """The number of the last decision; 0 without any."""
        with self._store.reading() as connection:
            return connection.scalar(_LAST_DECISION) or 0

    def broken_decisions(self) -> list[str]:
        """What shows that decisions were changed behind the program's back."""
        with self._store.reading() as connection:
            return Decisions(connection).broken()

    def standings(self, today: date, *, pack: str | None = None, unit: str | None = None) -> list[Standing]:
        """Every finding as it stands; see ``corpus.standing``."""
        with self._store.reading() as connection:
            return standings(connection, today, pack=pack, unit=unit)

    def history(self, finding: str) -> tuple[str, list[Event], list[Decision]]:
        """A finding's full identifier, what each run made of it, and what people decided; a unique beginning will do."""
        with self._store.reading() as connection:
            runs = Runs(connection)
            id = runs.resolve(finding)
            return id, runs.events(runs.of(id), id), Decisions(connection).of([id]).get(id, [])
