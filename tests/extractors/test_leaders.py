"""Leaders are read wherever they are named; posts without a name, members and ordinary sentences name nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from extraction_building import layout_of, table_of

from extractors.layout import squeeze
from extractors.leaders import blanks, find_leaders
from schemas.reading import Table

TWO = [("组长", "张三丰"), ("副组长", "李四光")]


def leaders_of(*blocks: str | Table) -> list[tuple[str, str]]:
    layout = layout_of(*blocks)
    found = find_leaders(layout)
    assert all(squeeze(layout.text[x.span.start : x.span.end]) == x.name for x in found)
    return [(x.role, x.name) for x in found]


@pytest.mark.parametrize(
    "blocks",
    [
        ("组  长：张三丰（县教育局党组书记、局长）", "副组长：李四光（县教育局副局长）", "成  员：王五、赵六"),
        ("组长：县教育局局长 张三丰", "副组长：县教育局副局长 李四光"),
        ("组长：张三丰 县教育局局长", "副组长：李四光 县教育局副局长", "成员：基教股、人事股负责人"),
        ("组长 张三丰", "副组长 李四光", "成员 赵六 孙七"),
        ("组 长", "张三丰 县教育局局长", "副组长", "李四光 县教育局副局长"),
        ("组长：张三丰；副组长：李四光；成员：赵六",),
        ("成立领导小组，组长张三丰（局长），副组长李四光，成员由基教科、人事科负责人组成。",),
        ("由县教育局局长张三丰同志担任组长，副局长李四光任副组长。",),
        ("组长由县长张三丰担任，副组长由李四光担任。",),
        ("学校成立了以校长张三丰为组长、副校长李四光为副组长的工作小组。",),
        (table_of([["姓名", "职务", "组内职务"], ["张三丰", "局长", "组长"], ["李四光", "副局长", "副组长"], ["王五", "股长", "成员"]]),),
        (table_of([["组长", "张三丰", "县教育局局长"], ["副组长", "李四光", "副局长"], ["成员", "王五", "股长"]]),),
    ],
)  # fmt: skip
def test_the_head_and_the_deputy_are_read_from(blocks: tuple[str | Table, ...]) -> None:
    assert leaders_of(*blocks) == TWO


def test_the_head_of_the_office_is_told_from_other_directors() -> None:
    assert leaders_of("领导小组办公室设在基教股，李四光兼任办公室主任。") == [("办公室主任", "李四光")]
    assert leaders_of("办公室主任由基教股股长李四光兼任。") == [("办公室主任", "李四光")]


def test_a_role_stays_in_the_script_of_the_source() -> None:
    text = "領導小組下設辦公室，由李四光同志兼任辦公室主任。張三丰任組長。"
    assert leaders_of(text) == [("辦公室主任", "李四光"), ("組長", "張三丰")]


def test_names_with_a_point_inner_spaces_or_a_shared_label_are_read() -> None:
    assert leaders_of("組  長：買買提·艾力（縣委副書記）", "副組長：歐陽明、何  軍 王五光") == [
        ("組長", "買買提·艾力"),
        ("副組長", "歐陽明"),
        ("副組長", "何軍"),
        ("副組長", "王五光"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "成立以局长为组长，分管副局长为副组长，各股室负责人为成员的领导小组。",
        "学校党支部书记、校长为组长，主任负责落实。",
        "班主任：要加强管理。书记、主任要高度重视。",
        "年级主任为责任人，教研组长负责。",
        "会议由县教育局局长张三丰主持，副主任李四光参加。",
        "联系人：张三丰，电话：12345678",
        "教研组长：张三丰",
        "组长：教育局主要负责人",
        "组长由局长担任。",
        "成员：张三丰、李四光",
        "理事长由核心校党组织书记担任。",
    ],
)
def test_nobody_is_named_by(text: str) -> None:
    assert leaders_of(text) == []


@pytest.mark.parametrize("value", ["", "    ", "XX", "某某", "张某某", "×××", "吴"])
def test_a_blank_is_reported_as_a_blank_and_not_as_a_name(value: str) -> None:
    layout = layout_of(f"组长：{value}", "成员：各股室负责人")
    assert find_leaders(layout) == []
    assert [role for role, _, _ in blanks(layout)] == ["组长"]


@pytest.mark.parametrize("unit", ["组长由张三丰", "组  长 ", "为组长", "主任", "一"])
def test_the_cost_grows_with_the_length_and_no_faster(
    unit: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    def run(n: int) -> None:
        layout = layout_of(unit * n)
        find_leaders(layout)
        list(blanks(layout))

    linear(run, 10_000 // len(unit))


def test_people_over_commas_share_the_role_behind_the_last() -> None:
    found = leaders_of("由县长江一鸣任组长，宣传部部长何二丽，副县长田三平任副组长，各股室负责人为成员。")
    assert [leader[:2] for leader in found] == [("组长", "江一鸣"), ("副组长", "何二丽"), ("副组长", "田三平")]
