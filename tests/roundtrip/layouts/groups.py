"""Communities as tables of every shape, as lists of lines, as prose."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from roundtrip.model import Block, Community, Grid, Para

STAGE_NAMES = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior_secondary": "初中",
    "senior_secondary": "高中",
}
_HEADS = (
    ("牵头学校", "成员学校"),
    ("核心校", "成员校"),
    ("支援学校", "受援学校"),
    ("主校", "分校"),
    ("总校", "校区"),
    ("城区学校", "乡村学校"),
)


def heads(choice: int) -> tuple[str, str]:
    """The headers of the columns of leads and members."""
    return _HEADS[choice % len(_HEADS)]


def row_a_group(groups: list[Community], choice: int = 0) -> list[Block]:
    """One row a community, the members in one cell."""
    lead, member = heads(choice)
    rows = [["序号", lead, member]]
    rows += [[str(i), g.lead, "、".join(g.members)] for i, g in enumerate(groups, 1)]
    return [Grid.of(rows)]


def row_a_group_spaced(groups: list[Community], choice: int = 0) -> list[Block]:
    """One row a community, spaces between the members."""
    lead, member = heads(choice)
    return [Grid.of([[lead, member, "备注"], *([g.lead, "  ".join(g.members), ""] for g in groups)])]


def row_a_member(groups: list[Community], choice: int = 0) -> list[Block]:
    """One row a member, the lead repeated."""
    lead, member = heads(choice)
    rows = [["序号", lead, member]]
    rows += [[str(i), g.lead, m] for i, (g, m) in enumerate(((g, m) for g in groups for m in g.members), 1)]
    return [Grid.of(rows)]


def merged(groups: list[Community], choice: int = 0) -> list[Block]:
    """One row a member, the lead's cell merged over them."""
    lead, member = heads(choice)
    rows = [["序号", lead, member]]
    for i, g in enumerate(groups, 1):
        for k, m in enumerate(g.members):
            rows.append([str(i) if k == 0 else "^", g.lead if k == 0 else "^", m])
    return [Grid.of(rows)]


def blank_below(groups: list[Community], choice: int = 0) -> list[Block]:
    """One row a member, the lead only in the first row of its own."""
    lead, member = heads(choice)
    rows = [[lead, member]]
    for g in groups:
        rows += [[g.lead if k == 0 else "", m] for k, m in enumerate(g.members)]
    return [Grid.of(rows)]


def stage_column(groups: list[Community], choice: int = 0) -> list[Block]:
    """A merged column of stages in front."""
    lead, member = heads(choice)
    rows = [["学段", lead, member]]
    for stage, same in groupby(groups, key=lambda g: g.stage or ""):
        for k, g in enumerate(same):
            rows.append([STAGE_NAMES[stage] if k == 0 else "^", g.lead, "、".join(g.members)])
    return [Grid.of(rows)]


def stage_and_merged(groups: list[Community], choice: int = 0) -> list[Block]:
    """Merged stages, merged leads, one row a member."""
    lead, member = heads(choice)
    rows = [["学段", lead, member]]
    for stage, same in groupby(groups, key=lambda g: g.stage or ""):
        first = True
        for g in same:
            for k, m in enumerate(g.members):
                rows.append([STAGE_NAMES[stage] if first else "^", g.lead if k == 0 else "^", m])
                first = False
    return [Grid.of(rows)]


def stage_banner(groups: list[Community], choice: int = 0) -> list[Block]:
    """A row over the whole width for each stage."""
    lead, member = heads(choice)
    rows = [["序号", lead, member]]
    number = 0
    for stage, same in groupby(groups, key=lambda g: g.stage or ""):
        rows.append([STAGE_NAMES[stage] + "段", "<", "<"])
        for g in same:
            number += 1
            rows.append([str(number), g.lead, "、".join(g.members)])
    return [Grid.of(rows)]


def several_tables(groups: list[Community], choice: int = 0) -> list[Block]:
    """A table for each stage under a line that names it."""
    blocks: list[Block] = []
    for stage, same in groupby(groups, key=lambda g: g.stage or ""):
        blocks.append(Para(f"{STAGE_NAMES[stage]}学段"))
        blocks += row_a_group(list(same), choice)
    return blocks


