"""What is new in a corpus since somebody was last told, and the record of who was told what.

1. *Arrivals* number documents and unreadable files in the order in which they came. A document is news once: read anew by
   better rules, or from a second copy, it is not.
2. A *watermark* per target says how far it was told. It moves in the same transaction in which a delivery is recorded as
   delivered: what failed is part of the next digest.
3. These rows belong to no writer of documents: they are written beside a running ingest.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.alone import alone
from corpus.batch import chunks, now
from corpus.newly import Newly, findings_since
from schemas.bilingual import Both
from schemas.digest import Delivery, Digest, NewDocument, UnreadFile, Watermark
from schemas.document import Jurisdiction
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from corpus.store import Store

FOLDER = "telling"
_INSERTED = 500


class DigestBusy(CorpusError):
    """A target is being told by another process."""


class Digests:
    """The digests of a store."""

    def __init__(self, home: Path, store: Store) -> None:
        self._home = home
        self._store = store

    # What is new

    def note_arrivals(self) -> None:
        """Numbers what has arrived since this was last called; called again it does nothing."""
        with self._writing() as connection:
            _note_documents(connection)
            _note_failures(connection)

    def now(self, today: date) -> Watermark:
        """How far somebody is told who is told everything that is there now; sources are the caller's."""
        with self._store.snapshot() as connection:

            def last(column: sa.Column[Any]) -> int:
                return connection.scalar(sa.select(sa.func.max(column))) or 0

            return Watermark(
                arrival=last(t.digest_arrivals.c.number),
                run=last(t.runs.c.number),
                decision=last(t.decisions.c.number),
                day=today,
                told_at=datetime.now(UTC),
            )

    def documents(self, after: int, upto: int) -> list[NewDocument]:
        """The current documents that arrived after one number and up to another, by place and date, the newest first."""
        arrivals, documents, sources = t.digest_arrivals.c, t.documents.c, t.sources.c
        columns = (
            documents.id, documents.source_sha256, documents.title, documents.issuer, documents.province, documents.city,
            documents.county, documents.signed_on, documents.published_on, sources.uri,
        )  # fmt: skip
        query = (
            sa.select(*columns)
            .join(t.digest_arrivals, (arrivals.key == documents.id) & (arrivals.kind == "document"))
            .join(t.sources, sources.sha256 == documents.source_sha256)
            .where(arrivals.number > after, arrivals.number <= upto, documents.current)
        )
        with self._store.snapshot() as connection:
            rows = connection.execute(query).all()
            replaced = _replacing(connection, {row.source_sha256 for row in rows})
        found = [
            NewDocument(
                id=row.id,
                title=row.title,
                issuer=row.issuer,
                dated_on=_day(row.signed_on or row.published_on),
                jurisdiction=Jurisdiction(province=row.province, city=row.city, county=row.county),
                uri=row.uri,
                changed=row.source_sha256 in replaced,
            )
            for row in rows
        ]
        found.sort(key=lambda one: (one.dated_on or date.min, one.id), reverse=True)
        # By place, those that name none last; within a place the order just made stays.
        found.sort(key=lambda one: _place_key(one.jurisdiction))
        return found

    def numbered(self, documents: Iterable[NewDocument]) -> None:
        """Fills in the document numbers of a few documents."""
        for one in documents:
            document = self._store.documents.get(one.id)
            one.document_number = document.document_number if document else None

    def files(self, after: int, upto: int) -> list[UnreadFile]:
        """The files that could not be read, first so after one arrival and up to another, and still are."""
        arrivals, sources = t.digest_arrivals.c, t.sources.c
        query = (
            sa.select(sources.uri, sources.cause, sources.message, sources.cure)
            .join(t.digest_arrivals, (arrivals.key == sources.sha256) & (arrivals.kind == "failure"))
            .where(arrivals.number > after, arrivals.number <= upto, sources.status == "failed")
            .order_by(sources.uri)
        )
        with self._store.snapshot() as connection:
            return [
                UnreadFile(uri=row.uri, cause=row.cause or "", message=row.message or "", cure=row.cure or "")
                for row in connection.execute(query)
            ]

    def findings(self, before: Watermark | None, upto: Watermark) -> Newly:
        """What has become of findings between two watermarks, and the days that have passed or are near."""
        with self._store.snapshot() as connection:
            return findings_since(connection, before, upto)

    # Who was told what

    def alone(self, target: str) -> AbstractContextManager[None]:
        """The right to tell a target, as long as the context lasts; a process that is killed gives it back too.

        Raises:
            DigestBusy: another process, or another machine of this database, is telling it.
            CorpusError: the folder cannot be written.
        """
        doing = Both(f"{target}: 正在发送给此收件方", "this target is being told")
        return alone(self._store, self._home / FOLDER, "digest", target, doing, DigestBusy)

    def told(self, target: str) -> Watermark | None:
        """How far a target was told; None where it never was."""
        with self._store.snapshot() as connection:
            text = connection.scalar(sa.select(t.digest_targets.c.watermark).where(t.digest_targets.c.target == target))
        return None if text is None else Watermark.model_validate_json(text)

    def begin(self, digest: Digest) -> int:
        """Records that a digest is about to be sent; gives the delivery's number. Whoever begins one holds ``alone`` of
        its target: those that still count as under way were killed, and are marked as failed."""
        table = t.digest_deliveries
        with self._writing() as connection:
            killed = (table.c.target == digest.target) & (table.c.state == "sending")
            reason = "发送中断，是否送达不明 / was killed while sending; whether it arrived is unknown"
            values = {"state": "failed", "finished_at": now(), "reason": reason}
            connection.execute(table.update().where(killed).values(values))
            number = (connection.scalar(sa.select(sa.func.max(table.c.number))) or 0) + 1
            delivered = (table.c.target == digest.target) & (table.c.state == "delivered")
            after = connection.scalar(sa.select(sa.func.max(table.c.number)).where(delivered)) or 0
            tried = sa.select(sa.func.count()).where(table.c.target == digest.target, table.c.number > after)
            row = {"number": number, "target": digest.target, "digest": digest.id, "state": "sending"}
            row |= {"attempt": (connection.scalar(tried) or 0) + 1, "items": sum(digest.totals.values())}
            connection.execute(table.insert(), row | {"started_at": now()})
        return number

    def delivered(self, number: int, digest: Digest, watermark: Watermark) -> None:
        """Records that a digest has arrived: its target is told up to ``watermark``."""
        with self._writing() as connection:
            _finish(connection, number, "delivered", None, digest.model_dump_json())
            _tell(connection, digest.target, watermark)

    def failed(self, number: int, reason: str) -> None:
        """Records that a digest did not arrive; ``reason`` without secrets."""
        with self._writing() as connection:
            _finish(connection, number, "failed", reason)

    def deliveries(self, target: str | None = None, *, limit: int | None = None) -> list[Delivery]:
        """The deliveries, newest first, of one target if named."""
        columns = [column for column in t.digest_deliveries.c if column.name != "body"]
        query = sa.select(*columns).order_by(t.digest_deliveries.c.number.desc()).limit(limit)
        if target is not None:
            query = query.where(t.digest_deliveries.c.target == target)
        with self._store.snapshot() as connection:
            return [Delivery.model_validate(dict(row._mapping)) for row in connection.execute(query)]

    def sent(self, digest: str) -> Digest | None:
        """A digest as it was delivered, by its identifier; None where there is none."""
        table = t.digest_deliveries.c
        query = sa.select(table.body).where(table.digest == digest, table.state == "delivered").limit(1)
        with self._store.snapshot() as connection:
            body = connection.scalar(query)
        return None if body is None else Digest.model_validate_json(body)

    # Inside

    def _writing(self) -> AbstractContextManager[sa.Connection]:
        return self._store.beside(t.digest_deliveries)


