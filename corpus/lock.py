"""The writer's lock: one process writes a corpus, any number read it.

The operating system holds the lock (``flock``) and lets it go when the process ends, however it ends: a killed writer
leaves nothing to clean up. The file's content only tells people who the writer is.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from schemas.bilingual import Both
from schemas.errors import CorpusBusy, CorpusError, DuzhengError

OTHER = Both("另一进程", "another process")
WRITTEN = Both("语料库正在写入", "the corpus is being written")


class WriterLock:
    """The right to write the corpus in one folder; with another file in it, the right that this file stands for.

    Args:
        home: the folder.
        name: of the file.
        doing: what its holder does, in messages.
        busy: the error that says that there is another holder.
    """

    def __init__(
        self,
        home: Path,
        name: str = "writer.lock",
        doing: Both = WRITTEN,
        busy: type[DuzhengError] = CorpusBusy,
    ) -> None:
        self.path = home / name
        self._doing, self._busy = doing, busy
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Takes the lock, at once or not at all; taking it again does nothing.

        Raises:
            CorpusBusy: another writer has it; the message says which.
            CorpusError: the folder cannot be written.
        """
        if self.held:
            return
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise unwritable(self.path.parent, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(os.pread(descriptor, 1000, 0))
            os.close(descriptor)
            raise self._busy(taken(str(self.path.parent), self._doing, holder)) from None
        except OSError as error:
            os.close(descriptor)
            why = error.strerror or error
            raise CorpusError(
                f"{self.path}: 此文件系统不支持文件锁（{why}），请把语料库放到本机磁盘 / "
                f"the file system does not support locks: {why}; put the corpus on a local disk"
            ) from error
        record = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._descriptor = descriptor
        with suppress(OSError):  # a full disk: it is only for people, and what follows will say it better
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(record).encode(), 0)

    def writing(self) -> bool:
        """Whether somebody seems to hold it, told from what the holder noted: asking the system would need the lock itself,
        and stop a writer that begins at that moment."""
        try:
            record = json.loads(self.path.read_bytes()[:1000])
            if record["host"] != socket.gethostname():
                return True
            os.kill(int(record["process"]), 0)
        except PermissionError:
            return True  # another user's process
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return True

    @property
    def descriptor(self) -> int:
        """What a child process is given to hold the lock as well: it is given back when all of its holders have ended.

        Raises:
            CorpusError: it is not held here.
        """
        if self._descriptor is None:
            raise CorpusError(f"{self.path}: 未持有锁 / the lock is not held")
        return self._descriptor

    def leave(self) -> None:
        """Lets go of it here; a child process that was given it holds it on."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def release(self) -> None:
        """Gives the lock back; without the lock this does nothing."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock of that file, asked of the system.

    For a lock that is taken before anybody can ask for it: who would take it just now might find it taken.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def taken(place: str, doing: Both, holder: Both) -> str:
    """The line that says that somebody else has a right: whose ``place`` it is of, what its holder does and who it is."""
    zh = f"{doing.zh}（{holder.zh}），请等它结束"
    return f"{place}: {zh} / {doing.en} by {holder.en}; wait until it has finished"


def unwritable(place: Path, error: OSError) -> CorpusError:
    """The error that says that the folder of a corpus cannot be written."""
    why = error.strerror or error
    return CorpusError(
        f"{place}: 语料库无法写入：{why}；请检查权限和磁盘空间 / the corpus cannot be written: {why}; check rights and space"
    )


def _holder(content: bytes) -> Both:
    try:
        record = json.loads(content)
        process, host, since = record["process"], record["host"], record["since"]
        return Both(f"{host} 上的进程 {process}，始于 {since}", f"process {process} on {host} since {since}")
    except (ValueError, KeyError, TypeError):
        return OTHER
