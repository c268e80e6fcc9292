"""Batches of documents on their way through the worker pool, under Prefect.

One task handles a batch, because a task run costs more than a document. Two batches are on their way at most, and one of
them is being read: the processes of the pool are what runs in parallel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, TypeVar, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from corpus.prepared import Prepared
from flows.pool import Limits, Pool, Work
from flows.progress import tell
from schemas.outcome import Outcome

BATCH_DOCUMENTS = 200
BATCH_BYTES = 64 * 1024**2
"""A batch is closed at whichever comes first; its files are in memory until it is recorded."""

RUNNER = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=1))
"""A thread for the batch that is being read."""


class Batch:
    """Some documents on their way. A plain class: Prefect walks through dataclasses and lists looking for futures."""

    def __init__(self, works: list[Work]) -> None:
        self.works = works
        self.outcomes: list[Outcome] = []
        self.prepared: dict[str, Prepared] = {}

    def companions(self) -> dict[str, list[tuple[str, str]]]:
        """What the corpus records of the files given beside each: by the SHA-256 of the file, ``(uri, sha256)``."""
        return {
            outcome.sha256: [(one.uri, sha256(one.data).hexdigest()) for one in work.attachments]
            for work, outcome in zip(self.works, self.outcomes, strict=True)
        }

    def empty(self) -> None:
        """Lets go of files and documents: Prefect holds the arguments of a task in cycles that the garbage collector
        finds late, a dozen batches later where nothing else makes it look."""
        self.works, self.outcomes, self.prepared = [], [], {}


B = TypeVar("B", bound=Batch)


class Counter:
    """Counts finished files and tells the listeners."""

    def __init__(self, total: int | None) -> None:
        self.done, self.total = 0, total

    def one(self) -> None:
        self.done += 1
        tell("read", self.done, self.total)


@task(name="read", cache_policy=NO_CACHE, persist_result=False)
def read_batch(batch: Batch, pool: Pool, finished: Counter) -> None:
    """Read every file of the batch in the pool; a file that cannot be read is an outcome, never an exception."""
    for outcome, prepared in pool.prepared(batch.works, finished=lambda outcome: finished.one()):
        batch.outcomes.append(outcome)
        batch.prepared |= prepared


def through(batches: Iterable[B], pool: Pool, finished: Counter) -> Iterator[B]:
    """The batches, read, in their order: while one is read, the one before is recorded and the next is made.

    A batch is emptied when the one after it is asked for.
    """
    flying: tuple[B, PrefectFuture[None]] | None = None
    for batch in batches:
        before = _landed(*flying) if flying else None
        flying = batch, read_batch.submit(batch, pool, finished)
        if before is not None:
            yield before
            before.empty()
    if flying:
        yield _landed(*flying)
        flying[0].empty()


def _landed(batch: B, reading: PrefectFuture[None]) -> B:
    reading.result()
    return batch


def limits(workers: int | None, seconds: float | None, memory_mb: int | None) -> Limits:
    """The limits of the pool, those of the environment where not given."""
    given = {
        "workers": workers,
        "seconds": seconds,
        "memory_bytes": None if memory_mb is None else memory_mb * 1024**2,
    }
    return Limits(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
