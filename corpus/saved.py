"""Saved searches: a query with filters by name, and which documents it has found already.

What is new is a document that the search finds and had not found when it was last run. Documents are known by their
identifiers, which follow from their content: one whose file has changed is another document, and is reported; one that
was only read again by better rules is not.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks, now
from schemas.errors import CorpusError, InvalidQuery
from schemas.search import SavedSearch
from schemas.typed import fault

_LONGEST_NAME = 80


class SavedSearches:
    """The saved searches of a store, through one connection; to write, that of a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def all(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        rows = self._connection.execute(sa.select(t.saved_searches).order_by(t.saved_searches.c.name))
        return [_saved(row) for row in rows]

    def get(self, name: str) -> SavedSearch:
        """The saved search of that name.

        Raises:
            CorpusError: there is none.
        """
        one = sa.select(t.saved_searches).where(t.saved_searches.c.name == name)
        row = None if fault(name, lines=False) else self._connection.execute(one).first()
        if row is None:
            raise CorpusError(
                f"没有名为 {name!r} 的检索，查看：duzheng searches list / "
                f"there is no saved search {name!r}; see them with: duzheng searches list"
            )
        return _saved(row)

    def add(
        self,
        name: str,
        query: str,
        filters: Mapping[str, str],
        strict: bool,
        found: Collection[str],
        owner: str | None = None,
    ) -> SavedSearch:
        """Keeps a search and what it finds now.

        Raises:
            InvalidQuery: the name is empty or too long, or holds characters that nobody sees.
            CorpusError: there is one of that name.
        """
        if not name.strip() or len(name) > _LONGEST_NAME:
            raise InvalidQuery(
                f"保存的检索须有名称，1 至 {_LONGEST_NAME} 个字 / a saved search needs a name of 1 to {_LONGEST_NAME} characters"
            )
        if why := fault(name, lines=False):
            raise InvalidQuery(f"name: {why}")
        taken = sa.select(t.saved_searches.c.name).where(t.saved_searches.c.name == name)
        if self._connection.execute(taken).first() is not None:
            raise CorpusError(
                f"已有名为 {name!r} 的检索，请换一个名称或先删去 / "
                f"there is a saved search {name!r} already; remove it first: duzheng searches remove {name}"
            )
        moment = now()
        self._connection.execute(
            t.saved_searches.insert(),
            {
                "name": name, "query": query, "filters": json.dumps(dict(filters), ensure_ascii=False), "strict": strict,
                "saved_on": moment, "run_on": moment, "owner": owner,
            },
        )  # fmt: skip
        self._find(name, found)
        return self.get(name)

    def remove(self, name: str) -> None:
        """Forgets a saved search.

        Raises:
            CorpusError: there is none of that name.
        """
        self.get(name)
        self._connection.execute(t.saved_found.delete().where(t.saved_found.c.name == name))
        self._connection.execute(t.saved_searches.delete().where(t.saved_searches.c.name == name))

    def found(self, name: str) -> set[str]:
        """The documents that the search had found when it was last run."""
        query = sa.select(t.saved_found.c.document_id).where(t.saved_found.c.name == name)
        return set(self._connection.scalars(query))

    def ran(self, name: str, gone: Collection[str], new: Collection[str]) -> None:
        """Records a run: what the search no longer finds, and what it finds beyond what it found before."""
        for chunk in chunks(list(gone)):
            self._connection.execute(
                t.saved_found.delete().where(t.saved_found.c.name == name, t.saved_found.c.document_id.in_(chunk))
            )
        self._find(name, new)
        self._connection.execute(t.saved_searches.update().where(t.saved_searches.c.name == name).values(run_on=now()))

    def names_of(self, documents: Sequence[str]) -> dict[str, str]:
        """The name (uri) that each document was last read under, superseded ones included."""
        names: dict[str, str] = {}
        for chunk in chunks(list(documents)):
            query = sa.select(t.documents.c.id, t.sources.c.uri).join(
                t.sources, t.sources.c.sha256 == t.documents.c.source_sha256
            )
            names |= {row.id: row.uri for row in self._connection.execute(query.where(t.documents.c.id.in_(chunk)))}
        return names

    def _find(self, name: str, documents: Collection[str]) -> None:
        rows = [{"name": name, "document_id": id} for id in sorted(documents)]
        if rows:
            self._connection.execute(t.saved_found.insert(), rows)


def _saved(row: sa.Row[Any]) -> SavedSearch:
    return SavedSearch(
        name=row.name, query=row.query, filters=json.loads(row.filters), strict=row.strict, saved_on=row.saved_on,
        run_on=row.run_on, owner=row.owner,
    )  # fmt: skip
