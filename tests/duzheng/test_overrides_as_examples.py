"""What a person found the machine wrong about becomes an example of the pack, and stays asked for until the pack is right."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.engine import check
from checks.pack import load
from checks.pack_yaml import write_yaml
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import SourceFile

PLAN = """甲子县教育局关于印发城乡学校共同体建设工作方案的通知
甲教〔2025〕8号
各中小学：
现将《甲子县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，河南省甲子县65%以上的乡村学校纳入城乡学校共同体。
二、主要措施
本县没有教学点，小学实行寄宿。
甲子县教育局
2025年10月20日
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pack(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of a pack of two requirements, without examples, by which the one plan of a corpus was checked."""
    monkeypatch.setenv("DUZHENG_HOME", str(tmp_path / "home"))
    whole = load("henan-2025")
    some = [
        one.model_copy(update={"examples": type(one.examples)()})
        for one in whole.requirements
        if one.id in ("R05", "R06")
    ]
    path = tmp_path / "pack.yaml"
    path.write_text(write_yaml(whole.model_copy(update={"requirements": some})), encoding="utf-8")
    outcome = parse(SourceFile("甲.txt", PLAN.encode()))
    with Corpus.open(tmp_path / "home", create=True) as corpus:
        corpus.keep(PLAN.encode())
        corpus.record([outcome])
        corpus.record_checks([check(one, load(str(path)), today=date(2025, 11, 1)) for one in outcome.documents])
    return path


def override(run: Run, finding: str, verdict: str, *more: str) -> None:
    said = ("--who", "李审", "--why", "看过原文")
    assert run("decide", "override", finding, "--verdict", verdict, *said, *more)[0] == 0


def folded(run: Run, pack: Path, into: Path) -> list[dict[str, Any]]:
    status, out, err = run("decide", "cases", pack, "--into", into, "--format", "json")
    assert (status, err.strip()) == (0, str(into))
    made = json.loads(out)
    assert isinstance(made, list)
    return made


def test_packs_test_fails_until_the_pack_is_what_the_person_said(run: Run, pack: Path, tmp_path: Path) -> None:
    assert run("packs", "test", pack)[0] == 0
    override(run, "R06", "符合")
    into = tmp_path / "新" / "pack.yaml"
    (one,) = folded(run, pack, into)
    assert (one["requirement"], one["verdict"], one["got"], one["left_out"]) == ("R06", "met", "not_met", "")
    assert "65%" in one["passage"]
    assert len(one["passage"]) < 60, "the paragraph is enough, the plan is not needed"
    status, out, _ = run("packs", "test", into)
    assert status == 1
    assert "R06 examples.met[0]" in out
    content = yaml.safe_load(into.read_text(encoding="utf-8"))
    (requirement,) = [one for one in content["requirements"] if one["id"] == "R06"]
    requirement["parameters"]["any"][0]["value"] = 60
    into.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert run("packs", "test", into)[0] == 0


def test_the_examples_go_through_the_workbook_and_come_in_once(run: Run, pack: Path, tmp_path: Path) -> None:
    override(run, "R06", "符合")
    override(run, "R05", "不适用", "--excerpt", "本县没有教学点，小学实行寄宿。")
    into, again = tmp_path / "a.yaml", tmp_path / "b.yaml"
    assert [one["left_out"] for one in folded(run, pack, into)] == ["", ""]
    assert run("packs", "export", into, tmp_path / "a.xlsx")[0] == 0
    (tmp_path / "c.yaml").write_text(run("packs", "import", tmp_path / "a.xlsx")[1], encoding="utf-8")
    assert load(str(tmp_path / "c.yaml")) == load(str(into))
    assert all("示例" in one["left_out"] for one in folded(run, into, again))
    assert load(str(again)) == load(str(into))
    examples = {one.id: one.examples for one in load(str(into)).requirements}
    assert examples["R05"].not_applicable == ["本县没有教学点，小学实行寄宿。"]


def test_what_no_passage_shows_is_the_whole_plan(run: Run, pack: Path, tmp_path: Path) -> None:
    override(run, "R05", "符合")
    (one,) = folded(run, pack, tmp_path / "a.yaml")
    assert (one["got"], one["passage"]) == ("not_found", PLAN.strip())


def test_what_was_withdrawn_or_no_longer_fits_is_left_out_with_its_reason(run: Run, pack: Path, tmp_path: Path) -> None:
    override(run, "R05", "符合")
    override(run, "R06", "符合")
    assert run("decide", "withdraw", "D0001", "--who", "李审", "--why", "看错")[0] == 0
    content = yaml.safe_load(pack.read_text(encoding="utf-8"))
    for one in content["requirements"]:
        one["expected"] = "另一种说法"
    pack.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (left,) = folded(run, pack, tmp_path / "a.yaml")
    assert (left["decision"], "措辞已变" in left["left_out"]) == ("D0002", True)
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == write_yaml(load(str(pack)))
    content["requirements"] = [one for one in content["requirements"] if one["id"] != "R06"]
    pack.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (left,) = folded(run, pack, tmp_path / "b.yaml")
    assert "没有这条要求" in left["left_out"]


def test_a_file_that_is_there_and_a_pack_that_is_not_are_one_line(run: Run, pack: Path, tmp_path: Path) -> None:
    before = pack.read_bytes()
    for name, into in ((pack, pack), (pack, tmp_path / "a.txt"), ("no-such", tmp_path / "a.yaml")):
        status, out, err = run("decide", "cases", name, "--into", into)
        assert (status, out, err.count("\n")) == (2, "", 1)
    assert pack.read_bytes() == before
    assert not (tmp_path / "a.yaml").exists()
