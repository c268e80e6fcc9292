"""The text of one Word paragraph from its runs: what Word shows, links and anchored text boxes beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from extractors.readers.docx_numbering import W, is_on
from schemas.reading import Link

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
OFFICE = "{urn:schemas-microsoft-com:office:office}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
V = "{urn:schemas-microsoft-com:vml}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

# A picture of at least 6 × 3 cm can hold text that matters; a seal or a logo is smaller. 360,000 EMU are a centimetre.
_LARGE_PICTURE = (6 * 360_000, 3 * 360_000)

# Symbols of the Wingdings fonts that stand for something in forms; the rest are bullets and ornaments.
_SYMBOLS = {
    ("wingdings", 0xFE): "☑", ("wingdings", 0xFD): "☒", ("wingdings", 0xA8): "☐", ("wingdings", 0x6F): "☐",
    ("wingdings", 0xFC): "✔", ("wingdings", 0xFB): "✘", ("wingdings", 0x6C): "●", ("wingdings", 0x6E): "■",
    ("wingdings", 0xA1): "○", ("wingdings", 0x76): "❖", ("wingdings", 0x75): "◆", ("wingdings", 0xD8): "➢",
    ("wingdings", 0xE0): "→", ("wingdings 2", 0x52): "☑", ("wingdings 2", 0x53): "☒", ("wingdings 2", 0xA3): "☐",
    ("wingdings 2", 0x50): "✔", ("symbol", 0xB3): "≥", ("symbol", 0xA3): "≤", ("symbol", 0xB4): "×",
    ("symbol", 0xB7): "•", ("symbol", 0xB1): "±", ("symbol", 0xAE): "→",
}  # fmt: skip

_SKIPPED = {
    f"{W}pPr", f"{W}rPr", f"{W}instrText", f"{W}delText", f"{W}delInstrText", f"{W}rt", f"{W}sdtPr", f"{W}sdtEndPr",
    f"{W}rubyPr", f"{W}fldData", f"{W}softHyphen",
}  # fmt: skip


@dataclass(slots=True)
class _Field:
    """A field that is open: where its code, later its result, began among the parts."""

    began: int
    code: str = ""
    in_code: bool = True


class RunText:
    """Collects the text of one paragraph.

    Attributes:
        text: the text so far; a line break is ``\\n``.
        links: the links in it, with their text.
        footnotes: the footnotes it refers to, as (``footnote`` or ``endnote``, id).
        boxes: the ``w:txbxContent`` elements anchored in it, in order.
        has_page_number: whether a field shows the page number.
    """

    def __init__(
        self,
        uri: str,
        relations: dict[str, tuple[str, str, bool]],
        note: Callable[[str, str], None],
        tracked: Callable[[], None],
    ) -> None:
        self.uri = uri
        self.links: list[Link] = []
        self.footnotes: list[tuple[str, str]] = []
        self.boxes: list[Any] = []
        self.has_page_number = False
        self._relations = relations
        self._note = note
        self._tracked = tracked
        self._parts: list[str] = []
        self._fields: list[_Field] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def add(self, parent: Any) -> None:
        """Reads the children of a paragraph or of a wrapper inside it."""
        for element in parent:
            tag = element.tag
            if tag == f"{W}t" or tag == f"{M}t":
                # Soft hyphens and zero-width characters are never shown, and they would break every comparison.
                self._parts.append(re.sub("[\u00ad\u200b\ufeff\r\n]", "", element.text or ""))
            elif tag == f"{W}r":
                self._run(element)
            elif tag in (f"{W}tab", f"{W}ptab"):
                self._parts.append("\t")
            elif tag == f"{W}br" or tag == f"{W}cr":
                if element.get(f"{W}type") in (None, "textWrapping"):
                    self._parts.append("\n")
            elif tag == f"{W}noBreakHyphen":
                self._parts.append("-")
            elif tag == f"{W}sym":
                self._parts.append(_symbol(element))
            elif tag == f"{W}hyperlink":
                self._hyperlink(element)
            elif tag == f"{W}fldSimple":
                self._see_code(element.get(f"{W}instr", ""))
                self.add(element)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                self.footnotes.append((tag[len(W) : -len("Reference")], element.get(f"{W}id", "")))
            elif tag in (f"{W}del", f"{W}moveFrom"):
                self._tracked()
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                self._drawing(element)
            elif tag == f"{MC}AlternateContent":
                branch = next((b for b in element if b.tag in (f"{MC}Choice", f"{MC}Fallback") and len(b)), None)
                if branch is not None:
                    self.add(branch)
            elif tag == f"{W}sdt":
                properties = element.find(f"{W}sdtPr")
                if properties is None or not is_on(properties.find(f"{W}showingPlcHdr")):
                    self.add(element)
            elif isinstance(tag, str) and tag not in _SKIPPED:
                if tag in (f"{W}ins", f"{W}moveTo"):
                    self._tracked()
                self.add(element)

    def _run(self, run: Any) -> None:
        properties = run.find(f"{W}rPr")
        if properties is not None:
            if properties.find(f"{W}del") is not None:
                self._tracked()
                return
            if is_on(properties.find(f"{W}vanish")):
                if any((t.text or "").strip() for t in run.iterfind(f"{W}t")):
                    self._note("hidden_text", "文档含隐藏文字，未读取 / hidden text not read")
                return
        if self._fields:
            self._fields[-1].code += "".join(element.text or "" for element in run.iterfind(f"{W}instrText"))
        mark = run.find(f"{W}fldChar")
        if mark is None:
            self.add(run)
            return
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(_Field(len(self._parts)))
        elif self._fields:
            field = self._fields[-1] if kind == "separate" else self._fields.pop()
            if field.in_code:
                # What stood between begin and separate belongs to the code, such as the result of a nested field.
                del self._parts[field.began :]
                field.in_code = False
                self._see_code(field.code)
            if kind == "end" and (target := re.match(r'\s*HYPERLINK\b[^"]*"([^"]+)"', field.code, re.IGNORECASE)):
                text = "".join(self._parts[field.began :]).strip()
                self.links += [Link(text, target[1])] if text else []

    def _see_code(self, code: str) -> None:
        words = code.split()
        if words and words[0].upper() in ("PAGE", "NUMPAGES", "SECTIONPAGES"):
            self.has_page_number = True

    def _hyperlink(self, element: Any) -> None:
        before = len(self._parts)
        self.add(element)
        text = "".join(self._parts[before:]).strip()
        _, target, external = self._relations.get(element.get(f"{R}id", ""), ("", "", False))
        if external and target and text:
            self.links.append(Link(text=text, href=target))

    def _drawing(self, element: Any) -> None:
        found = _outermost(element, f"{W}txbxContent")
        self.boxes += found
        embedded = next(element.iter(f"{OFFICE}OLEObject"), None)
        if embedded is not None:
            # Formulas are embedded objects too, but hold nothing that an inspector looks for.
            if not embedded.get("ProgID", "").lower().startswith(("equation", "mathtype")):
                self._note("embedded_object", "文档嵌入了其他文件，其内容未读取 / embedded file not read")
        elif not found and _is_large_picture(element):
            self._note("image", "文档含图片，图中文字未读取 / text in pictures not read")


def _is_large_picture(element: Any) -> bool:
    """Whether a drawing shows a picture (DrawingML or VML) or a chart that is large enough to hold text."""
    if not any(next(element.iter(tag), None) is not None for tag in (f"{A}blip", f"{CHART}chart", f"{V}imagedata")):
        return False
    sizes = [(extent.get("cx", ""), extent.get("cy", "")) for extent in element.iter(f"{WP}extent")]
    if sizes:
        return any(
            w.isdigit() and h.isdigit() and int(w) >= _LARGE_PICTURE[0] and int(h) >= _LARGE_PICTURE[1]
            for w, h in sizes
        )
    for shape in element.iter(f"{V}shape", f"{V}rect"):
        style = shape.get("style", "")
        width, height = (re.search(rf"(?<![\w-]){side}:([0-9.]{{1,9}})pt", style) for side in ("width", "height"))
        if width and height:
            # 12,700 EMU are a point.
            return _points(width[1]) >= _LARGE_PICTURE[0] / 12_700 and _points(height[1]) >= _LARGE_PICTURE[1] / 12_700
    return True


def _points(text: str) -> float:
    return float(text) if text.count(".") <= 1 and text.strip(".") else 0.0


def _outermost(element: Any, wanted: str) -> list[Any]:
    """The elements of a name that are not inside another one of it, one branch of each alternative."""
    found: list[Any] = []
    for child in element:
        if child.tag == wanted:
            found.append(child)
        elif child.tag == f"{MC}AlternateContent":
            branch = next((b for b in child if b.tag in (f"{MC}Choice", f"{MC}Fallback") and len(b)), None)
            if branch is not None:
                found += _outermost(branch, wanted)
        elif isinstance(child.tag, str):
            found += _outermost(child, wanted)
    return found


def _symbol(element: Any) -> str:
    code, font = element.get(f"{W}char", ""), element.get(f"{W}font", "").lower()
    if not re.fullmatch(r"[0-9A-Fa-f]{1,6}", code):
        return ""
    value = int(code, 16)
    if (known := _SYMBOLS.get((font, value & 0xFF))) and (value >= 0xF000 or value < 0x100):
        return known
    if 0xE000 <= value <= 0xF8FF or value > 0x10FFFF or 0xD800 <= value <= 0xDFFF or value < 0x20:
        return ""
    return chr(value)
