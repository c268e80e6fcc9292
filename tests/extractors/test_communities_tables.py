"""Communities are read from tables of every shape, and from no table of another kind."""

from __future__ import annotations

import pytest
from extraction_building import communities_of, pairs_of, table_of

TWO = [("县一小", ["柳河小学", "石桥小学"]), ("县二小", ["河口小学"])]

SHAPES = {
    "lead merged over its members": [["序号", "牵头校", "成员校"], ["1", "县一小", "柳河小学"], ["^", "^", "石桥小学"], ["2", "县二小", "河口小学"]],
    "lead repeated": [["龙头校", "分校"], ["县一小", "柳河小学"], ["县一小", "石桥小学"], ["县二小", "河口小学"]],
    "lead left empty below": [["支援学校", "受援学校"], ["县一小", "柳河小学"], ["", "石桥小学"], ["县二小", "河口小学"]],
    "one row a group": [["总校", "校区"], ["县一小", "柳河小学、石桥小学"], ["县二小", "河口小学"]],
    "names over lines": [["核心校", "成员学校"], ["县一小", "柳河\n小学\n石桥小\n学"], ["县二小", "河口小学"]],
    "several member columns": [["主校", "紧密型成员校", "协作型成员校"], ["县一小", "柳河小学", "石桥小学"], ["县二小", "河口小学", "/"]],
    "member header merged": [["领衔校", "成员校", "<"], ["县一小", "柳河小学", "石桥小学"], ["县二小", "河口小学", ""]],
    "title row": [["城乡学校结对一览表", "<"], ["城区学校", "乡村学校"], ["县一小", "柳河小学、石桥小学"], ["县二小", "河口小学"]],
    "two header rows with people": [
        ["序号", "帮扶学校", "<", "受帮扶学校", "<"],
        ["^", "学校名称", "校长", "学校名称", "校长"],
        ["1", "县一小", "张三", "柳河小学", "李四"],
        ["2", "^", "^", "石桥小学", "赵六"],
        ["3", "县二小", "王五", "河口小学", "孙七"],
    ],
    "numbers and a total": [
        ["核心校", "学生数", "成员校", "学生数"], ["县一小", "900", "柳河小学、石桥小学", "90"], ["县二小", "800", "河口小学", "80"],
        ["合计", "1700", "", "170"],
    ],
    "header again on the next page": [["牵头校", "成员校"], ["县一小", "柳河小学、石桥小学"], ["牵头校", "成员校"], ["县二小", "河口小学"]],
    "headers in the first column": [["牵头校", "县一小", "县二小"], ["成员校", "柳河小学、石桥小学", "河口小学"]],
    "two lists side by side": [
        ["序号", "牵头校", "成员校", "序号", "牵头校", "成员校"],
        ["1", "县一小", "柳河小学、石桥小学", "2", "县二小", "河口小学"],
    ],
    "the group's name instead of a lead": [
        ["教育集团名称", "成员学校"],
        ["县一小教育集团", "县一小、柳河小学、石桥小学"],
        ["东片集团", "县二小（总校）、河口小学"],
    ],
    "active and passive of one word": [["托管学校", "被托管学校"], ["县一小", "柳河小学、石桥小学"], ["县二小", "河口小学"]],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=list(SHAPES))
def test_two_communities_are_read_from_a_table_with(shape: str) -> None:
    assert pairs_of(table_of(SHAPES[shape])) == TWO


def test_a_table_goes_on_without_a_header_on_the_next_page() -> None:
    assert pairs_of(table_of([["牵头校", "成员校"], ["县一小", "柳河小学"]]), table_of([["县二小", "河口小学"]])) == [
        ("县一小", ["柳河小学"]),
        ("县二小", ["河口小学"]),
    ]


@pytest.mark.parametrize(
    "table",
    [
        [["工作任务", "牵头单位", "参与单位"], ["结对帮扶", "县教育局", "县一中、县二中"]],
        [["姓名", "支援学校", "受援学校"], ["张三", "县一小", "柳河小学"]],
        [["序号", "学校", "地址"], ["1", "县一小", "人民路"], ["2", "县二小", "建设路"]],
        [["牵头校", "成员校"], ["县一小", "全县各乡镇小学"], ["县二小", "无"], ["合计", "12"]],
    ],
)
def test_no_community_is_made_of_other_tables(table: list[list[str]]) -> None:
    assert pairs_of(table_of(table)) == []


def test_the_stage_comes_from_a_column_a_row_across_the_table_or_the_words_above() -> None:
    body = [["县一小", "柳河小学"]]
    column = table_of([["学段", "牵头校", "成员校"], ["小学", "县一小", "柳河小学"], ["初中", "县一中", "柳河中学"]])
    across = table_of([["牵头校", "成员校"], ["小学段", "<"], *body, ["初中段", "<"], ["县一中", "柳河中学"]])
    assert [c.stage for c in communities_of(column)] == ["primary", "junior_secondary"]
    assert [c.stage for c in communities_of(across)] == ["primary", "junior_secondary"]
    assert [c.stage for c in communities_of(table_of([["牵头校", "成员校"], *body], caption="小学结对一览表"))] == [
        "primary"
    ]
    assert [c.stage for c in communities_of("附件1 小学结对一览表", table_of([["牵头校", "成员校"], *body]))] == [
        "primary"
    ]


def test_members_of_different_modes_are_different_communities() -> None:
    found = communities_of(
        table_of([["总校", "分校", "办学模式"], ["县一小", "柳河小学", "融合型"], ["^", "石桥小学", "共建型"]])
    )
    assert [(c.mode, c.lead, c.members) for c in found] == [
        ("融合型", "县一小", ["柳河小学"]),
        ("共建型", "县一小", ["石桥小学"]),
    ]


def test_people_and_numbers_in_brackets_are_no_part_of_a_name() -> None:
    rows = [["总校", "成员校"], ["县一小（张三）", "柳河小学（李四 13800000000）、石桥小学（北校区）"]]
    assert pairs_of(table_of(rows)) == [("县一小", ["柳河小学", "石桥小学（北校区）"])]


def test_names_stay_in_the_script_of_the_source() -> None:
    found = communities_of(table_of([["學段", "核心學校", "成員學校"], ["國小", "縣第一小學", "柳河國小、石橋國小"]]))
    assert [(c.lead, c.members) for c in found] == [("縣第一小學", ["柳河國小", "石橋國小"])]


@pytest.mark.parametrize("header", ["组建方式", "联合体类型", "托管方式", "共建类别", "帮扶方式"])
def test_the_mode_stands_in_a_column_of_many_names(header: str) -> None:
    rows = [["名校", "+校", header, "联系方式"], ["县一小", "柳河小学", "紧密型", "1380000"]]
    assert [(c.mode, c.lead, c.members) for c in communities_of(table_of(rows))] == [("紧密型", "县一小", ["柳河小学"])]


def test_a_mode_that_no_list_knows_is_kept_as_the_column_names_it() -> None:
    rows = [["集团类型", "核心校", "成员校"], ["混搭型", "县一小", "柳河小学"], ["小学型", "县二小", "石桥小学"]]
    assert [c.mode for c in communities_of(table_of(rows))] == ["混搭型", None]
