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
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from corpus import tables as t
from corpus.batch import Batch
from corpus.history import Runs
from corpus.lock import WriterLock
from corpus.migrations import latest, migrate
from schemas.errors import CorpusError
from schemas.finding import PlanCheck

_log = logging.getLogger(__name__)


def sqlite_engine(path: Path) -> sa.Engine:
    """The engine of the SQLite file at ``path``."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _configure)
    return engine


def prepare(engine: sa.Engine, path: Path, create: bool, lock: WriterLock | None) -> None:
    """Makes the tables if there are none and ``create``; brings those of an earlier version up to date.

    Raises:
        CorpusError: it is no corpus, a later version made it, or it cannot be brought up to date now.
    """
    with failing(str(path)):
        if create:
            with engine.begin() as connection:
                if not sa.inspect(connection).get_table_names():
                    _immediately(connection)
                    t.metadata.create_all(connection)
                    Batch(connection).put_meta(schema_version=latest(), seq=0)
        with engine.connect() as connection:
            version = _version(connection, str(path))
        if version > latest():
            raise CorpusError(
                f"{path}: the corpus has schema version {version}, this program reads {latest()}; "
                "use the version of duzheng that made it, or ingest into a new folder"
            )
        if version < latest():
            _upgrade(engine, path, version, lock)


@contextmanager
def failing(name: str) -> Iterator[None]:
    """Turns what the database reports into a line that names the store ``name`` and the way out."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CorpusError(
            f"{name}: the store failed: {reason}; check space and rights, or restore it from a copy"
        ) from error


def _version(connection: sa.Connection, name: str) -> int:
    if sa.inspect(connection).has_table("meta"):
        version = connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == "schema_version"))
        if version and version.isdecimal():
            return int(version)
    raise CorpusError(f"{name}: this is not a corpus of duzheng; name another folder with --home")


def _upgrade(engine: sa.Engine, path: Path, version: int, lock: WriterLock | None) -> None:
    """Brings a store of an earlier version up to date, with a copy of what it was."""
    held = lock is None or lock.held
    if lock is not None and not held:
        try:
            lock.acquire()
        except CorpusError as error:
            raise CorpusError(
                f"{path}: 语料库是旧版本(结构 {version}),须先升级到 {latest()},现在不能升级 / "
                f"the corpus has schema version {version} and must be brought to {latest()} first: {error}"
            ) from error
    try:
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
                _immediately(connection)
                migrate(connection, version)
                if version == 1:
                    _begin_history(connection)
                Batch(connection).put_meta(schema_version=latest())
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise CorpusError(f"{path}: the corpus could not be brought to version {latest()}: it is damaged")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        _log.warning(
            f"{path}: 语料库已从结构 {version} 升级到 {latest()},升级前的副本在 {copy} / "
            f"the corpus was brought from schema version {version} to {latest()}; a copy of what it was: {copy}"
        )
    finally:
        if lock is not None and not held:
            lock.release()


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
        with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(copy)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise CorpusError(
            f"{path}: the corpus must be brought from schema version {version} to {latest()}, and no copy of it could "
            f"be made beside it: {error}; make room there ({path.stat().st_size} bytes) and run the command again"
        ) from error
    return copy


def _immediately(connection: sa.Connection) -> None:
    # Python's driver begins no transaction for CREATE TABLE; a kill would leave some of the tables.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _configure(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # FULL: a batch that was reported as recorded survives a power cut, and the index is never ahead of the store.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
