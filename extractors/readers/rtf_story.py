"""The paragraphs, cells and rows of one story of an RTF file (the body, a header, a footnote, a text box).

RTF has no tree: a paragraph says how deep in tables it lies (``\\intbl``, ``\\itapN``), cells and rows are ended by control
words. What a row left open is kept as a row, because Word shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from extractors.readers.docx_numbering import joined
from extractors.readers.rtf_tables import Row, RowShape, build
from extractors.readers.word_grid import has_text
from extractors.spacing import close_gaps
from schemas.reading import Block, Paragraph, Role, Style

MAX_DEPTH = 32
"""Tables within tables; what claims to lie deeper is read as lying here."""


@dataclass(slots=True)
class _Level:
    """A table that is open: its rows, the cells of the row at hand, the blocks of the cell at hand."""

    rows: list[Row] = field(default_factory=list)
    cells: list[list[Block]] = field(default_factory=list)
    cell: list[Block] = field(default_factory=list)


class Story:
    """Collects text until a paragraph, cell or row ends.

    Args:
        role: of its blocks.
        count: called with the number of characters and of cells that were added; raises when there are too many.

    Attributes:
        parts: the text of the paragraph at hand.
        label: its automatic number as written by the program, None without one.
        boxes: the blocks of text boxes anchored in it.
        has_page_number: whether a field in it shows the page number.
        shapes: the row definition in force, by depth of the table.
    """

    def __init__(self, role: Role, count: Callable[[int, int], None]) -> None:
        self.role = role
        self.parts: list[str] = []
        self.label: str | None = None
        self.boxes: list[Block] = []
        self.has_page_number = False
        self.shapes: dict[int, RowShape] = {}
        self._count = count
        self._carried = ""
        self._blocks: list[Block] = []
        self._levels: list[_Level] = []

    def end_paragraph(
        self, depth: int, style: Style = "body", level: int | None = None, *, contents: bool = False, gone: bool = False
    ) -> None:
        """Ends the paragraph at hand.

        Args:
            depth: in how many tables it lies.
            style: its part in the outline.
            level: its heading level.
            contents: whether it belongs to a table of contents.
            gone: whether its mark is deleted: its text then stands at the head of the next paragraph.
        """
        text = "".join(self.parts)
        self.parts.clear()
        if max(text, default="") >= "\ud800" and any("\ud800" <= c <= "\udfff" for c in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        self._count(len(text), 0)
        where = self._open(min(depth, MAX_DEPTH))
        boxes, self.boxes = self.boxes, []
        if gone:
            self._carried += text
            where += boxes
            return
        text, self._carried = self._carried + text, ""
        label, self.label = self.label, None
        role: Role = self.role
        if role == "body" and contents:
            role, style, level = "furniture", "body", None
        if self.has_page_number and role in ("header", "footer"):
            role = "page_number"
        self.has_page_number = False
        lines = [text.replace("\n", "")] if style != "body" else text.split("\n")
        for line in lines:
            line = close_gaps(line.strip())
            if line:
                where.append(Paragraph(joined(label, line), style=style, level=level, role=role))
                label = None
        if label and depth and not text.strip():
            where.append(Paragraph(label, role=role))
        where += boxes

    def end_cell(self, depth: int) -> None:
        """Ends the cell at hand of the table at a depth (the paragraph in it was ended before)."""
        depth = min(max(depth, 1), MAX_DEPTH)
        self._open(depth)
        table = self._levels[depth - 1]
        table.cells.append(table.cell)
        table.cell = []
        self._count(0, 1)

    def end_row(self, depth: int) -> None:
        """Ends the row at hand of the table at a depth, with the definition in force."""
        depth = min(max(depth, 1), MAX_DEPTH)
        self._open(depth)
        table = self._levels[depth - 1]
        if table.cell:
            table.cells.append(table.cell)
            table.cell = []
        shape = self.shapes.get(depth) or RowShape()
        self._count(0, max(len(shape.cells) - len(table.cells), 0))
        if shape.cells and all(cell.deleted for cell in shape.cells):
            table.cells = []
            return
        if table.cells or shape.cells:
            table.rows.append(Row(replace(shape, cells=list(shape.cells)), table.cells))
        table.cells = []

    def close(self) -> list[Block]:
        """The blocks of the story; what was left open is ended."""
        if self.parts or self.label or self.boxes:
            self.end_paragraph(len(self._levels))
        self._open(0)
        if self._carried:
            self._blocks.append(Paragraph(close_gaps(self._carried), role=self.role))
        return [block for block in self._blocks if has_text(block) or self.role == "body"]

    def _open(self, depth: int) -> list[Block]:
        """Where a block at a depth goes: deeper tables are ended, missing ones begun."""
        while len(self._levels) > depth:
            inner = self._levels[-1]
            if inner.cell or inner.cells:
                self.end_row(len(self._levels))
            self._levels.pop()
            outer = self._levels[-1].cell if self._levels else self._blocks
            outer += build(inner.rows, self.role)
        while len(self._levels) < depth:
            self._levels.append(_Level())
        return self._levels[-1].cell if self._levels else self._blocks
