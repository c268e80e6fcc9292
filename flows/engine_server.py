"""Prefect's server as a process of its own, ``python -m flows.engine_server PORT``; its settings are in its environment.

Beside what ``uvicorn prefect.server.api.server:create_app`` does:

1. A database that is not there yet is made in one step. Prefect makes a new one by all of its migrations, one after the
   other, which takes longer than the rest of its start. ``engine_schema.json`` is what they come to: statements and
   revision as the migrations of one version of Prefect left them in an empty SQLite file (``python -m flows.engine_server
   schema > flows/engine_schema.json`` after Prefect was upgraded). Another version of Prefect, and
   a database that is there, are left to Prefect's own migrations, which look at the revision.
2. While Prefect is imported, the garbage collector rests: nothing of that is garbage, and looking takes a fifth of the time.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

SCHEMA = "engine_schema.json"


def make(database: Path) -> bool:
    """Makes Prefect's database where there is none and the installed Prefect is the one whose tables we know; whether it did."""
    known = json.loads(files("flows").joinpath(SCHEMA).read_text(encoding="utf-8"))
    if known["prefect"] != version("prefect"):
        return False
    with closing(sqlite3.connect(database, isolation_level=None, timeout=60)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        # One transaction: a server that is killed in it leaves an empty file, one that starts beside it waits.
        connection.execute("BEGIN EXCLUSIVE")
        (there,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not there:
            for statement in known["statements"]:
                connection.execute(statement)
            connection.execute("INSERT INTO alembic_version VALUES (?)", [known["revision"]])
        connection.execute("COMMIT")
    return not there


def _serve(port: int) -> None:
    gc.disable()
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
    from sqlalchemy import make_url

    url = make_url(PREFECT_API_DATABASE_CONNECTION_URL.value())
    if url.get_backend_name() == "sqlite" and url.database and Path(url.database).is_absolute():
        make(Path(url.database))
    app = create_app()
    gc.freeze()
    gc.enable()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", lifespan="on")


def _schema() -> str:
    """The text of ``engine_schema.json``: what the migrations of the installed Prefect make of an empty file."""
    gc.disable()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "prefect.db"
        os.environ |= {
            "PREFECT_HOME": folder,
            "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        from prefect.server.database import provide_database_interface

        asyncio.run(provide_database_interface().create_db())
        with closing(sqlite3.connect(database)) as connection:
            ((revision,),) = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            # As they were made: an index comes after its table.
            rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            filled = [name for name in tables if connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()]
    if filled != ["alembic_version"]:
        raise SystemExit(f"the migrations of this Prefect also fill tables, which statements alone do not: {filled}")
    known = {"prefect": version("prefect"), "revision": revision, "statements": [sql for (sql,) in rows]}
    return json.dumps(known, indent=0, ensure_ascii=False)


if __name__ == "__main__":
    if sys.argv[1] == "schema":
        print(_schema())
    else:
        _serve(int(sys.argv[1]))
