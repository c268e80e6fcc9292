"""The ledger and the matrix of a corpus, as the commands are typed: out, filled in, back in, and out again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
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
到2025年底，河南省甲子县{share}%以上的乡村学校纳入城乡学校共同体。
甲子县教育局
2025年10月20日
"""
Run = Callable[..., tuple[int, str, str]]
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DAY = ("--today", "2025-12-10")


@pytest.fixture(autouse=True)
def corpus_of_the_test(
    run: Run,
    made_once: Callable[[str, Callable[[Path], object]], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A corpus with one plan that was checked."""
    monkeypatch.setenv("DUZHENG_HOME", str(tmp_path / "home"))
    shutil.copytree(made_once("ledger", lambda folder: take_in(folder, 65)), tmp_path / "home")


def take_in(home: Path, share: int) -> None:
    outcome = parse(SourceFile("甲.txt", PLAN.format(share=share).encode()))
    with Corpus.open(home, create=True) as corpus:
        corpus.keep(PLAN.format(share=share).encode())
        corpus.record([outcome])
        day = date(2025, 11, 1)
        corpus.record_checks([check(one, load("henan-2025"), today=day) for one in outcome.documents])


def fill(path: Path, requirement: str, **cells: object) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["问题台账"]
    places = {cell.value: cell.column for cell in sheet[1]}
    (row,) = [row for row in sheet.iter_rows(min_row=2) if row[places["要求编号"] - 1].value == requirement]
    for heading, value in cells.items():
        row[places[heading] - 1].value = value
    book.save(path)


def rows(path: Path) -> dict[str, dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)["问题台账"]
    heads = [cell.value for cell in sheet[1]]
    made = [dict(zip(heads, row, strict=False)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    return {str(row["要求编号"]): row for row in made}


def test_a_ledger_goes_out_is_filled_in_and_comes_back(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "出" / "台账.xlsx"
    status, out, err = run("ledger", "export", path, *DAY)
    assert (status, err.strip()) == (0, str(path))
    assert rows(path)["R06"]["状态"] == "未整改"
    fill(path, "R06", 责任单位="甲子县教育局", 责任人="王改", 整改时限="2025/12/5", 备注="局务会议定")
    fill(path, "R05", 判定="符合")
    status, out, err = run("ledger", "import", path, "--who", "李审", "--dry-run", *DAY, "--format", "json")
    assert status == 3
    assert json.loads(out)["dry_run"] is True
    assert json.loads(run("decide", "list", "--format", "json")[1]) == []
    status, out, err = run("ledger", "import", path, "--who", "李审", *DAY)
    assert (status, err) == (3, "")
    assert "责令整改、备注" in out
    assert "“判定” 冲突" in out
    records = json.loads(run("decide", "list", "--format", "json")[1])
    assert [(one["kind"], one["who"]) for one in records] == [("rectification", "李审"), ("note", "李审")]
    status, out, _ = run("ledger", "import", path, "--who", "李审", *DAY, "--format", "json")
    assert (status, json.loads(out)["taken"]) == (3, [])
    assert len(json.loads(run("decide", "list", "--format", "json")[1])) == 2
    assert run("ledger", "export", path, *DAY)[0] == 0
    row = rows(path)["R06"]
    assert (row["责任单位"], row["责任人"], row["备注"], row["状态"]) == (
        "甲子县教育局",
        "王改",
        "局务会议定",
        "整改中",
    )
    assert row["整改时限"].date() == date(2025, 12, 5)
    assert row["逾期"] == "逾期"
    assert run("ledger", "import", path, "--who", "李审", *DAY)[0] == 0
    assert run("verify")[0] == 0


def test_a_row_goes_to_its_closing_and_stays_in_the_ledger(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    run("ledger", "export", path, *DAY)
    fill(
        path, "R06", 责任人="王改", 整改进展="已完成", 复核意见="已达标", 复核人="孙核", 销号日期="2025-12-09", 状态="已销号"
    )  # fmt: skip
    assert run("ledger", "import", path, "--who", "李审", *DAY)[0] == 0
    run("ledger", "export", path, *DAY)
    row = rows(path)["R06"]
    assert (row["状态"], row["复核人"], row["复核意见"], row["逾期"]) == ("已销号", "孙核", "已达标", None)


def test_a_plan_that_changed_meanwhile_makes_a_conflict(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    run("ledger", "export", path, *DAY)
    take_in(tmp_path / "home", 60)
    fill(path, "R06", 备注="已看")
    status, out, _ = run("ledger", "import", path, "--who", "李审", *DAY, "--format", "json")
    assert status == 3
    assert [one["kind"] for one in json.loads(out)["conflicts"]] == ["finding_changed"]


def test_a_ledger_of_check_alone_is_taken_by_a_corpus_that_found_the_same(run: Run, tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(PLAN.format(share=65), encoding="utf-8")
    path = tmp_path / "台账.xlsx"
    assert run("check", tmp_path / "甲.txt", "--ledger", path, "--format", "json", "--today", "2025-11-01")[0] == 0
    fill(path, "R06", 责任人="王改")
    status, out, _ = run("ledger", "import", path, "--who", "李审", *DAY, "--format", "json")
    assert (status, [one["columns"] for one in json.loads(out)["taken"]]) == (0, [["责任人"]])


def test_what_is_no_ledger_or_no_file_or_no_name_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"nothing")
    openpyxl.Workbook().save(tmp_path / "b.xlsx")
    for name, who, expected in (("a.xlsx", "李", 2), ("b.xlsx", "李", 2), ("c.xlsx", "李", 1), ("a.xlsx", " ", 2)):
        status, out, err = run("ledger", "import", tmp_path / name, "--who", who)
        assert (status, out) == (expected, "")
        assert err.startswith("duzheng: ")
        assert err.count("\n") == 1


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.classes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.classes += [value for name, value in attrs if name == "class" and value and tag == "td"]


def test_the_matrix_of_the_corpus_as_table_page_and_workbook(run: Run, tmp_path: Path) -> None:
    html, xlsx = tmp_path / "矩阵.html", tmp_path / "矩阵.xlsx"
    assert (
        run("decide", "rectify", "R05", "--step", "assigned", "--deadline", "2025-12-01", "--who", "李", "--why", "限")[
            0
        ]
        == 0
    )
    status, out, _ = run("matrix", "--html", html, "--xlsx", xlsx, "--unit", "甲子", *DAY)
    assert status == 0
    assert "逾期" in out
    page = _Table()
    page.feed(html.read_text(encoding="utf-8"))
    assert not {"script", "link", "img"} & set(page.tags)
    assert sum("late" in one for one in page.classes) == 1
    sheet = openpyxl.load_workbook(xlsx)["总览矩阵"]
    heads = [str(cell.value).split()[0] for cell in sheet[1]]
    row = {head: cell.value for head, cell in zip(heads, sheet[2], strict=True)}
    assert row["R06"] == "✗ 不符合"
    assert row["R05"] == "∅ 未见 逾期\n整改中（限2025-12-01）；逾期"
    assert row["逾期"] == 1
    marks = [str(row[head]) for head in heads if head.startswith("R")]
    assert row["符合"] == sum(mark.startswith("✓") for mark in marks)
    assert row["问题数"] == sum(mark[0] in "~✗∅!?" for mark in marks)
    assert row["应查"] == row["符合"] + row["问题数"]
    labels = {sheet.cell(number, 1).value: number for number in range(3, 8)}
    assert sheet.cell(labels["合计：逾期"], heads.index("R05") + 1).value == 1
    assert sheet.freeze_panes == "C2"
    assert run("matrix", "--unit", "无此县")[0] == 0


def test_the_evidence_book_of_a_check_and_of_the_corpus(run: Run, tmp_path: Path) -> None:
    plan = next(path for path in sorted((SAMPLES / "henan" / "plans").rglob("*.pdf")))
    status, _, err = run("check", plan, "--evidence", tmp_path / "册", "--format", "json")
    assert (status, err.strip()) == (0, str(tmp_path / "册" / "index.html"))
    assert list((tmp_path / "册" / "plan-001").glob("page-*.png"))
    status, _, err = run("ledger", "evidence", tmp_path / "库", "--unit", "甲子")
    assert (status, err.strip()) == (0, str(tmp_path / "库" / "index.html"))
    assert "65%以上的乡村学校" in (tmp_path / "库" / "index.html").read_text(encoding="utf-8")
    (tmp_path / "file").write_text("")
    status, _, err = run("ledger", "evidence", tmp_path / "file" / "x")
    assert (status, err.count("\n")) == (1, 1)
