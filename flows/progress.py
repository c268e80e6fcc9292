"""How far a flow is, told to whoever listens in the same process.

Not a parameter of the flows: Prefect stores a run's parameters, and a function cannot be stored.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Stage = Literal["hash", "start", "list", "fetch", "read", "check"]


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` files (or plans, when checking); ``total`` is None while it is not known."""

    stage: Stage
    done: int = 0
    total: int | None = None


_listeners: list[Callable[[Progress], None]] = []


@contextlib.contextmanager
def listening(listener: Callable[[Progress], None]) -> Iterator[None]:
    """Have ``listener`` called, from whatever thread the work is in, while the context lasts."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(stage: Stage, done: int = 0, total: int | None = None) -> None:
    """Report how far the stage is."""
    for listener in _listeners:
        listener(Progress(stage, done, total))
