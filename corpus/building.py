"""Making the entries of a whole corpus in a second process, while this one writes them into a new index.

Cutting texts into terms and indexing terms take about as long as each other, and in one process they wait for one lock.
The second process is another Python with the same path, started as a program (``multiprocessing`` would run the caller's
main module again). It knows nothing but what comes through its standard input and ends when that ends, so it never outlives
this one.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.changes import Body
    from corpus.entry import Entry

WORTH_IT = 500
"""Documents from which on the second process, which takes half a second to start, makes the whole faster."""
_CHUNK = 50
_PROTOCOL = pickle.HIGHEST_PROTOCOL
_PROGRAM = "import sys; sys.path[:] = {path!r}; from corpus.building import _work; _work()"


class HelperGone(Exception):
    """The second process ended before its work did; the entries have to be made here."""


def entries(bodies: Iterable[Body]) -> Iterator[Entry]:
    """The entries of stored documents, in their order; those that are not current are left out.

    Raises:
        HelperGone: the second process could not be started, or ended early.
    """
    command = [sys.executable, "-c", _PROGRAM.format(path=sys.path)]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise HelperGone(str(error)) from error
    assert process.stdin is not None
    assert process.stdout is not None
    feeder = _Feeder(bodies, process.stdin)
    feeder.start()
    try:
        while True:
            try:
                made: list[Entry] = pickle.load(process.stdout)  # from a process of our own
            except (EOFError, pickle.UnpicklingError) as error:
                raise HelperGone("the process that makes entries has ended") from feeder.error or error
            if not made:
                break
            yield from made
    finally:
        process.kill()
        feeder.join()
        process.stdout.close()
        process.wait()
    if feeder.error is not None:
        raise feeder.error


def helps(documents: int) -> bool:
    """Whether a second process makes building an index of so many documents faster here."""
    return documents >= WORTH_IT and (os.cpu_count() or 1) > 1


class _Feeder(threading.Thread):
    """Sends what is stored to the second process, a chunk at a time; an empty chunk is the end."""

    def __init__(self, bodies: Iterable[Body], sink: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._bodies, self._sink = bodies, sink
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with self._sink as sink:
                waiting = iter(self._bodies)
                while chunk := list(islice(waiting, _CHUNK)):
                    pickle.dump([(one.body, one.verdicts) for one in chunk if one.current], sink, _PROTOCOL)
                pickle.dump(None, sink, _PROTOCOL)
        except BaseException as error:
            # A broken pipe is what the reading side finds out by itself.
            if not isinstance(error, (BrokenPipeError, ValueError)):
                self.error = error


def _work() -> None:
    """The second process: bodies in, entries out."""
    from corpus.entry import entry
    from schemas.document import Document

    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (chunk := pickle.load(source)) is not None:
        made = [entry(Document.model_validate_json(body), verdicts) for body, verdicts in chunk]
        if made:
            pickle.dump(made, sink, _PROTOCOL)
            sink.flush()
    pickle.dump([], sink, _PROTOCOL)
    sink.flush()
