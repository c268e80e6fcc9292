"""What goes on in the background of the server: uploads being read, sources being run. One of a kind at a time.

A server may have several processes. What goes on holds a lock in the corpus folder: by that each of them knows, and what a
process that died left is told from what another one is doing.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from corpus import uploaded
from corpus.lock import WriterLock, is_held, unwritable
from corpus.sources import FOLDER as COLLECTING
from duzheng.web.multipart import Given
from schemas.bilingual import Both
from schemas.errors import CorpusBusy, DuzhengError
from schemas.logs import Log
from schemas.upload import Upload

_log = Log(__name__)
CUT_OFF = "服务在读取途中停止，请再次上传 / the server stopped while this was being read; upload the files again"
_RECEIVED = ".files-"
_LEFT_SECONDS = 86_400.0
"""The files of an upload that a process left when it died are taken away after a day."""
_AGAIN = 0.2
"""Seconds until it is tried again whether the upload that another process reads has ended."""


class Uploads:
    """The uploads of a corpus that this process was given. How each stands is on disk after every step."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._given: SimpleQueue[tuple[Upload, WriterLock, list[tuple[str, Path]], Path]] = SimpleQueue()
        # Not waited for when the server ends: what it was reading is said to be cut off.
        threading.Thread(target=self._work, name="upload", daemon=True).start()

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """A folder for the files of an upload; where no upload is started with them, it is taken away at the end.

        Raises:
            CorpusError: the corpus folder cannot be written.
        """
        parent = self._home / uploaded.FOLDER
        try:
            parent.mkdir(parents=True, exist_ok=True)
            self._take_away(parent)
            folder = Path(tempfile.mkdtemp(prefix=_RECEIVED, dir=parent))
        except OSError as error:
            raise unwritable(parent, error) from error
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def start(self, person: str, files: Sequence[Given], folder: Path) -> Upload:
        """Begins to take files in; returns at once. ``folder``, which they are in, is taken away at the end."""
        upload, lock = uploaded.begun(self._home, person)
        upload.total = len(files)
        uploaded.save(self._home, upload)
        # The one that is read changes meanwhile: who asked gets what it was.
        begun = upload.model_copy()
        self._given.put((upload, lock, [(one.name, one.path) for one in files], folder))
        return begun

    def find(self, id: str) -> Upload | None:
        """The upload of that id; one that a process did not finish is said to be cut off."""
        found = uploaded.load(self._home, id)
        return found and self._told(found)

    def latest(self, limit: int) -> list[Upload]:
        """The last uploads, newest first."""
        return [self._told(one) for one in uploaded.latest(self._home, limit)]

    def _told(self, upload: Upload) -> Upload:
        if upload.ended or uploaded.goes_on(self._home, upload.id):
            return upload
        # It may have ended between the two looks.
        now = uploaded.load(self._home, upload.id) or upload
        return now if now.ended else now.model_copy(update={"stage": "interrupted", "reason": CUT_OFF})

    def _work(self) -> None:
        # Ctrl-C goes to every process of the terminal. Those that this thread starts leave it to the server, which ends them.
        # Whoever starts the tracker of multiprocessing gets the signal unblocked, so it is started before.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while True:
            self._run(*self._given.get())

    def _run(self, upload: Upload, lock: WriterLock, files: list[tuple[str, Path]], folder: Path) -> None:
        from duzheng.reading import bounds
        from flows.uploading import take_in

        try:
            with self._turn():
                upload.stage = "reading"
                for now in take_in(self._home, upload, files, bounds()):
                    uploaded.save(self._home, now)
        except DuzhengError as error:
            upload.stage, upload.reason = "failed", str(error)
        except Exception as error:
            _log.warning("upload.failed", f"{upload.id}: {error}", upload=upload.id)
            upload.stage, upload.reason = "failed", f"{type(error).__name__}: {error}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            uploaded.save(self._home, upload)
            uploaded.end(lock)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        lock = uploaded.turn(self._home)
        while True:
            try:
                lock.acquire()
                break
            except CorpusBusy:
                time.sleep(_AGAIN)
        try:
            yield
        finally:
            lock.release()

    @staticmethod
    def _take_away(parent: Path) -> None:
        for left in parent.glob(_RECEIVED + "*"):
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - _LEFT_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)


def uploads_of(state: Any) -> Uploads:
    """The uploads of an application, by its state; the first who asks makes them."""
    if not hasattr(state, "uploads"):
        state.uploads = Uploads(state.corpora.home)
    found: Uploads = state.uploads
    return found


class Runs:
    """Sources that were asked to run from a page: each a process of its own, as on the command line."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._children: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()

    def start(self, source: str) -> bool:
        """Runs a source; False where a run that was asked for from a page is still going on.

        Raises:
            CorpusError: the corpus folder cannot be written.
        """
        with self._lock:
            # Those that have ended are waited for, so that the system forgets them.
            self._children = [one for one in self._children if one.poll() is None]
            lock = self._asked(source)
            try:
                lock.path.parent.mkdir(exist_ok=True)
                lock.acquire()
            except CorpusBusy:
                return False
            except OSError as error:
                raise unwritable(lock.path.parent, error) from error
            try:
                command = [sys.executable, "-m", "duzheng", "sources", "run", source, "--home", str(self._home)]
                child = subprocess.Popen(
                    [*command, "--format", "json"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(lock.descriptor,),
                )
            finally:
                lock.leave()
            self._children.append(child)
            return True

    def going(self, source: str) -> bool:
        """Whether a run that was asked for from a page has not ended yet."""
        return is_held(self._asked(source).path)

    def _asked(self, source: str) -> WriterLock:
        """Held by the run itself: it is given back when that ends, whatever becomes of the server."""
        return WriterLock(
            self._home / COLLECTING,
            f"{source}.asked.lock",
            Both(f"{source}: 此来源正在运行", "this source is being run"),
        )
