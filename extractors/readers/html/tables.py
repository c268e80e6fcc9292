"""Tables of a page: which are tables and which only lay the page out, and their cells with what they span."""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterator

from extractors.readers import limits
from extractors.readers.html.tree import Element, events
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

_GROUPS = ("thead", "tbody", "tfoot")
_AROUND_CELLS = frozenset((*_GROUPS, "tr", "form", "div", "center", "font"))
_OWN_PLACE = frozenset(("td", "th", "caption", "table", "br"))
_LINED = re.compile(
    r"border(?:-(?:top|left|right|bottom))?(?:-width)?\s*:(?!\s*(?:0|none|medium\s+none))", re.IGNORECASE
)

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


def text_within(element: Element, as_is: bool = False, without: Collection[Element] = ()) -> str:
    """The text of an element with ``BREAK`` between its blocks and at each ``<br>``.

    Args:
        element: the element.
        as_is: keeps the line breaks of the source.
        without: elements inside it whose text is left out.
    """
    parts: list[str] = []
    node = (lambda text: text or "") if as_is else joined

    def enter(child: Element) -> bool:
        return isinstance(child.tag, str) and child.tag not in SILENT and (not without or child not in without)

    for event, child in events(element, enter):
        tag = child.tag if isinstance(child.tag, str) else ""
        if event == "leaf":
            if without and child in without:
                parts.append(BREAK)
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
    return [row for group in _groups(table) for row in group]


def _groups(table: Element) -> list[list[list[Element]]]:
    """The row groups of a table in the order in which they are shown: its head first, its foot last, where they stand."""
    groups: list[tuple[str, list[list[Element]]]] = []

    def enter(element: Element) -> bool:
        return element is table or element.tag in _AROUND_CELLS

    for event, element in events(table, enter):
        tag = element.tag
        if event == "start" and tag in _GROUPS:
            groups.append((tag, []))
        elif event == "end" and tag in _GROUPS:
            groups.append(("", []))
        elif event == "start" and tag == "tr":
            if not groups:
                groups.append(("", []))
            groups[-1][1].append([])
        elif event == "leaf" and tag in ("td", "th"):
            if not groups:
                groups.append(("", []))
            if not groups[-1][1]:
                groups[-1][1].append([])
            groups[-1][1][-1].append(element)
    head = next((group for group in groups if group[0] == "thead"), None)
    foot = next((group for group in groups if group[0] == "tfoot"), None)
    rest = [group for group in groups if group is not head and group is not foot]
    return [rows for _, rows in [*([head] if head else []), *rest, *([foot] if foot else [])] if rows]


def stray_lines(table: Element) -> list[str]:
    """The texts that stand in a table but in none of its cells; browsers show them in front of it."""
    parts: list[str] = []

    def enter(element: Element) -> bool:
        return element is table or element.tag in _AROUND_CELLS

    for event, element in events(table, enter):
        if event == "start":
            parts.append(element.text or "")
        elif event == "leaf" and isinstance(element.tag, str) and element.tag not in _OWN_PLACE | SILENT:
            parts.append(BREAK + text_within(element) + BREAK)
        if event != "start" and element is not table:
            parts.append(element.tail or "")
    return lines_of("".join(parts))


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
    nests = False
    for row in rows:
        for cell in row:
            for inner in cell.iter("table", *_HEADINGS[:3]):
                if inner.tag != "table":
                    return True
                nests = nests or max(map(len, rows_of(inner)), default=0) > 1
            lengths.append(len("".join(cell.itertext()).strip()))
    if nests:
        # Pages used to be laid out with tables in tables, which draw no lines; a form with a list in a cell does.
        return not (_is_lined(table, rows) and sum(len(row) > 1 for row in rows) > 1)
    longest = max(lengths)
    if longest < _LONG_CELL or longest < 0.6 * sum(lengths):
        return False
    return len(rows) <= 4


def _is_lined(table: Element, rows: list[list[Element]]) -> bool:
    """Whether a table draws lines around its cells."""
    width = re.match(r"\s*(\d{1,3})", table.get("border") or "")
    if width:
        return int(width[1]) > 0
    if "msotablegrid" in (table.get("class") or "").lower():
        return True
    return any(
        _LINED.search(element.get("style") or "") for element in (table, *(cell for row in rows for cell in row))
    )


def nested_tables(table: Element) -> list[Element]:
    """The tables of more than one column in a data table's cells; what is in a single column is text of the cell."""

    def enter(element: Element) -> bool:
        if element is table or element.tag != "table":
            return isinstance(element.tag, str)
        return max(map(len, rows_of(element)), default=0) < 2

    return [element for event, element in events(table, enter) if event == "leaf" and element.tag == "table"]


def with_nested(table: Element) -> Iterator[Element]:
    """A data table, then the tables in its cells, and those in theirs."""
    waiting = [table]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += reversed(nested_tables(element))


def table_of(element: Element) -> Table | None:
    """The cells of a data table with their spans; None when no cell has any text.

    The text of ``nested_tables`` is not in it. ``rowspan`` and ``colspan`` are cut to what the table and the group of
    rows hold, as browsers do (HTML Standard 4.9.12, forming a table).
    """
    inner = nested_tables(element)
    rows: list[list[Element]] = []
    ends: list[int] = []
    for group in _groups(element):
        ends += [len(rows) + len(group)] * len(group)
        rows += group
    texts = [["\n".join(lines_of(text_within(cell, without=inner))) for cell in row] for row in rows]
    if all(_span(cell, "rowspan") == 1 for row in rows for cell in row):
        # Spacer rows go; where cells span rows they stay, or the spans would reach too far.
        rows = [row for row, found in zip(rows, texts, strict=True) if any(found)]
        texts = [found for found in texts if any(found)]
        ends = [len(rows)] * len(rows)
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
            down = min(_span(cell, "rowspan") or len(rows), ends[r] - r)
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
    """The cells on the columns that can be seen: where no cell begins no line is drawn (``colspan=99`` of a head)."""
    last = max(cell.column for cell in cells) + 1
    width = max([last, *(c.column + c.column_span for c in cells if c.column_span <= last and c.column > 0)])
    seen = sorted({cell.column for cell in cells} | {width})
    place = {column: index for index, column in enumerate(seen)}
    out = []
    for cell in cells:
        start, end = place[cell.column], bisect.bisect_left(seen, min(cell.column + cell.column_span, width))
        if (start, end - start) == (cell.column, cell.column_span):
            out.append(cell)
        else:
            out.append(Cell(cell.text, cell.row, start, row_span=cell.row_span, column_span=max(end - start, 1)))
    return out


def _span(cell: Element, name: str) -> int:
    """A span attribute as a number from 0 to the limit; 1 where it is missing or no number."""
    value = re.match(r"\s*(\d{1,9})", cell.get(name) or "")
    return min(int(value[1]), limits.MAX_SPAN) if value else 1
