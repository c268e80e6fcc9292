"""The database of a Prefect server that has run once: made once in a test run, and copied to where a server will start.

A first start migrates its database, which costs more than all else that a test of flows does. It is made by such a start,
of the server that ``flows.quiet`` runs.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from flows.quiet import embedded

HasStarted = Callable[[Path], None]


@pytest.fixture(scope="session")
def has_started(tmp_path_factory: pytest.TempPathFactory) -> HasStarted:
    """Makes a folder (``prefect``, or ``prefect/schedule``, of a corpus home) one in which Prefect has been started before."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prefect-template"
    made.mkdir(exist_ok=True)
    database = made / "prefect" / "prefect.db"

    def copy(folder: Path) -> None:
        with (made / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (made / "ready").exists():
                _start_once(made, database)
                (made / "ready").touch()
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(database, folder)

    return copy


def _start_once(home: Path, database: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL", raising=False)
        with embedded(home):
            pass
    assert (home / "prefect" / "server.log").read_text(encoding="utf-8") == "", (
        "a first start has nothing to complain about"
    )
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
