"""``compare``, ``lineage``, ``trend`` and ``missing`` as they are typed: terminal, JSON, HTML, workbooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

Run = Callable[..., tuple[int, str, str]]

OLD = """青岚县教育局关于印发城乡学校共同体建设工作方案的通知
各中小学：
一、师资流动
青岚县每学期从核心校选派骨干教师到成员校蹲点任教，同时安排成员校教师到核心校跟岗学习，双向往返，逐月登记。
二、教学诊断
县教研室按学科组织专家组进校听课评课，逐校形成问题清单和改进建议，限期整改并回访，回访率达到75%。
三、经费保障
=SUM(A1)专项经费由县财政统筹，用于教研活动、设备更新和教师交通补贴，任何学校不得挪用。
青岚县教育局
2024年3月1日
"""
NEW = """白芷縣教育局關於印發城鄉學校共同體建設工作方案的通知
各中小學：
一、教學診斷
縣教研室按學科組織專家組進校聽課評課，逐校形成問題清單和改進建議，限期整改並回訪，回訪率達到85%。
二、師資流動
白芷縣每學期從核心校選派骨幹教師到成員校蹲點任教，同時安排成員校教師到核心校跟崗學習，雙向往返，逐月登記。
三、走教制度
<script>alert(1)</script>音樂、美術教師坐校車在三所村小之間走教，食宿由中心校安排，課時按一倍半計算。
白芷縣教育局
2025年3月1日
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "旧.txt", tmp_path / "新.txt"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(NEW, encoding="utf-8")
    return old, new


@pytest.fixture
def home(files: tuple[Path, Path], tmp_path: Path) -> Path:
    from corpus.corpus import Corpus
    from extractors.parse import parse
    from schemas.outcome import Outcome, SourceFile

    folder = tmp_path / "home"
    with Corpus.open(folder, create=True) as corpus:
        outcomes = [parse(SourceFile(uri=file.name, data=file.read_bytes())) for file in files]
        corpus.record([one for one in outcomes if isinstance(one, Outcome)])
    return folder


def ids(home: Path) -> list[str]:
    from corpus.corpus import Corpus

    with Corpus.open(home) as corpus:
        return [document.id for document in corpus.documents()]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def formulas(path: Path) -> list[object]:
    book = openpyxl.load_workbook(path)
    return [cell.value for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_compare_of_two_files_says_what_changed_and_quotes_both(run: Run, files: tuple[Path, Path]) -> None:
    status, out, _ = run("compare", *files, "--format", "json")
    assert status == 0
    result = json.loads(out)
    assert result["counts"]["dropped"] == 1
    changed = {(c["left_quote"], c["right_quote"]) for pair in result["pairs"] for c in pair["changes"]}
    assert ("75", "85") in changed
    assert ("青岚", "白芷") in changed
    moved = [pair for pair in result["pairs"] if pair["moved"]]
    assert len(moved) == 1
    assert moved[0]["renumbered"]


def test_compare_prints_a_table_and_only_what_differs_where_asked(run: Run, files: tuple[Path, Path]) -> None:
    status, out, _ = run("compare", *files)
    assert status == 0
    assert "〔-75-〕" in out
    assert "〔+85+〕" in out
    assert "各中小学" in out
    _, out, _ = run("compare", *files, "--changed")
    assert "各中小学" not in out


def test_compare_takes_documents_of_the_corpus(run: Run, home: Path) -> None:
    one, other = ids(home)
    status, out, _ = run("compare", one, other, "--home", home, "--format", "json")
    assert status == 0
    assert json.loads(out)["left"]["document"] == one


def test_the_page_of_a_comparison_escapes_what_documents_hold(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    page, book = tmp_path / "sub" / "c.html", tmp_path / "c.xlsx"
    status, _, _ = run("compare", *files, "--html", page, "--xlsx", book)
    assert status == 0
    html = _Tags()
    html.feed(page.read_text(encoding="utf-8"))
    assert "script" not in html.tags
    assert "<script>alert(1)</script>" in html.words
    assert {"del", "ins"} <= set(html.tags)
    assert formulas(book) == []
    assert any("=SUM(A1)" in str(cell.value) for row in openpyxl.load_workbook(book).active for cell in row)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("没有.txt", "没有.txt"), "--home"), (("旧.txt#3", "旧.txt"), "1"), (("旧.txt", "空.txt"), "空.txt")],
)
def test_compare_says_which_document_it_lacks(
    run: Run, files: tuple[Path, Path], tmp_path: Path, arguments: tuple[str, str], said: str
) -> None:
    (tmp_path / "空.txt").write_bytes(b"")
    status, out, err = run("compare", *arguments)
    assert status == 1
    assert out == ""
    assert said in err


def test_lineage_names_the_source_of_each_clause(
    run: Run, files: tuple[Path, Path], home: Path, tmp_path: Path
) -> None:
    old, new = ids(home)
    status, out, _ = run("lineage", new, "--home", home, "--format", "json")
    assert status == 0
    result = json.loads(out)
    assert [source["document"] for source in result["sources"]] == [old]
    assert [clause["kind"] for clause in result["clauses"] if clause["kind"] != "short"] == ["copied", "copied", "own"]
    book = tmp_path / "l.xlsx"
    status, out, _ = run("lineage", files[1], "--home", home, "--xlsx", book)
    assert status == 0
    assert "来源 1" in out
    assert "↑" in out
    assert formulas(book) == []
    assert openpyxl.load_workbook(book).sheetnames == ["条款", "来源", "未采用"]


def test_trend_prints_draws_and_writes(run: Run, home: Path, tmp_path: Path) -> None:
    book, picture = tmp_path / "t.csv", tmp_path / "t.svg"
    status, out, _ = run(
        "trend", "學校共同體", "走教", "--home", home, "--out", book, "--plot", picture, "--by", "level"
    )
    assert status == 0
    assert "2/2" in out
    assert book.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "县级" in picture.read_text(encoding="utf-8")
    status, out, _ = run("trend", "走教", "--home", home, "--format", "json")
    assert [one["documents"] for one in json.loads(out)["terms"][0]["by"]["year"]] == [0, 1]
    status, _, err = run("trend", "走教 OR 教师", "--home", home)
    assert status == 2
    assert "走教 OR 教师" in err


def test_missing_prints_and_writes_every_county(run: Run, home: Path, tmp_path: Path) -> None:
    book = tmp_path / "m.xlsx"
    status, out, _ = run("missing", "henan-2025", "--home", home, "--out", book)
    assert status == 0
    assert "未报送 157" in out
    assert formulas(book) == []
    sheet = openpyxl.load_workbook(book)["分县"]
    assert sheet.max_row == 158
    status, out, _ = run("missing", "henan-2025", "--home", home, "--format", "json")
    assert json.loads(out)["states"]["nothing"] == 157
    status, _, err = run("missing", "no-such-pack", "--home", home)
    assert status == 2
    assert "no-such-pack" in err


@pytest.mark.parametrize("command", [("lineage", "x"), ("trend", "x"), ("missing", "henan-2025")])
def test_without_a_corpus_each_says_how_to_make_one(run: Run, command: tuple[str, str], tmp_path: Path) -> None:
    status, _, err = run(*command, "--home", tmp_path / "none")
    assert status == 1
    assert "duzheng ingest" in err
