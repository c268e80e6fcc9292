"""Tables inside plain text, in the forms that real copies have; those drawn with characters are ``box_tables``'.

(a) *Pipes*: ``索引号: | 0029 | 主题分类: | 教育 |``, as Markdown or as text browsers write it, outer pipes and the
    separator row optional.
(b) *Tabs between*: the cells of a row on one line, divided by tabs, as spreadsheets copy.
(c) *Tabs before*: what copying a table from Word or a page gives: each cell on lines of its own, the first led by a
    tab; a row begins with a tab line behind an empty line. A cell goes on over the lines without a tab, empty ones
    included, and merged cells are there as empty cells in the rows they cover.

None of the forms writes merged cells down. An empty cell is taken for the continuation of the cell above in two cases
only: in the first column (the row belongs to the group above), and in a column that is filled in the first row of every
such group and in no other row of any, with enough groups to rule out chance. Every other empty cell stays empty: it may
be a blank that the plan was to fill in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

from extractors.readers.page_metadata import is_metadata_table
from extractors.readers.text import box_tables
from schemas.reading import Cell, Table

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """A table that takes up the lines ``start`` to ``end`` (not included) of a text."""

    start: int
    end: int
    table: Table


_SEPARATOR = re.compile(r":?-{2,}:?|:?—{2,}:?|:-:|-|:?=+:?")
_PIPE = re.compile(r"(?<!\\)[|｜]")
_SENTENCE_END = ("。", "；", "！", "？", ";", "!", "?")

# What never continues the last cell of a full row: the next attachment, section, note or caption.
_TABLE_END = re.compile(
    r"\s*(?:附件?\s*[\d一二三四五六七八九十]*\s*[:：.、)）]|附件?\s*[\d一二三四五六七八九十]*\s*$|附(?:表|录)|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]"
    r"|第[一二三四五六七八九十\d]{1,3}[章节条部]|[注註]\s*[:：]|[备備][注註]\s*[:：]|[说說]明\s*[:：]|填表|表\s*\d+|.{4,60}(?:一览表|一覽表|名单|名單|[台臺][账賬]|[细細][则則]|清[单單]"
    r"|[评評]分表|安排表|登[记記]表|统计表|統計表|信息表)\s*$|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*$)"
)
_ITEM = re.compile(r"\s*[（(]?(?:(\d{1,2})|([一二三四五六七八九十]))[.、．)）]")
_NUMERALS = "零一二三四五六七八九十"
_SIGNATURE = re.compile(r".*(?:局|厅|廳|政府|委员会|委員會|办公室|辦公室|领导小组|領導小組)\s*$")
"""What stands below a last table without a further mark; in the midst of a table it may be a responsible office."""
_MARKER = re.compile(
    r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.、．)）]|[•·●○■□◆◇★▲※*-]|第[一二三四五六七八九十\d]{1,3}[章节節条條]"
)
_MAX_CONTINUATION = 60
_MAX_HEAD_CELL = 30


def find(lines: Sequence[str]) -> list[Found]:
    """The tables of a text, in order and without overlap.

    Args:
        lines: the text's lines without their line breaks.
    """
    found: list[Found] = []
    # Where a form was looked for in vain it is not looked for again, or a long run without a table costs its square.
    tried = [0, 0, 0, 0]
    i = 0
    while i < len(lines):
        for k, form in enumerate((_lone_tabs, _tabbed, _drawn, _piped)):
            if i < tried[k]:
                continue
            table, tried[k] = form(lines, i)
            if table is not None:
                found.append(table)
                i = table.end - 1
                break
        i += 1
    return found


def pipe_cells(line: str) -> list[str] | None:
    """The cells of a pipe row, outer pipes left out; None when the line holds no pipe."""
    if "|" not in line and "｜" not in line:
        return None
    parts = _PIPE.split(line.strip())
    if len(parts) == 1:
        return None
    if not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [part.replace("\\|", "|").strip() for part in parts]


def is_rule(line: str) -> bool:
    """Whether a line is only the frame of a pipe table: empty cells or a separator row."""
    cells = pipe_cells(line)
    return cells is not None and all(not c or _SEPARATOR.fullmatch(c) for c in cells)


def lone_cell(line: str) -> str | None:
    """The text of a pipe row in which a single cell is filled and the others are empty, else None."""
    cells = pipe_cells(line)
    if cells is None:
        return None
    filled = [c for c in cells if c]
    return filled[0] if len(filled) == 1 and (len(cells) > 1 or line.strip().endswith(("|", "｜"))) else None


def table_of(rows: Sequence[Sequence[str]], references: Iterable[Sequence[str]] | None = None) -> Table:
    """A table from rows of cell texts; shorter rows are filled up, merged cells told from empty ones (see above).

    ``references`` are those of the cells, row by row and as many as the longest row has, where the format has any.
    """
    width = max(map(len, rows))
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    names = references if references is not None else repeat([None] * width)
    metadata = is_metadata_table(grid)
    covered = None if metadata else _merged(grid)
    out: list[Cell] = []
    for r, (row, called) in enumerate(zip(grid, names, strict=False)):
        if covered is None:
            out += map(Cell, row, repeat(r), range(width), repeat(1), repeat(1), called)
            continue
        for c, text in enumerate(row):
            if covered[r][c]:
                continue
            span = 1
            while r + span < len(grid) and covered[r + span][c]:
                span += 1
            out.append(Cell(text, r, c, row_span=span, reference=called[c]))
    return Table(tuple(out), role="metadata" if metadata else "body")


def _merged(grid: Rows) -> list[list[bool]] | None:
    """Which places continue the cell above them; None where no place does."""
    if len(grid[0]) < 2 or all(row[0] for row in grid):
        return None
    covered = [[False] * len(row) for row in grid]
    groups: list[list[int]] = []
    for r, row in enumerate(grid):
        if not row[0] and groups and grid[groups[-1][0]][0]:
            covered[r][0] = True
            groups[-1].append(r)
        else:
            groups.append([r])
    several = [g for g in groups if len(g) > 1]
    evidence = sum(len(g) - 1 for g in several)
    if evidence < 2:
        return covered
    for c in range(1, len(grid[0])):
        if all(grid[g[0]][c] and not any(grid[r][c] for r in g[1:]) for g in several) and all(
            grid[g[0]][c] for g in groups
        ):
            for g in several:
                for r in g[1:]:
                    covered[r][c] = True
    return covered


def _drawn(lines: Sequence[str], start: int) -> tuple[Found | None, int]:
    if not box_tables.opens(lines[start]):
        return None, start
    table, end = box_tables.table_at(lines, start)
    return (Found(start, end, table) if table is not None else None), end


# --- (a) pipes -------------------------------------------------------------------------------------------------------


def _piped(lines: Sequence[str], start: int) -> tuple[Found | None, int]:
    first = pipe_cells(lines[start])
    if first is None or is_rule(lines[start]):
        return None, start
    rows: list[tuple[int, list[str]]] = []
    ruled = False
    i = start
    while i < len(lines):
        cells = pipe_cells(lines[i])
        if cells is None:
            break
        if is_rule(lines[i]):
            ruled = ruled or any(cells)
        else:
            rows.append((i, cells))
            if len(rows) == 2 and _loose(rows[0], rows[1:], lines, ruled):
                return None, start
        i += 1
    end = i
    # A lone filled cell at either edge is a title or a paragraph that the copy put into the frame.
    while len(rows) > 1 and _loose(rows[-1], rows[-2:-1], lines, ruled):
        end = rows.pop()[0]
    texts = [cells for _, cells in rows]
    if max(map(len, texts)) < 2:
        return None, end
    if len(rows) == 1 and not is_metadata_table(texts):
        framed = lines[start].strip()
        if not (framed[0] in "|｜" and framed[-1] in "|｜" and sum(map(bool, texts[0])) > 1):
            return None, start
    return Found(start, end, table_of(texts)), end


def _loose(
    row: tuple[int, list[str]], neighbour: list[tuple[int, list[str]]], lines: Sequence[str], ruled: bool
) -> bool:
    number, cells = row
    if sum(map(bool, cells)) > 1:
        return False
    if not neighbour or len(neighbour[0][1]) != len(cells):
        return True
    framed = lines[number].strip()
    return not (ruled or (framed.startswith(("|", "｜")) and framed.endswith(("|", "｜"))))


# --- (b) tabs between ------------------------------------------------------------------------------------------------


def _tabbed(lines: Sequence[str], start: int) -> tuple[Found | None, int]:
    if not _has_inner_tab(lines[start]):
        return None, start
    rows: Rows = []
    i = start
    while i < len(lines) and "\t" in lines[i] and lines[i].strip():
        rows.append([cell.strip() for cell in lines[i].split("\t")])
        i += 1
    widths = Counter(len(row) for row in rows)
    usual, times = widths.most_common(1)[0]
    inner = sum(_has_inner_tab(line) for line in lines[start:i])
    if len(rows) < 2 or usual < 2 or times * 2 < len(rows) or inner * 2 < len(rows) or _is_list(rows, usual):
        return None, i
    rows = _without_empty_columns(rows)
    if max(map(len, rows)) < 2:
        return None, i
    return Found(start, i, table_of(rows)), i


def _is_list(rows: Rows, width: int) -> bool:
    """Whether a tab only stands behind the number or the label of a line (``1.<tab>加强领导``, ``组长：<tab>王明``), as
    Word copies numbered paragraphs."""
    heads = [row[0] for row in rows if row[0]]
    marked = sum(_MARKER.fullmatch(head) is not None or head.endswith(("：", ":")) for head in heads)
    return width == 2 and marked * 2 > len(heads) and not is_metadata_table(rows)


def _has_inner_tab(line: str) -> bool:
    return "\t" in line.strip("\t\r ") or ("\t" in line.rstrip("\r\n") and line.count("\t") > 1 and bool(line.strip()))


def _without_empty_columns(rows: Rows) -> Rows:
    """The rows without empty columns at the right and left edge: leading and trailing tabs of every line."""
    width = max(map(len, rows))
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    last = max((c for row in grid for c, t in enumerate(row) if t), default=-1)
    first = min((c for row in grid for c, t in enumerate(row) if t), default=0)
    return [row[first : last + 1] for row in grid]


# --- (c) tabs before -------------------------------------------------------------------------------------------------


def _opens_cell(line: str) -> bool:
    return line.lstrip(" ").startswith("\t") and line.rstrip().count("\t", line.index("\t") + 1) == 0


def _lone_tabs(lines: Sequence[str], start: int) -> tuple[Found | None, int]:
    if not _opens_cell(lines[start]):
        return None, start
    rows: list[list[list[str]]] = []
    starts: list[int] = []
    width = 0
    blanks = 0
    i = end = start
    while i < len(lines):
        line = lines[i]
        if _opens_cell(line):
            if not rows or blanks:
                width = max(width, len(rows[-1]) if rows else 0)
                rows.append([])
                starts.append(i)
            rows[-1].append([line.strip()])
        elif not line.strip():
            blanks += 1
            i += 1
            continue
        elif "\t" in line.strip() or not _continues(lines, i, rows, width, blanks):
            break
        else:
            rows[-1][-1].append(line.strip())
        blanks = 0
        i += 1
        end = i
    # Paragraphs indented by a tab in front of the table look like rows of one cell.
    skipped = next((r for r, row in enumerate(rows) if len(row) > 1), 0)
    texts = [["\n".join(part for part in cell if part) for cell in row] for row in rows[skipped:]]
    if not _is_table(texts):
        return None, end
    return Found(starts[skipped], end, table_of(texts)), end


def _is_table(rows: Rows) -> bool:
    """Whether tab lines are a table and not paragraphs that a tab indents."""
    if len(rows) < 2:
        return False
    usual, times = Counter(len(row) for row in rows).most_common(1)[0]
    if usual < 2 or times * 5 < len(rows) * 3:
        return False
    return all(len(cell) <= _MAX_HEAD_CELL * 2 and not cell.endswith(_SENTENCE_END[:1]) for cell in rows[0])


def _continues(lines: Sequence[str], i: int, rows: list[list[list[str]]], width: int, blanks: int) -> bool:
    """Whether a line without a tab belongs to the cell before it.

    Inside a row it always does. Behind a full row it is either more of the last cell or the text after the table: more
    of the cell when it counts on from it, or when another row follows and it is as short as such cells are.
    """
    row, cell = rows[-1], rows[-1][-1]
    line = lines[i]
    if len(row) < width:
        return True
    if _counts_on(cell, line):
        return True
    if _TABLE_END.match(line):
        return False
    if not blanks:
        return width == 0 or len(line) <= _MAX_CONTINUATION * 2
    ahead = _ahead(lines, i)
    if width == 0:
        return ahead.direct
    if blanks > 1 or ahead.gap > 1 or ahead.direct:
        return False
    if ahead.cell is not None and ahead.cell == rows[0][0][0]:
        return False  # the head row again: another table of the same kind
    column = len(row) - 1
    usual = [len(part) for other in rows[-40:] for part in (other[column] if column < len(other) else []) if part]
    short = len(line.strip()) <= min(max([12, *usual]), _MAX_CONTINUATION)
    if ahead.cell is not None:
        return short
    earlier = any(len(other[column]) > 1 for other in rows[-40:-1] if column < len(other))
    return earlier and short and not line.strip().endswith(_SENTENCE_END) and not _SIGNATURE.match(line)


def _counts_on(cell: list[str], line: str) -> bool:
    """Whether a line is the next numbered item after those of the cell (1. … 2. …)."""
    number = _item_number(line)
    last = next((n for part in reversed(cell) if (n := _item_number(part)) is not None), None)
    return number is not None and last is not None and number == last + 1


def _item_number(text: str) -> int | None:
    match = _ITEM.match(text)
    if match is None:
        return None
    return int(match[1]) if match[1] else _NUMERALS.index(match[2])


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What follows a line without a tab: the longest gap of empty lines in the text up to the next tab line, that
    line's text (None when there is none near), and whether it stands directly below (a cell) or begins a row."""

    gap: int = 0
    cell: str | None = None
    direct: bool = False


def _ahead(lines: Sequence[str], i: int) -> _Ahead:
    gap = blanks = 0
    for line in lines[i + 1 : i + 24]:
        if _opens_cell(line):
            return _Ahead(gap, line.strip(), blanks == 0)
        if not line.strip():
            blanks += 1
            continue
        gap = max(gap, blanks)
        blanks = 0
    return _Ahead(gap)
