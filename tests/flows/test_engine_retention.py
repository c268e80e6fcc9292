"""What Prefect remembers of runs long past is shown, goes when told, and nothing else goes with it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest

from corpus.corpus import Corpus
from corpus.retention import Thing
from flows import engine_server
from flows.retention import prune

OLD, NEW = (f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}" for days in (100, 10))
TABLES = ("flow_run", "task_run", "log", "artifact", "events", "event_resources")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Corpus.open(tmp_path / "home", create=True):
        return tmp_path / "home"


def ran(database: Path, state: str, began: str, ended: str | None) -> None:
    """A run in Prefect's database, with a task, a line of its log, a table, and an event."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("INSERT OR IGNORE INTO flow (id, name) VALUES (?, 'collect')", [f"{0:032x}"])
        connection.execute(
            "INSERT INTO flow_run (flow_id, name, state_type, start_time, end_time) VALUES (?, 'x', ?, ?, ?)",
            [f"{0:032x}", state, began, ended],
        )
        (run,) = connection.execute("SELECT id FROM flow_run ORDER BY rowid DESC LIMIT 1").fetchone()
        connection.execute(
            "INSERT INTO task_run (flow_run_id, name, task_key, dynamic_key) VALUES (?, 'x', 'x', 0)", [run]
        )
        connection.execute(
            "INSERT INTO log (flow_run_id, name, level, message, timestamp) VALUES (?, 'x', 20, 'x', ?)", [run, began]
        )
        connection.execute("INSERT INTO artifact (flow_run_id, \"key\") VALUES (?, 'source-x')", [run])
        (event,) = connection.execute("SELECT lower(hex(randomblob(16)))").fetchone()
        connection.execute(
            "INSERT INTO events (id, occurred, event, resource_id, resource, payload, received, recorded) "
            "VALUES (?, ?, 'x', 'x', '{}', '{}', ?, ?)",
            [event, began, began, began],
        )
        connection.execute(
            "INSERT INTO event_resources (occurred, resource_id, resource_role, resource, event_id) "
            "VALUES (?, 'x', '', '{}', ?)",
            [began, event],
        )
        connection.commit()


def rows(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}


@pytest.mark.slow
def test_what_prefect_remembers_of_old_runs_is_shown_and_goes_when_told(home: Path) -> None:
    database = home / "prefect" / "schedule" / "prefect.db"
    database.parent.mkdir(parents=True)
    assert engine_server.make(database)
    for state in ("COMPLETED", "FAILED", "CANCELLED", "CRASHED"):
        ran(database, state, OLD, OLD)
    ran(database, "RUNNING", OLD, None)  # killed with its server, which could not say so
    ran(database, "FAILED", NEW, NEW)
    ran(database, "SCHEDULED", NEW, None)
    (shown,) = prune(home, 30).of("engine")
    assert shown.name == "prefect/schedule/prefect.db 5 次运行 runs, 5 个事件 events"
    assert rows(database)["flow_run"] == 7, "shown only"
    (gone,) = prune(home, 30, apply=True).of("engine")
    assert gone == Thing("engine", shown.id, shown.name, shown.why, since=ANY)
    assert set(rows(database).values()) == {2}, "the young and the planned stay, with all that is theirs"
    assert shown.id in (home / "deleted.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert prune(home, 30, apply=True).of("engine") == []


def test_a_database_of_prefect_that_is_damaged_is_said_and_keeps_nothing_else_from_being_pruned(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "prefect").mkdir()
    (home / "prefect" / "prefect.db").write_bytes(b"no database" * 100)
    (home / "index.building").mkdir()
    os.utime(home / "index.building", (0, 0))
    assert [thing.kind for thing in prune(home, 30, apply=True).things] == ["file"]
    assert not (home / "index.building").exists()
    assert "prefect.db" in caplog.text
    assert "file is not a database" in caplog.text


def test_without_a_database_of_prefect_nothing_is_started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engine_retention.subprocess", None)
    assert prune(home, 30, apply=True).things == []
