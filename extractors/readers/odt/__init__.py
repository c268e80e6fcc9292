"""OpenDocument text (ODT, OTT, flat FODT): the body in order, as the program shows it in its final state.

Kept and dropped is what the reader of Word documents keeps and drops. The standard is OASIS OpenDocument 1.3; what
LibreOffice and Word write beyond it is said beside the code.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from extractors.readers import limits
from extractors.readers.ocr.insets import may_hold_text
from extractors.readers.odt.changes import Changes
from extractors.readers.odt.lists import ListStyles, Numbering, Run
from extractors.readers.odt.names import (
    DRAW,
    MATH,
    OFFICE,
    STYLE,
    SVG,
    TABLE,
    TEXT,
    XLINK,
    centimetres,
    is_true,
    whole_number,
)  # fmt: skip
from extractors.readers.odt.parts import Parts
from extractors.readers.odt.styles import Styles, style_roots
from extractors.readers.odt.tables import build
from extractors.readers.odt.text import InlineText, formula
from extractors.readers.word.changes import BOTH, Joiner, Piece, State, Whole, has_text
from extractors.readers.word.ooxml import damaged, no_text, over_limit
from extractors.readers.word.paragraphs import joined, paragraphs, still_there
from extractors.readers.word.pictures import CENTIMETRE, Picture, Shown, placed
from schemas.reading import Block, Link, Note, Paragraph, Reading, Role

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"

_CONTENTS = {
    f"{TEXT}{name}"
    for name in (
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "user-index",
        "alphabetical-index",
    )
}
_PASSED = {
    f"{TEXT}{name}"
    for name in ("sequence-decls", "variable-decls", "user-field-decls", "dde-connection-decls", "soft-page-break",
                 "section-source", "alphabetical-index-auto-mark-file", "number")
} | {f"{OFFICE}forms", f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{OFFICE}event-listeners"}  # fmt: skip


def read(data: bytes, uri: str) -> Reading:
    """Reads an OpenDocument text.

    Args:
        data: the bytes of the file, a package or flat XML.
        uri: the file as the user named it, for messages.

    Returns:
        Headers, then the body in order (each followed by its nested tables and text boxes), then footnotes and footers.

    Raises:
        NotRead: ``damaged``, ``encrypted``, ``over_limit``, or ``no_text`` when nothing in it is text.
    """
    try:
        return _Document(data, uri).reading()
    except RecursionError as error:
        raise damaged(uri, "嵌套过深 / nested too deeply") from error


@dataclass(slots=True)
class _Scope:
    """What holds in one part: its styles, its running numbers, its tracked changes."""

    styles: Styles
    numbering: Numbering
    changes: Changes = field(default_factory=Changes)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a paragraph is besides its text."""

    inline: InlineText
    element: Any
    contents: bool


@dataclass(slots=True)
class _Place:
    """Where blocks are: their role, whether in a table of contents, in a table; paragraphs held back."""

    scope: _Scope
    role: Role = "body"
    contents: bool = False
    cell: bool = False
    joiner: Joiner[_Content] = field(default_factory=lambda: Joiner(joined))


