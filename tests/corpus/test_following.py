"""What is derived from a corpus follows it elsewhere: a reader that only looks, and the process that brings it up to date."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from corpus import following
from corpus.choice import Choice
from corpus.corpus import Corpus
from corpus.lock import WriterLock, is_held
from schemas.china_time import today_in_china
from schemas.errors import IndexNotReady
from schemas.outcome import SourceFile
from tests.copied import copied


@pytest.fixture
def home(samples_home: Path, tmp_path: Path) -> Path:
    """The samples, with an index."""
    return copied(samples_home, tmp_path / "corpus")


def test_who_only_looks_makes_no_index_and_is_told_that_there_is_none(home: Path) -> None:
    shutil.rmtree(home / "index")
    with Corpus.open(home, follows=False) as corpus:
        with pytest.raises(IndexNotReady, match="索引正在建立"):
            corpus.search("方案")
        assert corpus.behind() > 0
    assert not (home / "index").exists()


def test_who_only_looks_searches_an_index_that_is_behind_as_it_is(home: Path, tmp_path: Path) -> None:
    from extractors.parse import parse

    shutil.copytree(home / "index", tmp_path / "before", symlinks=True)
    with Corpus.open(home) as corpus:
        known = corpus.search("方案").total
        assert known
        corpus.record([parse(SourceFile("new.txt", "云岫县实施方案\n为推进城乡学校共同体建设，制定本方案。".encode()))])
        assert corpus.search("方案").total == known + 1
    shutil.rmtree(home / "index")
    shutil.copytree(tmp_path / "before", home / "index", symlinks=True)
    with Corpus.open(home, follows=False) as corpus:
        assert corpus.search("方案").total == known
        assert corpus.index_lag() > 0
    with Corpus.open(home) as corpus:
        assert corpus.search("方案").total == known + 1


def test_the_process_that_follows_leaves_index_relations_and_rows_of_findings_up_to_date(home: Path) -> None:
    shutil.rmtree(home / "index")
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection, connection:
        for table in ("present", "present_sums", "present_units"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM meta WHERE key IN ('present', 'relations_seq')")
    with Corpus.open(home, follows=False) as corpus:
        assert corpus.present(today_in_china()).counts(Choice()).units == 0, "looking makes no rows"
    subprocess.run([sys.executable, "-m", "corpus.following", str(home)], check=True, timeout=120)
    with Corpus.open(home, follows=False) as corpus:
        assert corpus.behind() == 0
        assert corpus.search("方案").total
        assert corpus.present(today_in_china()).counts(Choice()).units > 0


def test_the_process_that_follows_says_by_its_status_that_another_writes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following.os, "nice", lambda _: 0)
    shutil.rmtree(home / "index")
    writer = WriterLock(home)
    writer.acquire()
    assert following.main(home) == following.BUSY
    writer.release()
    assert following.main(home) == 0


def test_a_lock_is_held_until_all_who_were_given_it_have_ended(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path, "some.lock")
    assert not is_held(lock.path)
    lock.acquire()
    child = subprocess.Popen(["sleep", "60"], pass_fds=(lock.descriptor,))
    lock.leave()
    assert is_held(lock.path)
    child.kill()
    child.wait(10)
    assert not is_held(lock.path)
