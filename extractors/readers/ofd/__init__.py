"""OFD (GB/T 33190-2016), the fixed-layout format of Chinese offices: its pages to paragraphs and ruled tables.

A page's characters and straight lines are collected with their places (``ofd_content``); from there it is a page like
one of a PDF (``pages``). Pages that are only pictures go to text recognition where it is installed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from extractors.readers import limits
from extractors.readers.ocr.insets import Insets
from extractors.readers.ofd.content import Content, TooMuch, body_of, content_of
from extractors.readers.ofd.document import Body, Leaf, bodies, page_size, read_resources
from extractors.readers.ofd.extras import note_annotations, note_attachments, note_signatures
from extractors.readers.ofd.geometry import PAGE
from extractors.readers.ofd.images import NoPicture, insets, page_image, recognised
from extractors.readers.ofd.outlines import are_text, drawn
from extractors.readers.ofd.package import OfdPackage, children, text_of
from extractors.readers.ofd.turning import Shown, put_on, shown
from extractors.readers.pages.assemble import Page, blocks, page_of
from extractors.readers.pages.garbled import is_garbled
from extractors.readers.pages.rules import MAX_SEGMENTS, Stroke, TooManyLines
from extractors.readers.word.ooxml import damaged, no_text, over_limit
from schemas.errors import NotRead
from schemas.reading import Note, Reading

MEDIA_TYPE = "application/ofd"
T = TypeVar("T")
_SOME, _MOST = 0.3, 0.6
"""Shares of a page that pictures must cover for it to be a scan: without any text, and with a little."""
_FEW, _SHORT = 30, 150
"""Characters of a page: fewer are a page number or a stamp; fewer than the second may stand on a scan (a letterhead, a
receipt mark) as well as be a short page on a background."""
_SCAN_CURE = "请提供可检索的 OFD、PDF 或 Word 原件 / obtain a searchable OFD or PDF or the Word original"


def read(data: bytes, uri: str) -> Reading:
    """Reads an OFD file.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        Paragraphs and tables in reading order with page and boxes (points, origin top left), the documents of the
        package one after the other; DocInfo of the first as ``meta``. A page that cannot be read is noted as
        ``unreadable_page``; watermarks, stamps, annotations and files inside are noted, not mixed in.

    Raises:
        NotRead: ``encrypted``, ``damaged``, ``no_pages``, ``over_limit``, or ``no_text`` when no page gives text.
    """
    package = OfdPackage(data, uri)
    reading = Reading(MEDIA_TYPE, pages=0)
    pictures = Insets(reading.notes)
    characters = unreadable = scans = 0
    for body in bodies(package, reading.notes):
        reader = _Reader(package, body, reading.notes, reading.pages or 0, pictures)
        pages = []
        for leaf in body.leaves:
            page = reader.page(leaf)
            if page is not None:
                pages.append(page)
            if characters + reader.characters > limits.MAX_CHARACTERS:
                raise over_limit(uri, f"文字超过 {limits.MAX_CHARACTERS} 个 / too many characters")
        characters += reader.characters
        unreadable += reader.unreadable
        scans += reader.scans
        note_annotations(package, body, reader.first, reading.notes)
        note_attachments(package, body, reading.notes)
        note_signatures(package, body, reading.notes)
        reading.pages = (reading.pages or 0) + len(body.leaves)
        reading.meta = {**body.info, **reading.meta}
        reading.blocks += blocks(pages) if pages else []
    if not reading.pages:
        raise NotRead(
            uri, "no_pages", "OFD 没有任何页面 / the OFD has no pages", "请重新取得该文件 / obtain the file again"
        )
    if package.escapes:
        listed = "、".join(package.escapes[:5])
        reading.notes.append(
            Note("path_escape", f"指向文件包之外的路径已忽略 / paths out of the package ignored: {listed}")
        )
    if not reading.blocks:
        if unreadable == reading.pages and not scans:
            raise damaged(uri, "OFD 的页面均无法读取 / no page of the OFD can be read")
        raise no_text(uri, "OFD 没有可读的文字 / the OFD gives no text", _SCAN_CURE)
    return reading


def pages(data: bytes, uri: str) -> Iterator[tuple[int, Shown, OfdPackage]]:
    """What stands on each page that can be read, upright, with its number and the package that holds its pictures.

    Raises:
        NotRead: as ``read``.
    """
    package = OfdPackage(data, uri)
    notes: list[Note] = []
    before = 0
    for body in bodies(package, notes):
        reader = _Reader(package, body, notes, before, Insets(notes))
        for number, leaf in enumerate(body.leaves, before + 1):
            if (page := reader.shown(leaf)) is not None:
                yield number, page, package
        before += len(body.leaves)


class _Reader:
    """Reads the pages of one document; counts characters and what could not be read."""

    def __init__(self, package: OfdPackage, body: Body, notes: list[Note], before: int, reader: Insets) -> None:
        self._package, self._body, self._notes, self._reader = package, body, notes, reader
        self._templates: dict[str, Content | None] = {}
        self.first = self._next = before + 1
        self.characters = self.unreadable = self.scans = 0

    def page(self, leaf: Leaf) -> Page | None:
        """One page; None, with a note, when it cannot be read."""
        return self._guarded(leaf, self._page)

    def shown(self, leaf: Leaf) -> Shown | None:
        """What stands on a page, upright; None when it cannot be read."""
        return self._guarded(leaf, lambda root, folder, number: self._content(root, folder, number)[1])

    def _guarded(self, leaf: Leaf, read: Callable[[Any, str, int], T | None]) -> T | None:
        number = self._next
        self._next += 1
        try:
            if leaf.part is None:
                raise damaged(self._package.uri, "页面内容缺失 / the page's content is missing")
            root = self._package.xml(leaf.part)
            return read(root, posixpath.dirname(leaf.part), number)
        except NotRead as error:
            if error.cause != "damaged":
                raise
            self._unread(number, error.message)
        except TooMuch:
            raise over_limit(self._package.uri, f"第 {number} 页内容过多 / page {number} holds too much") from None
        return None

    def _content(self, root: Any, folder: str, number: int) -> tuple[Content, Shown]:
        """What is drawn on a page, and the same upright."""
        resources = self._body.resources
        for item in children(root, "PageRes"):
            location = text_of(item)
            resources = resources.with_more(read_resources(self._package, location, folder, self._notes))
        area = next(children(root, "Area"), None)
        width, height = page_size(area) or self._body.size
        content = Content()
        below, above = self._of_templates(root, number)
        for template in below:
            content.add(template)
        if (own := body_of(root)) is not None:
            content.add(content_of(own, PAGE, resources))
        for template in above:
            content.add(template)
        self.characters += content.characters
        return content, shown(content, width, height)

    def _page(self, root: Any, folder: str, number: int) -> Page | None:
        content, page = self._content(root, folder, number)
        self._note(content, page, number)
        count = sum(len(glyphs) for glyphs in content.glyphs.values())
        area = page.width * page.height
        share = min(sum(picture.area for picture in page.pictures) / area, 1.0)
        # The text layer of a scan is not drawn, or drawn first and covered by the picture.
        layer = max([content.hidden, *(p.over for p in page.pictures if p.area > _MOST * area)])
        if count == 0 and share <= _SOME and are_text(content.shapes):
            return self._recognised(page, number, lambda: drawn(content.shapes, page.strokes, page.width, page.height))
        if (count == 0 and share > _SOME) or (layer < _FEW and count < _SHORT and share > _MOST):
            return self._recognised(page, number, self._pictures(page))
        if is_garbled("".join(glyph.text for glyph in page.glyphs), of_scan=share > _MOST):
            if share > _MOST:
                return self._recognised(replace(page, glyphs=[]), number, self._pictures(page))
            self._unread(number, "文字层是乱码 / the text layer says wrong characters")
        elif share > _SOME and layer > 0.5 * count:
            self._notes.append(
                Note("ocr_text", f"第 {number} 页的文字来自扫描识别层，可能有误 / text of a scan, may be wrong", number)
            )
        return self._laid(page, number)

    def _pictures(self, page: Shown) -> Callable[[], Any]:
        return lambda: page_image(self._package, page.pictures, page.width, page.height)

    def _recognised(self, page: Shown, number: int, picture: Callable[[], Any]) -> Page | None:
        """A page that is mostly a picture: recognised, with the few characters that stand on it beside."""
        self.scans += 1
        try:
            read = recognised(picture, number, page.width, page.height, self._notes)
        except NoPicture as reason:
            if len(page.glyphs) < _FEW:
                self._unread(number, str(reason))
            else:
                # As likely the background of a short page as a scan with a stamp of text.
                self._notes.append(Note("picture_not_read", f"第 {number} 页的图片未读取：{reason}", number))
            if not page.glyphs:
                return None
        else:
            if read.lines or read.tables:
                put_on(read, page)
                return read
        return self._laid(page, number, pictures=False)

    def _laid(self, page: Shown, number: int, *, pictures: bool = True) -> Page:
        laid = page_of(number, page.width, page.height, page.glyphs, _bounded(page.strokes), self._notes)
        laid.back = page.back
        if pictures:
            laid.insets = insets(self._package, page, number, self._reader)
        return laid

    def _of_templates(self, root: Any, number: int) -> tuple[list[Content], list[Content]]:
        """The templates that a page is drawn on and those drawn over it (GB/T 33190-2016, 7.7)."""
        below: list[Content] = []
        above: list[Content] = []
        for use in list(children(root, "Template"))[:50]:
            identifier = use.get("TemplateID") or ""
            part, order = self._body.templates.get(identifier, (None, ""))
            if identifier not in self._templates:
                self._templates[identifier] = self._template(part, number)
            content = self._templates[identifier]
            if content is not None:
                (above if (use.get("ZOrder") or order) == "Foreground" else below).append(content)
        return below, above

    def _template(self, part: str | None, number: int) -> Content | None:
        try:
            root = self._package.xml(part) if part is not None else None
            resources = self._body.resources
            for item in children(root, "PageRes"):
                folder = posixpath.dirname(part or "")
                resources = resources.with_more(read_resources(self._package, text_of(item), folder, self._notes))
            if root is not None:
                own = body_of(root)
                return content_of(own, PAGE, resources) if own is not None else Content()
        except NotRead as error:
            if error.cause != "damaged":
                raise
        self._notes.append(
            Note("resource_missing", f"第 {number} 页的模板缺失或损坏 / a template is missing or broken", number)
        )
        return None

    def _note(self, content: Content, page: Shown, number: int) -> None:
        """What a reader of the page must know of what was left out of it."""
        say = self._notes.append
        if content.watermark:
            text = "；".join(dict.fromkeys(content.watermark))[:200]
            say(Note("watermark", f"第 {number} 页的水印未计入正文 / watermark left out: {text}", number))
        if page.aside:
            text = page.aside[:200]
            say(
                Note("rotated_text", f"第 {number} 页侧排的文字未计入正文 / text set sideways left out: {text}", number)
            )
        if content.left_out:
            say(
                Note(
                    "hidden_text", f"第 {number} 页有不显示的文字，未读取 / text that is switched off, left out", number
                )
            )
        if content.repeated:
            say(Note("resource_missing", f"第 {number} 页有循环引用，已忽略 / a unit holds itself, ignored", number))
        if not content.unknown:
            return
        known = sum(not "\ue000" <= glyph.text <= "\uf8ff" for some in content.glyphs.values() for glyph in some)
        if content.unknown > known or (content.unknown > 20 and content.unknown > 0.3 * known):
            self._unread(number, "字体没有字符映射，文字无法识别 / the fonts do not say their characters")

    def _unread(self, number: int, message: str) -> None:
        self.unreadable += 1
        self._notes.append(Note("unreadable_page", f"第 {number} 页未读取：{message}", number))


def _bounded(strokes: Sequence[Stroke]) -> Iterator[Stroke]:
    """The lines of a page, unless there are more than a table has."""
    if len(strokes) > MAX_SEGMENTS:
        raise TooManyLines
    yield from strokes
