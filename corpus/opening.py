"""How a store is opened: the engine, the tables of a new one, and bringing one of an earlier version up to date.

What an earlier version made is never changed without a copy of it beside it, and only by the holder of the writer's
lock. The change is one transaction: a program killed in the middle of it leaves the corpus as it was.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from corpus import tables as t
from corpus.batch import Batch
from corpus.database import VARIABLE, Database, read_only
from corpus.history import Runs
from corpus.lock import WriterLock
from corpus.migrations import latest, migrate
from corpus.shared_lock import SharedLock
from schemas.bilingual import Both
from schemas.errors import CorpusError
from schemas.finding import PlanCheck

_SECONDS = 30
"""How long a statement waits for another process to let go of the file."""
_LOG_BYTES = 64_000_000

_log = logging.getLogger(__name__)


def sqlite_engine(path: Path) -> sa.Engine:
    """The engine of the SQLite file at ``path``; one that only reads where the file or its folder cannot be written."""
    address = sa.URL.create("sqlite", database=str(path))
    if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return sa.create_engine(address, creator=lambda: read_only(path, timeout=_SECONDS))
    engine = sa.create_engine(address, connect_args={"timeout": _SECONDS})
    sa.event.listen(engine, "connect", _configure)
    return engine


def postgresql_engine(database: Database) -> sa.Engine:
    """The engine of the PostgreSQL database.

    A transaction sees one state of it from its beginning to its end.
    """
    return sa.create_engine("postgresql+psycopg://", creator=database.connect, isolation_level="REPEATABLE READ")


def open_engine(database: Database, create: bool, lock: WriterLock | None, upgrade: bool = True) -> sa.Engine:
    """The engine of a store that is ready for this program.

    Makes the tables if there are none and ``create``; brings those of an earlier version up to date, where ``upgrade``.

    Raises:
        CorpusError: it is no corpus, another version made it, or it cannot be brought up to date now.
    """
    sqlite = database.url is None
    engine = sqlite_engine(database.path) if sqlite else postgresql_engine(database)
    try:
        with failing(database):
            if create:
                _create(engine, database.name)
            with engine.connect() as connection:
                version = _version(connection, database.name)
            if version > latest():
                raise CorpusError(
                    f"{database.name}: 语料库的结构是 {version}，此程序只认 {latest()}；请用建它的版本，或另建文件夹入库 / "
                    f"the corpus has schema version {version}, this program reads {latest()}; "
                    "use the version of duzheng that made it, or ingest into a new folder"
                )
            if version < latest() and not upgrade:
                raise CorpusError(
                    f"{database.name}: 语料库是旧版本（结构 {version}），此处只读，不作升级；请先升级："
                    f"duzheng status --home {database.home} / the corpus has schema version {version}, this program reads "
                    f"{latest()}; what only looks does not change it: bring it up to date with the command above"
                )
            if version < latest():
                with _writing(database.name, version, lock):
                    (_upgrade_sqlite if sqlite else _upgrade_postgresql)(engine, database)
    except BaseException:
        engine.dispose()
        raise
    return engine


def corpus_of(engine: sa.Engine) -> str:
    """The identifier of the corpus in a database; empty in SQLite, where the folder says it all."""
    with engine.connect() as connection:
        return connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == "corpus")) or ""


@contextmanager
def failing(database: Database) -> Iterator[None]:
    """Turns what the database reports into one line that names the store and the way out."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        out = way_out(database, error)
        raise CorpusError(
            f"{database.name}: 数据库出错：{reason}；{out.zh} / the store failed: {reason}; {out.en}"
        ) from error


def way_out(database: Database, error: SQLAlchemyError) -> Both:
    """What a user can do about a failure of the database."""
    if database.url is not None:
        return Both(
            f"请检查它是否在运行、有无空间，{VARIABLE}（或 ~/.pgpass）是否正确",
            f"check that it runs and has room, and that {VARIABLE} (or ~/.pgpass) is right",
        )
    if getattr(getattr(error, "orig", None), "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return database.way_back()
    return Both("请检查空间和权限，或从备份恢复", "check space and rights, or restore it from a copy")


def _create(engine: sa.Engine, name: str) -> None:
    with engine.connect() as connection:
        if sa.inspect(connection).get_table_names():
            return
    with engine.begin() as connection:
        identity = {}
        if connection.dialect.name == "sqlite":
            # Python's driver begins no transaction for CREATE TABLE; a kill would leave some of the tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('duzheng creation'))"))
            if connection.scalar(sa.text("SHOW server_encoding")) != "UTF8":
                raise CorpusError(
                    f"{name}: 数据库编码不是 UTF8，请新建：createdb -E UTF8 NAME / "
                    "the database is not encoded in UTF8; make one with: createdb -E UTF8 NAME"
                )
            identity = {"corpus": str(uuid4())}
        # Asked again: two processes may be making it at once.
        if not sa.inspect(connection).get_table_names():
            for statement in _statements(connection.dialect.name):
                connection.exec_driver_sql(statement)
            Batch(connection).put_meta(schema_version=latest(), seq=0, **identity)


@cache
def _statements(dialect: str) -> tuple[str, ...]:
    """What makes the tables, in this process worked out once: that takes longer than running it."""
    made: list[str] = []
    address = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}[dialect]

    def keep(statement: sa.Executable, *_: object) -> None:
        made.append(str(statement.compile(dialect=engine.dialect)))  # type: ignore[attr-defined]

    engine = sa.create_mock_engine(address, keep)
    t.metadata.create_all(engine, checkfirst=False)
    return tuple(made)


