"""A large index is built with the help of a second process, and is the same as one built without."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import building
from corpus.corpus import Corpus
from schemas.outcome import Outcome

Make = Callable[..., Outcome]
DYING = (
    "import sys; sys.path[:] = {path!r}; import os, pickle; from corpus import building\n"
    "real = pickle.load\n"
    "def once(source):\n"
    "    pickle.load = lambda _: os._exit(9)\n"
    "    return real(source)\n"
    "pickle.load = once\n"
    "building._work()\n"
)


@pytest.fixture
def home(tmp_path: Path, outcome: Make) -> Path:
    home = tmp_path / "corpus"
    texts = [f"第{number}份方案：教共体建设{number}号" + "乡村教师交流。" * (number % 7) for number in range(130)]
    with Corpus.open(home, create=True) as corpus:
        corpus.record([outcome(text, uri=f"{number}.txt") for number, text in enumerate(texts)])
        corpus.record([outcome("被替换以后的方案", uri="3.txt")])
    return home


def found(home: Path) -> list[tuple[str, float]]:
    """All that a search finds in an index that is built anew for it."""
    shutil.rmtree(home / "index")
    with Corpus.open(home) as corpus:
        (problem,) = corpus.verify_index()
        assert problem.startswith(f"{home / 'index'}: 没有可读的检索索引")
        assert problem.endswith("there is no readable search index; the next search builds it")
        hits = [(hit.document, hit.score) for hit in corpus.search("教师交流", limit=1000).hits]
        assert corpus.verify_index() == []
    return sorted(hits)


def test_the_index_is_the_same_with_help_and_without(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(home)
    assert len(alone) > 100
    monkeypatch.setattr(building, "helps", lambda documents: True)
    asked = []
    entries = building.entries
    monkeypatch.setattr(building, "entries", lambda bodies: asked.append(True) or entries(bodies))
    assert found(home) == alone
    assert asked


def test_an_index_is_whole_although_the_helping_process_was_killed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(home)
    monkeypatch.setattr(building, "helps", lambda documents: True)
    monkeypatch.setattr(building, "_PROGRAM", DYING)
    assert found(home) == alone


def test_a_process_that_cannot_be_started_is_done_without(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(home)
    monkeypatch.setattr(building, "helps", lambda documents: True)
    monkeypatch.setattr(building.sys, "executable", str(home / "no python here"))
    assert found(home) == alone
