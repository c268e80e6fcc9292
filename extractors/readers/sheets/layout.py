"""The filled cells of one sheet as blocks: title lines, the table, remarks; every cell with its place on the sheet.

A sheet is given by its filled cells alone. What lies between far-apart cells costs nothing: where a sheet is nearly
empty, its blank rows and columns are left out, and the references still say where each cell stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from extractors.readers import limits
from schemas.reading import Block, Cell, Paragraph, Table

Place = tuple[int, int]
"""Row and column on the sheet, counted from 0."""

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
    sheet = _Sheet(name, {place: text for place, text in cells.items() if text})
    return sheet.blocks(merged) if sheet.texts else []


class _Sheet:
    """One sheet, its rows and columns counted anew from the first filled ones."""

    def __init__(self, name: str, cells: dict[Place, str]) -> None:
        self.name = name
        rows, columns = sorted({r for r, _ in cells}), sorted({c for _, c in cells})
        area = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1) if cells else 0
        if area > _FEW + _BLANKS * len(cells):
            self.rows, self.columns = rows, columns
        else:
            self.rows = list(range(rows[0], rows[-1] + 1)) if rows else []
            self.columns = list(range(columns[0], columns[-1] + 1)) if columns else []
        if len(self.rows) * len(self.columns) > limits.MAX_CELLS:
            raise TooManyCells(f"{len(self.rows)} × {len(self.columns)}")
        self.row_at = {row: index for index, row in enumerate(self.rows)}
        self.column_at = {column: index for index, column in enumerate(self.columns)}
        self.texts = {(self.row_at[r], self.column_at[c]): text for (r, c), text in cells.items()}

    def blocks(self, merged: Sequence[tuple[Place, Place]]) -> list[Block]:
        spans = self._spans(merged)
        counts = Counter(r for r, _ in self.texts)
        leftmost: dict[int, int] = {}
        for r, c in self.texts:
            leftmost[r] = min(c, leftmost.get(r, c))
        first, last, end = 0, len(self.rows) - 1, len(self.columns) - 1
        # A merged cell at the edge is part of the table as far as it reaches; a title may reach wherever it likes.
        inner = [(r, c, *spans.get((r, c), (1, 1))) for r, c in self.texts if counts[r] > 1]
        reach = max([-1, *(r + height - 1 for r, _, height, _ in inner)])
        last = max(last, reach)
        end = max([end, *(c + width - 1 for _, c, _, width in inner)])
        if (last + 1) * (end + 1) > limits.MAX_CELLS:
            raise TooManyCells(f"{last + 1} × {end + 1}")
        blocks: list[Block] = []
        if self.name.strip() and not _DEFAULT_NAME.fullmatch(self.name.strip()):
            blocks.append(Paragraph(self.name.strip(), style="heading", level=1))

        def lone(r: int) -> str | None:
            """The text of a row that is a line over the table rather than a row of it."""
            if counts[r] > 1:
                return None
            if not counts[r]:
                return ""
            place = (r, leftmost[r])
            return self.texts[place] if spans.get(place, (1, 1))[0] == 1 else None

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
            blocks.append(self._table(first, last, end, spans))
        blocks += [Paragraph(line) for text in reversed(below) for line in text.split("\n") if line]
        return blocks

    def _spans(self, merged: Sequence[tuple[Place, Place]]) -> dict[Place, Place]:
        """How many rows and columns each merged cell covers, in the new count."""
        spans = {}
        dense = len(self.rows) == self.rows[-1] - self.rows[0] + 1 and (
            len(self.columns) == self.columns[-1] - self.columns[0] + 1
        )
        for (r0, c0), (r1, c1) in merged:
            if r0 not in self.row_at or c0 not in self.column_at or r1 < r0 or c1 < c0:
                continue
            down, across = min(r1 - r0, _REACH), min(c1 - c0, _REACH)
            if not dense:
                down = sum(row in self.row_at for row in range(r0 + 1, r0 + down + 1))
                across = sum(column in self.column_at for column in range(c0 + 1, c0 + across + 1))
            spans[self.row_at[r0], self.column_at[c0]] = (down + 1, across + 1)
        return spans

    def _table(self, first: int, last: int, end: int, spans: dict[Place, Place]) -> Table:
        covered: set[Place] = set()
        cells: list[Cell] = []
        prefix = f"{self.name}!" if self.name else ""
        letters = [column_letters(_at(self.columns, c)) for c in range(end + 1)]
        for r in range(first, last + 1):
            number = _at(self.rows, r) + 1
            for c in range(end + 1):
                if (r, c) in covered:
                    continue
                height, width = spans.get((r, c), (1, 1))
                height, width = min(height, last - r + 1), min(width, end - c + 1)
                if height > 1 or width > 1:
                    places = [(i, j) for i in range(r, r + height) for j in range(c, c + width)]
                    if covered.isdisjoint(places):
                        covered.update(places)
                    else:
                        # Ranges that overlap are not merged cells that a spreadsheet program could have made.
                        height = width = 1
                text = self.texts.get((r, c), "")
                cells.append(Cell(text, r - first, c, height, width, f"{prefix}{letters[c]}{number}"))
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
