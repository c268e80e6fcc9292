"""A server that all processes which run tests use together: started by the first that asks, ended when nobody uses it any longer."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def shared_server(together: Path, name: str, start: Callable[[ExitStack], str]) -> Iterator[str]:
    """The address of the server ``name``, which ``start`` gives; what ends it, ``start`` leaves with the stack.

    The process that started it waits at its end for the others, since servers end with the process that started them.
    ``together`` is a folder of all the processes.
    """
    told = together / f"{name}.address"
    with (together / f"{name}.users").open("a") as users, ExitStack() as stack:
        with _locked(together / f"{name}.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            own = not told.exists()
            if own:
                told.write_text(start(stack), encoding="utf-8")
            address = told.read_text(encoding="utf-8")
        try:
            yield address
        finally:
            while own:
                with _locked(together / f"{name}.lock"):  # nobody begins to use what is about to end
                    if _last(users):
                        told.unlink()
                        stack.close()
                        own = False
                if own:
                    time.sleep(0.2)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _last(users: IO[str]) -> bool:
    """Whether no other process uses it."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
