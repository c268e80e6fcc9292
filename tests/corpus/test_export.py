"""The corpus as tables for Excel and programs: every fact with its quote, and no text of a document ever calculated."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from corpus import export, frames
from corpus.columns import OF_DOCUMENTS, TABLES
from extractors.parse import parse
from schemas.document import Document
from schemas.errors import CorpusError
from schemas.outcome import SourceFile

PLAN = """青岚县教育局关于印发城乡学校共同体建设方案的通知
青教〔2025〕8号
各中小学：
根据《河南省城乡学校共同体建设办法》（豫教〔2024〕3号），制定本方案。
一、目标
到2025年底，全县70%以上的乡村学校纳入校共体。
（一）近期
每学期至少组织1次教研。
二、名单
县实验小学——河东小学、河西小学
三、任务
（一）组建校共体。（责任科室：基教股；完成时限：2025年9月底前）
四、组织领导
组  长：张三  县教育局局长
附件：1.名单一览表
青岚县教育局
2025年3月4日
"""


@pytest.fixture
def plan() -> Document:
    (document,) = parse(SourceFile(uri="方案.txt", data=PLAN.encode())).documents
    return document


def test_every_row_carries_its_document_and_the_original_words(plan: Document) -> None:
    for name in OF_DOCUMENTS:
        for row in frames.of_documents(name, [plan]).dropna(subset="start").to_dict("records"):
            assert row["document"] == plan.id
            assert plan.text[row["start"] : row["end"]] == row["quote"], name
    (target, *_) = frames.of_documents("targets", [plan]).to_dict("records")
    assert (target["value"], target["unit"], target["due"]) == (70, "%", pd.Timestamp("2025-12-31"))
    assert list(frames.of_documents("communities", [plan])["member"]) == ["河东小学", "河西小学"]
    assert list(frames.of_documents("tasks", [plan])["responsible"]) == ["基教股"]


def test_types_do_not_depend_on_what_is_in_a_table(plan: Document) -> None:
    for name in OF_DOCUMENTS:
        full, empty = frames.of_documents(name, [plan]), frames.of_documents(name, [])
        for column in TABLES[name].columns:
            kinds = {str(table[column.name].dtype) for table in (full, empty)}
            assert len(kinds) == 1, (name, column.name, kinds)
    documents = frames.of_documents("documents", [plan])
    assert str(documents["signed_on"].dtype) == "datetime64[us]"
    assert documents["signed_on"][0] == pd.Timestamp("2025-03-04")
    assert (str(documents["year"].dtype), str(documents["province"].dtype)) == ("Int64", "category")


def test_a_table_of_many_pieces_is_one_table(plan: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [plan.model_copy(update={"id": f"{number:016d}"}) for number in range(7)]
    whole = frames.of_documents("sections", many)
    monkeypatch.setattr(frames, "PIECE", 3)
    assert_frame_equal(frames.of_documents("sections", many), whole)


def test_sections_part_the_text_and_name_the_one_above(plan: Document) -> None:
    table = frames.of_documents("sections", [plan])
    below = table[table["heading"] == "近期"].iloc[0]
    above = table[table["section"] == below["parent"]].iloc[0]
    assert (above["heading"], above["depth"], below["depth"]) == ("目标", 1, 2)
    assert above["end"] <= below["start"]
    assert above["section_end"] >= below["end"]


@pytest.mark.parametrize("ending", export.FORMATS)
@pytest.mark.parametrize("name", OF_DOCUMENTS)
def test_what_is_written_is_read_back_the_same(plan: Document, tmp_path: Path, name: str, ending: str) -> None:
    other = plan.model_copy(update={"id": "b", "title": "=1+1", "signed_on": date(1898, 7, 1), "topics": []})
    table = frames.of_documents(name, [plan, other])
    path = tmp_path / f"a{ending}"
    export.write({name: table}, path)
    assert_frame_equal(export.read(path, name), table)
    export.write({name: frames.of_documents(name, [])}, path)
    assert_frame_equal(export.read(path, name), frames.of_documents(name, []))


LEADING = ["", "=", "'", "'=", "+", "-", "@", "\t", "\r", "'''-"]


@given(texts=st.lists(st.text(st.characters(exclude_characters="\0"), max_size=8), min_size=1, max_size=4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_from_a_file(plan: Document, tmp_path: Path, texts: list[str]) -> None:
    hostile = [
        plan.model_copy(update={"title": leading + text, "id": text or "x"}) for text in texts for leading in LEADING
    ]
    table = frames.of_documents("targets", hostile)
    for ending in (".csv", ".jsonl", ".parquet"):
        export.write({"targets": table}, tmp_path / f"a{ending}")
        assert_frame_equal(export.read(tmp_path / f"a{ending}", "targets"), table)


def test_parquet_keeps_the_types_for_any_reader(plan: Document, tmp_path: Path) -> None:
    table = frames.of_documents("targets", [plan])
    export.write({"targets": table}, tmp_path / "a.parquet")
    again = pd.read_parquet(tmp_path / "a.parquet")
    # Of a category without any value Parquet does not tell what its values would be.
    assert_frame_equal(again, table, check_categorical=False)
    assert str(again["per"].dtype) == "category"


def test_a_workbook_has_a_sheet_for_each_table(plan: Document, tmp_path: Path) -> None:
    path = tmp_path / "新" / "语料.xlsx"
    export.write({name: frames.of_documents(name, [plan]) for name in OF_DOCUMENTS}, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == list(OF_DOCUMENTS)
    assert book["communities"].max_row == 3
    assert path.stat().st_mode & 0o044


def test_several_tables_go_into_a_folder(plan: Document, tmp_path: Path) -> None:
    tables = {name: frames.of_documents(name, [plan]) for name in ("documents", "targets")}
    written = export.write_folder(tables, tmp_path / "表", "parquet")
    assert [path.name for path in written] == ["documents.parquet", "targets.parquet"]
    assert_frame_equal(export.read(written[1], "targets"), tables["targets"])


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx"])
def test_no_text_becomes_a_formula(plan: Document, tmp_path: Path, title: str) -> None:
    hostile = plan.model_copy(update={"title": title})
    table = frames.of_documents("documents", [hostile])
    export.write({"documents": table}, tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["documents"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (title, "s", True)
    export.write({"documents": table}, tmp_path / "a.csv")
    assert f"'{title}" in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")


def test_json_lines_keep_the_text_as_it_is(plan: Document, tmp_path: Path) -> None:
    export.write({"targets": frames.of_documents("targets", [plan])}, tmp_path / "a.jsonl")
    row, *_ = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert row["quote"] == "全县70%以上的乡村学校纳入校共体"
    assert (row["due"], row["value"], row["upper"]) == ("2025-12-31", 70.0, None)


def test_a_wrong_form_is_said_and_an_existing_file_stays(plan: Document, tmp_path: Path) -> None:
    table = {name: frames.of_documents(name, [plan]) for name in ("targets", "tasks")}
    with pytest.raises(CorpusError, match="xlsx"):
        export.write(table, tmp_path / "a.docx")
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(CorpusError, match="xlsx"):
        export.write(table, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "mine"


def test_a_file_of_another_table_is_refused(plan: Document, tmp_path: Path) -> None:
    export.write({"targets": frames.of_documents("targets", [plan])}, tmp_path / "a.csv")
    with pytest.raises(CorpusError, match="column is missing: text"):
        export.read(tmp_path / "a.csv", "tasks")


def test_an_empty_corpus_gives_an_empty_table(tmp_path: Path) -> None:
    export.write({"documents": frames.of_documents("documents", [])}, tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["documents"]
