"""Communities in tables: one row a community, one row a member, merged or repeated lead cells, several tables.

A table is one of communities when its header has a column of members beside a column of leads (or of communities whose
cells name schools). The stage comes from a column, from a row that spans the table, or from the words above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from extractors.communities.modes import labels_in
from extractors.communities.names import is_school_name, split_names
from extractors.layout import LaidCell, LaidTable, Layout, squeeze
from extractors.lexicon import load
from schemas.document import Community, Stage

_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True)
class _Columns:
    lead: int
    members: tuple[int, ...]
    name: int | None = None
    stage: int | None = None
    mode: int | None = None
    header_rows: int = 1


@dataclass(slots=True)
class _Group:
    """A community while its rows are read."""

    lead: str | None
    name: str | None
    stage: Stage | None
    mode: str | None
    start: int
    end: int
    members: list[str] = field(default_factory=list)


def from_table(layout: Layout, table: LaidTable, stage: Stage | None, mode: str | None) -> list[Community]:
    """The communities of one table, or nothing when it is another kind of table.

    Args:
        layout: the text.
        table: the table.
        stage, mode: what the words above the table say, for rows that say nothing themselves.
    """
    grid = table.grid()
    columns = _columns(layout, grid)
    if columns is None:
        return []
    groups: list[_Group] = []
    last_lead: LaidCell | None = None
    for row in grid[columns.header_rows :]:
        banner = _banner(layout, row)
        if banner is not None:
            stage = stage_of(banner) or stage
            named = labels_in(banner)
            mode = named[0] if len(named) == 1 else mode
            last_lead = None
            continue
        lead = row[columns.lead] if columns.lead < len(row) else None
        lead_text = _text(layout, lead)
        if not lead_text and last_lead is not None:
            lead, lead_text = last_lead, _text(layout, last_lead)
        members = [name for column in columns.members if column < len(row) for name in _members(layout, row[column])]
        if not lead_text or not _looks_like_lead(layout, lead):
            continue
        same = lead is last_lead or (groups and _same_group(layout, groups[-1], lead_text, row, columns))
        own_stage = _stage_cell(layout, row, columns) or stage
        if not same or not groups:
            groups.append(_new_group(layout, row, columns, lead, own_stage, mode))
        last_lead = lead
        group = groups[-1]
        group.members += [m for m in members if m not in group.members]
        group.end = max([group.end, *(cell.end for cell in row if cell is not None and cell.cell.row_span == 1)])
    return [
        Community(
            name=g.name, mode=g.mode, stage=g.stage, lead=g.lead, members=g.members, span=layout.span(g.start, g.end)
        )
        for g in groups
        if g.members
    ]


def _new_group(
    layout: Layout,
    row: list[LaidCell | None],
    columns: _Columns,
    lead: LaidCell | None,
    stage: Stage | None,
    mode: str | None,
) -> _Group:
    assert lead is not None
    names = split_names(layout.text[lead.start : lead.end], layout.folded[lead.start : lead.end])
    lead_name = squeeze(layout.text[lead.start : lead.end])
    if names:
        a, b = names[0]
        lead_name = squeeze(layout.text[lead.start + a : lead.start + b])
    own_mode = _text(layout, row[columns.mode]) if columns.mode is not None and columns.mode < len(row) else ""
    named = labels_in(own_mode)
    name_cell = row[columns.name] if columns.name is not None and columns.name < len(row) else None
    name = squeeze(layout.text[name_cell.start : name_cell.end]) if name_cell and _text(layout, name_cell) else None
    members = [row[c] for c in columns.members if c < len(row)]
    return _Group(
        lead=_strip_serial(lead_name),
        name=name if name and not name.isdigit() else None,
        stage=stage,
        mode=named[0] if named else mode,
        start=lead.start,
        end=max([lead.end, *(m.end for m in members if m is not None)]),
    )


def _strip_serial(name: str) -> str:
    return re.sub(r"^(?:[((]?\d{1,2}[))]?[.．、]?|[①-⑳])(?=[\u3400-\u9fff])", "", name)


def _same_group(layout: Layout, group: _Group, lead_text: str, row: list[LaidCell | None], columns: _Columns) -> bool:
    """Whether a row with its own lead cell goes on with the community above (the lead's name is repeated)."""
    if columns.name is not None and columns.name < len(row):
        cell = row[columns.name]
        name = squeeze(layout.text[cell.start : cell.end]) if cell else ""
        if name and group.name and name != group.name:
            return False
    stage = _stage_cell(layout, row, columns)
    return group.lead == lead_text and (stage is None or stage == group.stage)


def _text(layout: Layout, cell: LaidCell | None) -> str:
    return squeeze(layout.folded[cell.start : cell.end]) if cell is not None else ""


def _looks_like_lead(layout: Layout, cell: LaidCell | None) -> bool:
    text = re.sub(r"\([^()]*\)", "", _text(layout, cell))
    return bool(text) and len(text) <= 30 and not re.fullmatch(r"合计|小计|总计|备注|[\d.]+|[-/无]+", text)


def _members(layout: Layout, cell: LaidCell | None) -> list[str]:
    if cell is None:
        return []
    text, folded = layout.text[cell.start : cell.end], layout.folded[cell.start : cell.end]
    names = split_names(text, folded)
    if names:
        return [squeeze(text[a:b]) for a, b in names]
    bare = squeeze(folded)
    if 2 <= len(bare) <= 20 and not re.search(r"[\d。;:]|^[-/无]+$", bare):
        return [squeeze(text)]
    return []


def _columns(layout: Layout, grid: list[list[LaidCell | None]]) -> _Columns | None:
    """Which column holds what, from the first rows of the table."""
    for depth in range(1, min(_HEADER_ROWS, len(grid) - 1) + 1):
        header = [_header_text(layout, grid, column, depth) for column in range(len(grid[0]))]
        kinds = [_kind(text) for text in header]
        members = tuple(i for i, kind in enumerate(kinds) if kind == "member")
        leads = [i for i, kind in enumerate(kinds) if kind == "lead"]
        names = [i for i, kind in enumerate(kinds) if kind == "name"]
        if not leads and members and names:
            column = next((i for i in names if _names_schools(layout, grid, i, depth)), None)
            if column is not None:
                leads, names = [column], [n for n in names if n != column]
        if leads and members:
            return _Columns(
                lead=leads[0],
                members=members,
                name=names[0] if names else None,
                stage=_first(kinds, "stage"),
                mode=_first(kinds, "mode"),
                header_rows=depth,
            )
    return None


def _first(kinds: list[str | None], kind: str) -> int | None:
    return kinds.index(kind) if kind in kinds else None


def _header_text(layout: Layout, grid: list[list[LaidCell | None]], column: int, depth: int) -> str:
    """The header of a column: the deepest of its header cells that says anything."""
    for row in range(depth - 1, -1, -1):
        text = _text(layout, grid[row][column])
        if text:
            return text
    return ""


@cache
def _header_words() -> list[tuple[str, str]]:
    words = load("schools")
    kinds = [("member", w) for w in words["member"]] + [("lead", w) for w in words["lead"]]
    return sorted(kinds, key=lambda pair: -len(pair[1]))


def _kind(header: str) -> str | None:
    bare = re.sub(r"\([^()]*\)", "", header).rstrip(":")
    words = load("schools")
    if not bare or len(bare) > 16:
        return None
    if re.search(r"人数|班级|教师数|学生数|电话|联系|校长|负责人|地址|干部|面积|时间|数量|序号|距离|备注", bare):
        return None
    if bare in words["stage_columns"]:
        return "stage"
    if bare in words["mode_columns"]:
        return "mode"
    if bare in words["name_columns"]:
        return "name"
    for kind, word in _header_words():  # the longest word wins: 被帮扶学校 before 帮扶学校
        if word in bare:
            return kind
    if bare.endswith(tuple(words["name_columns"])) and bare.endswith("名称"):
        return "name"
    return None


def _names_schools(layout: Layout, grid: list[list[LaidCell | None]], column: int, depth: int) -> bool:
    texts = [_text(layout, row[column]) for row in grid[depth:]]
    texts = [t for t in texts if t]
    return bool(texts) and sum(is_school_name(t) for t in texts) * 2 > len(texts)


def _banner(layout: Layout, row: list[LaidCell | None]) -> str | None:
    """The text of a row that is one cell over the whole width (小学段), or None."""
    cells = {id(cell): cell for cell in row if cell is not None}
    filled = [cell for cell in cells.values() if _text(layout, cell)]
    if len(filled) == 1 and len(row) > 1 and (filled[0].cell.column_span == len(row) or len(cells) > 1):
        text = _text(layout, filled[0])
        if (stage_of(text) or labels_in(text)) and not is_school_name(text) and filled[0].cell.row_span == 1:
            return text
    return None


def _stage_cell(layout: Layout, row: list[LaidCell | None], columns: _Columns) -> Stage | None:
    if columns.stage is None or columns.stage >= len(row):
        return None
    return stage_of(_text(layout, row[columns.stage]))


def stage_of(folded: str) -> Stage | None:
    """The school stage that a short text names (小学段 → primary), None when it names none or several."""
    bare = squeeze(folded)
    found: list[Stage] = []
    for stage, words in load("schools")["stages"].items():
        for word in words:
            if word in bare:
                found.append(stage)
                bare = bare.replace(word, "")
                break
    return found[0] if len(found) == 1 else None
