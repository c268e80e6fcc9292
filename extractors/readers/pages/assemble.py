"""Pages to blocks: ruled tables taken out, lines joined to paragraphs, what runs along the pages set apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extractors.readers.pages.glyphs import Glyph, Line, lines
from extractors.readers.pages.paragraphs import Builder, Measure, margins, measure, of_page
from extractors.readers.pages.rules import Stroke, TooManyLines, grids
from extractors.readers.pages.tables import continues, fill, join
from schemas.reading import Block, Note, Paragraph, Role, Table

_CONTINUED = re.compile(r"[（(]?(?:续表|续上表|接上表|續表|續上表|接上頁|接上页)\s*[0-9]*[)）]?")


@dataclass(slots=True)
class Page:
    """One page as read: its lines outside of tables, its tables, and its size in points."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def page_of(
    number: int, width: float, height: float, glyphs: Sequence[Glyph], strokes: Iterable[Stroke], notes: list[Note]
) -> Page:
    """One page from what is drawn on it.

    Args:
        number: the page's number, from 1.
        width, height: its size in points, as it is shown.
        glyphs: its characters in the order of the file.
        strokes: the straight lines drawn on it.
        notes: gets ``table_not_read`` when the page draws too many lines to look for tables.
    """
    page = Page(number, width, height)
    rest: list[Glyph] = list(glyphs)
    try:
        for grid in grids(strokes) if rest else ():
            table, rest = fill(number, grid, rest)
            if table is not None:
                page.tables.append(table)
    except TooManyLines:
        notes.append(Note("table_not_read", f"第 {number} 页线条过多，未识别表格 / too many lines for a table", number))
    page.lines = lines(number, rest)
    return page


def blocks(pages: Sequence[Page]) -> list[Block]:
    """The blocks of a document in reading order; the pages hold at least one."""
    return [_spaced(block) for block in _over_pages(list(_flow(pages)))]


def _flow(pages: Sequence[Page]) -> Iterator[Block]:
    """The pages' lines and tables in reading order, lines made paragraphs."""
    width = pages[0].width
    first = measure([line for page in pages for line in page.lines], width)
    roles = margins([(page.height, page.lines) for page in pages], first.em)
    whole = measure([line for page in pages for line in page.lines if id(line) not in roles], width)
    builder = Builder()
    for page in pages:
        area = of_page([line for line in page.lines if id(line) not in roles], whole, page.width)
        # What runs along the page stands before its text, so that a paragraph can go on over the page.
        for line in page.lines:
            if id(line) in roles:
                yield _running(line, roles[id(line)])
        yield from _of_page(page, roles, area, builder)
    if (last := builder.close()) is not None:
        yield last


def _of_page(page: Page, roles: dict[int, Role], area: Measure, builder: Builder) -> Iterator[Block]:
    flow: list[tuple[float, Line | Table]] = [(line.top, line) for line in page.lines if id(line) not in roles]
    flow += [(table.boxes[0].top, table) for table in page.tables]
    for _, item in sorted(flow, key=lambda pair: pair[0]):
        if isinstance(item, Table):
            if (finished := builder.close()) is not None:
                yield finished
            yield item
        elif (finished := builder.add(item, area)) is not None:
            yield finished


def _running(line: Line, role: Role) -> Paragraph:
    return Paragraph(line.text, role=role, page=line.page, boxes=(line.box,))


def _over_pages(blocks: list[Block]) -> list[Block]:
    """Tables that only a page break parts are made one."""
    joined: list[Block] = []
    for block in blocks:
        if isinstance(block, Table):
            index = len(joined) - 1
            while index >= 0 and (joined[index].role != "body" or _says_continued(joined[index])):
                index -= 1
            above = joined[index] if index >= 0 else None
            if isinstance(above, Table) and above.boxes[-1].page == (block.page or 0) - 1 and continues(above, block):
                joined[index] = join(above, block)
                joined[index + 1 :] = [
                    replace(b, role="furniture") if _says_continued(b) else b for b in joined[index + 1 :]
                ]
                continue
        joined.append(block)
    return joined


def _says_continued(block: Block) -> bool:
    return isinstance(block, Paragraph) and _CONTINUED.fullmatch(block.text) is not None


def _spaced(block: Block) -> Block:
    from extractors.spacing import close_gaps

    if isinstance(block, Paragraph):
        return replace(block, text=close_gaps(block.text)) if " " in block.text else block
    if not any(" " in cell.text for cell in block.cells):
        return block
    return replace(
        block,
        cells=tuple(
            replace(cell, text="\n".join(close_gaps(line) for line in cell.text.split("\n"))) for cell in block.cells
        ),
    )
