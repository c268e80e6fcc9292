"""What calamine does not tell about a workbook: number formats, hidden rows, errors, how far a sheet really reaches.

The last is needed *before* calamine reads: it lays a sheet out densely, and one value in the last of 16,384 columns and
1,048,576 rows would take the process down. Such a sheet of an XLSX is read here instead, cell by cell.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import lxml.etree as etree

from extractors.readers import limits
from extractors.readers.sheets.layout import Place, TooManyCells
from extractors.readers.sheets.number_formats import BUILTIN, from_serial, is_date, shown
from extractors.readers.word.ooxml import Package, damaged

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_CELL = re.compile(rb"<(?:[A-Za-z]+:)?c\s([^>]*[^/>])>")
_REFERENCE = re.compile(rb"""(?<![\w:])r=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ANY_CELL = re.compile(rb"<(?:[^\s<>/:]{1,40}:)?c[\s/>]")
_SOUND_CELL = re.compile(rb"""<(?:[^\s<>/:]{1,40}:)?c\s(?:[^<>]{0,400}?\s)?r=["'][A-Z]{1,3}[0-9]{1,7}["']""")
_UNCALCULATED = re.compile(rb"(?:</f>|<f [^<>]{0,200}/>)\s{0,9}(?:<v>\s{0,9}</v>|<v\s{0,9}/>|</c>)")
_STYLE = re.compile(rb"""(?<![\w:])s=["']([0-9]{1,6})["']""")
_ERROR = re.compile(rb"""(?<![\w:])t=["']e["']""")
_ERROR_TEXT = re.compile(rb"<v>(#[^<]{1,20})</v>")
_HIDDEN = re.compile(rb"""<(?:[A-Za-z]+:)?(row|col)\s([^>]{0,400}\bhidden=["'](?:1|true)["'][^>]{0,400})>""")
_NUMBER = re.compile(rb"""(?<![\w:])(r|min|max)=["']([0-9]{1,7})["']""")


@dataclass(slots=True)
class SheetParts:
    """One sheet.

    ``area`` is how many places its filled cells span (rows × columns). ``cells`` are its texts where this side reads
    them itself, else None: then calamine does. ``formats`` and ``texts`` (which stand for a value that calamine does not
    give) are by place; ``hidden_rows`` and ``hidden_columns`` ranges with both ends in them; ``uncalculated`` the
    formulas without a stored value, as programs write them that do not calculate.
    """

    area: int = 0
    visible: bool = True
    cells: dict[Place, str] | None = None
    formats: dict[Place, str] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    uncalculated: list[Place] = field(default_factory=list)


def of_xlsx(package: Package) -> dict[str, SheetParts]:
    """The parts of every sheet of an XLSX by the sheet's name.

    Raises:
        NotRead: ``damaged`` when the workbook part is missing or a part is broken.
        TooManyCells: more filled cells than are read.
    """
    main = package.main_part("xl/workbook.xml")
    workbook = package.xml(main)
    if workbook is None:
        raise damaged(package.uri, "缺少 xl/workbook.xml / the workbook part is missing")
    relations = package.relations(main)
    styles = next((target for kind, target, _ in relations.values() if kind == "styles"), "xl/styles.xml")
    codes = _codes(package.xml(styles))
    strings: list[str] | None = None
    found: dict[str, SheetParts] = {}
    scanned: dict[str, SheetParts] = {}
    for sheet in workbook.iterfind(f"{S}sheets/{S}sheet"):
        _, target, external = relations.get(sheet.get(f"{R}id", ""), ("", "", True))
        content = None if external or target in scanned else package.bytes_of(target)
        if content is None:
            if target in scanned:
                found[sheet.get("name", "")] = scanned[target]
            continue
        parts = scanned[target] = _scan(content, codes)
        if parts.area > limits.MAX_CELLS:
            if strings is None:
                place = next(
                    (t for kind, t, _ in relations.values() if kind == "sharedStrings"), "xl/sharedStrings.xml"
                )
                strings = _strings(package.xml(place))
            properties = workbook.find(f"{S}workbookPr")
            since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
            _read_sparse(package, content, parts, strings, codes, since_1904)
        found[sheet.get("name", "")] = parts
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
    parts = SheetParts()
    rows: set[bytes] = set()
    columns: set[bytes] = set()
    for match in _CELL.finditer(content):
        place = _REFERENCE.search(match[1])
        if place is None:
            continue
        letters, number = place.groups()
        rows.add(number)
        columns.add(letters)
        style = _STYLE.search(match[1]) if codes else None
        if style is not None and (code := codes.get(int(style[1]))):
            parts.formats[int(number) - 1, _column(letters)] = code
        if b"e" in match[1] and _ERROR.search(match[1]):
            error = _ERROR_TEXT.search(content, match.end(), match.end() + 9_000)
            if error:
                parts.texts[int(number) - 1, _column(letters)] = error[1].decode("ascii", "replace")
    if len(_ANY_CELL.findall(content)) != len(_SOUND_CELL.findall(content)):
        # Somewhere a cell has no reference, or one that does not fit in a sheet: calamine would believe it.
        parts.area = limits.MAX_CELLS + 1
    elif rows:
        down, across = [int(number) for number in rows], [_column(letters) for letters in columns]
        parts.area = (max(down) - min(down) + 1) * (max(across) - min(across) + 1)
    for match in _UNCALCULATED.finditer(content):
        # The cell it belongs to is the last one opened before it.
        near = max(0, match.start() - 9_000)
        begin = max(content.rfind(b"<c ", near, match.start()), content.rfind(b":c ", near, match.start()))
        place = _REFERENCE.search(content, max(begin, near), match.start())
        parts.uncalculated.append((int(place[2]) - 1, _column(place[1])) if place else (0, 0))
    for kind, attributes in _HIDDEN.findall(content):
        numbers = {name: int(value) - 1 for name, value in _NUMBER.findall(attributes)}
        if kind == b"row" and b"r" in numbers:
            parts.hidden_rows.append((numbers[b"r"], numbers[b"r"]))
        elif kind == b"col" and b"min" in numbers and b"max" in numbers:
            parts.hidden_columns.append((numbers[b"min"], numbers[b"max"]))
    return parts


