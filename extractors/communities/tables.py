"""Communities in tables: one row a community, one row a member, merged or repeated lead cells, several tables.

A table is one of communities when its header has a column of members beside a column of leads (or of communities whose
cells name schools). The stage comes from a column, from a row that spans the table, or from the words above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from extractors.communities.modes import labels_in
from extractors.communities.names import is_school_name, named_parts, split_names
from extractors.fold import fold
from extractors.layout import LaidCell, LaidTable, Layout, squeeze
from extractors.lexicon import load
from schemas.document import Community, Stage

_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table holds what; ``lead`` is None where only the community's name has a column."""

    lead: int | None
    members: tuple[int, ...]
    name: int | None = None
    stage: int | None = None
    mode: int | None = None
    mode_by_name: bool = False
    header_rows: int = 1
    width: int = 0


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


def from_table(
    layout: Layout, table: LaidTable, stage: Stage | None, mode: str | None, before: Columns | None = None
) -> tuple[list[Community], Columns | None]:
    """The communities of one table, or nothing when it is another kind of table; and its columns.

    Args:
        layout: the text.
        table: the table.
        stage, mode: what the words above the table say, for rows that say nothing themselves.
        before: the columns of the table right above, which this one may continue without a header of its own.
    """
    grid = table.grid()
    if not grid or not grid[0]:
        return [], None
    sets = _columns(layout, grid)
    if not sets and {"lead", "member"} <= {_kind(_text(layout, row[0])) for row in grid[:6]}:
        grid = [list(row) for row in zip(*grid, strict=True)]  # the headers stand in the first column
        sets = _columns(layout, grid)
    if not sets and before is not None and before.width == len(grid[0]) and _continues(layout, grid, before):
        sets = [replace(before, header_rows=0)]
    found: list[Community] = []
    for columns in sets:
        found += _rows(layout, grid, columns, stage, mode)
    return found, sets[0] if len(sets) == 1 else None


def _rows(
    layout: Layout, grid: list[list[LaidCell | None]], columns: Columns, stage: Stage | None, mode: str | None
) -> list[Community]:
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
        if columns.lead is None:
            group = _named_group(layout, row, columns, stage, mode)
            if group:
                groups.append(group)
            continue
        lead = row[columns.lead]
        lead_text = _text(layout, lead)
        if not lead_text and last_lead is not None and not _is_total(layout, row):
            lead, lead_text = last_lead, _text(layout, last_lead)
        members = [name for column in columns.members for name in _members(layout, row[column])]
        if not lead_text or not _looks_like_lead(layout, lead):
            continue
        same = lead is last_lead or (groups and _same_group(layout, groups[-1], lead_text, row, columns))
        own_mode = _mode_cell(layout, row, columns)
        if same and groups and own_mode and groups[-1].mode and own_mode != groups[-1].mode:
            same = False
        own_stage = _stage_cell(layout, row, columns) or stage
        if not same or not groups:
            groups.append(_new_group(layout, row, columns, lead, own_stage, own_mode or mode))
        last_lead = lead
        group = groups[-1]
        group.members += [m for m in members if m not in group.members and m != group.lead]
        group.end = max([group.end, *(cell.end for cell in row if cell is not None and cell.cell.row_span == 1)])
    # A lead school beside a blank is kept, so that somebody asks for its members; but not in a table that names none.
    listed = any(g.members for g in groups)
    return [
        Community(
            name=g.name, mode=g.mode, stage=g.stage, lead=g.lead, members=g.members, span=layout.span(g.start, g.end)
        )
        for g in groups
        if g.members or (listed and g.lead and is_school_name(fold(g.lead)))
    ]


def _is_total(layout: Layout, row: list[LaidCell | None]) -> bool:
    return any(re.match(r"合计|小计|总计|共计|备注|说明|注:", _text(layout, cell)) for cell in row)


def _continues(layout: Layout, grid: list[list[LaidCell | None]], before: Columns) -> bool:
    row = grid[0]
    lead = _text(layout, row[before.lead]) if before.lead is not None else ""
    return is_school_name(lead) and any(is_school_name(_text(layout, row[i])) for i in before.members)