def _note_documents(connection: sa.Connection) -> None:
    arrivals, documents = t.digest_arrivals, t.documents
    seen = connection.scalar(sa.select(sa.func.max(arrivals.c.seq))) or 0
    query = (
        sa.select(documents.c.id, documents.c.source_sha256, documents.c.seq)
        .where(documents.c.seq > seen)
        .order_by(documents.c.seq)
    )
    rows = connection.execute(query).all()
    known: set[str] = set()
    sources: set[str] = set()
    for chunk in chunks([row.id for row in rows]):
        is_one = (arrivals.c.kind == "document") & arrivals.c.key.in_(chunk)
        known.update(connection.scalars(sa.select(arrivals.c.key).where(is_one)))
    for chunk in chunks(sorted({row.source_sha256 for row in rows})):
        from_one = (arrivals.c.kind == "document") & arrivals.c.source_sha256.in_(chunk)
        sources.update(connection.scalars(sa.select(arrivals.c.source_sha256).where(from_one)))
    number = _last_number(connection)
    new: list[dict[str, object]] = []
    for row in rows:
        if row.id in known:
            continue
        fresh = row.source_sha256 not in sources
        number += fresh
        new.append(
            {
                "kind": "document", "key": row.id, "source_sha256": row.source_sha256,
                "number": number if fresh else 0, "seq": row.seq,
            }
        )  # fmt: skip
    _insert(connection, new)
    if rows and rows[-1].id in known:
        # Nothing was noted for the last change; the next call need not look at it again.
        is_last = (arrivals.c.kind == "document") & (arrivals.c.key == rows[-1].id)
        connection.execute(arrivals.update().where(is_last).values(seq=rows[-1].seq))


