"""Reading in worker processes that may die: one hostile file costs that file only.

``concurrent.futures`` cannot do this: when a worker is killed its whole pool breaks, with no word on which file did it,
and a hanging worker cannot be stopped. Here every worker has its own pipe, one file at a time and a deadline:

1. a worker that ends (a crash in a native library, the memory limit enforced by the kernel) makes ``reader_failed``;
2. a worker that misses the deadline is killed and makes ``over_limit``;
3. either way a new worker takes its place and the rest goes on; a reader that says that it advances (a page of a scan
   is done) gets its time anew, until the time that a whole file may take is over;
4. a worker is replaced after a number of files, so that leaks of native libraries stay bounded.

Results come in the order of the work, whatever order they finish in. Beside reading (``Pool.read``) anything else that must open a
file from outside is done here, as a ``Job`` (``Pool.run``).
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import hashlib
import logging
import multiprocessing
import os
import pickle
import resource
import signal
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from extractors.readers.progress import listen
from flows.lifetime import follow_parent
from schemas.errors import Cause, NotRead
from schemas.outcome import Failure, Outcome, SourceFile

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

    from corpus.prepared import Prepared
    from schemas.source import SourceDefinition

T = TypeVar("T")
Parse = Callable[[SourceFile, Sequence[SourceFile]], Outcome]

Start = Literal["forkserver", "fork"]

_ADVANCED = b""
"""What a worker sends between a work and its outcome: it is alive, and a part of the file is done."""

AHEAD = 8
"""How many items a worker are held in memory, done or not, while an earlier one is not finished."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost, and how many are read at once.

    ``seconds`` is how long a reader may go without a sign of progress, ``seconds_in_all`` how long one that gives such
    signs may take (a page of a scan is a sign; an hour is some thousand scanned pages).
    ``memory_bytes`` bounds the address space of a worker; native libraries reserve more than they use, so it must be
    well above the memory that is wanted. ``files_per_worker`` is after how many files a worker is replaced.
    """

    workers: int = field(default_factory=lambda: max(1, len(os.sched_getaffinity(0))))
    seconds: float = 120.0
    seconds_in_all: float = 3600.0
    memory_bytes: int = 4 * 1024**3
    files_per_worker: int = 500


@dataclass(frozen=True, slots=True)
class Work:
    """One document with the files that are its attachments, and the definition of the source it came from, which says of
    it what it leaves open (``flows.by_source``)."""

    file: SourceFile
    attachments: tuple[SourceFile, ...] = ()
    definition: SourceDefinition | None = None


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """Something else than reading to be done with one file, in a worker: ``do`` and what it gives are pickled.

    ``do`` may raise ``NotRead``.
    """

    file: SourceFile
    do: Callable[[SourceFile], T]


def parse(file: SourceFile, attachments: Sequence[SourceFile]) -> Outcome:
    """``extractors.parse.parse``, imported in the worker: the parent needs none of the readers."""
    from extractors.parse import parse as extract

    return extract(file, attachments)


def completed(outcome: Outcome, definition: SourceDefinition) -> Outcome:
    """``flows.by_source.completed``, imported in the worker."""
    from flows.by_source import completed as complete

    return complete(outcome, definition)


def failed(file: SourceFile, cause: Cause, message: str, cure: str = "") -> Outcome:
    """The outcome of a file that could not be read for a reason no reader could state."""
    return Outcome(
        uri=file.uri,
        sha256=hashlib.sha256(file.data).hexdigest(),
        bytes=len(file.data),
        media_type="application/octet-stream",
        failure=Failure.of(NotRead(file.uri, cause, message, cure)),
    )


def _mapped() -> int:
    """Bytes of address space that this process has; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def _serve(pipe: Connection, parse: Parse, memory_bytes: int) -> None:
    """The worker: one file in, one outcome out, until it is told to stop or the pipe closes."""
    follow_parent()
    # Ctrl-C goes to every process of the terminal; the parent is the one that ends the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()
    # What libraries mutter about a file is not for the terminal; what matters of it is in the outcome. Native ones write
    # to the descriptor itself.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    listen(lambda: pipe.send_bytes(_ADVANCED))
    done = 0
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            given = cast(tuple[Work | Job[object], bool] | None, pipe.recv())
            if given is None:
                return
            work, prepares = given
            done += 1
            if done == 2:
                # Lexicons and classes, loaded with the first file, stay for the worker's life: the garbage collector
                # need not go through them again and again.
                gc.collect()
                gc.freeze()
            outcome = attempt(work, parse)
            pipe.send_bytes(packed(outcome) + (prepared(outcome) if prepares else b""))


