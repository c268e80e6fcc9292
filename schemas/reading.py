"""What a reader hands over: the blocks of one file, in reading order, before anything is extracted from them.

Plain dataclasses rather than Pydantic models: a big spreadsheet has a hundred thousand cells, and none of this leaves
the process. For the same reason blocks are frozen by convention, which mypy holds: ``dataclass(frozen=True)`` sets each
field by a call, which makes a cell five times as dear.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeVar, dataclass_transform

Role = Literal["body", "header", "footer", "page_number", "metadata", "furniture"]
"""``metadata``: the 索引号 table of a government page; ``furniture``: the site around the article."""

Style = Literal["body", "title", "heading"]

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def record(cls: type[_T]) -> type[_T]:
    """A dataclass with slots that is compared and hashed by its fields and never changed once made."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@record
class Box:
    """A rectangle on a page in PDF points, origin top left; ``page`` counts from 1."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@record
class Paragraph:
    """One paragraph of running text.

    ``text`` has no line break, and holds automatic numbers as text. ``level`` is the outline level (1 is the highest)
    where the format itself says so (Word heading styles, HTML h1-h6), else None. ``confidence`` is how sure text
    recognition was of it (0 to 1), None where the file holds the text itself. ``before`` is the wording before the
    file's tracked changes, None where none touched it, empty where the paragraph is new. ``line_ends`` says of each box
    where in ``text`` its line ends; empty where the boxes are not known to be lines.
    """

    text: str
    style: Style = "body"
    level: int | None = None
    role: Role = "body"
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    confidence: float | None = None
    before: str | None = None
    line_ends: tuple[int, ...] = ()

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """The boxes of the lines that hold characters ``start`` to ``end``; all boxes where lines are not known."""
        ends = self.line_ends
        if len(ends) != len(self.boxes) or not ends or ends[-1] != len(self.text):
            return self.boxes
        lines = zip(self.boxes, (0, *ends), ends, strict=False)
        return tuple(box for box, first, last in lines if first < end and last > start)


@record
class Cell:
    """One cell of a table, written once where it starts; merged cells say how far they reach.

    ``row`` and ``column`` count from 0. ``reference`` is the spreadsheet's own name of the place (``一览表!B3``).
    ``text`` may hold line breaks. ``confidence`` and ``before`` as for a paragraph.
    """

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    reference: str | None = None
    page: int | None = None
    box: Box | None = None
    confidence: float | None = None
    before: str | None = None


@record
class Table:
    """A table as its cells, in reading order (row by row)."""

    cells: tuple[Cell, ...]
    role: Role = "body"
    caption: str | None = None
    page: int | None = None
    boxes: tuple[Box, ...] = ()

    @property
    def height(self) -> int:
        """How many rows the table has, merged ones counted."""
        return max((c.row + c.row_span for c in self.cells), default=0)

    @property
    def width(self) -> int:
        """How many columns the table has, merged ones counted."""
        return max((c.column + c.column_span for c in self.cells), default=0)

    def grid(self) -> list[list[Cell | None]]:
        """The table as rows of cells, a merged cell standing in every place it covers; None where no cell is."""
        width = self.width  # once: it looks at every cell
        rows: list[list[Cell | None]] = [[None] * width for _ in range(self.height)]
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.row_span):
                for column in range(cell.column, cell.column + cell.column_span):
                    rows[row][column] = cell
        return rows


Block = Paragraph | Table


@record
class Link:
    """A link of a page, with its text as shown; ``href`` as written in the source."""

    text: str
    href: str


UNREAD_KINDS = frozenset(
    {
        "unreadable_page",
        "truncated",
        "cut_off",
        "more_pages",
        "embedded_file",
        "embedded_files",
        "embedded_object",
        "part_not_read",
        "picture_not_read",
        "pictures",
        "frames_left_out",
        "resource_missing",
        "rotated_text",
        "hidden_sheet",
        "text_lost_in_conversion",
        "damaged_text",
    }
)
"""Kinds of notes which say that something of the file was not read: what is not found may stand there."""


@dataclass(slots=True)
class Note:
    """Something a reader of the document must know; becomes an entry of ``Document.quality``.

    ``confidence`` is that of text recognition on the page (0 to 1), where the note speaks of it.
    """

    kind: str
    message: str
    page: int | None = None
    confidence: float | None = None


@dataclass(slots=True)
class Reading:
    """One file as its reader saw it.

    ``meta`` holds the ``<meta>`` tags of a page or the properties of an office file, names as written; ``encoding``
    the character encoding a text file was read in, None for binary formats; ``pages`` the number of pages where the
    format has them.
    """

    media_type: str
    blocks: list[Block] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    encoding: str | None = None
    pages: int | None = None
