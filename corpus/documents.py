"""Documents as the store has them: one, many, or their bare texts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks
from corpus.texts import DocumentText
from corpus.transactions import Transactions
from schemas.document import Document

# What every page asks, put together once: that takes longer than the asking.
_BODY = sa.select(t.documents.c.body).where(t.documents.c.id == sa.bindparam("document"))
_LINKED = (
    sa.select(t.source_documents.c.document_id)
    .where(t.source_documents.c.document_id == sa.bindparam("document"))
    .limit(1)
)


class Documents:
    """The documents of one store."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def get(self, id: str) -> Document | None:
        """The document with that identifier, superseded ones included."""
        with self._store.reading() as connection:
            body = connection.scalar(_BODY, {"document": id})
        return None if body is None else Document.model_validate_json(body)

    def is_current(self, id: str) -> bool:
        """Whether a document stands in the last version of its file."""
        with self._store.reading() as connection:
            return connection.scalar(_LINKED, {"document": id}) is not None

    def all(self, *, superseded: bool = False, **equal: Any) -> Iterator[Document]:
        """Documents in the order in which they were taken in; ``equal`` names columns and the values they must have.

        ``superseded`` adds those whose file has since changed.
        """
        query = sa.select(t.documents.c.id).order_by(t.documents.c.seq)
        if not superseded:
            query = query.where(t.documents.c.current)
        for column, value in equal.items():
            query = query.where(t.documents.c[column] == value)
        with self._store.reading() as connection:
            ids = list(connection.scalars(query))
        for chunk in chunks(ids):
            with self._store.reading() as connection:
                rows = connection.execute(
                    sa.select(t.documents.c.id, t.documents.c.body).where(t.documents.c.id.in_(chunk))
                )
                bodies = {row.id: row.body for row in rows}
            for id in chunk:
                if id in bodies:
                    yield Document.model_validate_json(bodies[id])

    def texts(self, only: Collection[str] | None = None) -> Iterator[DocumentText]:
        """The bare texts of the current documents, of all in the order in which they were taken in, or of these ``only``."""
        columns = t.documents.c
        query = sa.select(columns.id).where(columns.current)
        with self._store.reading() as connection:
            if only is None:
                ids = list(connection.scalars(query.order_by(columns.seq)))
            else:
                parts = chunks(sorted(only))
                ids = [id for part in parts for id in connection.scalars(query.where(columns.id.in_(part)))]
        wanted = (columns.id, columns.title, columns.province, columns.level, columns.signed_on, columns.published_on)
        for chunk in chunks(ids):
            with self._store.reading() as connection:
                rows = connection.execute(sa.select(*wanted, columns.body).where(columns.id.in_(chunk)))
                found = {row.id: row for row in rows}
            for row in (found[id] for id in chunk if id in found):
                day = row.signed_on or row.published_on
                yield DocumentText(
                    id=row.id,
                    title=row.title,
                    text=json.loads(row.body)["text"],
                    province=row.province,
                    level=row.level,
                    dated_on=date.fromisoformat(day) if day else None,
                )

    def current_ids(self) -> set[str]:
        """The identifiers of the current documents: what the index must hold."""
        with self._store.reading() as connection:
            return set(connection.scalars(sa.select(t.documents.c.id).where(t.documents.c.current)))
