"""The styles of an OpenDocument text: outline, title, hidden text, lists and page masters (ODF 1.3 part 3, 16)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractors.readers.odt.names import OFFICE, STYLE, TEXT, whole_number
from schemas.reading import Style

_HEADING_NAME = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE_NAMES = {"title", "标题", "標題", "文档标题", "公文标题", "文件标题"}
_CONTENTS_NAME = re.compile(r"(?:toc|contents|目录|目錄)\s*[1-9]|toc heading|contents heading", re.IGNORECASE)
_ESCAPE = re.compile(r"_([0-9a-fA-F]{2,5})_")


@dataclass(slots=True)
class _Entry:
    """A paragraph or text style."""

    name: str
    parent: str | None
    outline: int | None
    list_style: str | None
    hidden: bool | None


class Styles:
    """The styles that hold in one part: the common ones, and the part's own automatic ones.

    Args:
        roots: the elements whose styles count; later ones win.
    """

    def __init__(self, *roots: Any) -> None:
        # Read when asked for: most styles of a file are not used.
        self._elements: dict[tuple[str, str], Any] = {}
        self._known: dict[tuple[str, str], _Entry] = {}
        self.masters: list[str] = []
        for root in roots:
            for style in root.iterfind(f"{STYLE}style"):
                family = style.get(f"{STYLE}family", "")
                master = style.get(f"{STYLE}master-page-name")
                if master:
                    self.masters.append(master)
                if family in ("paragraph", "text"):
                    self._elements[family, style.get(f"{STYLE}name", "")] = style

    def _chain(self, family: str, name: str | None) -> Iterator[_Entry]:
        for _ in range(32):
            key = family, name or ""
            entry = self._known.get(key)
            if entry is None:
                element = self._elements.get(key)
                if element is None:
                    return
                entry = self._known[key] = _entry(element)
            yield entry
            name = entry.parent

    def part(self, element: Any) -> tuple[Style, int | None]:
        """The part of a ``text:h`` or ``text:p`` in the outline, and its level."""
        if element.tag == f"{TEXT}h":
            return "heading", min(max(whole_number(element, f"{TEXT}outline-level", 1), 1), 9)
        for entry in self._chain("paragraph", element.get(f"{TEXT}style-name")):
            if entry.outline is not None:
                # The style makes headings, but this paragraph was made plain text: a heading would be a text:h.
                return "body", None
            if match := _HEADING_NAME.fullmatch(entry.name):
                return "heading", int(match[1])
            if entry.name.lower() in _TITLE_NAMES:
                return "title", None
        return "body", None

    def in_contents(self, name: str | None) -> bool:
        """Whether a paragraph style is one of the table of contents; an automatic style stands for its parent."""
        for entry in self._chain("paragraph", name):
            if _CONTENTS_NAME.fullmatch(entry.name):
                return True
            if not re.fullmatch(r"P\d+", entry.name):
                return False
        return False

    def list_style(self, name: str | None) -> str | None:
        """The list style that a paragraph style brings with it; '' where it says that there is none."""
        return next((e.list_style for e in self._chain("paragraph", name) if e.list_style is not None), None)

    def is_hidden(self, family: str, name: str | None) -> bool:
        """Whether text in a style is not shown (``text:display="none"``)."""
        return next((e.hidden for e in self._chain(family, name) if e.hidden is not None), False)


def style_roots(root: Any | None) -> list[Any]:
    """The elements of a part that hold styles, the common ones first."""
    if root is None:
        return []
    return [e for tag in ("styles", "automatic-styles") for e in root.iterfind(f"{OFFICE}{tag}")]


def plain_name(style: Any) -> str:
    """A style's name as shown: ``Heading_20_1`` is ``Heading 1``."""
    shown = style.get(f"{STYLE}display-name") or _ESCAPE.sub(_character, style.get(f"{STYLE}name", ""))
    return str(shown).strip()


def _character(match: re.Match[str]) -> str:
    value = int(match[1], 16)
    return chr(value) if 0x20 <= value < 0xD800 or 0xE000 <= value < 0x110000 else match[0]


def _entry(style: Any) -> _Entry:
    properties = style.find(f"{STYLE}text-properties")
    display = properties.get(f"{TEXT}display") if properties is not None else None
    outline = whole_number(style, f"{STYLE}default-outline-level", 0)
    return _Entry(
        name=plain_name(style),
        parent=style.get(f"{STYLE}parent-style-name"),
        outline=outline or None,
        list_style=style.get(f"{STYLE}list-style-name"),
        hidden=None if display is None else display == "none",
    )
