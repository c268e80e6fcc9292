"""Tables of a page: which are tables and which only lay the page out, and their cells with what they span."""

from __future__ import annotations

import re
from collections.abc import Collection

from extractors.readers import limits
from extractors.readers.html_tree import Element, events
from extractors.readers.page_metadata import is_metadata_table, starts_with_label
from schemas.reading import Cell, Table

BREAK = "\x02"
"""Stands for a line break that the markup asks for; no decoded text holds this character."""

_BLOCK_TAGS = """
address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
_SILENT_TAGS = """
applet audio base button canvas col colgroup datalist embed frame frameset head iframe input link map math meta noscript
object option rp rt script select style svg template textarea title video
"""
BLOCKS = frozenset(_BLOCK_TAGS.split())
"""Elements that begin and end a paragraph."""
SILENT = frozenset(_SILENT_TAGS.split())
"""Elements that show no text of the page."""

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’…—\U00020000-\U0003ffff"
_SOURCE_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t\f]*[\r\n][ \t\r\n\f]*(?=[{_WIDE}])")
_SPACES = re.compile("[ \t\r\n\f]+")

_LONG_CELL = 600
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def collapse(text: str) -> str:
    """White space as a browser shows it."""
    return _SPACES.sub(" ", text)


def joined(node: str | None) -> str:
    """A text node of the markup without the line breaks that its source has between two ideographs.

    Within one node only, and not in front of a label: between two elements or fields a line break is the space that
    keeps ``来源：…`` and ``浏览次数：…`` apart.
    """
    if not node:
        return ""
    return _SOURCE_BREAK.sub(lambda m: " " if starts_with_label(node[m.end() : m.end() + 30]) else "", node)


def text_within(element: Element, as_is: bool = False) -> str:
    """The text of an element with ``BREAK`` between its blocks and at each ``<br>``; ``as_is`` keeps source breaks."""
    parts: list[str] = []
    node = (lambda text: text or "") if as_is else joined

    def enter(child: Element) -> bool:
        return isinstance(child.tag, str) and child.tag not in SILENT

    for event, child in events(element, enter):
        tag = child.tag if isinstance(child.tag, str) else ""
        if event == "leaf":
            pass
        elif tag == "br" or tag in BLOCKS:
            if event == "start" or tag != "br":
                parts.append(BREAK)
            if event == "start":
                parts.append(node(child.text))
        elif event == "start":
            parts.append(node(child.text))
        if event != "start" and child is not element:
            parts.append(node(child.tail))
    return "".join(parts)


def lines_of(text: str) -> list[str]:
    """The lines of a text with ``BREAK`` marks, white space collapsed, blank ones left out."""
    return [line for part in text.split(BREAK) if (line := collapse(part).strip())]


def rows_of(table: Element) -> list[list[Element]]:
    """The rows of a table as their cell elements, empty rows too; rows of nested tables are not among them."""
    rows: list[list[Element]] = []

    def enter(element: Element) -> bool:
        return element is table or element.tag in ("thead", "tbody", "tfoot", "tr", "form", "div", "center", "font")

    for event, element in events(table, enter):
        if event == "start" and element.tag == "tr":
            rows.append([])
        elif event == "leaf" and element.tag in ("td", "th"):
            if not rows:
                rows.append([])
            rows[-1].append(element)
    return rows


def is_layout(table: Element, mains: Collection[Element]) -> bool:
    """Whether a table only arranges the page and its cells are to be read one after the other.

    So it is when it holds the article, when it has a single column or cell, when one of its cells holds a table of its
    own, a heading or the bulk of a long text in many paragraphs.

    Args:
        table: the ``<table>``.
        mains: the elements that hold the article, and all their ancestors.
    """
    if table in mains or (table.get("role") or "").lower() == "presentation":
        return True
    rows = rows_of(table)
    if max(map(len, rows), default=0) < 2:
        return True
    lengths: list[int] = []
    for row in rows:
        for cell in row:
            for inner in cell.iter("table", *_HEADINGS[:3]):
                if inner.tag != "table" or max(map(len, rows_of(inner)), default=0) > 1:
                    return True
            lengths.append(len("".join(cell.itertext()).strip()))
    longest = max(lengths)
    if longest < _LONG_CELL or longest < 0.6 * sum(lengths):
        return False
    return len(rows) <= 4


def table_of(element: Element) -> Table | None:
    """The cells of a data table with their spans; None when no cell has any text.

    ``rowspan`` and ``colspan`` are cut to what the table holds, as browsers do (HTML Standard 4.9.12, forming a table).
    """
    rows = rows_of(element)
    texts = [["\n".join(lines_of(text_within(cell))) for cell in row] for row in rows]
    if all(_span(cell, "rowspan") == 1 for row in rows for cell in row):
        # Spacer rows go; where cells span rows they stay, or the spans would reach too far.
        rows = [row for row, found in zip(rows, texts, strict=True) if any(found)]
        texts = [found for found in texts if any(found)]
    if not any(any(row) for row in texts):
        return None
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    area = 0
    for r, row in enumerate(rows):
        c = 0
        for cell, text in zip(row, texts[r], strict=True):
            while (r, c) in taken:
                c += 1
            down = min(_span(cell, "rowspan") or len(rows), len(rows) - r)
            across = max(_span(cell, "colspan"), 1)
            if area + down * across > limits.MAX_CELLS:
                down = across = 1
            area += down * across
            while across > 1 and any((r, c + k) in taken for k in range(across)):
                across -= 1
            if down > 1 or across > 1:
                taken.update((r + i, c + k) for i in range(down) for k in range(across))
            cells.append(Cell(text, r, c, row_span=down, column_span=across))
            c += across
    return Table(tuple(_trimmed(cells)), role="metadata" if is_metadata_table(texts) else "body")


def _trimmed(cells: list[Cell]) -> list[Cell]:
    """Spans no wider than the columns in which some cell starts: ``colspan=99`` of a heading row."""
    last = max(cell.column for cell in cells) + 1
    width = max([last, *(c.column + c.column_span for c in cells if c.column_span <= last and c.column > 0)])
    out = []
    for cell in cells:
        across = min(cell.column_span, width - cell.column)
        out.append(
            cell
            if across == cell.column_span
            else Cell(cell.text, cell.row, cell.column, row_span=cell.row_span, column_span=across)
        )
    return out


def _span(cell: Element, name: str) -> int:
    """A span attribute as a number from 0 to the limit; 1 where it is missing or no number."""
    value = re.match(r"\s*(\d{1,9})", cell.get(name) or "")
    return min(int(value[1]), limits.MAX_SPAN) if value else 1
