"""Putting a corpus back from a backup: looked at as a whole first, and refused as a whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from corpus.backup.make import backups
from corpus.backup.manifest import LIST, MANIFEST, NAME, SETTINGS, STORE, Backup
from corpus.corpus import Corpus
from corpus.database import VARIABLE, Database, read_only
from corpus.decisions import Decisions
from corpus.durable import flush_folder, make_folder, write_whole
from corpus.lock import WriterLock
from corpus.migrations import latest
from corpus.originals import Originals
from corpus.transfer.examine import opened
from schemas.bilingual import Both
from schemas.errors import CorpusError
from schemas.logs import Log

_SECONDS = 30
_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: ``backup`` is the folder it came from; ``aside`` what stood in its place, or None."""

    backup: Path
    home: Path
    made_at: datetime | None
    originals: int
    problems: list[str]
    aside: Path | None = None


def chosen(folder: Path, at: str | None = None) -> Path:
    """The backup that is meant: ``folder`` itself, or of the backups in it the newest, or the one called ``at``.

    Raises:
        CorpusError: there is none.
    """
    if (folder / MANIFEST).is_file() or NAME.fullmatch(folder.name):
        return folder
    there = backups(folder) if folder.is_dir() else []
    if not there:
        raise CorpusError(
            f"{folder}: 没有备份，请先运行 duzheng backup {folder} / there is no backup here; make one with: duzheng backup {folder}"
        )
    if at is None:
        return there[-1]
    for path in there:
        if path.name == at:
            return path
    names = ", ".join(path.name for path in there)
    raise CorpusError(f"{folder}: 没有备份 {at}；现有 {names} / there is no backup {at}; there are {names}")


def examine(folder: Path) -> Backup:
    """Look at every file of a backup and at every original that belongs to it; nothing is written.

    Raises:
        CorpusError: it is torn, or something in it was changed; the message says what.
    """
    backup = _manifest(folder)
    for name, file in backup.files.items():
        path = folder / name
        if ".." in Path(name).parts or Path(name).is_absolute() or path.is_symlink() or not path.is_file():
            raise _fault(folder, f"缺少 {name}", f"{name} is missing")
        if path.stat().st_size != file.bytes or _digest(path) != file.sha256:
            raise _fault(folder, f"{name} 写成后被改动", f"{name} was changed since it was written")
    for required in (LIST, STORE if backup.form == "sqlite" else "manifest.json"):
        if required not in backup.files:
            raise _fault(folder, f"缺少 {required}", f"{required} is missing")
    kept, count = Originals(folder.parent / "originals"), 0
    for name, size in originals(folder):
        path = kept.path(name)
        if not path.is_file():
            raise _fault(folder, f"缺少原件 {name}", f"original {name} is missing")
        if path.stat().st_size != size or _digest(path) != name:
            raise _fault(folder, f"原件 {name} 被改动或损坏", f"original {name} was changed or is damaged")
        count += 1
    if count != backup.originals:
        raise _fault(
            folder,
            f"列出原件 {count} 份，应有 {backup.originals} 份",
            f"{count} originals are listed, {backup.originals} belong to it",
        )
    if backup.form == "sqlite":
        _examine_sqlite(folder, backup)
    return backup


def originals(folder: Path) -> Iterator[tuple[str, int]]:
    """The SHA-256 and size of every original that belongs to a backup."""
    with (folder / LIST).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                yield str(row["sha256"]), int(row["bytes"])
            except (ValueError, KeyError, TypeError) as error:
                raise _fault(folder, f"{LIST} 第 {number} 行：{error}", f"{LIST}, line {number}: {error}") from error


