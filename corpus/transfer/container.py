"""The files of an archive, in a ZIP or in a folder: named, bounded, hashed; written whole or not at all.

An archive may come from anybody. Nothing of it is unpacked to a path that it names, nothing is read beyond the size that
its manifest gives, and every size has a bound.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from corpus.durable import flush_folder, make_folder
from schemas.bilingual import Both
from schemas.errors import CorpusError

MAX_MANIFEST_BYTES = 1024 * 1024
MAX_LINE_BYTES = 256 * 1024 * 1024
"""A document of the greatest length that is read (``extractors.readers.limits.MAX_CHARACTERS``), as JSON in JSON."""
MAX_ORIGINAL_BYTES = 1024 * 1024 * 1024
MAX_MEMBERS = 5_000_000
MAX_RATIO = 1_100
"""What Deflate can give at the most is 1,032 to one; more is a lie about the size."""
MANIFEST = "manifest.json"
_NAME = re.compile(
    r"manifest\.json|originals\.jsonl|tables/[a-z_]{1,64}\.jsonl|originals/../../[0-9a-f]{64}|"
    r"packs/(?:earlier/)?[a-z0-9][a-z0-9._-]{0,200}\.yaml"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1024 * 1024


class Sink:
    """Where an archive is written: a ZIP where the name ends in ``.zip``, else a folder that is not there yet.

    A context manager: left without an error, what was written gets its name; else nothing is left.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path.suffix.lower() == ".zip") and path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise CorpusError(
                f"{path}: 已存在，请另取文件夹名或 .zip 文件名 / is there already; name a new folder, or a .zip file"
            )
        self._temporary = path.absolute().with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        self._zip: zipfile.ZipFile | None = None

    def __enter__(self) -> Sink:
        with _reported(self.path):
            make_folder(self._temporary.parent)
            if self.path.suffix.lower() == ".zip":
                self._zip = zipfile.ZipFile(self._temporary, "x")
            else:
                self._temporary.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with _reported(self.path):
                if self._zip is not None:
                    self._zip.close()
                if kind is None:
                    self._finish()
        finally:
            if self._temporary.is_dir():
                shutil.rmtree(self._temporary, ignore_errors=True)
            else:
                self._temporary.unlink(missing_ok=True)

    def _finish(self) -> None:
        if self._zip is None and self.path.is_dir():
            self.path.rmdir()
        if self._zip is not None:
            with self._temporary.open("rb") as file:
                os.fsync(file.fileno())
        self._temporary.replace(self.path)
        flush_folder(self.path.absolute().parent)

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        """A file of the archive to write to."""
        with _reported(self.path):
            if self._zip is not None:
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3
                entry.external_attr = (stat.S_IFREG | 0o644) << 16
                with self._zip.open(entry, "w", force_zip64=True) as file:
                    yield file
            else:
                target = self._temporary / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())


