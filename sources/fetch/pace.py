"""The pace: one host is asked by one request at a time apart, by all sources and threads of this process together."""

from __future__ import annotations

import threading

from sources.fetch.clock import Clock


class Pace:
    """When each host may be asked again. May be used from any thread."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[float, float]] = {}
        self._held: dict[str, float] = {}

    def held_for(self, host: str) -> float:
        """Seconds until the end of what the host asked us to wait, 0 where it did not."""
        with self._lock:
            return max(0.0, self._held.get(host, 0.0) - self._clock.monotonic())

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks the host for that long: it said so, or it did not answer."""
        with self._lock:
            self._held[host] = max(self._held.get(host, 0.0), self._clock.monotonic() + seconds)

    def turn(self, host: str, seconds: float) -> None:
        """Wait until the host may be asked, and take that turn.

        Args:
            host: the host's name, whatever the port: politeness is owed to the machine.
            seconds: between this request and its neighbours; of two sources with different paces the slower one counts.
        """
        while (wait := self._try(host, seconds)) > 0:
            self._clock.sleep(wait)

    def _try(self, host: str, seconds: float) -> float:
        """0 when the turn was taken, else how long to wait before trying again: others may be faster, or hold the host."""
        with self._lock:
            now = self._clock.monotonic()
            last, gap = self._asked.get(host, (float("-inf"), 0.0))
            at = max(last + max(gap, seconds), self._held.get(host, 0.0))
            if at <= now:
                self._asked[host] = (now, seconds)
                return 0.0
            return at - now


SHARED = Pace()
"""The pace of this process."""
