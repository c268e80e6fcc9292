"""Making a backup while others read and write the corpus."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from corpus import tables as t
from corpus.backup import hold
from corpus.backup.manifest import LAST, LIST, MANIFEST, NAME, SETTINGS, STORE, Backup, File, Last
from corpus.batch import last_change
from corpus.database import read_only
from corpus.durable import flush_folder, make_folder, write_whole
from corpus.migrations import latest
from corpus.originals import Originals
from corpus.transfer.carry_out import START, carry_out
from schemas.bilingual import Both
from schemas.errors import CorpusError
from schemas.logs import Log

if TYPE_CHECKING:
    from corpus.store import Store

_SECONDS = 60
_SETTINGS_BYTES = 10_000_000
ACCOUNTS = "accounts.sqlite"
"""The people of ``duzheng serve``; a store of its own."""
_log = Log(__name__)


def make(store: Store, home: Path, originals: Originals, folder: Path, keep: int | None = None) -> tuple[Path, Backup]:
    """Add a backup to ``folder``, which is made if it is not there.

    An original that is missing or damaged is said in ``problems``, and the rest is backed up: a corpus that has lost one file
    must not go without backups.

    Args:
        store: the open store of the corpus; nothing is written to it.
        home, originals: the corpus folder and its originals.
        folder: where the backups of this corpus are; not in the corpus folder.
        keep: how many backups stay, this one included; all where not given.

    Returns: the backup's folder, and what it says of itself.

    Raises:
        CorpusError: the folder cannot be written or is no folder of backups, or the store cannot be read.
    """
    if folder.resolve() == home.resolve() or home.resolve() in folder.resolve().parents:
        raise CorpusError(
            f"{folder}: 备份不能放在语料库里，请另选文件夹 / lies in the corpus itself; name a folder elsewhere"
        )
    with _reported(folder):
        make_folder(folder.absolute())
        if any(not _ours(path.name) for path in folder.iterdir()):
            raise CorpusError(
                f"{folder}: 文件夹中有备份以外的文件，请另选新文件夹 / holds other things than backups; name a new folder"
            )
    what = Both("备份", "back up")
    with hold(home, what, shared=True), hold(folder, what):
        _sweep(folder)
        made_at = datetime.now(UTC)
        name = _name(folder, made_at)
        part = folder / f".{name}.{secrets.token_hex(4)}"
        try:
            with _reported(folder):
                backup = _fill(store, originals, Originals(folder / "originals"), part, made_at)
                part.replace(folder / name)
                flush_folder(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        if keep is not None:
            forget(folder, keep)
    remember(home, Last(made_at=made_at, place=str(folder.absolute()), problems=len(backup.problems)))
    return folder / name, backup


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.is_dir())


def settings_of(home: Path) -> list[Path]:
    """The files that people have written into the corpus folder: its sources, its packs, and who is told of news."""
    there = [*home.glob("sources/*.yaml"), *home.glob("sources/*.yml"), home / "notices.yaml"]
    there += [*home.glob("packs/*.yaml"), *home.glob("packs/earlier/*.yaml"), *home.glob("packs/drafts/*.json")]
    return sorted(path for path in there if path.is_file() and path.stat().st_size <= _SETTINGS_BYTES)


def forget(folder: Path, keep: int) -> None:
    """Remove all backups but the newest ``keep``, and the originals that belong to none of those that stay."""
    there = backups(folder)
    for path in there[: max(len(there) - max(keep, 1), 0)]:
        _log.info("backup.removed", f"{path}: 旧备份已删除 / an older backup was removed", backup=path)
        (path / MANIFEST).unlink(missing_ok=True)  # first: what is half gone is no backup
        shutil.rmtree(path)
    wanted: set[str] = set()
    for path in backups(folder):
        with (path / LIST).open(encoding="utf-8") as lines:
            wanted.update(json.loads(line)["sha256"] for line in lines)
    kept = Originals(folder / "originals")
    for name in kept.names():
        if name not in wanted:
            kept.path(name).unlink()


def remember(home: Path, last: Last) -> None:
    """Note in the corpus that it was backed up; where it cannot be written, that is only said."""
    try:
        write_whole(home / LAST, last.model_dump_json().encode() + b"\n")
    except OSError as error:
        _log.warning("backup.unnoted", f"{home}: the time of the backup could not be noted: {error}")


def _fill(store: Store, originals: Originals, shared: Originals, part: Path, made_at: datetime) -> Backup:
    make_folder(part)
    problems: list[str] = []
    form = "sqlite" if store.database.url is None else "tables"
    if store.database.url is None:
        _copy(store.database.path, part / STORE)
        copied = sa.create_engine("sqlite://", creator=lambda: read_only(part / STORE, timeout=_SECONDS))
        try:
            with copied.connect() as connection:
                changes, chain, needed = _facts(connection)
        finally:
            copied.dispose()
        listed = _share(originals, shared, needed, problems)
        _write(part / LIST, (json.dumps({"sha256": name, "bytes": size}) + "\n" for name, size in listed))
    else:
        with store.snapshot() as connection:
            changes, chain, needed = _facts(connection)
            listed = _share(originals, shared, needed, problems)
            part.rmdir()
            carry_out(connection, originals, part, apart=listed)
    for path in settings_of(originals.folder.parent):
        target = part / SETTINGS / path.relative_to(originals.folder.parent)
        make_folder(target.parent)
        shutil.copyfile(path, target)
        target.chmod(0o600)
    accounts = originals.folder.parent / ACCOUNTS
    if accounts.is_file():
        make_folder(part / SETTINGS)
        _copy(accounts, part / SETTINGS / ACCOUNTS)
        (part / SETTINGS / ACCOUNTS).chmod(0o600)
    files = {str(path.relative_to(part)): _file(path) for path in sorted(part.rglob("*")) if path.is_file()}
    backup = Backup(
        form=form,  # type: ignore[arg-type]
        made_at=made_at,
        schema_version=latest(),
        changes=changes,
        chain=chain,
        originals=len(listed),
        files=files,
        problems=problems,
    )
    write_whole(part / MANIFEST, (backup.model_dump_json(indent=1) + "\n").encode())
    return backup


def _copy(path: Path, target: Path) -> None:
    """The store as it is at one moment, whoever writes, as one file that needs no other."""
    try:
        with closing(read_only(path, timeout=_SECONDS)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            found = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        raise CorpusError(f"{path}: 数据库无法备份 / the store cannot be copied: {error}") from error
    if found != ["ok"]:
        raise CorpusError(f"{path}: 数据库已损坏，未作备份 / the store is damaged, no backup was made: {found[0]}")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _facts(connection: sa.Connection) -> tuple[int, str, set[str]]:
    """The last change, the end of the chain of decisions, and every original that the store speaks of."""
    chain = connection.scalar(sa.select(t.decisions.c.chain).order_by(t.decisions.c.number.desc()).limit(1))
    needed = set(connection.scalars(sa.select(t.companions.c.sha256)))
    for row in connection.execute(sa.select(t.sources.c.sha256, t.sources.c.attachments)):
        needed.add(row.sha256)
        needed.update(json.loads(row.attachments))
    return last_change(connection), chain or START, needed


def _share(originals: Originals, shared: Originals, needed: set[str], problems: list[str]) -> list[tuple[str, int]]:
    """Puts the originals that are not there yet beside the backups; says which belong to this one, with their sizes."""
    listed, there = [], set()
    for name in originals.names():
        there.add(name)
        size = originals.path(name).stat().st_size
        if not shared.has(name) or shared.path(name).stat().st_size != size:
            try:
                data = originals.read(name)
            except CorpusError as error:
                problems.append(str(error))
                continue
            shared.path(name).unlink(missing_ok=True)
            shared.keep(data)
        listed.append((name, size))
    problems += [f"{originals.path(name)}: 原件不在 / the original is missing" for name in sorted(needed - there)]
    return listed


def _write(path: Path, lines: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def _file(path: Path) -> File:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return File(bytes=path.stat().st_size, sha256=digest)


def _name(folder: Path, moment: datetime) -> str:
    base = f"{moment:%Y%m%dT%H%M%SZ}"
    names = [base, *(f"{base}-{number}" for number in range(2, 1000))]
    return next(name for name in names if not (folder / name).exists())


def _ours(name: str) -> bool:
    return name in ("originals", "backup.lock") or name.startswith(".") or NAME.fullmatch(name) is not None


def _sweep(folder: Path) -> None:
    """What a killed backup left."""
    for path in folder.iterdir():
        if path.name.startswith(".") and NAME.match(path.name.lstrip(".")) and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CorpusError(
            f"{folder}: 备份无法写入 / the backup cannot be written: {error.strerror or error}"
        ) from error
