"""From a reader's blocks to one text with offsets: the ground that every extractor stands on.

The text of a document is its blocks joined by line breaks; a table stands in it row by row, cells divided by tabs, a
merged cell once. Nothing of a block is changed on the way, so a quote is the reader's wording to the character. Running
heads and feet come last, since they belong to no place in the text; page numbers are left out.

Besides ``text`` there are two readings of the same length, so that one offset holds in all three: ``folded`` (see
``extractors.fold``), and ``prose``, which is ``folded`` with everything but body paragraphs blanked by line breaks. Rules
about running text look at ``prose`` and cannot stray into a table or the furniture of a web page.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from extractors.fold import fold
from schemas.document import PageBox, PageStart, Span
from schemas.reading import Block, Box, Cell, Paragraph, Table

_SPACE = re.compile(r"\s+")


def squeeze(text: str) -> str:
    """The text without any white space: how names and titles are given."""
    return _SPACE.sub("", text)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph at its place: characters ``start`` to ``end`` of the text."""

    start: int
    end: int
    paragraph: Paragraph


@dataclass(frozen=True, slots=True)
class LaidCell:
    """A cell at its place."""

    start: int
    end: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class LaidTable:
    """A table at its place, ``cells`` in the order of the text."""

    start: int
    end: int
    table: Table
    cells: tuple[LaidCell, ...]

    def grid(self) -> list[list[LaidCell | None]]:
        """Rows of cells, a merged cell standing in every place it covers; None where there is no cell."""
        by_place = {(c.cell.row, c.cell.column): c for c in self.cells}
        return [
            [by_place[(cell.row, cell.column)] if cell is not None else None for cell in row]
            for row in self.table.grid()
        ]


@dataclass(slots=True)
class _Writer:
    parts: list[str] = field(default_factory=list)
    length: int = 0

    def write(self, text: str) -> tuple[int, int]:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start, self.length


