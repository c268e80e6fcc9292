"""A corpus that is lost comes back from its backup exactly as it was; a backup that is torn or changed is refused whole."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from checks.engine import check
from checks.pack import load
from corpus.backup import hold
from corpus.backup.restore import chosen, examine, restore
from corpus.corpus import Corpus
from corpus.originals import Originals
from extractors.parse import parse
from schemas.decision import Override, Remark
from schemas.errors import CorpusError
from schemas.outcome import Failure, Outcome, SourceFile

PLAN = """青岚县城乡学校共同体建设方案
为推进城乡学校共同体建设，制定本方案。
到2025年底，全县70%以上的乡村学校纳入校共体。
县实验小学——河东小学、河西小学
青岚县教育局
2025年3月4日
"""
DAY = date(2025, 6, 1)

WRITER = """
import sys, itertools
from pathlib import Path
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import SourceFile
with Corpus.open(Path(sys.argv[1]), write=True) as corpus:
    for number in itertools.count():
        data = f"第{number}号通知\\n各县教育局：\\n现将第{number}项工作通知如下。\\n".encode()
        corpus.keep(data)
        corpus.record([parse(SourceFile(uri=f"通知{number}.txt", data=data))])
        print(number, flush=True)
"""


def fill(home: Path) -> None:
    with Corpus.open(home, create=True) as corpus:
        for text in (PLAN, PLAN.replace("青岚", "赤涧")):
            data = text.encode()
            corpus.keep(data)
            corpus.record([parse(SourceFile(uri=f"方案{text[:2]}.txt", data=data))])
        corpus.keep(b"%PDF broken")
        failure = Failure(uri="坏.pdf", cause="damaged", message="the file is damaged")
        digest = sha256(b"%PDF broken").hexdigest()
        corpus.record([Outcome(uri="坏.pdf", sha256=digest, bytes=11, media_type="application/pdf", failure=failure)])
        corpus.record_checks(
            [check(plan, load("henan-2025"), ignore_scope=True, today=DAY) for plan in corpus.documents()]
        )
        finding = str(corpus.standings(DAY)[0].finding.id)
        corpus.decide(Override(finding=finding, who="王五", why="方案附件里有", verdict="met"))
        corpus.decide(Remark(finding=finding, who="赵六", why="已阅"))
        corpus.save_search("校共体", "校共体")


def everything(home: Path, folder: Path) -> dict[str, bytes]:
    """All that a corpus holds, and what a search finds in it."""
    shutil.rmtree(folder, ignore_errors=True)
    with Corpus.open(home) as corpus:
        assert corpus.verify() == [] or corpus.verify() == [line for line in corpus.verify() if "index" in line]
        hits = [hit.document for hit in corpus.search("校共体").hits]
        assert corpus.verify() == []
        corpus.write_archive(folder)
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return files | {"hits": json.dumps(hits).encode()}


def back_up(home: Path, path: Path, keep: int | None = None) -> Path:
    with Corpus.open(home) as corpus:
        made, problems = corpus.write_backup(path, keep)
    assert problems == []
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus in SQLite, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("made") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DUZHENG_DATABASE", raising=False)
        fill(folder)
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    return Path(shutil.copytree(made, tmp_path / "home"))


@pytest.fixture
def each_home(made: Path, tmp_path: Path, each_engine: str) -> Path:
    """The same in SQLite and in PostgreSQL."""
    if each_engine == "sqlite":
        return Path(shutil.copytree(made, tmp_path / "home"))
    fill(tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_what_was_lost_is_back_exactly_as_it_was(
    tmp_path: Path, each_home: Path, each_engine: str, ending: str
) -> None:
    home, kept = each_home, tmp_path / f"kept{ending}"
    before = everything(home, tmp_path / "before")
    back_up(home, kept)
    if each_engine == "postgresql":
        drop_everything()
    shutil.rmtree(home)
    done = restore(kept, home)
    assert everything(home, tmp_path / "after") == before
    assert (done.originals, done.problems) == (3, [])
    with Corpus.open(home) as corpus:  # and it goes on
        assert (
            corpus.decide(Remark(finding=str(corpus.standings(DAY)[0].finding.id), who="钱七", why="再阅")).number == 3
        )


def drop_everything() -> None:
    """The database is lost, as after a crash of its machine: the same schema, empty."""
    import os

    import psycopg

    with psycopg.connect(os.environ["DUZHENG_DATABASE"], autocommit=True) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
        assert row
        connection.execute(f"DROP SCHEMA {row[0]} CASCADE")
        connection.execute(f"CREATE SCHEMA {row[0]}")


def test_a_lost_database_is_put_back_under_the_originals_that_are_left(
    tmp_path: Path, each_home: Path, each_engine: str
) -> None:
    home = each_home
    before = everything(home, tmp_path / "before")
    back_up(home, tmp_path / "kept")
    if each_engine == "postgresql":
        drop_everything()
    else:
        (home / "corpus.sqlite").unlink()
    victim = next(path for path in (home / "originals").rglob("*") if path.is_file())
    victim.write_bytes(b"x" * victim.stat().st_size)  # of the same size, which only its hash betrays
    restore(tmp_path / "kept", home)
    assert everything(home, tmp_path / "after") == before


@pytest.mark.slow
def test_the_corpus_of_postgresql_is_put_back_into_sqlite_where_there_is_no_server_any_more(
    tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHENG_DATABASE", postgresql)
    fill(tmp_path / "home")
    before = everything(tmp_path / "home", tmp_path / "before")
    back_up(tmp_path / "home", tmp_path / "kept")
    monkeypatch.delenv("DUZHENG_DATABASE")
    restore(tmp_path / "kept", tmp_path / "other")
    assert (tmp_path / "other" / "corpus.sqlite").is_file()
    assert everything(tmp_path / "other", tmp_path / "after") == before


def test_a_backup_of_sqlite_is_not_put_into_a_database_half(
    home: Path, tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home, tmp_path / "kept")
    monkeypatch.setenv("DUZHENG_DATABASE", postgresql)
    with pytest.raises(CorpusError, match=r"export --all.*import"):
        restore(tmp_path / "kept", tmp_path / "other")


def test_a_backup_while_somebody_writes_is_one_moment_of_the_corpus(home: Path, tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home)], stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[2]
    )
    try:
        assert writer.stdout
        made = []
        for _ in range(4):
            writer.stdout.readline()
            made.append(back_up(home, tmp_path / "kept"))
        assert writer.poll() is None, "the writer went on all the time"
    finally:
        writer.kill()
        writer.wait()
    shutil.rmtree(home)
    counts = []
    for backup in made:
        back = tmp_path / backup.name
        restore(backup, back)
        with Corpus.open(back) as corpus:
            corpus.search("通知")
            assert corpus.verify() == []
            written = sorted(one.source.uri for one in corpus.documents() if one.source.uri.startswith("通知"))
            assert written == sorted(f"通知{number}.txt" for number in range(len(written)))
            counts.append(len(written))
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_the_second_backup_writes_only_what_is_new(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "kept")
    shared = tmp_path / "kept" / "originals"
    before = {path: path.stat().st_mtime_ns for path in shared.rglob("*") if path.is_file()}
    with Corpus.open(home) as corpus:
        corpus.keep("新的".encode())
    back_up(home, tmp_path / "kept")
    after = {path: path.stat().st_mtime_ns for path in shared.rglob("*") if path.is_file()}
    assert len(after) == len(before) + 1
    assert all(after[path] == moment for path, moment in before.items())


def test_each_backup_can_be_put_back_and_the_newest_is_meant(home: Path, tmp_path: Path) -> None:
    first = back_up(home, tmp_path / "kept")
    with Corpus.open(home) as corpus:
        corpus.save_search("新的", "新的")
    back_up(home, tmp_path / "kept")
    restore(tmp_path / "kept", tmp_path / "new")
    restore(tmp_path / "kept", tmp_path / "old", at=first.name)
    with Corpus.open(tmp_path / "new") as new, Corpus.open(tmp_path / "old") as old:
        assert [one.name for one in new.saved_searches()] == ["新的", "校共体"]
        assert [one.name for one in old.saved_searches()] == ["校共体"]
    with pytest.raises(CorpusError, match=first.name):
        restore(tmp_path / "kept", tmp_path / "none", at="20200101T000000Z")


def test_with_keep_old_backups_go_with_the_originals_that_only_they_had(home: Path, tmp_path: Path) -> None:
    with Corpus.open(home) as corpus:
        name = corpus.keep(b"soon gone")
    back_up(home, tmp_path / "kept")
    Originals(home / "originals").path(name).unlink()
    made = [back_up(home, tmp_path / "kept", keep=2) for _ in range(2)]
    shared = Originals(tmp_path / "kept" / "originals")
    assert not shared.has(name)
    for backup in made:
        assert examine(backup).originals == 3
    assert chosen(tmp_path / "kept") == made[-1]
    assert sorted(path.name for path in (tmp_path / "kept").glob("2*")) == sorted(path.name for path in made)


def test_sources_and_settings_come_back_and_newer_ones_stay(home: Path, tmp_path: Path) -> None:
    (home / "sources").mkdir()
    (home / "sources" / "jia.yaml").write_text("id: jia\n")
    (home / "notices.yaml").write_text("targets: []\n")
    with closing(sqlite3.connect(home / "accounts.sqlite")) as people:
        people.execute("PRAGMA journal_mode=WAL")
        people.execute("CREATE TABLE people (name)")
        people.execute("INSERT INTO people VALUES ('li')")
        people.commit()
        made = back_up(home, tmp_path / "kept")  # while the service has it open
    assert (made / "settings" / "notices.yaml").stat().st_mode & 0o077 == 0, "it may hold an address that is a secret"
    shutil.rmtree(home)
    home.mkdir()
    (home / "notices.yaml").write_text("targets: [] # newer\n")
    restore(tmp_path / "kept", home)
    assert (home / "sources" / "jia.yaml").read_text() == "id: jia\n"
    assert "newer" in (home / "notices.yaml").read_text()
    with closing(sqlite3.connect(home / "accounts.sqlite")) as people:
        assert people.execute("SELECT name FROM people").fetchall() == [("li",)]


# What is refused


def a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGES = [
    ("corpus.sqlite", a_byte, "corpus.sqlite was changed"),
    ("corpus.sqlite", half, "corpus.sqlite was changed"),
    ("corpus.sqlite", Path.unlink, "corpus.sqlite is missing"),
    ("originals.jsonl", half, "originals.jsonl was changed"),
    ("backup.json", half, "backup.json"),
    ("backup.json", Path.unlink, "backup.json is missing: the backup was never finished"),
    ("original", a_byte, "was changed or is damaged"),
    ("original", half, "was changed or is damaged"),
    ("original", Path.unlink, "is missing"),
]


@pytest.mark.parametrize(("name", "damage", "why"), DAMAGES)
def test_a_torn_or_changed_backup_is_refused_with_the_reason_and_nothing_is_touched(
    home: Path, tmp_path: Path, name: str, damage: Callable[[Path], None], why: str
) -> None:
    made = back_up(home, tmp_path / "kept")
    if name == "original":
        damage(next(path for path in (made.parent / "originals").rglob("*") if path.is_file()))
    else:
        damage(made / name)
    before = (home / "corpus.sqlite").read_bytes()
    with pytest.raises(CorpusError, match=why):
        restore(tmp_path / "kept", home, replace=True)
    assert (home / "corpus.sqlite").read_bytes() == before
    assert not [path for path in home.iterdir() if "replaced" in path.name]
    with pytest.raises(CorpusError, match=why):
        restore(tmp_path / "kept", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_decision_that_was_changed_with_its_hashes_set_right_is_found(home: Path, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "kept")
    with closing(sqlite3.connect(made / "corpus.sqlite")) as connection:
        connection.execute("DROP TRIGGER IF EXISTS decisions_no_update")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE decisions SET body = replace(body, '方案附件里有', '领导同意') WHERE number = 1")
        connection.commit()
    manifest = json.loads((made / "backup.json").read_text())
    data = (made / "corpus.sqlite").read_bytes()
    manifest["files"]["corpus.sqlite"] = {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    (made / "backup.json").write_text(json.dumps(manifest))
    with pytest.raises(CorpusError, match="处置记录被改动过"):
        examine(made)


@pytest.mark.slow
def test_a_changed_backup_of_postgresql_is_refused(
    tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHENG_DATABASE", postgresql)
    fill(tmp_path / "home")
    backup = back_up(tmp_path / "home", tmp_path / "kept")
    monkeypatch.delenv("DUZHENG_DATABASE")
    for table in ("decisions", "documents", "source_answers"):
        file = backup / "tables" / f"{table}.jsonl"
        before = file.read_bytes()
        file.write_bytes(before + b"{}\n")
        with pytest.raises(CorpusError, match=f"{table}.jsonl was changed"):
            restore(tmp_path / "kept", tmp_path / "new")
        file.write_bytes(before)
    assert not (tmp_path / "new").exists()


def test_a_corpus_that_is_there_is_only_put_aside(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "kept")
    with Corpus.open(home) as corpus:
        corpus.save_search("后来", "后来")
    with pytest.raises(CorpusError, match="--replace"):
        restore(tmp_path / "kept", home)
    done = restore(tmp_path / "kept", home, replace=True)
    assert done.aside is not None
    with Corpus.open(home) as corpus:
        assert [one.name for one in corpus.saved_searches()] == ["校共体"]
    with closing(sqlite3.connect(done.aside)) as connection:
        assert connection.execute("SELECT count(*) FROM saved_searches").fetchone() == (2,)


def test_a_corpus_that_somebody_writes_is_not_replaced(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "kept")
    with Corpus.open(home, write=True), pytest.raises(CorpusError, match="being written"):
        restore(tmp_path / "kept", home, replace=True)


def test_a_lost_original_does_not_keep_the_rest_from_being_backed_up(home: Path, tmp_path: Path) -> None:
    victim = next(path for path in (home / "originals").rglob("*") if path.is_file())
    victim.unlink()
    with Corpus.open(home) as corpus:
        made, problems = corpus.write_backup(tmp_path / "kept")
    assert [victim.name in problem for problem in problems] == [True]
    assert restore(made, tmp_path / "new").problems == problems


def test_a_damaged_store_gives_no_backup(home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray((home / "corpus.sqlite").read_bytes())
    for place in range(len(data) // 2, len(data), 4096):
        data[place : place + 200] = b"\xff" * len(data[place : place + 200])
    (home / "corpus.sqlite").write_bytes(data)
    with Corpus.open(home) as corpus, pytest.raises(CorpusError, match=r"corpus\.sqlite"):
        corpus.write_backup(tmp_path / "kept")
    assert not list((tmp_path / "kept").glob("2*"))


def test_two_backups_at_once_into_one_folder_do_not_mix(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "kept")
    with hold(tmp_path / "kept", "x"), Corpus.open(home) as corpus, pytest.raises(CorpusError, match="going on"):
        corpus.write_backup(tmp_path / "kept")


@pytest.mark.parametrize("place", ["home", "home/backups", "papers"])
def test_backups_go_to_a_folder_of_their_own(home: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.doc").write_bytes(b"mine")
    with Corpus.open(home) as corpus, pytest.raises(CorpusError, match="name a"):
        corpus.write_backup(tmp_path / place, 1)
    assert (tmp_path / "papers" / "letter.doc").read_bytes() == b"mine"
