"""Many documents through the ingest flow: how fast on one and on two worker processes, what of it is orchestration, memory.

Each measurement is a process of its own. The bare run does the same work without Prefect: keep, read in the pool, record
with the index. Every time is given by the clock and by the processor (of all processes that took part), which on a machine
that others use says more; ``benchmarks`` prints the load.
"""

from __future__ import annotations

import ctypes
import html
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_corpus import MadeDocument, made

EARLY = 1000
"""The document after which memory is looked at first; half of them where there are fewer than twice as many."""

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)

Line = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Seconds; ``engine`` is Prefect's start and stop, ``own`` the processor's time of the flow's process,
    ``processor`` that of all processes. Bytes: the flow's process after ``EARLY`` documents, and at the end."""

    documents: int
    clock: float
    engine: float
    own: float
    processor: float
    early: int
    late: int


def measure(folder: Path, documents: int, line: Line) -> None:
    """Makes the files in ``folder``, measures, and prints each figure with what it must be."""
    files = folder / "files"
    _write(files, documents)
    runs: dict[tuple[str, int], Run] = {}
    for kind, workers in (("bare", 1), ("flow", 1), ("flow", 2), ("bare", 2)):
        run = runs[kind, workers] = _run(kind, workers, files, folder / f"{kind}{workers}")
        rate = documents / (run.clock - run.engine)
        what = f"{run.clock - run.engine:.1f} s, {run.processor:.1f} s of processors, {run.own:.1f} s of them its own"
        line(f"{kind}, {workers} worker processes", f"{rate:.1f} documents/s", what)
    one, two, bare = runs["flow", 1], runs["flow", 2], runs["bare", 2]
    ratio = (one.clock - one.engine) / (two.clock - two.engine)
    line("  two processes against one", f"{ratio:.2f} times", "bar 1.8, on two processors that nobody else uses")
    share = 1 - bare.clock / (two.clock - two.engine)
    line("  share of the flow in orchestration", f"{share:.1%}", "by the clock, Prefect's start left out; bar 10 %")
    whole = 1 - bare.clock / two.clock
    line("    Prefect's start and stop with it", f"{whole:.1%}", f"{two.engine:.1f} s")
    line("    by the processor, all of it", f"{1 - bare.processor / two.processor:.1%}", "Prefect's server with it")
    own = (two.own - bare.own) / two.processor
    line("    by the processor, in its process", f"{own:.1%}", f"{two.own:.1f} s against {bare.own:.1f} s")
    for workers in (1, 2):
        run = runs["flow", workers]
        detail = (
            f"after {_early(documents)} documents {run.early / 1e6:.0f} MB, after {documents} {run.late / 1e6:.0f} MB"
        )
        line(f"  memory, {workers} workers", f"{run.late / run.early:.2f} times", detail)


def _early(documents: int) -> int:
    return min(EARLY, documents // 2)


def _write(folder: Path, count: int) -> None:
    """A file a document, text and web pages in turn."""
    for one in made(count):
        target = folder / f"{one.number // 100:04}" / f"made{one.number:06}{'.html' if one.number % 2 else '.txt'}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_page(one) if one.number % 2 else _text(one), encoding="utf-8")


def _text(one: MadeDocument) -> str:
    signed = f"{one.dated_on.year}年{one.dated_on.month}月{one.dated_on.day}日"
    return "\n".join((one.title, one.document_number, *one.paragraphs, one.issuer, signed)) + "\n"


def _page(one: MadeDocument) -> str:
    title, *rest = _text(one).splitlines()
    paragraphs = "\n".join(f"<p>{html.escape(text)}</p>" for text in rest)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{html.escape(title)}</title></head>'
        f'<body><h1>{html.escape(title)}</h1><div class="content">\n{paragraphs}\n</div></body></html>\n'
    )


def _run(kind: str, workers: int, files: Path, home: Path) -> Run:
    """Runs this module in a process of its own; the processor's time of everything that this started is in it."""
    # The fork server outlives the process that started it: it becomes our child, and its time is ours to count.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "benchmarks.flow_scale", kind, str(workers), str(files), str(home)]
    said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(**said, processor=spent)


def _main(kind: str, workers: int, files: Path, home: Path) -> None:
    from benchmarks.flow import bare
    from flows import progress

    total = sum(1 for path in files.rglob("*") if path.is_file())
    early = _early(total)
    at: dict[str, int] = {}

    def noted(told: progress.Progress) -> None:
        if told.stage == "read" and told.done >= early and not at:
            at["early"] = _resident()

    engine = 0.0
    began = time.perf_counter()
    if kind == "bare":
        documents = bare([files], home, workers, lambda done: noted(progress.Progress("read", done)))
    else:
        from flows.run import ingest

        with progress.listening(noted):
            summary = ingest([files], home, workers=workers)
        documents, engine = summary.documents, summary.engine_seconds
        if summary.read != total:
            raise SystemExit(f"{total - summary.read} of {total} files were not read: {summary.failures[:1]}")
    said = {"documents": documents, "clock": time.perf_counter() - began, "engine": engine, "own": time.process_time()}
    print(json.dumps(said | {"early": at["early"], "late": _resident()}))


def _resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