class Supply:
    """An archive to be read; a context manager. ``beside``: the folder in which its ``originals/`` is, where it is another.

    Raises:
        CorpusError: it is none, or it names what no archive of a corpus holds.
    """

    def __init__(self, path: Path, beside: Path | None = None) -> None:
        self.path = path
        self._beside = beside
        self._zip: zipfile.ZipFile | None = None
        self._members: dict[str, zipfile.ZipInfo] = {}
        if path.is_dir():
            return
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise CorpusError(
                f"{path}: 不是语料库归档（由 duzheng export --all 导出）：{error} / "
                f"no archive of a corpus (made by: duzheng export --all): {error}"
            ) from error
        entries = self._zip.infolist()
        if len(entries) > MAX_MEMBERS:
            raise self.fault(f"文件超过 {MAX_MEMBERS} 个", f"more than {MAX_MEMBERS} files")
        for entry in entries:
            if entry.is_dir():
                continue
            if not _NAME.fullmatch(entry.filename) or entry.filename in self._members:
                shown = repr(entry.filename[:80])
                raise self.fault(f"{shown} 不属于归档，或出现两次", f"{shown} does not belong there, or is there twice")
            if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self.fault(
                    f"{entry.filename} 已加密，或压缩方式不合规定",
                    f"{entry.filename}: encrypted, or packed in a way that is not used here",
                )
            if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                raise self.fault(
                    f"{entry.filename} 解开后的大小不可能", f"{entry.filename}: unpacks to more than it can"
                )
            self._members[entry.filename] = entry

    def __enter__(self) -> Supply:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._zip is not None:
            self._zip.close()

    def fault(self, zh: str, en: str) -> CorpusError:
        """The error that says what is wrong with the archive."""
        return CorpusError(
            f"{self.path}: 归档不可用，请重新导出：{zh} / the archive cannot be used; export it again: {en}"
        )

    def changed(self, name: str) -> CorpusError:
        """The error that says that a file of the archive is another than the one that was written."""
        return self.fault(f"{name} 写成后被改动", f"{name} was changed since it was written")

    def fault_in(self, name: str, reason: object, line: int | None = None) -> CorpusError:
        """The error that says what a library, or a check of a row, found in a file of the archive."""
        why = Both.of(reason)
        at = Both(f"{name} 第 {line} 行", f"{name}, line {line}") if line is not None else Both(name, name)
        return self.fault(f"{at.zh}：{why.zh}", f"{at.en}: {why.en}")

    def size(self, name: str) -> int:
        """How many bytes a member has.

        Raises:
            CorpusError: there is none, or it is no plain file.
        """
        if self._zip is not None:
            if name not in self._members:
                raise self.fault(f"缺少 {name}", f"{name} is missing")
            return self._members[name].file_size
        try:
            # Symbolic links lead out of the folder: none is followed, neither a file's nor a folder's above it.
            place = self._folder(name)
            for part in Path(name).parts:
                place = place / part
                status = place.lstat()
                if stat.S_ISLNK(status.st_mode):
                    raise self.fault(f"{name} 是链接", f"{name}: a link")
        except OSError as error:
            raise self.fault(f"缺少 {name}", f"{name} is missing") from error
        if not stat.S_ISREG(status.st_mode):
            raise self.fault(f"{name} 不是文件", f"{name} is no file")
        return status.st_size

    def _folder(self, name: str) -> Path:
        return self._beside if self._beside is not None and name.startswith("originals/") else self.path

    def whole(self, name: str, most: int) -> bytes:
        """A member's content.

        Raises:
            CorpusError: it is missing, damaged, or has more than ``most`` bytes.
        """
        large = (f"{name} 超过 {most} 字节", f"{name} has more than {most} bytes")
        if self.size(name) > most:
            raise self.fault(*large)
        with self._open(name) as file, self._damage(name):
            data = file.read(most + 1)
        if len(data) > most:
            raise self.fault(*large)
        return data

    def rows(self, name: str, size: int, digest: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows of a member with the numbers of their lines, from 1; at the end size and SHA-256 are compared.

        Raises:
            CorpusError: it is not what the manifest says it is, or a line is no JSON object.
        """
        if self.size(name) != size:
            raise self.fault(f"{name} 的大小与清单不符", f"{name} has another size than the manifest says")
        hashed, read = sha256(), 0
        with self._open(name) as file:
            for number in range(1, size + 2):
                with self._damage(name):
                    line = file.readline(min(MAX_LINE_BYTES, size - read + 1) + 1)
                read += len(line)
                if read > size or len(line) > MAX_LINE_BYTES:
                    raise self.fault(f"{name} 第 {number} 行过长", f"{name}, line {number}: too long")
                if not line:
                    break
                hashed.update(line)
                yield number, self._row(name, number, line)
        if read != size or hashed.hexdigest() != digest:
            raise self.changed(name)

    def _row(self, name: str, number: int, line: bytes) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self.fault_in(name, error, line=number) from error
        if not isinstance(row, dict):
            raise self.fault(f"{name} 第 {number} 行不是对象", f"{name}, line {number}: no object")
        return row

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        with self._damage(name):
            if self._zip is not None:
                file: IO[bytes] = self._zip.open(self._members[name])
            else:
                descriptor = os.open(self._folder(name) / name, os.O_RDONLY | os.O_NOFOLLOW)
                file = os.fdopen(descriptor, "rb", _BLOCK)
        with file:
            yield file

    @contextmanager
    def _damage(self, name: str) -> Iterator[None]:
        try:
            yield
        except (OSError, zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
            raise self.fault_in(name, error) from error
        except Exception as error:
            # zlib's own error is not an exception of any of those kinds.
            if type(error).__module__ != "zlib":
                raise
            raise self.fault_in(name, error) from error


class Counting:
    """A stream that counts and hashes what is written to it."""

    def __init__(self, file: IO[bytes] | BytesIO) -> None:
        self._file = file
        self._hash = sha256()
        self.bytes = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self.bytes += len(data)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise CorpusError(f"{path}: 无法写入：{why} / cannot be written: {why}") from error
