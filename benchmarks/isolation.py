"""What it costs to read in a worker process: the same works by the pool with one worker and by plain calls.

Both are warm and take turns, round by round; the worker's start is measured apart. Two clocks: wall-clock time, which
other programs on the machine disturb, and the processor time of both processes together, which has no waiting in it.
"""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

from benchmarks.inputs import samples
from flows.pool import Limits, Pool, Work, attempt, packed, unpacked
from schemas.outcome import Outcome, SourceFile

_TIMES, _ROUNDS, _STARTS = 3, 9, 5


@dataclass(frozen=True, slots=True)
class Isolation:
    """Seconds: of each round, of the worker's start, of packing a work and its outcome and unpacking them, of a command."""

    works: int
    bare: list[float]
    pool: list[float]
    bare_processor: list[float]
    pool_processor: list[float]
    start: float
    packing: float
    command: float
    in_process: float

    @property
    def cost(self) -> tuple[float, float]:
        """The share that the worker adds: by the least times, and the median of the rounds' own shares."""
        return _share(self.pool, self.bare)

    @property
    def processor_cost(self) -> tuple[float, float]:
        """The same of processor time."""
        return _share(self.pool_processor, self.bare_processor)


def measure(rounds: int = _ROUNDS) -> Isolation:
    """Every sample three times over, in rounds."""
    works = [Work(SourceFile(str(path), path.read_bytes())) for path in samples()] * _TIMES
    with Pool(Limits(workers=1, files_per_worker=1_000_000)) as pool:
        start = _seconds(lambda: list(pool.read([Work(SourceFile("a.txt", "通知".encode()))])))
        outcomes = list(pool.read(works))
        for work in works:
            attempt(work)
        bare, isolated = _Rounds(), _Rounds()
        for _ in range(rounds):
            isolated.add(lambda: list(pool.read(works)))
            bare.add(lambda: [attempt(work) for work in works])
        packing = min(_seconds(lambda: _there_and_back(works, outcomes)) for _ in range(5)) / len(works)
    path = str(next(path for path in samples() if path.suffix == ".docx"))
    command = [sys.executable, "-m", "duzheng", "parse", path, "--format", "json"]
    plain = [sys.executable, "-c", _PLAIN, path]
    commands = [(_seconds(partial(_run, command)), _seconds(partial(_run, plain))) for _ in range(_STARTS)]
    times = (bare.seconds, isolated.seconds, bare.processor, isolated.processor)
    one, other = (min(seconds) for seconds in zip(*commands, strict=True))
    return Isolation(len(works), *times, start, packing, one, other)


_PLAIN = """
import sys
from pathlib import Path
from extractors.parse import parse
from schemas.outcome import SourceFile
outcome = parse(SourceFile(sys.argv[1], Path(sys.argv[1]).read_bytes()))
print(outcome.model_dump_json())
"""


def _there_and_back(works: list[Work], outcomes: list[Outcome]) -> None:
    for work, outcome in zip(works, outcomes, strict=True):
        pickle.loads(pickle.dumps(work))
        unpacked(packed(outcome), work.file)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _share(more: list[float], less: list[float]) -> tuple[float, float]:
    return min(more) / min(less) - 1, median(a / b - 1 for a, b in zip(more, less, strict=True))


class _Rounds:
    """Wall-clock and processor seconds of the same work, round by round."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.processor: list[float] = []

    def add(self, work: Callable[[], object]) -> None:
        before = _processor()
        self.seconds.append(_seconds(work))
        self.processor.append(_processor() - before)


def _processor() -> float:
    """Processor seconds of this process and of the worker (Linux: the clock of a process is made of its number)."""
    workers = (process.pid for process in multiprocessing.active_children() if process.pid)
    return time.process_time() + sum(time.clock_gettime((~pid << 3) | 2) for pid in workers)
