"""Pages to blocks: ruled tables taken out, lines joined to paragraphs, what runs along the pages set apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extractors.readers.pages import unruled
from extractors.readers.pages.columns import Gutter, gutters
from extractors.readers.pages.glyphs import Band, Glyph, Line, bands, em_of, line_of
from extractors.readers.pages.paragraphs import Builder, Measure, margins, measure, of_page
from extractors.readers.pages.rules import Stroke, TooManyLines, grids
from extractors.readers.pages.tables import continues, fill, is_lone, join
from schemas.reading import Block, Box, Note, Paragraph, Role, Table

_CONTINUED = re.compile(r"[（(]?(?:续表|续上表|接上表|續表|續上表|接上頁|接上页)\s*[0-9]*[)）]?")


_MOST_LINES = 400
"""Pages with more lines than any paper holds are not searched for columns and unruled tables."""


@dataclass(frozen=True, slots=True)
class Inset:
    """A picture on a page that holds text: where it stands, and its blocks in points of the page."""

    box: Box
    blocks: list[Block]


@dataclass(slots=True)
class Page:
    """One page as read: its lines outside of tables, its tables, and its size in points."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    gutters: list[Gutter] = field(default_factory=list)
    bands: list[tuple[Band, Line]] = field(default_factory=list)
    """What stands at one height as one line, from top to bottom: it may yet turn out to be two lines of two columns."""

    insets: list[Inset] = field(default_factory=list)

    back: Callable[[Box], Box] | None = None
    """Brings a box of an upright page to its place on the page as stored, for scans that lie turned or askew: lines and
    tables are put together upright, evidence is shown on the page as it is."""

    def gutter(self, top: float, bottom: float) -> Gutter | None:
        """The strip between two columns that something at this height stands beside."""
        return next((g for g in self.gutters if g.beside(top, bottom)), None)

    def place(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, int, float]:
        """Where something stands in the reading order: columns one after the other, else from top to bottom."""
        gutter = self.gutter(top, bottom) if self.gutters else None
        return (top, 0, top) if gutter is None else (gutter.top, gutter.column(x0, x1), top)


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
    rest: Sequence[Glyph] = glyphs
    try:
        for grid in grids(strokes) if rest else ():
            table, rest = fill(number, grid, rest)
            if table is not None:
                page.tables.append(table)
    except TooManyLines:
        notes.append(Note("table_not_read", f"第 {number} 页线条过多，未识别表格 / too many lines for a table", number))
    content = bands(rest)
    if len(content) <= _MOST_LINES:
        em = em_of(rest)
        # Tables first: their columns part a page as columns of text do.
        content = _unruled(page, content, em)
        page.gutters = gutters(content, em)
    for band in content:
        gutter = page.gutter(band.top, band.bottom) if page.gutters else None
        parts = [band.line(number)] if gutter is None else [line_of(number, side) for side in _sides(band, gutter)]
        found = [line for line in parts if line.text]
        page.lines += found
        if gutter is None and found:
            page.bands.append((band, found[0]))
    return page


def _columns_go_on(pages: Sequence[Page]) -> None:
    """Parts the last lines of a text in columns: too few to show a strip of their own, they stand where it ran before."""
    strip: Gutter | None = None
    for page in pages:
        if page.gutters:
            strip = page.gutters[-1]
            continue
        run: list[tuple[Band, Line]] = []
        for band, line in page.bands if strip and len(page.bands) <= _MOST_LINES else ():
            assert strip is not None
            if not band.free(strip.x0 + 1, strip.x1 - 1):
                break
            run.append((band, line))
        if strip is None or len({strip.column(g.x0, g.x1) for band, _ in run for g in band.glyphs}) < 2:
            strip = strip if len(run) == len(page.bands) else None
            continue
        page.gutters = [replace(strip, top=run[0][0].top, bottom=run[-1][0].bottom)]
        for band, line in run:
            at = page.lines.index(line)
            page.lines[at : at + 1] = [line_of(page.number, side) for side in _sides(band, strip)]


def _unruled(page: Page, content: list[Band], em: float) -> list[Band]:
    """Takes the tables without ruling lines out of what stands on a page; what is left of it."""
    taken: set[int] = set()
    for found in unruled.find(page.number, content, em):
        page.tables.append(found.table)
        taken.update(range(found.first, found.last))
    return [band for index, band in enumerate(content) if index not in taken]


def _sides(band: Band, gutter: Gutter) -> list[list[Glyph]]:
    sides: tuple[list[Glyph], list[Glyph]] = ([], [])
    for glyph in band.glyphs:
        sides[gutter.column(glyph.x0, glyph.x1)].append(glyph)
    return [side for side in sides if side]


def blocks(pages: Sequence[Page]) -> list[Block]:
    """The blocks of a document in reading order; the pages hold at least one."""
    _columns_go_on(pages)
    found = [_spaced(block) for block in _over_pages(list(_flow(pages)))]
    back = {page.number: page.back for page in pages if page.back is not None}
    return [_as_stored(block, back) for block in found] if back else found


