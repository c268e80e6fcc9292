"""Sets Chinese text as PDF the way official documents look (GB/T 9704-2012), for the tests of the PDF reader."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, TOP, BOTTOM = 80.0, 528.0, 100.0, 740.0
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

# (row, column, row span, column span, text)
Spec = tuple[int, int, int, int, str]


@dataclass
class Sheet:
    """A table to set: its cells, the widths of its columns, the height of its rows."""

    cells: Sequence[Spec]
    widths: Sequence[float]
    row_height: float = 30.0


@dataclass
class Typesetter:
    """Sets paragraphs, titles and tables one under the other, over as many pages as they need."""

    size: float = 16.0
    leading: float = 28.0
    header: str | None = None
    page_numbers: str | None = "— {} —"
    encrypt: object | None = None
    buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.buffer, pagesize=(WIDTH, HEIGHT), encrypt=self.encrypt)
        self.page, self.y = 1, TOP

    def finish(self) -> bytes:
        """The PDF."""
        self.end_page()
        self.canvas.save()
        return self.buffer.getvalue()

    def end_page(self) -> None:
        """Furniture, then the next page."""
        if self.header:
            self.put(self.header, (WIDTH - width(self.header, 10)) / 2, 50, 10)
        if self.page_numbers:
            text = self.page_numbers.format(self.page)
            self.put(text, (WIDTH - width(text, 14)) / 2, 790, 14)
        self.canvas.showPage()
        self.page, self.y = self.page + 1, TOP

    def put(self, text: str, x: float, top: float, size: float) -> None:
        """One line of text; ``top`` is where the type begins, from the top of the page."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, HEIGHT - top - size, text)

    def line(self, text: str, x: float, size: float, leading: float) -> None:
        """One line at the current height, on the next page if this one is full."""
        if self.y + leading > BOTTOM:
            self.end_page()
        self.put(text, x, self.y, size)
        self.y += leading

    def paragraph(self, text: str, indent: float = 2.0) -> None:
        """Running text: first line indented by so many characters, then at the left edge."""
        for number, line in enumerate(wrap(text, RIGHT - LEFT, self.size, indent * self.size)):
            self.line(line, LEFT + (indent * self.size if number == 0 else 0), self.size, self.leading)

    def title(self, *lines: str, size: float = 22.0) -> None:
        """Centred lines in large type."""
        for line in lines:
            self.line(line, (LEFT + RIGHT - width(line, size)) / 2, size, size * 1.6)

    def signature(self, text: str) -> None:
        """A line towards the right edge."""
        self.line(text, RIGHT - 4 * self.size - width(text, self.size), self.size, self.leading)

    def table(self, sheet: Sheet, *, repeat_heading: bool = False, size: float = 12.0) -> None:
        """A ruled table; rows that do not fit go to the next page, cells that are cut are drawn on both."""
        rows = max(r + h for r, _, h, _, _ in sheet.cells)
        first = 0
        while first < rows:
            head = 1 if repeat_heading and first else 0
            room = int((BOTTOM - self.y) // sheet.row_height) - head
            if room < 1:
                self.end_page()
                continue
            last = min(rows, first + room)
            if head:
                self._rows(sheet, 0, 1, size)
            self._rows(sheet, first, last, size)
            first = last
        self.y += 10

    def _rows(self, sheet: Sheet, first: int, last: int, size: float) -> None:
        xs = [LEFT]
        for column in sheet.widths:
            xs.append(xs[-1] + column)
        for row, column, height, across, text in sheet.cells:
            top, bottom = max(row, first), min(row + height, last)
            if top >= bottom:
                continue
            x, y = xs[column], self.y + (top - first) * sheet.row_height
            wide, deep = xs[column + across] - x, (bottom - top) * sheet.row_height
            self.canvas.rect(x, HEIGHT - y - deep, wide, deep)
            if row >= first:
                for number, line in enumerate(wrap(text, wide - 8, size, 0)):
                    self.put(line, x + 4, y + 2 + number * (size + 1), size)
        self.y += (last - first) * sheet.row_height


def width(text: str, size: float) -> float:
    """The width of a text in points."""
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrap(text: str, measure: float, size: float, indent: float) -> list[str]:
    """Lines as a typesetter breaks them: numbers stay whole, closing punctuation never begins a line."""
    lines, current, room = [], "", measure - indent
    for token in re.findall(r"[A-Za-z0-9.%]+|.", text):
        token_width = width(token, size)
        if current and width(current, size) + token_width > room + 0.01:
            carried = ""
            if token in "，。、；：？！）》”":
                current, carried = current[:-1], current[-1]
            lines.append(current)
            current, room = carried, measure
        current += token
    return [*lines, current] if current else lines
