"""Documents for the corpus tests: small, invented, and complete as far as the corpus looks at them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from corpus.migrations import migrate
from corpus.opening import sqlite_engine
from extractors.script import detect
from schemas.document import Document, Source
from schemas.outcome import Failure, Outcome
from tests.forked_python import forked_python

__all__ = ["forked_python"]


def _outcome(*texts: str, uri: str = "计划.txt", data: bytes | None = None, **fields: Any) -> Outcome:
    data = "\n".join(texts).encode() if data is None else data
    name = sha256(data).hexdigest()
    documents = []
    for index, text in enumerate(texts):
        source = Source(uri=uri, media_type="text/plain", sha256=name, bytes=len(data), index=index)
        given = {"script": detect(text), "variant": "zh", **fields}
        id = sha256(f"{name}/{index}".encode()).hexdigest()[:16]
        documents.append(Document(id=id, source=source, text=text, **given))
    return Outcome(uri=uri, sha256=name, bytes=len(data), media_type="text/plain", documents=documents)


def _failed(data: bytes, uri: str = "坏.pdf", message: str = "the file is damaged") -> Outcome:
    failure = Failure(uri=uri, cause="damaged", message=message, cure="get it again")
    return Outcome(
        uri=uri, sha256=sha256(data).hexdigest(), bytes=len(data), media_type="application/pdf", failure=failure
    )


@pytest.fixture(scope="session")
def outcome() -> Callable[..., Outcome]:
    """Makes the outcome of one file with one document for each text; further fields go into every document."""
    return _outcome


@pytest.fixture
def failed() -> Callable[..., Outcome]:
    """Makes the outcome of a file that could not be read."""
    return _failed


def _make_older(home: Path, version: int) -> None:
    new, old = home / "corpus.sqlite", home / "older.sqlite"
    engine = sqlite_engine(old)
    with engine.begin() as connection:
        migrate(connection, 0, to=version)
    engine.dispose()
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ATTACH ? AS new", [str(new)])
        tables = [name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            if not table.startswith("sqlite_"):
                now = {row[1] for row in connection.execute(f"PRAGMA new.table_info({table})")}
                then = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
                columns = ", ".join(name for name in then if name in now)
                connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        connection.execute("UPDATE main.meta SET value = ? WHERE key = 'schema_version'", [str(version)])
        connection.commit()
    for name in ("corpus.sqlite-wal", "corpus.sqlite-shm"):
        (home / name).unlink(missing_ok=True)
    old.replace(new)


@pytest.fixture
def make_older() -> Callable[[Path, int], None]:
    """Makes the SQLite store of a closed corpus what an earlier version would have: its tables, the rows that fit them."""
    return _make_older


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL schema, which goes away."""
    import psycopg

    name = f"corpus_{uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield f"{postgresql_server}&options={quote(f'-csearch_path={name}')}"
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs the test once with corpora in SQLite and once with those in PostgreSQL; gives the engine's name."""
    if request.param == "postgresql":
        monkeypatch.setenv("DUZHENG_DATABASE", request.getfixturevalue("postgresql"))
    else:
        monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    return str(request.param)
