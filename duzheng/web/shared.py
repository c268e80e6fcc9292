"""What many readers ask for at once is made once: by whoever asks first, while the others wait for that.

Unlike ``computed``, for what takes tenths of a second: no page says that it is being made.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_KEPT = 64


class Shared:
    """The last things made, by keys that hold all that they follow from."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What belongs to the key. What ``make`` raises is raised for all who waited, and not kept."""
        with self._lock:
            first = key not in self._made
            one: Future[T] = self._made.setdefault(key, Future())
            self._made.move_to_end(key)
            while len(self._made) > self._kept:
                self._made.popitem(last=False)
        if first:
            try:
                one.set_result(make())
            except BaseException as error:
                with self._lock:
                    if self._made.get(key) is one:
                        del self._made[key]
                one.set_exception(error)
        return one.result()
