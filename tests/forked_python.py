"""Small programs, each in a process of its own that may be killed: forked from one Python that has loaded the corpus.

Starting Python and importing the corpus costs a second of the processor, and tests of accidents run a hundred programs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class ForkedPython:
    """Runs programs; a context manager around the process that forks them."""

    def __enter__(self) -> ForkedPython:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_python"],
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
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with tempfile.TemporaryDirectory() as made:
            out, err = Path(made, "out"), Path(made, "err")
            given = {"code": code, "arguments": arguments, "out": str(out), "err": str(err)}
            print(json.dumps(given | {"environment": dict(os.environ)}), file=self._server.stdin, flush=True)
            status = int(self._server.stdout.readline())
            return subprocess.CompletedProcess(
                ["-c", *arguments], status, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
            )


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
    import corpus.batch
    import corpus.corpus
    import corpus.entry
    import corpus.index
    import corpus.kept_index
    import corpus.migrations
    import corpus.relations.upkeep
    import corpus.search
    import corpus.shown
    import corpus.store
    import corpus.version  # noqa: F401
    import schemas.outcome  # noqa: F401

    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            _child(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), file=answers, flush=True)


if __name__ == "__main__":
    _main()
