"""The originals: every file that was ever taken in, as the bytes it came with, named by their SHA-256.

``home/originals/ab/cd/abcd…`` holds one file; the names come from the content alone, never from a document or a user,
so nothing a document says can reach another path. A file is written beside its place, flushed to the disk and renamed:
whoever finds it finds it whole.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from corpus.durable import make_folder, write_whole
from schemas.errors import CorpusError

_NAME = re.compile(r"[0-9a-f]{64}")
_YOUNG_SECONDS = 3600


class Originals:
    """The folder of originals. Safe to use by many readers and writers at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes) -> str:
        """Stores ``data`` and returns its SHA-256 in hexadecimal. Bytes that are there already are not written again.

        Raises:
            CorpusError: the folder cannot be written.
        """
        name = sha256(data).hexdigest()
        path = self.path(name)
        try:
            status = path.stat()
            if status.st_size == len(data):
                if time.time() - status.st_mtime > _YOUNG_SECONDS:
                    with suppress(OSError):
                        os.utime(path)  # wanted again: ``corpus.retention`` leaves it, recorded or not yet
                return name
        except FileNotFoundError:
            pass
        except OSError as error:
            why = error.strerror or error
            raise CorpusError(f"{path}: 无法访问原件：{why} / the original cannot be reached: {why}") from error
        try:
            make_folder(path.parent)
            write_whole(path, data)
        except OSError as error:
            why = error.strerror or error
            raise CorpusError(
                f"{path}: 原件无法写入：{why}；请腾出空间或检查权限 / "
                f"the original cannot be written: {why}; free space or check the rights"
            ) from error
        return name

    def read(self, name: str) -> bytes:
        """The bytes whose SHA-256 is ``name``, verified.

        Raises:
            CorpusError: there is no such original, or the file no longer has that content.
        """
        path = self.path(name)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise CorpusError(
                f"{path}: 原件不在；请从备份恢复，或把来源文件重新入库 / "
                "the original is missing; put it back from a copy or ingest its source again"
            ) from None
        except OSError as error:
            why = error.strerror or error
            raise CorpusError(f"{path}: 原件无法读取：{why} / the original cannot be read: {why}") from error
        if sha256(data).hexdigest() != name:
            raise CorpusError(
                f"{path}: 原件已被改动或损坏；请从备份恢复 / the original was changed or is damaged; put it back from a copy"
            )
        return data

    def has(self, name: str) -> bool:
        """Whether there is a file for ``name``; its content is not verified."""
        return self.path(name).is_file()

    def path(self, name: str) -> Path:
        """Where the original of that SHA-256 stands, or would.

        Raises:
            CorpusError: ``name`` is not a SHA-256 in lower-case hexadecimal.
        """
        if not _NAME.fullmatch(name):
            raise CorpusError(
                f"{name!r}: 不是 SHA-256；原件以 64 位十六进制数命名 / "
                "is not a SHA-256: an original is named by 64 hexadecimal digits"
            )
        return self.folder / name[:2] / name[2:4] / name

    def names(self) -> Iterator[str]:
        """The SHA-256 of every original, sorted; files left by a killed writer are passed over."""
        for path in sorted(self.folder.glob("??/??/*")):
            if _NAME.fullmatch(path.name):
                yield path.name
