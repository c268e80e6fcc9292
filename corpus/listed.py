"""The documents one after another, a slice at a time: what a list needs of them, without their texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from corpus import tables as t

COLUMNS = ("province", "city", "county", "year", "role", "genre", "level", "script", "on_topic", "source_sha256")
"""What a list can be narrowed by: each must be equal."""


def slice_of(
    connection: sa.Connection, equal: Mapping[str, object], *, after: int = 0, limit: int = 100
) -> list[sa.Row[Any]]:
    """The current documents that come after a number, in the order in which they were taken in.

    Args:
        connection: to the store.
        equal: columns (``COLUMNS``) and the values they must have.
        after: the ``seq`` of the last one that was listed before.
        limit: how many at most.

    Returns: rows with all columns of the table but ``body``, and ``uri``.
    """
    columns = [column for column in t.documents.c if column.name != "body"]
    query = sa.select(*columns, t.sources.c.uri).join(t.sources, t.sources.c.sha256 == t.documents.c.source_sha256)
    # Wrapped, so that the database reads on from ``after`` and does not sort all current ones for a slice of them.
    query = query.where(sa.func.coalesce(t.documents.c.current, False), t.documents.c.seq > after)
    query = query.where(*(t.documents.c[name] == value for name, value in equal.items()))
    return list(connection.execute(query.order_by(t.documents.c.seq).limit(limit)))
