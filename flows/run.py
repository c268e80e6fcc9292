"""Running the flows from a face: nothing is started that is not needed.

Importing ``flows.ingest`` imports Prefect (over a second), and a run starts its server (seconds). An ingest that finds
nothing new, as most scheduled ones do, needs neither, and is done in the time of hashing the files.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flows.discover import files
from flows.pending import pending
from flows.progress import tell
from flows.quiet import embedded
from flows.summary import IngestSummary
from schemas.errors import DuzhengError
from schemas.fetching import SourceRun


def ingest(
    paths: Sequence[Path],
    home: Path,
    *,
    retry: bool = False,
    check: bool = False,
    requirements: Sequence[str] = (),
    workers: int | None = None,
    seconds: float | None = None,
    memory_mb: int | None = None,
) -> IngestSummary:
    """Take ``paths`` into the corpus at ``home``; arguments as for ``flows.ingest.ingest``.

    Raises:
        schemas.errors.DuzhengError: a path does not exist, the corpus is locked, or Prefect's server does not start.
    """
    from corpus.corpus import Corpus

    started = time.perf_counter()
    tell("hash")
    files(paths)  # a misspelt path must not leave an empty corpus behind
    with Corpus.open(home, create=True) as corpus:
        work = pending(corpus, paths, retry=retry)
        if not work.new:
            corpus.locate(work.seen)
    if not work.new and not check:
        return IngestSummary(
            home=str(home),
            files=work.files,
            known=work.known,
            failed_before=len(work.failed_before),
            failures=[*work.unopened, *work.failed_before],
            seconds=time.perf_counter() - started,
        )
    tell("start")
    starting = time.perf_counter()
    with embedded(home):
        from flows.ingest import ingest as flow

        engine = time.perf_counter() - starting
        summary = flow(
            [str(path) for path in paths],
            str(home),
            retry=retry,
            check=check,
            requirements=list(requirements) or None,
            workers=workers,
            seconds=seconds,
            memory_mb=memory_mb,
        )
        stopping = time.perf_counter()
    summary.engine_seconds = engine + time.perf_counter() - stopping
    summary.seconds = time.perf_counter() - started
    return summary


def check(home: Path, *, requirements: Sequence[str] = (), today: date | None = None) -> int:
    """Check every stored plan; returns how many checks were recorded. Arguments as for ``flows.check.check``."""
    tell("start")
    with embedded(home):
        from flows.check import check as flow

        return flow(str(home), requirements=list(requirements) or None, today=today)


def collect(
    home: Path,
    sources: Sequence[str],
    *,
    workers: int | None = None,
    seconds: float | None = None,
    memory_mb: int | None = None,
) -> list[SourceRun | DuzhengError]:
    """Run sources one after the other: for each its run, or why there was none; see ``flows.collect.collect_all``.

    Raises:
        schemas.errors.DuzhengError: Prefect's server does not start.
    """
    tell("start")
    with embedded(home):
        from flows.collect import collect_all

        return collect_all(str(home), list(sources), workers=workers, seconds=seconds, memory_mb=memory_mb)
