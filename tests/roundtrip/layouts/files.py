"""Blocks as files: plain text, a government page, Word with manual and with automatic numbers, PDF, spreadsheet."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import docx
import openpyxl
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle, XPreformatted

from roundtrip.layouts.wraps import pieces
from roundtrip.model import Block, Grid, Header, Para

FONT = "STSong-Light"


def plain_text(blocks: Sequence[Block], rows: str = "tabs") -> str:
    """Paragraphs as lines; tables with tabs between the cells or drawn with ``|``."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Para):
            lines.append(block.text)
        else:
            for row in block.rows():
                lines.append("\t".join(row) if rows == "tabs" else "| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


def page(
    blocks: Sequence[Block], header: Header | None = None, encoding: str = "utf-8", breaks: str = "paragraphs"
) -> bytes:
    """A page of a government site: the standard's tags, the site around the article, the text in its container.

    ``breaks`` says how paragraphs stand apart: ``paragraphs``, ``lines`` (``<br>``), or ``spans`` as Word pastes them,
    every few characters in an element of their own and indented by no-break spaces.
    """
    title = html.escape(header.title if header else "通知")
    tags = f'<meta charset="{encoding}">'
    if header:
        tags += (
            f'<meta name="SiteName" content="{header.issuers[0]}"><meta name="ArticleTitle" content="{title}">'
            f'<meta name="PubDate" content="{header.signed_on.isoformat()} 09:30">'
        )
    body = "\n".join(_html(block, breaks) for block in blocks)
    made = (
        f"<!DOCTYPE html><html><head>{tags}<title>{title}</title><script>var a='<p>一、不是正文</p>';</script></head><body>"
        f'<div class="nav"><a href="/">网站首页</a> | <a href="/a">政务公开</a> | <a href="/b">联系我们</a></div>'
        f'<div class="article-content">{body}</div>'
        f'<div class="footer">网站标识码 3300000017　ICP证号：某ICP备00000000号</div></body></html>'
    )
    return made.encode(encoding)


def _html(block: Block, breaks: str) -> str:
    if isinstance(block, Para):
        style = {"title": ' align="center"', "signature": ' align="right"'}.get(block.role, "")
        shown = html.escape(block.text).replace("  ", "&nbsp; ")
        if breaks == "lines":
            return f"&nbsp;&nbsp;&nbsp; {shown}<br>"
        if breaks == "spans":
            parts = [html.escape(block.text[i : i + 7]).replace("  ", "&nbsp; ") for i in range(0, len(block.text), 7)]
            shown = "&nbsp;&nbsp;" + "".join(
                f'<span style="font-size:16pt"><span>{part}</span></span>' for part in parts
            )
        return f"<p{style}>{shown}</p>"
    rows: dict[int, list[str]] = {}
    for row, _, height, width, text in sorted(block.cells):
        rows.setdefault(row, []).append(f'<td rowspan="{height}" colspan="{width}">{html.escape(text)}</td>')
    return "<table>" + "".join(f"<tr>{''.join(cells)}</tr>" for _, cells in sorted(rows.items())) + "</table>"


@cache
def _blank() -> bytes:
    """An empty Word file without the hundred looks of tables of the library's own, which every opening would parse anew."""
    document = docx.Document()
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name != "Normal Table":
            style.delete()
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word(blocks: Sequence[Block], automatic: tuple[tuple[str, str], ...] | None = None) -> bytes:
    """A Word file; with ``automatic``, (number format, text) of each level, the outline's numbers are Word's own."""
    document = docx.Document(io.BytesIO(_blank()))
    if automatic:
        _define_list(document, automatic)
    for block in blocks:
        if isinstance(block, Grid):
            _word_table(document, block)
            continue
        if automatic and block.role == "item" and block.number:
            text = block.text.strip("　")[len(block.number) :]
            paragraph = document.add_paragraph(text, style=f"Heading {block.level}")
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{block.level - 1}"/><w:numId w:val="77"/></w:numPr>')
            )
        else:
            document.add_paragraph(block.text, style="Title" if block.role == "title" else None)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _define_list(document: Any, levels: tuple[tuple[str, str], ...]) -> None:
    inner = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (form, text) in enumerate(levels)
    )
    numbering = document.part.numbering_part.element
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inner}</w:abstractNum>')
    numbering.find(qn("w:num")).addprevious(abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def _word_table(document: Any, grid: Grid) -> None:
    rows = grid.rows()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, column, height, width, text in grid.cells:
        cell = table.cell(row, column)
        if height > 1 or width > 1:
            cell = cell.merge(table.cell(row + height - 1, column + width - 1))
        cell.text = text


def pdf(blocks: Sequence[Block]) -> bytes:
    """A PDF of A4 pages in 16 point type with ruled tables."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    base = ParagraphStyle("body", fontName=FONT, fontSize=16, leading=28)
    title = ParagraphStyle("t", base, fontSize=22, leading=36, alignment=TA_CENTER)
    signature = ParagraphStyle("s", base, alignment=TA_RIGHT, rightIndent=48)
    styles = {"title": title, "signature": signature}
    story: list[Any] = []
    for block in blocks:
        if isinstance(block, Para):
            # Lines are broken here, since the library's own paragraphs draw every white space as one narrow space; a
            # space of this type is a fifth as wide as a character, one of a Chinese type at least half.
            text = html.escape(block.text.strip("　").replace("  ", "　").replace(" ", "　"))
            style = styles.get(block.role, base)
            lines = pieces("　　" + text, 28) if style is base else [text]
            story.append(XPreformatted("\n".join(lines), style))
            continue
        widths = [440 / len(block.rows()[0])] * len(block.rows()[0])
        rows: list[list[str]] = [[""] * len(widths) for _ in block.rows()]
        for r, c, _, w, text in block.cells:
            rows[r][c] = "\n".join(_fitted(text.replace("  ", "　"), sum(widths[c : c + w]) - 14))
        spans = [("SPAN", (c, r), (c + w - 1, r + h - 1)) for r, c, h, w, _ in block.cells if h > 1 or w > 1]
        font: Any = ("FONT", (0, 0), (-1, -1), FONT, 10.5, 14)
        grid: Any = ("GRID", (0, 0), (-1, -1), 0.5, "black")
        story.append(Table(rows, colWidths=widths, style=TableStyle([grid, font, *spans])))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, leftMargin=79, rightMargin=67).build(story)
    return buffer.getvalue()


def _fitted(text: str, room: float) -> list[str]:
    """A cell's text as the lines it is broken into."""
    lines = [""]
    for character in text:
        if pdfmetrics.stringWidth(lines[-1] + character, FONT, 10.5) > room:
            lines.append("")
        lines[-1] += character
    return lines


def sheet(title: str, grid: Grid) -> bytes:
    """A workbook of one sheet: a title over the whole width, then the table."""
    book = openpyxl.Workbook()
    page_ = book.active
    assert page_ is not None
    page_.title = "一览表"
    width = len(grid.rows()[0])
    page_.cell(1, 1, title)
    page_.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    for row, column, height, across, text in grid.cells:
        page_.cell(row + 2, column + 1, text)
        if height > 1 or across > 1:
            page_.merge_cells(
                start_row=row + 2, start_column=column + 1, end_row=row + 1 + height, end_column=column + across
            )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
