"""A sign of life from a reader that takes long for a good reason: pages that have to be recognised one by one.

Whoever watches over a reader gives it a deadline without knowing how much there is to do. Each ``advance`` says that another part
is done, so that a file of sixty scanned pages is not taken for one that hangs.
"""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def advance() -> None:
    """Say that a page, or a part of like size, is done; nothing happens where nobody listens."""
    for listener in _listeners:
        listener()


def listen(listener: Callable[[], None]) -> None:
    """Have ``listener`` called at every advance in this process, until it ends."""
    _listeners.append(listener)
