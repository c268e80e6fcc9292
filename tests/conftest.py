"""What tests of every room share."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sources.site import Site

_GROWTH = 8.0
"""Four times as much may take about four times as long; a quadratic cost takes sixteen times as long."""
_TRIES = 3
"""A busy machine can make one measurement bad; what grows with the square is bad every time."""
_FLOOR = 0.02
"""Seconds of processor time: what takes less is fast, whatever the ratio."""


@pytest.fixture
def linear() -> Callable[[Callable[[int], object], int], None]:
    """Assert that the cost of ``run(n)`` grows with ``n`` and not with its square: a ratio within one run, no timed bar."""

    def check(run: Callable[[int], object], size: int) -> None:
        def seconds(n: int) -> float:
            taken = []
            # The collector's cost is that of everything other tests have left, not of what is measured.
            gc.collect()
            gc.disable()
            try:
                for _ in range(3):
                    began = time.process_time()
                    run(n)
                    taken.append(time.process_time() - began)
            finally:
                gc.enable()
            return min(taken)

        for _ in range(_TRIES):
            small, large = seconds(size), seconds(4 * size)
            if large <= _FLOOR or large <= _GROWTH * max(small, _FLOOR / _GROWTH):
                return
        assert large <= _FLOOR or large <= _GROWTH * max(small, _FLOOR / _GROWTH), f"{small:.3f} s, then {large:.3f} s"

    return check


@pytest.fixture
def site() -> Iterator[Site]:
    """A local site that behaves like a county's, empty at first; ``tests/sources/site`` says what it can do."""
    from tests.sources.site import Site

    with Site.serving() as served:
        yield served


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of passwords that take no time: what they cost in earnest has a test of its own."""
    from argon2 import PasswordHasher

    import accounts.passwords

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    kept = hasher.hash("nobody has this password")
    monkeypatch.setattr(accounts.passwords, "_hasher", lambda: hasher)
    monkeypatch.setattr(accounts.passwords, "_nobody", lambda: kept)