def packed(outcome: object) -> bytes:
    """An outcome as the worker sends it: JSON, which Pydantic writes in an eighth of the time that pickling takes.

    What JSON cannot say (a lone surrogate) is pickled, and what a job gives.
    """
    if not isinstance(outcome, Outcome):
        return pickle.dumps(outcome)
    try:
        return outcome.__pydantic_serializer__.to_json(outcome)
    except PydanticSerializationError:
        return pickle.dumps(outcome)


def prepared(outcome: object) -> bytes:
    """What the corpus needs of an outcome's documents, as a line of its own behind the outcome (no JSON has an end of
    line in it); nothing where JSON cannot say it."""
    from corpus.prepared import packed, prepare

    if not isinstance(outcome, Outcome) or not outcome.documents:
        return b""
    try:
        return b"\n" + packed(prepare(outcome.documents))
    except (PydanticSerializationError, UnicodeEncodeError):  # the outcome itself was pickled
        return b""


def unprepared(line: bytes) -> Mapping[str, Prepared]:
    """What a worker prepared; nothing where it does not hold, for whoever records makes it then."""
    if not line:
        return {}
    from corpus.prepared import unpacked

    try:
        return unpacked(line)
    except ValidationError:
        return {}


def unpacked(answer: bytes, file: SourceFile) -> Outcome:
    """The outcome that a worker sent for a file."""
    if not answer.startswith(b"{"):
        return cast(Outcome, pickle.loads(answer))
    try:
        return Outcome.model_validate_json(answer)
    except ValidationError as error:
        # A number that is none (NaN) is the one thing that a model holds and its JSON does not.
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        said = f"读取结果不成立 / the reader's outcome does not hold: {place}: {first['msg']}"
        return failed(file, "reader_failed", said, _CURE_REPORT)


def attempt(work: Work | Job[object], parse: Parse = parse) -> Any:
    """Read one document in this process, or do a job; a mistake of ours in it is its failure and says where it happened."""
    try:
        if isinstance(work, Job):
            return work.do(work.file)
        outcome = parse(work.file, work.attachments)
        return outcome if work.definition is None else completed(outcome, work.definition)
    except NotRead as error:
        outcome = failed(work.file, error.cause, error.message, error.cure)
        return outcome.model_copy(update={"failure": Failure.of(error)})  # it may name a member of the file
    except MemoryError:
        message = "需要的内存超过上限 / needs more memory than it is given"
        return failed(work.file, "over_limit", message, _CURE_MEMORY)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return failed(work.file, "reader_failed", f"读取时出错 / the reader failed: {detail} at {place}", _CURE_REPORT)


_CURE_MEMORY = "请拆分文件，或调高 DUZHENG_MEMORY_MB / split the file, or raise DUZHENG_MEMORY_MB"
_CURE_TIME = "请拆分文件，或调高 DUZHENG_SECONDS / split the file, or raise DUZHENG_SECONDS"
_CURE_REPORT = "请附上文件反馈此问题 / please report it with the file"


def _crashed(file: SourceFile, status: int | None) -> Outcome:
    """The outcome of a file whose worker ended on it, by the status it ended with (below zero: the number of a signal)."""
    if status == -signal.SIGKILL:
        # Nobody but the kernel kills a worker that is not overdue: the machine ran out of memory.
        return failed(
            file,
            "over_limit",
            "内存不足，读取进程被系统终止 / the system killed the reader: the machine ran out of memory (signal 9)",
            _CURE_MEMORY,
        )
    if status == -signal.SIGABRT:
        said = (
            "读取进程中止，多半因为内存超过上限 / the reader aborted, most often because the memory it is given did not "
            "suffice (signal 6)"
        )
    elif status is not None and status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else "unknown"
        said = f"读取进程崩溃 / the reader crashed (signal {-status}, {name})"
    else:
        said = f"读取进程意外退出 / the reader ended by itself (status {status})"
    return failed(file, "reader_failed", said, _CURE_REPORT)


