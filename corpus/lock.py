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

from schemas.errors import CorpusBusy, CorpusError, DuzhengError


class WriterLock:
    """The right to write the corpus in one folder; with another file in it, the right that this file stands for.

    Args:
        home: the folder.
        name: of the file.
        doing: what its holder does, in messages: "the corpus is being written".
        busy: the error that says that there is another holder.
    """

    def __init__(
        self,
        home: Path,
        name: str = "writer.lock",
        doing: str = "the corpus is being written",
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
            raise CorpusError(f"{self.path.parent}: the corpus cannot be written: {error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(os.pread(descriptor, 1000, 0))
            os.close(descriptor)
            raise self._busy(f"{self.path.parent}: {self._doing} by {holder}; wait until it has finished") from None
        except OSError as error:
            os.close(descriptor)
            raise CorpusError(f"{self.path}: the file system does not support locks: {error}") from error
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
            raise CorpusError(f"{self.path}: the lock is not held")
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


def _holder(content: bytes) -> str:
    try:
        record = json.loads(content)
        return f"process {record['process']} on {record['host']} since {record['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"
