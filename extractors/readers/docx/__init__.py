"""Word documents (DOCX, DOCM, Flat OPC): the body in order, as Word shows it in its final state.

What is kept: automatic numbers as text, tables with their merged cells, text boxes and WordArt titles, footnotes, headers
and footers (apart, by role), links, and beside changed text its wording before the tracked changes. What is dropped:
hidden text, field codes, the phonetic guide over a word, the placeholder of an unfilled form field. What cannot be read
(large pictures, embedded files) becomes a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from extractors.readers import limits
from extractors.readers.docx.body import Body
from extractors.readers.docx.flat import MARK, FlatPackage
from extractors.readers.docx.numbering import Numbering
from extractors.readers.docx.runs import R
from extractors.readers.word.changes import has_changes
from extractors.readers.word.ooxml import Package, damaged, no_text
from extractors.readers.word.pictures import placed
from extractors.readers.word.wordprocessing import W, is_on
from schemas.errors import NotRead
from schemas.reading import Block, Note, Paragraph, Reading, Role

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_MAX_QUOTED = 200


def read(data: bytes, uri: str) -> Reading:
    """Reads a Word document.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        Headers, then the body in order (each followed by its nested tables and text boxes), then footnotes and footers.
        The text is that of the accepted state of tracked changes; ``before`` of a paragraph or cell is the other one.

    Raises:
        NotRead: ``damaged``, ``encrypted``, ``over_limit``, or ``no_text`` when nothing in it is text.
    """
    return read_at_depth(data, uri, 0)


def read_at_depth(data: bytes, uri: str, depth: int) -> Reading:
    """``read`` for a document inside ``depth`` others."""
    package = FlatPackage(data, uri) if MARK in data[: limits.SNIFF_BYTES] else Package(data, uri)
    main = package.main_part("word/document.xml")
    root = package.xml(main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise damaged(uri, "没有正文部件 word/document.xml / no document part")
    try:
        return _Story(package, main, uri, depth, read_at_depth).reading(body)
    except RecursionError as error:
        raise damaged(uri, "嵌套过深 / nested too deeply") from error


class _Story(Body):
    """A whole document: its body with what stands around it."""

    def reading(self, body: Any) -> Reading:
        """The whole document."""
        if has_changes(body):
            self.numbering_before = Numbering(self.numbering_root, self.styles)
        found = list(self.blocks(body, "body"))
        headers = self._margins(body, "headerReference", "header")
        footers = self._margins(body, "footerReference", "footer")
        notes = [block for kind in ("footnote", "endnote") for block in self._footnotes(kind)]
        found = [*self._still_there(headers), *self._still_there(found), *self._still_there(notes + footers)]
        found = self._with_pictures(found)
        if not any(_has_text(block) for block in found if block.role in ("body", "metadata", "furniture")):
            if self.pictures:
                raise no_text(self.uri, "文档中只有图片，没有文字 / only pictures", "请提供可检索的文字版")
            raise no_text(self.uri, "文档中没有文字 / no text", "请确认文件是否为空白文档")
        self._remark()
        return Reading(
            media_type=MEDIA_TYPE,
            blocks=found,
            meta=self.package.properties(),
            links=self.links,
            notes=[*self.notes.values(), *(Note("tracked_changes", message) for message in self.removed)],
        )

    def _still_there(self, found: list[Block]) -> list[Block]:
        """The blocks of the accepted state; those that only the state before had become notes."""
        kept: list[Block] = []
        for block in found:
            if isinstance(block, Paragraph) and not block.text and block.before:
                self.removed.append(f"修订删去：“{block.before}” / deleted by tracked changes")
            else:
                kept.append(block)
        return kept

    def _remark(self) -> None:
        """The notes that can only be written at the end."""
        if struck := self.around.struck:
            quoted = "；".join(text[:_MAX_QUOTED] for text in struck[:5])
            self.note(
                "struck_text",
                f"有{len(struck)}处文字加了删除线，仍按正文读取：“{quoted}” / {len(struck)} crossed-out texts were read as text",
            )
        root = self.part("comments")
        comments = sum(1 for _ in root.iterchildren(f"{W}comment")) if root is not None else 0
        if comments:
            self.note("comments", f"文档有{comments}条批注，未读入正文 / {comments} comments, not part of the text")

    def _with_pictures(self, found: list[Block]) -> list[Block]:
        """The blocks with the text of pictures where they stand."""
        said: list[Note] = []
        blocks = placed(found, self.package, said)
        for note in said:
            self.notes.setdefault(f"{note.kind} {len(self.notes)}", note)
        return blocks

    # Margins --------------------------------------------------------------------------------------------------------

    def _margins(self, body: Any, tag: str, role: Role) -> list[Block]:
        """The distinct headers or footers that the sections refer to and show (17.10.6 titlePg, 17.10.1 evenAndOdd…)."""
        settings = self.part("settings")
        even = settings is not None and is_on(settings.find(f"{W}evenAndOddHeaders"))
        found: dict[Block, None] = {}
        seen: set[str] = set()
        for reference in body.iter(f"{W}{tag}"):
            _, target, external = self.relations.get(reference.get(f"{R}id", ""), ("", "", True))
            kind = reference.get(f"{W}type")
            section = reference.getparent()
            if (kind == "even" and not even) or (kind == "first" and not is_on(section.find(f"{W}titlePg"))):
                continue
            if external or target in seen:
                continue
            seen.add(target)
            root = self.side_part(target)
            if root is None:
                continue
            with self._inside_part(target):
                for block in self.blocks(root, role):
                    if _has_text(block):
                        found.setdefault(block)
        return list(found)

    @contextmanager
    def _inside_part(self, name: str) -> Iterator[None]:
        """While a part is read, its references are those of its own relationships."""
        outer = self.around.relations
        try:
            self.around.relations = self.package.relations(name)
        except NotRead:
            self.around.relations = {}
        yield
        self.around.relations = outer

    def _footnotes(self, kind: str) -> list[Block]:
        wanted = {identifier for of_kind, identifier in self.footnotes if of_kind == kind}
        root = self.part(f"{kind}s") if wanted else None
        found: list[Block] = []
        for element in root.iterfind(f"{W}{kind}") if root is not None else ():
            if element.get(f"{W}id") in wanted:
                found += [block for block in self.blocks(element, "footer") if _has_text(block)]
        return found


def _has_text(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return bool(block.text or block.before)
    return any(cell.text.strip() for cell in block.cells)