def _server() -> ForkServerContext:
    """Where workers come from: a process that imports the extractors and loads their lexicons once; its children then start
    in milliseconds."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["extractors.warm", "flows.pool"])
    return server


def make_ready() -> None:
    """Starts the process that workers come from, for who will need one soon; returns at once, and does nothing where it
    runs already."""
    from multiprocessing import forkserver

    _server()
    forkserver.ensure_running()


class _Worker:
    """One process with its pipe, the work it has and since when."""

    def __init__(self, parse: Parse, limits: Limits, start: Start) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        process: type[BaseProcess]
        if start == "forkserver":
            process = _server().Process
        else:
            process = multiprocessing.get_context("fork").Process
        # A forked worker begins with all that this process has mapped; the limit is for what it takes itself.
        memory = limits.memory_bytes + (_mapped() if start == "fork" else 0)
        self.process = process(target=_serve, args=(theirs, parse, memory), daemon=True)
        self.process.start()
        theirs.close()
        self.index = -1
        self.work: Work | Job[Any] | None = None
        self.deadline = self.last = 0.0
        self.done = 0

    def give(self, index: int, work: Work | Job[Any], limits: Limits, prepares: bool) -> None:
        self.index, self.work = index, work
        now = time.monotonic()
        self.last = now + max(limits.seconds, limits.seconds_in_all)
        self.deadline = now + limits.seconds
        # A worker that died between two files shows when its answer is waited for.
        with contextlib.suppress(BrokenPipeError):
            self.pipe.send((work, prepares))

    def advanced(self, limits: Limits) -> None:
        """It is alive: its time begins anew."""
        self.deadline = min(time.monotonic() + limits.seconds, self.last)

    def close(self) -> None:
        # A forked worker holds copies of the other workers' pipes: closing this end alone would not reach it.
        with contextlib.suppress(OSError):
            self.pipe.send(None)
        self.pipe.close()
        if self.work is not None:
            self.process.kill()
        self.process.join(timeout=2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class PoolClosed(RuntimeError):
    """The pool's context ended while another thread was reading."""


