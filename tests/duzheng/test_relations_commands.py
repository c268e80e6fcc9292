"""``relations``, ``duplicates`` and ``citations`` as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import SourceFile

Run = Callable[..., tuple[int, str, str]]

NOTICE = """河南省教育厅关于推进城乡学校共同体建设的指导意见
豫教基〔2023〕12号
各省辖市教育局：
一、各地要在县域内统筹安排城区学校与乡村学校结成共同体，由城区学校派出骨干教师到乡村学校任教。
二、共同体内实行教学计划统一、教研活动统一、质量监测统一，每学期开展联合教研，并向县教育局报告。
本意见自2023年4月1日起施行，有效期2年。
河南省教育厅
2023年3月1日
"""
PLAN = """青岚县教育局关于教师交流的通知
青教〔2024〕3号
各中小学：
根据《河南省教育厅关于推进城乡学校共同体建设的指导意见》（豫教基〔2023〕12号）和《=青岚县人民政府关于教育工作的意见》，现就教师交流通知如下。
城区学校每学期派出骨干教师到乡村学校任教，乡村学校教师到城区学校跟岗学习，教研室负责组织，人事股负责调配。
青岚县教育局
2024年2月1日
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    texts = {"意见.txt": NOTICE, "转载.txt": f"当前位置：首页 > 政策\n{NOTICE}【打印】【关闭】\n", "通知.txt": PLAN}
    with Corpus.open(folder, create=True) as corpus:
        corpus.record([parse(SourceFile(uri=name, data=text.encode())) for name, text in texts.items()])
    return folder


def test_relations_by_document_number_say_force_copies_and_who_cites(home: Path, run: Run) -> None:
    status, shown, _ = run("relations", "豫教基[2023]12号", "--home", str(home), "--today", "2026-01-01")
    assert status == 0
    assert "已过有效期" in shown
    assert "2025-03-31" in shown
    assert "副本" in shown
    assert "落实 青岚县教育局关于教师交流的通知" in shown
    assert "“根据《河南省教育厅" in shown


def test_relations_of_a_file_as_json_hold_what_it_cites(home: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "通知.txt"
    file.write_text(PLAN, encoding="utf-8")
    status, shown, _ = run("relations", str(file), "--home", str(home), "--format", "json")
    assert status == 0
    found = json.loads(shown)
    assert [one["resolved"] is not None for one in found["cites"]] == [True, False]
    assert found["cites"][0]["capacity"] == "carries_out"
    assert found["force"]["state"] == "no_sign"


def test_duplicates_are_listed_with_the_one_that_represents_them(home: Path, tmp_path: Path, run: Run) -> None:
    book = tmp_path / "重复.xlsx"
    status, shown, _ = run("duplicates", "--home", str(home), "--out", str(book))
    assert status == 0
    assert "1 组" in shown
    rows = list(openpyxl.load_workbook(book).active.iter_rows(values_only=True))
    assert [row[7] for row in rows[1:]].count("转载.txt") == 1
    assert len(rows) == 3


def test_citations_list_what_is_cited_and_not_there_without_formulas(home: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "缺.csv"
    status, shown, _ = run("citations", "--home", str(home), "--out", str(file))
    assert status == 0
    assert "青岚县人民政府关于教育工作的意见" in shown
    assert "豫教基" not in shown
    [_, row] = file.read_text(encoding="utf-8-sig").splitlines()
    assert ",=" not in row
    assert "落实" in row


def test_an_unknown_document_ends_with_one_line_and_the_way_out(home: Path, run: Run) -> None:
    status, _, said = run("relations", "某教〔2020〕1号", "--home", str(home))
    assert status == 1
    assert "no document of this id or number" in said
    assert len(said.strip().splitlines()) == 1
