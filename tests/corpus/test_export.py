"""The corpus as tables for Excel and programs: every fact with its quote, and no text of a document ever calculated."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from corpus import export, frames
from extractors.parse import parse
from schemas.document import Document
from schemas.errors import CorpusError
from schemas.outcome import SourceFile

PLAN = """青岚县城乡学校共同体建设方案
为推进城乡学校共同体建设，制定本方案。
一、目标
到2025年底，全县70%以上的乡村学校纳入校共体。
二、名单
县实验小学——河东小学、河西小学
三、任务
（一）组建校共体。（责任科室：基教股；完成时限：9月底前）
"""


@pytest.fixture
def plan() -> Document:
    (document,) = parse(SourceFile(uri="方案.txt", data=PLAN.encode())).documents
    return document


def test_every_row_carries_its_document_and_the_original_words(plan: Document) -> None:
    members = frames.communities([plan])
    assert list(members["member"]) == ["河东小学", "河西小学"]
    (target,) = frames.targets([plan]).to_dict("records")
    assert (target["value"], target["unit"], target["document"]) == (70, "%", plan.id)
    assert plan.text[target["start"] : target["end"]] == target["quote"]
    (task,) = frames.tasks([plan]).to_dict("records")
    assert task["responsible"] == "基教股"


def test_a_workbook_has_a_sheet_for_each_table(plan: Document, tmp_path: Path) -> None:
    path = tmp_path / "新" / "语料.xlsx"
    export.write({name: make([plan]) for name, make in frames.OF_DOCUMENTS.items()}, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["documents", "communities", "targets", "tasks"]
    assert book["communities"].max_row == 3


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx"])
def test_no_text_becomes_a_formula(plan: Document, tmp_path: Path, title: str) -> None:
    hostile = plan.model_copy(update={"title": title})
    export.write({"documents": frames.documents([hostile])}, tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["documents"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (title, "s", True)
    export.write({"documents": frames.documents([hostile])}, tmp_path / "a.csv")
    assert f"'{title}" in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")


def test_json_lines_keep_the_text_as_it_is(plan: Document, tmp_path: Path) -> None:
    export.write({"targets": frames.targets([plan])}, tmp_path / "a.jsonl")
    (row,) = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert row["quote"] == "全县70%以上的乡村学校纳入校共体"


def test_a_wrong_form_is_said_and_an_existing_file_stays(plan: Document, tmp_path: Path) -> None:
    table = {"targets": frames.targets([plan]), "tasks": frames.tasks([plan])}
    with pytest.raises(CorpusError, match="xlsx"):
        export.write(table, tmp_path / "a.docx")
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(CorpusError, match="xlsx"):
        export.write(table, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "mine"


def test_an_empty_corpus_gives_an_empty_table(tmp_path: Path) -> None:
    export.write({"documents": frames.documents([])}, tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["documents"]
