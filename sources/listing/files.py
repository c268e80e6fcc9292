"""Files of a folder as a source sees them: which are there, which are still being written, what each holds."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path

from extractors.containers import names
from schemas.fetching import FetchFailed, Listing
from schemas.source import SourceDefinition

_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".temp", ".swp", ".!ut", ".td")
"""Endings of what browsers, file transfer and download programs are still writing."""
_OPENED = ("~$", ".~lock.", "~wrl")
"""Beginnings of what Word, WPS and LibreOffice put beside a file that someone has open."""


def root(definition: SourceDefinition) -> Path:
    """The folder of a source.

    Raises:
        FetchFailed: it is not there: a share that is not mounted must not look like a folder from which all has gone.
    """
    folder = Path(definition.url)
    if not folder.is_dir():
        what = "不是文件夹 / is no folder" if folder.exists() else "没有这个文件夹 / there is no such folder"
        cure = "请核对 url，或挂载共享文件夹 / check url, or mount the share"
        raise FetchFailed(definition.url, "listing", what, cure, field="url")
    return folder


def below(folder: Path, definition: SourceDefinition, listing: Listing) -> list[Path]:
    """The finished files below a folder in the order of their paths; unfinished ones are put down as waiting.

    Hidden files and what systems add are left out. Links are refused: a submission could point at any file of the
    machine.

    Raises:
        FetchFailed: a folder cannot be opened.
    """

    def refuse(error: OSError) -> None:
        message = f"打不开 / cannot be opened: {error.strerror}"
        raise FetchFailed(str(error.filename), "listing", message, "请检查权限 / check permissions", field="url")

    found: list[Path] = []
    for place, folders, inside in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if Path(place, name).is_symlink()]  # os.walk does not follow them
        for name in sorted(inside) + links:
            path = Path(place, name)
            if name.startswith((".", *_OPENED)) or names.is_junk(name):
                continue
            if not _is_file(path):
                message = "是链接或设备，不是文件 / is a link or a device, no file"
                cure = "请把文件本身放进去 / put the file itself there"
                listing.failures.append(FetchFailed(str(path), "not_allowed", message, cure))
                continue
            if is_settled(path, definition.settled_seconds):
                found.append(path)
            else:
                listing.waiting.append(str(path))
    return found


def is_settled(path: Path, seconds: float) -> bool:
    """Whether nobody is writing a file any more: by its name, its size, and how long ago it was last changed.

    A time in the future (a share whose clock is wrong) does not keep a file waiting for ever.
    """
    if path.name.lower().endswith(_UNFINISHED):
        return False
    try:
        state = path.stat()
    except OSError:
        return False
    age = time.time() - state.st_mtime
    return not 0 <= age < seconds


def fingerprint(paths: Sequence[Path]) -> str | None:
    """The SHA-256 of a file, or of the hashes of several; None where one cannot be read or changed meanwhile."""
    sums = []
    for path in paths:
        try:
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                sums.append(hashlib.file_digest(file, "sha256").hexdigest())
                after = os.fstat(file.fileno())
        except OSError:
            return None
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return None
    return sums[0] if len(sums) == 1 else hashlib.sha256("\n".join(sums).encode()).hexdigest()


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