def _as_stored(block: Block, back: dict[int, Callable[[Box], Box]]) -> Block:
    def place(box: Box) -> Box:
        return back[box.page](box) if box.page in back else box

    boxes = tuple(place(box) for box in block.boxes)
    if isinstance(block, Paragraph):
        return replace(block, boxes=boxes)
    cells = tuple(replace(cell, box=place(cell.box)) if cell.box else cell for cell in block.cells)
    return replace(block, boxes=boxes, cells=cells)


def _flow(pages: Sequence[Page]) -> Iterator[Block]:
    """The pages' lines and tables in reading order, lines made paragraphs."""
    width = pages[0].width
    first = measure([line for page in pages for line in page.lines], width)
    roles = margins([(page.height, page.lines) for page in pages], first.em)
    whole = measure([line for page in pages for line in page.lines if id(line) not in roles], width)
    builder = Builder()
    columns: list[Measure] = []
    for page in pages:
        area = of_page([line for line in page.lines if id(line) not in roles], whole, page.width)
        # What runs along the page stands before its text, so that a paragraph can go on over the page.
        for line in page.lines:
            if id(line) in roles:
                yield _running(line, roles[id(line)])
        yield from _of_page(page, roles, area, builder, columns)
    if (last := builder.close()) is not None:
        yield last


def _of_page(
    page: Page, roles: dict[int, Role], area: Measure, builder: Builder, columns: list[Measure]
) -> Iterator[Block]:
    flow: list[tuple[tuple[float, int, float], Line | Table | Inset]] = []
    for line in page.lines:
        if id(line) not in roles:
            flow.append((page.place(line.x0, line.top, line.x1, line.bottom), line))
    for table in page.tables:
        box = table.boxes[0]
        flow.append((page.place(box.x0, box.top, box.x1, box.bottom), table))
    for inset in page.insets:
        flow.append((page.place(inset.box.x0, inset.box.top, inset.box.x1, inset.box.bottom), inset))
    areas = _column_areas(page, roles, area, columns)
    if areas:
        columns.append(min(areas.values(), key=lambda measured: measured.left))
    for _, item in sorted(flow, key=lambda pair: pair[0]):
        if isinstance(item, (Table, Inset)):
            if (finished := builder.close()) is not None:
                yield finished
            yield from [item] if isinstance(item, Table) else item.blocks
        elif (finished := builder.add(item, areas.get(id(item), area))) is not None:
            yield finished


def _column_areas(page: Page, roles: dict[int, Role], area: Measure, before: Sequence[Measure]) -> dict[int, Measure]:
    """``id(line)`` → the type area of the column it stands in, for the lines that stand in one.

    Args:
        before: the left columns of the pages above: a text may end in a left column with nothing beside it.
    """
    found: dict[int, Measure] = {}
    content = [line for line in page.lines if id(line) not in roles]
    for gutter in page.gutters:
        for column in (0, 1):
            own = [x for x in content if gutter.beside(x.top, x.bottom) and gutter.column(x.x0, x.x1) == column]
            if own:
                measured = Measure(min(x.x0 for x in own), max(x.x1 for x in own), area.em, area.pitch)
                found |= {id(line): measured for line in own}
    if not page.gutters and before:
        left = before[-1]
        if all(left.left - area.em < x.x0 and x.x1 < left.right + 0.5 * area.em for x in content):
            found = {id(line): left for line in content}
    return found


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
            if is_lone(block):
                joined += _as_paragraphs(block)
                continue
        joined.append(block)
    return joined


def _as_paragraphs(table: Table) -> Iterator[Paragraph]:
    """A frame around a few words as those words."""
    for cell in table.cells:
        for text in cell.text.split("\n") if cell.text else ():
            yield Paragraph(text, page=cell.page, boxes=(cell.box,) if cell.box else (), confidence=cell.confidence)


def _says_continued(block: Block) -> bool:
    return isinstance(block, Paragraph) and _CONTINUED.fullmatch(block.text) is not None


def _ends_in(text: str, before: Paragraph) -> tuple[int, ...]:
    """Where the lines of a paragraph end now that white space was taken out of its text."""
    shown = [at for at, character in enumerate(text, 1) if not character.isspace()]
    counts = [sum(map(len, before.text[:end].split())) for end in before.line_ends]
    if not counts or counts[-1] != len(shown):
        return ()
    return (*(shown[count - 1] if count else 0 for count in counts[:-1]), len(text))


def _spaced(block: Block) -> Block:
    from extractors.spacing import close_gaps

    if isinstance(block, Paragraph):
        if " " not in block.text:
            return block
        text = close_gaps(block.text)
        return replace(block, text=text, line_ends=_ends_in(text, block))
    if not any(" " in cell.text for cell in block.cells):
        return block
    return replace(
        block,
        cells=tuple(
            replace(cell, text="\n".join(close_gaps(line) for line in cell.text.split("\n"))) for cell in block.cells
        ),
    )
