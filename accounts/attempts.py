"""A brake on guessing passwords: after a few wrong ones, a name and an address have to wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST, WITHIN = 6, 300.0
"""Wrong passwords, and the seconds in which they count."""
_REMEMBERED = 10_000


class Attempts:
    """Wrong logins of the last minutes, by name and by address. In memory: a restart forgets them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, *keys: str) -> int:
        """How many seconds these must wait before another try; 0 when they need not."""
        with self._lock:
            now = self._clock()
            waits = [0.0]
            for key in keys:
                times = self._wrong.get(key)
                while times and now - times[0] > WITHIN:
                    times.popleft()
                if times and len(times) >= MOST:
                    waits.append(WITHIN - (now - times[0]))
            return -int(-max(waits) // 1)

    def wrong(self, *keys: str) -> None:
        """Counts a wrong password."""
        with self._lock:
            for key in keys:
                self._wrong.setdefault(key, deque(maxlen=MOST)).append(self._clock())
                self._wrong.move_to_end(key)
            while len(self._wrong) > _REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, *keys: str) -> None:
        """Forgets the wrong ones of those who have signed in."""
        with self._lock:
            for key in keys:
                self._wrong.pop(key, None)
