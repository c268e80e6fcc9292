"""The part of a Word paragraph in the outline: heading, title, line of a table of contents, or running text."""

from __future__ import annotations

import re
from typing import Any

from extractors.readers.docx.numbering import Styles
from extractors.readers.word.wordprocessing import W, number
from schemas.reading import Style

_HEADING_NAME = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE_NAMES = {"title", "标题", "標題", "文档标题", "公文标题", "文件标题"}
_CONTENTS_NAME = re.compile(r"(?:toc|目录|目錄)\s*[1-9]|toc heading", re.IGNORECASE)


class Outline:
    """What the styles of a document say about its outline.

    Args:
        styles: the document's styles.
    """

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self._known: dict[str | None, tuple[Style, int | None]] = {}

    def of(self, properties: Any | None, style_id: str | None) -> tuple[Style, int | None]:
        """The paragraph's part in the outline: its own outline level, then its style's, then its style's name."""
        own = number(properties.find(f"{W}outlineLvl")) if properties is not None else None
        if own is None:
            known = self._known.get(style_id)
            if known is not None:
                return known
        chain = [style for _, style in self.styles.chain(style_id)]
        level = own if own is not None else next((s.outline for s in chain if s.outline is not None), None)
        result: tuple[Style, int | None] = ("body", None)
        if level is not None and 0 <= level <= 8:
            result = ("heading", level + 1)
        elif level is None:
            for style in chain:
                if match := _HEADING_NAME.fullmatch(style.name.strip()):
                    result = ("heading", int(match[1]))
                    break
                if style.name.strip().lower() in _TITLE_NAMES:
                    result = ("title", None)
                    break
        if own is None:
            self._known[style_id] = result
        return result

    def is_contents(self, style_id: str | None) -> bool:
        """Whether a style is one of a table of contents."""
        return any(_CONTENTS_NAME.fullmatch(style.name.strip()) for _, style in self.styles.chain(style_id)[:1])
