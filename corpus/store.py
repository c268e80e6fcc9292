"""The store: what was taken in, what became of it, and every document. It is the truth; the index is derived from it.

SQLite in write-ahead mode, or PostgreSQL, through SQLAlchemy Core. Every batch is one transaction, flushed to the disk before the
call returns. One writer at a time (``corpus.lock`` sees to it), any number of readers. Import this module only when the
store is needed: SQLAlchemy takes longer to load than a search takes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import CHUNK, Batch, chunks, last_change, now
from corpus.database import Database
from corpus.decisions import Decisions
from corpus.history import Event, Origin, ReadBeside, Runs
from corpus.lock import WriterLock
from corpus.opening import corpus_of, failing, open_engine
from corpus.shared_lock import SharedLock
from corpus.standing import Standing, standings
from corpus.stored_check import read_check
from corpus.texts import DocumentText
from schemas.decision import Decision
from schemas.document import Document
from schemas.errors import CorpusError, DuzhengError
from schemas.finding import PlanCheck, identified
from schemas.outcome import Failure, Outcome

# What every page asks, put together once: that takes longer than the asking.
_BODY = sa.select(t.documents.c.body).where(t.documents.c.id == sa.bindparam("document"))
_LINKED = (
    sa.select(t.source_documents.c.document_id)
    .where(t.source_documents.c.document_id == sa.bindparam("document"))
    .limit(1)
)
_LOCATIONS = sa.select(t.locations.c.uri).where(t.locations.c.sha256 == sa.bindparam("sha")).order_by(t.locations.c.uri)
_LAST_DECISION = sa.select(sa.func.max(t.decisions.c.number))


@dataclass(frozen=True, slots=True)
class Body:
    """One document as it is stored: its JSON, and by the pack's id what its last check with that pack found."""

    seq: int
    id: str
    current: bool
    body: str
    verdicts: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One document as the index must hold it after ``seq``: with its document, or, when that is None, not at all.

    ``body`` is the document as JSON; ``verdicts``: by the pack's id, what its last check with that pack found.
    """

    seq: int
    id: str
    document: Document | None
    body: str
    verdicts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a document was read from: the file as it was given to the reader, and the files beside it, in their order.

    ``attachments`` is how many files were read as its attachments, those inside archives included.
    """

    sha256: str
    uri: str
    companions: tuple[tuple[str, str], ...]
    attachments: int


