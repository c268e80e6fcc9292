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

FIFTH_FROM = 2500
"""From so many documents on a fifth of them is enough to compare rates."""

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)

Line = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Seconds; ``engine`` is Prefect's start and stop, ``own`` the processor's time of the flow's process (``begun`` of
    it before the first file was read: imports), ``processor`` that of all processes. Bytes: the flow's process after ``EARLY``
    documents, and at the end."""

    documents: int
    clock: float
    engine: float
    own: float
    begun: float
    processor: float
    early: int
    late: int


def measure(folder: Path, documents: int, line: Line) -> None:
    """Makes the files in ``folder``, measures, and prints each figure with what it must be.

    Two things are called "one and two processes". *Worker processes*: with one, the flow's own process still records beside
    it on the other processor, so that R seconds of reading and W of recording a document take R with one worker (W being less)
    and (R + W) / 2 with two; 1.8 times is reached where W is a ninth of R. *Processors*: all of the flow (workers, recording,
    Prefect's server) pinned to one processor, against two of them with two workers: what a machine with a second one gains.

    Rates are compared on ``_few`` documents, the same in each run; memory and the last rate are of all.
    """
    few = _few(documents)
    files = {count: folder / f"files{count}" for count in {few, documents}}
    for count, place in files.items():
        _write(place, count)

    def run(kind: str, workers: int, count: int, pinned: bool = False) -> Run:
        home = folder / f"{kind}-{workers}-{count}-{pinned}"
        made = _run(kind, workers, files[count], home, pinned)
        seconds = made.clock - made.engine
        what = f"{seconds:.1f} s, {made.processor:.1f} s of processors, {made.own:.1f} s of them its own"
        name = f"{kind}, {workers} worker process{'es' * (workers > 1)}, {count} documents"
        line(f"{name}{', on one processor' * pinned}", f"{count / seconds:.1f} documents/s", what)
        return made

    bare, pinned = run("bare", 2, few), run("flow", 1, few, pinned=True)
    one, two = run("flow", 1, few), run("flow", 2, few)
    all_of_it = two if few == documents else run("flow", 2, documents)
    ratio = (one.clock - one.engine) / (two.clock - two.engine)
    line("  two worker processes against one", f"{ratio:.2f} times", "bar 1.8, on two processors that nobody else uses")
    ratio = (pinned.clock - pinned.engine) / (two.clock - two.engine)
    line("  two processors against one", f"{ratio:.2f} times", "bar 1.8; one worker on one, two on two")
    beside = (two.own - two.begun) / (two.processor - two.own)
    line(
        "  the flow's own process",
        f"{beside:.1%}",
        "by the processor, of what all others take; a ninth allows 1.8 times",
    )
    share = 1 - (bare.clock - bare.engine) / (two.clock - two.engine)
    line("  share of the flow in orchestration", f"{share:.1%}", "by the clock, Prefect's start left out; bar 10 %")
    line("    Prefect's start and stop with it", f"{1 - bare.clock / two.clock:.1%}", f"{two.engine:.1f} s")
    line("    by the processor, all of it", f"{1 - bare.processor / two.processor:.1%}", "Prefect's server with it")
    own = (two.own - bare.own) / two.processor
    line("    by the processor, in its process", f"{own:.1%}", f"{two.own:.1f} s against {bare.own:.1f} s")
    detail = (
        f"after {_early(documents)} documents {all_of_it.early / 1e6:.0f} MB, "
        f"after {documents} {all_of_it.late / 1e6:.0f} MB"
    )
    line("  memory of the flow's process", f"{all_of_it.late / all_of_it.early:.2f} times", detail)


def _few(documents: int) -> int:
    """Of how many documents rates are compared: a fifth, and all where that would be too few to tell."""
    return documents if documents < FIFTH_FROM else documents // 5


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


def _run(kind: str, workers: int, files: Path, home: Path, pinned: bool) -> Run:
    """Runs this module in a process of its own; the processor's time of everything that this started is in it.

    ``pinned``: it and all that it starts share one processor."""
    # The fork server outlives the process that started it: it becomes our child, and its time is ours to count.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "benchmarks.flow_scale", kind, str(workers), str(files), str(home)]
    command += ["pinned"] * pinned
    said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(**said, processor=spent)


def _main(kind: str, workers: int, files: Path, home: Path, pinned: bool) -> None:
    from benchmarks.flow import bare
    from flows import progress

    if pinned:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    total = sum(1 for path in files.rglob("*") if path.is_file())
    early = _early(total)
    at: dict[str, int] = {}
    begun = 0.0

    def noted(told: progress.Progress) -> None:
        nonlocal begun
        if told.stage == "read" and not begun:
            begun = time.process_time()
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
    print(json.dumps(said | {"begun": begun, "early": at["early"], "late": _resident()}))


def _resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:] == ["pinned"])
