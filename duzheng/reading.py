"""Reading files for a command, always in worker processes: a hostile file costs itself only; order kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from duzheng.settings import limits
from schemas.outcome import Failure, Outcome

FEW = 4
"""For up to this many files workers are forked from this process: starting a server for them would take longer."""


def read(paths: Sequence[Path]) -> Iterator[Outcome | Failure]:
    """Outcomes of the documents' files below ``paths``, and failures of files that could not be opened.

    Raises:
        flows.discover.NoSuchPath: at the first step, when a path does not exist.
    """
    from flows.discover import works
    from flows.pool import Limits, Pool, Work

    source = works(paths)
    first = list(islice(source, FEW + 1))
    few = len(first) <= FEW
    if few:
        # Imported before the fork, so that the workers have them.
        import extractors.parse  # noqa: F401
    unopened: list[Failure] = []

    def opened() -> Iterator[Work]:
        for item in chain(first, source):
            if isinstance(item, Work):
                yield item
            else:
                unopened.append(item)

    given = limits()
    default = Limits()
    bounds = Limits(
        workers=given.workers or default.workers,
        seconds=given.seconds or default.seconds,
        memory_bytes=given.memory_mb * 1024**2 if given.memory_mb else default.memory_bytes,
    )
    with Pool(bounds, start="fork" if few else "forkserver") as pool:
        yield from pool.read(opened())
    yield from unopened