@dataclass
class Layout:
    """One document's text with its lines and tables; see the module's text for the three readings."""

    text: str
    lines: list[Line]
    tables: list[LaidTable]

    @cached_property
    def folded(self) -> str:
        """The text in simplified characters and one form of punctuation, same length."""
        return fold(self.text)

    @cached_property
    def prose(self) -> str:
        """``folded`` with everything but the body paragraphs replaced by line breaks, same length."""
        out: list[str] = []
        position = 0
        for line in self.lines:
            if line.paragraph.role != "body":
                continue
            out.append("\n" * (line.start - position))
            out.append(self.folded[line.start : line.end])
            position = line.end
        out.append("\n" * (len(self.text) - position))
        return "".join(out)

    @cached_property
    def body(self) -> list[Line]:
        """The body paragraphs that are not blank."""
        return [line for line in self.lines if line.paragraph.role == "body" and line.end > line.start]

    def body_above(self, offset: int, count: int, floor: int = 0) -> list[Line]:
        """The last ``count`` body paragraphs that end at an offset or above it and begin at ``floor`` or below it."""
        stop = bisect.bisect_right(self._body_starts, offset)
        if stop and self.body[stop - 1].end > offset:
            stop -= 1
        return self.body[max(stop - count, bisect.bisect_left(self._body_starts, floor), 0) : stop]

    def lines_above(self, offset: int, count: int) -> list[Line]:
        """The last ``count`` paragraphs of any kind that begin above an offset, in order."""
        at = bisect.bisect_left(self._starts, offset)
        return self.lines[max(at - count, 0) : at]

    def page_starts(self) -> list[PageStart]:
        """Where each page begins in the text, for sources that have pages."""
        blocks = [
            (line.start, line.paragraph.page) for line in self.lines if line.paragraph.role not in ("header", "footer")
        ]
        blocks += [(table.start, table.table.page) for table in self.tables]
        starts: list[PageStart] = []
        for start, page in sorted(blocks, key=lambda block: block[0]):
            if page is not None and (not starts or page > starts[-1].page):
                starts.append(PageStart(page=page, start=start))
        return starts

    @cached_property
    def _starts(self) -> list[int]:
        return [line.start for line in self.lines]

    @cached_property
    def _body_starts(self) -> list[int]:
        return [line.start for line in self.body]

    @cached_property
    def _table_starts(self) -> list[int]:
        return [table.start for table in self.tables]

    @cached_property
    def _has_pages(self) -> bool:
        """Whether anything has a page or a box; text from the web has none."""
        return any(line.paragraph.page is not None or line.paragraph.boxes for line in self.lines) or any(
            table.table.page is not None or any(c.cell.page is not None or c.cell.box for c in table.cells)
            for table in self.tables
        )

    def line_at(self, offset: int) -> Line | None:
        """The paragraph that holds a character, None inside tables."""
        i = bisect.bisect_right(self._starts, offset) - 1
        if i >= 0 and self.lines[i].start <= offset < max(self.lines[i].end, self.lines[i].start + 1):
            return self.lines[i]
        return None

    def span(self, start: int, end: int) -> Span:
        """A span with its page and boxes; white space at both ends is left out."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        page, boxes = self._place(start, end)
        return Span(start=start, end=end, page=page, boxes=boxes)

    def _place(self, start: int, end: int) -> tuple[int | None, list[PageBox]]:
        page: int | None = None
        boxes: list[PageBox] = []
        if not self._has_pages:
            return page, boxes
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        for line in self.lines[first : bisect.bisect_left(self._starts, end, first)]:
            if line.end > start:
                shown = line.paragraph.boxes_of(start - line.start, end - line.start)
                page = page or (shown[0].page if shown else line.paragraph.page)
                boxes += _page_boxes(shown)
        first = max(bisect.bisect_right(self._table_starts, start) - 1, 0)
        for table in self.tables[first : bisect.bisect_left(self._table_starts, end, first)]:
            cell_at = max(bisect.bisect_right(table.cells, start, key=_start) - 1, 0)
            for cell in table.cells[cell_at : bisect.bisect_left(table.cells, end, cell_at, key=_start)]:
                if cell.end > start:
                    page = page or cell.cell.page or table.table.page
                    boxes += _page_boxes([cell.cell.box] if cell.cell.box else [])
        return page, boxes


def _start(cell: LaidCell) -> int:
    return cell.start


def _page_boxes(boxes: Iterable[Box]) -> list[PageBox]:
    return [PageBox(page=b.page, x0=b.x0, top=b.top, x1=b.x1, bottom=b.bottom) for b in boxes]


def lay(blocks: Sequence[Block]) -> Layout:
    """Blocks in reading order to a layout."""
    running = [b for b in blocks if isinstance(b, Paragraph) and b.role in ("header", "footer")]
    ordered: list[Block] = [
        b for b in blocks if not (isinstance(b, Paragraph) and b.role in ("header", "footer", "page_number"))
    ]
    seen: set[str] = set()
    for paragraph in running:
        if paragraph.text not in seen:
            seen.add(paragraph.text)
            ordered.append(paragraph)
    writer = _Writer()
    lines: list[Line] = []
    tables: list[LaidTable] = []
    for block in ordered:
        if writer.length:
            writer.write("\n")
        if isinstance(block, Paragraph):
            lines.append(Line(*writer.write(block.text), paragraph=block))
        else:
            tables.append(_lay_table(block, writer))
    return Layout("".join(writer.parts), lines, tables)


def _lay_table(table: Table, writer: _Writer) -> LaidTable:
    start = writer.length
    cells: list[LaidCell] = []
    row = None
    for cell in sorted(table.cells, key=lambda c: (c.row, c.column)):
        if row is not None:
            writer.write("\n" if cell.row != row else "\t")
        row = cell.row
        cells.append(LaidCell(*writer.write(cell.text), cell=cell))
    return LaidTable(start, writer.length, table, tuple(cells))