def _named_group(
    layout: Layout, row: list[LaidCell | None], columns: Columns, stage: Stage | None, mode: str | None
) -> _Group | None:
    """A row of a table without a column of leads: the one that a note marks or that the community is called after."""
    cell = row[columns.name] if columns.name is not None else None
    called = _text(layout, cell)
    if cell is None or not called or _is_total(layout, row):
        return None
    lead: str | None = None
    members: list[str] = []
    end = cell.end
    for column in columns.members:
        held = row[column]
        if held is None:
            continue
        end = max(end, held.end)
        folded = layout.folded[held.start : held.end]
        for a, b, part in named_parts(folded):
            name = squeeze(layout.text[held.start + a : held.start + b])
            if lead is None and (part == "lead" or called.startswith(squeeze(folded[a:b]))):
                lead = name
            else:
                members.append(name)
    if not members:
        return None
    return _Group(
        lead=lead,
        name=squeeze(layout.text[cell.start : cell.end]),
        stage=_stage_cell(layout, row, columns) or stage,
        mode=_mode_cell(layout, row, columns) or mode,
        start=cell.start,
        end=end,
        members=members,
    )


def _mode_cell(layout: Layout, row: list[LaidCell | None], columns: Columns) -> str | None:
    if columns.mode is None:
        return None
    cell = row[columns.mode]
    text = _text(layout, cell)
    named = labels_in(text, plain=True)
    if named:
        return named[0]
    if cell is not None and re.fullmatch(r"[\u3400-\u9fff]{1,6}型", text) and stage_of(text) is None:
        return squeeze(layout.text[cell.start : cell.end])
    if cell is not None and columns.mode_by_name and 2 <= len(text) <= 8 and re.fullmatch(r"[\u3400-\u9fff]+", text):
        return squeeze(layout.text[cell.start : cell.end])
    return None


