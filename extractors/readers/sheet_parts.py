"""What calamine does not tell about a workbook: number formats, merged cells of ODS, how far a sheet really reaches.

The last is needed *before* calamine reads: it lays a sheet out densely, and one value in the last of 16,384 columns and
1,048,576 rows would take the process down.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any

import lxml.etree as etree

from extractors.readers.number_formats import BUILTIN
from extractors.readers.ooxml import Package, damaged

Place = tuple[int, int]
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

_CELL = re.compile(rb"<(?:[A-Za-z]+:)?c\s([^>]*[^/>])>")
_REFERENCE = re.compile(rb"""(?<![\w:])r=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_UNCALCULATED = re.compile(rb"(?:</f>|<f [^<>]{0,200}/>)\s{0,9}(?:<v>\s{0,9}</v>|<v\s{0,9}/>|</c>)")
_STYLE = re.compile(rb"""(?<![\w:])s=["']([0-9]{1,6})["']""")


@dataclass(slots=True)
class SheetParts:
    """One sheet: the places it spans (rows × columns), formats and ready-made texts by (row, column), merged ranges.

    ``uncalculated`` says that a formula has no stored value, as programs write them that do not calculate.
    """

    area: int = 0
    formats: dict[Place, str] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    uncalculated: bool = False


def of_xlsx(package: Package) -> dict[str, SheetParts]:
    """The parts of every sheet of an XLSX by the sheet's name.

    Raises:
        NotRead: ``damaged`` when the workbook part is missing or a part is broken.
    """
    main = package.main_part("xl/workbook.xml")
    workbook = package.xml(main)
    if workbook is None:
        raise damaged(package.uri, "缺少 xl/workbook.xml / the workbook part is missing")
    relations = package.relations(main)
    styles = next((target for kind, target, _ in relations.values() if kind == "styles"), "xl/styles.xml")
    codes = _codes(package.xml(styles))
    found = {}
    for sheet in workbook.iterfind(f"{S}sheets/{S}sheet"):
        _, target, external = relations.get(sheet.get(f"{R}id", ""), ("", "", True))
        content = None if external else package.bytes_of(target)
        if content is not None:
            found[sheet.get("name", "")] = _scan(content, codes)
    return found


def _codes(styles: Any | None) -> dict[int, str]:
    """The number format of every cell style (``cellXfs``) whose format is worth applying."""
    if styles is None:
        return {}
    custom = {
        int(item.get("numFmtId", "0")): item.get("formatCode", "")
        for item in styles.iterfind(f"{S}numFmts/{S}numFmt")
        if item.get("numFmtId", "").isdigit()
    }
    found = {}
    for index, item in enumerate(styles.iterfind(f"{S}cellXfs/{S}xf")):
        identifier = int(item.get("numFmtId", "0")) if item.get("numFmtId", "0").isdigit() else 0
        code = custom.get(identifier) or BUILTIN.get(identifier)
        if code and code != "General":
            found[index] = code
    return found


def _scan(content: bytes, codes: dict[int, str]) -> SheetParts:
    parts = SheetParts(uncalculated=_UNCALCULATED.search(content) is not None)
    top = left = bottom = right = None
    for match in _CELL.finditer(content):
        place = _REFERENCE.search(match[1])
        if place is None:
            continue
        row, column = int(place[2]) - 1, _column(place[1])
        if top is None or left is None or bottom is None or right is None:
            top, left, bottom, right = row, column, row, column
        top, bottom = min(top, row), max(bottom, row)
        left, right = min(left, column), max(right, column)
        style = _STYLE.search(match[1]) if codes else None
        if style is not None and (code := codes.get(int(style[1]))):
            parts.formats[row, column] = code
    if top is not None and left is not None and bottom is not None and right is not None:
        parts.area = (bottom - top + 1) * (right - left + 1)
    return parts


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def of_ods(package: Package) -> dict[str, SheetParts]:
    """The parts of every sheet of an ODS by the sheet's name (OpenDocument 1.3 part 3, clause 9).

    Raises:
        NotRead: ``damaged`` when the content part is missing or broken.
    """
    content = package.bytes_of("content.xml")
    if content is None or b"<!DOCTYPE" in content:
        raise damaged(package.uri, "content.xml 缺失或含 DTD / content.xml is missing or has a DTD")
    found: dict[str, SheetParts] = {}
    parts, row, width = SheetParts(), 0, 0
    try:
        events = etree.iterparse(
            io.BytesIO(content), events=("start", "end"), tag=(f"{TABLE}table", f"{TABLE}table-row"),
            resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
        )  # fmt: skip
        for event, element in events:
            if element.tag == f"{TABLE}table":
                if event == "start":
                    parts, row, width = SheetParts(), 0, 0
                    found[element.get(f"{TABLE}name", "")] = parts
                else:
                    element.clear()
            elif event == "end":
                repeated = _count(element, "number-rows-repeated")
                reach = _ods_row(element, row, parts)
                row += repeated
                if reach:
                    width = max(width, reach)
                    parts.area = row * width
                element.clear()
    except etree.XMLSyntaxError as error:
        raise damaged(package.uri, f"content.xml 不是合法的 XML / not well-formed: {error}") from error
    return found


def _ods_row(element: Any, row: int, parts: SheetParts) -> int:
    """Notes what one row says; how many columns it fills."""
    column = reach = 0
    for cell in element:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        repeated = _count(cell, "number-columns-repeated")
        down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or across > 1:
            parts.merged.append(((row, column), (row + down - 1, column + across - 1)))
        if cell.get(f"{OFFICE}value-type") == "percentage" and repeated == 1:
            parts.texts[row, column] = "\n".join("".join(p.itertext()) for p in cell.iterfind(f"{TEXT}p"))
        column += repeated
        if len(cell) or cell.get(f"{OFFICE}value-type"):
            reach = column
    return reach


def _count(element: Any, name: str) -> int:
    value = element.get(f"{TABLE}{name}", "1")
    return max(int(value), 1) if re.fullmatch(r"[0-9]{1,9}", value) else 1
