"""The blocks of a Word document or of one of its parts, in order: paragraphs, tables, and what is anchored in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from extractors.readers import limits
from extractors.readers.docx.numbering import Numbering, Styles, numbering_of
from extractors.readers.docx.outline import Outline
from extractors.readers.docx.runs import (
    MC,
    Anchored,
    R,
    RunText,
    Surroundings,
    alternative,
    diagram_lines,
    is_placeholder,
)
from extractors.readers.docx.tables import Grid, Place, Row, put_in_columns, row_of
from extractors.readers.word.changes import BOTH, Joiner, Piece, State, Whole, cell_text
from extractors.readers.word.ooxml import Package, over_limit
from extractors.readers.word.paragraphs import joined, paragraphs
from extractors.readers.word.pictures import Picture, Shown, of_drawing
from extractors.readers.word.wordprocessing import W
from extractors.spacing import close_gaps
from schemas.errors import NotRead
from schemas.reading import Block, Link, Note, Paragraph, Reading, Role, Table

Nested = Callable[[bytes, str, int], Reading]
"""Reads a Word document inside another one: its bytes, its name, how many documents it is in."""

_TRANSPARENT = frozenset({
    f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag",
    f"{MC}AlternateContent", *(f"{MC}{branch}" for branch in ("Choice", "Fallback")), f"{W}body",
})  # fmt: skip
# Marks put on elements while they are read; no name of WordprocessingML.
_CONTENTS, _PROMPT = "in-contents", "is-prompt"


@dataclass(frozen=True, slots=True)
class _Content:
    """What a paragraph is made of, besides its text."""

    run: RunText
    properties: Any | None
    style_id: str | None
    in_contents: bool


class Body:
    """The state of one pass over a document: running numbers, links and notes.

    Args:
        package: the file.
        main: the name of its document part.
        uri: the file as the user named it, for messages.
        depth: how many documents it is in.
        nested: reads a document inside it.
    """

    def __init__(self, package: Package, main: str, uri: str, depth: int, nested: Nested) -> None:
        self.package = package
        self.uri = uri
        self.depth = depth
        self.nested = nested
        self.relations = package.relations(main)
        self.notes: dict[str, Note] = {}
        self.removed: list[str] = []
        styles = self.part("styles")
        numbering = self.part("numbering")
        self.styles = Styles(styles)
        self.numbering = Numbering(numbering, self.styles)
        self.numbering_before: Numbering | None = None
        self.links: list[Link] = []
        self.footnotes: list[tuple[str, str]] = []
        self.pictures: list[Picture] = []
        self.characters = 0
        self.cells = 0
        self.inside = 0
        self.around = Surroundings(self.relations, self.note, self.tracked, self.styles.hidden)
        self.numbering_root = numbering
        self.outline = Outline(self.styles)
        self._opened: set[str] = set()

    def part(self, kind: str) -> Any | None:
        """The root of the part that the document refers to as ``styles``, ``footnotes``, …; None where there is none."""
        for relation, target, external in self.relations.values():
            if relation == kind and not external:
                return self.side_part(target)
        return None

    def side_part(self, name: str) -> Any | None:
        """A part beside the text; one that is broken costs itself, not the document."""
        try:
            return self.package.xml(name)
        except NotRead as error:
            if error.cause != "damaged":
                raise
            self.note("part_not_read", f"部件 {name} 损坏，未读取 / a broken part was not read: {name}")
            return None

    def note(self, kind: str, message: str) -> None:
        """Records something about the document once, however often it occurs."""
        self.notes.setdefault(kind, Note(kind=kind, message=message))

    def tracked(self) -> None:
        """Notes that the document has tracked changes."""
        self.note(
            "tracked_changes",
            "文档含修订痕迹，按接受全部修订后的文字读取 / tracked changes: read as if all were accepted",
        )

    # Blocks ---------------------------------------------------------------------------------------------------------

    def blocks(self, parent: Any, role: Role, state: State = BOTH) -> Iterator[Block]:
        """The paragraphs and tables under an element, in order, wrappers looked through."""
        joiner: Joiner[_Content] = Joiner(joined)
        adjacent: list[Any] = []
        for element in self._children(parent):
            tag = element.tag
            if tag == f"{W}tbl":
                for whole in joiner.flush():
                    yield from self._emit(whole, role)
                adjacent.append(element)
            elif tag in (f"{W}p", f"{W}altChunk"):
                if adjacent:
                    yield from self.tables(adjacent, role, state)
                    adjacent = []
                if tag == f"{W}p":
                    for whole in joiner.add(self._piece(element, state)):
                        yield from self._emit(whole, role)
                else:
                    for whole in joiner.flush():
                        yield from self._emit(whole, role)
                    yield from self._file(element.get(f"{R}id", ""))
        yield from self.tables(adjacent, role, state)
        for whole in joiner.flush():
            yield from self._emit(whole, role)

    def _children(self, parent: Any) -> Iterator[Any]:
        """The children that count: wrappers opened, one branch of each alternative."""
        for element in parent:
            tag = element.tag
            if tag == f"{MC}AlternateContent":
                branch = alternative(element)
                if branch is not None:
                    yield from self._children(branch)
            elif tag == f"{W}sdt":
                content = element.find(f"{W}sdtContent")
                if content is None:
                    continue
                if is_placeholder(element):
                    # The prompt is no text, but its cell keeps its place in the table.
                    for cell in content.iterchildren(f"{W}tr", f"{W}tc"):
                        cell.set(_PROMPT, "1")
                        yield cell
                elif _is_contents(element):
                    for child in self._children(content):
                        child.set(_CONTENTS, "1")
                        yield child
                else:
                    yield from self._children(content)
            elif tag in _TRANSPARENT:
                yield from self._children(element)
            elif isinstance(tag, str):
                yield element

    def _piece(self, element: Any, state: State) -> Piece[_Content]:
        """One ``w:p`` in both states."""
        properties = element.find(f"{W}pPr")
        style_id = _val(properties, "pStyle")
        run = RunText(self.around, state)
        run.add(element)
        run.close()
        now, before = run.states()
        self.grow(len(now) if now is before else len(now) + len(before))
        mark = properties.find(f"{W}rPr") if properties is not None else None
        ends = state.by(mark) if mark is not None else state
        if ends != state:
            self.tracked()
        content = _Content(run, properties, style_id, bool(element.get(_CONTENTS)))
        piece = Piece(content, now, before, ends)
        if ends.now:
            piece.label = self.numbering.label(properties, style_id)
        piece.label_before = piece.label
        if self.numbering_before is not None:
            old = properties.find(f"{W}pPrChange/{W}pPr") if properties is not None else None
            if old is not None:
                piece.renumbered = _numbered(old) != _numbered(properties)
            elif properties is not None and properties.find(f"{W}numPr/{W}ins") is not None:
                piece.renumbered = True
            if ends.before:
                old = old if piece.renumbered else properties
                piece.label_before = self.numbering_before.label(old, _val(old, "pStyle"))
        return piece

    def _emit(self, whole: Whole[_Content], role: Role) -> Iterator[Block]:
        """A paragraph, as one block for each of its lines, then what is anchored in it."""
        if whole.removed:
            yield Paragraph("", role=role, before=close_gaps((whole.before or "").strip()))
            return
        content = whole.payloads[-1]
        runs = [payload.run for payload in whole.payloads]
        for run in runs:
            self.links += run.links
            self.footnotes += run.footnotes
        style, level = self.outline.of(content.properties, content.style_id)
        if role == "body" and (
            content.in_contents or runs[-1].in_contents or self.outline.is_contents(content.style_id)
        ):
            role, style, level = "furniture", "body", None
        shown: Role = role
        if role in ("header", "footer") and any(run.has_page_number for run in runs):
            shown = "page_number"
        yield from paragraphs(whole, style, level, shown, in_cell=bool(self.inside))
        for run in runs:
            for anchored in run.anchored:
                yield from self._anchored(anchored, role)

    def _anchored(self, anchored: Anchored, role: Role) -> Iterator[Block]:
        """What stands beside the text of a paragraph: text boxes, titles drawn as pictures, diagrams, objects."""
        content, state = anchored.content, anchored.state
        if anchored.kind == "box":
            yield from self.blocks(content, role, state)
        elif not state.now:
            return
        elif anchored.kind == "words":
            self.grow(len(content))
            yield Paragraph(close_gaps(" ".join(content.split())), role=role)
        elif anchored.kind == "diagram":
            root = self.side_part(self.around.relations.get(content, ("", "", True))[1])
            for line in diagram_lines(root) if root is not None else ():
                self.grow(len(line))
                yield Paragraph(close_gaps(line), role=role)
        elif anchored.kind == "object":
            yield from self._object(content)
        elif role == "body":
            for picture in of_drawing(content, self.around.relations):
                self.pictures.append(picture)
                yield Shown("", role=role, picture=picture)

    # Tables ---------------------------------------------------------------------------------------------------------

    def tables(self, elements: list[Any], role: Role, state: State) -> Iterator[Block]:
        """Tables that follow each other with nothing between: Word shows those of one width as one."""
        rows: list[Row] = []
        shown: set[int] = set()
        first = None
        for element in elements:
            own = [
                row_of(row, [cell for cell in self._children(row) if cell.tag == f"{W}tc"], state)
                for row in self._children(element)
                if row.tag == f"{W}tr"
            ]
            put_in_columns(own)
            widths = {row.columns for row in own}
            if rows and widths != shown:
                yield from self._table(first, rows, role, state)
                rows, first = [], None
            rows += own
            shown = widths
            first = element if first is None else first
        if rows:
            yield from self._table(first, rows, role, state)

    def _table(self, element: Any, rows: list[Row], role: Role, state: State) -> Iterator[Block]:
        """A table, then the tables nested in its cells; a frame around running text is given as its paragraphs."""
        grid = Grid()
        content: list[list[Block]] = []

        def text_of(place: Place) -> tuple[str, str | None]:
            self.cells += 1
            if self.cells > limits.MAX_CELLS:
                raise over_limit(self.uri, f"表格单元格超过 {limits.MAX_CELLS} 个 / more table cells than the limit")
            if place.element.get(_PROMPT) or place.element.getparent().get(_PROMPT):
                content.append([])
                return "", None
            self.inside += 1
            content.append(list(self.blocks(place.element, role, place.state)))
            self.inside -= 1
            return cell_text([block for block in content[-1] if isinstance(block, Paragraph)])

        for row in rows:
            if row.state != state or any(place.state != row.state for place in row.places):
                self.tracked()
            gone = [text_of(place)[1] for place in row.places if not place.state.now and place.state.before]
            del content[len(content) - len(gone) :]
            if any(gone):
                yield Paragraph("", role=role, before="｜".join((text or "").replace("\n", " ") for text in gone))
            if row.state.now:
                grid.add(row, text_of)
        if grid.places > limits.MAX_CELLS:
            raise over_limit(self.uri, f"表格过大 / a table of more than {limits.MAX_CELLS} places")
        if not grid.cells:
            return
        if grid.width == 1 or (self._is_borderless(element) and _side_by_side(grid, content)):
            for blocks in content:
                yield from blocks
            return
        yield Table(grid.finished(), role=role)
        for blocks in content:
            yield from (block for block in blocks if isinstance(block, (Table, Shown)))

    def _is_borderless(self, element: Any) -> bool:
        """Whether a table draws no lines: no borders of its own, and no style but the default one."""
        if _val(element.find(f"{W}tblPr"), "tblStyle") is not None:
            return False
        return not any(
            side.get(f"{W}val", "none") not in ("none", "nil")
            for borders in element.iter(f"{W}tblBorders", f"{W}tcBorders")
            for side in borders
        )

    # Files within the file ------------------------------------------------------------------------------------------

    def _object(self, element: Any) -> Iterator[Block]:
        """An embedded file, such as a worksheet: its content, where it is of a format that is read."""
        for embedded in element.iter("{urn:schemas-microsoft-com:office:office}OLEObject"):
            # Formulas are embedded objects too, but hold nothing that an inspector looks for.
            if not embedded.get("ProgID", "").lower().startswith(("equation", "mathtype")):
                yield from self._file(embedded.get(f"{R}id", ""))

    def _file(self, identifier: str) -> Iterator[Block]:
        """The content of a part that is a file of its own: an embedded one, or an ``altChunk`` (17.17.2.1)."""
        from extractors.readers import read as read_any

        _, target, external = self.around.relations.get(identifier, ("", "", True))
        name = target.rsplit("/", 1)[-1]
        if not external and target not in self._opened and self.depth < limits.MAX_ARCHIVE_DEPTH:
            self._opened.add(target)
            try:
                data = self.package.bytes_of(target) or b""
                uri = f"{self.uri}/{name}"
                is_word = _is_word(data, uri)
                inner = self.nested(data, uri, self.depth + 1) if is_word else read_any(data, uri)
            except NotRead as error:
                if error.cause == "over_limit":
                    raise
            else:
                for block in inner.blocks:
                    self.grow(_size(block))
                    yield block
                self.links += inner.links
                for note in inner.notes:
                    self.notes.setdefault(f"{name} {note.kind} {note.message}", note)
                return
        self.note("embedded_object", f"文档嵌入了其他文件，未读取：{name or '（外部文件）'} / embedded file not read")

    def grow(self, characters: int) -> None:
        """Counts text; raises ``NotRead`` (``over_limit``) when it is too much."""
        self.characters += characters
        if self.characters > limits.MAX_CHARACTERS:
            raise over_limit(self.uri, f"文字超过 {limits.MAX_CHARACTERS} 个 / more characters than the limit")


def _side_by_side(grid: Grid, content: list[list[Block]]) -> bool:
    """Whether a table is one row of running texts, such as the signatures of two parties."""
    return grid.height == 1 and any(sum(not isinstance(block, Shown) for block in blocks) > 1 for blocks in content)


def _is_contents(element: Any) -> bool:
    gallery = next(element.iterfind(f"{W}sdtPr//{W}docPartGallery"), None)
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"


def _numbered(properties: Any) -> tuple[object, str | None]:
    return numbering_of(properties), _val(properties, "pStyle")


def _val(properties: Any | None, tag: str) -> str | None:
    element = properties.find(f"{W}{tag}") if properties is not None else None
    return element.get(f"{W}val", "") if element is not None else None


def _size(block: Block) -> int:
    return len(block.text) if isinstance(block, Paragraph) else sum(len(cell.text) for cell in block.cells)


def _is_word(data: bytes, uri: str) -> bool:
    from extractors.readers.formats import FORMATS, recognise

    return bool(data) and recognise(data, uri) is FORMATS["docx"]
