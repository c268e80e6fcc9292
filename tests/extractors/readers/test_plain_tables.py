"""Tables inside plain text, in the three forms that real copies have."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers import plain_tables
from extractors.readers.text import blocks_of
from schemas.reading import Paragraph, Table

WORDS = [
    "第一小学",
    "青石中心小学",
    "白果镇中学",
    "实验幼儿园",
    "王明",
    "30%",
    "12",
    "每学期 2次",
    "无",
    "县教研室",
    "核心校",
]
cell_texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("、".join)


@st.composite
def filled_grids(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    return draw(st.lists(st.lists(cell_texts, min_size=width, max_size=width), min_size=2, max_size=6))


def rows_of(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in table.grid()]


def only_table(text: str) -> Table:
    tables = [block for block in blocks_of(text) if isinstance(block, Table)]
    assert len(tables) == 1
    return tables[0]


@given(filled_grids(), st.booleans(), st.booleans(), st.booleans())
def test_a_pipe_table_reads_back_as_its_cells(grid: list[list[str]], lead: bool, trail: bool, ruled: bool) -> None:
    lines = [("| " if lead else "") + " | ".join(row) + (" |" if trail else "") for row in grid]
    if ruled:
        lines.insert(1, "|".join(["---"] * len(grid[0])))
    assert rows_of(only_table("前文。\n\n" + "\n".join(lines) + "\n\n后文。")) == grid


@given(filled_grids())
def test_a_table_with_tabs_between_reads_back_as_its_cells(grid: list[list[str]]) -> None:
    assert rows_of(only_table("前文。\n" + "\n".join("\t".join(row) for row in grid) + "\n后文。")) == grid


@given(filled_grids(), st.booleans())
def test_a_table_with_tabs_before_reads_back_as_its_cells(grid: list[list[str]], direct: bool) -> None:
    table = "\n\n".join("\n".join("\t" + cell for cell in row) for row in grid)
    blocks = blocks_of("评分细则" + ("\n" if direct else "\n\n") + table + "\n\n\n附件2：\n\n后文在这里。")
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == ["评分细则", "附件2：", "后文在这里。"]
    assert [rows_of(b) for b in blocks if isinstance(b, Table)] == [grid]


@given(st.lists(st.lists(cell_texts, min_size=1, max_size=4), min_size=2, max_size=4), st.sampled_from(["\n", "\n\n"]))
def test_cells_broken_over_lines_keep_their_lines(groups: list[list[str]], gap: str) -> None:
    """The first and last cell of each row stand on several lines, as narrow Word columns copy."""
    rows = [["学\n段".replace("\n", gap), "\n".join(g), "王明" + gap + "李华"] for g in groups]
    text = "\n\n".join("\n".join("\t" + cell for cell in row) for row in [["学段", "学校", "干部"], *rows])
    table = only_table(text + "\n\n附件2：")
    assert rows_of(table)[1:] == [["学\n段", "\n".join(g), "王明\n李华"] for g in groups]


PAIRS = """\t学段
\t牵头校
\t成员校
\t联系人

\t
小

学
\t青石小学
\t白果小学  红岩小学
\t王明

李华

\t
\t绿水小学
\t长岭小学
\t

\t
\t黄泥小学
\t大坪小学
\t

\t初中
\t县二中
\t白果中学
\t赵强

