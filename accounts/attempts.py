"""A brake on guessing passwords: after a few wrong ones, a name and an address have to wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST, WITHIN = 6, 300.0
"""Wrong passwords for a name, and the seconds in which they count."""
MOST_FROM_ADDRESS = 30
"""An office shares an address, so that its typing errors add up; a guesser of one password for many names has it, too."""
_REMEMBERED = 10_000


class Attempts:
    """Tries of the last minutes, by key (a name, or an address). In memory: a restart forgets them."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str) -> int:
        """How many seconds it must wait before another try; 0 when it need not, and then this is a try.

        A try counts before its password is looked at: many at once are no way around.
        """
        with self._lock:
            now = self._clock()
            times = self._tries.setdefault(key, deque())
            while times and now - times[0] > WITHIN:
                times.popleft()
            if len(times) >= self._most:
                return -int(-(WITHIN - (now - times[0])) // 1) or 1
            times.append(now)
            self._tries.move_to_end(key)
            while len(self._tries) > _REMEMBERED:
                self._tries.popitem(last=False)
            return 0

    def forgive(self, key: str) -> None:
        """Takes the last try back: it was no wrong one."""
        with self._lock:
            if times := self._tries.get(key):
                times.pop()

    def forget(self, key: str) -> None:
        """Forgets all tries of whoever has signed in."""
        with self._lock:
            self._tries.pop(key, None)
