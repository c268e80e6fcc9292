"""What the corpus knows of its sources: their runs, their items with the files of each, and the servers' answers.

An *item* is one address of a source (a notice with its attachments, a file, a mail). ``sha256`` is its content that
stands in the corpus; ``digest`` its files as they were last seen, which may be others: a page on which nothing but the
count of its visitors changed is not stored again. An item that is gone keeps its documents.

The documents themselves are recorded by ``Corpus.record``, before the item is: a run that is killed in between finds the
content known and marks the item.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import sqlalchemy as sa

from corpus import tables as t
from corpus.alone import alone
from corpus.batch import Batch, chunks, now
from schemas.bilingual import Both
from schemas.document import Document
from schemas.errors import Cause, SourceBusy
from schemas.fetching import Listed, RunFailure, SourceRun

if TYPE_CHECKING:
    from corpus.store import Store

FOLDER = "collecting"
"""The folder of the sources' locks, in the corpus folder."""


@dataclass(frozen=True, slots=True)
class ItemFile:
    """One file of an item: where it is, what the reader is told it is called, and what the server said of its version."""

    url: str
    name: str
    sha256: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a source as it was last seen; times are in UTC. ``files`` has the item itself first."""

    source: str
    url: str
    title: str | None
    dated_on: str | None
    sender: str | None
    sha256: str | None
    text_key: str | None
    digest: str | None
    fingerprint: str | None
    first_seen: str
    last_seen: str
    checked_at: str | None
    changed_at: str | None
    gone_since: str | None
    cause: str | None
    message: str | None
    cure: str | None
    attempts: int
    files: tuple[ItemFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What a run saw of an item.

    Attributes:
        listed: the item as the list has it.
        sha256: the content that stands in the corpus for it.
        text_key: of its documents.
        files: the originals that stand for it, the item itself first.
        digest: of its files as they are now.
        changed: whether it had another content before.
        failure: why a part of it could not be had; the next run asks for it again.
    """

    listed: Listed
    sha256: str
    text_key: str
    files: tuple[ItemFile, ...]
    digest: str
    changed: bool
    failure: RunFailure | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer of a server that brought an original."""

    sha256: str
    url: str
    source: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    fetched_at: datetime


def digest_of(sha256s: Iterable[str]) -> str:
    """What the files of an item are known by together; the item itself first."""
    return sha256("\n".join(sha256s).encode()).hexdigest()


class Sources:
    """The sources of an opened corpus; what writes takes the writer's lock of the corpus."""

    def __init__(self, home: Path, store: Store, claim: Callable[[], None]) -> None:
        self._home = home
        self._store = store
        self._claim = claim

    def alone(self, source: str) -> AbstractContextManager[None]:
        """The right to run a source, as long as the context lasts; a process that is killed gives it back too.

        Raises:
            SourceBusy: another run of it is going on; the message says whose.
        """
        doing = Both(f"{source}: 此来源正在采集", "this source is being collected")
        return alone(self._store, self._home / FOLDER, "source", source, doing, SourceBusy)

    # Runs

    def begin(self, source: str, started_at: datetime) -> int:
        """Records that a run has begun and returns its number. Whoever begins one holds the lock of the source: runs of
        it that still count as running were killed, and are marked as interrupted."""
        runs = t.source_runs
        with self._writing() as connection:
            killed = (runs.c.source == source) & (runs.c.status == "running")
            connection.execute(runs.update().where(killed).values(status="interrupted", finished_at=now()))
            row = {"source": source, "started_at": _text(started_at), "status": "running", "listed": 0}
            row |= {"complete": False, "documents": 0, "changes": "{}", "failures": "[]"}
            return int(connection.execute(runs.insert().values(row).returning(runs.c.number)).scalar_one())

    def progress(self, number: int, run: SourceRun) -> None:
        """Records how far a run is, or how it ended."""
        values = {
            "finished_at": _text(run.finished_at) if run.finished_at else None,
            "status": run.status,
            "reason": run.reason,
            "listed": run.listed,
            "complete": run.complete,
            "documents": run.documents,
            "changes": json.dumps(run.changes),
            "failures": json.dumps([failure.model_dump() for failure in run.failures], ensure_ascii=False),
        }
        with self._writing() as connection:
            connection.execute(t.source_runs.update().where(t.source_runs.c.number == number).values(values))

    def runs(self, source: str | None = None, *, limit: int | None = None) -> list[SourceRun]:
        """The runs, newest first, of one source if named."""
        query = sa.select(t.source_runs).order_by(t.source_runs.c.number.desc()).limit(limit)
        if source is not None:
            query = query.where(t.source_runs.c.source == source)
        with self._reading() as connection:
            return [_run(row) for row in connection.execute(query)]

    def last_runs(self) -> dict[str, SourceRun]:
        """By source its last run."""
        last = sa.select(sa.func.max(t.source_runs.c.number)).group_by(t.source_runs.c.source)
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.source_runs).where(t.source_runs.c.number.in_(last)))
            return {row.source: _run(row) for row in rows}

    # Items

    def items(self, source: str) -> dict[str, Item]:
        """Every item that was ever listed by a source, by its address, those that are gone included."""
        files: dict[str, list[ItemFile]] = {}
        one = t.source_files
        with self._reading() as connection:
            for row in connection.execute(
                sa.select(one).where(one.c.source == source).order_by(one.c.item, one.c.position)
            ):
                files.setdefault(row.item, []).append(
                    ItemFile(row.url, row.name, row.sha256, row.etag, row.last_modified)
                )
            rows = connection.execute(sa.select(t.source_items).where(t.source_items.c.source == source)).all()
        return {row.url: Item(**row._mapping, files=tuple(files.get(row.url, ()))) for row in rows}

    def unmarked(self, source: str) -> dict[str, str]:
        """By item the content that was recorded at its address and that the item does not stand for: the run that
        recorded it was ended before it marked the item, or the content could not be read."""
        items, places = t.source_items, t.locations
        query = (
            sa.select(items.c.url, places.c.sha256)
            .join(places, places.c.uri == items.c.url)
            .where(items.c.source == source, places.c.current, items.c.sha256.is_distinct_from(places.c.sha256))
        )
        with self._reading() as connection:
            return {row.url: row.sha256 for row in connection.execute(query)}

    def of(self, sha256: str) -> list[Item]:
        """The items whose content is that of an original: where a document came from, and whether it still stands there."""
        query = sa.select(t.source_items).where(t.source_items.c.sha256 == sha256)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(t.source_items.c.source, t.source_items.c.url)).all()
        return [Item(**row._mapping) for row in rows]

    def bringing(self, sha256s: Collection[str]) -> dict[str, list[str]]:
        """By original the sources whose item it is, or was when it was last seen: first those that still list it."""
        items, files = t.source_items.c, t.source_files.c
        found: dict[str, list[str]] = {}
        with self._reading() as connection:
            for chunk in chunks(sorted(set(sha256s))):
                query = (
                    sa.select(files.sha256, files.source)
                    .join(t.source_items, (items.source == files.source) & (items.url == files.item))
                    .where(files.position == 0, files.sha256.in_(chunk))
                    .order_by(items.gone_since.is_not(None), files.source)
                )
                for row in connection.execute(query):
                    found.setdefault(row.sha256, []).append(row.source)
        return {sha: list(dict.fromkeys(sources)) for sha, sources in found.items()}

    def counts(self) -> dict[str, dict[str, int]]:
        """By source how many items it has: ``items``, of them ``failed`` and ``gone``."""
        columns = t.source_items.c
        query = sa.select(
            columns.source,
            sa.func.count().label("items"),
            sa.func.count(columns.cause).label("failed"),
            sa.func.count(columns.gone_since).label("gone"),
        )
        with self._reading() as connection:
            rows = connection.execute(query.group_by(columns.source).order_by(columns.source)).all()
        return {row.source: {"items": row.items, "failed": row.failed, "gone": row.gone} for row in rows}

    def seen(self, source: str, listed: Sequence[Listed]) -> None:
        """Records that these items are listed: new ones get a row, one that was gone is back."""
        items, moment = t.source_items, now()
        with self._writing() as connection:
            known: dict[str, Any] = {}
            for chunk in chunks([item.url for item in listed]):
                query = sa.select(items).where(items.c.source == source, items.c.url.in_(chunk))
                known.update({row.url: row for row in connection.execute(query)})
            rows = []
            for item in listed:
                former = dict(known[item.url]._mapping) if item.url in known else _blank(source, item.url, moment)
                rows.append(former | _from_list(item) | {"last_seen": moment, "gone_since": None})
            Batch(connection).upsert(items, rows)

    def looked(self, source: str, looks: Sequence[Look], answers: Sequence[KeptAnswer]) -> None:
        """Records what was seen of items, and the answers that brought their originals, in one transaction."""
        items, files, moment = t.source_items, t.source_files, now()
        with self._writing() as connection:
            batch = Batch(connection)
            for look in looks:
                failure = look.failure
                values: dict[str, Any] = {
                    "sha256": look.sha256,
                    "text_key": look.text_key,
                    "digest": look.digest,
                    "fingerprint": look.listed.fingerprint,
                    "checked_at": moment,
                    "cause": failure.cause if failure else None,
                    "message": failure.message if failure else None,
                    "cure": failure.cure if failure else None,
                    "attempts": items.c.attempts + 1 if failure else 0,
                }
                if look.changed:
                    values["changed_at"] = moment
                one = (items.c.source == source) & (items.c.url == look.listed.url)
                connection.execute(items.update().where(one).values(values))
                connection.execute(files.delete().where(files.c.source == source, files.c.item == look.listed.url))
                batch.upsert(files, [_file_row(source, look.listed.url, n, f) for n, f in enumerate(look.files)])
            batch.upsert(t.source_answers, [_answer_row(answer) for answer in answers])

    def failed(self, source: str, failures: Sequence[RunFailure]) -> None:
        """Records why items (``url``) could not be had; what stands in the corpus for them stays."""
        items = t.source_items
        with self._writing() as connection:
            for failure in failures:
                one = (items.c.source == source) & (items.c.url == failure.url)
                values = {"cause": failure.cause, "message": failure.message, "cure": failure.cure}
                connection.execute(items.update().where(one).values(values | {"attempts": items.c.attempts + 1}))

    def reread(self, source: str, keys: Mapping[str, str]) -> None:
        """Records the text keys of items that were read again by other rules."""
        items = t.source_items
        with self._writing() as connection:
            for url, key in keys.items():
                one = (items.c.source == source) & (items.c.url == url)
                connection.execute(items.update().where(one).values(text_key=key))

    def mended(self, sha256: str, key: str) -> None:
        """Records that an original which could not be read now was: its items stand for it, with the text key of its
        documents; why they could not be read is no news any more, why something could not be fetched still is."""
        items, files = t.source_items, t.source_files
        own = sa.select(files.c.item).where(
            files.c.source == items.c.source, files.c.position == 0, files.c.sha256 == sha256
        )
        those = items.c.url.in_(own)
        cleared = {"cause": None, "message": None, "cure": None, "attempts": 0}
        with self._writing() as connection:
            connection.execute(items.update().where(those).values(sha256=sha256, text_key=key))
            connection.execute(items.update().where(those, items.c.cause.in_(get_args(Cause))).values(cleared))

    def gone(self, source: str, urls: Collection[str]) -> None:
        """Marks items that a complete list does not name any more; their documents stay."""
        items, moment = t.source_items, now()
        with self._writing() as connection:
            for chunk in chunks(sorted(urls)):
                those = (items.c.source == source) & items.c.url.in_(chunk) & items.c.gone_since.is_(None)
                connection.execute(items.update().where(those).values(gone_since=moment))

    # Originals

    def fetched_at(self, sha256s: Collection[str]) -> dict[str, datetime]:
        """When a server last sent each original; without those that none did."""
        columns = t.source_answers.c
        last = sa.select(columns.sha256, sa.func.max(columns.fetched_at)).group_by(columns.sha256)
        with self._reading() as connection:
            found = [
                row
                for chunk in chunks(sorted(set(sha256s)))
                for row in connection.execute(last.where(columns.sha256.in_(chunk)))
            ]
        return {sha256: datetime.fromisoformat(moment) for sha256, moment in found}

    def answers(self, sha256: str) -> list[KeptAnswer]:
        """What servers said when they gave an original: its addresses, headers and times."""
        query = sa.select(t.source_answers).where(t.source_answers.c.sha256 == sha256)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(t.source_answers.c.fetched_at, t.source_answers.c.url)).all()
        return [
            KeptAnswer(
                row.sha256,
                row.url,
                row.source,
                row.final_url,
                row.status,
                tuple((name, value) for name, value in json.loads(row.headers)),
                datetime.fromisoformat(row.fetched_at),
            )
            for row in rows
        ]

    def documents_of(self, sha256: str) -> list[Document]:
        """The documents that are read from an original, in their order."""
        links, documents = t.source_documents, t.documents
        query = (
            sa.select(documents.c.body)
            .join(links, links.c.document_id == documents.c.id)
            .where(links.c.source_sha256 == sha256)
            .order_by(links.c.position)
        )
        with self._reading() as connection:
            return [Document.model_validate_json(body) for body in connection.scalars(query)]

    # Inside

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._store.snapshot() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        self._claim()
        with self._store.transaction() as connection:
            yield connection