class Pool:
    """A context manager around the workers; they start with the first work and are reused until it ends.

    ``start`` says how: ``forkserver`` is right wherever there are threads; ``fork`` saves the start of a server process
    where there are none, for a handful of files.
    """

    def __init__(self, limits: Limits | None = None, parse: Parse = parse, start: Start = "forkserver") -> None:
        self.limits = limits or Limits()
        self._start: Start = start
        self._parse = parse
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        # Ctrl-C leaves the context in the main thread while a task's thread is reading: the lock keeps them apart, and
        # the pipe wakes the reader, which would wait for its workers otherwise.
        self._lock = threading.Lock()
        self._closed = False
        self._wakes, self._wake = multiprocessing.Pipe(duplex=False)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        self._wake.send(None)
        with self._lock:
            for worker in (*self._idle, *self._busy):
                worker.close()
            self._idle, self._busy = [], []
            self._wake.close()
            self._wakes.close()

    def read(self, items: Iterable[Work], finished: Callable[[Outcome], None] | None = None) -> Iterator[Outcome]:
        """Outcomes of ``items``, in their order; ``finished`` is called with each as soon as it is there.

        At most ``AHEAD`` items a worker are taken ahead of what was yielded, so the items may be a generator that loads
        the files, and one slow file does not stop the others at once.
        """
        return (outcome for outcome, _ in self._results(items, finished))

    def prepared(
        self, items: Iterable[Work], finished: Callable[[Outcome], None] | None = None
    ) -> Iterator[tuple[Outcome, Mapping[str, Prepared]]]:
        """As ``read``, each outcome with what the corpus needs of its documents (``corpus.prepared``), made by the workers."""
        return self._results(items, finished, prepares=True)

    def run(self, jobs: Iterable[Job[T]]) -> Iterator[T | Outcome]:
        """What the jobs give, in their order; for one that failed an outcome with its failure, as ``read`` has it."""
        return (given for given, _ in self._results(jobs, None))

    def _results(
        self,
        items: Iterable[Work] | Iterable[Job[Any]],
        finished: Callable[[Outcome], None] | None,
        prepares: bool = False,
    ) -> Iterator[tuple[Any, Mapping[str, Prepared]]]:
        source: Iterator[tuple[int, Work | Job[Any]]] = enumerate(items)
        done: dict[int, tuple[Outcome, Mapping[str, Prepared]]] = {}
        pending: deque[tuple[int, Work | Job[Any]]] = deque()
        following, exhausted = 0, False
        window = AHEAD * self.limits.workers
        while True:
            while not exhausted and len(pending) + len(self._busy) + len(done) < window:
                entry = next(source, None)
                if entry is None:
                    exhausted = True
                else:
                    pending.append(entry)
            with self._lock:
                if self._closed:
                    raise PoolClosed("the worker pool was closed while it was reading")
                self._assign(pending, prepares)
                finished_now = self._collect() if self._busy else []
                # The next file is read while the outcome of this one is unpacked.
                self._assign(pending, prepares)
            for index, file, answer in finished_now:
                made = b""
                if prepares and isinstance(answer, bytes) and answer.startswith(b"{"):
                    answer, _, made = answer.partition(b"\n")
                outcome = unpacked(answer, file) if isinstance(answer, bytes) else answer
                done[index] = outcome, unprepared(made)
                if finished is not None:
                    finished(outcome)
            while following in done:
                yield done.pop(following)
                following += 1
            if exhausted and not pending and not self._busy and not done:
                return

    def _assign(self, pending: deque[tuple[int, Work | Job[Any]]], prepares: bool) -> None:
        """Give work to every worker that is free, starting those that are still missing."""
        while pending and len(self._busy) < self.limits.workers:
            worker = self._idle.pop() if self._idle else _Worker(self._parse, self.limits, self._start)
            index, work = pending.popleft()
            worker.give(index, work, self.limits, prepares)
            self._busy.append(worker)

    def _collect(self) -> list[tuple[int, SourceFile, Outcome | bytes]]:
        """Wait until something happens to a busy worker; what came of it, packed where it comes from the worker."""
        patience = max(0.0, min(worker.deadline for worker in self._busy) - time.monotonic())
        ready = set(wait([*(worker.pipe for worker in self._busy), self._wakes], timeout=patience))
        now = time.monotonic()
        results: list[tuple[int, SourceFile, Outcome | bytes]] = []
        for worker in list(self._busy):
            assert worker.work is not None
            file = worker.work.file
            outcome: Outcome | bytes
            if worker.pipe in ready:
                outcome = self._answer(worker)
                if outcome == _ADVANCED:
                    worker.advanced(self.limits)
                    continue
            elif now >= worker.deadline:
                outcome = self._overdue(worker)
            else:
                continue
            results.append((worker.index, file, outcome))
            self._busy.remove(worker)
        return results

    def _answer(self, worker: _Worker) -> Outcome | bytes:
        """What a worker made of its file, packed, or of which it died; ``_ADVANCED`` for a sign of progress."""
        assert worker.work is not None
        file = worker.work.file
        try:
            said = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            worker.process.join(timeout=2)
            outcome = _crashed(file, worker.process.exitcode)
            worker.close()
            return outcome
        if said == _ADVANCED:
            return said
        worker.work = None
        worker.done += 1
        if worker.done < self.limits.files_per_worker:
            self._idle.append(worker)
        else:
            worker.close()
        return said

    def _overdue(self, worker: _Worker) -> Outcome:
        assert worker.work is not None
        allowed = self.limits.seconds if worker.deadline < worker.last else self.limits.seconds_in_all
        message = f"{allowed:g} 秒内未读完 / not read within {allowed:g} seconds"
        outcome = failed(worker.work.file, "over_limit", message, _CURE_TIME)
        worker.close()
        return outcome
