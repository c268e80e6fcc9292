"""Tasks as items with a tail in brackets, with labelled lines, as rows of a table."""

from __future__ import annotations

from collections.abc import Callable

from roundtrip.model import Block, Grid, Para, Work, number


def tail(works: list[Work], choice: int = 0) -> list[Block]:
    """（一）制定方案。（责任科室：基教科 完成时限：6月底前）."""
    who = ("责任科室", "责任单位", "牵头单位", "责任部门")[choice % 4]
    when = ("完成时限", "完成时间", "时限要求")[choice % 3]
    gap = (" ", "；", "，", "")[choice // 4 % 4]
    return [
        Para(
            f"{number('hanround', i)}{w.text}。（{who}：{'、'.join(w.responsible)}{gap}{when}：{w.due_text}前）",
            "item",
            2,
        )
        for i, w in enumerate(works, 1)
    ]


def led(works: list[Work], choice: int = 0) -> list[Block]:
    """（一）制定方案。（基教科牵头，6月底前完成）."""
    return [
        Para(f"{number('hanround', i)}{w.text}。（{'、'.join(w.responsible)}负责，{w.due_text}前完成）", "item", 2)
        for i, w in enumerate(works, 1)
    ]


def lines(works: list[Work], choice: int = 0) -> list[Block]:
    """The labels on lines of their own below the item."""
    blocks: list[Block] = []
    for i, w in enumerate(works, 1):
        blocks.append(Para(f"{i}.{w.text}。", "item", 2))
        blocks.append(Para(f"责任单位：{'、'.join(w.responsible)}"))
        blocks.append(Para(f"完成时限：{w.due_text}前"))
    return blocks


def table(works: list[Work], choice: int = 0) -> list[Block]:
    """A table of tasks with columns for who and when."""
    what = ("工作任务", "重点任务", "工作内容", "主要任务")[choice % 4]
    who = ("责任单位", "责任科室", "牵头科室")[choice % 3]
    rows = [["序号", what, who, "完成时限"]]
    rows += [[str(i), w.text, "、".join(w.responsible), f"{w.due_text}前"] for i, w in enumerate(works, 1)]
    return [Grid.of(rows)]


LAYOUTS: dict[str, Callable[[list[Work], int], list[Block]]] = {
    "tail": tail,
    "led": led,
    "lines": lines,
    "table": table,
}
