"""The corpus for the requests of many people: some opened readers, lent to one request at a time; one writer at a time.

A page takes no lock and changes nothing: it shows what is there. What is derived (index, relations, rows of findings) follows
what is stored in a thread of its own, which is begun by whoever first sees that something has changed.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.corpus import Corpus
from corpus.following import BUSY
from corpus.lock import WriterLock
from schemas.bilingual import Both
from schemas.china_time import today_in_china
from schemas.errors import CorpusBusy, CorpusError, DuzhengError
from schemas.logs import Log

_log = Log(__name__)
_READERS = 8
_PATIENCE = 10.0
"""Seconds that a change waits for another one, or for the index."""
_MOMENT = 0.5
"""Seconds that the page which sees a change first waits for what follows from it: most changes are small."""
_DERIVED = Both("正在更新派生的数据", "what is derived is being brought up to date")
_MANY = 200
"""Changes that are followed in this process; more of them in one of their own."""
_SOON = 0.5
"""Seconds that are waited for another process of the server, which follows already."""
_AGAIN = 1.0
"""Seconds until the next try where another process was writing."""


class Corpora:
    """Lends opened corpora.

    A reader sees what was stored when it is asked; it is never used by two requests at once, so nothing in it needs to be
    safe for threads. A writer is opened for one request and closed at its end: the writer's lock is held no longer.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._idle: queue.LifoQueue[Corpus] = queue.LifoQueue()
        self._free = threading.BoundedSemaphore(_READERS)
        self._writing = threading.Lock()
        self._following = threading.Lock()
        self._followed: object = None
        self._tried = 0.0

    @contextmanager
    def reading(self) -> Iterator[Corpus]:
        """A corpus to read in.

        Raises:
            CorpusError: there is none, or it cannot be opened.
        """
        with self._free:
            try:
                corpus = self._idle.get_nowait()
            except queue.Empty:
                corpus = Corpus.open(self.home, follows=False)
            try:
                self._follow((*corpus.marks(), today_in_china()))
                yield corpus
            except BaseException:
                # Whatever went wrong, the next request gets another one.
                corpus.close()
                raise
            self._idle.put(corpus)

    @contextmanager
    def writing(self) -> Iterator[Corpus]:
        """A corpus to write in; the others wait. Afterwards the rows of findings are what was written.

        Raises:
            CorpusError: another process is writing; the message says which.
        """
        with self._writing, Corpus.open(self.home, write=True, patience=_PATIENCE) as corpus:
            yield corpus
            corpus.present(today_in_china())

    def caught_up(self, seconds: float | None = None) -> None:
        """Lets all that is derived follow what is stored, and waits for it, at most so long."""
        with suppress(CorpusError):  # a page will say what is wrong
            with Corpus.open(self.home) as corpus:  # brings one of an earlier version up to date, which no page does
                now = (*corpus.marks(), today_in_china())
            self._follow(now, seconds)

    def close(self) -> None:
        """Closes the idle readers."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _follow(self, now: object, seconds: float | None = _MOMENT) -> None:
        """Begins to follow where that is not done yet and nobody else does; waits for it, but for ``seconds`` at most."""
        if now == self._followed or time.monotonic() - self._tried < _AGAIN:
            return
        if not self._following.acquire(blocking=False):
            return
        self._tried = time.monotonic()
        thread = threading.Thread(target=self._catch_up, args=(now,), name="following", daemon=True)
        thread.start()
        thread.join(seconds)

    def _catch_up(self, now: object) -> None:
        right = WriterLock(self.home, "following.lock", _DERIVED)
        try:
            if not self._alone(right):  # it is looked again later whether anything is left to do
                return
            with Corpus.open(self.home) as corpus, suppress(CorpusBusy):  # who writes now is followed later
                if corpus.behind() > _MANY:
                    command = [sys.executable, "-m", "corpus.following", str(self.home)]
                    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
                else:
                    corpus.catch_up(today_in_china())
                self._followed = now
        except subprocess.CalledProcessError as error:
            if error.returncode != BUSY:
                _log.warning("web.behind", str(error))
        except DuzhengError as error:
            _log.warning("web.behind", str(error))
        finally:
            right.release()
            self._following.release()

    def _alone(self, right: WriterLock) -> bool:
        """Whether no other process of the server follows; what it is about to finish is waited for."""
        until = time.monotonic() + _SOON
        while True:
            try:
                right.acquire()
                return True
            except CorpusBusy:
                if time.monotonic() > until:
                    return False
                time.sleep(_SOON / 10)
            except CorpusError:  # the folder is only to be read: then nobody writes what would have to be followed
                return True
