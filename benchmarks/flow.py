"""Documents per second through the whole flow, what of it is Prefect, and what a second ingest costs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.inputs import replicate
from flows.run import ingest


@dataclass(frozen=True, slots=True)
class FlowTimes:
    """Seconds; ``engine`` is the part of ``flow`` that Prefect's server took to start and stop, its database made
    included; ``later_engine`` the same in a corpus that has one."""

    files: int
    documents: int
    bare: float
    flow: float
    engine: float
    second: float
    later_engine: float


def measure(folder: Path, count: int) -> FlowTimes:
    """The same ``count`` files through our pool alone and through the flow, each into an empty corpus, then again."""
    files = folder / "files"
    replicate(files, count)
    # The fork server is started once a process, and files are read from the disk's cache: the first run would pay.
    bare([files / "00000"], folder / "warm-up")
    before = _seconds([files], folder / "before")
    home = folder / "flow"
    first = ingest([files], home)
    second = ingest([files], home)
    after = _seconds([files], folder / "after")
    alone = (before + after) / 2  # around the flow, so that a machine that grows slower does not decide
    if second.read or not first.read:
        raise SystemExit(f"the second ingest read {second.read} files, the first {first.read}: nothing to compare")
    (files / "new.txt").write_text("一份新到的通知\n", encoding="utf-8")
    later = ingest([files], home)
    times = (alone, first.seconds, first.engine_seconds, second.seconds, later.engine_seconds)
    return FlowTimes(count, first.documents, *times)


def _seconds(paths: list[Path], home: Path) -> float:
    started = time.perf_counter()
    bare(paths, home)
    return time.perf_counter() - started


def bare(
    paths: list[Path], home: Path, workers: int | None = None, recorded: Callable[[int], None] = lambda done: None
) -> int:
    """What the ingest flow does, without Prefect: keep, read, record, one batch being read while one is recorded.

    ``recorded`` is told after each batch how many files are recorded; returns how many documents were in them.
    """
    from corpus.corpus import Corpus
    from corpus.prepared import Prepared
    from flows.discover import source
    from flows.pending import pending
    from flows.pool import Limits, Pool, Work
    from schemas.outcome import Outcome

    size, window = 200, 2  # as in flows.batches, which cannot be imported without Prefect
    limits = Limits() if workers is None else Limits(workers=workers)
    files = documents = 0
    with Corpus.open(home, create=True, write=True) as corpus, Pool(limits) as pool, ThreadPoolExecutor(1) as thread:
        flying: deque[Future[list[tuple[Outcome, Mapping[str, Prepared]]]]] = deque()

        def record() -> None:
            nonlocal files, documents
            read = flying.popleft().result()
            outcomes = [outcome for outcome, _ in read]
            corpus.record(outcomes, prepared={key: one for _, made in read for key, one in made.items()})
            files, documents = files + len(outcomes), documents + sum(len(one.documents) for one in outcomes)
            recorded(files)

        new = pending(corpus, paths).new
        for start in range(0, len(new), size):
            works = []
            for found in new[start : start + size]:
                attached = [source(path) for path in (found.main, *found.attachments)]
                for file in attached:
                    corpus.keep(file.data)
                works.append(Work(attached[0], tuple(attached[1:])))
            flying.append(thread.submit(lambda works=works: list(pool.prepared(works))))  # type: ignore[misc]
            if len(flying) >= window:
                record()
        while flying:
            record()
    return documents
