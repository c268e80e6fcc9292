"""An archive that is refused leaves the folder it was meant for as it was."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.relations import upkeep
from duzheng import cli
from schemas.outcome import Outcome

Make = Callable[..., Outcome]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, outcome: Make) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    with Corpus.open(folder / "home", create=True) as corpus:
        for text in ("推进教共体建设", "推进校共体建设"):
            corpus.keep(text.encode())
            corpus.record([outcome(text, uri=f"{text}.txt")])
        corpus.write_archive(folder / "whole.zip")
    return folder / "whole.zip"


def spoiled(archive: Path, folder: Path, part: str) -> Path:
    """The archive with the last member whose name begins with ``part`` turned around."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(folder / "spoiled.zip", "w", zipfile.ZIP_DEFLATED) as new:
        last = [name for name in old.namelist() if name.startswith(part)][-1]
        for name in old.namelist():
            new.writestr(name, old.read(name)[::-1] if name == last else old.read(name))
    return folder / "spoiled.zip"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("part", ["tables/documents", "originals/"])
def test_a_refused_archive_leaves_nothing(
    archive: Path, tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    bad = spoiled(archive, tmp_path, part)
    assert run("import", bad, "--home", tmp_path / "new" / "deep") == 1
    assert not (tmp_path / "new").exists()
    own = tmp_path / "own"
    (own / "notes").mkdir(parents=True)
    (own / "notes" / "a.txt").write_text("mine")
    assert run("import", bad, "--home", own) == 1
    assert [path.relative_to(own) for path in sorted(own.rglob("*"))] == [Path("notes"), Path("notes/a.txt")]
    assert run("import", archive, "--home", own) == 0
    with Corpus.open(own) as corpus:
        before = corpus.status()
    assert before["documents"] == 2
    # An original that is there already is not read from the archive.
    assert run("import", bad, "--home", own) == (0 if part == "originals/" else 1)
    with Corpus.open(own) as corpus:
        assert corpus.status() == before, "a corpus that was there stays"


def test_what_was_taken_in_has_its_relations(archive: Path, tmp_path: Path) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.take_archive(archive)
        assert upkeep.Upkeep(corpus._held.store()).behind() == 0
