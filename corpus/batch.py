"""One transaction of the store: what became of files, their documents, where they were seen.

``corpus.files`` opens the transaction; a ``Batch`` writes the rows. Changes are numbered, so that the index can follow.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from corpus import tables as t
from schemas.document import Document
from schemas.outcome import Outcome

_T = TypeVar("_T")

CHUNK = 500
"""How many values go into one statement."""


class Batch:
    """The rows of one transaction; nothing is kept when the transaction fails."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._now = now()
        self._last: int | None = None

    def finish(self) -> None:
        """Records the number of the last change."""
        if self._last is not None:
            self.put_meta(seq=self._last)

    def _next(self) -> int:
        self._last = (last_change(self._connection) if self._last is None else self._last) + 1
        return self._last

    def put_sources(self, outcomes: Sequence[Outcome], version: str) -> None:
        """Records what became of files."""
        table = t.sources
        before: dict[str, tuple[str, int]] = {}
        for chunk in chunks(list({outcome.sha256 for outcome in outcomes})):
            query = sa.select(table.c.sha256, table.c.first_seen, table.c.attempts).where(table.c.sha256.in_(chunk))
            before.update((row.sha256, (row.first_seen, row.attempts)) for row in self._connection.execute(query))
        rows = []
        for outcome in outcomes:
            first_seen, attempts = before.get(outcome.sha256, (self._now, 0))
            before[outcome.sha256] = first_seen, attempts + 1
            failure = outcome.failure
            rows.append(
                {
                    "sha256": outcome.sha256,
                    "uri": outcome.uri,
                    "bytes": outcome.bytes,
                    "media_type": outcome.media_type,
                    "first_seen": first_seen,
                    "last_seen": self._now,
                    "status": "failed" if failure else "read",
                    "cause": failure.cause if failure else None,
                    "message": failure.message if failure else None,
                    "cure": failure.cure if failure else None,
                    "attempts": attempts + 1,
                    "extraction_version": version,
                    "attachments": json.dumps(sorted(outcome.attachments)),
                    "attachment_failures": json.dumps(
                        [f.model_dump() for f in outcome.attachment_failures], ensure_ascii=False
                    ),
                }
            )
        self.upsert(table, rows)

    def put_documents(self, outcomes: Sequence[Outcome]) -> set[str]:
        """Records the documents of files; one that is stored already with the same content is not touched.

        Returns those that a file had before and has no longer: they may have stopped being current (``refresh``).
        """
        links = t.source_documents
        linked = self._linked([outcome.sha256 for outcome in outcomes])
        stored = self._bodies({document.id for outcome in outcomes for document in outcome.documents})
        rows: dict[str, dict[str, Any]] = {}
        new_links: dict[tuple[str, str], dict[str, Any]] = {}
        gone: set[tuple[str, str]] = set()
        for outcome in outcomes:
            ids = {document.id for document in outcome.documents}
            for id in linked[outcome.sha256] - ids:
                # No longer read from this source; without any source the document stops being current.
                gone.add((outcome.sha256, id))
                new_links.pop((outcome.sha256, id), None)
            linked[outcome.sha256] = ids
            for position, document in enumerate(outcome.documents):
                body = document.model_dump_json()
                if stored.get(document.id) != body:
                    row = document_row(document, outcome.sha256, position, body)
                    rows[document.id] = row | {"current": False, "seq": self._next()}
                    stored[document.id] = body
                key = outcome.sha256, document.id
                new_links[key] = {"source_sha256": key[0], "document_id": key[1], "position": position}
                gone.discard(key)
        if gone:
            one = (links.c.source_sha256 == sa.bindparam("s")) & (links.c.document_id == sa.bindparam("d"))
            self._connection.execute(links.delete().where(one), [{"s": sha256, "d": id} for sha256, id in sorted(gone)])
        self.upsert(t.documents, list(rows.values()))
        self.upsert(links, list(new_links.values()))
        return {id for _, id in gone}

    def _linked(self, sha256s: Sequence[str]) -> dict[str, set[str]]:
        """By source the documents that were last read from it."""
        links = t.source_documents.c
        found: dict[str, set[str]] = {sha256: set() for sha256 in sha256s}
        for chunk in chunks(list(found)):
            query = sa.select(links.source_sha256, links.document_id).where(links.source_sha256.in_(chunk))
            for row in self._connection.execute(query):
                found[row.source_sha256].add(row.document_id)
        return found

    def _bodies(self, ids: Iterable[str]) -> dict[str, str]:
        columns, found = t.documents.c, dict[str, str]()
        for chunk in chunks(sorted(ids)):
            rows = self._connection.execute(sa.select(columns.id, columns.body).where(columns.id.in_(chunk)))
            found.update((row.id, row.body) for row in rows)
        return found

    def put_companions(self, files: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Records which files were given to the reader beside each source: ``(uri, sha256)`` in their order."""
        table = t.companions
        for chunk in chunks(list(files)):
            self._connection.execute(table.delete().where(table.c.source_sha256.in_(chunk)))
        self.upsert(
            table,
            [
                {"source_sha256": source, "position": position, "sha256": digest, "uri": uri}
                for source, beside in files.items()
                for position, (uri, digest) in enumerate(beside)
            ],
        )

    def put_locations(self, pairs: Sequence[tuple[str, str]], *, current: bool = True) -> set[str]:
        """Records where contents were seen; returns those whose standing as current content of a name has changed."""
        table, touched = t.locations, set[str]()
        standing: dict[str, dict[str, bool]] = {}
        for chunk in chunks(list(dict.fromkeys(uri for uri, _ in pairs))):
            for row in self._connection.execute(sa.select(table).where(table.c.uri.in_(chunk))):
                standing.setdefault(row.uri, {})[row.sha256] = row.current
        seen, changed = [], []
        for uri, sha in pairs:
            known = standing.setdefault(uri, {})
            if sha in known and (known[sha] or not current):
                seen.append({"u": uri, "s": sha, "now": self._now})
                continue
            changed.append(
                {"uri": uri, "sha256": sha, "first_seen": self._now, "last_seen": self._now, "current": current}
            )
            if current:
                touched.add(sha)
                touched.update(other for other, was in known.items() if was)
                standing[uri] = dict.fromkeys(known, False)
            standing[uri][sha] = current
        for chunk in chunks([str(row["uri"]) for row in changed if row["current"]]):
            self._connection.execute(table.update().where(table.c.uri.in_(chunk)).values(current=False))
        self.upsert(table, changed, keep=("first_seen",))
        if seen:
            same = (table.c.uri == sa.bindparam("u")) & (table.c.sha256 == sa.bindparam("s"))
            self._connection.execute(table.update().where(same).values(last_seen=sa.bindparam("now")), seen)
        return touched

    def refresh(self, sha256s: Iterable[str]) -> None:
        """Brings ``current`` of the documents of these sources up to date."""
        links = t.source_documents
        for chunk in chunks(sorted(sha256s)):
            ids = self._connection.scalars(
                sa.select(links.c.document_id).where(links.c.source_sha256.in_(chunk)).distinct()
            )
            self.refresh_documents(list(ids))

    def refresh_documents(self, ids: Sequence[str]) -> None:
        """Brings ``current`` of these documents up to date."""
        for chunk in chunks(ids):
            self._refresh_chunk(chunk)

    def _refresh_chunk(self, ids: Sequence[str]) -> None:
        links, documents = t.source_documents, t.documents
        standing = (
            sa.select(links.c.document_id)
            .join(t.locations, t.locations.c.sha256 == links.c.source_sha256)
            .where(links.c.document_id.in_(ids), t.locations.c.current)
        )
        current = set(self._connection.scalars(standing))
        rows = self._connection.execute(
            sa.select(documents.c.id, documents.c.current).where(documents.c.id.in_(ids))
        ).all()
        changed = [
            {"i": row.id, "is_current": row.id in current, "number": self._next()}
            for row in rows
            if row.current != (row.id in current)
        ]
        if changed:
            one = documents.update().where(documents.c.id == sa.bindparam("i"))
            values: dict[str, Any] = {"current": sa.bindparam("is_current"), "seq": sa.bindparam("number")}
            self._connection.execute(one.values(values), changed)

    def put_meta(self, **values: object) -> None:
        """Records facts about the corpus itself."""
        self.upsert(t.meta, [{"key": key, "value": str(value)} for key, value in values.items()])

    def upsert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]], keep: Sequence[str] = ()) -> None:
        """Inserts rows or, where the key is taken, replaces all columns but those of ``keep``."""
        if rows:
            self._connection.execute(_upsert_statement(table, tuple(keep), self._connection.dialect.name), rows)


@cache
def _upsert_statement(table: sa.Table, keep: tuple[str, ...], dialect_name: str) -> sa.Executable:
    # Made once: making it takes longer than carrying it out.
    dialect: Any = postgresql if dialect_name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    new = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys and c.name not in keep}
    upsert: sa.Executable = statement.on_conflict_do_update(index_elements=keys, set_=new)
    return upsert


def document_row(document: Document, sha256: str, position: int, body: str) -> dict[str, Any]:
    """The columns of a document but for ``current`` and ``seq``; ``body`` is the document as JSON."""
    dated_on = document.signed_on or document.published_on
    place = document.jurisdiction
    return {
        "id": document.id,
        "source_sha256": sha256,
        "position": position,
        "body": body,
        "title": _column(document.title),
        "issuer": _column("、".join(document.issuers) or None),
        "province": place.province,
        "city": place.city,
        "county": place.county,
        "adcode": place.adcode,
        "level": document.level,
        "role": document.role,
        "genre": document.genre,
        "signed_on": document.signed_on.isoformat() if document.signed_on else None,
        "published_on": document.published_on.isoformat() if document.published_on else None,
        "year": dated_on.year if dated_on else None,
        "script": document.script,
        "on_topic": document.on_topic,
    }


def _column(text: str | None) -> str | None:
    # PostgreSQL takes no NUL in a text; the body, which is JSON, keeps it.
    return text.replace("\0", "") if text else text


def last_change(connection: sa.Connection) -> int:
    """The number of the last change that is recorded."""
    return int(connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == "seq")) or 0)


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The values in portions that fit into one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def now() -> str:
    """The moment, in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
