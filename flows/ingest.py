"""The ingest flow: discover, leave out what is known, read in batches, record, check.

One task handles a batch of documents, because a task run costs more than a document. A bounded window of batches is in
flight: while one is being recorded the next is being read. The corpus's own table of content hashes decides what is
done, not Prefect's cache, so a killed run goes on where it stopped. Only the flow's thread touches the corpus: it has
one writer.

``flows.run.ingest`` calls this with a server of its own; ``prefect deploy flows/ingest.py:ingest`` runs it elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.check import check as check_flow
from flows.discover import Found, source
from flows.pending import pending
from flows.pool import Limits, Pool, Work
from flows.progress import tell
from flows.summary import IngestSummary
from schemas.errors import NotRead
from schemas.outcome import Failure, Outcome

if TYPE_CHECKING:
    from corpus.corpus import Corpus

BATCH_DOCUMENTS = 200
BATCH_BYTES = 64 * 1024**2
"""A batch is closed at whichever comes first; its files are in memory until it is recorded."""

WINDOW = 2
RUNNER = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=1))
"""One batch at a time: the processes below it are what runs in parallel."""


class Batch:
    """Some documents on their way. A plain class: Prefect walks through dataclasses and lists looking for futures."""

    def __init__(self, works: list[Work]) -> None:
        self.works = works
        self.outcomes: list[Outcome] = []


@task(name="read", cache_policy=NO_CACHE, persist_result=False)
def read_batch(batch: Batch, pool: Pool, finished: Counter) -> Batch:
    """Read every file of the batch in the pool; a file that cannot be read is an outcome, never an exception."""
    batch.outcomes = list(pool.read(batch.works, finished=lambda outcome: finished.one()))
    return batch


@task(name="record", cache_policy=NO_CACHE, persist_result=False)
def record_batch(batch: Batch, corpus: Corpus) -> None:
    """Write the batch into the corpus: the store first, the index second."""
    companions = {
        outcome.sha256: [(one.uri, sha256(one.data).hexdigest()) for one in work.attachments]
        for work, outcome in zip(batch.works, batch.outcomes, strict=True)
    }
    corpus.record(batch.outcomes, companions)


class Counter:
    """Counts finished files and tells the listeners."""

    def __init__(self, total: int) -> None:
        self.done, self.total = 0, total

    def one(self) -> None:
        self.done += 1
        tell("read", self.done, self.total)


@flow(name="ingest", task_runner=RUNNER, validate_parameters=False, persist_result=False)
def ingest(
    paths: list[str],
    home: str,
    *,
    retry: bool = False,
    check: bool = False,
    requirements: list[str] | None = None,
    workers: int | None = None,
    seconds: float | None = None,
    memory_mb: int | None = None,
    batch_documents: int = BATCH_DOCUMENTS,
) -> IngestSummary:
    """Take files and folders into the corpus at ``home``.

    Args:
        paths: files and folders; folders are searched recursively.
        home: the corpus folder, made where it does not exist.
        retry: also read again the files that could not be read before.
        check: afterwards check every stored plan against the packs of its province (or ``requirements``).
        requirements: pack ids or files, for ``check``.
        workers, seconds, memory_mb: processes that read, and what one file may take; see ``flows.pool.Limits``.
        batch_documents: documents in one task.

    Raises:
        schemas.errors.DuzhengError: a path does not exist, or the corpus cannot be opened.
    """
    from corpus.corpus import Corpus

    with Corpus.open(Path(home), create=True, write=True) as corpus:
        work = pending(corpus, [Path(path) for path in paths], retry=retry)
        summary = IngestSummary(
            home=home,
            files=work.files,
            known=work.known,
            failed_before=len(work.failed_before),
            failures=[*work.unopened, *work.failed_before],
        )
        corpus.locate(work.seen)
        counter = Counter(len(work.new))
        tell("read", 0, counter.total)
        with Pool(_limits(workers, seconds, memory_mb)) as pool:
            flying: deque[PrefectFuture[Batch]] = deque()
            for batch in _batches(work.new, corpus, summary.failures, batch_documents):
                flying.append(read_batch.submit(batch, pool, counter))
                if len(flying) >= WINDOW:
                    _record(flying.popleft().result(), corpus, summary)
            while flying:
                _record(flying.popleft().result(), corpus, summary)
    if check:
        summary.checks = check_flow(home, requirements=requirements)
    return summary


def _limits(workers: int | None, seconds: float | None, memory_mb: int | None) -> Limits:
    given = {
        "workers": workers,
        "seconds": seconds,
        "memory_bytes": None if memory_mb is None else memory_mb * 1024**2,
    }
    return Limits(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def _record(batch: Batch, corpus: Corpus, summary: IngestSummary) -> None:
    record_batch(batch, corpus)
    for outcome in batch.outcomes:
        summary.read += outcome.failure is None
        summary.documents += len(outcome.documents)
        summary.failures += [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures]


def _batches(new: Iterable[Found], corpus: Corpus, failures: list[Failure], documents: int) -> Iterator[Batch]:
    """The new files in batches, loaded, their originals kept before anything is read from them."""
    works: list[Work] = []
    size = 0
    for found in new:
        try:
            main, *attachments = [source(path) for path in (found.main, *found.attachments)]
        except NotRead as error:
            failures.append(Failure.of(error))
            continue
        for file in (main, *attachments):
            corpus.keep(file.data)
            size += len(file.data)
        works.append(Work(main, tuple(attachments)))
        if len(works) >= documents or size >= BATCH_BYTES:
            yield Batch(works)
            works, size = [], 0
    if works:
        yield Batch(works)
