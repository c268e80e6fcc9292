"""Word and Excel files whose bytes do not depend on the clock."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx
import openpyxl
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from .recipe import Block, Recipe, spans

_EPOCH = (2025, 9, 1, 8, 0, 0)
_LIST = "90"
_LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))


def _fixed(data: bytes) -> bytes:
    """The same package with a fixed time on every member and in its properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            body = old.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2025-09-01T00:00:00Z", body)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, body)
    return out.getvalue()


def _define_list(document: Any) -> None:
    """A multi-level list 一、 （一） 1. as Word writes it; headings 1 and 2 are bound to its first two levels."""
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        + (f'<w:pStyle w:val="Heading{i + 1}"/>' if i < 2 else "")
        + f'<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for i, (form, text) in enumerate(_LEVELS)
    )
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{_LIST}"><w:multiLevelType w:val="multilevel"/>'
            f"{levels}</w:abstractNum>"
        ),
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{_LIST}"><w:abstractNumId w:val="{_LIST}"/></w:num>'))
    for level in (1, 2):
        properties = document.styles[f"Heading {level}"].element.get_or_add_pPr()
        ilvl = f'<w:ilvl w:val="{level - 1}"/>' if level > 1 else ""
        properties.insert(0, parse_xml(f'<w:numPr {nsdecls("w")}>{ilvl}<w:numId w:val="{_LIST}"/></w:numPr>'))


def _number(paragraph: Any, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level - 1}"/><w:numId w:val="{_LIST}"/></w:numPr>')
    )


def _table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=max(len(r) for r in rows))
    table.style = "Table Grid"
    for r, c, height, width, text in spans(rows):
        cell = table.cell(r, c)
        if height > 1 or width > 1:
            cell = cell.merge(table.cell(r + height - 1, c + width - 1))
        cell.text = text.replace("\\n", "\n")
    document.add_paragraph("")


def word(recipe: Recipe, automatic: bool) -> bytes:
    """A .docx: with Word's heading styles and automatic numbers, or (as many offices do) typed numbers in bold."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "仿宋_GB2312", Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    document.core_properties.title = ""
    document.core_properties.author = ""
    document.core_properties.comments = ""
    if automatic:
        _define_list(document)
    for block in recipe.blocks:
        _word_block(document, block, automatic)
    out = io.BytesIO()
    document.save(out)
    return _fixed(out.getvalue())


def _word_block(document: Any, block: Block, automatic: bool) -> None:
    if block.kind == "break":
        document.add_page_break()
    elif block.kind == "table":
        _table(document, block.rows)
    elif block.kind == "heading" and automatic:
        if block.level < 3 and not block.run_in.strip("。"):
            document.add_paragraph(block.unnumbered, style=f"Heading {block.level}")
            return
        paragraph = document.add_paragraph()
        paragraph.add_run(block.heading).bold = True
        paragraph.add_run(block.run_in)
        _number(paragraph, block.level)
    elif block.kind == "heading":
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(32)
        cut = len(block.text) - len(block.run_in)
        paragraph.add_run(block.text[:cut]).bold = True
        paragraph.add_run(block.text[cut:])
    else:
        paragraph = document.add_paragraph()
        run = paragraph.add_run(block.text)
        if block.kind in ("title", "head", "document_number"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if block.kind == "title":
            run.font.size = Pt(22)
            if automatic:
                paragraph.style = "Title"
        elif block.kind == "head":
            run.font.size, run.font.color.rgb = Pt(36), RGBColor(0xE6, 0, 0)
        elif block.kind == "signature":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        elif block.kind == "paragraph" or block.kind == "item":
            paragraph.paragraph_format.first_line_indent = Pt(32)


def workbook(book: dict[str, Any]) -> bytes:
    """An .xlsx of one or more sheets: ``{name, rows, merges}``; an empty cell is an empty string."""
    wb = openpyxl.Workbook()
    wb.remove(wb.active)
    for sheet in book["sheets"]:
        ws = wb.create_sheet(sheet["name"])
        for row in sheet["rows"]:
            ws.append([None if cell == "" else cell for cell in row])
        for merge in sheet.get("merges", []):
            ws.merge_cells(merge)
    out = io.BytesIO()
    wb.save(out)
    return _fixed(out.getvalue())
