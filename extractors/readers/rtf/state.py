"""What holds inside a group of an RTF file, and what its header tables say: fonts, styles, lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractors.readers.rtf.codepages import SYMBOL, of_charset, of_page
from extractors.readers.rtf.story import Story
from extractors.readers.word.changes import BOTH
from extractors.readers.word.changes import State as Change
from schemas.reading import Style

_HEADING_NAME = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE_NAMES = {"title", "标题", "標題", "文档标题", "公文标题", "文件标题"}
_CONTENTS_NAME = re.compile(r"(?:toc|contents|目录|目錄)\s*[1-9]|toc heading|contents heading", re.IGNORECASE)

BODY, LABEL, FONTS, STYLES, LISTS, INFO, CODE, PICTURE, MUTE = range(9)
"""Where the text of a group goes (``State.target``)."""


@dataclass(slots=True)
class Field:
    """A field: its code, and of a form field the type, its state and the state it begins with."""

    code: str = ""
    form: list[int | None] = field(default_factory=lambda: [None, None, None])

    @property
    def kind(self) -> str:
        """The field's name: ``PAGE``, ``TOC``, ``HYPERLINK`` …"""
        words = self.code.split(None, 1)
        return words[0].upper() if words else ""

    @property
    def box(self) -> str:
        """A check box as it is shown; empty for other fields. 25 means that its state was never changed."""
        if self.kind != "FORMCHECKBOX":
            return ""
        _, state, default = self.form
        return "☑" if (default if state in (None, 25) else state) else "☐"


class State:
    """The properties that a group inherits and gives back at its end."""

    __slots__ = (
        "contents", "deleted", "field", "font", "hidden", "in_table", "itap", "key", "list_id", "list_level",
        "outline", "revised", "row_depth", "story", "style", "target", "uc", "upper",
    )  # fmt: skip

    def __init__(self, story: Story) -> None:
        self.story = story
        self.target = BODY
        self.key = ""
        self.font = -1
        self.uc = 1
        self.hidden = self.deleted = self.revised = self.in_table = self.contents = False
        self.itap = 0
        self.style = 0
        self.outline: int | None = None
        self.list_id: int | None = None
        self.list_level = 0
        self.field: Field | None = None
        self.upper = BODY
        self.row_depth = 1

    def copy(self) -> State:
        """The same properties, to be changed apart."""
        new = State.__new__(State)
        new.story, new.target, new.key, new.font, new.uc = self.story, self.target, self.key, self.font, self.uc
        new.hidden, new.deleted, new.in_table, new.contents = self.hidden, self.deleted, self.in_table, self.contents
        new.itap, new.style, new.outline, new.field = self.itap, self.style, self.outline, self.field
        new.list_id, new.list_level, new.upper = self.list_id, self.list_level, self.upper
        new.row_depth, new.revised = self.row_depth, self.revised
        return new

    @property
    def change(self) -> Change:
        """In which states of the tracked changes the text at hand is there."""
        if not self.deleted and not self.revised:
            return BOTH
        return Change(now=not self.deleted, before=not self.revised)

    @property
    def depth(self) -> int:
        """In how many tables a paragraph lies."""
        return self.itap or int(self.in_table)


@dataclass(slots=True)
class Font:
    """A font: its name, and the codec of bytes set in it (None: the document's)."""

    name: str = ""
    codec: str | None = None
    paged: bool = False

    def set_charset(self, number: int) -> None:
        """``\\fcharset``, unless ``\\cpg`` spoke before: it supersedes the character set."""
        if not self.paged:
            self.codec = of_charset(number)

    def set_page(self, number: int) -> None:
        """``\\cpg``."""
        if number and (codec := of_page(number)):
            self.codec, self.paged = codec, True

    @property
    def is_symbol(self) -> bool:
        """Whether it is a font of symbols."""
        return self.codec == SYMBOL


@dataclass(slots=True)
class ParagraphStyle:
    """An entry of the style sheet."""

    name: str = ""
    based_on: int | None = None
    outline: int | None = None


@dataclass(slots=True)
class Styles:
    """The paragraph styles by number."""

    known: dict[int, ParagraphStyle] = field(default_factory=dict)

    def part(self, number: int, outline: int | None) -> tuple[Style, int | None, bool]:
        """A paragraph's part in the outline, its level, and whether it belongs to a table of contents.

        Args:
            number: its style.
            outline: its own outline level, from 0, None where it names none.
        """
        chain: list[ParagraphStyle] = []
        current: int | None = number
        while current is not None and current in self.known and len(chain) < 32:
            chain.append(self.known[current])
            current = self.known[current].based_on
        contents = bool(chain) and _CONTENTS_NAME.fullmatch(chain[0].name) is not None
        level = outline if outline is not None else next((s.outline for s in chain if s.outline is not None), None)
        if level is not None and 0 <= level <= 8:
            return "heading", level + 1, contents
        if level is None:
            for style in chain:
                if match := _HEADING_NAME.fullmatch(style.name):
                    return "heading", int(match[1]), contents
                if style.name.lower() in _TITLE_NAMES:
                    return "title", None, contents
        return "body", None, contents


@dataclass(slots=True)
class Lists:
    """Which levels of which lists are bullets: their sign is no number."""

    forms: dict[int, list[int]] = field(default_factory=dict)
    lists: dict[int, int] = field(default_factory=dict)
    levels: list[int] = field(default_factory=list)
    identifier: int | None = None

    def begin(self) -> None:
        """``\\list``."""
        self.levels, self.identifier = [], None

    def name(self, identifier: int) -> None:
        """``\\listid``: of a list that was described, or of the list that an override stands for."""
        self.identifier = identifier
        if self.levels:
            self.forms[identifier] = self.levels
            self.levels = []

    def use(self, number: int) -> None:
        """``\\ls`` of an override."""
        if self.identifier is not None:
            self.lists[number] = self.identifier

    def is_bullet(self, number: int | None, level: int) -> bool:
        """Whether a list shows signs instead of numbers at a level (``\\levelnfc23``; 255 shows nothing)."""
        forms = self.forms.get(self.lists.get(number, -1), []) if number is not None else []
        return level < len(forms) and forms[level] in (23, 255)


@dataclass(slots=True)
class PictureData:
    """A ``\\pict``: its size in twips, how much of it is shown in per cent, its bytes."""

    size: list[int] = field(default_factory=lambda: [0, 0, 100, 100])
    is_bitmap: bool = False
    hexadecimal: bytearray = field(default_factory=bytearray)
    binary: bytes = b""

    @property
    def points(self) -> tuple[float, float]:
        """Width and height as shown; half a page where the file does not say."""
        width, height, across, down = self.size
        return (width * across / 2000, height * down / 2000) if width and height else (595.0, 420.0)

    def bytes_of(self) -> bytes:
        """The picture file; empty when its hexadecimal digits are none."""
        try:
            return self.binary or bytes.fromhex(self.hexadecimal.decode("ascii", "replace"))
        except ValueError:
            return b""
