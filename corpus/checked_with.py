"""What every plan was last checked with: a hash for each plan and pack, which the check flow makes and compares.

Beside the hashes, the few columns of documents that they are made from; no document is loaded for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch
from corpus.history import Runs
from schemas.finding import FAULTS

if TYPE_CHECKING:
    from corpus.store import Store


@dataclass(frozen=True, slots=True)
class Known:
    """A current document as far as a check's choice of packs, notices and other plans depends on it.

    ``seq`` grows whenever the document changes.
    """

    id: str
    seq: int
    role: str
    province: str | None
    city: str | None
    county: str | None
    level: str | None
    on_topic: bool


class CheckedWith:
    """Asks and keeps them; ``Corpus.checked_with`` gives it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def current(self) -> list[Known]:
        """The current documents, in the order in which they were taken in."""
        columns = t.documents.c
        query = sa.select(
            columns.id,
            columns.seq,
            columns.role,
            columns.province,
            columns.city,
            columns.county,
            columns.level,
            columns.on_topic,
        )
        with self._store.snapshot() as connection:
            rows = connection.execute(query.where(columns.current).order_by(columns.seq)).all()
        return [Known(*row) for row in rows]

    def recorded(self) -> dict[tuple[str, str], str]:
        """The hash by document and pack."""
        table = t.checked_with.c
        with self._store.snapshot() as connection:
            rows = connection.execute(sa.select(table.document_id, table.pack_id, table.inputs)).all()
        return {(row.document_id, row.pack_id): row.inputs for row in rows}

    def record(self, hashes: Mapping[tuple[str, str], str]) -> None:
        """Keeps hashes by document and pack, after their checks were recorded: a run that is killed between the two
        checks these plans once more."""
        rows = [
            {"document_id": document, "pack_id": pack, "inputs": inputs} for (document, pack), inputs in hashes.items()
        ]
        with self._store.transaction() as connection:
            Batch(connection).upsert(t.checked_with, rows)

    def faults(self, unit: str, pack: str) -> set[str]:
        """The identifiers of the findings of a unit that need somebody to act, as its leading plan was last checked."""
        with self._store.snapshot() as connection:
            runs = Runs(connection)
            lines = list(runs.lines(unit=unit, pack=pack))
            return {
                finding.id
                for line in lines
                for finding in runs.check(line.runs[-1]).findings
                if finding.id is not None and finding.verdict in FAULTS
            }
