"""The text of an RTF file: bytes and units to characters, and characters to where the group at hand sends them."""

from __future__ import annotations

import re
from collections.abc import Callable

from extractors.readers import limits
from extractors.readers.rtf.codepages import SYMBOL, decode, ends_in_lead, is_double_byte, undeclared
from extractors.readers.rtf.state import (
    BODY,
    CODE,
    FONTS,
    INFO,
    LABEL,
    LISTS,
    MUTE,
    PICTURE,
    STYLES,
    Font,
    ParagraphStyle,
    PictureData,
    State,
    Styles,
)
from extractors.readers.rtf.story import Story
from extractors.readers.rtf.tokens import FALLBACK
from extractors.readers.word.changes import BOTH
from extractors.readers.word.ooxml import over_limit
from extractors.readers.word.symbols import symbol
from schemas.reading import Note

# Characters of a name or number, and of a field code or property: more is no such thing, and adding to it would cost
# its square.
_MAX_NAME, _MAX_CODE = 1_000, 10_000
MAX_PENDING = 4_096
"""Bytes that are kept until they are decoded together."""
_BACKSLASHES = re.compile(rb"\\(?!')\\*+(?=([A-Za-z{}'*])?)")
_ODD = re.compile("[\x00-\x1f\u00ad\u200b\ufeff\uf000-\uf0ff]")
_DIGITS = re.compile(rb"[0-9A-Fa-f\r\n\t ]+")
_INVISIBLE = re.compile("[\u00ad\u200b\ufeff\r\n]")

NO_FONT = Font()
"""The font of text whose font is not declared."""


