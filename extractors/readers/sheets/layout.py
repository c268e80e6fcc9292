"""The filled cells of one sheet as blocks: title lines, the table, remarks; every cell with its place on the sheet.

A sheet is given by its filled cells alone. What lies between far-apart cells costs nothing: where a sheet is nearly
empty, its blank rows and columns are left out, and the references still say where each cell stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat

from extractors.readers import limits
from schemas.reading import Block, Cell, Paragraph, Table

Place = tuple[int, int]
"""Row and column on the sheet, counted from 0."""

TableOf = Callable[[list[list[str]], Iterator[list[str]]], Table]
"""Makes a table of the texts of its rows and of the references of its cells, row by row."""

# How far beyond the filled cells a merged cell is followed, at most.
_REACH = 200
# A sheet with more blank places than this for each filled one is laid out without its blank rows and columns.
_BLANKS = 50
_FEW = 10_000
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表格?|工作簿)\s*\d*\s*(?:\(\d+\))?", re.IGNORECASE)
_REMARK = re.compile(r"[备備]?[注註]|说明|說明|填表")


class TooManyCells(ValueError):
    """A sheet has more places than is read, even without its blank rows and columns."""


def sheet_blocks(name: str, cells: Mapping[Place, str], merged: Sequence[tuple[Place, Place]]) -> list[Block]:
    """One sheet as blocks.

    Args:
        name: the sheet's name; empty where the format has none.
        cells: the text of every filled cell by its place; empty texts count as blank.
        merged: the merged ranges as ((first row, first column), (last row, last column)), both included.

    Returns:
        A heading unless the name is a default one, title lines, the table (``Cell.reference`` such as ``一览表!B3``, or
        ``B3`` on a sheet without a name), remarks; nothing for a blank sheet.

    Raises:
        TooManyCells: above ``limits.MAX_CELLS`` places.
    """
    sheet = _sparse(name, cells)
    return sheet.blocks(merged) if sheet else []


def row_blocks(filled: Sequence[tuple[int, list[str]]], table_of: TableOf) -> list[Block]:
    """The rows of a sheet without a name and without merged ranges as blocks, as ``sheet_blocks`` makes them.

    Args:
        filled: the number of every row that is not blank, counted from 0, and its texts from the first column to the
            last that is filled; empty texts are blank.
        table_of: makes the table of its rows, all of one length, and the references of their cells.

    Raises:
        TooManyCells: above ``limits.MAX_CELLS`` places.
    """
    if not filled:
        return []
    first, last = filled[0][0], filled[-1][0]
    left = 0
    if not any(row[0] for _, row in filled):
        left = min(next(column for column, text in enumerate(row) if text) for _, row in filled)
    end = max(len(row) for _, row in filled)
    width = end - left
    if _is_nearly_empty((last - first + 1) * width, sum(len(row) - row.count("") for _, row in filled)):
        sheet = _sparse("", {(number, at): text for number, row in filled for at, text in enumerate(row) if text})
        return sheet.blocks([], table_of) if sheet else []
    if (last - first + 1) * width > limits.MAX_CELLS:
        raise TooManyCells(f"{last - first + 1} × {width}")
    grid = [[""] * width] * (last - first + 1)
    for number, row in filled:
        grid[number - first] = row if not left and len(row) == end else [*row[left:], *[""] * (end - len(row))]
    return _Sheet("", range(first, last + 1), range(left, end), grid).blocks([], table_of)


def _is_nearly_empty(area: int, filled: int) -> bool:
    return area > _FEW + _BLANKS * filled


def _sparse(name: str, cells: Mapping[Place, str]) -> _Sheet | None:
    """A sheet of its filled cells, without the blank rows and columns where it is nearly empty; None for a blank one."""
    texts = {place: text for place, text in cells.items() if text} if "" in cells.values() else cells
    if not texts:
        return None
    rows: Sequence[int] = sorted({r for r, _ in texts})
    columns: Sequence[int] = sorted({c for _, c in texts})
    area = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    if not _is_nearly_empty(area, len(texts)):
        rows, columns = range(rows[0], rows[-1] + 1), range(columns[0], columns[-1] + 1)
    if len(rows) * len(columns) > limits.MAX_CELLS:
        raise TooManyCells(f"{len(rows)} × {len(columns)}")
    row_at = {row: index for index, row in enumerate(rows)}
    column_at = {column: index for index, column in enumerate(columns)}
    grid = [[""] * len(columns) for _ in rows]
    for (r, c), text in texts.items():
        grid[row_at[r]][column_at[c]] = text
    return _Sheet(name, rows, columns, grid)


class _Sheet:
    """One sheet, its rows and columns counted anew from the first filled ones.

    ``rows`` and ``columns`` are their numbers on the sheet; ``texts`` has a text for each of their crossings, empty
    where the cell is blank.
    """

    def __init__(self, name: str, rows: Sequence[int], columns: Sequence[int], texts: list[list[str]]) -> None:
        self.name, self.rows, self.columns, self.texts = name, rows, columns, texts

    def blocks(self, merged: Sequence[tuple[Place, Place]], table_of: TableOf | None = None) -> list[Block]:
        spans = self._spans(merged)
        counts = [len(row) - row.count("") for row in self.texts]
        first, last, end = 0, len(self.rows) - 1, len(self.columns) - 1
        # A merged cell at the edge is part of the table as far as it reaches; a title may reach wherever it likes.
        reach = max((r for r, count in enumerate(counts) if count > 1), default=-1)
        for (r, c), (height, width) in spans.items():
            if counts[r] > 1 and self.texts[r][c]:
                reach, end = max(reach, r + height - 1), max(end, c + width - 1)
        last = max(last, reach)
        if (last + 1) * (end + 1) > limits.MAX_CELLS:
            raise TooManyCells(f"{last + 1} × {end + 1}")
        blocks: list[Block] = []
        if self.name.strip() and not _DEFAULT_NAME.fullmatch(self.name.strip()):
            blocks.append(Paragraph(self.name.strip(), style="heading", level=1))

        def lone(r: int) -> str | None:
            """The text of a row that is a line over the table rather than a row of it."""
            if r >= len(counts) or not counts[r]:
                return ""
            if counts[r] > 1:
                return None
            c, text = next((c, text) for c, text in enumerate(self.texts[r]) if text)
            return text if spans.get((r, c), (1, 1))[0] == 1 else None

        above: list[str] = []
        while first <= last and (text := lone(first)) is not None:
            above.append(text)
            first += 1
        below: list[str] = []
        while last >= first and (text := lone(last)) is not None:
            # Only a remark over the whole width, or one set off as a note, is not a row with blanks.
            across = spans.get((last, 0), (1, 1))[1]
            if last <= reach or (text and across < end + 1 and not _REMARK.match(text)):
                break
            below.append(text)
            last -= 1
        blocks += [Paragraph(line) for text in above for line in text.split("\n") if line]
        if first <= last:
            references = self._references(first, last, end)
            if table_of is not None:
                blocks.append(table_of(self.texts[first : last + 1], references))
            else:
                blocks.append(self._table(first, last, end, spans, references))
        blocks += [Paragraph(line) for text in reversed(below) for line in text.split("\n") if line]
        return blocks

    def _spans(self, merged: Sequence[tuple[Place, Place]]) -> dict[Place, Place]:
        """How many rows and columns each merged cell covers, in the new count."""
        spans: dict[Place, Place] = {}
        if not merged:
            return spans
        row_at = {row: index for index, row in enumerate(self.rows)}
        column_at = {column: index for index, column in enumerate(self.columns)}
        dense = len(self.rows) == self.rows[-1] - self.rows[0] + 1 and (
            len(self.columns) == self.columns[-1] - self.columns[0] + 1
        )
        for (r0, c0), (r1, c1) in merged:
            if r0 not in row_at or c0 not in column_at or r1 < r0 or c1 < c0:
                continue
            down, across = min(r1 - r0, _REACH), min(c1 - c0, _REACH)
            if not dense:
                down = sum(row in row_at for row in range(r0 + 1, r0 + down + 1))
                across = sum(column in column_at for column in range(c0 + 1, c0 + across + 1))
            spans[row_at[r0], column_at[c0]] = (down + 1, across + 1)
        return spans

    def _references(self, first: int, last: int, end: int) -> Iterator[list[str]]:
        """The references of the cells, row by row."""
        prefix = f"{self.name}!" if self.name else ""
        letters = [prefix + column_letters(_at(self.columns, c)) for c in range(end + 1)]
        for r in range(first, last + 1):
            number = str(_at(self.rows, r) + 1)
            yield [letter + number for letter in letters]

    def _table(
        self, first: int, last: int, end: int, spans: dict[Place, Place], references: Iterator[list[str]]
    ) -> Table:
        covered: defaultdict[int, set[int]] = defaultdict(set)
        cells: list[Cell] = []
        blank = [""] * (end + 1)
        beginning = {r for r, _ in spans}
        for r, names in zip(range(first, last + 1), references, strict=True):
            row = self.texts[r] if r < len(self.texts) else blank
            texts = row + blank[len(row) :]
            if r not in covered and r not in beginning:
                cells += map(Cell, texts, repeat(r - first), range(end + 1), repeat(1), repeat(1), names)
                continue
            for c, (text, name) in enumerate(zip(texts, names, strict=True)):
                if c in covered[r]:
                    continue
                height, width = spans.get((r, c), (1, 1))
                height, width = min(height, last - r + 1), min(width, end - c + 1)
                if height > 1 or width > 1:
                    reach = range(c, c + width)
                    if all(covered[i].isdisjoint(reach) for i in range(r, r + height)):
                        for i in range(r, r + height):
                            covered[i].update(reach)
                    else:
                        # Ranges that overlap are not merged cells that a spreadsheet program could have made.
                        height = width = 1
                cells.append(Cell(text, r - first, c, height, width, name))
        return Table(tuple(cells), caption=self.name or None)


def _at(numbers: Sequence[int], index: int) -> int:
    """The place on the sheet of a row or column of the new count; a merged cell may reach beyond the filled ones."""
    return numbers[index] if index < len(numbers) else numbers[-1] + index - len(numbers) + 1


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
