"""Whoever takes findings out of a corpus sees the machine's verdict, the time, what people decided and the rectification."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from docx import Document as Word

from checks.engine import check
from checks.pack import load
from corpus.corpus import Corpus
from duzheng import cli
from extractors.parse import parse
from schemas.china_time import today_in_china
from schemas.outcome import SourceFile

PLAN = """甲子县教育局关于印发城乡学校共同体建设工作方案的通知
甲教〔2025〕8号
各中小学：
现将《甲子县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，河南省甲子县65%以上的乡村学校纳入城乡学校共同体。
甲子县教育局
2025年10月20日
"""
Run = Callable[..., tuple[int, str, str]]
DAY = ("--today", "2025-12-10")
HOSTILE = "=1+1<script>alert(1)</script>"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with one plan, in which R06 is to be rectified and overdue, R05 is waived, R07 is overridden."""
    home = tmp_path_factory.mktemp("decided") / "home"
    outcome = parse(SourceFile("甲.txt", PLAN.encode()))
    with Corpus.open(home, create=True) as corpus:
        corpus.keep(PLAN.encode())
        corpus.record([outcome])
        day = date(2025, 11, 1)
        corpus.record_checks([check(one, load("henan-2025"), today=day) for one in outcome.documents])
    for arguments in (
        (
            "rectify", "R06", "--step", "assigned", "--responsible", "甲子县教育局", "--person", "王改", "--deadline",
            "2025-12-01", "--who", "李审", "--why", HOSTILE,
        ),
        (
            "waive", "R05", "--ground", "某字3号", "--applicant", "赵申", "--approver", "钱批", "--until", "2026-06-30",
            "--who", "李审", "--why", "并校过渡",
        ),
        ("override", "R07", "--verdict", "符合", "--who", "李审", "--why", "漏看第二段"),
    ):  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            cli.main(["decide", *arguments, "--home", str(home)])
        assert ended.value.code == 0
    return home


