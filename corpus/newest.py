"""The documents whose files came in last."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from corpus import tables as t

_FURTHEST = 1_000
"""Files that are looked at: where the last thousand hold no document that counts, nothing is new."""
_PORTION = 100


def newest(connection: sa.Connection, limit: int) -> list[sa.Row[Any]]:
    """Current documents, those whose file came last first: id, title, province, city, county, role, signed_on, current.

    A file counts from the first time its content came: one that is sent, named or read again is not new.
    """
    d, s, links = t.documents.c, t.sources.c, t.source_documents.c
    files = sa.select(s.sha256).where(s.status == "read").order_by(s.first_seen.desc(), s.sha256)
    columns = (d.id, d.title, d.province, d.city, d.county, d.role, d.signed_on, d.current)
    query = sa.select(*columns).join(t.source_documents, links.document_id == d.id)
    query = query.join(t.sources, s.sha256 == links.source_sha256).order_by(s.first_seen.desc(), d.seq.desc())
    found: dict[str, sa.Row[Any]] = {}
    for start in range(0, _FURTHEST, _PORTION):
        chosen = list(connection.scalars(files.limit(_PORTION).offset(start)))
        for row in connection.execute(query.where(links.source_sha256.in_(chosen))):
            # Asked for the current ones alone, SQLite would go through all of them.
            if row.current:
                found.setdefault(row.id, row)
        if len(found) >= limit or len(chosen) < _PORTION:
            break
    return list(found.values())[:limit]