def _new_group(
    layout: Layout,
    row: list[LaidCell | None],
    columns: Columns,
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
    name_cell = row[columns.name] if columns.name is not None and columns.name < len(row) else None
    name = squeeze(layout.text[name_cell.start : name_cell.end]) if name_cell and _text(layout, name_cell) else None
    members = [row[c] for c in columns.members if c < len(row)]
    return _Group(
        lead=_strip_serial(lead_name),
        name=name if name and not name.isdigit() else None,
        stage=stage,
        mode=mode,
        start=lead.start,
        end=max([lead.end, *(m.end for m in members if m is not None)]),
    )


def _strip_serial(name: str) -> str:
    return re.sub(r"^(?:[((]?\d{1,2}[))]?[.．、]?|[①-⑳])(?=[\u3400-\u9fff])", "", name)


def _same_group(layout: Layout, group: _Group, lead_text: str, row: list[LaidCell | None], columns: Columns) -> bool:
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
    if not text or len(text) > 40 or _kind(text) in ("lead", "member"):
        return False
    if re.match(r"合计|小计|总计|共计|备注|说明|[\d.]+所?$|[-/无]+$|注:", text):
        return False
    return (
        is_school_name(text) or bool(cell and named_parts(layout.folded[cell.start : cell.end])) or _school_like(text)
    )


def _school_like(text: str) -> bool:
    """Whether a cell of a column of schools holds one, short names (县中学, 城关镇校) included."""
    return (
        bool(re.fullmatch(r"[\u3400-\u9fff·\d]{2,20}", text))
        and text.endswith(tuple(load("schools")["cell_ends"]))
        and not re.search(r"各|所有|全部|[两几多\d]所|校长|若干|全县|全区|全市|其他|其余", text)
    )


def _members(layout: Layout, cell: LaidCell | None) -> list[str]:
    if cell is None:
        return []
    text, folded = layout.text[cell.start : cell.end], layout.folded[cell.start : cell.end]
    names = split_names(text, folded)
    if names:
        return [squeeze(text[a:b]) for a, b in names]
    return [squeeze(text)] if _school_like(squeeze(folded)) else []


def _columns(layout: Layout, grid: list[list[LaidCell | None]]) -> list[Columns]:
    """Which column holds what, from the first rows of the table; several sets where two lists stand side by side."""
    best: list[Columns] = []
    for depth in range(1, min(_HEADER_ROWS, len(grid) - 1) + 1):
        row = grid[depth - 1]
        if depth > 1 and (any(is_school_name(_text(layout, cell)) for cell in row) or not _is_header(layout, row)):
            if best:
                break
            if any(is_school_name(_text(layout, cell)) for cell in row) and depth > 1:
                break
        found = _columns_at(layout, grid, depth)
        best = found or best
    return best


def _is_header(layout: Layout, row: list[LaidCell | None]) -> bool:
    return any(_kind(text) or _neutral(text) or _other(text) for text in (_text(layout, cell) for cell in row))


def _neutral(text: str) -> bool:
    return text in load("schools")["neutral_columns"]


def _other(text: str) -> bool:
    """Whether a header names something that is no school: people, numbers, addresses."""
    return len(text) <= 16 and bool(re.search(load("schools")["other_columns"], text))


def _columns_at(layout: Layout, grid: list[list[LaidCell | None]], depth: int) -> list[Columns]:
    header = [_headers(layout, grid, column, depth) for column in range(len(grid[0]))]
    if any(re.fullmatch(r"(?:教师|支教教师|派出教师)?姓名", texts[0]) for texts in header if texts):
        return []  # a list of teachers, not of communities
    kinds = [_column_kind(texts) for texts in header]
    members = [i for i, kind in enumerate(kinds) if kind == "member"]
    leads = [i for i, kind in enumerate(kinds) if kind == "lead"]
    names = [i for i, kind in enumerate(kinds) if kind == "name"]
    if not leads and members and names:
        column = next((i for i in names if _names_schools(layout, grid, i, depth)), None)
        if column is not None:
            leads, names = [column], [n for n in names if n != column]
    if not leads and len(members) >= 2:
        passive = [i for i in members if re.search(r"[被受]", "".join(header[i]))]
        active = [i for i in members if i not in passive and re.search(r"托管|结对|合作|协作", "".join(header[i]))]
        if passive and len(active) == 1:
            leads, members = active, passive
        elif len(members) == 2 and grid[0][members[0]] is grid[0][members[1]] and "对" in "".join(header[members[0]]):
            leads, members = members[:1], members[1:]
    if not members or not (leads or names):
        return []
    rest: dict[str, Any] = {
        "stage": _first(kinds, "stage"),
        "mode": _first(kinds, "mode"),
        "header_rows": depth,
        "width": len(grid[0]),
    }
    mode = rest["mode"]
    by_name = mode is not None and bool(re.search(r"模式|形式|方式", "".join(header[mode])))
    if len(leads) > 1 and len(leads) == len(members):
        pairs = list(zip(leads, members, strict=True))
        if sorted([*leads, *members]) == [column for pair in pairs for column in pair]:
            return [Columns(lead=a, members=(b,), mode_by_name=by_name, **rest) for a, b in pairs]
    return [
        Columns(
            lead=leads[0] if leads else None,
            members=tuple(members),
            name=names[0] if names else None,
            mode_by_name=by_name,
            **rest,
        )
    ]


def _headers(layout: Layout, grid: list[list[LaidCell | None]], column: int, depth: int) -> list[str]:
    """The header cells of a column from the deepest up, each once."""
    texts = [_text(layout, grid[row][column]) for row in range(depth - 1, -1, -1)]
    return list(dict.fromkeys(text for text in texts if text)) or [""]


def _column_kind(texts: list[str]) -> str | None:
    """What a column holds: its deepest header decides, a neutral one (学校名称) leaves it to the header above."""
    if _other(texts[0]) and _kind(texts[0]) is None:
        return None
    for text in texts:
        kind = _kind(text)
        if kind and not (_neutral(text) and any(_kind(t) in ("lead", "member") for t in texts)):
            return kind
    return None


def _first(kinds: list[str | None], kind: str) -> int | None:
    return kinds.index(kind) if kind in kinds else None


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
    if bare in words["mode_columns"] or re.fullmatch(words["mode_column_pattern"], bare):
        return "mode"
    if re.search(words["other_columns"], bare):
        return None
    if bare in words["stage_columns"]:
        return "stage"
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


def _stage_cell(layout: Layout, row: list[LaidCell | None], columns: Columns) -> Stage | None:
    if columns.stage is None or columns.stage >= len(row):
        return None
    return stage_of(_text(layout, row[columns.stage]))


def stage_of(folded: str) -> Stage | None:
    """The school stage that a short text names (小学段 → primary), None when it names none or several."""
    bare = re.sub(r"(?<=[初高])中学(?=[段校])", "中", squeeze(folded))  # 高中学段 is no 中学
    found: list[Stage] = []
    for stage, words in load("schools")["stages"].items():
        for word in words:
            if word in bare:
                found.append(stage)
                bare = bare.replace(word, "")
                break
    return found[0] if len(found) == 1 else None
