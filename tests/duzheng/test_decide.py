"""What the commands about findings promise: decide, findings and verify, as they are typed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checks.engine import check
from checks.pack import load
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
（一）每学期至少组织1次全员培训。
{more}甲子县教育局
2025年10月20日
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def corpus_of_the_test(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUZHENG_HOME", str(tmp_path / "home"))


@pytest.fixture
def home(made_once: Callable[[str, Callable[[Path], object]], Path], tmp_path: Path) -> Path:
    """A corpus with one plan that was checked."""
    made = made_once("decide", lambda folder: take_in(folder, PLAN.format(more="")))
    return Path(shutil.copytree(made, tmp_path / "home"))


def take_in(home: Path, text: str, *attachments: tuple[str, str], names_kept: bool = True) -> None:
    beside = [SourceFile(uri, content.encode()) for uri, content in attachments]
    outcome = parse(SourceFile("甲.txt", text.encode()), beside)
    with Corpus.open(home, create=True) as corpus:
        corpus.keep(text.encode())
        companions = [(file.uri, corpus.keep(file.data)) for file in beside]
        corpus.record([outcome], {outcome.sha256: companions} if names_kept else None)
        day = date(2025, 11, 1)
        corpus.record_checks([check(one, load("henan-2025"), today=day) for one in outcome.documents])


def found(run: Run, *arguments: object) -> dict[str, dict[str, Any]]:
    status, out, err = run("findings", *arguments, "--format", "json")
    assert (status, err) == (0, "")
    return {one["finding"]["requirement"]: one for one in json.loads(out)}


def test_a_finding_goes_from_the_list_to_its_closing(run: Run, home: Path) -> None:
    assert found(run, "--state", "open", "--unit", "甲子县")["R06"]["state"]["machine"] == "not_met"
    said = ("--who", "王改", "--why", "照单整改")
    other = ("--who", "孙核", "--why", "已核")
    assert run("decide", "rectify", "R06", "--step", "assigned", "--deadline", "2025-12-01", *other)[0] == 0
    assert "R06" in found(run, "--state", "overdue", "--today", "2025-12-02")
    assert "R06" not in found(run, "--state", "overdue", "--today", "2025-12-01")
    assert run("decide", "rectify", "R06", "--step", "done", "--proof", "修订稿", *said)[0] == 0
    status, out, err = run("decide", "rectify", "R06", "--step", "reviewed", "--result", "passed", *said)
    assert (status, out) == (2, "")
    assert "复核人" in err
    assert err.count("\n") == 1
    assert run("decide", "rectify", "R06", "--step", "reviewed", "--result", "passed", *other)[0] == 0
    assert run("decide", "rectify", "R06", "--step", "closed", *other)[0] == 0
    assert "R06" not in found(run, "--state", "open")
    assert found(run, "--state", "closed")["R06"]["state"]["rectification"]["reviewed_by"] == "孙核"
    status, out, err = run("findings", "--history", "R06")
    assert (status, err) == (0, "")
    for word in ("新出现", "责令整改", "复核：通过", "销号"):
        assert word in out


def test_an_override_by_its_chinese_name_is_listed_and_exported(run: Run, home: Path) -> None:
    status, out, err = run("decide", "override", "R06", "--verdict", "符合", "--who", "李审", "--why", "见第三段")
    assert (status, err) == (0, "")
    assert "改判 → 符合" in out
    assert found(run, "--state", "overridden")["R06"]["state"]["verdict"] == "met"
    (record,) = json.loads(run("decide", "list", "--format", "json")[1])
    assert record["kind"] == "override"
    assert record["basis"]["verdict"] == "not_met"
    assert "verdict: met" in run("decide", "cases", "henan-2025")[1]
    assert run("decide", "withdraw", record["id"], "--who", "李审", "--why", "看错")[0] == 0
    assert found(run)["R06"]["state"]["verdict"] == "not_met"


def test_a_dispute_overdue_is_listed_as_such_until_it_is_answered(run: Run, home: Path) -> None:
    by = ("--who", "县局", "--why", "以附件为准")
    assert run("decide", "dispute", "R06", "--deadline", "2025-11-10", *by)[0] == 0
    assert len(json.loads(run("decide", "list", "--overdue", "--today", "2025-11-11", "--format", "json")[1])) == 1
    assert json.loads(run("decide", "list", "--overdue", "--today", "2025-11-10", "--format", "json")[1]) == []
    assert run("decide", "dispute", "R06", "--outcome", "rejected", "--who", "李审", "--why", "附件无此内容")[0] == 0
    assert json.loads(run("decide", "list", "--overdue", "--today", "2025-11-11", "--format", "json")[1]) == []


BY = ("--who", "甲", "--why", "乙")


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide", "override", "R06", "--verdict", "好", *BY),
        ("decide", "override", "R06", "--verdict", "待核", *BY),
        ("decide", "override", "R06", "--verdict", "符合", "--who", " ", "--why", "乙"),
        ("decide", "waive", "R06", "--ground", "文", "--approver", "甲", "--until", "2026-01-01", *BY),
        ("decide", "waive", "R06", "--ground", "文", "--approver", "丙", "--until", "2026-02-30", *BY),
        ("decide", "dispute", "R06", *BY),
        ("decide", "dispute", "R06", "--outcome", "upheld", *BY),
        ("decide", "rectify", "R06", "--step", "closed", *BY),
        ("decide", "rectify", "R06", "--step", "reviewed", *BY),
        ("decide", "note", "R06", "--who", "甲"),
        ("findings", "--today", "明天"),
        ("verify", "nowhere.json"),
    ],
)
def test_what_may_not_be_decided_is_one_line_and_status_2(run: Run, home: Path, arguments: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("duzheng: ")
    assert err.count("\n") == 1
    assert json.loads(run("decide", "list", "--format", "json")[1]) == []


def test_no_such_finding_and_no_corpus_are_one_line_and_status_1(run: Run, home: Path, tmp_path: Path) -> None:
    for arguments in (
        ("decide", "note", "R99", *BY),
        ("decide", "withdraw", "D0001", *BY),
        ("findings", "--history", "R99"),
        ("findings", "--home", tmp_path / "none"),
        ("verify", "--home", tmp_path / "none"),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (1, ""), arguments
        assert err.count("\n") == 1


def verified(run: Run, *arguments: object) -> tuple[int, dict[str, Any]]:
    status, out, _ = run("verify", *arguments, "--format", "json")
    return status, json.loads(out)


def test_a_sound_corpus_is_confirmed_and_nothing_is_written(run: Run, home: Path) -> None:
    status, result = verified(run)
    assert (status, result["unconfirmed"], result["problems"]) == (0, [], [])
    assert result["findings"] == result["confirmed"] == 20
    assert result["quotes"] > 0
    assert len(json.loads(run("findings", "--history", "R06", "--format", "json")[1])["runs"]) == 1


def test_an_original_damaged_makes_its_findings_undetermined_until_it_is_put_back(run: Run, home: Path) -> None:
    (original,) = [path for path in (home / "originals").rglob("*") if path.is_file()]
    data = original.read_bytes()
    original.write_bytes(data.replace(b"65", b"85"))
    for _ in range(2):
        status, result = verified(run)
        assert status == 3
        assert len(result["unconfirmed"]) == 20
        assert {one["finding"]["verdict"] for one in result["unconfirmed"]} == {"undetermined"}
    assert found(run)["R06"]["state"]["reason"] == "unreadable_page"
    assert "不符合" in found(run)["R06"]["finding"]["explanation"][3]
    original.write_bytes(data)
    assert verified(run)[0] == 0
    assert found(run)["R06"]["state"]["machine"] == "not_met"
    runs = json.loads(run("findings", "--history", "R06", "--format", "json")[1])["runs"]
    assert [(one["verdict"], one["causes"]) for one in runs] == [
        ("not_met", []),
        ("undetermined", ["original"]),
        ("not_met", ["original"]),
    ]


def test_a_quote_that_is_not_in_the_original_is_found_out(run: Run, home: Path) -> None:
    with Corpus.open(home) as corpus:
        (one,) = corpus.checks()
        finding = next(f for f in one.findings if f.requirement == "R06")
        finding.evidence[0].quote = finding.evidence[0].quote.replace("65", "66")
        corpus.record_checks([one])
    status, result = verified(run)
    assert status == 3
    assert [(u["finding"]["requirement"], u["finding"]["reason"]) for u in result["unconfirmed"]] == [
        ("R06", "rule_error")
    ]
    assert found(run)["R06"]["state"]["machine"] == "undetermined"


ATTACHED = ("附件1 工作安排.txt", "三年计划\n2025年至2027年三年行动计划，分年度推进。\n")


def test_a_plan_is_read_again_with_the_attachments_that_were_beside_it(run: Run, tmp_path: Path) -> None:
    take_in(tmp_path / "home", PLAN.format(more="附件：1.工作安排\n"), ATTACHED)
    assert found(run)["R05"]["state"]["machine"] == "met"
    assert verified(run)[0] == 0


def test_an_attachment_whose_name_was_not_kept_is_not_confirmed(run: Run, tmp_path: Path) -> None:
    take_in(tmp_path / "home", PLAN.format(more="附件：1.工作安排\n"), ATTACHED, names_kept=False)
    status, result = verified(run)
    assert status == 3
    reasons = {one["finding"]["requirement"]: one["finding"]["reason"] for one in result["unconfirmed"]}
    assert reasons["R05"] == "attachment_not_obtained"
    assert "R06" not in reasons, "its quote stands in the plan itself"


def test_printed_findings_are_confirmed_on_the_plan_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "方案").mkdir()
    file = tmp_path / "方案" / "甲.txt"
    file.write_text(PLAN.format(more="附件：1.工作安排\n"), encoding="utf-8")
    (tmp_path / "方案" / ATTACHED[0]).write_text(ATTACHED[1], encoding="utf-8")
    status, out, _ = run("check", "方案", "--requirements", "henan-2025", "--format", "json")
    assert status == 0
    (tmp_path / "结果.json").write_text(out, encoding="utf-8")
    assert verified(run, "结果.json")[0] == 0
    assert verified(run, "结果.json", "方案")[0] == 0
    file.write_text(PLAN.format(more="附件：1.工作安排\n").replace("65%", "66%"), encoding="utf-8")
    status, result = verified(run, "结果.json")
    assert status == 3
    reasons = {one["finding"]["requirement"]: one["finding"]["reason"] for one in result["unconfirmed"]}
    assert reasons["R06"] == "ambiguous"
    file.unlink()
    status, result = verified(run, "结果.json")
    assert status == 3
    assert len(result["unconfirmed"]) == 20
