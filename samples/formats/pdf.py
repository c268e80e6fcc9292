"""PDF with a text layer: a Chinese TrueType font embedded as a subset, page numbers, ruled tables."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    HRFlowable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from .recipe import Recipe, spans

_FONT = "sample"
_RED = colors.Color(0.9, 0, 0)


@cache
def _face(font: Path) -> TTFont:
    """The font: reading its twenty thousand characters takes longer than setting a plan in it."""
    return TTFont(_FONT, str(font), subfontIndex=0)


def _style(**more: Any) -> ParagraphStyle:
    base: dict[str, Any] = {"fontName": _FONT, "fontSize": 14, "leading": 25, "wordWrap": "CJK"}
    return ParagraphStyle("s", **(base | more))


def _page_number(canvas: Any, document: Any) -> None:
    canvas.setFont(_FONT, 12)
    canvas.drawCentredString(A4[0] / 2, 18 * mm, f"— {document.page} —")


def _table(rows: list[list[str]], width: float) -> Table:
    grid: list[list[Any]] = [[""] * len(rows[0]) for _ in rows]
    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    cell_style = _style(fontSize=10.5, leading=15)
    for r, c, height, span, text in spans(rows):
        grid[r][c] = Paragraph(escape(text.replace("\\n", "\n")).replace("\n", "<br/>"), cell_style)
        if height > 1 or span > 1:
            style.append(("SPAN", (c, r), (c + span - 1, r + height - 1)))
    longest = [max(5, *(min(len(row[c]), 20) for row in rows)) for c in range(len(rows[0]))]
    widths = [width * n / sum(longest) for n in longest]
    return Table(grid, colWidths=widths, style=TableStyle(style), repeatRows=1)


def pdf(recipe: Recipe, font: Path) -> bytes:
    """The recipe as PDF, set in ``font`` (TrueType or the first face of a TrueType collection)."""
    pdfmetrics.registerFont(_face(font))
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, leftMargin=28 * mm, rightMargin=26 * mm, topMargin=34 * mm, bottomMargin=32 * mm,
        invariant=1, title="", author="",
    )  # fmt: skip
    story: list[Any] = []
    for block in recipe.blocks:
        text = escape(block.text).replace("  ", "&nbsp; ")
        if block.kind == "break":
            story.append(PageBreak())
        elif block.kind == "table":
            story += [Spacer(1, 6), _table(block.rows, document.width), Spacer(1, 6)]
        elif block.kind == "head":
            story.append(Paragraph(text, _style(fontSize=32, leading=52, alignment=TA_CENTER, textColor=_RED)))
        elif block.kind == "document_number":
            story.append(Paragraph(text, _style(alignment=TA_CENTER)))
            story.append(HRFlowable(width="100%", thickness=2, color=_RED, spaceBefore=6, spaceAfter=18))
        elif block.kind == "title":
            story.append(Paragraph(text, _style(fontSize=20, leading=32, alignment=TA_CENTER, spaceAfter=10)))
        elif block.kind == "signature":
            story.append(Paragraph(text, _style(alignment=TA_RIGHT)))
        elif block.kind == "addressees":
            story.append(Paragraph(text, _style()))
        else:
            story.append(Paragraph(text, _style(firstLineIndent=28)))
    frame = Frame(document.leftMargin, document.bottomMargin, document.width, document.height)
    # The number is drawn when the page ends, so that it comes last in the text layer, as word processors write it.
    document.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=_page_number))
    document.build(story)
    return out.getvalue()