def _version(connection: sa.Connection, name: str) -> int:
    if sa.inspect(connection).has_table("meta"):
        version = connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == "schema_version"))
        if version and version.isdecimal():
            return int(version)
    raise CorpusError(
        f"{name}: 不是督政的语料库，请用 --home 或 {VARIABLE} 另指一个 / "
        f"this is not a corpus of duzheng; name another with --home or {VARIABLE}"
    )


@contextmanager
def _writing(name: str, version: int, lock: WriterLock | None) -> Iterator[None]:
    """Holds the writer's lock for the time of an upgrade, unless this process has it already."""
    held = lock is None or lock.held
    try:
        if lock is not None:
            lock.acquire()
    except CorpusError as error:
        raise _not_now(name, version, error) from error
    try:
        yield
    finally:
        if lock is not None and not held:
            lock.release()


def _not_now(name: str, version: int, error: CorpusError) -> CorpusError:
    why = Both.of(error)
    return CorpusError(
        f"{name}: 语料库是旧版本（结构 {version}），须先升级到 {latest()}，现在不能升级：{why.zh} / "
        f"the corpus has schema version {version} and must be brought to {latest()} first: {why.en}"
    )


def _upgrade_sqlite(engine: sa.Engine, database: Database) -> None:
    """Brings a SQLite file up to date, with a copy of what it was beside it."""
    path = database.path
    with engine.connect() as connection:
        version = _version(connection, str(path))  # again: another process may have been faster
    if version == latest():
        return
    copy = _copy(path, version)
    with engine.connect() as connection:
        # A step may have to make a table anew, which SQLite does with references unwatched; they are counted below.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _steps(connection, version)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise CorpusError(
                    f"{path}: 语料库未能升级到结构 {latest()}：其中有记录指向不存在的记录；语料库未动，副本在 {copy} / "
                    f"the corpus could not be brought to schema version {latest()}: rows in it refer to rows "
                    f"that are not there; it was left as it is, a copy is in {copy}"
                )
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    _log.warning(
        f"{path}: 语料库已从结构 {version} 升级到 {latest()},升级前的副本在 {copy} / "
        f"the corpus was brought from schema version {version} to {latest()}; a copy of what it was: {copy}"
    )


def _upgrade_postgresql(engine: sa.Engine, database: Database) -> None:
    """Brings a PostgreSQL database up to date: in one transaction, which is all or nothing; copies are its keeper's."""
    lock = SharedLock(engine, database.name)
    try:
        with lock.connection().begin():
            version = _version(lock.connection(), database.name)
            _steps(lock.connection(), version)
    finally:
        lock.release()
    _log.warning(
        f"{database.name}: 语料库已从结构 {version} 升级到 {latest()} / "
        f"the corpus was brought from schema version {version} to {latest()}"
    )


def _steps(connection: sa.Connection, version: int) -> None:
    migrate(connection, version)
    if version == 1:
        _begin_history(connection)
    Batch(connection).put_meta(schema_version=latest())


def _begin_history(connection: sa.Connection) -> None:
    """Schema 1 kept only the last checks: the history of such a corpus begins with them."""
    rows = connection.execute(sa.select(t.checks).order_by(t.checks.c.made_at)).all()
    checks = [PlanCheck.model_validate_json(row.body) for row in rows]
    moments = [row.made_at for row in rows]
    Runs(connection).add(checks, engine="", extraction="", origin="upgrade", made_at=moments)


def _copy(path: Path, version: int) -> Path:
    """A copy of the SQLite file as it is, beside it; an earlier copy of that version is replaced."""
    copy = path.with_name(f"{path.stem}.schema{version}{path.suffix}")
    part = copy.with_name(f"{copy.name}.part")
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, timeout=_SECONDS)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(copy)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        size = path.stat().st_size
        raise CorpusError(
            f"{path}: 语料库须从结构 {version} 升级到 {latest()}，但无法在旁边留副本：{error}；请腾出 {size} 字节再运行 / "
            f"the corpus must be brought from schema version {version} to {latest()}, and no copy of it could "
            f"be made beside it: {error}; make room there ({size} bytes) and run the command again"
        ) from error
    return copy


def _configure(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # FULL: a batch that was reported as recorded survives a power cut, and the index is never ahead of the store.
    # The log is written into the file every 1000 pages and when the last connection closes; the limit cuts what one
    # huge batch, or a reader who stayed long, made of it.
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY")
    for pragma in (*pragmas, f"journal_size_limit={_LOG_BYTES}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
