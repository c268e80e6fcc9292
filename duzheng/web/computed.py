"""Answers that read the whole corpus: made once beside the requests, kept until the corpus changes.

A page that needs one gets it within a moment, or says that it is being made and asks again: no page waits longer than that,
whatever the size of the corpus.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from duzheng.web.here import Here

T = TypeVar("T")
MOMENT = 0.7
"""Seconds that a page waits for an answer before it says that it is being made."""
_KEPT = 32
_RUNNING = 2
_WAITING = 12
_making = threading.Lock()


class Computed:
    """Answers by their keys; a key holds everything that the answer follows from, and the state of the corpus."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._turn = threading.Semaphore(_RUNNING)

    def get(self, key: Hashable, make: Callable[[], T], seconds: float = MOMENT) -> T | None:
        """The answer of that key, or None where it takes longer than ``seconds``: ask again.

        ``make`` runs in a thread of its own, once; what it raises is raised here, and it is made again when asked again.

        While many are being made already, another one is not begun: it is begun when asked again.
        """
        with self._lock:
            job: Future[T] | None = self._jobs.get(key)
            if job is None:
                if sum(not one.done() for one in self._jobs.values()) >= _WAITING:
                    return None
                job = self._jobs[key] = Future()
                threading.Thread(target=self._run, args=(job, make), daemon=True).start()
            self._jobs.move_to_end(key)
            self._forget()
        if not wait([job], timeout=seconds).done:
            return None
        if job.exception() is not None:
            with self._lock:
                self._jobs.pop(key, None)
        return job.result()

    def _run(self, job: Future[T], make: Callable[[], T]) -> None:
        with self._turn:
            try:
                job.set_result(make())
            except BaseException as error:  # handed to whoever asks
                job.set_exception(error)

    def _forget(self) -> None:
        for key in [key for key, job in self._jobs.items() if job.done()][: max(0, len(self._jobs) - _KEPT)]:
            del self._jobs[key]


def computed(asked: Here) -> Computed:
    """The answers of this server."""
    state = asked.request.app.state
    with _making:
        if not hasattr(state, "computed"):
            state.computed = Computed()
    found: Computed = state.computed
    return found
