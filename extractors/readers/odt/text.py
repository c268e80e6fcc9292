"""The text of one paragraph of OpenDocument text: what is shown, with links, notes and anchored frames beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from extractors.readers.odt.changes import Changes
from extractors.readers.odt.names import DRAW, LOEXT, MATH, OFFICE, TEXT, XLINK, is_true, whole_number
from extractors.readers.odt.styles import Styles
from schemas.reading import Link

_SPACE = re.compile(r"[ \t\r\n]+")
_INVISIBLE = re.compile("[\u00ad\u200b\ufeff]")
_MOST_SPACES = 200
"""Spaces of one ``text:s``: more is no text."""

_SKIPPED = {
    f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{OFFICE}event-listeners", f"{TEXT}ruby-text",
    f"{TEXT}placeholder", f"{TEXT}script", f"{TEXT}number", f"{TEXT}tracked-changes", f"{TEXT}label",
}  # fmt: skip
_HIDDEN = {f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"}
_PAGE_NUMBERS = {f"{TEXT}page-number", f"{TEXT}page-count"}


class InlineText:
    """Collects the text of one paragraph.

    Args:
        styles: for text styles that hide.
        changes: the tracked changes of the story.
        note: records something about the document.

    Attributes:
        parts: the text so far, in pieces; a line break is ``\\n``.
        links: the links in it, with their text.
        footnotes: its ``text:note`` elements.
        frames: the drawing elements anchored in it, in order.
        has_page_number: whether a field shows the page number.
    """

    def __init__(self, styles: Styles, changes: Changes, note: Callable[[str, str], None]) -> None:
        self.parts: list[str] = []
        self.old: list[str] | None = [] if changes.inserting else None
        self.ended: list[tuple[str, str]] = []
        self.links: list[Link] = []
        self.footnotes: list[Any] = []
        self.frames: list[Any] = []
        self.has_page_number = False
        self._styles = styles
        self._changes = changes
        self._note = note

    def states(self) -> tuple[str, str]:
        """The text of the accepted state, and the one before: the same object where no change touched it."""
        text = "".join(self.parts)
        return text, text if self.old is None else "".join(self.old)

    def _put(self, text: str) -> None:
        self.parts.append(text)
        if self.old is not None and not self._changes.inserting:
            self.old.append(text)

    def _part_ways(self) -> list[str]:
        if self.old is None:
            self.old = list(self.parts)
        return self.old

    def _deleted(self, paragraphs: list[str]) -> None:
        for index, text in enumerate(paragraphs):
            if index:
                self.ended.append(("".join(self.parts), "".join(self._part_ways())))
                self.parts.clear()
                self.old = []
            self._part_ways().append(text)

    def add(self, parent: Any) -> None:
        """Reads the content of a paragraph or of an element inside it."""
        if parent.text:
            self._characters(parent.text)
        for element in parent:
            if isinstance(element.tag, str):
                self._element(element, element.tag)
            if element.tail:
                self._characters(element.tail)

    def _characters(self, text: str) -> None:
        # ODF 1.3 part 3, 6.1.2: white space is one space, and none at the start or behind another one.
        text = _SPACE.sub(" ", _INVISIBLE.sub("", text))
        if text.startswith(" ") and (not self.parts or self.parts[-1].endswith((" ", "\n", "\t"))):
            text = text[1:]
        if text:
            self._put(text)

    def _element(self, element: Any, tag: str) -> None:
        if tag == f"{TEXT}span":
            if not self._is_hidden(element):
                self.add(element)
        elif tag == f"{TEXT}s":
            self._put(" " * min(max(whole_number(element, f"{TEXT}c", 1), 0), _MOST_SPACES))
        elif tag == f"{TEXT}tab":
            self._put("\t")
        elif tag == f"{TEXT}line-break":
            self._put("\n")
        elif tag == f"{TEXT}a":
            before = len(self.parts)
            self.add(element)
            text = "".join(self.parts[before:]).strip()
            target = element.get(f"{XLINK}href", "")
            if text and target and not target.startswith("#"):
                self.links.append(Link(text, target))
        elif tag == f"{TEXT}note":
            self.footnotes.append(element)
        elif tag.startswith(DRAW):
            math = next(element.iter(f"{MATH}math"), None)
            if math is not None:
                self._put(formula(math))
            else:
                self.frames.append(element)
        elif tag == f"{TEXT}change":
            self._deleted(self._changes.deleted(element))
        elif tag == f"{TEXT}change-start":
            self._part_ways()
            self._changes.start(element)
        elif tag == f"{TEXT}change-end":
            self._changes.end(element)
        elif tag in _HIDDEN:
            if element.get(f"{TEXT}is-hidden") != "false":
                self.hidden()
            else:
                self.add(element)
        elif tag == f"{LOEXT}content-control" and is_true(element, f"{LOEXT}showing-place-holder"):
            return
        elif tag not in _SKIPPED:
            self.has_page_number = self.has_page_number or tag in _PAGE_NUMBERS
            self.add(element)

    def _is_hidden(self, element: Any) -> bool:
        if not self._styles.is_hidden("text", element.get(f"{TEXT}style-name")):
            return False
        if "".join(element.itertext()).strip():
            self.hidden()
        return True

    def hidden(self) -> None:
        """Notes that text is hidden."""
        self._note("hidden_text", "文档含隐藏文字，未读取 / hidden text not read")


def formula(math: Any) -> str:
    """The signs of a MathML formula in a row."""
    wanted = {f"{MATH}mi", f"{MATH}mn", f"{MATH}mo", f"{MATH}mtext"}
    return "".join((element.text or "").strip() for element in math.iter() if element.tag in wanted)
