"""Reading files for a command, always in worker processes: a hostile file costs itself only; order kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from duzheng.settings import limits
from schemas.outcome import Failure, Outcome

if TYPE_CHECKING:
    from flows.pool import Limits

FEW = 4
"""For up to this many files workers are forked from this process: starting a server for them would take longer."""


def read(paths: Sequence[Path]) -> Iterator[Outcome | Failure]:
    """Outcomes of the documents' files below ``paths``, and failures of files that could not be opened.

    Raises:
        flows.discover.NoSuchPath: at the first step, when a path does not exist.
    """
    from flows.discover import works
    from flows.pool import Pool, Work

    source = works(paths)
    first = list(islice(source, FEW + 1))
    few = len(first) <= FEW
    if few:
        # Loaded before the fork, so that every worker has it.
        import extractors.warm  # noqa: F401
    unopened: list[Failure] = []

    def opened() -> Iterator[Work]:
        for item in chain(first, source):
            if isinstance(item, Work):
                yield item
            else:
                unopened.append(item)

    with Pool(bounds(), start="fork" if few else "forkserver") as pool:
        yield from pool.read(opened())
    yield from unopened


def bounds() -> Limits:
    """The limits of worker processes, as the environment sets them.

    Raises:
        InvalidSetting: a value is not a positive number.
    """
    from flows.pool import Limits

    given, default = limits(), Limits()
    return Limits(
        workers=given.workers or default.workers,
        seconds=given.seconds or default.seconds,
        memory_bytes=given.memory_mb * 1024**2 if given.memory_mb else default.memory_bytes,
    )
