"""Tables drawn with characters: ``┌─┬─┐ │ │ ├─┼─┤``, ``╔═╦═╗`` and ``+---+---+``.

Where a column begins is where its bars stand, counted in columns of the screen; a bar that is missing in a line is a
cell over several columns, a rule that is missing under a cell is one over several rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from extractors.readers.page_metadata import is_metadata_table
from schemas.reading import Cell, Table

_RULES = "─━┄┅┈┉╌╍═"
_BARS = "│┃┆┇┊┋║|｜"
_CROSSINGS = "".join(chr(c) for c in range(0x2500, 0x2580) if chr(c) not in _RULES + _BARS) + "+"
_OPENS = re.compile(
    rf"\s*[{re.escape(_CROSSINGS)}]\s*(?:[{_RULES}]{{2,}}|[-=]{{2,}})[-={_RULES}{re.escape(_CROSSINGS)}\s]*"
)
_RULE = re.compile(rf"[-={_RULES}\s]*[-={_RULES}]{{2}}[-={_RULES}\s]*")
_MAX_COLUMNS = 60


def opens(line: str) -> bool:
    """Whether a line is the upper rule of a drawn table."""
    return len(line) >= 5 and _OPENS.fullmatch(line) is not None


def table_at(lines: Sequence[str], start: int) -> tuple[Table | None, int]:
    """The drawn table that begins at a line.

    Args:
        lines: the lines of a text.
        start: a line for which ``opens`` holds.

    Returns:
        The table with its merged cells, None when the lines are no table after all, and the first line behind it.
    """
    end = start + 1
    while end < len(lines) and _belongs(lines[end]):
        end += 1
    drawn = lines[start:end]
    # Old Chinese editors draw the frame two columns wide; with the wrong width no two bars stand in line.
    found = [table for wide in (2, 1) if (table := _read(drawn, wide)) is not None]
    return min(found, key=lambda table: table.width, default=None), end


def _belongs(line: str) -> bool:
    text = line.strip()
    return len(text) > 1 and text[0] in _BARS + _CROSSINGS and text[-1] in _BARS + _CROSSINGS


def _read(drawn: Sequence[str], wide: int) -> Table | None:
    parsed = [_segments(line, wide) for line in drawn]
    places = sorted({x for segments in parsed for left, right, _ in segments for x in (left, right)})
    if not 3 <= len(places) <= _MAX_COLUMNS:
        return None
    column = {x: i for i, x in enumerate(places)}
    if len({segments[0][0] for segments in parsed if segments}) > 1:
        return None
    inner = sum(all(_RULE.fullmatch(t) for _, _, t in segments) for segments in parsed[1:-1])
    texts = sum(any(t.strip() and not _RULE.fullmatch(t) for _, _, t in segments) for segments in parsed)
    # Without rules between the rows a line is a row; where a cell is filled to its edge, its text goes on below.
    full = any(
        not _RULE.fullmatch(t) and not t.endswith((" ", "\u3000")) for segments in parsed for _, _, t in segments
    )
    each = inner <= 1 and texts > 2 and not full and all(segments[0][2].strip() for segments in parsed if segments)
    cells: list[tuple[list[str], int, int, int, int]] = []
    under_way: dict[int, tuple[list[str], int, int]] = {}
    row = 0

    def close(first: int) -> None:
        begun = under_way.pop(first, None)
        if begun is not None:
            cells.append((begun[0], begun[1], begun[1] + 1 if each else row + 1, first, begun[2]))

    for segments in parsed:
        ruled = [_RULE.fullmatch(text) is not None for _, _, text in segments]
        if any(ruled) or each:
            for (left, right, _), is_rule in zip(segments, ruled, strict=True):
                if is_rule or each:
                    for c in range(column[left], column[right]):
                        close(c)
        for (left, right, text), is_rule in zip(segments, ruled, strict=True):
            first = column[left]
            if is_rule:
                continue
            if first not in under_way:
                under_way[first] = ([], row, column[right] - first)
            under_way[first][0].append(text.strip())
        ended = any(ruled) and any(cell[2] == row + 1 for cell in cells)
        if ended or (each and not all(ruled)):
            row += 1
    for first in list(under_way):
        close(first)
    return _table(cells)


def _segments(line: str, wide: int) -> list[tuple[int, int, str]]:
    """What stands between the bars of a line, each with the places of its two bars."""
    found: list[tuple[int, int, str]] = []
    x, left, begin = 0, -1, 0
    for i, char in enumerate(line.rstrip()):
        is_frame = char in _BARS or char in _CROSSINGS
        if is_frame:
            if left >= 0:
                found.append((left, x, line[begin:i]))
            left, begin = x, i + 1
        if "\u2500" <= char <= "\u257f":
            x += wide
        else:
            x += 2 if unicodedata.east_asian_width(char) in "WF" or char in "—…“”‘’·×①②③④⑤" else 1
    return found


def _table(found: list[tuple[list[str], int, int, int, int]]) -> Table | None:
    """The cells in reading order; rows that no cell begins are closed up."""
    starts = {row: i for i, row in enumerate(sorted({cell[1] for cell in found}))}
    cells = []
    for lines, begun, ended, first, across in sorted(found, key=lambda cell: (cell[1], cell[3])):
        down = max(1, sum(begun <= row < ended for row in starts))
        cells.append(Cell("\n".join(filter(None, lines)), starts[begun], first, row_span=down, column_span=across))
    if len(cells) < 2 or not any(cell.text for cell in cells):
        return None
    rows = [[cell.text for cell in cells if cell.row == row] for row in starts.values()]
    return Table(tuple(cells), role="metadata" if is_metadata_table(rows) else "body")
