"""What Prefect remembers of runs long past: its databases in the corpus folder, counted here, cleared by Prefect's own code.

The server that stays (``duzheng schedule``) clears its database every hour by itself (``flows.quiet``). A private server
lives as long as its command, too short for that; its database is cleared by ``duzheng prune``, and so is that of the
schedule, which may be running: both databases stand locks of others.

Prefect's own code runs in a process of its own (``python -m flows.engine_retention``), since Prefect takes its settings,
the database among them, from the environment when it is first imported. That takes seconds: it is started where something
is there to be cleared.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.errors import DuzhengError

DATABASE = "prefect.db"
FOLDERS = ("prefect", "prefect/schedule")
"""Of single commands, and of ``duzheng schedule``; see ``flows.quiet.embedded``."""

_TERMINAL = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
"""``prefect.server.schemas.states.TERMINAL_STATES``: states in which a run has ended."""


class EngineNotCleared(DuzhengError):
    """Prefect's database could not be read or cleared; what the corpus holds is not touched by that."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a database of Prefect holds from before a day: ``runs`` that have ended or were cut off, and ``events``."""

    path: Path
    runs: int
    events: int
    bytes: int


def remembered(home: Path, days: int, *, clear: bool = False) -> list[Remembered]:
    """What Prefect's databases of a corpus folder hold of runs that ended more than ``days`` days ago; ``clear``: it goes,
    with the logs, states, tasks and artifacts of those runs.

    Raises:
        EngineNotCleared: a database cannot be read or written.
    """
    found = []
    for folder in FOLDERS:
        path = (home / folder / DATABASE).resolve()
        if path.is_file():
            size = sum(one.stat().st_size for one in path.parent.glob(f"{DATABASE}*"))
            counts = _counted(path, days)
            if clear and any(counts.values()):
                _clear_beside(path, days)
            found.append(Remembered(path, counts["runs"], counts["events"], size))
    return found


def _counted(path: Path, days: int) -> dict[str, int]:
    """Runs that ended, or began and were cut off, and events that occurred, before so many days ago."""
    # As Prefect writes moments: UTC, with microseconds.
    before = f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}"
    ended = ", ".join(f"'{state}'" for state in _TERMINAL)
    runs = f"(state_type IN ({ended}) AND end_time < :before) OR (state_type = 'RUNNING' AND start_time < :before)"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=60)) as connection:

            def count(table: str, condition: str) -> int:
                query = f"SELECT count(*) FROM {table} WHERE {condition}"
                return int(connection.execute(query, {"before": before}).fetchone()[0])

            return {"runs": count("flow_run", runs), "events": count("events", "occurred < :before")}
    except sqlite3.Error as error:
        raise _not_cleared(path, str(error)) from None


def _not_cleared(path: Path, said: str) -> EngineNotCleared:
    return EngineNotCleared(
        f"{path}: Prefect 的记录无法清理：{said[:300]} / what Prefect remembers cannot be cleared: {said[:300]} "
        "(其他版本的数据库会在下次运行时升级，之后请重试 / a database of another version is brought up to date by the next run; "
        "then try again)"
    )


def _clear_beside(path: Path, days: int) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {
        "PREFECT_HOME": str(path.parent),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{path}",
        "PREFECT_API_DATABASE_MIGRATE_ON_START": "false",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(days * 86_400),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{days}D",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")))),
    }
    order = json.dumps({"path": str(path), "days": days})
    run = subprocess.run(
        [sys.executable, "-m", "flows.engine_retention", order],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=path.parent,  # Prefect reads .env and prefect.toml of the working directory
    )
    if run.returncode:
        raise _not_cleared(path, (run.stderr.strip().splitlines() or [f"status {run.returncode}"])[-1])


async def _clear(path: Path, days: int) -> None:
    """In the process of its own: clear by the functions that Prefect's server clears its database with."""
    import sqlalchemy as sa
    from prefect.server.database import provide_database_interface
    from prefect.server.schemas.states import StateType
    from prefect.server.services import db_vacuum

    db = provide_database_interface()
    runs, before = db.FlowRun, datetime.now(UTC) - timedelta(days=days)
    # A run that began before that day and has not ended was killed with its server, and nobody could say so.
    cut_off = sa.and_(runs.state_type == StateType.RUNNING, runs.start_time < before)
    async with db.session_context(begin_transaction=True) as session:
        await session.execute(sa.delete(runs).where(cut_off))
    await db_vacuum.vacuum_old_flow_runs(db=db)
    await db_vacuum.vacuum_old_events(db=db)
    await db_vacuum.vacuum_orphaned_logs(db=db)
    await db_vacuum.vacuum_orphaned_artifacts(db=db)
    await db_vacuum.vacuum_stale_artifact_collections(db=db)
    await (await db.engine()).dispose()
    # Gives the room back to the disk; while somebody uses the database the room is used again instead.
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path, timeout=2)) as connection:
        connection.execute("VACUUM")


if __name__ == "__main__":
    _order = json.loads(sys.argv[1])
    try:
        asyncio.run(_clear(Path(_order["path"]), _order["days"]))
    except Exception as error:  # whatever it is, the process that asked tells it, in one line
        sys.exit(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