def mode_column(groups: list[Community], choice: int = 0) -> list[Block]:
    """A column that names the mode."""
    lead, member = heads(choice)
    rows = [["组别", lead, member, "办学模式"]]
    rows += [[f"第{i}组", g.lead, "、".join(g.members), g.mode or ""] for i, g in enumerate(groups, 1)]
    return [Grid.of(rows)]


def two_header_rows(groups: list[Community], choice: int = 0) -> list[Block]:
    """A banner cell over lead and members in a first row of headers."""
    lead, member = heads(choice)
    rows = [["序号", "结对学校", "<", "备注"], ["^", lead, member, "^"]]
    rows += [[str(i), g.lead, "、".join(g.members), ""] for i, g in enumerate(groups, 1)]
    return [Grid.of(rows)]


def members_in_columns(groups: list[Community], choice: int = 0) -> list[Block]:
    """As many columns of members as the largest community has."""
    lead, member = heads(choice)
    most = max(len(g.members) for g in groups)
    rows = [["序号", lead, *(f"{member}{i}" for i in range(1, most + 1))]]
    rows += [[str(i), g.lead, *g.members, *[""] * (most - len(g.members))] for i, g in enumerate(groups, 1)]
    return [Grid.of(rows)]


def dashes(groups: list[Community], choice: int = 0) -> list[Block]:
    """1.A——B、C."""
    mark = ("——", "—", "－", "--", "→")[choice % 5]
    return [Para(f"{i}.{g.lead}{mark}{'、'.join(g.members)}") for i, g in enumerate(groups, 1)]


def colons(groups: list[Community], choice: int = 0) -> list[Block]:
    """A：B、C."""
    serial = (lambda i: f"{i}.", lambda i: f"（{i}）", lambda i: "")[choice % 3]
    return [Para(f"{serial(i)}{g.lead}：{'、'.join(g.members)}") for i, g in enumerate(groups, 1)]


def parts_in_brackets(groups: list[Community], choice: int = 0) -> list[Block]:
    """由A（核心校）、B（成员校）组建成为A教共体。"""
    lead, member = (("核心校", "成员校"), ("牵头校", "成员校"), ("总校", "分校"), ("支援校", "受援校"))[choice % 4]
    return [
        Para(f"{i}.由{g.lead}（{lead}）、{'、'.join(f'{m}（{member}）' for m in g.members)}组建成为{g.lead}教共体。")
        for i, g in enumerate(groups, 1)
    ]


def sentences(groups: list[Community], choice: int = 0) -> list[Block]:
    """One sentence a community in one of the usual turns."""
    turns: tuple[Callable[[str, str], str], ...] = (
        lambda a, b: f"由{a}牵头，{b}为成员校，组建{a}校共体。",
        lambda a, b: f"以{a}为核心校，{b}为成员校，组建城乡学校共同体。",
        lambda a, b: f"{a}与{b}结为城乡教育共同体。",
        lambda a, b: f"{a}托管{b}。",
        lambda a, b: f"{a}结对帮扶{b}。",
        lambda a, b: f"{a}为牵头学校，成员学校为{b}。",
    )
    turn = turns[choice % len(turns)]
    return [Para(turn(g.lead, "、".join(g.members))) for g in groups]


def labelled_lines(groups: list[Community], choice: int = 0) -> list[Block]:
    """牵头校：A, and below it 成员校：B、C."""
    blocks: list[Block] = []
    for g in groups:
        blocks += [Para(f"牵头校：{g.lead}"), Para(f"成员校：{'、'.join(g.members)}")]
    return blocks


TABLES: dict[str, Callable[[list[Community], int], list[Block]]] = {
    "row a group": row_a_group,
    "row a group, spaces": row_a_group_spaced,
    "row a member": row_a_member,
    "merged": merged,
    "blank below": blank_below,
    "stage column": stage_column,
    "stage and merged": stage_and_merged,
    "stage banner": stage_banner,
    "several tables": several_tables,
    "mode column": mode_column,
    "two header rows": two_header_rows,
    "members in columns": members_in_columns,
}
WITH_STAGE = frozenset(("stage column", "stage and merged", "stage banner", "several tables"))
TEXTS: dict[str, Callable[[list[Community], int], list[Block]]] = {
    "dashes": dashes,
    "colons": colons,
    "parts in brackets": parts_in_brackets,
    "sentences": sentences,
    "labelled lines": labelled_lines,
}
