"""What tests of every room share."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.postgresql_server import postgresql_server
from tests.prefect_server import prefect_server, shared_prefect

if TYPE_CHECKING:
    from tests.sources.site import Site

# Several processes test side by side: threads of one that wait for each other take processor time from its siblings, up to
# twice what text recognition takes with one. Set before anything that reads it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Here and not in the conftest.py of the folders that use it: what is of the session is made anew for each that imports it.
__all__ = ["postgresql_server", "prefect_server", "shared_prefect"]

# How long one example takes is the machine's affair.
settings.register_profile("duzheng", deadline=None)
settings.load_profile("duzheng")

_GROWTH = 8.0
"""Four times as much may take about four times as long; a quadratic cost takes sixteen times as long."""
_CLEAR = 5.5
"""As much at the first try is enough: a quadratic cost would have to be measured at a third of what it is."""
_TRIES = 3
"""A busy machine can make one measurement bad; what grows with the square is bad every time."""
_FLOOR = 0.02
"""Seconds of processor time: what takes less is fast, whatever the ratio."""
_SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are no name of a test: they may hold the time at which they were made, and every process must name alike."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """What collecting the tests has loaded stays: the garbage collector need not walk through it in every test."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def linear() -> Callable[[Callable[[int], object], int], None]:
    """Assert that the cost of ``run(n)`` grows with ``n`` and not with its square: a ratio within one run, no timed bar."""

    def check(run: Callable[[int], object], size: int) -> None:
        def seconds(n: int, rounds: int = 3) -> float:
            taken = []
            # The collector's cost is that of everything other tests have left, not of what is measured.
            gc.collect()
            gc.disable()
            try:
                for _ in range(rounds):
                    began = time.process_time()
                    run(n)
                    taken.append(time.process_time() - began)
            finally:
                gc.enable()
            return min(taken)

        run(size)  # what the first run has to load is no part of the cost
        if seconds(4 * size, 1) <= max(_FLOOR, _CLEAR * seconds(size, 1)):
            return
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


@pytest.fixture(scope="session")
def together(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes that run tests; it is one, whichever of them asks."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "made-once"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def made_once(together: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """``made_once(name, make)``: the folder of this name, which ``make`` filled once for all processes that run tests.

    xdist makes a session's fixtures in each of its processes anew; what takes seconds is made by the first that asks and
    waited for by the others. ``make`` is given an empty folder. What it leaves there is shared: a test that writes copies it.
    Where making fails, nothing is left, and the next that asks tries again.
    """

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, building = together / name, together / f"{name}.building"
        with (together / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(building, ignore_errors=True)
                building.mkdir()
                make(building)
                building.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def samples_home(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A corpus of the samples, checked, as an ingest with ``--check`` makes it. It is shared: a test that writes copies it."""
    from tests.taking_in import take_in

    return made_once("samples", lambda folder: take_in([_SAMPLES / "henan", _SAMPLES / "zhejiang"], folder))
