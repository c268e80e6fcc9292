"""The paragraphs, cells and rows of one story of an RTF file (the body, a header, a footnote, a text box).

RTF has no tree: a paragraph says how deep in tables it lies (``\\intbl``, ``\\itapN``), cells and rows are ended by control
words. What a row left open is kept as a row, because Word shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from extractors.readers.rtf.tables import Row, RowShape, build
from extractors.readers.word.changes import BOTH, Joiner, Piece, State, Whole, cell_text, has_text
from extractors.readers.word.paragraphs import joined, paragraphs
from schemas.reading import Block, Paragraph, Role, Style

MAX_DEPTH = 32
"""Tables within tables; what claims to lie deeper is read as lying here."""


@dataclass(slots=True)
class _Level:
    """A table that is open: its rows, the cells of the row at hand, the blocks of the cell at hand."""

    rows: list[Row] = field(default_factory=list)
    cells: list[list[Block]] = field(default_factory=list)
    cell: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a paragraph is besides its text."""

    style: Style
    level: int | None
    role: Role
    in_cell: bool
    boxes: list[Block]


class Story:
    """Collects text until a paragraph, cell or row ends.

    Args:
        role: of its blocks.
        count: called with the number of characters and of cells that were added; raises when there are too many.

    Attributes:
        parts: the text of the paragraph at hand in the accepted state of tracked changes.
        old: the same before them, None as long as they are one.
        label: its automatic number as written by the program, None without one.
        boxes: the blocks of text boxes anchored in it.
        has_page_number: whether a field in it shows the page number.
        ended: how many paragraphs were ended.
        shapes: the row definition in force, by depth of the table.
    """

    def __init__(self, role: Role, count: Callable[[int, int], None]) -> None:
        self.role = role
        self.parts: list[str] = []
        self.old: list[str] | None = None
        self.label: str | None = None
        self.boxes: list[Block] = []
        self.has_page_number = False
        self.ended = 0
        self.shapes: dict[int, RowShape] = {}
        self._count = count
        self._joiner: Joiner[_Content] = Joiner(joined)
        self._at: list[Block] = []
        self._blocks: list[Block] = []
        self._levels: list[_Level] = []

    def add(self, text: str, state: State) -> None:
        """Text that stands in one or both states of the tracked changes."""
        if state is not BOTH and self.old is None:
            self.old = list(self.parts)
        if state.now:
            self.parts.append(text)
        if state.before and self.old is not None:
            self.old.append(text)

    def end_paragraph(
        self, depth: int, style: Style = "body", level: int | None = None, contents: bool = False, ends: State = BOTH
    ) -> None:
        """Ends the paragraph at hand.

        Args:
            depth: in how many tables it lies.
            style: its part in the outline.
            level: its heading level.
            contents: whether it belongs to a table of contents.
            ends: in which states of the tracked changes its mark is there.
        """
        text = _whole("".join(self.parts))
        old = text if self.old is None else _whole("".join(self.old))
        self.parts.clear()
        self.old = None
        self.ended += 1
        self._count(len(text) if old is text else len(text) + len(old), 0)
        where = self._open(min(depth, MAX_DEPTH))
        if where is not self._at:
            self._flush()
            self._at = where
        role: Role = self.role
        if role == "body" and contents:
            role, style, level = "furniture", "body", None
        if self.has_page_number and role in ("header", "footer"):
            role = "page_number"
        piece = Piece(_Content(style, level, role, depth > 0, self.boxes), text, old, ends, self.label, self.label)
        self.boxes, self.label, self.has_page_number = [], None, False
        for whole in self._joiner.add(piece):
            self._emit(whole)

    def _emit(self, whole: Whole[_Content]) -> None:
        content = whole.payloads[-1] if whole.payloads else whole.piece.payload
        self._at += paragraphs(whole, content.style, content.level, content.role, in_cell=content.in_cell)
        for payload in whole.payloads:
            self._at += payload.boxes

    def _flush(self) -> None:
        for whole in self._joiner.flush():
            self._emit(whole)

    def end_cell(self, depth: int) -> None:
        """Ends the cell at hand of the table at a depth (the paragraph in it was ended before)."""
        depth = min(max(depth, 1), MAX_DEPTH)
        self._open(depth)
        self._flush()
        table = self._levels[depth - 1]
        table.cells.append(table.cell)
        table.cell = []
        self._count(0, 1)

    def end_row(self, depth: int) -> None:
        """Ends the row at hand of the table at a depth, with the definition in force."""
        depth = min(max(depth, 1), MAX_DEPTH)
        self._open(depth)
        self._flush()
        table = self._levels[depth - 1]
        if table.cell:
            table.cells.append(table.cell)
            table.cell = []
        shape = self.shapes.get(depth) or RowShape()
        self._count(0, max(len(shape.cells) - len(table.cells), 0))
        if shape.cells and all(cell.deleted for cell in shape.cells):
            outer = self._levels[depth - 2].cell if depth > 1 else self._blocks
            gone = "｜".join(cell_text([b for b in c if isinstance(b, Paragraph)])[0] for c in table.cells)
            outer.append(Paragraph("", role=self.role, before=gone.replace("\n", " ")))
            table.cells = []
            return
        if table.cells or shape.cells:
            table.rows.append(Row(replace(shape, cells=list(shape.cells)), table.cells))
        table.cells = []

    def close(self) -> list[Block]:
        """The blocks of the story; what was left open is ended."""
        if self.parts or self.old or self.label or self.boxes:
            self.end_paragraph(len(self._levels))
        self._flush()
        self._open(0)
        return [block for block in self._blocks if has_text(block) or self.role == "body"]

    def _open(self, depth: int) -> list[Block]:
        """Where a block at a depth goes: deeper tables are ended, missing ones begun."""
        if len(self._levels) > depth:
            self._flush()
        while len(self._levels) > depth:
            inner = self._levels[-1]
            if inner.cell or inner.cells:
                self.end_row(len(self._levels))
            self._levels.pop()
            outer = self._levels[-1].cell if self._levels else self._blocks
            outer += build(inner.rows, self.role, lambda places: self._count(0, places))
        while len(self._levels) < depth:
            self._levels.append(_Level())
        return self._levels[-1].cell if self._levels else self._blocks


def _whole(text: str) -> str:
    """The text with its surrogate pairs joined; a half without its other half is no character."""
    if not text or max(text) < "\ud800" or not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