class Store:
    """The tables of one corpus. Not for use by several threads at once."""

    def __init__(self, engine: sa.Engine, database: Database) -> None:
        self._engine = engine
        self._name = database.name
        self._shared = None if database.url is None else SharedLock(engine, database.name)
        self.database = database

    @classmethod
    def open(
        cls, database: Database, create: bool = False, lock: WriterLock | None = None, upgrade: bool = True
    ) -> Store:
        """Opens a store; with ``create`` an absent one is made.

        One made by an earlier version is brought up to date first, under ``lock``; without it, only by who is sure that
        nobody writes. Without ``upgrade`` it is refused. A folder that belonged to no database yet belongs to this one from then on.

        Raises:
            CorpusError: there is none, it is damaged, it cannot be brought up to date, or a later version made it.
        """
        if not create and not database.exists():
            raise CorpusError(
                f"{database.home}: 没有语料库 / there is no corpus here; make one with: duzheng ingest PATH"
            )
        engine = open_engine(database, create, lock, upgrade)
        try:
            if database.url is not None:
                with failing(database):
                    corpus = corpus_of(engine)
                database.belongs(corpus)
                database = database.bind(corpus)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, database)

    def claim(self) -> None:
        """Takes the right to write in a database that several machines share; in SQLite the folder's lock is enough.

        Raises:
            CorpusError: another machine has it.
        """
        if self._shared is not None:
            with failing(self.database):
                self._shared.connection()

    def unclaim(self) -> None:
        """Gives that right back."""
        if self._shared is not None:
            self._shared.release()

    def right(self, right: str, doing: str, busy: type[DuzhengError]) -> SharedLock | None:
        """A right of its own that one machine has at a time, not yet taken; None where the folder's locks are enough."""
        return None if self._shared is None else SharedLock(self._engine, self._name, right, doing, busy)

    def close(self) -> None:
        """Closes the connections; the store can no longer be used."""
        self.unclaim()
        self._engine.dispose()

    # What is there

    def known(self, sha256s: Iterable[str], version: str) -> set[str]:
        """Those of ``sha256s`` that were read successfully by extraction ``version``."""
        return {
            row.sha256 for row in self._sources(sha256s) if row.status == "read" and row.extraction_version == version
        }

    def present(self, sha256s: Iterable[str]) -> set[str]:
        """Those of ``sha256s`` that were ever recorded, read or not."""
        return {row.sha256 for row in self._sources(sha256s)}

    def failed(self, sha256s: Iterable[str], version: str) -> dict[str, Failure]:
        """Those of ``sha256s`` that extraction ``version`` has tried and could not read, with the reason."""
        return {
            row.sha256: _failure(row)
            for row in self._sources(sha256s)
            if row.status == "failed" and row.extraction_version == version
        }

    def attachments(self, sha256s: Iterable[str]) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """For each source the SHA-256 of the attachments read with it and the names of those that could not be read."""
        return {
            row.sha256: (
                frozenset(json.loads(row.attachments)),
                frozenset(failure["uri"] for failure in json.loads(row.attachment_failures)),
            )
            for row in self._sources(sha256s)
        }

    def failures(self) -> list[Failure]:
        """Every file that could not be read the last time it was tried, in the order of their names.

        A file that has been replaced by one that could be read, under the same name, is not among them.
        """
        replaced = sa.exists().where(
            t.locations.c.uri == t.sources.c.uri,
            t.locations.c.current,
            t.locations.c.last_seen > t.sources.c.last_seen,
        )
        query = sa.select(t.sources).where(t.sources.c.status == "failed", sa.not_(replaced)).order_by(t.sources.c.uri)
        with self._reading() as connection:
            return [_failure(row) for row in connection.execute(query)]

    def locations(self, sha256: str) -> list[str]:
        """The names under which that content was seen, in their order."""
        with self._reading() as connection:
            return list(connection.scalars(_LOCATIONS, {"sha": sha256}))

    def source_names(self) -> list[str]:
        """The SHA-256 of every source and of every attachment read with one, sorted."""
        with self._reading() as connection:
            found: set[str] = set()
            for row in connection.execute(sa.select(t.sources.c.sha256, t.sources.c.attachments)):
                found.add(row.sha256)
                found.update(json.loads(row.attachments))
        return sorted(found)

    def document(self, id: str) -> Document | None:
        """The document with that identifier, superseded ones included."""
        with self._reading() as connection:
            body = connection.scalar(_BODY, {"document": id})
        return None if body is None else Document.model_validate_json(body)

    def is_current(self, id: str) -> bool:
        """Whether a document stands in the last version of its file."""
        with self._reading() as connection:
            return connection.scalar(_LINKED, {"document": id}) is not None

    def documents(self, *, superseded: bool = False, **equal: Any) -> Iterator[Document]:
        """Documents in the order in which they were taken in; ``equal`` names columns and the values they must have.

        ``superseded`` adds those whose file has since changed.
        """
        query = sa.select(t.documents.c.id).order_by(t.documents.c.seq)
        if not superseded:
            query = query.where(t.documents.c.current)
        for column, value in equal.items():
            query = query.where(t.documents.c[column] == value)
        with self._reading() as connection:
            ids = list(connection.scalars(query))
        for chunk in chunks(ids):
            with self._reading() as connection:
                rows = connection.execute(
                    sa.select(t.documents.c.id, t.documents.c.body).where(t.documents.c.id.in_(chunk))
                )
                bodies = {row.id: row.body for row in rows}
            for id in chunk:
                if id in bodies:
                    yield Document.model_validate_json(bodies[id])

    def texts(self, only: Collection[str] | None = None) -> Iterator[DocumentText]:
        """The bare texts of the current documents, of all in the order in which they were taken in, or of these ``only``."""
        columns = t.documents.c
        query = sa.select(columns.id).where(columns.current)
        with self._reading() as connection:
            if only is None:
                ids = list(connection.scalars(query.order_by(columns.seq)))
            else:
                parts = chunks(sorted(only))
                ids = [id for part in parts for id in connection.scalars(query.where(columns.id.in_(part)))]
        wanted = (columns.id, columns.title, columns.province, columns.level, columns.signed_on, columns.published_on)
        for chunk in chunks(ids):
            with self._reading() as connection:
                rows = connection.execute(sa.select(*wanted, columns.body).where(columns.id.in_(chunk)))
                found = {row.id: row for row in rows}
            for row in (found[id] for id in chunk if id in found):
                day = row.signed_on or row.published_on
                yield DocumentText(
                    id=row.id,
                    title=row.title,
                    text=json.loads(row.body)["text"],
                    province=row.province,
                    level=row.level,
                    dated_on=date.fromisoformat(day) if day else None,
                )

    def checks(self, document: str | None = None, pack: str | None = None) -> Iterator[PlanCheck]:
        """The recorded checks, newest first; of one document or one pack if named."""
        query = sa.select(t.checks.c.body, t.checks.c.document_id, t.checks.c.pack_id).order_by(
            t.checks.c.made_at.desc(), t.checks.c.document_id, t.checks.c.pack_id
        )
        if document is not None:
            query = query.where(t.checks.c.document_id == document)
        if pack is not None:
            query = query.where(t.checks.c.pack_id == pack)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            yield identified(read_check(row.body, row.document_id, row.pack_id))

    def current_ids(self) -> set[str]:
        """The identifiers of the current documents: what the index must hold."""
        with self._reading() as connection:
            return set(connection.scalars(sa.select(t.documents.c.id).where(t.documents.c.current)))

    def counts(self) -> dict[str, int]:
        """How many files read and failed, locations, documents, superseded ones and checks there are, and ``seq``."""
        with self._reading() as connection:

            def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
                return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0

            return {
                "files_read": count(t.sources, t.sources.c.status == "read"),
                "files_failed": count(t.sources, t.sources.c.status == "failed"),
                "locations": count(t.locations),
                "documents": count(t.documents, t.documents.c.current),
                "documents_superseded": count(t.documents, sa.not_(t.documents.c.current)),
                "checks": count(t.checks),
                "seq": last_change(connection),
            }

    def glance(self) -> tuple[int, int]:
        """How many current documents there are, and how many files that could not be read."""
        unread = sa.select(sa.func.count()).select_from(t.sources).where(t.sources.c.status == "failed")
        current = sa.select(sa.func.count()).select_from(t.documents).where(t.documents.c.current)
        with self._reading() as connection:
            return connection.scalar(current) or 0, connection.scalar(unread) or 0

    def problems(self) -> list[str]:
        """What is wrong with the database itself, one line each: pages that contradict each other, rows that refer to
        nothing. PostgreSQL looks after its own pages and references; there nothing is asked.

        Raises:
            CorpusError: it is so damaged that it cannot even be asked.
        """
        with self._reading() as connection:
            if connection.dialect.name != "sqlite":
                return []
            pages = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
            found = [f"{self._name}: {line}; {self.database.way_back()}" for line in pages if line != "ok"]
            if found:
                return found
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return [
            f"{self._name}: {row[0]}: a row refers to one of {row[2]} that is not there; {self.database.way_back()}"
            for row in lost[:20]
        ]

    # What the index asks for

    def seq(self) -> int:
        """The number of the last change of a document; 0 in an empty store."""
        with self._reading() as connection:
            return last_change(connection)

    def bodies(self, after: int) -> Iterator[Body]:
        """What is stored of the documents changed after ``after``, each once in its last state, in the order of changes."""
        while True:
            query = sa.select(t.documents.c.seq, t.documents.c.id, t.documents.c.current, t.documents.c.body)
            query = query.where(t.documents.c.seq > after).order_by(t.documents.c.seq).limit(CHUNK)
            with self._reading() as connection:
                rows = connection.execute(query).all()
                verdicts = _last_verdicts(connection, [row.id for row in rows if row.current])
            if not rows:
                return
            for row in rows:
                yield Body(row.seq, row.id, row.current, row.body, verdicts.get(row.id, {}))
            after = rows[-1].seq

    def changes(self, after: int) -> Iterator[Change]:
        """The documents changed after ``after``, each once in its last state, in the order of their changes."""
        for one in self.bodies(after):
            document = Document.model_validate_json(one.body) if one.current else None
            yield Change(one.seq, one.id, document, one.body, one.verdicts)

    def checked(self) -> int:
        """The number of the last check that was recorded; 0 without any since the index holds verdicts."""
        with self._reading() as connection:
            return int(connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == "checked")) or 0)

    def checked_after(self, number: int) -> Iterator[Change]:
        """The current documents that were checked after check ``number``, in their last state."""
        checked = sa.select(t.runs.c.document_id).where(t.runs.c.number > number).distinct()
        columns = t.documents.c
        with self._reading() as connection:
            ids = list(connection.scalars(checked))
        for chunk in chunks(ids):
            current = sa.select(columns.seq, columns.id, columns.body).where(columns.id.in_(chunk), columns.current)
            with self._reading() as connection:
                rows = connection.execute(current).all()
                verdicts = _last_verdicts(connection, chunk)
            for row in rows:
                document = Document.model_validate_json(row.body)
                yield Change(row.seq, row.id, document, row.body, verdicts.get(row.id, {}))

    # Writing

    def record(
        self,
        outcomes: Sequence[Outcome],
        version: str,
        companions: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> None:
        """Stores a batch: what became of each file, its documents, where it was seen. All of it, or on error nothing.

        A document that is stored already with the same content is not touched. A failure never replaces what was read
        before from the same name. ``companions``: by the SHA-256 of a file, the files that were given to the reader
        beside it, in their order: ``(uri, sha256)``.
        """
        with self._writing() as connection:
            batch = Batch(connection)
            batch.put_sources(outcomes, version)
            dropped = batch.put_documents([outcome for outcome in outcomes if outcome.failure is None])
            # Of a file that could not be read too: it is read again as it was given (``flows.retry``).
            batch.put_companions({one.sha256: (companions or {}).get(one.sha256, ()) for one in outcomes})
            touched = {outcome.sha256 for outcome in outcomes}
            read = [(outcome.uri, outcome.sha256) for outcome in outcomes if outcome.failure is None]
            touched |= batch.put_locations(read)
            failed = [(outcome.uri, outcome.sha256) for outcome in outcomes if outcome.failure is not None]
            batch.put_locations(failed, current=False)
            batch.refresh_documents(sorted(dropped))
            batch.refresh(touched)
            batch.finish()

    def locate(self, locations: Iterable[tuple[str, str]]) -> int:
        """Records where the content of recorded SHA-256s was seen: ``(uri, sha256)``; others are left out.

        Returns how many of them were new or had changed; seeing the same file again changes nothing but its date.
        """
        wanted = list(dict.fromkeys(locations))
        if not wanted:
            return 0
        status = {row.sha256: row.status for row in self._sources(sha for _, sha in wanted)}
        with self._writing() as connection:
            batch = Batch(connection)
            before = connection.scalar(sa.select(sa.func.count()).select_from(t.locations)) or 0
            read = [(uri, sha) for uri, sha in wanted if status.get(sha) == "read"]
            touched = batch.put_locations(read)
            failed = [(uri, sha) for uri, sha in wanted if status.get(sha) == "failed"]
            batch.put_locations(failed, current=False)
            batch.refresh(touched)
            batch.finish()
            after = connection.scalar(sa.select(sa.func.count()).select_from(t.locations)) or 0
        return max(after - before, len(touched))

    def record_checks(
        self,
        checks: Sequence[PlanCheck],
        *,
        engine: str = "",
        extraction: str = "",
        origin: Origin = "check",
        beside: Sequence[ReadBeside] = (),
    ) -> None:
        """Stores checks; one of the same document with the same pack (same SHA-256) replaces the earlier one as the
        latest, and every one is kept as a run of the history.

        Args:
            checks: the checks.
            engine, extraction: the versions of the rules they were made with; empty where not known.
            origin: ``verify`` for findings that could not be confirmed on their original.
            beside: what each was checked beside, where that is known.

        Raises:
            CorpusError: a checked document is not in the store.
        """
        for check in checks:
            identified(check)
        rows = [
            {
                "document_id": check.plan.id,
                "pack_id": check.pack.id,
                "pack_sha256": check.pack.sha256,
                "body": check.model_dump_json(),
                "made_at": now(),
            }
            for check in checks
        ]
        if not rows:
            return
        with self._writing() as connection:
            ids = [check.plan.id for check in checks]
            present: set[str] = set()
            for chunk in chunks(ids):
                present.update(connection.scalars(sa.select(t.documents.c.id).where(t.documents.c.id.in_(chunk))))
            if missing := sorted(set(ids) - present):
                raise CorpusError(
                    f"{self._name}: document {missing[0]} was checked but is not in the corpus; ingest it first"
                )
            Batch(connection).upsert(t.checks, rows)
            Runs(connection).add(checks, engine=engine, extraction=extraction, origin=origin, beside=beside)
            # What the index brings its verdicts up to date by; a search reads it without loading this module.
            Batch(connection).put_meta(checked=connection.scalar(sa.select(sa.func.max(t.runs.c.number))) or 0)

    # Decisions and history

    def decide(self, decision: Decision) -> Decision:
        """Records a decision about a finding; see ``corpus.decisions``."""
        with self._writing() as connection:
            return Decisions(connection).add(decision)

    def decide_all(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Records several decisions, all or none."""
        with self._writing() as connection:
            writer = Decisions(connection)
            return [writer.add(decision) for decision in decisions]

    def decisions(self) -> dict[str, list[Decision]]:
        """Every record by its finding, oldest first."""
        with self._reading() as connection:
            return Decisions(connection).of()

    def last_decision(self) -> int:
        """The number of the last decision; 0 without any."""
        with self._reading() as connection:
            return connection.scalar(_LAST_DECISION) or 0

    def broken_decisions(self) -> list[str]:
        """What shows that decisions were changed behind the program's back."""
        with self._reading() as connection:
            return Decisions(connection).broken()

    def standings(self, today: date, *, pack: str | None = None, unit: str | None = None) -> list[Standing]:
        """Every finding as it stands; see ``corpus.standing``."""
        with self._reading() as connection:
            return standings(connection, today, pack=pack, unit=unit)

    def history(self, finding: str) -> tuple[str, list[Event], list[Decision]]:
        """A finding's full identifier, what each run made of it, and what people decided; a unique beginning will do."""
        with self._reading() as connection:
            runs = Runs(connection)
            id = runs.resolve(finding)
            return id, runs.events(runs.of(id), id), Decisions(connection).of([id]).get(id, [])

    def judged(self, document: str, pack: str) -> PlanCheck | None:
        """What the last check of a plan with a pack found, before any verification touched it."""
        with self._reading() as connection:
            return Runs(connection).judged(document, pack)

    def taken_from(self, document: str) -> Taken:
        """What a document was read from.

        Raises:
            CorpusError: there is no such document.
        """
        source = (
            sa.select(t.sources.c.sha256, t.sources.c.uri, t.sources.c.attachments)
            .join(t.documents, t.documents.c.source_sha256 == t.sources.c.sha256)
            .where(t.documents.c.id == document)
        )
        with self._reading() as connection:
            row = connection.execute(source).one_or_none()
            if row is None:
                raise CorpusError(f"{document}: 语料库中没有这份文件 / there is no such document in the corpus")
            beside = (
                sa.select(t.companions.c.uri, t.companions.c.sha256)
                .where(t.companions.c.source_sha256 == row.sha256)
                .order_by(t.companions.c.position)
            )
            companions = tuple((one.uri, one.sha256) for one in connection.execute(beside))
        return Taken(row.sha256, row.uri, companions, len(json.loads(row.attachments)))

    # Inside

    def _sources(self, sha256s: Iterable[str]) -> Iterator[sa.Row[Any]]:
        for chunk in chunks(list(dict.fromkeys(sha256s))):
            with self._reading() as connection:
                yield from connection.execute(sa.select(t.sources).where(t.sources.c.sha256.in_(chunk))).all()

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """One state of the store, however long it is read."""
        with self._reading() as connection:
            if connection.dialect.name == "sqlite":
                # Python's driver begins no transaction for SELECT: every one would see a state of its own.
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One change, all of it or, on error, nothing; needs the right to write."""
        with self._writing() as connection:
            yield connection

    @contextmanager
    def beside(self, table: sa.Table) -> Iterator[sa.Connection]:
        """One change of tables that no writer of documents touches, beside a running ingest: without the right to write.

        Those who change ``table`` in this way wait for each other.
        """
        with failing(self.database), self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                # Before the first query, which fixes the state that the transaction sees.
                connection.execute(sa.text(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE"))
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with failing(self.database), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with failing(self.database):
            if self._shared is None:
                with self._engine.begin() as connection:
                    yield connection
            else:
                connection = self._shared.connection()
                with connection.begin():
                    yield connection


def _failure(row: sa.Row[Any]) -> Failure:
    return Failure(uri=row.uri, cause=row.cause, message=row.message, cure=row.cure or "")


def _last_verdicts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """By document and pack the verdicts that occur in the last check."""
    columns = t.checks.c
    query = sa.select(columns.document_id, columns.pack_id, columns.body).where(columns.document_id.in_(ids))
    found: dict[str, dict[str, list[str]]] = {}
    for row in connection.execute(query.order_by(columns.made_at)):  # a later one takes the place of the one before
        found.setdefault(row.document_id, {})[row.pack_id] = list(json.loads(row.body)["summary"])
    return found
