"""Form feeds of a plain text as page ends: page numbers set apart, paragraphs joined over the pages, pages counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from schemas.reading import Block, Cell, Paragraph, Table

_MARK = "\x01"
"""Stands in front of the last character of a page; no cleaned text holds it, and no rule about line ends sees it."""

_NUMBER = re.compile(
    r"[-—–－·\s]*(?:\d{1,4}|[ivxl]{1,6})[-—–－·\s]*|第\s*\d{1,4}\s*[页頁](?:\s*[,，/／]?\s*共\s*\d{1,4}\s*[页頁])?|\d{1,4}\s*/\s*\d{1,4}"
)


def read(text: str, blocks_of: Callable[[str], list[Block]]) -> tuple[list[Block], int]:
    """The blocks of a text with form feeds, each with its page.

    Args:
        text: the cleaned text.
        blocks_of: makes blocks of a text without pages.

    Returns:
        The blocks, those of page numbers at the end, and the number of pages (0 for a text without form feeds).
    """
    if "\f" not in text.strip("\f \r\n"):
        return blocks_of(text.replace("\f", "\n")), 0
    numbers: list[Block] = []
    flow: list[str] = []
    pages = text.rstrip("\f \r\n").split("\f")
    for number, page in enumerate(pages, 1):
        lines = page.strip("\r\n").splitlines()
        for end in (-1, 0):
            while lines and not lines[end].strip():
                lines.pop(end)
            if lines and _NUMBER.fullmatch(lines[end].strip()):
                numbers.append(Paragraph(lines.pop(end).strip(), role="page_number", page=number))
            while lines and not lines[end].strip():
                lines.pop(end)
        last = lines[-1].rstrip() if lines else ""
        if number < len(pages):
            lines[-1:] = [last[:-1] + _MARK + last[-1:]]
        flow.append("\n".join(lines))
    paged: list[Block] = []
    current = 1
    for block in blocks_of("\n".join(flow)):
        placed, turned = _placed(block, current)
        current += turned
        if placed is not None:
            paged.append(placed)
    return paged + numbers, len(pages)


def _placed(block: Block, page: int) -> tuple[Block | None, int]:
    """A block with its page and without the marks of page ends, and how many of them it held."""
    if isinstance(block, Paragraph):
        text = block.text.replace(_MARK, "")
        return (replace(block, text=text, page=page) if text.strip() else None), block.text.count(_MARK)
    cells: list[Cell] = []
    turned = 0
    for cell in block.cells:
        cells.append(replace(cell, text=cell.text.replace(_MARK, ""), page=page + turned))
        turned += cell.text.count(_MARK)
    return Table(tuple(cells), role=block.role, caption=block.caption, page=page), turned