\t
\t县三中
\t红岩中学
\t
"""


def test_empty_cells_below_the_first_column_and_a_consistent_last_column_are_merged_cells() -> None:
    table = only_table("一览表\n\n" + PAIRS + "\n\n附件2：\n\n后文")
    spans = {(c.row, c.column): c.row_span for c in table.cells if c.row_span > 1}
    assert spans == {(1, 0): 3, (1, 3): 3, (4, 0): 2, (4, 3): 2}
    assert [c.text for c in table.cells if c.column == 3] == ["联系人", "王明\n李华", "赵强"]
    assert rows_of(table)[3] == ["小\n学", "黄泥小学", "大坪小学", "王明\n李华"]


def test_a_blank_that_was_to_be_filled_in_stays_blank() -> None:
    table = only_table(
        "| 牵头校 | 成员校 | 备注 |\n| 青石小学 | 白果小学 | 已签约 |\n| 绿水小学 | | |\n| 县二中 | 红岩中学 | |"
    )
    assert rows_of(table)[2] == ["绿水小学", "", ""]


def test_two_tables_with_a_heading_between_are_two_tables() -> None:
    second = (
        "\t项目\n\t标准\n\n\t1.方案\n\n（10分）\n\t1.有方案。\n\n2.有总结。\n\n"
        "\t2.管理\n\n（20分）\n\t1.有制度。\n\n2.有落实。\n"
    )
    blocks = blocks_of(PAIRS + "\n\n附件2：\n\n考核标准\n" + second)
    kinds = [type(b).__name__ for b in blocks]
    assert kinds == ["Table", "Paragraph", "Paragraph", "Table"]
    assert isinstance(blocks[3], Table)
    assert rows_of(blocks[3])[2] == ["2.管理\n（20分）", "1.有制度。\n2.有落实。"]


def test_a_line_between_two_tables_with_the_same_head_belongs_to_neither() -> None:
    part = "\t牵头校\n\t成员校\n\n\t青石小学\n\t白果小学\n\n\t绿水小学\n\t长岭小学\n"
    blocks = blocks_of("小学组\n\n" + part + "\n初中组\n\n" + part)
    assert [b.text if isinstance(b, Paragraph) else b.height for b in blocks] == ["小学组", 3, "初中组", 3]


@pytest.mark.parametrize(
    "line", ["| 首页 | 新闻 | 公开各县教体局：请认真落实。", "2019|2020 学年", "关于做好工作的通知 | |", "|"]
)
def test_a_single_line_with_pipes_is_no_table(line: str) -> None:
    assert all(isinstance(b, Paragraph) for b in blocks_of("前文。\n" + line + "\n后文。"))


def test_a_title_in_a_pipe_frame_is_a_paragraph_without_the_frame() -> None:
    blocks = blocks_of(
        "索引号: | 001 | 主题分类: | 教育 |\n公开方式: | 主动公开 | 公开时限: | 长期 |\n"
        "关于做好工作的通知 | |\n正文。\n|\n|"
    )
    assert isinstance(blocks[0], Table)
    assert blocks[0].role == "metadata"
    assert [b.text for b in blocks[1:] if isinstance(b, Paragraph)] == ["关于做好工作的通知", "正文。"]


def test_paragraphs_indented_by_a_tab_are_no_table() -> None:
    text = (
        "\t各学校：\n\t为落实省厅要求，现将有关事项通知如下。\n\n"
        "\t一、加强领导。各校要高度重视。\n\t二、狠抓落实。各校要抓好落实。\n"
    )
    assert all(isinstance(b, Paragraph) for b in blocks_of(text))


def test_a_row_of_a_markdown_table_with_one_filled_cell_stays_in_the_table() -> None:
    table = only_table(
        "| 项目 | 分值 | 说明 |\n|---|---|---|\n| 管理 | 20 | 甲 |\n| 一、其他 | | |\n| 特色 | 10 | 乙 |"
    )
    assert table.height == 4


@pytest.mark.parametrize(
    "text",
    [
        "1.\t加强领导。\n2.\t狠抓落实。\n3.\t严格考核。",
        "（一）\t总体要求\n（二）\t工作目标",
        "组  长：\t王明\n副组长：\t李华\n成  员：\t赵强、周立",
        "附件：\t1.结对名单\n\t2.协议",
    ],
)
def test_a_tab_behind_a_number_or_label_makes_no_table(text: str) -> None:
    assert all(isinstance(b, Paragraph) for b in blocks_of(text))


def test_a_signature_below_a_table_is_not_part_of_its_last_cell() -> None:
    blocks = blocks_of(PAIRS.rstrip() + "\n\t王明\n\n李华\n\n青石县教育局\n\n2025年9月1日\n")
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == ["青石县教育局", "2025年9月1日"]
    assert isinstance(blocks[0], Table)
    assert blocks[0].cells[-1].text == "王明\n李华"


def test_items_that_count_on_stay_in_the_last_cell() -> None:
    table = only_table(
        "\t项目\n\t材料\n\n\t方案\n\t（一）工作方案\n\n（二）结对学校名单\n\n\t总结\n\t（一）年度总结\n\n（二）台账\n"
    )
    assert rows_of(table)[1:] == [
        ["方案", "（一）工作方案\n（二）结对学校名单"],
        ["总结", "（一）年度总结\n（二）台账"],
    ]


def test_escaped_pipes_belong_to_the_cell() -> None:
    assert plain_tables.pipe_cells(r"| a\|b | c |") == ["a|b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "\t甲\n" * 60_000,
        "\t甲\n\n" * 60_000,
        "甲 | \n" * 60_000,
        "甲\t乙\n丙\n" * 40_000,
        "\t甲\n\n乙\n\n" * 30_000,
        "|" * 200_000,
    ],
    ids=["one row", "one column", "lone cells", "lone rows", "broken cells", "pipes"],
)
def test_hostile_runs_take_time_in_proportion_to_their_length(
    text: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    linear(lambda n: plain_tables.find(text[:n].split("\n")), len(text) // 4)
