"""What a corpus no longer needs, and taking it away.

1. *Superseded documents*: those that stand under no name any more, last seen before a day, with their file. Never a current one,
   never one that was checked, nor one that a check or a decision speaks of; never the content that an item of a source stands for.
2. *Originals* that nothing refers to any more, neither as a file nor as an attachment, of a document, a check or an item.
3. *Records of runs* of sources before that day, the last run, the last good one and what came after it excepted.
4. *Copies* of the store that upgrades and restores have put aside, half built indexes, what a killed writer left.

Checks, findings, decisions and what was told to people are never touched: their tables cannot be changed at all. Each
thing is written to ``deleted.jsonl`` in the corpus, on the disk, before it goes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks
from corpus.originals import Originals
from schemas.errors import CorpusError
from schemas.logs import Log

Kind = Literal["document", "original", "run", "file", "engine"]
"""``engine``: what Prefect's databases in the corpus folder remember of runs (``flows.engine_retention``)."""
LOG = "deleted.jsonl"
_NAME = re.compile(r"[0-9a-f]{16,64}")
_PORTION = 200
_LEFT_SECONDS = 86_400
"""A temporary file that is older was left by a writer that is gone."""
_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that may go: its identifier (a document's, a SHA-256, a run's number, a path), what it is called, and why."""

    kind: Kind
    id: str
    name: str
    why: str
    bytes: int = 0
    since: datetime | None = None


@dataclass(slots=True)
class Plan:
    """What may go; ``sources`` are the files of the documents, rows and not things of their own."""

    things: list[Thing] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Thing]:
        """The things of one kind."""
        return [thing for thing in self.things if thing.kind == kind]


def plan(connection: sa.Connection, home: Path, originals: Originals, before: datetime) -> Plan:
    """What may go of all that was last needed before a moment; changes nothing.

    The caller keeps writers away, or takes into account that what they are about to do is not seen here.
    """
    made = Plan()
    going = _sources(connection, before)
    made.sources = sorted(going)
    made.things += _documents(connection, going)
    made.things += _originals(connection, originals, going, before)
    made.things += _runs(connection, before)
    made.things += _files(home, before)
    return made


def take_away(connection: sa.Connection, home: Path, originals: Originals, made: Plan) -> None:
    """Delete what a plan names; in a transaction, and with the right to write. Files go by ``remove_files`` once it is done.

    Raises:
        CorpusError: the record of deletions cannot be written; nothing is deleted.
    """
    write_down(home, made.things)
    documents = [thing.id for thing in made.of("document")]
    for ids in chunks(documents):
        for table in t.DERIVED:
            connection.execute(table.delete().where(table.c.document_id.in_(ids)))
        connection.execute(t.relation_pairs.delete().where(t.relation_pairs.c.other_id.in_(ids)))
        connection.execute(t.source_documents.delete().where(t.source_documents.c.document_id.in_(ids)))
        connection.execute(t.documents.delete().where(t.documents.c.id.in_(ids)))
    for names in chunks(made.sources):
        for table, column in ((t.companions, "source_sha256"), (t.locations, "sha256"), (t.sources, "sha256")):
            connection.execute(table.delete().where(table.c[column].in_(names)))
    for names in chunks([thing.id for thing in made.of("original")]):
        connection.execute(t.source_answers.delete().where(t.source_answers.c.sha256.in_(names)))
    for numbers in chunks([thing.id for thing in made.of("run")]):
        connection.execute(t.source_runs.delete().where(t.source_runs.c.number.in_([int(one) for one in numbers])))


def remove_files(originals: Originals, made: Plan) -> None:
    """Remove the originals and files of a plan, after its rows are gone: killed before that, the next prune finds them."""
    for thing in made.of("original"):
        originals.path(thing.id).unlink(missing_ok=True)
    for thing in made.of("file"):
        path = Path(thing.id)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _sources(connection: sa.Connection, before: datetime) -> set[str]:
    """The files that stand under no name any more, with all of their documents, and that nothing speaks of."""
    sources, here = t.sources, t.locations
    standing = sa.exists().where(here.c.sha256 == sources.c.sha256, here.c.current)
    seen = sa.exists().where(here.c.sha256 == sources.c.sha256, here.c.last_seen >= _text(before))
    query = sa.select(sources.c.sha256).where(sources.c.last_seen < _text(before), sa.not_(standing), sa.not_(seen))
    # Of a file that could not be read: only if another was read in its place, under every name that it has.
    later = here.alias()
    replaced = sa.exists().where(later.c.uri == here.c.uri, later.c.current)
    waiting = sa.exists().where(here.c.sha256 == sources.c.sha256, sa.not_(replaced))
    found = set(connection.scalars(query.where(sa.or_(sources.c.status == "read", sa.not_(waiting)))))
    found -= set(connection.scalars(sa.select(t.source_items.c.sha256)))
    found -= _spoken_of(connection, found)
    links = t.source_documents.c
    while found:
        # A document goes with all of its files or with none.
        shared: set[str] = set()
        for names in chunks(sorted(found)):
            ids = sa.select(links.document_id).where(links.source_sha256.in_(names))
            both = sa.select(links.document_id, links.source_sha256).where(links.document_id.in_(ids))
            pairs = connection.execute(both).all()
            staying = {row.document_id for row in pairs if row.source_sha256 not in found}
            shared |= {row.source_sha256 for row in pairs if row.document_id in staying} & found
            first = t.documents.c
            current = sa.select(first.source_sha256).where(first.source_sha256.in_(names), first.current)
            shared |= set(connection.scalars(current))
        if not shared:
            break
        found -= shared
    return found


def _spoken_of(connection: sa.Connection, sources: Collection[str]) -> set[str]:
    """Those of the files that a check, a finding's evidence or a decision speaks of, by themselves or by their documents."""
    of: dict[str, set[str]] = {name: {name} for name in sources}
    for names in chunks(sorted(sources)):
        links = t.source_documents
        for row in connection.execute(sa.select(links).where(links.c.source_sha256.in_(names))):
            of.setdefault(row.document_id, set()).add(row.source_sha256)
        first = t.documents.c
        for row in connection.execute(sa.select(first.id, first.source_sha256).where(first.source_sha256.in_(names))):
            of.setdefault(row.id, set()).add(row.source_sha256)
    found: set[str] = set()
    if of:
        for name in _names(connection):
            found |= of.get(name, set())
    return found


