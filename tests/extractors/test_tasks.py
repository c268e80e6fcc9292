"""Tasks are read with those responsible and their deadline, one organisation an entry, blanks kept as blanks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from extraction_building import layout_of, table_of

from extractors.outline import outline
from extractors.tasks import find_tasks
from schemas.document import Task
from schemas.reading import Table


def tasks_of(*blocks: str | Table) -> list[Task]:
    layout = layout_of(*blocks)
    return find_tasks(layout, outline(layout, [], None))


@pytest.mark.parametrize(
    ("tail", "responsible", "due"),
    [
        ("（责任科室：基教股、人事股；完成时限：2025年6月底前）", ["基教股", "人事股"], "2025年6月底"),
        ("【责任单位：基教股；配合单位：人事股】", ["基教股", "人事股"], None),
        ("〔牵头单位：县教育局，配合单位：县财政局、县人社局〕", ["县教育局", "县财政局", "县人社局"], None),
        ("（基教科牵头，人事科配合，6月底前完成）", ["基教科", "人事科"], "6月底"),
        ("（县教育局、县财政局负责，2025年12月底前完成）", ["县教育局", "县财政局"], "2025年12月底"),
        ("（责任单位：县教育局、各学校；2025年12月底前完成）", ["县教育局", "各学校"], "2025年12月底"),
        ("（责任单位：基教科；完成时限：6月底前完成30%、9月底前完成60%、12月底前全部完成）", ["基教科"], "12月底"),
        ("（责任单位：教研室，完成时限：长期坚持）", ["教研室"], "长期坚持"),
        ("（县教育局牵头，县财政局等配合，持续推进）", ["县教育局", "县财政局"], "持续推进"),
        ("责任领导：张三；责任科室：基教股；完成时间：持续推进。", ["基教股"], "持续推进"),
        ("（责任单位：电教中心；完成时间：每月25日前）", ["电教中心"], "每月25日"),
        ("（责任股室：教研室，完成时限：每学年末）", ["教研室"], "每学年末"),
        ("（责任科室：      ；完成时限：     ）", [], None),
    ],
)
def test_behind_an_item_stands(tail: str, responsible: list[str], due: str | None) -> None:
    (task,) = tasks_of("一、主要任务", "1.组建共同体。" + tail)
    assert (task.text, task.responsible, task.due_text) == ("组建共同体。", responsible, due)


def test_labels_on_lines_of_their_own_belong_to_the_item_above() -> None:
    (task,) = tasks_of("1.组建共同体。", "责任单位：基教股、各学校", "完成时限：2025年9月底前")
    assert (task.responsible, task.due_text, task.due) == (["基教股", "各学校"], "2025年9月底", date(2025, 9, 30))


def test_a_table_of_tasks_is_read_row_by_row() -> None:
    rows = [
        ["序号", "工作任务", "责任单位", "配合单位", "完成时限"],
        ["1", "组建共同体", "基教股", "人事股", "2025年6月底前"],
        ["2", "开展教研", "教研室\n各学校", "", "长期坚持"],
    ]
    assert [(t.text, t.responsible, t.due_text) for t in tasks_of(table_of(rows))] == [
        ("组建共同体", ["基教股", "人事股"], "2025年6月底"),
        ("开展教研", ["教研室", "各学校"], "长期坚持"),
    ]


@pytest.mark.parametrize(
    "text",
    ["各学校要加强管理（含幼儿园）。", "（以上任务由县教育局负责）", "分管领导：张三", "学校负责落实各项任务（见附件1）。", "校长负责，教师参与。"],
)  # fmt: skip
def test_no_task_is_made_of(text: str) -> None:
    assert tasks_of(text) == []


@pytest.mark.parametrize("unit", ["责任单位：", "（县教育局牵头，", "完成时限：6月底前", "（（", "责任单位：基教股；"])
def test_the_cost_grows_with_the_length_and_no_faster(
    unit: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    linear(lambda n: find_tasks(layout_of(unit * n), []), 10_000 // len(unit))


def test_what_comes_back_every_year_is_no_single_day() -> None:
    (task,) = tasks_of("（一）选派教师。（责任单位：人事股；完成时限：每年7月底前）")
    assert (task.due_text, task.due) == ("每年7月底", None)


def test_a_calendar_that_says_who_and_when_is_a_table_of_tasks() -> None:
    rows = [["时间", "工作内容", "责任部门"], ["2025年10月", "同课异构", "教务处"]]
    assert [(t.responsible, t.due_text) for t in tasks_of(table_of(rows))] == [(["教务处"], "2025年10月")]
    assert tasks_of(table_of([["时间", "工作内容"], ["2025年10月", "同课异构"]])) == []


def test_a_stop_between_two_labels_of_one_item_divides_nothing() -> None:
    (task,) = tasks_of("（一）教师交流。统筹安排。责任科室：师资科。完成时限：每年7月10日前。")
    assert (task.responsible, task.due_text) == (["师资科"], "每年7月10日")
