"""Documents that are no longer where they were published: every source that had them has taken them off its list."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks


def withdrawn(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """By document the day (in UTC) on which the last list was without it; only those that no list names any more.

    A document that came from no source, or that one source still lists, is not among them.
    """
    links, items = t.source_documents.c, t.source_items
    found: dict[str, str] = {}
    for chunk in chunks(sorted(ids)):
        query = (
            sa.select(links.document_id, sa.func.max(items.c.gone_since).label("since"))
            .join(items, items.c.sha256 == links.source_sha256)
            .where(links.document_id.in_(chunk))
            .group_by(links.document_id)
            .having(sa.func.count() == sa.func.count(items.c.gone_since))
        )
        found.update({row.document_id: row.since[:10] for row in connection.execute(query)})
    return found
