"""``duzheng copying``: passages of one plan in another, either script, with the names that were left standing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opencc import OpenCC

from tests.taking_in import take_in

SOURCE = """青岚县教育局关于印发城乡学校共同体建设工作方案的通知
各中小学：
现将《青岚县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，全县75%以上的乡村学校纳入城乡学校共同体。
二、主要措施
（一）师资流动。青岚县每学期从核心校选派骨干教师到成员校蹲点任教，同时安排成员校教师到核心校跟岗学习，双向往返，逐月登记。
（二）教学诊断。县教研室按学科组织专家组进校听课评课，逐校形成问题清单和改进建议，限期整改并回访。
青岚县教育局
2025年10月20日
"""
PLAN = """白芷县教育局关于印发城乡学校共同体建设工作方案的通知
各中小学：
现将《白芷县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
利用两个学年让山区孩子就近读上有音乐、有美术、有科学课的小学。
二、主要措施
（一）师资流动。青岚县每学期从核心校选派骨干教师到成员校蹲点任教，同时安排成员校教师到核心校跟岗学习，双向往返，逐月登记。
（二）走教制度。音乐、美术教师坐校车在三所村小之间走教，食宿由中心校安排，课时按一倍半计算。
白芷县教育局
2025年11月3日
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "青岚.txt"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "白芷.txt"
    path.write_text(OpenCC("s2t").convert(PLAN), encoding="utf-8")
    return path


def found(run: Run, *arguments: object) -> list[dict[str, Any]]:
    status, out, _ = run("copying", *arguments, "--format", "json")
    assert status == 0
    results: list[dict[str, Any]] = json.loads(out)
    return results


def test_the_passage_stands_beside_its_source_with_the_clauses_and_the_other_countys_name(
    run: Run, plan: Path, source: Path
) -> None:
    (result,) = found(run, plan, "--against", source)
    text = plan.read_text(encoding="utf-8")
    (passage,) = result["sources"][0]["passages"]
    assert passage["kind"] == "verbatim"
    assert "選派骨幹教師" in passage["quote"]
    assert passage["quote"] in text
    assert passage["other_quote"] in SOURCE
    assert passage["clause"] == passage["other_clause"] == "二（一）"
    assert [name["name"] for name in passage["stray_names"]] == ["青嵐縣"]
    assert 0.3 < result["share"] < 0.7
    shares = {section["clause"]: section["share"] for section in result["sections"]}
    assert shares["二（一）"] > 0.9  # 青岚县 is in no table of places: to this plan it is a word like others
    assert shares["二（二）"] == shares["一"] == 0.0


def test_without_against_the_plans_are_compared_with_each_other(run: Run, plan: Path, source: Path) -> None:
    first, second = found(run, plan, source)
    assert (first["compared"], second["compared"]) == (1, 1)
    assert first["sources"][0]["document"] == second["document"]
    assert second["sources"][0]["passages"][0]["stray_names"] == []


def test_a_corpus_is_compared_with_too(run: Run, plan: Path, source: Path, tmp_path: Path) -> None:
    home = tmp_path / "corpus"
    take_in([source], home, check=False)
    (result,) = found(run, plan, "--home", home)
    assert result["compared"] == 1
    assert result["sources"][0]["share"] > 0.3
    status, _, error = run("copying", plan, "--home", tmp_path / "nowhere")
    assert (status, error.count("\n")) == (1, 1)


def test_the_table_and_the_page_show_both_quotes_and_escape_them(
    run: Run, plan: Path, source: Path, tmp_path: Path
) -> None:
    plan.write_text(plan.read_text(encoding="utf-8").replace("同時", "<script>alert(1)</script>同時"), encoding="utf-8")
    page = tmp_path / "out" / "copying.html"
    status, out, _ = run("copying", plan, "--against", source, "--report", page)
    assert status == 0
    assert "left standing" in out
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "選派骨幹教師" in html
    assert "选派骨干教师" in html
    assert "<mark" in html


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_compared(
    run: Run, plan: Path, source: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    status, out, error = run("copying", plan, broken, "--against", source, "--format", "json")
    assert status == 1
    assert len(json.loads(out)) == 1
    assert "坏.pdf" in error


def test_check_with_the_notice_takes_copied_statements_as_partial(run: Run, tmp_path: Path) -> None:
    clause = "建立教师流动数据库和轮岗台账，如实记录教师交流轮岗的全过程并作为评价办学成效的依据。"
    notice, plan = tmp_path / "通知.txt", tmp_path / "方案.txt"
    notice.write_text(
        f"关于推进城乡学校共同体建设的通知\n各县教育局：\n一、师资\n{clause}\n二、其他\n请抓好落实。\n", "utf-8"
    )
    plan.write_text(f"白芷县城乡学校共同体建设方案\n一、师资\n{clause}\n二、走教\n音乐教师坐校车走教。\n", "utf-8")

    def verdict(*more: object) -> tuple[str, str]:
        status, out, _ = run("check", plan, "--requirements", "henan-2025", "--ignore-scope", "--format", "json", *more)
        assert status == 0
        finding = next(one for one in json.loads(out)[0]["findings"] if one["requirement"] == "R17")
        return finding["verdict"], finding["observed"]

    assert verdict()[0] == "met"
    copied, observed = verdict("--notice", notice)
    assert copied == "partial"
    assert observed.startswith("照抄通知原文")
