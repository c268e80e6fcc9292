"""From the paths a user names to the files to read: folders opened, hidden files passed over, attachments grouped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.pool import Work
from schemas.errors import DuzhengError, NotRead
from schemas.outcome import Failure, SourceFile


class NoSuchPath(DuzhengError):
    """A path that the user named does not exist."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document's file, and the SHA-256 of each file beside it that is an attachment of it."""

    main: Path
    sha256: str
    attachments: dict[Path, str]

    def attachment_names(self) -> dict[str, str]:
        """The SHA-256 of each attachment by its name."""
        return {name(path): sha256 for path, sha256 in self.attachments.items()}


def files(paths: Sequence[Path]) -> list[Path]:
    """The regular files named by ``paths``: folders recursively and sorted, hidden entries left out, no file twice.

    Links to folders are not followed, so a loop of links cannot trap a run. A hidden file named by itself is taken.

    Raises:
        NoSuchPath: a path does not exist or is neither file nor folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_below(path)))
        elif path.is_file():
            found[path] = None
        else:
            raise NoSuchPath(f"{path}: no such file or folder 没有这个文件或文件夹 (check the spelling)")
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path


def works(paths: Sequence[Path]) -> Iterator[Work | Failure]:
    """The documents below ``paths`` with their attachments, loaded one after the other as they are asked for.

    A file that cannot be opened yields its failure; where it is an attachment, its document comes without it.

    Raises:
        NoSuchPath: at the first step, before anything is loaded.
    """
    from extractors.bundles import group

    for found in group(files(paths)):
        attachments = []
        for path in found.attachments:
            try:
                attachments.append(source(path))
            except NotRead as error:
                yield Failure.of(error)
        try:
            yield Work(source(found.main), tuple(attachments))
        except NotRead as error:
            yield Failure.of(error)


def hashed(paths: Sequence[Path]) -> tuple[list[Found], list[Failure]]:
    """The documents below ``paths`` with the SHA-256 of every file, and the files that cannot be opened.

    Raises:
        NoSuchPath: a path does not exist.
    """
    from extractors.bundles import group

    result: list[Found] = []
    failures: list[Failure] = []
    for found in group(files(paths)):
        sums: dict[Path, str] = {}
        for path in (found.main, *found.attachments):
            try:
                with path.open("rb") as file:
                    sums[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                failures.append(Failure.of(_unopened(path, error)))
        if found.main in sums:
            main = sums.pop(found.main)
            result.append(Found(found.main, main, sums))
    return result, failures


def source(path: Path) -> SourceFile:
    """The bytes of one file.

    Raises:
        NotRead: the file cannot be opened.
    """
    try:
        return SourceFile(uri=name(path), data=path.read_bytes())
    except OSError as error:
        raise _unopened(path, error) from error


def name(path: Path) -> str:
    """The path as text. Names from old Chinese systems are GB 18030 on the disk, which Python shows as lone surrogates
    that no JSON and no terminal takes; they are decoded, and what is no GB 18030 either is escaped."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raw = os.fsencode(path)
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return raw.decode(errors="backslashreplace")
    return str(path)


def _unopened(path: Path, error: OSError) -> NotRead:
    why = error.strerror or error
    return NotRead(
        name(path), "unreadable", f"无法打开：{why} / cannot be opened: {why}", "请检查权限 / check its permissions"
    )
