"""OpenDocument text (ODT, OTT, flat FODT): the body in order, as the program shows it in its final state.

Kept and dropped is what the reader of Word documents keeps and drops. The standard is OASIS OpenDocument 1.3; what
LibreOffice and Word write beyond it is said beside the code.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from extractors.readers import limits
from extractors.readers.docx_numbering import joined
from extractors.readers.odt_lists import ListStyles, Numbering, Run
from extractors.readers.odt_names import (
    DC,
    DRAW,
    MATH,
    META,
    OFFICE,
    STYLE,
    SVG,
    TABLE,
    TEXT,
    XLINK,
    centimetres,
    is_true,
    whole,
)  # fmt: skip
from extractors.readers.odt_styles import Styles, style_roots
from extractors.readers.odt_tables import build
from extractors.readers.odt_text import InlineText, formula
from extractors.readers.ooxml import Package, damaged, encrypted, no_text, over_limit, xml_root
from extractors.readers.word_grid import has_text
from extractors.spacing import close_gaps
from schemas.errors import NotRead
from schemas.reading import Block, Link, Note, Paragraph, Reading, Role

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"

# A picture of at least 6 × 3 cm can hold text that matters (as in Word documents).
_LARGE_PICTURE = (6.0, 3.0)

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
    for name in ("sequence-decls", "variable-decls", "user-field-decls", "dde-connection-decls", "soft-page-break", "change",
                 "change-start", "change-end", "section-source", "alphabetical-index-auto-mark-file", "number")
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
    """What holds in one part: its styles and its running numbers."""

    styles: Styles
    numbering: Numbering


@dataclass(slots=True)
class _Place:
    """Where blocks are: their role, whether in a table of contents, in a table."""

    scope: _Scope
    role: Role = "body"
    contents: bool = False
    cell: bool = False


class _Document:
    """The state of one pass: notes, links, footnotes and what was counted."""

    def __init__(self, data: bytes, uri: str) -> None:
        self.uri = uri
        self.package: Package | None = None
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            content = styles = meta = xml_root(data, uri, "office:document")
        else:
            self.package = Package(data, uri)
            manifest = self.package.bytes_of("META-INF/manifest.xml") or b""
            if b"encryption-data" in manifest or "encrypted-package" in self.package:
                raise encrypted(uri)
            content, styles = self.package.xml("content.xml"), self.package.xml("styles.xml")
            meta = self._optional("meta.xml")
        self.text = content.find(f"{OFFICE}body/{OFFICE}text") if content is not None else None
        if self.text is None:
            raise damaged(uri, "没有正文 office:text / no text body")
        self.styles_root, self.meta_root = styles, meta
        common = style_roots(styles)[:1]
        self.scope = _scope([*common, *style_roots(content)])
        self.margins = _scope(style_roots(styles))
        self.links: list[Link] = []
        self.notes: dict[str, Note] = {}
        self.footnotes: dict[str, list[Block]] = {"footnote": [], "endnote": []}
        self.characters = 0
        self.cells = 0

    def _optional(self, name: str) -> Any | None:
        try:
            return self.package.xml(name) if self.package is not None else None
        except NotRead:
            # Properties are extra: a document whose text is whole is not given up for them.
            return None

    def reading(self) -> Reading:
        """The whole document."""
        blocks = list(self.blocks(self.text, _Place(self.scope)))
        headers = self._margin_blocks(("header-first", "header", "header-left"), "header")
        footers = self._margin_blocks(("footer-first", "footer", "footer-left"), "footer")
        blocks = [*headers, *blocks, *self.footnotes["footnote"], *self.footnotes["endnote"], *footers]
        if not any(has_text(block) for block in blocks if block.role in ("body", "metadata", "furniture")):
            if "image" in self.notes:
                raise no_text(self.uri, "文档中只有图片，没有文字 / only pictures", "请提供可检索的文字版")
            raise no_text(self.uri, "文档中没有文字 / no text", "请确认文件是否为空白文档")
        return Reading(
            media_type=MEDIA_TYPE,
            blocks=blocks,
            meta=_properties(self.meta_root),
            links=self.links,
            notes=list(self.notes.values()),
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
        for element in parent:
            tag = element.tag
            if not isinstance(tag, str) or tag in _PASSED:
                continue
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self.paragraph(element, place, self._heading_label(element, place))
            elif tag == f"{TEXT}list":
                yield from self._list(element, place, None, "", 0)
            elif tag == f"{TEXT}numbered-paragraph":
                yield from self._numbered(element, place)
            elif tag == f"{TABLE}table":
                yield from self._table(element, place)
            elif tag.startswith(DRAW):
                yield from self._frame(element, place)
            elif tag == f"{TEXT}tracked-changes":
                self._tracked(element)
            elif tag == f"{TEXT}section" and element.get(f"{TEXT}display") == "none":
                self.note("hidden_text", "文档含隐藏文字，未读取 / hidden text not read")
            elif tag in _CONTENTS:
                body = element.find(f"{TEXT}index-body")
                if body is not None:
                    yield from self.blocks(body, _Place(place.scope, place.role, contents=True))
            elif not tag.endswith("-source"):
                yield from self.blocks(element, place)

    def _table(self, element: Any, place: _Place) -> Iterator[Block]:
        inside = _Place(place.scope, place.role, place.contents, cell=True)

        def content_of(cell: Any) -> list[Block]:
            return list(self.blocks(cell, inside))

        yield from build(element, place.role, content_of, self.count)

    def _tracked(self, element: Any) -> None:
        # A change of format (text:format-change) changes no text.
        if next(element.iter(f"{TEXT}insertion", f"{TEXT}deletion"), None) is not None:
            self.note(
                "tracked_changes",
                "文档含修订痕迹，按接受全部修订后的文字读取 / tracked changes: read as if all were accepted",
            )

    def paragraph(self, element: Any, place: _Place, label: str | None) -> Iterator[Block]:
        """A paragraph, as one block for each of its lines, then the text boxes anchored in it."""
        styles, name = place.scope.styles, element.get(f"{TEXT}style-name")
        inline = InlineText(styles, self.note)
        if not styles.is_hidden("paragraph", name):
            inline.add(element)
        elif "".join(element.itertext()).strip():
            inline.hidden()
        text = "".join(inline.parts)
        self.characters += len(text)
        if self.characters > limits.MAX_CHARACTERS:
            raise over_limit(self.uri, f"文字超过 {limits.MAX_CHARACTERS} 个 / more characters than the limit")
        self.links += inline.links
        for note in inline.footnotes:
            self._footnote(note, place.scope)
        style, level = styles.part(element)
        role = place.role
        if role == "body" and (place.contents or styles.in_contents(name)):
            role, style, level = "furniture", "body", None
        if inline.has_page_number and role in ("header", "footer"):
            role = "page_number"
        lines = [text.replace("\n", "")] if style != "body" else text.split("\n")
        for line in lines:
            line = close_gaps(line.strip())
            if line:
                yield Paragraph(joined(label, line), style=style, level=level, role=role)
                label = None
        if label and place.cell and not text.strip():
            # 序号 columns are often nothing but automatic numbers.
            yield Paragraph(label, role=role)
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
                        start = whole(item, f"{TEXT}start-value", -1)
                        label = place.scope.numbering.label(run, form, level, start if start >= 0 else None)
                        numbered = False
                    yield from self.paragraph(child, place, label)
                elif child.tag == f"{TEXT}list":
                    yield from self._list(child, place, run, style, level + 1)
                elif isinstance(child.tag, str):
                    yield from self.blocks([child], place)

    def _style_of_items(self, element: Any, place: _Place) -> str | None:
        first = next(element.iter(f"{TEXT}p", f"{TEXT}h"), None)
        return place.scope.styles.list_style(first.get(f"{TEXT}style-name")) if first is not None else None

    def _numbered(self, element: Any, place: _Place) -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name") or self._style_of_items(element, place) or ""
        numbering = place.scope.numbering
        start = whole(element, f"{TEXT}start-value", -1)
        level = max(whole(element, f"{TEXT}level", 1), 1) - 1
        label = numbering.label(numbering.run(element, style), style, level, start if start >= 0 else None)
        for child in element:
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self.paragraph(child, place, label)
                label = None

    def _heading_label(self, element: Any, place: _Place) -> str | None:
        """The number that the outline style gives a heading outside of lists."""
        if element.tag != f"{TEXT}h" or is_true(element, f"{TEXT}is-list-header"):
            return None
        if place.scope.styles.list_style(element.get(f"{TEXT}style-name")) == "":
            return None
        start = whole(element, f"{TEXT}start-value", -1) if is_true(element, f"{TEXT}restart-numbering") else -1
        level = max(whole(element, f"{TEXT}outline-level", 1), 1) - 1
        return place.scope.numbering.heading(level, start if start >= 0 else None)

    # Frames, notes, margins ------------------------------------------------------------------------------------------

    def _frame(self, element: Any, place: _Place) -> Iterator[Block]:
        """The text of a frame or shape; pictures and embedded files are noted."""
        # Word's watermarks come as shapes of this name behind the text of a header.
        if element.get(f"{DRAW}name", "").startswith("PowerPlusWaterMarkObject"):
            return
        if element.tag != f"{DRAW}frame":
            # A shape holds paragraphs itself; groups, links around frames and 3D scenes hold shapes.
            yield from self.blocks(element, place)
            return
        for child in element:
            if child.tag == f"{DRAW}text-box":
                yield from self.blocks(child, place)
            elif child.tag == f"{TABLE}table":
                yield from self.blocks([child], place)
            elif child.tag in (f"{DRAW}object", f"{DRAW}object-ole"):
                yield from self._object(child, element, place)
            elif child.tag == f"{DRAW}image":
                if _is_large(element):
                    self.note("image", "文档含图片，图中文字未读取 / text in pictures not read")
            else:
                continue
            # What follows stands in for it where it cannot be shown.
            return

    def _object(self, element: Any, frame: Any, place: _Place) -> Iterator[Block]:
        root: Any | None = next((child for child in element if isinstance(child.tag, str)), None)
        if root is None and element.tag == f"{DRAW}object":
            folder = posixpath.normpath(element.get(f"{XLINK}href", "")).lstrip("/")
            root = self._optional(posixpath.join(folder, "content.xml"))
        if root is not None and root.tag == f"{MATH}math":
            if text := formula(root):
                yield Paragraph(text, role=place.role)
        elif root is not None and next(root.iter(f"{OFFICE}chart"), None) is not None:
            if _is_large(frame):
                self.note("image", "文档含图片，图中文字未读取 / text in pictures not read")
        else:
            self.note("embedded_object", "文档嵌入了其他文件，其内容未读取 / embedded file not read")

    def _footnote(self, note: Any, scope: _Scope) -> None:
        body = note.find(f"{TEXT}note-body")
        kind = "endnote" if note.get(f"{TEXT}note-class") == "endnote" else "footnote"
        if body is not None:
            self.footnotes[kind] += [b for b in self.blocks(body, _Place(scope, "footer")) if has_text(b)]

    def _margin_blocks(self, names: Iterable[str], role: Role) -> list[Block]:
        """The distinct headers or footers of the page masters that are used."""
        found: list[Block] = []
        for master in self._masters():
            for name in names:
                element = master.find(f"{STYLE}{name}")
                if element is None or element.get(f"{STYLE}display") == "false":
                    continue
                for block in self.blocks(element, _Place(self.margins, role)):
                    if has_text(block) and block not in found:
                        found.append(block)
        return found

    def _masters(self) -> list[Any]:
        """The page masters in use: the first, those that styles of the body name, and those that follow them."""
        root = self.styles_root
        masters = list(root.iterfind(f"{OFFICE}master-styles/{STYLE}master-page")) if root is not None else []
        by_name = {master.get(f"{STYLE}name", ""): master for master in masters}
        wanted = [*list(by_name)[:1], "Standard", *self.scope.styles.masters]
        used: dict[str, Any] = {}
        while wanted:
            name = wanted.pop(0)
            if name in by_name and name not in used:
                used[name] = by_name[name]
                wanted.append(by_name[name].get(f"{STYLE}next-style-name", ""))
        return list(used.values())


def _scope(roots: list[Any]) -> _Scope:
    return _Scope(Styles(*roots), Numbering(ListStyles(*roots)))


def _is_large(frame: Any) -> bool:
    """Whether a picture is large enough to hold text; one without a size may be."""
    width, height = centimetres(frame.get(f"{SVG}width")), centimetres(frame.get(f"{SVG}height"))
    return width is None or height is None or (width >= _LARGE_PICTURE[0] and height >= _LARGE_PICTURE[1])


def _properties(root: Any | None) -> dict[str, str]:
    """The properties that are filled in: title, creator, creation-date …; user-defined ones under their names."""
    found: dict[str, str] = {}
    for item in root.iterfind(f"{OFFICE}meta/*") if root is not None else ():
        if not isinstance(item.tag, str) or not item.tag.startswith((DC, META)):
            continue
        name = item.get(f"{META}name") or item.tag.rpartition("}")[2]
        if value := re.sub(r"\s+", " ", item.text or "").strip():
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found
