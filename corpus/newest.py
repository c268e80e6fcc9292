"""The documents that were taken in last."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from corpus import tables as t

_FURTHEST = 1_000
"""Changes that are looked at: of a thousand that took documents away nothing is new."""


def newest(connection: sa.Connection, limit: int) -> list[sa.Row[Any]]:
    """Current documents, the last change first: id, title, province, city, county, role, signed_on, current."""
    d = t.documents.c
    columns = (d.id, d.title, d.province, d.city, d.county, d.role, d.signed_on, d.current)
    # Asked for the current ones alone, the database would sort all of them.
    query = sa.select(*columns).order_by(d.seq.desc())
    found: list[sa.Row[Any]] = []
    for start in range(0, _FURTHEST, limit):
        rows = connection.execute(query.limit(limit).offset(start)).all()
        found += [row for row in rows if row.current]
        if len(found) >= limit or len(rows) < limit:
            break
    return found[:limit]
