"""Spreadsheets of OpenDocument (ODS): every sheet from content.xml as people see it (OpenDocument 1.3 part 3, clause 9).

Not by calamine: it lays out every repeated row and column before anything can be asked of it, and does not tell merged
cells or how a value is shown.
"""

from __future__ import annotations

import io
import re
from typing import Any

import lxml.etree as etree

from extractors.readers import limits
from extractors.readers.sheets.layout import TooManyCells
from extractors.readers.sheets.number_formats import telling
from extractors.readers.sheets.parts import SheetParts
from extractors.readers.word.ooxml import Package, damaged, encrypted

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"

_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_MAX_SPACES = 1_000


def sheets(package: Package) -> dict[str, SheetParts]:
    """Every sheet of an ODS by its name, with the texts of its cells.

    Raises:
        NotRead: ``damaged`` when the content part is missing or broken, ``encrypted``.
        TooManyCells: more filled cells than are read.
    """
    manifest = package.bytes_of("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise encrypted(package.uri)
    content = package.bytes_of("content.xml")
    if content is None or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise damaged(package.uri, "content.xml 缺失或含 DTD / content.xml is missing or has a DTD")
    try:
        return _Scan().run(content)
    except etree.XMLSyntaxError as error:
        raise damaged(package.uri, f"content.xml 不是合法的 XML / not well-formed: {error}") from error


class _Scan:
    """One pass over content.xml."""

    def __init__(self) -> None:
        self.found: dict[str, SheetParts] = {}
        self.hidden_styles: set[str] = set()
        self.parts = SheetParts()
        self.row = self.column = self.depth = self.filled = 0

    def run(self, content: bytes) -> dict[str, SheetParts]:
        events = etree.iterparse(
            io.BytesIO(content), events=("start", "end"),
            tag=(f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-column", f"{STYLE}style"),
            resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
        )  # fmt: skip
        for event, element in events:
            if element.tag == f"{TABLE}table":
                self.depth += 1 if event == "start" else -1
                if event == "start" and self.depth == 1:
                    self._open(element)
            elif event == "start" or self.depth > 1:
                continue  # a table inside a cell is no row of the sheet
            elif element.tag == f"{STYLE}style":
                if any(item.get(f"{TABLE}display") == "false" for item in element):
                    self.hidden_styles.add(element.get(f"{STYLE}name", ""))
            elif element.tag == f"{TABLE}table-column":
                repeated = _count(element, "number-columns-repeated")
                if element.get(f"{TABLE}visibility", "visible") != "visible":
                    self.parts.hidden_columns.append((self.column, self.column + repeated - 1))
                self.column += repeated
            else:
                self._row(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        return self.found

    def _open(self, element: Any) -> None:
        self.parts = SheetParts(visible=element.get(f"{TABLE}style-name", "") not in self.hidden_styles, cells={})
        self.row = self.column = 0
        self.found.setdefault(element.get(f"{TABLE}name", ""), self.parts)

    def _row(self, element: Any) -> None:
        repeated = _count(element, "number-rows-repeated")
        if element.get(f"{TABLE}visibility", "visible") != "visible":
            self.parts.hidden_rows.append((self.row, self.row + repeated - 1))
        column = 0
        texts: list[tuple[int, int, str]] = []
        for cell in element:
            if cell.tag not in _CELLS:
                continue
            across = _count(cell, "number-columns-repeated")
            if text := self._cell(cell, column):
                texts.append((column, across, text))
            column += across
        self.filled += repeated * sum(across for _, across, _ in texts)
        if self.filled > limits.MAX_CELLS:
            raise TooManyCells(str(self.filled))
        assert self.parts.cells is not None
        for start, across, text in texts:
            for row in range(self.row, self.row + repeated):
                for place in range(start, start + across):
                    self.parts.cells[row, place] = text
        self.row += repeated

    def _cell(self, cell: Any, column: int) -> str:
        down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or across > 1:
            self.parts.merged.append(((self.row, column), (self.row + down - 1, column + across - 1)))
        if cell.tag != _CELLS[0]:
            return ""  # what a merged cell hides is not shown
        kind = cell.get(f"{OFFICE}value-type")
        if kind is None and cell.get(f"{TABLE}formula"):
            self.parts.uncalculated.append((self.row, column))
        text = "\n".join(_text(part) for part in cell.iterfind(f"{TEXT}p"))
        if kind in ("float", "currency", "percentage"):
            return _THOUSANDS.sub("", text) or cell.get(f"{OFFICE}value", "")
        if kind == "date":
            value = cell.get(f"{OFFICE}date-value", "")
            return text if telling(text) or not value else value.removesuffix("T00:00:00").replace("T", " ")[:16]
        return text or cell.get(f"{OFFICE}string-value", "")


def _text(paragraph: Any) -> str:
    """The text of a paragraph; ODF writes runs of spaces, tabs and line breaks as elements (part 3, 6.1)."""
    parts = []
    for event, item in etree.iterwalk(paragraph, events=("start", "end")):
        if event == "end":
            parts.append(item.tail or "" if item is not paragraph else "")
        elif item.tag == f"{TEXT}s":
            count = item.get(f"{TEXT}c", "1")
            parts.append(" " * min(int(count), _MAX_SPACES) if re.fullmatch(r"[0-9]{1,9}", count) else " ")
        elif item.tag == f"{TEXT}tab":
            parts.append("\t")
        elif item.tag == f"{TEXT}line-break":
            parts.append("\n")
        else:
            parts.append(item.text or "")
    return "".join(parts)


def _count(element: Any, name: str) -> int:
    value = element.get(f"{TABLE}{name}", "1")
    return max(int(value), 1) if re.fullmatch(r"[0-9]{1,9}", value) else 1
