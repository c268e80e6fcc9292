"""Answers that read the whole corpus: made once beside the requests, kept until the corpus changes.

A page that needs one gets it within a moment, or says that it is being made and asks again: no page waits longer than that,
whatever the size of the corpus. Pictures and files cannot say so: they wait, without holding up a thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from fastapi import Request

    from duzheng.web.here import Here

T = TypeVar("T")
MOMENT = 0.7
"""Seconds that a page waits for an answer before it says that it is being made."""
_PATIENCE = 60.0
"""Seconds that a picture or a file waits for its answer."""
_KEPT = 32
_RUNNING = 2
_WAITING = 12
_making = threading.Lock()


class Computed:
    """Answers by their keys; a key holds everything that the answer follows from, and the state of the corpus."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._queue: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._busy = 0

    def get(self, key: Hashable, make: Callable[[], T], seconds: float = MOMENT) -> T | None:
        """The answer of that key, or None where it takes longer than ``seconds``: ask again.

        ``make`` runs in a thread of its own, once; what it raises is raised here, and it is made again when asked again.

        While many are being made already, another one is not begun: it is begun when asked again.
        """
        job = self._begun(key, make, _WAITING)
        if job is None or not wait([job], timeout=seconds).done:
            return None
        return self._answer(key, job)

    async def waited(self, key: Hashable, make: Callable[[], T], seconds: float = _PATIENCE) -> T | None:
        """The same for what cannot be asked for again by itself: it stands in line however many others do, and None is said
        only where it takes longer than ``seconds``. No thread waits meanwhile."""
        job: Future[T] | None = self._begun(key, make, None)
        assert job is not None
        done, _ = await asyncio.wait([asyncio.wrap_future(job)], timeout=seconds)
        if not done:
            return None
        for one in done:
            one.exception()  # it is raised below, for this job alone
        return self._answer(key, job)

    def _begun(self, key: Hashable, make: Callable[[], T], most: int | None) -> Future[T] | None:
        """The job of that key, begun or in line; None where ``most`` are going on and it is none of them."""
        with self._lock:
            job: Future[T] | None = self._jobs.get(key)
            if job is None:
                if most is not None and sum(not one.done() for one in self._jobs.values()) >= most:
                    return None
                job = self._jobs[key] = Future()
                # Nobody takes it back: who has gone leaves the answer to the next who asks.
                job.set_running_or_notify_cancel()
                self._queue.append((job, make))
                if self._busy < _RUNNING:
                    self._busy += 1
                    threading.Thread(target=self._run, name="computed", daemon=True).start()
            self._jobs.move_to_end(key)
            for old in [one for one, each in self._jobs.items() if each.done()][: max(0, len(self._jobs) - _KEPT)]:
                del self._jobs[old]
        return job

    def _answer(self, key: Hashable, job: Future[T]) -> T:
        if job.exception() is not None:
            with self._lock:
                if self._jobs.get(key) is job:
                    del self._jobs[key]
        return job.result()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._busy -= 1
                    return
                job, make = self._queue.popleft()
            try:
                job.set_result(make())
            except BaseException as error:  # handed to whoever asks
                job.set_exception(error)


def computed(asked: Here) -> Computed:
    """The answers of this process."""
    return _own(asked.request, "computed")


def drawn(asked: Here) -> Computed:
    """Its pictures: they are made in worker processes and wait for no answer that reads the whole corpus."""
    return _own(asked.request, "drawn")


def _own(request: Request, name: str) -> Computed:
    state = request.app.state
    with _making:
        if not hasattr(state, name):
            setattr(state, name, Computed())
    found: Computed = getattr(state, name)
    return found