def _note_failures(connection: sa.Connection) -> None:
    arrivals, sources = t.digest_arrivals, t.sources
    failing = sa.select(sources.c.sha256).where(sources.c.status == "failed")
    mended = (arrivals.c.kind == "failure") & arrivals.c.key.not_in(failing)
    connection.execute(arrivals.delete().where(mended))
    noted = sa.select(arrivals.c.key).where(arrivals.c.kind == "failure")
    query = failing.where(sources.c.sha256.not_in(noted)).order_by(sources.c.first_seen, sources.c.sha256)
    number = _last_number(connection)
    new = [
        {"kind": "failure", "key": sha256, "source_sha256": sha256, "number": number + place, "seq": 0}
        for place, sha256 in enumerate(connection.scalars(query).all(), start=1)
    ]
    _insert(connection, new)


def _last_number(connection: sa.Connection) -> int:
    """The highest number ever given, also to a failure that is mended since: nothing new may get it again."""
    given = connection.scalar(sa.select(sa.func.max(t.digest_arrivals.c.number))) or 0
    told = 0
    for text in connection.scalars(sa.select(t.digest_targets.c.watermark)):
        told = max(told, Watermark.model_validate_json(text).arrival)
    return max(given, told)


def _insert(connection: sa.Connection, rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), _INSERTED):
        connection.execute(t.digest_arrivals.insert(), rows[start : start + _INSERTED])


def _replacing(connection: sa.Connection, sha256s: set[str]) -> set[str]:
    """Those contents that stand under a name under which another content, which was read, stood before."""
    new, old = t.locations.alias(), t.locations.alias()
    found: set[str] = set()
    for chunk in chunks(sorted(sha256s)):
        query = (
            sa.select(new.c.sha256)
            .join(old, (old.c.uri == new.c.uri) & (old.c.sha256 != new.c.sha256))
            .join(t.sources, (t.sources.c.sha256 == old.c.sha256) & (t.sources.c.status == "read"))
            .where(new.c.sha256.in_(chunk), new.c.current, sa.not_(old.c.current))
            .distinct()
        )
        found.update(connection.scalars(query))
    return found


def _finish(connection: sa.Connection, number: int, state: str, reason: str | None, body: str | None = None) -> None:
    table = t.digest_deliveries
    values = {"state": state, "finished_at": now(), "reason": reason, "body": body}
    connection.execute(table.update().where(table.c.number == number).values(values))


def _tell(connection: sa.Connection, target: str, watermark: Watermark) -> None:
    table = t.digest_targets
    connection.execute(table.delete().where(table.c.target == target))
    row = {"target": target, "watermark": watermark.model_dump_json(), "told_at": watermark.told_at.isoformat()}
    connection.execute(table.insert(), row)


def _place_key(place: Jurisdiction) -> tuple[bool, str, str, str]:
    return place.province is None, place.province or "", place.city or "", place.county or ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