def restore(folder: Path, home: Path, *, at: str | None = None, replace: bool = False) -> Restored:
    """Put a corpus back into ``home``, after all of the backup was looked at.

    Args:
        folder: a folder of backups, one of them, or an archive of ``duzheng export --all``.
        home: the corpus folder. What is lost or damaged there is what this is for; of originals that are there, those that are whole
            stay.
        at: which backup; else the newest.
        replace: whether a store that is there gives way; it is put aside, not deleted.

    Raises:
        CorpusError: the backup cannot be used, or there is a corpus and not ``replace``; ``home`` is then as it was.
    """
    archive = _is_archive(folder)
    source = folder if archive else chosen(folder, at)
    backup = None if archive else examine(source)
    database = Database.of(home)
    if database.url is None and database.exists() and not replace:
        raise CorpusError(
            f"{home}: 已有语料库，请另选文件夹，或用 --replace 把它移开 / there is a corpus here; name another folder, or put it aside with --replace"
        )
    if database.url is not None and database.peek():
        raise CorpusError(
            f"{database.name}: 数据库中已有语料库，请新建空数据库并设 {VARIABLE} / the database holds a corpus; make an empty one and set {VARIABLE}"
        )
    if backup is not None and backup.form == "sqlite" and database.url is not None:
        raise CorpusError(
            f"{source}: 备份是 SQLite 的；请不设 {VARIABLE} 恢复到新文件夹，再用 duzheng export --all 和 duzheng import 移入数据库 / "
            f"this backup is of SQLite; restore it without {VARIABLE} into a new folder, then "
            "`duzheng export --all` and `duzheng import` take it to the database"
        )
    with _reported(home):
        make_folder(home.absolute())
        if backup is None or backup.form == "tables":
            with opened(source, home, None if backup is None else source.parent):
                pass  # every row was looked at
        lock = WriterLock(home)
        lock.acquire()
        try:
            moved = _aside(home) if database.url is None else None
            if (
                database.url is not None and database.corpus
            ):  # of a database that is gone; the new one gives another name
                write_whole(home / "database.json", json.dumps({"url": database.url, "corpus": ""}).encode() + b"\n")
            shutil.rmtree(home / "index", ignore_errors=True)
            if backup is not None:
                _put_originals(source, home)
                _put_settings(source, home, backup)
            if backup is not None and backup.form == "sqlite":
                _put_store(source / STORE, home / "corpus.sqlite")
        finally:
            lock.release()
    problems = list(backup.problems) if backup else []
    count = backup.originals if backup else 0
    if backup is None or backup.form == "tables":
        try:
            count = _take(source, home, None if backup is None else source.parent)
        except CorpusError:
            if database.url is None:
                _back(home, moved)
            raise
    _log.info("backup.restored", f"{home}: 已恢复 / put back from {source}", backup=source, originals=count)
    return Restored(source, home, backup.made_at if backup else None, count, problems, moved)


def checked(folder: Path, home: Path, *, at: str | None = None) -> Restored:
    """What ``restore`` would put back; nothing is written.

    Raises:
        CorpusError: the backup cannot be used.
    """
    if _is_archive(folder):
        with opened(folder, next(place for place in (home, *home.absolute().parents) if place.is_dir())) as (
            _,
            manifest,
        ):
            return Restored(folder, home, None, manifest.originals.rows, [])
    source = chosen(folder, at)
    backup = examine(source)
    return Restored(source, home, backup.made_at, backup.originals, list(backup.problems))


def _is_archive(folder: Path) -> bool:
    return folder.is_file() or ((folder / "manifest.json").is_file() and not (folder / MANIFEST).is_file())


def _take(source: Path, home: Path, beside: Path | None) -> int:
    kept, aside = Originals(home / "originals"), home / "originals.aside"
    if kept.folder.is_dir() and not aside.is_dir():
        kept.folder.replace(aside)  # a new store is refused where originals stand without one
    with Corpus.open(home, create=True) as corpus:
        if aside.is_dir() and not kept.folder.is_dir():
            aside.replace(kept.folder)
        for path in [kept.path(name) for name in kept.names()]:
            if _digest(path) != path.name:
                path.unlink()  # damaged: the archive's takes its place
        result = corpus.take_archive(source, beside)
    return result.added["originals"] + result.present["originals"]


