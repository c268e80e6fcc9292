"""Tables of web pages: every cell with its text at its place, nothing lost, whatever the markup claims."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from merged_tables import Spec, expected_grid, merged_tables, text_grid

from extractors.readers import html
from schemas.reading import Paragraph, Reading, Table

TEXT = "<p>为推进城乡学校共同体建设，现将有关事项通知如下，请遵照执行。</p>" * 3


def read(markup: str) -> Reading:
    return html.read(f"<html><body><h1>关于印发方案的通知</h1>{TEXT}{markup}</body></html>".encode(), "x.html")


def grids(markup: str) -> list[list[list[str]]]:
    return [text_grid(block) for block in read(markup).blocks if isinstance(block, Table)]


def markup_of(cells: list[Spec], head: int = 0) -> str:
    """The table as HTML, its first rows in a ``<thead>``."""
    height = max(r + h for r, _, h, _, _ in cells)
    rows = []
    for row in range(height):
        own = sorted((c for c in cells if c[0] == row), key=lambda c: c[1])
        rows.append("<tr>" + "".join(f"<td rowspan={h} colspan={w}>{text}</td>" for _, _, h, w, text in own) + "</tr>")
    return f"<table border=1><thead>{''.join(rows[:head])}</thead><tbody>{''.join(rows[head:])}</tbody></table>"


def seen(cells: list[Spec]) -> list[Spec]:
    """The cells on the columns in which some cell begins."""
    columns = sorted({c for _, c, *_ in cells} | {max(c + w for _, c, _, w, _ in cells)})
    at = columns.index
    return [
        (r, at(c), h, len([e for e in columns if c <= e < c + w]), text) for r, c, h, w, text in cells
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(merged_tables(blanks=False))
def test_any_merged_table_reads_back_cell_for_cell(cells: list[Spec]) -> None:
    shown = seen(cells)
    by_row = [sum(c[0] == row for c in cells) for row in range(max(r + h for r, _, h, _, _ in cells))]
    assume(max(by_row) > 1)  # a single cell to a row lays out the page
    (table,) = [block for block in read(markup_of(cells)).blocks if isinstance(block, Table)]
    assert text_grid(table) == expected_grid(shown)
    assert {(c.row, c.column, c.row_span, c.column_span) for c in table.cells} == {c[:4] for c in shown}


def test_a_form_with_a_list_in_a_cell_keeps_its_cells_and_the_list_follows() -> None:
    inner = "<table border=1><tr><td>学校</td><td>人数</td></tr><tr><td>白果小学</td><td>3</td></tr></table>"
    form = f"<table border=1><tr><td>校名</td><td>名单</td></tr><tr><td>青石小学</td><td>见表{inner}（完）</td></tr></table>"
    assert grids(form) == [
        [["校名", "名单"], ["青石小学", "见表\n（完）"]],
        [["学校", "人数"], ["白果小学", "3"]],
    ]


def test_a_table_that_lays_out_the_page_gives_its_texts_and_the_tables_in_it() -> None:
    inner = "<table><tr><td>学校</td><td>人数</td></tr><tr><td>白果小学</td><td>3</td></tr></table>"
    layout = f"<table border=0><tr><td>左栏</td><td>右栏{inner}</td></tr></table>"
    reading = read(layout)
    assert grids(layout) == [[["学校", "人数"], ["白果小学", "3"]]]
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph)][-2:] == ["左栏", "右栏"]


def test_head_and_foot_stand_where_they_are_shown_and_hold_their_spans_to_themselves() -> None:
    table = (
        "<table><tfoot><tr><td>合计<td>3</tfoot><tbody><tr><td>甲<td>1<tr><td rowspan=0>乙<td>2<tr><td>3</tbody>"
        "<thead><tr><th rowspan=9>校<th>数</thead></table>"
    )
    assert grids(table) == [[["校", "数"], ["甲", "1"], ["乙", "2"], ["乙", "3"], ["合计", "3"]]]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("<table><td>甲</td><td>乙</td></table>", [["甲", "乙"]]),
        ("<table><tr><td>甲<br>一</td><td><p>乙</p><p>二</p></td></tr></table>", [["甲\n一", "乙\n二"]]),
        (
            "<table><tr><td>甲</td><td>乙</td></tr><tr style='display:none'><td>隐</td><td>藏</td></tr></table>",
            [["甲", "乙"]],
        ),
        ("<table><tr><td rowspan=99 colspan=99>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>",
         [["甲", "乙"], ["甲", "丙"]]),
    ],
    ids=["no rows", "breaks in cells", "hidden row", "lying spans"],
)  # fmt: skip
def test_odd_markup(table: str, expected: list[list[str]]) -> None:
    assert grids(table) == [expected]


def test_text_between_the_cells_is_not_lost() -> None:
    table = "<table>附表标题<tr><td>甲</td><td>乙</td></tr><p>单位：人</p><tr><td>丙</td><td>丁</td></tr></table>"
    reading = read(table)
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph)][-2:] == ["附表标题", "单位：人"]
    assert grids(table) == [[["甲", "乙"], ["丙", "丁"]]]


def test_tables_nested_without_end_are_read() -> None:
    deep = "<table border=1><tr><td>甲</td><td>乙" * 3000
    assert read(deep).blocks
