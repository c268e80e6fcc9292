"""markitdown beside us: in a virtual environment of its own, never in the project's, made once from a lock with hashes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from benchmarks.inputs import ROOT

ENVIRONMENT = ROOT / "build" / "markitdown-env"
_LOCK = Path(__file__).with_name("markitdown.txt")
_RUNNER = Path(__file__).with_name("rival_runner.py")


class NoRivalError(Exception):
    """markitdown cannot be had here; the message says why, on one line."""


class NotConvertedError(Exception):
    """markitdown gave no text for a file; the message says why."""


class Rival:
    """One process with markitdown loaded; a context manager."""

    def __init__(self, environment: Path) -> None:
        """Raises ``NoRivalError`` where it cannot be installed (no network) or does not start."""
        python = _install(environment)
        # Isolated: the folder of the script, this package, must not be where markitdown's imports are looked up.
        command = [str(python), "-I", str(_RUNNER)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        if not self._process.stdout or not self._process.stdout.readline():
            raise NoRivalError("markitdown is installed but does not start")

    def __enter__(self) -> Rival:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def convert(self, path: Path) -> tuple[float, int]:
        """Seconds, and the letters and digits of the text.

        Raises:
            NotConvertedError: it does not read the file, or it died of it.
        """
        assert self._process.stdin
        assert self._process.stdout
        try:
            print(json.dumps({"path": str(path)}), file=self._process.stdin, flush=True)
        except BrokenPipeError as error:
            raise NotConvertedError("its process has ended") from error
        answer = json.loads(self._process.stdout.readline() or '{"error": "its process has ended"}')
        if "error" in answer:
            raise NotConvertedError(answer["error"])
        return answer["seconds"], answer["characters"]


def _install(environment: Path) -> Path:
    """The interpreter of the environment, made where it is missing or its lock is another."""
    python, stamp = environment / "bin" / "python", environment / "lock.sha256"
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    print(f"installing markitdown into {environment} (once)", file=sys.stderr, flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--retries", "1", "--timeout", "20", "--require-hashes", "-r", str(_LOCK)]
    for command in ([sys.executable, "-m", "venv", "--clear", str(environment)], pip):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            raise NoRivalError(f"markitdown could not be installed ({last[0][:160]})")
    stamp.write_text(wanted)
    return python
