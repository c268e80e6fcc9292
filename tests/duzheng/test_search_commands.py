"""What is promised about searching at the command line: why nothing came, what was added, what is new, what is alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpus.corpus import Corpus
from duzheng.cli import app
from extractors.parse import parse
from schemas.outcome import SourceFile

TEXTS = {
    "甲.txt": "甲溪县教共体实施方案\n推进教共体建设，开展教师交流，每月补助三百元。",
    "乙.txt": "乙溪县教共体工作计划\n推进教共体建设，教师交流每学期一次，给予补助。",
    "丙.txt": "校园食堂管理办法\n实行陪餐制度，每周公布食谱。",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    _record(folder, TEXTS)
    return folder


def _record(folder: Path, texts: dict[str, str]) -> None:
    with Corpus.open(folder, create=True) as corpus:
        corpus.record([parse(SourceFile(uri=name, data=text.encode()), []) for name, text in texts.items()])


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_a_search_says_what_was_added_and_strict_adds_nothing(home: Path) -> None:
    assert "教共体" in run("search", "校联体", "--home", home).output.split("也查", 1)[1]
    strict = run("search", "校联体", "--home", home, "--strict").output
    assert "也查" not in strict
    assert strict.startswith("0 ")


def test_a_search_that_finds_nothing_says_why_and_what_to_try(home: Path) -> None:
    output = run("search", "陪餐 教共体", "--home", home).output
    assert "陪餐: 单独 1 份" in output
    assert "教共体: 单独 2 份" in output
    assert "陪餐 OR 教共体" in output
    given = json.loads(run("search", "陪餐", "--date", "..2001", "--home", home, "--format", "json").output)
    assert given["nothing"]["near"][0] == {"query": "陪餐", "kind": "without", "total": 1}


def test_saved_searches_are_run_again_and_say_what_is_new(home: Path) -> None:
    assert run("searches", "save", "交流", "教师交流", "--home", home).exit_code == 0
    assert "新增 0 份，共 2 份" in run("searches", "run", "--home", home).output
    _record(home, {"丁.txt": "丁溪县实施方案\n教师交流轮岗。"})
    assert "新增 1 份，共 3 份" in run("searches", "run", "交流", "--home", home).output
    (news,) = json.loads(run("searches", "run", "--home", home, "--format", "json").output)
    assert (news["new"], news["search"]["query"]) == (0, "教师交流")
    assert run("searches", "remove", "交流", "--home", home).exit_code == 0
    assert "没有保存的检索" in run("searches", "list", "--home", home).output


def test_similar_shows_other_documents_with_what_they_share(home: Path) -> None:
    found = json.loads(run("search", "甲溪县", "--home", home, "--format", "json").output)["hits"][0]["document"]
    hits = json.loads(run("similar", found, "--home", home, "--format", "json").output)["hits"]
    assert [Path(hit["uri"]).name for hit in hits] == ["乙.txt"]
    assert hits[0]["snippets"][0]["marks"]
