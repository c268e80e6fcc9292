"""What became of uploads, a small file each in the corpus folder: so that a restart can say what it cut off."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from corpus.lock import WriterLock, is_held
from schemas.bilingual import Both
from schemas.upload import Upload

FOLDER = "uploads"
_ID = re.compile(r"[0-9]{8}-[0-9a-f]{12}")


def begun(home: Path, person: str) -> tuple[Upload, WriterLock]:
    """A new upload, saved, and the lock that says that it goes on: ``end`` gives it back, and so does a process that dies."""
    now = datetime.now(UTC)
    upload = Upload(id=f"{now:%Y%m%d}-{token_hex(6)}", person=person, made_at=now)
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(folder, f".{upload.id}.lock", Both("正在读取此次上传", "the upload is being read"))
    lock.acquire()
    save(home, upload)
    return upload, lock


def end(lock: WriterLock) -> None:
    """Says that an upload goes on no longer."""
    lock.path.unlink(missing_ok=True)
    lock.release()


def goes_on(home: Path, id: str) -> bool:
    """Whether a process is reading the upload of that id, or is going to."""
    return bool(_ID.fullmatch(id)) and is_held(home / FOLDER / f".{id}.lock")


def turn(home: Path) -> WriterLock:
    """The right to read uploads of a corpus: one is read at a time, whichever process was given it."""
    return WriterLock(home / FOLDER, ".turn.lock", Both("正在读取另一次上传", "another upload is being read"))


def save(home: Path, upload: Upload) -> None:
    """Writes how it stands.

    Raises:
        OSError: it cannot be written.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{upload.id}.part"
    part.write_text(upload.model_dump_json(), encoding="utf-8")
    part.replace(folder / f"{upload.id}.json")


def load(home: Path, id: str) -> Upload | None:
    """The upload of that id, or None."""
    path = home / FOLDER / f"{id}.json"
    if not _ID.fullmatch(id) or not path.is_file():
        return None
    return Upload.model_validate_json(path.read_text(encoding="utf-8"))


def latest(home: Path, limit: int) -> list[Upload]:
    """The last uploads, newest first."""
    paths = sorted((home / FOLDER).glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)[:limit]
    found = [load(home, path.stem) for path in paths]
    return sorted((one for one in found if one is not None), key=lambda one: one.made_at, reverse=True)
