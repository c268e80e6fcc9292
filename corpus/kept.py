"""What was made last is kept, by all that it follows from: who turns a page or comes back asks for the same again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The last things made. Threads may ask at once; what two of them lack may be made twice."""

    def __init__(self, most: int, size: Callable[[K], int] = lambda key: 1, largest: int | None = None) -> None:
        """
        Args:
            most: the sizes of all that is kept together.
            size: of what belongs to a key, the same whenever it is asked.
            largest: what is larger is made each time; None for no such bound.
        """
        self._most, self._size = most, size
        self._largest = most if largest is None else largest
        self._held = 0
        self._made: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What belongs to the key; made, if it is not there."""
        with self._lock:
            if (known := self._made.get(key)) is not None:
                self._made.move_to_end(key)
                return known
        made = make()
        if (size := self._size(key)) > self._largest:
            return made
        with self._lock:
            self._held += size if key not in self._made else 0
            self._made[key] = made
            while self._held > self._most:
                self._held -= self._size(self._made.popitem(last=False)[0])
        return made
