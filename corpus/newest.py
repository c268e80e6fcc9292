"""The documents that were taken in last."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from corpus import tables as t


def newest(connection: sa.Connection, limit: int) -> list[sa.Row[Any]]:
    """Current documents, the last change first: id, title, province, city, county, role, signed_on."""
    d = t.documents.c
    columns = (d.id, d.title, d.province, d.city, d.county, d.role, d.signed_on)
    return list(connection.execute(sa.select(*columns).where(d.current).order_by(d.seq.desc()).limit(limit)))
