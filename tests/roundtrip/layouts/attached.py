"""Attachments that stand behind the text, scoring tables, and the plan a notice issues."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from roundtrip.model import Block, Grid, Para

_ITEMS = ("组织领导", "师资交流", "教学管理", "教研活动", "资源共享", "经费保障", "办学成效", "特色创建")
_STANDARDS = ("制定工作方案，职责明确", "按计划开展活动，资料齐全", "制度健全并有效落实", "师生及家长满意度较高")
_DEDUCTIONS = ("缺一项扣2分", "未开展的不得分", "资料不全酌情扣1—2分", "查看记录，每少一次扣1分")


@dataclass(frozen=True)
class Score:
    """A line of a scoring table."""

    item: str
    points: int
    standard: str
    deduction: str


@st.composite
def scores(draw: st.DrawFn) -> list[Score]:
    """A scoring table whose points add up to 100."""
    names = draw(st.lists(st.sampled_from(_ITEMS), min_size=3, max_size=6, unique=True))
    points = [10 * draw(st.integers(1, 2)) for _ in names[1:]]
    return [
        Score(name, value, draw(st.sampled_from(_STANDARDS)), draw(st.sampled_from(_DEDUCTIONS)))
        for name, value in zip(names, [100 - sum(points), *points], strict=True)
    ]


def scoring_table(table: list[Score], choice: int) -> Grid:
    """With a column of points, with the points in brackets behind the item, or with a total below."""
    if choice % 3 == 0:
        rows = [["序号", "考核项目", "分值", "考核标准", "评分细则"]]
        rows += [[str(i), s.item, str(s.points), s.standard, s.deduction] for i, s in enumerate(table, 1)]
    elif choice % 3 == 1:
        rows = [["项目及权重", "考核标准", "评分细则"]]
        rows += [[f"{i}.{s.item}（{s.points}分）", s.standard, s.deduction] for i, s in enumerate(table, 1)]
    else:
        rows = [["一级指标", "分值", "评价标准", "评分办法"]]
        rows += [[s.item, f"{s.points}分", s.standard, s.deduction] for s in table]
        rows.append(["合计", "100分", "", ""])
    return Grid.of(rows)


def listed(titles: tuple[str, ...], form: int) -> list[Block]:
    """The list below the text: one line each, all on one line, or numbered without stops."""
    if len(titles) == 1:
        return [Para(f"附件：{titles[0]}")]
    if form % 3 == 0:
        return [Para(f"附件：{i}.{t}" if i == 1 else f"　　　{i}.{t}") for i, t in enumerate(titles, 1)]
    if form % 3 == 1:
        return [Para("附件：" + " ".join(f"{i}.{t}" for i, t in enumerate(titles, 1)))]
    return [Para("附件："), *(Para(f"{i}. {t}") for i, t in enumerate(titles, 1))]


def content(order: int, alone: bool, title: str, inner: list[Block], form: int) -> list[Block]:
    """An attachment behind the text: its number on a line, its title, its content."""
    number = "" if alone else str(order)
    mark = (f"附件{number}", f"附件{number}：", f"附 件 {number}".rstrip())[form % 3]
    return [Para(mark), Para(title, "title"), *inner]
