"""The ingest flow: discover, leave out what is known, read in batches, record, check.

Batches go through the worker pool as ``flows.batches`` says. The corpus's own table of content hashes decides what is
done, not Prefect's cache, so a killed run goes on where it stopped. Only the flow's thread touches the corpus: it has
one writer.

``flows.run.ingest`` calls this with a server of its own; ``prefect deploy flows/ingest.py:ingest`` runs it elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow

from flows.batches import BATCH_BYTES, BATCH_DOCUMENTS, RUNNER, Batch, Counter, limits, through
from flows.by_source import Brought
from flows.check import check as check_flow
from flows.discover import Found, source
from flows.pending import pending
from flows.pool import Pool, Work
from flows.progress import tell
from flows.summary import IngestSummary
from schemas.errors import NotRead
from schemas.outcome import Failure

if TYPE_CHECKING:
    from corpus.corpus import Corpus


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
        batch_documents: documents that one task reads; they are recorded together.

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
        brought = Brought(corpus, [found.sha256 for found in work.new])
        counter = Counter(len(work.new))
        tell("read", 0, counter.total)
        with Pool(limits(workers, seconds, memory_mb)) as pool:
            batches = _batches(work.new, corpus, brought, summary.failures, batch_documents)
            for batch in through(batches, pool, counter):
                _record(batch, corpus, brought, summary)
    if check:
        summary.checks = check_flow(home, requirements=requirements)
    return summary


def _record(batch: Batch, corpus: Corpus, brought: Brought, summary: IngestSummary) -> None:
    corpus.record(batch.outcomes, batch.companions(), batch.prepared)
    for outcome in batch.outcomes:
        brought.recorded(outcome)
        summary.read += outcome.failure is None
        summary.documents += len(outcome.documents)
        summary.failures += [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures]


def _batches(
    new: Iterable[Found], corpus: Corpus, brought: Brought, failures: list[Failure], documents: int
) -> Iterator[Batch]:
    """The new files in batches, loaded, their originals kept before anything is read from them.

    Of a file that a source brought it says what its documents do not, whatever folder the same file is found in.
    """
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
        main = replace(main, fetched_at=brought.fetched_at(found.sha256))
        works.append(Work(main, tuple(attachments), brought.by(found.sha256)))
        if len(works) >= documents or size >= BATCH_BYTES:
            yield Batch(works)
            works, size = [], 0
    if works:
        yield Batch(works)
