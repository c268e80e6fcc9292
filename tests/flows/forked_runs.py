"""Runs of sources as processes that may be killed; ``week_driver`` forks them, for starting Python anew costs more than a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

TODAY = date(2025, 10, 10)


@pytest.fixture(scope="session")
def forking() -> Iterator[subprocess.Popen[str]]:
    """The process that forks runs."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.week_driver"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    yield server
    assert server.stdin is not None
    server.stdin.close()
    server.wait(timeout=60)


class Runs:
    """The processes that run the sources of one corpus."""

    def __init__(self, home: Path, forking: subprocess.Popen[str]) -> None:
        self._home, self._log, self._server = home, home.parent / "log", forking
        self._log.touch()

    def start(self, source: str, most_bytes: int | None = None) -> int:
        with suppress(FileNotFoundError):
            self._begun(source).unlink()
        given = {"home": str(self._home), "source": source, "today": TODAY.isoformat(), "log": str(self._log)}
        given |= {"begun": str(self._begun(source)), "database": os.environ.get("DUZHENG_DATABASE", "")}
        return self._say("run " + json.dumps(given | {"most_bytes": most_bytes}))

    def kill(self, process: int, source: str, after: float) -> None:
        """Kill it so many seconds after it has begun, if it has not ended by then."""
        self._until(self._begun(source).exists)
        time.sleep(after)
        os.kill(process, 9)

    def kill_when(self, process: int, reached: Callable[[], bool]) -> None:
        """Kill it at a moment that it reaches."""
        self._until(reached)
        os.kill(process, 9)
        assert self.wait(process) == -9, "it ended before it was killed"

    def wait(self, process: int) -> int:
        return self._say(f"wait {process}")

    def log(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines() if line[:1] == "{"]

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not holds():
            assert time.monotonic() < deadline, "a run does not begin, or does not go on"
            time.sleep(0.002)

    def _begun(self, source: str) -> Path:
        return self._home.parent / f"begun-{source}"

    def _say(self, line: str) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(line, file=self._server.stdin, flush=True)
        return int(self._server.stdout.readline())
