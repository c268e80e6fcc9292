"""Documents that are no longer where they were published: every source that had them has taken them off its list."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

QUERY = """SELECT l.document_id, MAX(i.gone_since) FROM source_documents l JOIN source_items i ON i.sha256 = l.source_sha256
    WHERE l.document_id {chosen} GROUP BY l.document_id HAVING COUNT(*) = COUNT(i.gone_since)"""
"""By document the moment since when; ``{chosen}`` says which documents. Those that a source still lists are not among them."""


@cache
def _query() -> sa.TextClause:
    import sqlalchemy as sa

    return sa.text(QUERY.format(chosen="IN :ids")).bindparams(sa.bindparam("ids", expanding=True))


def withdrawn(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """By document the day (in UTC) on which the last list was without it; only those that no list names any more.

    A document that came from no source, or that one source still lists, is not among them.
    """
    from corpus.batch import chunks

    query = _query()
    found: dict[str, str] = {}
    for chunk in chunks(sorted(ids)):
        found.update((id, since[:10]) for id, since in connection.execute(query, {"ids": list(chunk)}))
    return found