def _put_originals(source: Path, home: Path) -> None:
    kept, there = Originals(source.parent / "originals"), Originals(home / "originals")
    for name, _ in originals(source):
        path = there.path(name)
        if path.is_file() and _digest(path) != name:
            path.unlink()
        if not path.is_file():
            there.keep(kept.read(name))


def _put_settings(source: Path, home: Path, backup: Backup) -> None:
    """Source files and the like; one that is there is newer than the backup and stays."""
    for name in backup.files:
        target = home / Path(name).relative_to(SETTINGS) if name.startswith(f"{SETTINGS}/") else None
        if target is not None and not target.exists():
            make_folder(target.parent)
            write_whole(target, (source / name).read_bytes())
            target.chmod(0o600)


def _put_store(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.restored")
    shutil.copyfile(source, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    flush_folder(target.parent)


def _aside(home: Path) -> Path | None:
    """Moves a store away, with the log that belongs to it."""
    path = home / STORE
    if not path.exists():
        for ending in ("-wal", "-shm"):  # of a store that is gone; they would be taken for the new one's
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return None
    aside = home / f"corpus.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite"
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    return aside


def _back(home: Path, aside: Path | None) -> None:
    """The store that was there takes the place of the one that was begun; where none was, none is left."""
    path = home / STORE
    for ending in ("-wal", "-shm", ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)
        if aside is None:
            continue
        with suppress(FileNotFoundError):
            aside.with_name(aside.name + ending).replace(path.with_name(path.name + ending))


def _manifest(folder: Path) -> Backup:
    try:
        backup = Backup.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise _fault(
            folder,
            f"缺少 {MANIFEST}：备份没有做完，或正在删除",
            f"{MANIFEST} is missing: the backup was never finished, or is being removed",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _fault_in(folder, f"{MANIFEST}: {'.'.join(map(str, first['loc']))}", first["msg"]) from error
    if backup.schema_version > latest():
        raise CorpusError(
            f"{folder}: 由更新的版本备份（结构 {backup.schema_version}，此程序为 {latest()}），请用那个版本 / "
            f"was made by a later version of duzheng (schema {backup.schema_version}, this program "
            f"has {latest()}); use that version"
        )
    return backup


def _examine_sqlite(folder: Path, backup: Backup) -> None:
    path = folder / STORE
    engine = sa.create_engine("sqlite://", creator=lambda: read_only(path, timeout=_SECONDS))
    try:
        with engine.connect() as connection:
            found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(3)")]
            if found != ["ok"]:
                raise _fault_in(folder, STORE, found[0])
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise _fault(
                    folder, f"{STORE} 中有记录指向不存在的记录", f"{STORE}: rows refer to rows that are not there"
                )
            state = {row.key: row.value for row in connection.exec_driver_sql("SELECT key, value FROM meta")}
            if (state.get("schema_version"), state.get("seq")) != (str(backup.schema_version), str(backup.changes)):
                raise _fault(folder, f"{STORE} 与 {MANIFEST} 不符", f"{STORE} is not the one that {MANIFEST} speaks of")
            if broken := Decisions(connection).broken():
                raise _fault_in(folder, STORE, broken[0])
            last = connection.exec_driver_sql("SELECT chain FROM decisions ORDER BY number DESC LIMIT 1").scalar()
            if (last or "0" * 64) != backup.chain:
                raise _fault(
                    folder, f"{STORE} 缺少最后的处置记录", f"{STORE}: the last records of decisions are missing"
                )
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _fault_in(folder, STORE, error) from error
    finally:
        engine.dispose()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _fault(folder: Path, zh: str, en: str) -> CorpusError:
    return CorpusError(f"{folder}: 备份不可用，语料库未动：{zh} / the backup cannot be used, nothing was changed: {en}")


def _fault_in(folder: Path, name: str, reason: object) -> CorpusError:
    why = Both.of(reason)
    return _fault(folder, f"{name}：{why.zh}", f"{name}: {why.en}")


@contextmanager
def _reported(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise CorpusError(f"{home}: 无法恢复：{why} / cannot be written: {why}") from error
