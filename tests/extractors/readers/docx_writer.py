"""Writes Word files for the tests: python-docx for the package, raw WordprocessingML for what it has no call for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.ns import qn as qn
from merged_tables import Spec

NS = nsdecls("w", "r", "wp", "a")
Level = tuple[str, str]
"""Number format and level text: ``("chineseCounting", "%1、")``."""


def blank() -> Document:
    """A new document without the numbering that python-docx's template brings."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    return document


def saved(document: Document) -> bytes:
    """The document as a file."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def add_list(
    document: Document, identifier: int, levels: Sequence[Level], *, extra: Mapping[int, str] | None = None
) -> None:
    """Defines list ``identifier`` (its ``abstractNum`` and its ``num``); ``extra`` is XML inside a level."""
    xml = "".join(
        f'<w:lvl w:ilvl="{index}">{start(extra, index)}<w:numFmt w:val="{form}"/>{(extra or {}).get(index, "")}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for index, (form, text) in enumerate(levels)
    )
    numbering = document.part.numbering_part.element
    abstract = parse_xml(f'<w:abstractNum {NS} w:abstractNumId="{identifier}">{xml}</w:abstractNum>')
    first_num = numbering.find(qn("w:num"))
    if first_num is None:
        numbering.append(abstract)
    else:
        first_num.addprevious(abstract)
    add_num(document, identifier, identifier)


def start(extra: Mapping[int, str] | None, index: int) -> str:
    """``w:start`` unless the extra XML brings its own."""
    return "" if "w:start" in (extra or {}).get(index, "") else '<w:start w:val="1"/>'


def add_num(document: Document, identifier: int, abstract: int, inner: str = "") -> None:
    """Defines a further ``w:num`` over an abstract list."""
    document.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {NS} w:numId="{identifier}"><w:abstractNumId w:val="{abstract}"/>{inner}</w:num>',
        )
    )


def add_item(document: Document, text: str, list_id: int, level: int = 0) -> None:
    """A numbered paragraph."""
    add_xml(
        document,
        f'<w:p {NS}><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>",
    )


def add_xml(document: Document, xml: str) -> None:
    """A block of raw XML at the end of the body."""
    document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")


def paragraph(inner: str) -> str:
    """A paragraph of raw XML."""
    return f"<w:p {NS}>{inner}</w:p>"


def run(text: str) -> str:
    """A run of raw XML."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def add_table(document: Document, cells: Sequence[Spec]) -> None:
    """A table with ``gridSpan`` and ``vMerge`` as Word writes them."""
    height = max(r + h for r, _, h, _, _ in cells)
    rows: list[str] = []
    for row in range(height):
        parts = []
        for r, _, h, across, text in sorted(cells, key=lambda c: c[1]):
            if not r <= row < r + h:
                continue
            merge = "" if h == 1 else '<w:vMerge w:val="restart"/>' if r == row else "<w:vMerge/>"
            shown = text if r == row else ""
            parts.append(f'<w:tc><w:tcPr><w:gridSpan w:val="{across}"/>{merge}</w:tcPr><w:p>{run(shown)}</w:p></w:tc>')
        rows.append(f"<w:tr>{''.join(parts)}</w:tr>")
    add_xml(document, f"<w:tbl {NS}>{''.join(rows)}</w:tbl>")


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The file with one part replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return buffer.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)
