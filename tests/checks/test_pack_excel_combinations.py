"""A combination is written and read as rows: an inspector needs no JSON to change what must hold together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from made_plans import make_document, make_pack
from openpyxl import Workbook, load_workbook

from checks.engine import check
from checks.pack import load
from checks.pack_excel import write_pack
from schemas.errors import InvalidPack
from schemas.requirement import Pack

STATEMENT = {"elements": [{"name": "协议", "any": [{"all": [["签订"], ["协议"]]}, {"all": [["签约"]], "near": 8}]}]}
ROLES = {"group": ["领导小组"], "roles": [{"name": "组长", "any": ["组长"]}], "filled": True}
MEASURES = {
    "any": [{"about": [["教研"]], "value": 4.0, "units": ["次"], "per": "semester", "due": "2026-12-31"}],
    "statements": [{"name": "台账", "any": [{"all": [["台账"]]}], "when": ["督导"]}],
}
COMBINED: dict[str, Any] = {
    "form": "combination",
    "condition": {"kinds": ["paired"], "labels": {"结对型": "paired"}, "otherwise": "没有结对型"},
    "parameters": {
        "all": [
            {"name": "协议", "form": "statement", "parameters": STATEMENT, "terms": ["协议书"]},
            {"name": "教研", "form": "threshold", "parameters": MEASURES},
        ],
        "any": [
            {"name": "名单", "form": "list", "parameters": {"kinds": ["paired"], "inside_county": True}},
            {"name": "附件", "form": "attachment", "parameters": {"title": [["结对"], ["名单"]]}},
            {"name": "小组", "form": "roles", "parameters": ROLES},
        ],
        "none": [
            {
                "name": "收费",
                "form": "statement",
                "parameters": {"elements": [{"name": "费", "any": [{"all": [["收费"]]}]}]},
            },
            {"name": "任务", "form": "every_task", "parameters": {}},
        ],
    },
}
Made = Callable[..., str]


@pytest.fixture
def book(tmp_path: Path) -> Made:
    """``book(change)``: the path of the workbook of a pack with a combination after ``change(workbook)``."""

    def make(change: Callable[[Workbook], object] | None = None, requirement: dict[str, Any] = COMBINED) -> str:
        path = tmp_path / "own.xlsx"
        write_pack(make_pack(requirement), path)
        if change:
            workbook = load_workbook(path)
            change(workbook)
            workbook.save(path)
        return str(path)

    return make


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    heads, *values = book[sheet].iter_rows(values_only=True)
    return [{head: v for head, v in zip(heads, row, strict=True) if v is not None} for row in values if any(row)]


def add(book: Workbook, sheet: str, **cells: object) -> None:
    heads = [cell.value for cell in book[sheet][1]]
    book[sheet].append([cells.pop(str(head), None) for head in heads])
    assert not cells, f"no such column: {cells}"


def test_a_combination_comes_back_and_needs_no_json(book: Made) -> None:
    path = book()
    assert load(path).model_dump() == make_pack(COMBINED).model_dump()
    workbook = load_workbook(path)
    for sheet in ("要求", "组合", "要素", "指标", "角色"):
        assert not [row for row in rows(workbook, sheet) if "其他（JSON）" in row], sheet
    parts = rows(workbook, "组合")
    assert [(row["组合方式"], row["名称"], row["形式"]) for row in parts] == [
        ("都要", "协议", "表述"),
        ("都要", "教研", "数值"),
        ("任一即可", "名单", "名单"),
        ("任一即可", "附件", "附件"),
        ("任一即可", "小组", "人员组成"),
        ("不得有", "收费", "表述"),
        ("不得有", "任务", "任务分工"),
    ]
    assert parts[3]["附件标题词组"] == "结对\n名单"
    assert [row["组合的部分"] for row in rows(workbook, "要素")] == ["协议", "协议", "教研", "收费"]
    condition = rows(workbook, "要求")[0]
    assert (condition["适用模式"], condition["模式名称"]) == ("结对协作", "结对型：结对协作")


def test_a_combination_written_by_hand_is_a_pack_and_judges(book: Made) -> None:
    def change(workbook: Workbook) -> None:
        workbook["组合"].delete_rows(2, 99)
        for sheet in ("要素", "指标", "角色"):
            workbook[sheet].delete_rows(2, 99)
        add(workbook, "组合", 要求编号="T01", 名称="协议", 形式="表述")
        add(workbook, "组合", 要求编号="T01", 组合方式="任一即可", 名称="教研次数", 形式="数值")
        add(
            workbook,
            "组合",
            要求编号="T01",
            组合方式="任一即可",
            名称="教研章节",
            形式="章节",
            章节标题用词="教研、研修",
        )
        add(workbook, "要素", 要求编号="T01", 组合的部分="协议", 要素="签协议", 词组="签订、签署\n协议")
        add(
            workbook, "指标", 要求编号="T01", 组合的部分="教研次数", 上下文词组="教研", 数值=4, 单位="次", 周期="每学期",
            截止日=date(2026, 12, 31),
        )  # fmt: skip
        row = {cell.value: cell.column for cell in workbook["要求"][1]}
        for heading in ("适用模式", "模式名称", "不适用的说明"):
            workbook["要求"].cell(row=2, column=row[heading]).value = None

    pack = load(book(change))
    parameters = pack.requirements[0].parameters
    assert [part.name for part in parameters.all] == ["协议"]
    assert [part.form for part in parameters.any] == ["threshold", "section"]
    assert parameters.none == []

    def verdict(text: str, pack: Pack = pack) -> str:
        return check(make_document(text), pack).findings[0].verdict

    assert verdict("各校签订帮扶协议。到2026年底，每学期开展联合教研不少于4次。") == "met"
    assert verdict("各校签订帮扶协议。") == "partial"


@pytest.mark.parametrize(
    ("change", "cell", "says"),
    [
        (lambda b: add(b, "组合", 要求编号="T01", 名称="协议", 形式="表述"), "组合!C9", "a second part 协议"),
        (lambda b: add(b, "组合", 要求编号="T09", 名称="甲", 形式="表述"), "组合!A9", "no requirement T09"),
        (lambda b: add(b, "组合", 要求编号="T01", 名称="甲", 形式="章节"), "组合!", "headings"),
        (lambda b: add(b, "组合", 要求编号="T01", 名称="甲", 形式="组合"), "组合!", "give `form` one of"),
        (lambda b: add(b, "组合", 要求编号="T01", 形式="名单"), "组合!C9", "name"),
        (lambda b: add(b, "要素", 要求编号="T01", 组合的部分="甲", 要素="甲", 词组="甲"), "要素!", "no part 甲"),
        (lambda b: add(b, "要素", 要求编号="T01", 组合的部分="协议", 要素="乙", 词组="乙", 间距=0), "要素!", "near"),
        (lambda b: add(b, "指标", 要求编号="T01", 组合的部分="教研", 数值="多", 单位="次"), "指标!", "value"),
    ],
)
def test_a_mistake_in_a_part_is_named_by_sheet_and_cell(
    book: Made, change: Callable[[Workbook], object], cell: str, says: str
) -> None:
    path = book(change)
    with pytest.raises(InvalidPack) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: {cell}")
    assert "\n" not in message
    assert says in message


def test_parts_of_a_requirement_that_is_no_combination_are_refused(book: Made) -> None:
    statement = {"form": "statement", "parameters": STATEMENT}
    path = book(lambda b: add(b, "组合", 要求编号="T01", 名称="甲", 形式="表述"), statement)
    with pytest.raises(InvalidPack, match=r"组合!A2: .* / only a requirement of the form 组合 has parts"):
        load(path)


@pytest.mark.parametrize("name", ["协议", " \u200b甲"])
def test_parts_that_rows_cannot_tell_apart_still_come_back(book: Made, name: str) -> None:
    part = {"name": name, "form": "statement", "parameters": STATEMENT}
    combined = {"form": "combination", "parameters": {"all": [part, part], "any": [part]}}
    assert load(book(None, combined)).model_dump() == make_pack(combined).model_dump()
