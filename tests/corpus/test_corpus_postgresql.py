"""What is promised about a corpus in PostgreSQL: one setting, one writer among all machines, the same answers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from corpus import tables as t
from corpus.corpus import Corpus
from corpus.database import Database, without_password
from corpus.migrations import latest, migrate
from corpus.opening import postgresql_engine
from corpus.shared_lock import SharedLock
from schemas.errors import CorpusError
from schemas.outcome import Outcome

Make = Callable[..., Outcome]


@pytest.fixture
def database(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty schema, named by the setting."""
    monkeypatch.setenv("DUZHENG_DATABASE", postgresql)
    return postgresql


def test_the_folder_remembers_its_database(
    tmp_path: Path, database: str, outcome: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("推进教共体建设")])
    assert not (tmp_path / "corpus.sqlite").exists()
    monkeypatch.delenv("DUZHENG_DATABASE")
    with Corpus.open(tmp_path) as corpus:
        assert corpus.search("教共体").total == 1
        assert [document.text for document in corpus.documents()] == ["推进教共体建设"]


def test_a_folder_that_begins_a_corpus_joins_the_one_that_another_machine_has_made_at_that_moment(
    tmp_path: Path, database: str, outcome: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks at the database: neither is told that there is no corpus."""
    first, other = tmp_path / "first", tmp_path / "other"
    look = Database.joined

    def slow(self: Database) -> Database:
        seen = look(self)
        if self.home == first and not other.exists():
            with Corpus.open(other, create=True) as corpus:
                corpus.record([outcome("推进教共体建设")])
        return seen

    monkeypatch.setattr(Database, "joined", slow)
    with Corpus.open(first, create=True) as corpus:
        assert corpus.search("教共体").total == 1


def test_another_machine_joins_by_the_setting_and_has_an_index_of_its_own(
    tmp_path: Path, database: str, outcome: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    with Corpus.open(one, create=True) as corpus:
        corpus.record([outcome("推进教共体建设")])
    with Corpus.open(other) as corpus:
        assert corpus.search("教共体").total == 1
    monkeypatch.delenv("DUZHENG_DATABASE")
    with Corpus.open(one) as writer, Corpus.open(other) as reader:
        writer.record([outcome("乙的教共体", uri="b")])
        assert reader.search("教共体").total == 2
        assert reader.verify_index() == []


def test_two_machines_cannot_both_write(tmp_path: Path, database: str, outcome: Make) -> None:
    with Corpus.open(tmp_path / "one", create=True, write=True) as first:
        first.record([outcome("甲的教共体")])
        with pytest.raises(CorpusError, match=f"being written by duzheng .* {os.getpid()} since"):
            Corpus.open(tmp_path / "other", create=True, write=True)
        with Corpus.open(tmp_path / "other") as second:
            with pytest.raises(CorpusError, match="being written by"):
                second.record([outcome("乙的教共体", uri="b")])
            assert second.search("教共体").total == 1
    with Corpus.open(tmp_path / "other", write=True) as second:
        second.record([outcome("乙的教共体", uri="b")])


def test_a_writer_whose_connection_is_cut_writes_nothing_half_and_takes_the_lock_again(
    tmp_path: Path, database: str, outcome: Make
) -> None:
    import psycopg

    with Corpus.open(tmp_path / "one", create=True, write=True) as writer:
        writer.record([outcome("甲的教共体")])
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2 "
                "AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid"  # no other process's test
            )
        with pytest.raises(CorpusError, match="the store failed"):
            writer.record([outcome("乙的教共体", uri="b")])
        assert len(list(writer.documents())) == 1
        writer.record([outcome("乙的教共体", uri="b")])
        with pytest.raises(CorpusError, match="being written by"):
            Corpus.open(tmp_path / "other", create=True, write=True)
        assert writer.search("教共体").total == 2


def test_a_right_that_was_given_back_is_free_at_once(database: str) -> None:
    machines = [SharedLock(postgresql_engine(Database(Path(), database)), "the database") for _ in range(2)]
    for n in range(400):
        machines[n % 2].connection()
        machines[n % 2].release()


def test_the_lock_of_a_killed_writer_is_gone(tmp_path: Path, database: str, outcome: Make) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from corpus.corpus import Corpus\n"
        "corpus = Corpus.open(Path(sys.argv[1]), create=True, write=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path / "one")], capture_output=True, text=True)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    with Corpus.open(tmp_path / "other", create=True) as corpus:
        for _ in range(50):  # the server needs a moment to notice
            try:
                corpus.record([outcome("甲的教共体")])
                break
            except CorpusError:
                continue
        assert corpus.search("教共体").total == 1


def test_a_search_does_not_load_the_database_library(tmp_path: Path, database: str, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("推进教共体")])
    code = (
        "import sys; from pathlib import Path; from corpus.corpus import Corpus\n"
        "with Corpus.open(Path(sys.argv[1])) as corpus: print(corpus.search('教共体').total)\n"
        "print(sorted({'sqlalchemy', 'alembic', 'pandas', 'prefect'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:2] == ["1", "[]"]


def test_the_steps_lead_to_the_tables_of_today_in_postgresql(tmp_path: Path, postgresql: str) -> None:
    catalogue = sa.text(
        "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default IS NOT NULL "
        "FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2"
    )
    triggers = sa.text(
        "SELECT c.relname, g.tgname, g.tgtype FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid "
        "WHERE NOT g.tgisinternal AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
    )
    engine = postgresql_engine(Database(tmp_path, postgresql))
    with engine.connect() as connection:
        migrate(connection, 0)
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, t.metadata) == []
        stepped = connection.execute(catalogue).all(), connection.execute(triggers).all()
        connection.rollback()
        t.metadata.create_all(connection)
        made = connection.execute(catalogue).all(), connection.execute(triggers).all()
    engine.dispose()
    assert stepped == made
    assert made[1]
    # Texts are ordered by their code points, whatever the language of the database.
    assert {row[3] for row in made[0] if row[2] in ("text", "character varying")} == {"C"}


@pytest.mark.parametrize("version", range(1, latest()))
def test_an_earlier_corpus_in_postgresql_is_brought_up(tmp_path: Path, postgresql: str, version: int) -> None:
    database = Database(tmp_path, postgresql)
    engine = postgresql_engine(database)
    with engine.begin() as connection:
        migrate(connection, 0, to=version)
        rows = [{"key": "schema_version", "value": str(version)}, {"key": "seq", "value": "0"}]
        connection.execute(t.meta.insert(), [*rows, {"key": "corpus", "value": "c"}])
    engine.dispose()
    database.bind("c")
    with Corpus.open(tmp_path) as corpus:
        assert list(corpus.documents()) == []
    assert database.peek()["schema_version"] == str(latest())


@pytest.mark.parametrize("harm", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", t.ADDED_TO_ONLY, ids=lambda table: table.name)
def test_postgresql_itself_refuses_to_change_what_was_recorded(
    tmp_path: Path, database: str, harm: str, table: sa.Table
) -> None:
    import psycopg

    with Corpus.open(tmp_path, create=True):
        pass
    finding = "INSERT INTO findings VALUES ('f', 'p', 'R', 'u')"
    run = (
        "INSERT INTO runs (document_id, unit, pack_id, pack_version, pack_sha256, engine, extraction, source_sha256, "
        'text_sha256, attachments, "leading", origin, made_at, body_sha256) '
        "VALUES ('d', 'u', 'p', '1', '', '', '', '', '', '[]', true, 'check', '', '')"
    )
    decision = "INSERT INTO decisions VALUES (1, 'D0001', 'f', 'override', 'w', '', NULL, '{}', '')"
    key = next(iter(table.primary_key)).name
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in (finding, run, decision):
            connection.execute(statement)
        with pytest.raises(psycopg.errors.RaiseException, match="nothing is changed or deleted here"):
            connection.execute(harm.format(table.name, key, key))


def test_a_database_that_holds_another_corpus_is_refused(
    tmp_path: Path, database: str, outcome: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Corpus.open(tmp_path / "one", create=True) as corpus:
        corpus.record([outcome("教共体")])
    binding = json.loads((tmp_path / "one" / "database.json").read_text())
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    (tmp_path / "other" / "database.json").write_text(json.dumps(binding | {"corpus": "another"}))
    with Corpus.open(tmp_path / "other") as corpus:
        for use in (lambda: corpus.search("教"), lambda: list(corpus.documents())):
            with pytest.raises(CorpusError, match="does not hold the corpus of"):
                use()


def test_a_folder_with_a_sqlite_store_is_not_taken_elsewhere(
    tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Corpus.open(tmp_path, create=True):
        pass
    monkeypatch.setenv("DUZHENG_DATABASE", postgresql)
    with pytest.raises(CorpusError, match=r"has its store in corpus\.sqlite"):
        Corpus.open(tmp_path)


def test_a_database_that_does_not_answer_is_said_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHENG_DATABASE", "postgresql://inspector:geheim@127.0.0.1:1/corpus")
    with pytest.raises(CorpusError, match="check that it runs") as raised:
        Corpus.open(tmp_path, create=True)
    assert "geheim" not in str(raised.value)
    assert "127.0.0.1:1/corpus" in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_without_the_driver_the_way_to_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("DUZHENG_DATABASE", "postgresql://inspector@127.0.0.1:1/corpus")
    with pytest.raises(CorpusError, match=r"pip install 'duzheng\[postgresql\]'"):
        Corpus.open(tmp_path, create=True)


@pytest.mark.parametrize("setting", ["mysql://host/db", "corpus.sqlite", "postgres"])
def test_a_setting_that_is_no_address_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("DUZHENG_DATABASE", setting)
    with pytest.raises(CorpusError, match="postgresql://user@host/name"):
        Corpus.open(tmp_path, create=True)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("postgresql://a:b@h:5/d", "postgresql://a@h:5/d"),
        ("postgresql://a:b:c@h/d?password=x&sslmode=require", "postgresql://a@h/d?sslmode=require"),
        ("postgresql://h/d", "postgresql://h/d"),
        ("postgresql://a:b@h/d?host=/run/pg&options=-csearch_path%3Dx", "postgresql://a@h/d?host=/run/pg&options=-csearch_path%3Dx"),
    ],
)  # fmt: skip
def test_no_password_is_kept_in_the_folder(url: str, kept: str) -> None:
    assert without_password(url) == kept
