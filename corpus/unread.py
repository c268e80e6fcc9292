"""The queue of files that are not read: what each is, since when, and what is needed to read it again.

A file belongs to it as long as its last reading failed and no other content has been read under its name since; likewise a
file that was read without one of its attachments, which is *partly* read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks
from schemas.errors import CorpusError

_LEAST = 6


@dataclass(frozen=True, slots=True)
class Unread:
    """One file of the queue.

    Attributes:
        sha256: its content, which names its original.
        uri: the name it was last read under.
        names: every name under which no other content has been read since, ``uri`` among them.
        cause, message, cure: why it was not read; of a partly read one, why its first attachment was not.
        since: when its content was first seen.
        attempts: how often it was tried.
        companions: the files that were given to the reader beside it: name and SHA-256, in their order.
        partly: whether only attachments of it are not read.
    """

    sha256: str
    uri: str
    names: tuple[str, ...]
    cause: str
    message: str
    cure: str
    since: datetime
    attempts: int
    companions: tuple[tuple[str, str], ...]
    partly: bool


def unread(connection: sa.Connection) -> list[Unread]:
    """The queue, the longest waiting first; partly read files after those that are not read at all."""
    sources, here = t.sources, t.locations
    later = t.locations.alias()
    replaced = sa.exists().where(
        later.c.uri == here.c.uri,
        later.c.sha256 != here.c.sha256,
        later.c.current,
        later.c.last_seen > here.c.last_seen,
    )
    of = here.c.sha256 == sources.c.sha256
    whole = (sources.c.status == "failed") & sa.exists().where(of, sa.not_(replaced))
    part = (
        (sources.c.status == "read") & (sources.c.attachment_failures != "[]") & sa.exists().where(of, here.c.current)
    )
    query = sa.select(sources).where(whole | part)
    rows = connection.execute(query.order_by(sources.c.status, sources.c.first_seen, sources.c.uri)).all()
    names: dict[str, list[str]] = {}
    companions: dict[str, list[tuple[str, str]]] = {}
    for chunk in chunks([row.sha256 for row in rows]):
        standing = sa.select(here.c.sha256, here.c.uri).where(here.c.sha256.in_(chunk), sa.not_(replaced))
        for row in connection.execute(standing.order_by(here.c.uri)):
            names.setdefault(row.sha256, []).append(row.uri)
        beside = sa.select(t.companions).where(t.companions.c.source_sha256.in_(chunk))
        for row in connection.execute(beside.order_by(t.companions.c.position)):
            companions.setdefault(row.source_sha256, []).append((row.uri, row.sha256))
    found = []
    for row in rows:
        partly = row.status == "read"
        why = json.loads(row.attachment_failures)[0] if partly else row._mapping
        known = names.get(row.sha256, [])
        found.append(
            Unread(
                sha256=row.sha256,
                uri=row.uri if row.uri in known else known[0],
                names=tuple(known),
                cause=why["cause"],
                message=f"{why['uri']}: {why['message']}" if partly else why["message"],
                cure=why["cure"] or "",
                since=datetime.fromisoformat(row.first_seen),
                attempts=row.attempts,
                companions=tuple(companions.get(row.sha256, ())),
                partly=partly,
            )
        )
    return found


def meant(queue: Sequence[Unread], names: Sequence[str]) -> list[Unread]:
    """Those of the queue that are called so: by their name, or by the beginning of their SHA-256 (six digits or more).

    Raises:
        CorpusError: nothing is called so, or several are.
    """
    chosen: dict[str, Unread] = {}
    for name in names:
        beginning = len(name) >= _LEAST
        found = [one for one in queue if name in one.names or (beginning and one.sha256.startswith(name.lower()))]
        if len(found) != 1:
            what = (
                "没有这样的未读文件 / no file that is not read is called so"
                if not found
                else "不止一份 / several are called so"
            )
            raise CorpusError(f"{name}: {what} (查看：duzheng status / see: duzheng status)")
        chosen[found[0].sha256] = found[0]
    return list(chosen.values())