@pytest.fixture
def decided(run: Run, made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line on a copy of that corpus."""
    shutil.copytree(made, tmp_path / "home")
    monkeypatch.setenv("DUZHENG_HOME", str(tmp_path / "home"))
    return run


def test_the_table_of_findings_as_csv_has_them_beside_the_machines_verdict(decided: Run, tmp_path: Path) -> None:
    assert decided("findings", "--csv", tmp_path / "x.csv", *DAY)[0] == 0
    rows = {
        row["requirement"]: row
        for row in csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8-sig")))
    }
    assert len(rows) == 20
    one = rows["R06"]
    assert (one["verdict"], one["responsible"], one["person"], one["deadline"], one["overdue"]) == (
        "not_met", "甲子县教育局", "王改", "2025-12-01", "1",
    )  # fmt: skip
    assert "李审 整改 责令整改（限 2025-12-01）" in one["decisions"]
    assert (rows["R05"]["disposition"], rows["R05"]["disposition_until"], rows["R05"]["open"]) == (
        "waived", "2026-06-30", "0",
    )  # fmt: skip
    assert rows["R07"]["verdict"] != rows["R07"]["final_verdict"] == "met"


def test_sarif_and_junit_keep_the_machines_verdict_and_say_what_is_settled(decided: Run, tmp_path: Path) -> None:
    assert decided("findings", "--sarif", tmp_path / "x.sarif", "--junit", tmp_path / "x.xml", *DAY)[0] == 0
    log = json.loads((tmp_path / "x.sarif").read_text(encoding="utf-8"))
    results = {one["ruleId"].partition("/")[2]: one for one in log["runs"][0]["results"]}
    assert {id for id, one in results.items() if "suppressions" in one} == {"R05", "R07"}
    assert all(results[id]["kind"] == "fail" for id in ("R05", "R06", "R07"))
    assert "钱批" in results["R05"]["suppressions"][0]["justification"]
    assert results["R06"]["properties"]["rectification"]["person"] == "王改"
    (suite,) = ElementTree.parse(tmp_path / "x.xml").getroot()
    cases = {str(case.get("name"))[:3]: case for case in suite}
    assert cases["R05"].find("skipped") is not None
    assert cases["R07"].find("skipped") is not None
    assert cases["R06"].find("failure") is not None
    said = {one.get("name"): one.get("value") for one in cases["R06"].iterfind("properties/property")}
    assert said["整改情况"] == "整改中（限2025-12-01）；逾期，责任：甲子县教育局、王改"


def test_report_and_evidence_book_show_each_decision_with_who_when_and_why_and_run_nothing(
    decided: Run, tmp_path: Path
) -> None:
    report, book = tmp_path / "x.html", tmp_path / "册"
    assert decided("findings", "--report", report, "--evidence", book, *DAY)[0] == 0
    for page in (report, book / "index.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "=1+1&lt;script&gt;" in text
        for words in (
            "<dt>人工处置</dt><dd>已豁免至2026-06-30</dd>",
            "已改判为符合",
            "漏看第二段",
            "（限2025-12-01）；逾期",
        ):
            assert words in text
        assert f"{today_in_china():%Y-%m-%d} <b>李审</b> 改判 → 符合：漏看第二段（D0003）" in text


def test_a_notice_asks_for_what_is_open_and_names_what_was_settled(decided: Run, tmp_path: Path) -> None:
    assert decided("findings", "--notices", tmp_path, *DAY)[0] == 0
    (path,) = tmp_path.glob("整改通知*.docx")
    lines = [paragraph.text for paragraph in Word(str(path)).paragraphs]
    settled = lines.index(next(line for line in lines if line.endswith("、已有处置的事项")))
    assert "责任单位：甲子县教育局；责任人：王改；整改时限：2025-12-01。" in lines[:settled]
    assert any("豁免至2026-06-30，依据：某字3号" in line for line in lines[settled:])
    assert not any("豁免" in line or "核定" in line for line in lines[:settled])


def test_a_notice_gives_the_county_reasons_but_no_remarks_records_or_names_of_who_decided(
    decided: Run, tmp_path: Path
) -> None:
    for arguments in (
        ("note", "R06", "--why", "内部意见：先不催"),
        ("override", "R08", "--verdict", "不符合", "--excerpt", "请认真贯彻执行", "--why", "只有号召，没有措施"),
        ("dispute", "R09", "--statement", "已另行发文", "--deadline", "2025-11-20", "--why", "来电转述"),
        ("dispute", "R09", "--outcome", "rejected", "--why", "另发的文件没有这项内容"),
    ):
        who = "周收" if "--statement" in arguments else "李审"
        status, _, err = decided("decide", *arguments, "--who", who)
        assert status == 0, err
    assert decided("findings", "--notices", tmp_path, *DAY)[0] == 0
    (path,) = tmp_path.glob("整改通知*.docx")
    text = "\n".join(paragraph.text for paragraph in Word(str(path)).paragraphs)
    for inside in (
        "李审",
        "周收",
        "钱批",
        "赵申",
        "内部意见",
        "来电转述",
        "并校过渡",
        "漏看第二段",
        "机器判定",
        "备注",
        HOSTILE,
    ):
        assert inside not in text
    assert not re.search(r"D\d{4}|R\d\d-", text)
    for said in (
        "认定理由：只有号召，没有措施。", "方案原文：“请认真贯彻执行”。", "申辩处理：不采纳，另发的文件没有这项内容。",
    ):  # fmt: skip
        assert said in text


def test_the_ledger_and_the_matrix_have_them(decided: Run, tmp_path: Path) -> None:
    ledger, page = tmp_path / "x.xlsx", tmp_path / "x.html"
    assert decided("ledger", "export", ledger, *DAY)[0] == 0
    sheet = openpyxl.load_workbook(ledger)["全部结论"]
    heads = [cell.value for cell in sheet[1]]
    rows = {
        row[heads.index("要求编号")].value: dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)
    }
    assert rows["R06"]["责任人"].value == "王改"
    assert rows["R06"]["处置记录"].data_type == "s"
    assert rows["R05"]["人工处置"].value == "已豁免至2026-06-30"
    assert rows["R08"]["人工处置"].value == "未处置"
    status, out, _ = decided("matrix", "--html", page, *DAY)
    assert status == 0
    assert "R05 已豁免至2026-06-30" in out.replace("\n", "")
    assert "已改判为符合" in page.read_text(encoding="utf-8")


def test_only_the_chosen_findings_are_written(decided: Run, tmp_path: Path) -> None:
    assert (
        decided("findings", "--state", "waived", "--csv", tmp_path / "x.csv", "--report", tmp_path / "x.html", *DAY)[0]
        == 0
    )
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8-sig"))))
    assert [row["requirement"] for row in rows] == ["R05"]


def test_without_a_corpus_outputs_have_no_word_of_decisions(run: Run, tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(PLAN, encoding="utf-8")
    assert run("check", "甲.txt", "--csv", "x.csv", "--report", "x.html", "--format", "json")[0] == 0
    assert "disposition" not in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert "人工处置" not in (tmp_path / "x.html").read_text(encoding="utf-8")


def test_a_rectification_with_person_deadline_and_days_goes_through_every_output(decided: Run, tmp_path: Path) -> None:
    def standing(*day: str) -> dict[str, object]:
        found = json.loads(decided("findings", *day, "--format", "json")[1])
        (one,) = [one["state"] for one in found if one["finding"]["requirement"] == "R06"]
        assert isinstance(one, dict)
        return one

    assert standing("--today", "2025-12-01")["overdue"] is False
    assert standing("--today", "2025-12-02")["overdue"] is True
    for step in (
        ("--step", "done", "--by", "王改", "--on", "2025-12-05", "--proof", "修订稿"),
        ("--step", "reviewed", "--result", "passed", "--by", "孙核", "--on", "2025-12-08"),
        ("--step", "closed", "--by", "孙核", "--on", "2025-12-09"),
    ):
        assert decided("decide", "rectify", "R06", *step, "--who", "李审", "--why", "照单整改")[0] == 0
    assert standing(*DAY)["overdue"] is False
    ledger, report = tmp_path / "x.xlsx", tmp_path / "x.html"
    assert decided("ledger", "export", ledger, *DAY)[0] == 0
    sheet = openpyxl.load_workbook(ledger)["问题台账"]
    heads = [cell.value for cell in sheet[1]]
    (row,) = [row for row in sheet.iter_rows(min_row=2) if row[heads.index("要求编号")].value == "R06"]
    cells = dict(zip(heads, (cell.value for cell in row), strict=True))
    assert (cells["责任单位"], cells["责任人"], cells["状态"]) == ("甲子县教育局", "王改", "已销号")
    assert (cells["整改时限"].date(), cells["销号日期"].date()) == (date(2025, 12, 1), date(2025, 12, 9))
    assert decided("findings", "--report", report, "--notices", tmp_path, *DAY)[0] == 0
    text = report.read_text(encoding="utf-8")
    assert "已销号（2025-12-09，复核 孙核），责任：甲子县教育局、王改" in text
    assert "整改完成（2025-12-05 办理）" in text
    (path,) = tmp_path.glob("整改通知*.docx")
    lines = [paragraph.text for paragraph in Word(str(path)).paragraphs]
    assert any("已销号（2025-12-09" in line for line in lines)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--step", "assigned", "--on", "2999-01-01"),
        ("--step", "assigned", "--on", "12月1日"),
        ("--step", "done", "--person", "王改"),
        ("--step", "done", "--deadline", "2025-12-01"),
    ],
)
def test_a_step_with_a_day_ahead_or_fields_of_another_step_is_refused(decided: Run, arguments: tuple[str, ...]) -> None:
    status, out, err = decided("decide", "rectify", "R06", *arguments, "--who", "李审", "--why", "试")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert len(json.loads(decided("decide", "list", "--format", "json")[1])) == 3
