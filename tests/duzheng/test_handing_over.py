"""What inspectors and researchers take away: ledger, report, tables and marked pages, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from corpus.columns import TABLES
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PDF = next((SAMPLES / "henan" / "plans").rglob("*.pdf"))
TEXT = next((SAMPLES / "zhejiang" / "plans").rglob("*.txt"))

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        data = TEXT.read_bytes()
        corpus.keep(data)
        corpus.record([parse(SourceFile(uri=str(TEXT), data=data))])
    return tmp_path / "corpus"


def test_a_check_writes_the_ledger_and_the_report_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    ledger, report = tmp_path / "新" / "问题台账.xlsx", tmp_path / "新" / "报告.html"
    status, out, err = run("check", PDF, "--ledger", ledger, "--report", report, "--format", "json")
    assert status == 0
    assert out.startswith("[")
    assert [line.strip() for line in err.splitlines()] == [str(ledger), str(report)]
    assert "问题台账" in openpyxl.load_workbook(ledger).sheetnames
    assert "<script" not in report.read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    status, _, err = run("check", TEXT, "--ledger", tmp_path / "a" / "b.xlsx")
    assert status == 1
    assert "cannot be written" in err.splitlines()[-1]


def test_the_corpus_is_exported_as_tables(run: Run, home: Path, tmp_path: Path) -> None:
    status, out, err = run("export", tmp_path / "a.xlsx", "--home", home)
    assert (status, err) == (0, "")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == list(TABLES)
    assert "communities" in out


def test_tables_go_into_a_folder_and_are_chosen_by_place(run: Run, home: Path, tmp_path: Path) -> None:
    chosen = ("--table", "documents,targets", "--format", "parquet", "--home", home)
    status, out, err = run("export", tmp_path / "表", *chosen, "--province", "浙江省")
    assert (status, err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "表").iterdir()) == ["documents.parquet", "targets.parquet"]
    assert f"{tmp_path / '表' / 'documents.parquet'}: documents 1\n" in out
    status, out, err = run("export", tmp_path / "表", *chosen, "--province", "河南省")
    assert f"{tmp_path / '表' / 'documents.parquet'}: documents 0\n" in out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("a.xlsx", "--table", "nothing"), 2, "documents, communities"),
        (("a.docx",), 1, ".xlsx"),
        (("a.csv",), 1, "one table"),
    ],
)
def test_a_wrong_export_is_one_line_with_the_way_out(
    run: Run, home: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    found, _, err = run("export", *arguments, "--home", home)
    assert found == status
    assert said in err
    assert err.count("\n") == 1


def test_a_whole_corpus_goes_into_an_archive_and_into_another_folder(run: Run, home: Path, tmp_path: Path) -> None:
    status, out, err = run("export", tmp_path / "全部.zip", "--all", "--home", home)
    assert (status, err) == (0, "")
    assert f"{tmp_path / '全部.zip'}: originals 1" in out
    status, out, err = run("import", tmp_path / "全部.zip", "--home", tmp_path / "另一处")
    assert (status, err) == (0, "")
    assert "documents: 新增 added 1, 已有 present 0" in out
    status, out, err = run("import", tmp_path / "全部.zip", "--home", tmp_path / "另一处", "--format", "json")
    assert (status, json.loads(out)["added"]["documents"], json.loads(out)["present"]["documents"]) == (0, 0, 1)
    status, out, _ = run("export", tmp_path / "再次.zip", "--all", "--home", tmp_path / "另一处")
    assert (tmp_path / "再次.zip").read_bytes() == (tmp_path / "全部.zip").read_bytes()
    assert run("export", tmp_path / "x.zip", "--all", "--province", "浙江省", "--home", home)[0] == 2
    assert run("import", TEXT, "--home", home)[0] == 1


def test_datasette_is_told_what_it_shows(run: Run, home: Path, tmp_path: Path) -> None:
    status, out, err = run("export", tmp_path / "m.yaml", "--datasette", "--home", home)
    assert (status, err) == (0, "")
    assert out.splitlines()[1] == f"datasette {home / 'corpus.sqlite'} -m {tmp_path / 'm.yaml'}"
    assert "v_targets" in (tmp_path / "m.yaml").read_text(encoding="utf-8")


def test_pages_are_drawn_from_a_file(run: Run, tmp_path: Path) -> None:
    status, out, err = run("show", PDF, "--boxes", tmp_path / "pages")
    assert (status, err) == (0, "")
    assert [Path(line).is_file() for line in out.splitlines()] == [True] * 4


def test_what_has_no_pages_is_not_drawn(run: Run, tmp_path: Path) -> None:
    status, _, err = run("show", TEXT, "--boxes", tmp_path / "pages")
    assert status == 1
    assert "PDF" in err
