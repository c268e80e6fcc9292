"""Commands on a folder whose corpus is in PostgreSQL: joined where the folder is new, and told what is not possible there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from duzheng import cli
from extractors.parse import parse
from schemas.outcome import SourceFile

TEXT = "各县应建立教师流动数据库和轮岗台账，如实记录教师交流轮岗情况并作为职称评聘的重要依据。\n"


@pytest.fixture
def joined(postgresql: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is not there yet; the database holds a corpus that was made from another."""
    monkeypatch.setenv("DUZHENG_DATABASE", postgresql)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "方案.txt").write_text("实施方案\n" + TEXT, encoding="utf-8")
    data = (TEXT * 3).encode()
    with Corpus.open(tmp_path / "first", create=True) as corpus:
        corpus.keep(data)
        corpus.record([parse(SourceFile("文件.txt", data))])
    return tmp_path / "second"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_copying_joins_the_corpus_from_a_new_folder(joined: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("copying", "方案.txt", "--home", joined, "--format", "json") == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert result["compared"] == 1
    assert result["share"] > 0.9


def test_datasette_is_refused_with_the_way_to_a_copy_that_it_reads(
    joined: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    assert run("export", "meta.yaml", "--datasette", "--home", joined) == 1
    told = capsys.readouterr()
    assert "corpus.sqlite" not in told.out + told.err
    assert not Path("meta.yaml").exists()
    assert "duzheng export ALL.zip --all" in told.err
    assert run("export", "ALL.zip", "--all", "--home", joined) == 0
    monkeypatch.delenv("DUZHENG_DATABASE")
    assert run("import", "ALL.zip", "--home", "COPY") == 0
    assert run("export", "meta.yaml", "--datasette", "--home", "COPY") == 0
    assert Path("meta.yaml").is_file()
    assert str(Path("COPY") / "corpus.sqlite") in capsys.readouterr().out