class _Document:
    """The state of one pass: notes, links, footnotes and what was counted."""

    def __init__(self, data: bytes, uri: str) -> None:
        self.uri = uri
        self.parts = Parts(data, uri)
        self.scope = _scope([*style_roots(self.parts.styles)[:1], *style_roots(self.parts.content)])
        self.margins = _scope(style_roots(self.parts.styles))
        self.links: list[Link] = []
        self.pictures: list[Picture] = []
        self.notes: dict[str, Note] = {}
        self.footnotes: dict[str, list[Block]] = {"footnote": [], "endnote": []}
        self.characters = 0
        self.cells = 0

    def reading(self) -> Reading:
        """The whole document."""
        blocks = list(self.blocks(self.parts.text, _Place(self.scope)))
        comments = len(list(self.parts.text.iter(f"{OFFICE}annotation")))
        if comments:
            self.note("comments", f"文档有{comments}条批注，未读入正文 / {comments} comments, not part of the text")
        if self.scope.changes.met:
            self.note(
                "tracked_changes",
                "文档含修订痕迹，按接受全部修订后的文字读取 / tracked changes: read as if all were accepted",
            )
        headers = self._margin_blocks(("header-first", "header", "header-left"), "header")
        footers = self._margin_blocks(("footer-first", "footer", "footer-left"), "footer")
        blocks = [*headers, *blocks, *self.footnotes["footnote"], *self.footnotes["endnote"], *footers]
        blocks, removed = still_there(blocks)
        remarks: list[Note] = []
        blocks = placed(blocks, self.parts, remarks)
        if not any(has_text(block) for block in blocks if block.role in ("body", "metadata", "furniture")):
            if self.pictures:
                raise no_text(self.uri, "文档中只有图片，没有文字 / only pictures", "请提供可检索的文字版")
            raise no_text(self.uri, "文档中没有文字 / no text", "请确认文件是否为空白文档")
        return Reading(
            media_type=MEDIA_TYPE,
            blocks=blocks,
            meta=self.parts.properties(),
            links=self.links,
            notes=[*self.notes.values(), *remarks, *removed],
        )

    def note(self, kind: str, message: str) -> None:
        """Records something about the document once, however often it occurs."""
        self.notes.setdefault(kind, Note(kind=kind, message=message))

    def count(self, cells: int) -> None:
        """Counts table cells."""
        self.cells += cells
        if self.cells > limits.MAX_CELLS:
            raise over_limit(self.uri, f"表格单元格超过 {limits.MAX_CELLS} 个 / more table cells than the limit")

    # Blocks ----------------------------------------------------------------------------------------------------------

    def blocks(self, parent: Any, place: _Place) -> Iterator[Block]:
        """The paragraphs and tables under an element, in order, wrappers looked through."""
        yield from self._flow(parent, place)
        yield from self._flush(place)

    def _flow(self, parent: Iterable[Any], place: _Place) -> Iterator[Block]:
        for element in parent:
            tag = element.tag
            if not isinstance(tag, str) or tag in _PASSED:
                continue
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(element, place, self._heading_label(element, place))
            elif tag == f"{TEXT}list":
                yield from self._list(element, place, None, "", 0)
            elif tag == f"{TEXT}numbered-paragraph":
                yield from self._numbered(element, place)
            elif tag == f"{TABLE}table":
                yield from self._flush(place)
                yield from self._table(element, place)
            elif tag.startswith(DRAW):
                yield from self._flush(place)
                yield from self._frame(element, place)
            elif tag == f"{TEXT}tracked-changes":
                place.scope.changes.add(element)
            elif tag == f"{TEXT}change-start":
                place.scope.changes.start(element)
            elif tag == f"{TEXT}change-end":
                place.scope.changes.end(element)
            elif tag == f"{TEXT}change":
                yield from self._deleted_paragraphs(element, place)
            elif tag == f"{TEXT}section" and element.get(f"{TEXT}display") == "none":
                self.note("hidden_text", "文档含隐藏文字，未读取 / hidden text not read")
            elif tag in _CONTENTS:
                body = element.find(f"{TEXT}index-body")
                if body is not None:
                    yield from self._flow(body, replace(place, contents=True))
            elif not tag.endswith("-source"):
                yield from self._flow(element, place)

    def _table(self, element: Any, place: _Place) -> Iterator[Block]:
        def content_of(cell: Any) -> list[Block]:
            return list(self.blocks(cell, _Place(place.scope, place.role, place.contents, cell=True)))

        yield from build(element, place.role, content_of, self.count)

    def _inside(self, element: Any, place: _Place) -> Iterator[Block]:
        """The blocks of a frame or shape: their paragraphs do not run on outside of it."""
        yield from self.blocks(element, replace(place, joiner=Joiner(joined)))

    def _paragraph(self, element: Any, place: _Place, label: str | None) -> Iterator[Block]:
        """Reads a paragraph; gives those that are complete in both states of the tracked changes."""
        scope, name = place.scope, element.get(f"{TEXT}style-name")
        inline = InlineText(scope.styles, scope.changes, self.note)
        if not scope.styles.is_hidden("paragraph", name):
            inline.add(element)
        elif "".join(element.itertext()).strip():
            inline.hidden()
        now, before = inline.states()
        self.characters += len(now) if now is before else len(now) + len(before)
        if self.characters > limits.MAX_CHARACTERS:
            raise over_limit(self.uri, f"文字超过 {limits.MAX_CHARACTERS} 个 / more characters than the limit")
        content = _Content(inline, element, place.contents)
        for shown, old in inline.ended:
            yield from self._add(Piece(content, shown, old, State(now=False)), place)
        ends = State(before=False) if scope.changes.inserting else BOTH
        yield from self._add(Piece(content, now, before, ends, label, label), place)

    def _deleted_paragraphs(self, element: Any, place: _Place) -> Iterator[Block]:
        """Paragraphs deleted between others."""
        empty = InlineText(place.scope.styles, place.scope.changes, self.note)
        for text in place.scope.changes.deleted(element):
            if text.strip():
                content = _Content(empty, element, place.contents)
                yield from self._add(Piece(content, "", text, State(now=False)), place)

    def _add(self, piece: Piece[_Content], place: _Place) -> Iterator[Block]:
        for whole in place.joiner.add(piece):
            yield from self._emit(whole, place)

    def _flush(self, place: _Place) -> Iterator[Block]:
        for whole in place.joiner.flush():
            yield from self._emit(whole, place)

    def _emit(self, whole: Whole[_Content], place: _Place) -> Iterator[Block]:
        """A paragraph, as one block for each of its lines, then the text boxes anchored in it."""
        if whole.removed:
            yield from paragraphs(whole, "body", None, place.role, in_cell=place.cell)
            return
        content, styles = whole.payloads[-1], place.scope.styles
        inlines = list({id(payload.inline): payload.inline for payload in whole.payloads}.values())
        for inline in inlines:
            self.links += inline.links
            for note in inline.footnotes:
                self._footnote(note, place.scope)
        style, level = styles.part(content.element)
        role = place.role
        if role == "body" and (content.contents or styles.in_contents(content.element.get(f"{TEXT}style-name"))):
            role, style, level = "furniture", "body", None
        if role in ("header", "footer") and any(inline.has_page_number for inline in inlines):
            role = "page_number"
        yield from paragraphs(whole, style, level, role, in_cell=place.cell)
        for inline in inlines:
            for frame in inline.frames:
                yield from self._frame(frame, place)

    # Lists -----------------------------------------------------------------------------------------------------------

    def _list(self, element: Any, place: _Place, run: Run | None, style: str, level: int) -> Iterator[Block]:
        """The paragraphs of a list, the first of each item with its number."""
        own = element.get(f"{TEXT}style-name")
        style = own or style or self._style_of_items(element, place) or ""
        if run is None:
            run = place.scope.numbering.run(element, style)
        for item in element:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            numbered = item.tag == f"{TEXT}list-item"
            form = item.get(f"{TEXT}style-override") or style
            for child in item:
                if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    label = None
                    if numbered:
                        start = whole_number(item, f"{TEXT}start-value", -1)
                        label = place.scope.numbering.label(run, form, level, start if start >= 0 else None)
                        numbered = False
                    yield from self._paragraph(child, place, label)
                elif child.tag == f"{TEXT}list":
                    yield from self._list(child, place, run, style, level + 1)
                elif isinstance(child.tag, str):
                    yield from self._flow([child], place)

    def _style_of_items(self, element: Any, place: _Place) -> str | None:
        first = next(element.iter(f"{TEXT}p", f"{TEXT}h"), None)
        return place.scope.styles.list_style(first.get(f"{TEXT}style-name")) if first is not None else None

    def _numbered(self, element: Any, place: _Place) -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name") or self._style_of_items(element, place) or ""
        numbering = place.scope.numbering
        start = whole_number(element, f"{TEXT}start-value", -1)
        level = max(whole_number(element, f"{TEXT}level", 1), 1) - 1
        label = numbering.label(numbering.run(element, style), style, level, start if start >= 0 else None)
        for child in element:
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, place, label)
                label = None

    def _heading_label(self, element: Any, place: _Place) -> str | None:
        """The number that the outline style gives a heading outside of lists."""
        if element.tag != f"{TEXT}h" or is_true(element, f"{TEXT}is-list-header"):
            return None
        if place.scope.styles.list_style(element.get(f"{TEXT}style-name")) == "":
            return None
        start = whole_number(element, f"{TEXT}start-value", -1) if is_true(element, f"{TEXT}restart-numbering") else -1
        level = max(whole_number(element, f"{TEXT}outline-level", 1), 1) - 1
        return place.scope.numbering.heading(level, start if start >= 0 else None)

    # Frames, notes, margins ------------------------------------------------------------------------------------------

    def _frame(self, element: Any, place: _Place) -> Iterator[Block]:
        """The text of a frame or shape; pictures and embedded files are noted."""
        # Word's watermarks come as shapes of this name behind the text of a header.
        if element.get(f"{DRAW}name", "").startswith("PowerPlusWaterMarkObject"):
            return
        if element.tag != f"{DRAW}frame":
            # A shape holds paragraphs itself; groups, links around frames and 3D scenes hold shapes.
            yield from self._inside(element, place)
            return
        for child in element:
            if child.tag == f"{DRAW}text-box":
                yield from self._inside(child, place)
            elif child.tag == f"{TABLE}table":
                yield from self._inside([child], place)
            elif child.tag in (f"{DRAW}object", f"{DRAW}object-ole"):
                yield from self._object(child, element, place)
            elif child.tag == f"{DRAW}image":
                yield from self._picture(element, child.get(f"{XLINK}href", ""), place)
            else:
                continue
            # What follows stands in for it where it cannot be shown.
            return

    def _picture(self, frame: Any, part: str, place: _Place) -> Iterator[Block]:
        """A picture or chart; one without a size may be large."""
        width, height = centimetres(frame.get(f"{SVG}width")), centimetres(frame.get(f"{SVG}height"))
        size = (21.0 if width is None else width) * CENTIMETRE, (15.0 if height is None else height) * CENTIMETRE
        if place.role == "body" and may_hold_text(*size):
            picture = Picture(part.removeprefix("./"), *size)
            self.pictures.append(picture)
            yield Shown("", role=place.role, picture=picture)

    def _object(self, element: Any, frame: Any, place: _Place) -> Iterator[Block]:
        root: Any | None = next((child for child in element if isinstance(child.tag, str)), None)
        if root is None and element.tag == f"{DRAW}object":
            folder = posixpath.normpath(element.get(f"{XLINK}href", "")).lstrip("/")
            root = self.parts.optional(posixpath.join(folder, "content.xml"))
        if root is not None and root.tag == f"{MATH}math":
            if text := formula(root):
                yield Paragraph(text, role=place.role)
        elif root is not None and next(root.iter(f"{OFFICE}chart"), None) is not None:
            yield from self._picture(frame, "", place)
        else:
            self.note("embedded_object", "文档嵌入了其他文件，其内容未读取 / embedded file not read")

    def _footnote(self, note: Any, scope: _Scope) -> None:
        body = note.find(f"{TEXT}note-body")
        kind = "endnote" if note.get(f"{TEXT}note-class") == "endnote" else "footnote"
        if body is not None:
            self.footnotes[kind] += [b for b in self.blocks(body, _Place(scope, "footer")) if has_text(b)]

    def _margin_blocks(self, names: Iterable[str], role: Role) -> list[Block]:
        """The distinct headers or footers of the page masters that are used."""
        found: dict[Block, None] = {}
        for master in self.parts.masters(self.scope.styles.masters):
            for name in names:
                element = master.find(f"{STYLE}{name}")
                if element is None or element.get(f"{STYLE}display") == "false":
                    continue
                for block in self.blocks(element, _Place(self.margins, role)):
                    if has_text(block):
                        found.setdefault(block)
        return list(found)


def _scope(roots: list[Any]) -> _Scope:
    return _Scope(Styles(*roots), Numbering(ListStyles(*roots)))
