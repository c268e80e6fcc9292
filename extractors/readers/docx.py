"""Word documents (DOCX, DOCM): the body in order, as Word shows it in its final state.

What is kept: automatic numbers as text, tables with their merged cells, text boxes, footnotes, headers and footers
(apart, by role), links. What is dropped: deleted and hidden text, field codes, the phonetic guide over a word, the
placeholder of an unfilled form field. What cannot be read (large pictures, embedded files) becomes a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from extractors.readers import limits
from extractors.readers.docx_numbering import Numbering, Styles, W, is_on, joined, number
from extractors.readers.docx_runs import RunText
from extractors.readers.ooxml import Package, damaged, no_text, over_limit
from extractors.spacing import close_gaps
from schemas.reading import Block, Cell, Link, Note, Paragraph, Reading, Role, Style, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Word itself makes no table of more columns.
_WORD_COLUMNS = 63

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_TRANSPARENT = {
    f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag",
    f"{MC}AlternateContent", f"{MC}Choice", f"{MC}Fallback", f"{W}body",
}  # fmt: skip
_HEADING_NAME = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE_NAMES = {"title", "标题", "標題", "文档标题", "公文标题", "文件标题"}
_CONTENTS_NAME = re.compile(r"(?:toc|目录|目錄)\s*[1-9]|toc heading", re.IGNORECASE)


def read(data: bytes, uri: str) -> Reading:
    """Reads a Word document.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        Headers, then the body in order (each followed by its nested tables and text boxes), then footnotes and footers.

    Raises:
        NotRead: ``damaged``, ``encrypted``, ``over_limit``, or ``no_text`` when nothing in it is text.
    """
    package = Package(data, uri)
    main = package.main_part("word/document.xml")
    root = package.xml(main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise damaged(uri, "没有正文部件 word/document.xml / no document part")
    try:
        return _Story(package, main, uri).reading(body)
    except RecursionError as error:
        raise damaged(uri, "嵌套过深 / nested too deeply") from error


class _Story:
    """The state of one pass over a document: running numbers, links and notes."""

    def __init__(self, package: Package, main: str, uri: str) -> None:
        self.package = package
        self.uri = uri
        self.main = main
        self.relations = package.relations(main)
        self.styles = Styles(self._part("styles"))
        self.numbering = Numbering(self._part("numbering"), self.styles)
        self.links: list[Link] = []
        self.notes: dict[str, Note] = {}
        self.footnotes: list[tuple[str, str]] = []
        self.characters = 0
        self.cells = 0
        self.inside = 0
        self.carried = ""

    def _part(self, kind: str) -> Any | None:
        for relation, target, external in self.relations.values():
            if relation == kind and not external:
                return self.package.xml(target)
        return None

    def reading(self, body: Any) -> Reading:
        """The whole document."""
        blocks = list(self.blocks(body, "body"))
        if self.carried:
            blocks.append(Paragraph(close_gaps(self.carried)))
        headers = self._margins(body, "headerReference", "header")
        footers = self._margins(body, "footerReference", "footer")
        notes = [block for kind in ("footnote", "endnote") for block in self._footnotes(kind)]
        blocks = [*headers, *blocks, *notes, *footers]
        if not any(_has_text(block) for block in blocks if block.role in ("body", "metadata", "furniture")):
            if "image" in self.notes:
                raise no_text(self.uri, "文档中只有图片，没有文字 / only pictures", "请提供可检索的文字版")
            raise no_text(self.uri, "文档中没有文字 / no text", "请确认文件是否为空白文档")
        return Reading(
            media_type=MEDIA_TYPE,
            blocks=blocks,
            meta=self.package.properties(),
            links=self.links,
            notes=list(self.notes.values()),
        )

    def note(self, kind: str, message: str) -> None:
        """Records something about the document once, however often it occurs."""
        self.notes.setdefault(kind, Note(kind=kind, message=message))

    # Blocks ---------------------------------------------------------------------------------------------------------

    def blocks(self, parent: Any, role: Role) -> Iterator[Block]:
        """The paragraphs and tables under an element, in order, wrappers looked through."""
        for element in self._children(parent):
            if element.tag == f"{W}p":
                yield from self.paragraph(element, role)
            elif element.tag == f"{W}tbl":
                yield from self.table(element, role)
            elif element.tag == f"{W}altChunk":
                self.note("embedded_object", "文档嵌入了另一个文件的正文，未读取 / embedded chunk not read")

    def _children(self, parent: Any) -> Iterator[Any]:
        """The children that count: wrappers opened, deletions left out, one branch of each alternative."""
        for element in parent:
            tag = element.tag
            if tag in (f"{W}del", f"{W}moveFrom"):
                self._tracked()
            elif tag == f"{MC}AlternateContent":
                branch = alternative(element)
                if branch is not None:
                    yield from self._children(branch)
            elif tag == f"{W}sdt":
                content = element.find(f"{W}sdtContent")
                if content is None or is_placeholder(element):
                    continue
                if _is_contents(element):
                    for child in self._children(content):
                        child.set("contents", "1")
                        yield child
                else:
                    yield from self._children(content)
            elif tag in _TRANSPARENT:
                if tag in (f"{W}ins", f"{W}moveTo"):
                    self._tracked()
                yield from self._children(element)
            elif isinstance(tag, str):
                yield element

    def _tracked(self) -> None:
        self.note(
            "tracked_changes",
            "文档含修订痕迹，按接受全部修订后的文字读取 / tracked changes: read as if all were accepted",
        )

    def paragraph(self, element: Any, role: Role) -> Iterator[Block]:
        """A paragraph, as one block for each of its lines, then the text boxes anchored in it."""
        properties = element.find(f"{W}pPr")
        style_id = _val(properties, "pStyle")
        run = RunText(self.package.uri, self.relations, self.note, self._tracked)
        run.add(element)
        self.links += run.links
        self.footnotes += run.footnotes
        self._grow(len(run.text))
        if _mark_deleted(properties):
            # The paragraph mark is deleted: in the final state its text stands at the head of the next paragraph.
            self._tracked()
            self.carried += run.text
        else:
            text, self.carried = self.carried + run.text, ""
            label = self.numbering.label(properties, style_id)
            style, level = self._style(properties, style_id)
            if role == "body" and (element.get("contents") or self._in_contents(style_id)):
                role, style, level = "furniture", "body", None
            if run.has_page_number and role in ("header", "footer"):
                role = "page_number"
            # A line break inside a heading or title is layout; in running text it separates what the eye separates.
            lines = [text.replace("\n", "")] if style != "body" else text.split("\n")
            for line in lines:
                line = close_gaps(line.strip())
                if line:
                    yield Paragraph(joined(label, line), style=style, level=level, role=role)
                    label = None
            if label and self.inside and not text.strip():
                # 序号 columns are often nothing but automatic numbers.
                yield Paragraph(label, role=role)
        for box in run.boxes:
            yield from self.blocks(box, role)

    def _style(self, properties: Any | None, style_id: str | None) -> tuple[Style, int | None]:
        """The paragraph's part in the outline: its own outline level, then its style's, then its style's name."""
        own = number(properties.find(f"{W}outlineLvl")) if properties is not None else None
        chain = [style for _, style in self.styles.chain(style_id)]
        level = own if own is not None else next((s.outline for s in chain if s.outline is not None), None)
        if level is not None and 0 <= level <= 8:
            return "heading", level + 1
        if level is None:
            for style in chain:
                if match := _HEADING_NAME.fullmatch(style.name.strip()):
                    return "heading", int(match[1])
                if style.name.strip().lower() in _TITLE_NAMES:
                    return "title", None
        return "body", None

    def _in_contents(self, style_id: str | None) -> bool:
        return any(_CONTENTS_NAME.fullmatch(style.name.strip()) for _, style in self.styles.chain(style_id)[:1])

    # Tables ---------------------------------------------------------------------------------------------------------

    def table(self, element: Any, role: Role) -> Iterator[Block]:
        """A table, then the tables nested in its cells; a single framed cell of text is given as its paragraphs."""
        cells: list[Cell] = []
        extra: list[Block] = []
        open_merges: dict[int, int] = {}
        row = 0
        content: list[Block] = []
        for row_element in self._rows(element):
            column = _row_number(row_element, "gridBefore")
            merges: dict[int, int] = {}
            for cell in self._children(row_element):
                if cell.tag != f"{W}tc":
                    continue
                properties = cell.find(f"{W}tcPr")
                span = min(max(_grid(properties, "gridSpan", 1), 1), _WORD_COLUMNS)
                merge = properties.find(f"{W}vMerge") if properties is not None else None
                across = _val(properties, "hMerge")
                above = open_merges.get(column)
                if merge is not None and merge.get(f"{W}val") != "restart" and above is not None:
                    # Word does not show what stands in a cell that continues the one above.
                    if cells[above].row + cells[above].row_span == row:
                        cells[above] = replace(cells[above], row_span=cells[above].row_span + 1)
                    merges[column] = above
                elif across == "continue" and cells and cells[-1].row == row:
                    cells[-1] = replace(cells[-1], column_span=cells[-1].column_span + span)
                else:
                    self.cells += 1
                    if self.cells > limits.MAX_CELLS or column + span > limits.MAX_SPAN:
                        raise over_limit(
                            self.uri, f"表格单元格超过 {limits.MAX_CELLS} 个 / more table cells than the limit"
                        )
                    self.inside += 1
                    content = list(self.blocks(cell, role))
                    self.inside -= 1
                    own = [block for block in content if isinstance(block, Paragraph)]
                    extra += [block for block in content if isinstance(block, Table)]
                    text = "\n".join(block.text for block in own)
                    if merge is not None:
                        merges[column] = len(cells)
                    cells.append(Cell(text, row, column, column_span=span))
                column += span
            open_merges = merges
            row += 1
        if row * max((c.column + c.column_span for c in cells), default=0) > limits.MAX_CELLS:
            raise over_limit(self.uri, f"表格过大 / a table of more than {limits.MAX_CELLS} places")
        if len(cells) == 1 and len(content) > 1:
            yield from content
            return
        if cells:
            yield Table(tuple(_without_unused_columns(cells)), role=role)
        yield from extra

    def _rows(self, element: Any) -> Iterator[Any]:
        for row in self._children(element):
            if row.tag != f"{W}tr":
                continue
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self._tracked()
                continue
            yield row

    # Margins --------------------------------------------------------------------------------------------------------

    def _margins(self, body: Any, tag: str, role: Role) -> list[Block]:
        """The distinct headers or footers that the sections refer to."""
        found: list[Block] = []
        seen: set[str] = set()
        for reference in body.iter(f"{W}{tag}"):
            _, target, external = self.relations.get(reference.get(f"{R}id", ""), ("", "", True))
            if external or target in seen:
                continue
            seen.add(target)
            root = self.package.xml(target)
            if root is None:
                continue
            for block in self.blocks(root, role):
                if _has_text(block) and block not in found:
                    found.append(block)
        return found

    def _footnotes(self, kind: str) -> list[Block]:
        wanted = {identifier for of_kind, identifier in self.footnotes if of_kind == kind}
        root = self._part(f"{kind}s") if wanted else None
        found: list[Block] = []
        for element in root.iterfind(f"{W}{kind}") if root is not None else ():
            if element.get(f"{W}id") in wanted:
                found += [block for block in self.blocks(element, "footer") if _has_text(block)]
        return found

    def _grow(self, characters: int) -> None:
        self.characters += characters
        if self.characters > limits.MAX_CHARACTERS:
            raise over_limit(self.uri, f"文字超过 {limits.MAX_CHARACTERS} 个 / more characters than the limit")


