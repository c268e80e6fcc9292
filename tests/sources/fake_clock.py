"""A clock for tests, on which nobody waits."""

from __future__ import annotations

import datetime
import threading

from sources.fetch import Clock


class FakeClock(Clock):
    """A clock on which waiting takes no time; ``slept`` are the waits."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        with self._lock:
            return self.time

    def now(self) -> datetime.datetime:
        return datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            until = self.time + seconds
            self.slept.append(seconds)
        # Others who wait from the same moment wait at the same time.
        with self._lock:
            self.time = max(self.time, until)
