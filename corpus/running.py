"""How the sources have been running, told from the record of their runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from corpus import tables as t


@dataclass(frozen=True, slots=True)
class Record:
    """Of one source: when a run of it last went well, and how many have failed since."""

    last_ok: datetime | None
    failed_since: int


def records(connection: sa.Connection) -> dict[str, Record]:
    """By source; a run that is going on counts as neither."""
    runs = t.source_runs.c
    last = sa.select(runs.source, sa.func.max(runs.number).label("number")).where(runs.status == "ok")
    last_ok = last.group_by(runs.source).subquery()
    began = (
        sa.select(runs.source, runs.finished_at)
        .join(last_ok, sa.and_(last_ok.c.source == runs.source, last_ok.c.number == runs.number))
        .order_by(runs.source)
    )
    well = {row.source: row.finished_at for row in connection.execute(began)}
    since = (
        sa.select(runs.source, sa.func.count().label("failed"))
        .outerjoin(last_ok, last_ok.c.source == runs.source)
        .where(runs.status.in_(("failed", "interrupted")), runs.number > sa.func.coalesce(last_ok.c.number, 0))
        .group_by(runs.source)
    )
    failed = {row.source: row.failed for row in connection.execute(since)}
    return {
        source: Record(datetime.fromisoformat(well[source]) if well.get(source) else None, failed.get(source, 0))
        for source in sorted({*well, *failed})
    }


def originals_bytes(connection: sa.Connection) -> int:
    """How many bytes the files have that were taken in, attachments not counted."""
    return int(connection.scalar(sa.select(sa.func.sum(sa.cast(t.sources.c.bytes, sa.BigInteger)))) or 0)