def _without_unused_columns(cells: list[Cell]) -> list[Cell]:
    """The cells on a grid of the columns that are there: Word's grid also has edges at which no cell begins."""
    edges = sorted({cell.column for cell in cells} | {cell.column + cell.column_span for cell in cells})
    place = {edge: index for index, edge in enumerate(edges)}
    return [
        replace(c, column=place[c.column], column_span=place[c.column + c.column_span] - place[c.column]) for c in cells
    ]


def alternative(element: Any) -> Any | None:
    """The branch of ``mc:AlternateContent`` to read: the first choice that holds anything, else the fallback.

    Reading both would give the text of every text box twice.
    """
    for branch in element:
        if branch.tag in (f"{MC}Choice", f"{MC}Fallback") and len(branch):
            return branch
    return None


def is_placeholder(element: Any) -> bool:
    """Whether a content control shows only its prompt (单击此处输入文字)."""
    properties = element.find(f"{W}sdtPr")
    return properties is not None and is_on(properties.find(f"{W}showingPlcHdr"))


def _is_contents(element: Any) -> bool:
    gallery = next(element.iterfind(f"{W}sdtPr//{W}docPartGallery"), None)
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"


def _mark_deleted(properties: Any | None) -> bool:
    mark = properties.find(f"{W}rPr") if properties is not None else None
    return mark is not None and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None)


def _val(properties: Any | None, tag: str) -> str | None:
    element = properties.find(f"{W}{tag}") if properties is not None else None
    return element.get(f"{W}val", "") if element is not None else None


def _grid(properties: Any | None, tag: str, otherwise: int) -> int:
    value = number(properties.find(f"{W}{tag}")) if properties is not None else None
    return otherwise if value is None else value


def _row_number(row: Any, tag: str) -> int:
    return min(max(_grid(row.find(f"{W}trPr"), tag, 0), 0), _WORD_COLUMNS)


def _has_text(block: Block) -> bool:
    return bool(block.text) if isinstance(block, Paragraph) else any(cell.text.strip() for cell in block.cells)
