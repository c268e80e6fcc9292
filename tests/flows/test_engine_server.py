"""The database of a new Prefect server is made in one step, and is what Prefect's migrations would have made."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from flows import engine_server

FILE = Path(engine_server.__file__).with_name(engine_server.SCHEMA)
KNOWN = json.loads(FILE.read_text(encoding="utf-8"))


def statements(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        return [sql for (sql,) in rows]


def alike(made: list[str]) -> list[list[str]]:
    """Statements whatever their order, and that of the constraints of a table: Alembic keeps both in sets."""
    return sorted(sorted(line.strip(" \t,)") for line in statement.split("\n")) for statement in made)


def test_the_tables_that_are_known_are_those_of_the_installed_prefect() -> None:
    assert KNOWN["prefect"] == version("prefect"), "python -m flows.engine_server schema > flows/engine_schema.json"


@pytest.mark.slow
def test_prefects_own_migrations_come_to_the_same_tables() -> None:
    command = [sys.executable, "-m", "flows.engine_server", "schema"]
    made = subprocess.run(command, check=True, capture_output=True, text=True, cwd=FILE.parents[1]).stdout
    migrated = json.loads(made)
    assert alike(migrated.pop("statements")) == alike(KNOWN["statements"])
    assert migrated == {name: KNOWN[name] for name in migrated}


def test_a_new_database_has_the_tables_and_the_revision(tmp_path: Path) -> None:
    database = tmp_path / "prefect.db"
    assert engine_server.make(database)
    assert statements(database) == KNOWN["statements"]
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(KNOWN["revision"],)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_start_that_was_killed_before_its_tables_were_there_is_made_good(tmp_path: Path) -> None:
    database = tmp_path / "prefect.db"
    database.touch()
    assert engine_server.make(database)
    assert statements(database) == KNOWN["statements"]


def test_a_database_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    database = tmp_path / "prefect.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE flow (id TEXT)")
    assert not engine_server.make(database)
    assert statements(database) == ["CREATE TABLE flow (id TEXT)"]


def test_another_version_of_prefect_is_left_to_its_own_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_server, "version", lambda name: "3.99.0")
    assert not engine_server.make(tmp_path / "prefect.db")
    assert not (tmp_path / "prefect.db").exists()
