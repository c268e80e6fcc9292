"""The text of one Word paragraph from its runs: what Word shows, in both states of tracked changes, links beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from extractors.readers.word import symbols as docx_symbols
from extractors.readers.word.changes import BOTH, State
from extractors.readers.word.fields import Counters, Field, shown
from extractors.readers.word.wordprocessing import W, is_on
from schemas.reading import Link

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
OFFICE = "{urn:schemas-microsoft-com:office:office}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

CHOICES = (f"{MC}Choice", f"{MC}Fallback")

_SKIPPED = frozenset({
    f"{W}pPr", f"{W}rPr", f"{W}rt", f"{W}sdtPr", f"{W}sdtEndPr", f"{W}rubyPr", f"{W}fldData", f"{W}softHyphen",
    f"{W}delInstrText", f"{W}lastRenderedPageBreak", f"{W}proofErr", f"{W}bookmarkStart", f"{W}bookmarkEnd",
})  # fmt: skip
# Soft hyphens and zero-width characters are never shown, and they would break every comparison.
_NEVER_SHOWN = re.compile("[\u00ad\u200b\u2060\ufeff\r\n]")
_RUN_PROPERTIES = (f"{W}vanish", f"{W}strike", f"{W}dstrike", f"{W}rFonts", f"{W}rStyle", f"{W}del", f"{W}moveFrom")
_MAX_DIAGRAM_POINTS = 2_000
_MAX_OPEN = 4

Kind = Literal["box", "words", "drawing", "object", "diagram"]


@dataclass(frozen=True, slots=True)
class Anchored:
    """Something that a paragraph holds beside its text.

    ``content`` is a ``w:txbxContent`` (box), the words of a WordArt title (words), a drawing or old picture that may
    show a picture (drawing), an embedded object (object), the relationship id of a SmartArt diagram's data (diagram).
    """

    kind: Kind
    content: Any
    state: State


@dataclass(slots=True)
class Surroundings:
    """What the paragraphs of one document share.

    ``relations`` are those of the part being read; ``hidden`` the styles whose text is not shown; ``open`` the fields
    that began in an earlier paragraph; ``struck`` collects the texts that are crossed out.
    """

    relations: dict[str, tuple[str, str, bool]]
    note: Callable[[str, str], None]
    tracked: Callable[[], None]
    hidden: frozenset[str] = frozenset()
    counters: Counters = field(default_factory=Counters)
    open: list[Field] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)


class RunText:
    """Collects the text of one paragraph.

    Attributes:
        links: the links in it, with their text.
        footnotes: the footnotes it refers to, as (``footnote`` or ``endnote``, id).
        anchored: what is anchored in it, in order.
        has_page_number: whether a field shows the page number.
        in_contents: whether it is a line of a table of contents that a field makes.
    """

    def __init__(self, around: Surroundings, state: State = BOTH) -> None:
        self.links: list[Link] = []
        self.footnotes: list[tuple[str, str]] = []
        self.anchored: list[Anchored] = []
        self.has_page_number = False
        self._around = around
        self._state = state
        self._now: list[str] = []
        self._before: list[str] | None = None
        self._fields: list[Field] = [Field((0, 0), open.code, in_code=False) for open in around.open]
        self._points_to_headings = self._begins_contents = False
        self._in_contents_field = bool(around.open)

    @property
    def text(self) -> str:
        """The text in the accepted state; a line break is ``\\n``."""
        return "".join(self._now)

    def states(self) -> tuple[str, str]:
        """The text in both states: the same object where nothing differs."""
        now = "".join(self._now)
        before = now if self._before is None else "".join(self._before)
        return (now, now) if now == before else (now, before)

    @property
    def in_contents(self) -> bool:
        return self._in_contents_field and self._points_to_headings

    def close(self) -> None:
        """Ends the paragraph: a table of contents goes on in the next one, every other field is over."""
        kept = [f for f in self._fields if not f.in_code and f.kind == "TOC"]
        # A contents field that is never closed must not swallow the document: it goes on only over lines of contents.
        self._around.open = kept[-_MAX_OPEN:] if self._points_to_headings or self._begins_contents else []

    def add(self, parent: Any) -> None:
        """Reads the children of a paragraph or of a wrapper inside it."""
        for element in parent:
            tag = element.tag
            handler = _HANDLERS.get(tag)
            if handler is not None:
                handler(self, element)
            elif isinstance(tag, str) and tag not in _SKIPPED:
                self.add(element)

    def _put(self, text: str) -> None:
        if self._state is BOTH and self._before is None:
            self._now.append(text)
            return
        if self._before is None:
            self._before = list(self._now)
        if self._state.now:
            self._now.append(text)
        if self._state.before:
            self._before.append(text)

    def _lengths(self) -> tuple[int, int]:
        return len(self._now), len(self._now if self._before is None else self._before)

    def _cut(self, began: tuple[int, int]) -> None:
        if self._before is not None:
            del self._before[began[1] :]
        del self._now[began[0] :]

    def _text(self, element: Any) -> None:
        text = element.text or ""
        self._put(text if text.isprintable() else _NEVER_SHOWN.sub("", text))

    def _deleted_text(self, element: Any) -> None:
        if not self._state.now:
            self._text(element)

    def _changed(self, element: Any) -> None:
        self._around.tracked()
        outer, self._state = self._state, self._state.within(element.tag)
        self.add(element)
        self._state = outer

    def _run(self, run: Any) -> None:
        first = next(iter(run), None)
        if first is None or first.tag != f"{W}rPr":
            self.add(run)
            return
        vanish: bool | None = None
        styled = struck = False
        font = ""
        state = self._state
        for mark in first.iterchildren(*_RUN_PROPERTIES):
            tag = mark.tag
            if tag == _FONTS:
                ascii_font = mark.get(_ASCII)
                if ascii_font and ascii_font.lower() in docx_symbols.FONTS:
                    font = ascii_font.lower()
            elif tag == _VANISH:
                vanish = is_on(mark)
            elif tag == _STYLE:
                styled = mark.get(_VAL) in self._around.hidden
            elif tag in (_STRIKE, _DOUBLE_STRIKE):
                struck = struck or is_on(mark)
            else:
                state = state.within(tag)
        if vanish or (styled and vanish is None):
            if self._state.now and any((t.text or "").strip() for t in run.iterfind(f"{W}t")):
                self._around.note("hidden_text", "文档含隐藏文字，未读取 / hidden text not read")
            return
        outer, self._state = self._state, state
        began = len(self._now)
        self.add(run)
        self._state = outer
        if font:
            self._now[began:] = [docx_symbols.in_font(part, font) for part in self._now[began:]]
        if struck and state.now and (text := "".join(self._now[began:]).strip()):
            self._around.struck.append(text)

    def _field_mark(self, mark: Any) -> None:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(Field(self._lengths(), form=mark.find(f"{W}ffData")))
        elif self._fields:
            current = self._fields[-1] if kind == "separate" else self._fields.pop()
            if current.in_code:
                # What stood between begin and separate belongs to the code, such as the result of a nested field.
                self._cut(current.began)
                current.in_code = False
                self._see_code(current.code)
            if kind == "end":
                self._end_field(current)

    def _end_field(self, ended: Field) -> None:
        if ended.began == self._lengths() and (text := shown(ended.code, ended.form, self._around.counters)):
            self._put(text)
        if target := re.match(r'\s*HYPERLINK\b[^"]*"([^"]+)"', ended.code[:4000], re.IGNORECASE):
            text = "".join(self._now[ended.began[0] :]).strip()
            if text and self._state.now:
                self.links.append(Link(text, target[1]))

    def _code(self, element: Any) -> None:
        if self._fields:
            self._fields[-1].code += element.text or ""

    def _simple_field(self, element: Any) -> None:
        code = element.get(f"{W}instr", "")
        self._see_code(code)
        began = self._lengths()
        self.add(element)
        if began == self._lengths() and (text := shown(code, None, self._around.counters)):
            self._put(text)

    def _see_code(self, code: str) -> None:
        words = code.split(None, 1)
        kind = words[0].upper() if words else ""
        if kind in ("PAGE", "NUMPAGES", "SECTIONPAGES"):
            self.has_page_number = True
        elif kind == "TOC":
            self._in_contents_field = self._begins_contents = True
        elif kind == "PAGEREF":
            self._points_to_headings = True

    def _hyperlink(self, element: Any) -> None:
        if element.get(f"{W}anchor", "").startswith("_Toc"):
            self._points_to_headings = True
        before = len(self._now)
        self.add(element)
        text = "".join(self._now[before:]).strip()
        _, target, external = self._around.relations.get(element.get(f"{R}id", ""), ("", "", False))
        if external and target and text and self._state.now:
            self.links.append(Link(text=text, href=target))

    def _break(self, element: Any) -> None:
        # A page or column break inside a paragraph parts its text as a line break does.
        self._put("\n")

    def _tab(self, element: Any) -> None:
        self._put("\t")

    def _hyphen(self, element: Any) -> None:
        self._put("-")

    def _symbol(self, element: Any) -> None:
        self._put(docx_symbols.of_element(element))

    def _reference(self, element: Any) -> None:
        if self._state.now:
            tag = element.tag
            self.footnotes.append((tag[len(W) : -len("Reference")], element.get(f"{W}id", "")))

    def _alternative(self, element: Any) -> None:
        branch = alternative(element)
        if branch is not None:
            self.add(branch)

    def _control(self, element: Any) -> None:
        if not is_placeholder(element):
            self.add(element)

    def _drawing(self, element: Any) -> None:
        found = outermost(element, f"{W}txbxContent")
        self.anchored += [Anchored("box", box, self._state) for box in found]
        if next(element.iter(f"{OFFICE}OLEObject"), None) is not None:
            self.anchored.append(Anchored("object", element, self._state))
            return
        words = [t.get("string", "").strip() for t in outermost(element, f"{V}textpath")]
        self.anchored += [Anchored("words", text, self._state) for text in words if text]
        for diagram in outermost(element, f"{DIAGRAM}relIds"):
            self.anchored.append(Anchored("diagram", diagram.get(f"{R}dm", ""), self._state))
        if not found:
            self.anchored.append(Anchored("drawing", element, self._state))


def alternative(element: Any) -> Any | None:
    """The branch of ``mc:AlternateContent`` to read: the first choice that holds anything, else the fallback.

    Reading both would give the text of every text box twice.
    """
    for branch in element:
        if branch.tag in CHOICES and len(branch):
            return branch
    return None


def is_placeholder(element: Any) -> bool:
    """Whether a content control shows only its prompt (单击此处输入文字)."""
    properties = element.find(f"{W}sdtPr")
    return properties is not None and is_on(properties.find(f"{W}showingPlcHdr"))


def outermost(element: Any, wanted: str) -> list[Any]:
    """The elements of a name that are not inside another one of it, one branch of each alternative."""
    found: list[Any] = []
    if next(element.iter(wanted), None) is not None:
        _look(element, wanted, found)
    return found


def _look(element: Any, wanted: str, found: list[Any]) -> None:
    for child in element:
        if child.tag == wanted:
            found.append(child)
        elif child.tag == f"{MC}AlternateContent":
            branch = alternative(child)
            if branch is not None:
                _look(branch, wanted, found)
        elif isinstance(child.tag, str):
            _look(child, wanted, found)


def diagram_lines(root: Any) -> list[str]:
    """The texts of a SmartArt diagram's points (such as the boxes of an organisation chart), in the file's order."""
    lines = []
    for count, point in enumerate(root.iter(f"{DIAGRAM}t")):
        if count == _MAX_DIAGRAM_POINTS:
            break
        for paragraph in point.iter(f"{A}p"):
            lines.append("".join(t.text or "" for t in paragraph.iter(f"{A}t")).strip())
    return [line for line in lines if line]


_FONTS, _VANISH, _STYLE = f"{W}rFonts", f"{W}vanish", f"{W}rStyle"
_STRIKE, _DOUBLE_STRIKE = f"{W}strike", f"{W}dstrike"
_ASCII, _VAL = f"{W}ascii", f"{W}val"
_HANDLERS: dict[str, Callable[[RunText, Any], None]] = {
    f"{W}t": RunText._text, f"{M}t": RunText._text, f"{W}delText": RunText._deleted_text, f"{W}r": RunText._run,
    f"{W}tab": RunText._tab, f"{W}ptab": RunText._tab, f"{W}br": RunText._break, f"{W}cr": RunText._break,
    f"{W}noBreakHyphen": RunText._hyphen, f"{W}sym": RunText._symbol, f"{W}hyperlink": RunText._hyperlink,
    f"{W}fldSimple": RunText._simple_field, f"{W}fldChar": RunText._field_mark, f"{W}instrText": RunText._code,
    f"{W}footnoteReference": RunText._reference, f"{W}endnoteReference": RunText._reference,
    f"{W}ins": RunText._changed, f"{W}moveTo": RunText._changed, f"{W}del": RunText._changed,
    f"{W}moveFrom": RunText._changed, f"{W}drawing": RunText._drawing, f"{W}pict": RunText._drawing,
    f"{W}object": RunText._drawing, f"{MC}AlternateContent": RunText._alternative, f"{W}sdt": RunText._control,
}  # fmt: skip
