"""A table that comes as delimited text is a table, whatever program wrote it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import tables

from extractors.readers import read
from extractors.readers.sheets import delimited
from schemas.errors import NotRead
from schemas.reading import Paragraph, Reading, Table

ROWS = [["学段", "牵头校", "覆盖率"], ["小学", "青禾小学，本部", "80%"], ["初中", "河口中学", "75%"]]


def written(rows: list[list[str]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue()


def texts(reading: Reading) -> list[list[str]]:
    (table,) = tables(reading)
    return [[cell.text if cell else "" for cell in row] for row in table.grid()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "big5", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    ("extension", "delimiter"), [("csv", ","), ("csv", ";"), ("csv", "\t"), ("tsv", "\t"), ("csv", "|")]
)
def test_every_encoding_and_delimiter_gives_the_same_table(encoding: str, extension: str, delimiter: str) -> None:
    rows = [["學校", "牽頭學校", "備註"], ["小學", "第一小學校本部", "同上"]] if encoding == "big5" else ROWS
    data = written(rows, delimiter).encode(encoding)
    data = b"\xff\xfe" + data if encoding == "utf-16-le" else data
    reading = read(data, f"一览表.{extension}")
    assert texts(reading) == rows
    assert reading.media_type == "text/csv"


def test_every_cell_has_its_reference_and_a_quoted_line_break_is_one_row() -> None:
    reading = read(written([["甲", "乙"], ["一\n二", 'a "b", c'], ["三", "四"]]).encode(), "a.csv")
    (table,) = tables(reading)
    assert [(cell.reference, cell.text) for cell in table.cells] == [
        ("A1", "甲"), ("B1", "乙"), ("A2", "一\n二"), ("B2", 'a "b", c'), ("A3", "三"), ("B3", "四"),
    ]  # fmt: skip


def test_title_lines_and_remarks_stand_around_the_table() -> None:
    rows = [["附件1", "", ""], ["结对一览表", "", ""], *ROWS, ["注：一式两份", "", ""]]
    reading = read(written(rows).encode(), "a.csv")
    assert [block.text for block in reading.blocks if isinstance(block, Paragraph)] == [
        "附件1",
        "结对一览表",
        "注：一式两份",
    ]
    assert texts(reading) == ROWS
    assert tables(reading)[0].cells[0].reference == "A3"


def test_blanks_under_a_group_are_its_merged_cell() -> None:
    rows = [["学段", "学校"], ["小学", "甲校"], ["", "乙校"], ["初中", "丙校"]]
    (table,) = tables(read(written(rows).encode(), "a.csv"))
    (group,) = (cell for cell in table.cells if cell.text == "小学")
    assert (group.row_span, group.reference) == (2, "A2")


def test_the_delimiter_that_a_file_declares_is_taken() -> None:
    assert texts(read("sep=;\r\n甲;乙,丙\r\n丁;戊,己\r\n".encode(), "a.csv")) == [["甲", "乙,丙"], ["丁", "戊,己"]]


def test_decimal_commas_do_not_divide_a_semicolon_table() -> None:
    assert texts(read("项;值;比\n甲;0,8;1,5\n乙;0,75;2,5\n".encode(), "a.csv"))[1] == ["甲", "0,8", "1,5"]


def test_a_quote_that_is_not_closed_swallows_nothing() -> None:
    reading = read('学校,备注\n"甲校,无\n乙校,有\n丙校,有\n'.encode(), "a.csv")
    assert texts(reading) == [["学校", "备注"], ['"甲校', "无"], ["乙校", "有"], ["丙校", "有"]]


def test_prose_under_the_name_of_a_table_stays_prose() -> None:
    text = "青岚县教育局关于结对帮扶的通知\n各学校：\n现将有关事项通知如下。\n"
    assert not tables(read(text.encode(), "a.csv"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("学段,牵头校,成员校\n小学,甲校,乙校\n初中,丙校,丁校\n", 1),
        ("学段;牵头校;成员校\n小学;甲校;乙校\n初中;丙校;丁校\n", 1),
        ("To all schools, near and far,\nplease note, that from now on\nthe list, below, holds.\n", 0),
        ("甲校,乙校,丙校。\n丁校,戊校,己校。\n庚校,辛校,壬校。\n", 0),
        ("甲,乙\n丙,丁\n戊,己\n", 0),
    ],
)
def test_a_text_without_the_name_is_a_table_only_when_every_line_is_divided_alike(text: str, expected: int) -> None:
    assert len(tables(read(text.encode(), "a.txt"))) == expected


def test_more_cells_than_are_read_are_refused_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.limits.MAX_CELLS", 50)
    with pytest.raises(NotRead) as refusal:
        read(("a,b\n" * 40).encode(), "a.csv")
    assert refusal.value.cause == "over_limit"


@given(st.text(alphabet='甲乙a1,;|\t"\n\r =。', max_size=120), st.sampled_from(["a.csv", "a.tsv", "a.txt"]))
def test_no_character_of_a_delimited_text_is_lost(text: str, uri: str) -> None:
    blocks = delimited.read(text, uri)
    if blocks is None:
        return
    shown = "".join(
        "".join(cell.text for cell in block.cells) if isinstance(block, Table) else block.text for block in blocks
    )
    kept = set("甲乙a1。")
    assert [c for c in shown if c in kept] == [c for c in text.removeprefix("sep=") if c in kept]


cells = st.text(alphabet="甲乙丙ab1，。", min_size=1, max_size=6)


@given(st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=2, max_size=8)))
def test_any_table_reads_back(rows: list[list[str]]) -> None:
    assert texts(read(written(rows).encode(), "a.csv")) == rows


@pytest.mark.parametrize("piece", ['"', "a,", ",", "\n", '"a"b,', "a;b\n", "sep=,\n"])
def test_the_cost_grows_with_the_length(piece: str, linear: Callable[[Callable[[int], object], int], None]) -> None:
    linear(lambda n: delimited.read(piece * n, "a.csv"), 4_000)
