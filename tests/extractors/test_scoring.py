"""Scoring tables give one item a row with its points; totals and people's marks are no items."""

from __future__ import annotations

import pytest
from extraction_building import layout_of, table_of

from extractors.scoring import find_scoring


def items_of(rows: list[list[str]]) -> list[tuple[str, float]]:
    return [(x.item, x.points) for x in find_scoring(layout_of(table_of(rows)))]


@pytest.mark.parametrize(
    "rows",
    [
        [["项目", "分值", "评分细则"], ["组织管理", "40", "a"], ["教学教研", "60分", "b"], ["合计", "100", ""]],
        [["序号", "考核指标", "权重", "评分办法"], ["1", "组织管理", "40%", "a"], ["2", "教学教研", "60%", "b"]],
        [["项目", "考核要点", "评分办法"], ["一、组织管理（40分）", "a", "b"], ["二、教学教研（60分）", "a", "b"]],
        [["一级指标（20分）", "二级指标", "分值", "考核标准"], ["运行", "组织管理", "40", "a"], ["^", "教学教研", "60", "b"]],
        [["一级指标（分值）", "二级指标（分值）", "评分标准"], ["运行（100）", "组织管理（40）", "a"], ["^", "教学教研（60）", "b"]],
        [["教联体考核评分表", "<", "<"], ["项目", "标准分", "评分标准"], ["组织管理", "40", "a"], ["教学教研", "60", "b"]],
    ],
)  # fmt: skip
def test_two_items_are_read_from(rows: list[list[str]]) -> None:
    assert items_of(rows) == [("组织管理", 40.0), ("教学教研", 60.0)]


def test_marks_that_people_got_are_no_scheme() -> None:
    assert items_of([["姓名", "项目", "分数"], ["张三", "语文", "98"]]) == []


def test_standards_and_deductions_stand_beside_the_points() -> None:
    (item,) = find_scoring(
        layout_of(table_of([["项目", "分值", "考核标准", "扣分标准"], ["组织管理", "40", "有方案", "缺一项扣2分"]]))
    )
    assert (item.standards, item.deductions) == ("有方案", "缺一项扣2分")
