"""What has changed in the store since: the documents that the index must take in, out or again, in the order of their changes.

Every change of a document has a number (``corpus.batch``), and so has every check (``corpus.history``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import CHUNK, chunks, last_change
from corpus.transactions import Transactions
from schemas.document import Document


@dataclass(frozen=True, slots=True)
class Body:
    """One document as it is stored: its JSON, and by the pack's id what its last check with that pack found."""

    seq: int
    id: str
    current: bool
    body: str
    verdicts: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One document as the index must hold it after ``seq``: with its document, or, when that is None, not at all.

    ``body`` is the document as JSON; ``verdicts``: by the pack's id, what its last check with that pack found.
    """

    seq: int
    id: str
    document: Document | None
    body: str
    verdicts: dict[str, list[str]] = field(default_factory=dict)


class Changes:
    """The changes of one store."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def seq(self) -> int:
        """The number of the last change of a document; 0 in an empty store."""
        with self._store.reading() as connection:
            return last_change(connection)

    def bodies(self, after: int) -> Iterator[Body]:
        """What is stored of the documents changed after ``after``, each once in its last state, in the order of changes."""
        while True:
            query = sa.select(t.documents.c.seq, t.documents.c.id, t.documents.c.current, t.documents.c.body)
            query = query.where(t.documents.c.seq > after).order_by(t.documents.c.seq).limit(CHUNK)
            with self._store.reading() as connection:
                rows = connection.execute(query).all()
                verdicts = _last_verdicts(connection, [row.id for row in rows if row.current])
            if not rows:
                return
            for row in rows:
                yield Body(row.seq, row.id, row.current, row.body, verdicts.get(row.id, {}))
            after = rows[-1].seq

    def since(self, after: int) -> Iterator[Change]:
        """The documents changed after ``after``, each once in its last state, in the order of their changes."""
        for one in self.bodies(after):
            document = Document.model_validate_json(one.body) if one.current else None
            yield Change(one.seq, one.id, document, one.body, one.verdicts)

    def checked(self) -> int:
        """The number of the last check that was recorded; 0 without any since the index holds verdicts."""
        with self._store.reading() as connection:
            return int(connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == "checked")) or 0)

    def checked_after(self, number: int) -> Iterator[Change]:
        """The current documents that were checked after check ``number``, in their last state."""
        checked = sa.select(t.runs.c.document_id).where(t.runs.c.number > number).distinct()
        columns = t.documents.c
        with self._store.reading() as connection:
            ids = list(connection.scalars(checked))
        for chunk in chunks(ids):
            current = sa.select(columns.seq, columns.id, columns.body).where(columns.id.in_(chunk), columns.current)
            with self._store.reading() as connection:
                rows = connection.execute(current).all()
                verdicts = _last_verdicts(connection, chunk)
            for row in rows:
                document = Document.model_validate_json(row.body)
                yield Change(row.seq, row.id, document, row.body, verdicts.get(row.id, {}))


def _last_verdicts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """By document and pack the verdicts that occur in the last check."""
    columns = t.checks.c
    query = sa.select(columns.document_id, columns.pack_id, columns.body).where(columns.document_id.in_(ids))
    found: dict[str, dict[str, list[str]]] = {}
    for row in connection.execute(query.order_by(columns.made_at)):  # a later one takes the place of the one before
        found.setdefault(row.document_id, {})[row.pack_id] = list(json.loads(row.body)["summary"])
    return found