def _blank(source: str, url: str, moment: str) -> dict[str, Any]:
    return {column.name: None for column in t.source_items.columns} | {
        "source": source,
        "url": url,
        "first_seen": moment,
        "attempts": 0,
    }


def _from_list(item: Listed) -> dict[str, Any]:
    title = item.title.replace("\0", "") if item.title else None
    return {
        "title": title,
        "dated_on": item.dated_on.isoformat() if item.dated_on else None,
        "sender": item.sender,
    }


def _file_row(source: str, item: str, position: int, file: ItemFile) -> dict[str, Any]:
    return {
        "source": source,
        "item": item,
        "position": position,
        "url": file.url,
        "name": file.name,
        "sha256": file.sha256,
        "etag": file.etag,
        "last_modified": file.last_modified,
    }


def _answer_row(answer: KeptAnswer) -> dict[str, Any]:
    return {
        "sha256": answer.sha256,
        "url": answer.url,
        "source": answer.source,
        "final_url": answer.final_url,
        "status": answer.status,
        "headers": json.dumps(answer.headers, ensure_ascii=False),
        "fetched_at": _text(answer.fetched_at),
    }


def _run(row: sa.Row[Any]) -> SourceRun:
    return SourceRun(
        number=row.number,
        source=row.source,
        started_at=datetime.fromisoformat(row.started_at),
        finished_at=datetime.fromisoformat(row.finished_at) if row.finished_at else None,
        status=row.status,
        reason=row.reason,
        listed=row.listed,
        complete=row.complete,
        documents=row.documents,
        changes=json.loads(row.changes),
        failures=[RunFailure.model_validate(failure) for failure in json.loads(row.failures)],
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
