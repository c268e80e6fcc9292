"""Runs a program on bytes that may be hostile: bounded memory, processor time, files and output, killed when it is late.

The input is an unnamed temporary file that the program gets as an open descriptor: there is no folder to leave behind,
not even when this process is killed, and no file beside it that the program could open.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractors.readers import limits

INPUT = "{input}"
"""Stands for the input's path in a command."""

_STEP = 2**16
_MAX_ERRORS = 2**16
# A shell sets the limits, since code between fork and exec is not safe where threads run. A limit that is lower already
# stays. -f 0: the program may write no file.
_LIMITED = (
    'ulimit -v "$1" 2>/dev/null || :; ulimit -t "$2" 2>/dev/null || :; ulimit -f 0; ulimit -c 0; shift 2; exec "$@"'
)


class Late(Exception):
    """The program took longer than it may."""


class TooMuchOutput(Exception):
    """The program wrote more than it may."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How the program ended: its exit status (negative: killed by that signal) and what it said."""

    status: int
    errors: str


def run(
    command: Sequence[str],
    data: bytes,
    take: Callable[[bytes], object],
    most: int,
    seconds: float = limits.MAX_UNPACK_SECONDS,
) -> Finished:
    """Run a program on some bytes.

    Args:
        command: program and arguments; ``INPUT`` becomes the path of the input.
        data: the input.
        take: called with each piece of the output.
        most: how many bytes of output are taken.
        seconds: how long it may run, and how much processor time it may use.

    Raises:
        Late: it ran too long, and was killed.
        TooMuchOutput: it wrote more than ``most`` bytes, and was killed.
        OSError: it cannot be started.
    """
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        path = f"/dev/fd/{file.fileno()}"
        limited = ["/bin/sh", "-c", _LIMITED, "sh", str(limits.MAX_UNPACK_MEMORY // 1024), str(int(seconds) + 1)]
        process = subprocess.Popen(
            [*limited, *(path if argument == INPUT else argument for argument in command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(file.fileno(),),
            start_new_session=True,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            cwd="/",
        )
        try:
            errors = _drain(process, take, most, time.monotonic() + seconds)
            return Finished(process.wait(), errors)
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def _drain(process: subprocess.Popen[bytes], take: Callable[[bytes], object], most: int, deadline: float) -> str:
    """Read output and errors until both end."""
    assert process.stdout is not None
    assert process.stderr is not None
    errors = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                raise Late
            for key, _ in ready:
                chunk = os.read(key.fd, _STEP)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    errors += chunk[: _MAX_ERRORS - len(errors)]
                else:
                    most -= len(chunk)
                    if most < 0:
                        raise TooMuchOutput
                    take(chunk)
    return errors.decode("utf-8", "replace")
