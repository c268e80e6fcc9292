"""The corpus for the requests of many people: some opened readers, lent to one request at a time; one writer at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.corpus import Corpus

_READERS = 8


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
                corpus = Corpus.open(self.home)
            try:
                yield corpus
            except BaseException:
                # Whatever went wrong, the next request gets another one.
                corpus.close()
                raise
            self._idle.put(corpus)

    @contextmanager
    def writing(self) -> Iterator[Corpus]:
        """A corpus to write in; the others wait.

        Raises:
            CorpusError: another process is writing; the message says which.
        """
        with self._writing, Corpus.open(self.home, write=True) as corpus:
            yield corpus

    def close(self) -> None:
        """Closes the idle readers."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return