class TextPass:
    """The half of a pass over a file that gathers text.

    Args:
        data: the file.
        uri: the file as the user named it, for messages.
    """

    def __init__(self, data: bytes, uri: str) -> None:
        self.data = data
        self.uri = uri
        self.position = 0
        self.fonts: dict[int, Font] = {}
        self.styles = Styles()
        self.notes: dict[str, Note] = {}
        self.meta: dict[str, str] = {}
        self.characters = 0
        self.cells = 0
        self.undecodable = 0
        self.body = Story("body", self.count)
        self.state = State(self.body)
        self.shared = False
        self.default_codec: str | None = None
        self.default_font = 0
        self.guess: str | None = None
        self.guessed = False
        self.font = Font()
        self.style = ParagraphStyle()
        self.style_number = 0
        self.picture = PictureData()
        self.pending = bytearray()
        self.pending_font: Font | None = None
        self.starred = False
        self.skip = 0
        self.name = ""

    def note(self, kind: str, message: str) -> None:
        """Records something about the document once, however often it occurs."""
        self.notes.setdefault(kind, Note(kind=kind, message=message))

    def count(self, characters: int, cells: int) -> None:
        """Adds to what was read; refuses a file that is larger than is read."""
        self.characters += characters
        self.cells += cells
        if self.characters > limits.MAX_CHARACTERS:
            raise over_limit(self.uri, f"文字超过 {limits.MAX_CHARACTERS} 个 / more characters than the limit")
        if self.cells > limits.MAX_CELLS:
            raise over_limit(self.uri, f"表格单元格超过 {limits.MAX_CELLS} 个 / more table cells than the limit")

    def own(self) -> State:
        """The state of the group at hand, to be changed."""
        if self.shared:
            self.state = self.state.copy()
            self.shared = False
        return self.state

    def emit(self, text: str) -> None:
        """Text that was decoded, to where the group's text goes."""
        if self.pending:
            self.flush()
        state = self.state
        target = state.target
        if target == BODY:
            if state.hidden:
                if text.strip():
                    self.note("hidden_text", "文档含隐藏文字，未读取 / hidden text not read")
            else:
                change = state.change
                if change is not BOTH:
                    self.tracked()
                state.story.add(text, change)
        elif target == LABEL:
            if not state.deleted and len(state.story.label or "") < _MAX_NAME:
                state.story.label = (state.story.label or "") + text
        elif target == CODE:
            if state.field is not None and len(state.field.code) < _MAX_CODE:
                state.field.code += text
        elif target == INFO:
            if len(self.meta.setdefault(state.key, "")) < _MAX_CODE:
                self.meta[state.key] += text
        elif target == FONTS:
            self._named(text, self._end_font)
        elif target == STYLES:
            self._named(text, self._end_style)

    def _named(self, text: str, end: Callable[[str], None]) -> None:
        for index, piece in enumerate(text.split(";")):
            if index:
                end(self.name.strip())
                self.name = ""
            if len(self.name) < _MAX_NAME:
                self.name += piece

    def _end_font(self, name: str) -> None:
        self.font.name = name

    def _end_style(self, name: str) -> None:
        self.style.name = name
        self.styles.known[self.style_number] = self.style
        self.style, self.style_number = ParagraphStyle(), 0

    def tracked(self) -> None:
        """Notes that the file holds tracked changes."""
        self.note(
            "tracked_changes",
            "文档含修订痕迹，按接受全部修订后的文字读取 / tracked changes: read as if all were accepted",
        )

    def _unit(self, value: int) -> None:
        self.skip = 0
        if value < 0:
            value += 0x10000
        if 0xF000 <= value <= 0xF0FF and self._font().is_symbol:
            self.emit(symbol(value, self._font().name))
        elif 0x20 <= value < 0x110000 and not (value == 0xAD or value == 0x200B or value == 0xFEFF):
            self.emit(chr(value))
        elif value == 9:
            self.emit("\t")

    def _units(self, values: list[int]) -> None:
        """A run of units; text of one script is taken in one step."""
        plain = min(values) >= -0x8000 and max(values) < 0x10000
        text = "".join(chr(value & 0xFFFF) for value in values) if plain else ""
        if plain and not _ODD.search(text):
            self.skip = 0
            self.emit(text)
        else:
            for value in values:
                self._unit(value)

    def _skip_fallback(self) -> None:
        count = self.state.uc
        if count < len(FALLBACK) and (found := FALLBACK[count].match(self.data, self.position)):
            self.position = found.end()
        else:
            self.skip = count

    def _bytes(self, piece: bytes, *, escaped: bool) -> None:
        if self.skip:
            width = 4 if escaped else 1
            passed = min(self.skip, len(piece) // width)
            self.skip -= passed
            piece = piece[passed * width :]
            if not piece:
                return
        self.starred = False
        if self.state.target in (PICTURE, MUTE, LISTS):
            if self.state.target == PICTURE:
                rest = _DIGITS.match(self.data, self.position)  # a picture has a line end after every few digits
                self.position = rest.end() if rest else self.position
                if self.picture.is_bitmap:
                    self.picture.hexadecimal += piece + (rest[0] if rest else b"")
            return
        raw = bytes.fromhex(piece.replace(b"\\'", b"").decode()) if escaped else piece
        if not self.pending and raw.isascii() and not self._font().is_symbol:
            self.emit(_INVISIBLE.sub("", raw.decode()) if escaped else raw.decode())
            return
        font = self._font()
        if font is not self.pending_font:
            self.flush()
            self.pending_font = font
        elif self.pending and font.codec is None and not escaped and raw[0] < 0x80:
            # A lone high byte in a Latin font is a sign of its own (·), not the first half of what follows.
            self.flush()
            self.pending_font = font
        self.pending += raw
        if len(self.pending) > MAX_PENDING and not ends_in_lead(bytes(self.pending), self._codec(font)):
            self.flush()
            self.pending_font = font
        behind = self.data[self.position : self.position + 1]
        if not escaped and raw[-1] >= 0x81 and behind in (b"\\", b"{", b"}") and self._is_half(raw, font):
            # Big5 and GBK written raw: the second byte of 許 or 功 is a backslash of its own.
            self.pending += behind
            self.position += 1

    def _is_half(self, raw: bytes, font: Font) -> bool:
        if self.data.startswith(b"\\'", self.position) or not ends_in_lead(raw, self._codec(font)):
            return False
        behind = _BACKSLASHES.match(self.data, self.position)
        # An even number of backslashes may be one that was escaped, unless what follows needs one of its own.
        return behind is None or bool(behind[1]) or len(behind[0]) % 2 == 1

    def _font(self) -> Font:
        if self.state.target == FONTS:
            return self.font
        number = self.state.font
        return self.fonts.get(number if number >= 0 else self.default_font, NO_FONT)

    def _codec(self, font: Font) -> str:
        if font.codec is not None:
            return font.codec
        if self.default_codec is not None and is_double_byte(self.default_codec):
            return self.default_codec
        if not self.guessed:
            # Where fonts are declared Chinese, the others are what they say: ”“ in Latin quotes is no character.
            declared = any(font.codec is not None and is_double_byte(font.codec) for font in self.fonts.values())
            self.guess, self.guessed = None if declared else undeclared(self.data), True
        return self.guess or self.default_codec or "cp1252"

    def flush(self) -> None:
        """Decodes the bytes that stand together."""
        if not self.pending:
            return
        raw, font = bytes(self.pending), self.pending_font or NO_FONT
        self.pending.clear()
        self.pending_font = None
        codec = self._codec(font)
        if codec == SYMBOL:
            self.emit("".join(symbol(byte, font.name) for byte in raw))
            return
        text, lost = decode(raw, codec, "cp1252")
        if self.state.target in (BODY, LABEL):
            self.undecodable += lost
        self.emit(_INVISIBLE.sub("", text))
