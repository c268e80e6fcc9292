"""The columns of the issue sheet: which exist, which people fill in, and what a cell may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.standing import STAGE_NAMES, Stage

Kind = Literal["text", "date", "choice", "number"]

SHEET = "问题台账"
HIDDEN_SHEET = "_duzheng"
ID_HEADING = "结论编号"

PROGRESS_NAMES: tuple[str, ...] = ("未整改", "整改中", "已完成")
_PROGRESS: dict[Stage, str] = {
    "none": "未整改",
    "assigned": "整改中",
    "review_failed": "整改中",
    "relapsed": "整改中",
    "done": "已完成",
    "review_passed": "已完成",
    "closed": "已完成",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, its heading, its width in characters, whether people fill it in, and what it holds."""

    key: str
    heading: str
    width: int
    editable: bool = False
    kind: Kind = "text"
    choices: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    # What goes on paper, in the order in which inspectors know it.
    Column("row", "序号", 5, kind="number"),
    Column("place", "县区", 11),
    Column("unit", "单位", 13),
    Column("problem", "问题表述", 30),
    Column("clause", "依据条款", 10),
    Column("evidence", "证据", 30),
    Column("severity", "严重程度", 8),
    Column("found_at", "发现环节", 9),
    Column("responsible", "责任单位", 12, True),
    Column("person", "责任人", 8, True),
    Column("measures", "整改措施", 22, True),
    Column("deadline", "整改时限", 11, True, "date"),
    Column("progress", "整改进展", 9, True, "choice", PROGRESS_NAMES),
    Column("proof", "佐证材料", 14, True),
    Column("opinion", "复核意见", 14, True),
    Column("reviewer", "复核人", 8, True),
    Column("closed_on", "销号日期", 11, True, "date"),
    Column("status", "状态", 10, True, "choice", tuple(STAGE_NAMES.values())),
    Column("note", "备注", 12, True),
    # What the machine knows besides, on the screen only.
    Column("requirement", "要求编号", 9),
    Column("title", "要求", 20),
    Column("verdict", "判定", 12),
    Column("expected", "要求值", 24),
    Column("observed", "计划值", 26),
    Column("elements", "逐项问题", 36),
    Column("position", "位置（页/字符）", 20),
    Column("searched", "查阅范围", 36),
    Column("plan", "计划标题", 30),
    Column("disposition", "处置", 14),
    Column("overdue", "逾期", 8),
    Column("advice", "建议整改", 36),
)
PRINTED = 19
"""How many columns go on paper."""
EDITABLE: tuple[Column, ...] = tuple(column for column in COLUMNS if column.editable)
CHECKED: tuple[Column, ...] = tuple(column for column in COLUMNS if not column.editable and column.key != "row")
"""The machine's columns, which nobody changes; the running number is free to be counted anew."""
BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}


def progress_of(stage: Stage) -> str:
    """What 整改进展 says at a stage."""
    return _PROGRESS[stage]


def stage_named(word: str) -> Stage | None:
    """The stage of a word in the column 状态; None where it is none."""
    return next((stage for stage, name in STAGE_NAMES.items() if name == word), None)
