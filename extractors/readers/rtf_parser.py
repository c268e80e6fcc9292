"""One pass over an RTF file: control words to paragraphs, cells and rows, without recursion.

Groups are a stack of states that share one object until something in them changes, so that a million nested groups cost
a million list entries and nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from extractors.readers import limits
from extractors.readers.docx_changes import BOTH
from extractors.readers.docx_fields import Counters
from extractors.readers.docx_pictures import Picture
from extractors.readers.docx_symbols import symbol
from extractors.readers.ooxml import damaged, no_text, over_limit
from extractors.readers.rtf_codepages import SYMBOL, decode, ends_in_lead, is_double_byte, undeclared
from extractors.readers.rtf_state import (
    BODY,
    CODE,
    FONTS,
    INFO,
    LABEL,
    LISTS,
    MUTE,
    PICTURE,
    STYLES,
    Field,
    Font,
    Lists,
    ParagraphStyle,
    PictureData,
    State,
    Styles,
)  # fmt: skip
from extractors.readers.rtf_story import Story
from extractors.readers.rtf_tokens import (
    BYTES,
    CLOSE,
    FALLBACK,
    LAYOUT,
    NUMBERED,
    OPEN,
    TEXT,
    TOKEN,
    UNIT,
    UNIT_IN_RUN,
    UNITS,
    WORD,
    after_group,
)  # fmt: skip
from extractors.readers.word_grid import has_text
from extractors.readers.word_paragraphs import still_there
from extractors.readers.word_pictures import Held, text_of
from schemas.reading import Block, Link, Note, Reading, Role

MEDIA_TYPE = "application/rtf"

_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "page": "\n",
    "column": "\n", "zwbo": "", "zwnbo": "", "zwj": "", "zwnj": "", "ltrmark": "", "rtlmark": "",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}

_SKIPPED = frozenset({
    "colortbl", "filetbl", "revtbl", "rsidtbl", "generator", "themedata", "colorschememapping", "latentstyles",
    "datastore", "xmlnstbl", "nonshppict", "shprslt", "nonesttables", "objdata", "objname", "pntxta", "pntxtb",
    "pnseclvl", "tc", "tcn", "xe", "rxe", "txe", "bkmkstart", "bkmkend", "atnid", "atnauthor", "atnref",
    "atndate", "atnicn", "atntime", "atnparent", "annotation", "ftnsep", "ftnsepc", "ftncn", "aftnsep",
    "aftnsepc", "aftncn", "template", "private", "private1", "sn", "background", "mmathPict",
    "panose", "falt", "fontemb", "fontfile", "leveltext", "levelnumbers", "listname", "listtemplate", "keycode",
    "datafield", "ffname", "wgrffmtfilter", "passwordhash", "userprops", "docvar", "macros", "hl",
    "oldcprops", "oldpprops", "oldtprops", "oldsprops", "pgptbl", "mailmerge", "mrPr", "mctrlPr", "mfPr",
    "mdPr", "mnaryPr", "mradPr", "msSubPr", "msSupPr", "msSubSupPr", "msPrePr", "maccPr", "mbarPr", "mboxPr",
    "mborderBoxPr", "meqArrPr", "mfuncPr", "mgroupChrPr", "mlimLowPr", "mlimUppPr", "mmPr", "mphantPr",
    "moMathParaPr", "margPr",
})  # fmt: skip
_STARRED = frozenset({
    "fldinst", "formfield", "shpinst", "shptxt", "dptxbxtext", "listtable", "listoverridetable", "nesttableprops",
    "footnote", "shppict", "objclass", "do", "moMath", "moMathPara", "pn", "ud", "company", "manager",
    "headerl", "headerr", "headerf", "footerl", "footerr", "footerf", "header", "footer",
})  # fmt: skip
# Characters of a name or number, and of a field code or property: more is no such thing, and adding to it would cost
# its square.
_MAX_NAME, _MAX_CODE = 1_000, 10_000
_MAX_PENDING = 4_096
_BULLETS = frozenset("•·●○■□◆◇▪▫➢➤–—-*◦⁃∙")
_BACKSLASHES = re.compile(rb"\\(?!')\\*+(?=([A-Za-z{}'*])?)")
_ODD = re.compile("[\x00-\x1f\u00ad\u200b\ufeff\uf000-\uf0ff]")
_INVISIBLE = re.compile("[\u00ad\u200b\ufeff\r\n]")

Handler = Callable[["Parser", int | None], None]
"""What a control word does, given its number (None without one)."""


class Parser:
    """The state of one pass.

    Args:
        data: the file.
        uri: the file as the user named it, for messages.
        words: what each control word does.
    """

    def __init__(self, data: bytes, uri: str, words: Mapping[str, Handler]) -> None:
        self.words = words
        self.data = data
        self.uri = uri
        self.position = 0
        self.fonts: dict[int, Font] = {}
        self.styles = Styles()
        self.lists = Lists()
        self.notes: dict[str, Note] = {}
        self.links: list[Link] = []
        self.meta: dict[str, str] = {}
        self.headers: dict[Block, None] = {}
        self.footers: dict[Block, None] = {}
        self.footnotes: list[Block] = []
        self.characters = 0
        self.cells = 0
        self.undecodable = 0
        self.body = Story("body", self.count)
        self.state = State(self.body)
        self.shared = False
        self.stack: list[State] = []
        self.closers: list[tuple[int, Callable[[], None]]] = []
        self.default_codec: str | None = None
        self.default_font = 0
        self.guess: str | None = None
        self.guessed = False
        self.font = Font()
        self.style = ParagraphStyle()
        self.style_number = 0
        self.picture = PictureData()
        self.pictures: list[Picture] = []
        self.bitmaps: dict[str, bytes] = {}
        self.comments = 0
        self.when: list[int] = []
        self.pending = bytearray()
        self.pending_font: Font | None = None
        self.starred = False
        self.skip = 0
        self.name = ""
        self.object_class = Field()
        self.counters = Counters()

    # The file --------------------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        """The whole document."""
        self._run()
        self.flush()
        found = self.body.close()
        blocks, removed = still_there([*self.headers, *found, *self.footnotes, *self.footers])
        recognised, remarks = text_of(self.pictures, Held(self.bitmaps), blocks)
        blocks += recognised
        if not any(has_text(block) for block in (*found, *recognised)):
            if self.pictures:
                raise no_text(self.uri, "文档中只有图片，没有文字 / only pictures", "请提供可检索的文字版")
            raise no_text(self.uri, "文档中没有文字 / no text", "请确认文件是否为空白文档")
        if self.comments:
            self.note(
                "comments",
                f"文档有{self.comments}条批注，未读入正文 / {self.comments} comments, not part of the text",
            )
        if self.undecodable:
            self.note(
                "encoding", f"{self.undecodable} 处字节无法解码，以 U+FFFD 代替 / {self.undecodable} undecodable places"
            )
        return Reading(
            media_type=MEDIA_TYPE,
            blocks=blocks,
            meta={key: shown for key, value in self.meta.items() if (shown := " ".join(value.split()))},
            links=self.links,
            notes=[*self.notes.values(), *remarks, *removed],
        )

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

    def _run(self) -> None:
        data, end, match = self.data, len(self.data), TOKEN.match
        budget = limits.MAX_CONTROLS
        stack, words = self.stack, self.words
        ended = False
        while self.position < end:
            found = match(data, self.position)
            if found is None:
                break
            self.position = found.end()
            kind = found.lastindex
            budget -= 1
            if budget < 0:
                raise over_limit(self.uri, f"控制字超过 {limits.MAX_CONTROLS} 个 / more control words than the limit")
            if kind == UNIT:
                if self.state.uc == 1 and (run := UNITS.match(data, found.start())):
                    self.position = run.end()
                    self._units([int(value) for value in UNIT_IN_RUN.findall(run[0])])
                else:
                    self._unit(int(found[UNIT]))
                    self._skip_fallback()
            elif kind in (TEXT, BYTES):
                self._bytes(found[kind], escaped=kind == BYTES)
            elif kind in (WORD, NUMBERED):
                word = found[WORD].decode()
                number = int(found[NUMBERED]) if kind == NUMBERED else None
                if self.starred:
                    self.starred = False
                    if word not in _STARRED:
                        self.comments += word == "annotation"
                        budget = self._skip_group(budget)
                        continue
                if word in _SKIPPED and stack:
                    self.comments += word == "annotation"
                    budget = self._skip_group(budget)
                elif (handler := words.get(word)) is not None:
                    handler(self, number)
                elif (character := _CHARACTERS.get(word)) is not None:
                    if self.skip:
                        self.skip -= 1
                    else:
                        self.emit(character)
                elif self.skip:
                    self.skip = 0
                if layout := LAYOUT.match(data, self.position):
                    self.position = layout.end()
                    self.skip = 0
            elif kind == OPEN:
                self.skip = 0
                self.starred = False
                stack.append(self.state)
                self.shared = True
            elif kind == CLOSE:
                self.skip = 0
                if not stack:
                    continue
                self.flush()
                if len(stack) == 1 and self.state.story is self.body and (self.body.parts or self.body.old):
                    self.paragraph()
                if self.closers and self.closers[-1][0] == len(stack):
                    self.closers.pop()[1]()
                self.state = stack.pop()
                self.shared = True
                if not stack:
                    ended = True
                    break
            elif kind is not None:
                self._symbol(found[kind])
        if not ended:
            raise damaged(
                self.uri, f"文件不完整，缺 {len(stack)} 个右花括号 / cut off: {len(stack)} groups are not closed"
            )
        rest = data[self.position :].strip(b" \t\r\n\x00}")
        if rest:
            self.note(
                "trailing_data",
                f"文档结束后还有 {len(rest)} 字节，未读取 / {len(rest)} bytes behind the end of the document not read",
            )

    def _skip_group(self, budget: int) -> int:
        """Leaves the group at hand unread: the next token is its closing brace."""
        if not self.stack:
            return budget
        position, budget = after_group(self.data, self.position, budget)
        if budget < 0:
            raise over_limit(self.uri, f"控制字超过 {limits.MAX_CONTROLS} 个 / more control words than the limit")
        if position < 0:
            raise damaged(self.uri, "文件不完整，花括号未闭合 / cut off: a group is not closed")
        self.position = position
        return budget

    # Text ------------------------------------------------------------------------------------------------------------

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
            if self.state.target == PICTURE and self.picture.is_bitmap:
                self.picture.hexadecimal += piece
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
        if len(self.pending) > _MAX_PENDING and not ends_in_lead(bytes(self.pending), self._codec(font)):
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
        return self.fonts.get(number if number >= 0 else self.default_font, _NO_FONT)

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
        raw, font = bytes(self.pending), self.pending_font or _NO_FONT
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

    def _symbol(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
            return
        if self.skip:
            self.skip -= 1
            return
        if sign in (b"\n", b"\r"):
            self.paragraph()
        elif (text := _SYMBOLS.get(sign)) is not None:
            if (
                sign in (b"\\", b"{", b"}")
                and self.pending
                and ends_in_lead(bytes(self.pending), self._codec(self.pending_font or _NO_FONT))
            ):
                self.pending += sign
                if len(self.pending) > _MAX_PENDING:
                    self.flush()
            else:
                self.emit(text)

    # Paragraphs and tables -------------------------------------------------------------------------------------------

    def paragraph(self, depth: int | None = None) -> None:
        """Ends a paragraph."""
        self.flush()
        state = self.state
        if state.target != BODY:
            return
        style, level, contents = self.styles.part(state.style, state.outline)
        story = state.story
        if story.label is not None:
            bullet = self.lists.is_bullet(state.list_id, state.list_level)
            label = story.label.strip()
            story.label = "" if bullet or label in _BULLETS else label
        ends = state.change if depth is None else BOTH
        if ends is not BOTH:
            self.tracked()
        depth = state.depth if depth is None else depth
        story.end_paragraph(depth, style, level, contents or state.contents, ends)

    def close_at_end(self, action: Callable[[], None]) -> None:
        """Calls ``action`` when the group at hand ends, its state still in force."""
        self.closers.append((len(self.stack), action))

    def substory(self, role: Role, take: Callable[[list[Block]], None]) -> None:
        """A group with paragraphs of its own: a header, a footnote, a text box."""
        self.flush()
        if not self.stack:
            return
        outer = self.state
        story = Story(role, self.count)
        inner = State(story)
        inner.font, inner.uc = outer.font, outer.uc
        self.state, self.shared = inner, False

        def end() -> None:
            if story.parts or story.old or story.label:
                self.paragraph()
            take(story.close())

        self.close_at_end(end)


_NO_FONT = Font()
