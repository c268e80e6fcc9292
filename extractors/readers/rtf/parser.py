"""One pass over an RTF file: control words to paragraphs, cells and rows, without recursion.

Groups are a stack of states that share one object until something in them changes, so that a million nested groups cost
a million list entries and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extractors.readers import limits
from extractors.readers.rtf.codepages import ends_in_lead
from extractors.readers.rtf.state import BODY, Field, Lists, State
from extractors.readers.rtf.story import Story
from extractors.readers.rtf.text import MAX_PENDING, NO_FONT, TextPass
from extractors.readers.rtf.tokens import (
    BYTES,
    CLOSE,
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
)
from extractors.readers.word.changes import BOTH, has_text
from extractors.readers.word.fields import Counters
from extractors.readers.word.ooxml import damaged, no_text, over_limit
from extractors.readers.word.paragraphs import still_there
from extractors.readers.word.pictures import Held, Picture, placed
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
_BULLETS = frozenset("•·●○■□◆◇▪▫➢➤–—-*◦⁃∙")

Handler = Callable[["Parser", int | None], None]
"""What a control word does, given its number (None without one)."""


class Parser(TextPass):
    """The state of one pass.

    Args:
        data: the file.
        uri: the file as the user named it, for messages.
        words: what each control word does.
    """

    def __init__(self, data: bytes, uri: str, words: Mapping[str, Handler]) -> None:
        super().__init__(data, uri)
        self.words = words
        self.lists = Lists()
        self.links: list[Link] = []
        self.headers: dict[Block, None] = {}
        self.footers: dict[Block, None] = {}
        self.footnotes: list[Block] = []
        self.stack: list[State] = []
        self.closers: list[tuple[int, Callable[[], None]]] = []
        self.pictures: list[Picture] = []
        self.bitmaps: dict[str, bytes] = {}
        self.comments = 0
        self.when: list[int] = []
        self.object_class = Field()
        self.counters = Counters()

    # The file --------------------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        """The whole document."""
        self._run()
        self.flush()
        found = self.body.close()
        blocks, removed = still_there([*self.headers, *found, *self.footnotes, *self.footers])
        remarks: list[Note] = []
        blocks = placed(blocks, Held(self.bitmaps), remarks)
        if not any(has_text(block) for block in blocks if block.role in ("body", "metadata", "furniture")):
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
                and ends_in_lead(bytes(self.pending), self._codec(self.pending_font or NO_FONT))
            ):
                self.pending += sign
                if len(self.pending) > MAX_PENDING:
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
