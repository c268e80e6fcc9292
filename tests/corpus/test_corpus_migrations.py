"""What is promised about corpora of earlier versions: they open, nothing is lost, and the way back is kept."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from corpus import tables as t
from corpus.corpus import Corpus
from corpus.migrations import FOLDER, latest, migrate
from corpus.opening import sqlite_engine
from schemas.errors import CorpusError
from schemas.outcome import Outcome

Make = Callable[..., Outcome]
Older = Callable[[Path, int], None]


def test_the_steps_lead_to_the_tables_of_today(tmp_path: Path) -> None:
    stepped, made = sqlite_engine(tmp_path / "stepped.sqlite"), sqlite_engine(tmp_path / "made.sqlite")
    with stepped.begin() as connection:
        migrate(connection, 0)
    with made.begin() as connection:
        t.metadata.create_all(connection)
    with stepped.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, t.metadata) == []
    # Alembic compares neither triggers nor what SQLite does with a primary key.
    query = sa.text("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_autoindex%' ORDER BY 1, 2")
    triggers = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    with stepped.connect() as one, made.connect() as other:
        assert one.execute(query).all() == other.execute(query).all()
        assert one.execute(triggers).all() == other.execute(triggers).all()
    stepped.dispose()
    made.dispose()


def test_the_steps_are_one_line_and_numbered_like_the_schema() -> None:
    directory = ScriptDirectory(str(FOLDER))
    assert len(directory.get_heads()) == 1
    assert [step.revision for step in directory.walk_revisions()] == [str(n) for n in range(latest(), 0, -1)]
    assert len(list((FOLDER / "versions").glob("r*.py"))) == latest()


@pytest.mark.parametrize("version", range(1, latest()))
def test_a_corpus_of_an_earlier_version_opens_and_a_copy_of_it_is_kept(
    tmp_path: Path, outcome: Make, version: int, make_older: Older, caplog: pytest.LogCaptureFixture
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("推进教共体建设")])
    make_older(tmp_path, version)
    with caplog.at_level(logging.WARNING), Corpus.open(tmp_path) as corpus:
        assert [document.text for document in corpus.documents()] == ["推进教共体建设"]
        assert corpus.search("教共体").total == 1
        corpus.record([outcome("乙的教共体", uri="b")])
        assert corpus.search("教共体").total == 2
    copy = tmp_path / f"corpus.schema{version}.sqlite"
    assert str(copy) in caplog.text
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() == (str(version),)
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    assert _version(tmp_path) == latest()
    assert not list(tmp_path.glob("*.part*"))


def test_an_earlier_corpus_that_is_being_written_says_why_it_cannot_be_read_yet(
    tmp_path: Path, outcome: Make, make_older: Older
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    make_older(tmp_path, 1)
    with Corpus.open(tmp_path, write=True), Corpus.open(tmp_path) as reader:
        with pytest.raises(CorpusError, match=f"must be brought to {latest()} first.*being written by process"):
            list(reader.documents())
        assert reader.search("教共体").total == 1  # a search needs the index alone
    assert _version(tmp_path) == 1
    with Corpus.open(tmp_path) as reader:
        assert len(list(reader.documents())) == 1
        with Corpus.open(tmp_path, write=True):
            pass  # the reader has given the lock back


def test_who_only_looks_leaves_an_earlier_corpus_as_it_is_and_says_which_command_brings_it_up(
    tmp_path: Path, outcome: Make, make_older: Older
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    make_older(tmp_path, latest() - 1)
    with Corpus.open(tmp_path, follows=False) as corpus:
        assert corpus.search("教共体").total == 1  # a search needs the index alone
        with pytest.raises(
            CorpusError, match=f"版本.*duzheng status --home {tmp_path} .*schema version {latest() - 1}"
        ):
            list(corpus.documents())
    assert _version(tmp_path) == latest() - 1
    assert not list(tmp_path.glob("corpus.schema*"))
    with Corpus.open(tmp_path) as corpus:
        corpus.status()
    with Corpus.open(tmp_path, follows=False) as corpus:
        assert len(list(corpus.documents())) == 1


def test_without_a_copy_nothing_is_changed(tmp_path: Path, outcome: Make, make_older: Older) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    make_older(tmp_path, 1)
    (tmp_path / "corpus.schema1.sqlite").mkdir()  # the copy's place is taken
    with Corpus.open(tmp_path) as corpus, pytest.raises(CorpusError, match="no copy of it could"):
        list(corpus.documents())
    assert _version(tmp_path) == 1


def test_a_later_corpus_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with Corpus.open(tmp_path, create=True):
        pass
    with closing(sqlite3.connect(tmp_path / "corpus.sqlite")) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
        connection.commit()
    before = (tmp_path / "corpus.sqlite").read_bytes()
    with Corpus.open(tmp_path) as corpus, pytest.raises(CorpusError, match=r"version 99.*use the version of duzheng"):
        list(corpus.documents())
    assert (tmp_path / "corpus.sqlite").read_bytes() == before
    assert list(tmp_path.glob("corpus.schema*")) == []


def _version(home: Path) -> int:
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection:
        return int(connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()[0])