def _strings(table: Any | None) -> list[str]:
    """The shared strings; the phonetic guide over a string is no part of it (18.4.8)."""
    return [_string(item) for item in table.iterfind(f"{S}si")] if table is not None else []


def _string(item: Any) -> str:
    return "".join(part.text or "" for part in item.iter(f"{S}t") if part.getparent().tag != f"{S}rPh")


def _read_sparse(
    package: Package,
    content: bytes,
    parts: SheetParts,
    strings: Sequence[str],
    codes: dict[int, str],
    since_1904: bool,
) -> None:
    """Read the cells of a sheet that spans more places than can be laid out (18.3.1.4).

    A row or cell without a reference is the one behind the last (18.3.1.73, 18.3.1.4).
    """
    parts.cells = {}
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise damaged(package.uri, "工作表含有不允许的 DTD / a sheet declares a DTD")
    # ISO/IEC 29500 Strict has a namespace of its own for the same vocabulary.
    content = content.replace(
        b"http://purl.oclc.org/ooxml/spreadsheetml/", b"http://schemas.openxmlformats.org/spreadsheetml/2006/"
    )
    try:
        events = etree.iterparse(
            io.BytesIO(content), events=("start", "end"), tag=(f"{S}c", f"{S}row", f"{S}mergeCell"),
            resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
        )  # fmt: skip
        row = column = -1
        for event, element in events:
            if event == "start":
                if element.tag == f"{S}row":
                    number = element.get("r") or str(row + 2)
                    if not re.fullmatch("[0-9]{1,7}", number):
                        raise damaged(package.uri, f"行号 {number[:40]} 无效 / row {number[:40]} cannot be")
                    row, column = int(number) - 1, -1
            elif element.tag == f"{S}mergeCell":
                ends = [_place(name) for name in element.get("ref", "").split(":")]
                if len(ends) == 2 and ends[0] and ends[1]:
                    parts.merged.append((ends[0], ends[1]))
            elif element.tag == f"{S}row":
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            else:
                reference = element.get("r")
                place = (row, column + 1) if reference is None else _place(reference)
                if place is None:
                    raise damaged(
                        package.uri, f"单元格 {str(reference)[:40]} 无效 / cell {str(reference)[:40]} cannot be"
                    )
                column = place[1]
                style = element.get("s", "")
                code = codes.get(int(style)) if style.isdecimal() else None
                if text := parts.texts.get(place) or _value(element, strings, code, since_1904):
                    parts.cells[place] = text
                if len(parts.cells) > limits.MAX_CELLS:
                    raise TooManyCells
    except etree.XMLSyntaxError as error:
        raise damaged(package.uri, f"工作表不是合法的 XML / a sheet is not well-formed: {error}") from error


def _value(element: Any, strings: Sequence[str], code: str | None, since_1904: bool) -> str:
    kind = element.get("t", "n")
    if kind == "inlineStr":
        inline = element.find(f"{S}is")
        return _string(inline) if inline is not None else ""
    text = element.findtext(f"{S}v") or ""
    if kind == "s":
        return strings[int(text)] if text.isdigit() and int(text) < len(strings) else ""
    if kind == "b":
        return shown(text == "1")
    if kind != "n":
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    moment = from_serial(number, since_1904) if code and is_date(code) else None
    return shown(moment, code) if moment is not None else shown(number, code)


def _place(reference: str) -> Place | None:
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    return (int(match[2]) - 1, _column(match[1].encode())) if match and int(match[2]) else None


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