def _names(connection: sa.Connection) -> Iterator[str]:
    """Every identifier of a document or file that stands anywhere in checks and decisions."""
    for table in (t.runs, t.checks, t.decisions):
        columns = [column for column in table.columns if isinstance(column.type, sa.String)]
        with connection.execute(sa.select(*columns).execution_options(yield_per=_PORTION)) as rows:
            for row in rows:
                for value in row:
                    if value:
                        yield from _NAME.findall(value)


def _documents(connection: sa.Connection, sources: Collection[str]) -> Iterator[Thing]:
    for names in chunks(sorted(sources)):
        columns = t.documents.c
        query = (
            sa.select(columns.id, columns.title, t.sources.c.uri, t.sources.c.last_seen)
            .join(t.sources, t.sources.c.sha256 == columns.source_sha256)
            .where(columns.source_sha256.in_(names))
        )
        for row in connection.execute(query.order_by(columns.id)):
            since = datetime.fromisoformat(row.last_seen)
            yield Thing("document", row.id, f"{row.title or ''} {row.uri}".strip(), "已被取代 superseded", since=since)


def _originals(
    connection: sa.Connection, originals: Originals, sources: Collection[str], before: datetime
) -> Iterator[Thing]:
    needed: set[str] = set(connection.scalars(sa.select(t.source_files.c.sha256)))
    needed.update(one for one in connection.scalars(sa.select(t.source_items.c.sha256)) if one)
    beside = sa.select(t.companions.c.source_sha256, t.companions.c.sha256)
    needed.update(row.sha256 for row in connection.execute(beside) if row.source_sha256 not in sources)
    for row in connection.execute(sa.select(t.sources.c.sha256, t.sources.c.attachments)):
        if row.sha256 not in sources:
            needed.add(row.sha256)
            needed.update(json.loads(row.attachments))
    needed.update(_names(connection))
    for name in originals.names():
        if name in needed:
            continue
        status = originals.path(name).stat()
        since = datetime.fromtimestamp(status.st_mtime, UTC)
        if since < before:  # younger: a run that is going on may be about to record it
            why = "其文件已被取代 of a superseded document" if name in sources else "无文件引用 nothing refers to it"
            yield Thing("original", name, name, why, status.st_size, since)


def _runs(connection: sa.Connection, before: datetime) -> Iterator[Thing]:
    runs = t.source_runs.c
    last = sa.select(sa.func.max(runs.number)).group_by(runs.source)
    last_good = sa.select(runs.source, sa.func.max(runs.number).label("number")).where(runs.status == "ok")
    good = {row.source: row.number for row in connection.execute(last_good.group_by(runs.source))}
    query = sa.select(runs.number, runs.source, runs.started_at, runs.status).where(
        runs.started_at < _text(before), runs.status != "running", runs.number.not_in(last)
    )
    for row in connection.execute(query.order_by(runs.number)):
        if row.number < good.get(row.source, 0):
            since = datetime.fromisoformat(row.started_at)
            yield Thing("run", str(row.number), f"{row.source} {row.status}", "旧运行记录 an old run", since=since)


def _files(home: Path, before: datetime) -> Iterator[Thing]:
    for pattern, why, limit in (
        ("corpus.schema*.sqlite", "升级前的副本 a copy from before an upgrade", before),
        ("corpus.replaced-*.sqlite*", "恢复时移开的数据库 put aside by a restore", before),
        ("index.building", "未建完的索引 a half built index", None),
        (".*.restored", "未完成的恢复 of a restore that was killed", None),
        ("originals/??/??/.*", "未写完的原件 of a writer that was killed", None),
    ):
        for path in sorted(home.glob(pattern)):
            since = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
            age = datetime.now(UTC) - since
            if since < limit if limit else age.total_seconds() > _LEFT_SECONDS:
                yield Thing("file", str(path), path.name, why, _bytes(path), since)


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(one.lstat().st_size for one in path.rglob("*") if one.is_file())
    return path.lstat().st_size


def write_down(home: Path, things: Iterable[Thing]) -> None:
    """Record in ``deleted.jsonl``, on the disk, what is about to be deleted.

    Raises:
        CorpusError: it cannot be written.
    """
    lines = [
        json.dumps(
            {
                "deleted_at": _text(datetime.now(UTC)),
                "kind": thing.kind,
                "id": thing.id,
                "name": thing.name,
                "why": thing.why,
                "bytes": thing.bytes,
                "since": _text(thing.since) if thing.since else None,
            },
            ensure_ascii=False,
        )
        for thing in things
    ]
    path = home / LOG
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CorpusError(
            f"{path}: 无法写入，未删除 / cannot be written, nothing was deleted: {error.strerror}"
        ) from error


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def say(things: Sequence[Thing]) -> None:
    """Log each deletion."""
    for thing in things:
        _log.info(
            f"deleted.{thing.kind}",
            f"{thing.name}: 已删除 deleted, {thing.why}",
            id=thing.id,
            name=thing.name,
            why=thing.why,
            bytes=thing.bytes,
            since=thing.since,
        )
