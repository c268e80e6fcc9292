"""Small programs, each in a process of its own that may be killed: forked from one Python that has loaded what they need.

Starting Python and importing the corpus costs a second of the processor, and tests of accidents run a hundred programs.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_RUNNING = 1_000_000
"""No status of a process."""


CORPUS = (
    "corpus.batch",
    "corpus.corpus",
    "corpus.entry",
    "corpus.index",
    "corpus.kept_index",
    "corpus.migrations",
    "corpus.relations.upkeep",
    "corpus.search",
    "corpus.shown",
    "corpus.store",
    "corpus.version",
    "schemas.outcome",
)


class Started:
    """A program that runs beside the test: what it has written so far can be read, and it can be killed."""

    def __init__(self, server: ForkedPython, number: int, folder: tempfile.TemporaryDirectory[str]) -> None:
        self._server, self.number, self._folder = server, number, folder
        self._out, self._err = (Path(folder.name, name) for name in ("out", "err"))
        self._status: int | None = None

    def out(self) -> str:
        """Standard output as far as it is there."""
        return self._out.read_text(encoding="utf-8")

    def err(self) -> str:
        """Standard error as far as it is there."""
        return self._err.read_text(encoding="utf-8")

    def kill(self) -> None:
        """Ends it at once."""
        os.kill(self.number, signal.SIGKILL)

    def ended(self) -> int | None:
        """Its status, if it has ended."""
        if self._status is None:
            status = self._server.ask({"poll": self.number})
            self._status = None if status == _RUNNING else status
        return self._status

    def wait(self) -> int:
        """Waits for its end; its status, below zero the number of a signal."""
        if self._status is None:
            self._status = self._server.ask({"wait": self.number})
        return self._status


class ForkedPython:
    """Runs programs; a context manager around the process that forks them, which has imported ``modules``."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules or CORPUS

    def __enter__(self) -> ForkedPython:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_python", *self._modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
        )
        return self

    def __exit__(self, *error: object) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=60)

    def run(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs ``code`` with ``arguments`` in ``sys.argv[1:]`` and the environment of this process, and waits for its end."""
        started = self.start(code, *arguments)
        return subprocess.CompletedProcess(["-c", *arguments], started.wait(), started.out(), started.err())

    def start(self, code: str, *arguments: str) -> Started:
        """The same without waiting."""
        folder = tempfile.TemporaryDirectory()
        out, err = Path(folder.name, "out"), Path(folder.name, "err")
        for path in (out, err):
            path.touch()
        given = {"code": code, "arguments": arguments, "out": str(out), "err": str(err)}
        return Started(self, self.ask(given | {"environment": dict(os.environ)}), folder)

    def ask(self, what: dict[str, object]) -> int:
        """What the process that forks answers."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(what), file=self._server.stdin, flush=True)
        return int(self._server.stdout.readline())


@pytest.fixture(scope="session")
def forked_python() -> Iterator[ForkedPython]:
    """Runs programs in processes of their own."""
    with ForkedPython() as server:
        yield server


def _child(given: dict[str, object]) -> None:
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(str(given[name]), os.O_WRONLY | os.O_CREAT, 0o600), number)
    environment, arguments = given["environment"], given["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["-c", *arguments]
    status = 0
    try:
        exec(compile(str(given["code"]), "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _main() -> None:
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        given = json.loads(line)
        if "code" in given:
            process = os.fork()
            if process == 0:
                _child(given)
            answer = process
        else:
            process, status = os.waitpid(given.get("wait") or given["poll"], 0 if "wait" in given else os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if process else _RUNNING
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    _main()
