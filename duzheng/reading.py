"""Reading files for a command: in this process for a few, in the worker pool for many; order kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from duzheng.settings import limits
from schemas.outcome import Failure, Outcome

IN_PROCESS = 4
"""Up to this many files are read in this process: starting workers would take longer."""


def read(paths: Sequence[Path]) -> Iterator[Outcome | Failure]:
    """Outcomes of the documents' files below ``paths``, and failures of files that could not be opened.

    Raises:
        flows.discover.NoSuchPath: at the first step, when a path does not exist.
    """
    from flows.discover import works
    from flows.pool import Limits, Pool, Work, attempt

    source = works(paths)
    first = list(islice(source, IN_PROCESS + 1))
    if len(first) <= IN_PROCESS:
        for item in first:
            yield attempt(item) if isinstance(item, Work) else item
        return
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
    with Pool(bounds) as pool:
        yield from pool.read(opened())
    yield from unopened
