"""A page's tree to its running text: pieces (a block-level text or a table each) that know their place."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache

from extractors.lexicon import load
from extractors.readers import plain_tables
from extractors.readers.html import pictures
from extractors.readers.html import tables as html_tables
from extractors.readers.html.tables import BLOCKS, BREAK, SILENT
from extractors.readers.html.tree import Element, events, names
from extractors.readers.page_metadata import label, starts_with_label
from schemas.reading import Block, Link, Table

_HEADING = re.compile(r"h([1-6])")
_OWN_NUMBER = re.compile(
    r"\s*(?:(?:[（(\[【]\s*)?[一二三四五六七八九十百\d]{1,4}\s*[)）\]】、.．]|[①-⑳㈠-㈩⒈-⒛]|第[一二三四五六七八九十百\d]+[章节節条條])"
)
_QUOTED = re.compile(r"""['"]([^'"]{4,1000})['"]""")
_UNNUMBERED = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)
_MAX_LOGIN = 200


@dataclass(slots=True)
class Piece:
    """One paragraph-like element of a page, or a table.

    ``lines`` are its texts between line breaks; ``blocks`` stands instead where the text is preformatted. ``inside``
    says that it stands in the article's container, ``site`` that it stands in a part of the site; ``classes`` are the
    names of its element, or of the next one around it that has any; ``chars`` and ``link_chars`` count its text and
    what of it is links.
    """

    lines: list[str] = field(default_factory=list)
    table: Table | None = None
    blocks: list[Block] | None = None
    level: int | None = None
    inside: bool = False
    site: bool = False
    classes: frozenset[str] = frozenset()
    chars: int = 0
    link_chars: int = 0
    attachment: bool = False

    @property
    def text(self) -> str:
        """The piece's text on one line."""
        return "".join(self.lines)


@dataclass(slots=True)
class _Scope:
    inside: bool
    site: bool
    classes: frozenset[str]
    numbers: list[int] | None = None
    style: str = "1"


def pieces(body: Element, mains: Collection[Element], links: list[Link]) -> list[Piece]:
    """The running text of a page in document order.

    Args:
        body: the ``<body>`` element.
        mains: the elements that hold the article; may be empty.
        links: filled with the attachment links met on the way.
    """
    return _Flow(body, mains, links).run()


class _Flow:
    def __init__(self, body: Element, mains: Collection[Element], links: list[Link]) -> None:
        self.body = body
        self.mains = set(mains)
        self.holding = {a for m in mains for a in (m, *m.iterancestors())}
        self.links = links
        self.out: list[Piece] = []
        self.scopes: list[_Scope] = [_Scope(False, False, frozenset())]
        self.buffer: list[str] = []
        self.chars = 0
        self.link_chars = 0
        self.link_depth = 0
        self.attachment = False
        self.level: int | None = None
        self.number = ""

    def run(self) -> list[Piece]:
        for event, element in events(self.body, self._enters):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                self._start(element, tag)
                self._text(element.text)
            elif event == "end":
                self._end(element, tag)
            elif tag:
                self._leaf(element, tag)
            if event != "start" and element is not self.body and not _is_source_break(element):
                self._text(element.tail)
        self._flush()
        return self.out

    def _enters(self, element: Element) -> bool:
        tag = element.tag
        if not isinstance(tag, str) or tag in SILENT or tag in ("br", "pre", "hr"):
            return False
        if tag == "table":
            return html_tables.is_layout(element, self.holding)
        return tag != "dl" or _definitions(element) is None

    def _start(self, element: Element, tag: str) -> None:
        own = names(element)
        outer = self.scopes[-1]
        inside = outer.inside or element in self.mains
        site = outer.site or (element not in self.holding and (_is_site(tag, own, inside) or _is_login(element)))
        if element in self.mains:
            site = False
        scope = _Scope(inside, site, frozenset(own) if own else outer.classes)
        if tag in BLOCKS:
            self._flush()
            self._list(element, tag, outer, scope)
            if match := _HEADING.fullmatch(tag):
                self.level = int(match[1])
        elif tag == "a":
            self._link(element)
        elif tag == "img":
            self._pictures(element, scope)
        elif not inside and self.buffer and element.text and starts_with_label(element.text):
            # Style sheets keep the fields of a byline apart: <span>来源：…</span><span>浏览次数：…</span>.
            self.buffer.append(" ")
        self.scopes.append(scope)

    def _end(self, element: Element, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
            if _HEADING.fullmatch(tag):
                self.level = None
            if tag == "li":
                self.number = ""
        elif tag == "a":
            self.link_depth -= 1
        self.scopes.pop()

    def _leaf(self, element: Element, tag: str) -> None:
        if tag == "br":
            self.buffer.append(BREAK)
        elif tag == "hr":
            self._flush()
        elif tag in ("iframe", "embed", "object"):
            address = element.get("src") or element.get("data") or ""
            if is_attachment(address, ""):
                self.links.append(Link("", address))
        elif tag == "pre":
            self._flush()
            self._preformatted(element)
        elif tag in ("table", "dl"):
            self._flush()
            self._table(element, tag)

    def _table(self, element: Element, tag: str) -> None:
        for link in element.iter("a"):
            self._link(link)
            self.link_depth -= 1
        attachment, self.attachment = self.attachment, False
        if tag == "dl":
            self._piece(element, _definitions(element), attachment)
            return
        if stray := html_tables.stray_lines(element):
            self.buffer = [BREAK.join(stray)]
            self._flush()
        for one in html_tables.with_nested(element):
            self._piece(one, html_tables.table_of(one), attachment)
            attachment = False
        self._pictures(element, self.scopes[-1])

    def _piece(self, element: Element, table: Table | None, attachment: bool) -> None:
        """A table as a piece, its caption in front of it."""
        if table is None:
            return
        caption = element.find("caption")
        if caption is not None and (lines := html_tables.lines_of(html_tables.text_within(caption))):
            self.buffer = [BREAK.join(lines)]
            self._flush()
            table = Table(table.cells, role=table.role, caption="".join(lines))
        scope = self.scopes[-1]
        self.out.append(
            Piece(
                table=table,
                inside=scope.inside,
                site=scope.site,
                classes=scope.classes,
                chars=sum(len(c.text) for c in table.cells),
                link_chars=sum(len("".join(a.itertext()).strip()) for a in element.iter("a")),
                attachment=attachment,
            )
        )

    def _pictures(self, element: Element, scope: _Scope) -> None:
        for shown in pictures.within(element):
            self._flush()
            self.out.append(Piece(blocks=[shown], inside=scope.inside, site=scope.site, classes=scope.classes))

    def _preformatted(self, element: Element) -> None:
        from extractors.readers.text import blocks_of

        text = html_tables.text_within(element, as_is=True).replace(BREAK, "\n")
        if text.strip():
            scope = self.scopes[-1]
            found = blocks_of(text)
            self.out.append(
                Piece(
                    blocks=found, inside=scope.inside, site=scope.site, classes=scope.classes, chars=len(text.strip())
                )
            )

    def _list(self, element: Element, tag: str, outer: _Scope, scope: _Scope) -> None:
        """Numbers of ordered lists become text: they are part of the outline and stand nowhere else."""
        if tag == "ol":
            start = re.match(r"\s*(\d{1,6})", element.get("start") or "")
            if not _UNNUMBERED.search(element.get("style") or ""):
                scope.numbers = [int(start[1]) if start else 1]
            scope.style = element.get("type") or "1"
        elif tag == "li" and outer.numbers is not None:
            value = re.match(r"\s*(\d{1,6})", element.get("value") or "")
            if value:
                outer.numbers[0] = int(value[1])
            self.number = _numeral(outer.numbers[0], outer.style) + "."
            outer.numbers[0] += 1

    def _link(self, element: Element) -> None:
        self.link_depth += 1
        text = html_tables.collapse("".join(element.itertext())).strip()
        href = file_address(element, text)
        if href:
            self.attachment = True
            self.links.append(Link(text, href))

    def _text(self, text: str | None) -> None:
        if not text:
            return
        self.buffer.append(html_tables.joined(text))
        length = len(text.strip())
        self.chars += length
        if self.link_depth > 0:
            self.link_chars += length

    def _flush(self) -> None:
        """Close the paragraph under way."""
        lines = html_tables.lines_of("".join(self.buffer)) if self.buffer else []
        self.buffer = []
        if lines:
            if self.level is not None:
                lines = ["".join(lines)]
            if self.number:
                if not _OWN_NUMBER.match(lines[0]):
                    lines[0] = self.number + lines[0]
                self.number = ""
            scope = self.scopes[-1]
            self.out.append(
                Piece(
                    lines=lines,
                    level=self.level,
                    inside=scope.inside,
                    site=scope.site,
                    classes=scope.classes,
                    chars=sum(map(len, lines)),
                    link_chars=self.link_chars,
                    attachment=self.attachment,
                )
            )
        self.chars = self.link_chars = 0
        self.attachment = False


@cache
def _set(key: str) -> frozenset[str]:
    return frozenset(load("page_layout")[key])


@cache
def _attachment_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = load("page_layout")
    endings = "|".join(data["attachment_extensions"])
    return (
        re.compile(rf"\.(?:{endings})(?:$|[?#&])", re.IGNORECASE),
        re.compile(data["attachment_paths"], re.IGNORECASE),
        re.compile(data["attachment_texts"]),
    )


def file_address(element: Element, text: str) -> str | None:
    """The address of the file that a link leads to, None when it leads to none.

    Where a script fetches the file (``javascript:down('a.doc')``, ``onclick``, ``data-href``), that is the address in
    the script; the script as written when it names none but the link's text is a file's.
    """
    href = (element.get("href") or "").strip()
    if href and is_attachment(href, text):
        return href
    if href and not href.lower().startswith(("javascript:", "#")):
        return None
    scripts = [href, *(element.get(name) or "" for name in ("onclick", "data-href", "data-url", "data-file"))]
    for script in scripts:
        if not 4 < len(script) <= 2000:
            continue
        for quoted in [script, *_QUOTED.findall(script)]:
            if not quoted.lower().startswith("javascript:") and is_attachment(quoted, "") and "(" not in quoted:
                return quoted
    ending, _, _ = _attachment_patterns()
    called = next((script for script in scripts if "(" in script and "void" not in script), None)
    return called if called and len(called) <= 2000 and ending.search(text[-12:]) else None


def is_attachment(href: str, text: str) -> bool:
    """Whether a link leads to a file of the article: by its ending, a download path, or its text 附件…."""
    if len(href) > 2000 or href.lower().startswith(("javascript:", "mailto:", "tel:", "#", "data:")):
        return False
    ending, path, named = _attachment_patterns()
    return bool(ending.search(href) or ending.search(text[-12:]) or path.search(href) or named.match(text))


def _is_site(tag: str, own: set[str], inside: bool) -> bool:
    """Whether an element is a part of the site by its tag or names; inside the article only unmistakable ones are."""
    if own & _set("site_everywhere") or tag == "nav":
        return True
    return not inside and (tag in ("footer", "aside", "header") or bool(own & _set("site_outside")))


def _is_source_break(element: Element) -> bool:
    """Whether nothing but a line break of the source follows an element of one character: editors and copy protection
    put each character into an element of its own."""
    text, tail = element.text, element.tail
    if not text or not tail or len(text) != 1 or tail[0] not in "\r\n" or tail.strip():
        return False
    following = element.getnext()
    return text > "\u2e80" or (following is not None and len(following.text or "") == 1)


def _is_login(element: Element) -> bool:
    """Whether an element is a form that asks for a password; some systems wrap the whole page in a form."""
    if element.tag != "form" or not any(i.get("type", "").lower() == "password" for i in element.iter("input")):
        return False
    return len("".join(element.itertext()).strip()) <= _MAX_LOGIN


def _definitions(element: Element) -> Table | None:
    """A ``<dl>`` of page metadata as a table of pairs; None for any other list."""
    rows: list[list[str]] = []
    for child in element.iter("dt", "dd"):
        text = " ".join(html_tables.lines_of(html_tables.text_within(child)))
        if child.tag == "dt" or not rows:
            rows.append([text])
        else:
            rows[-1].append(text)
    if sum(label(row[0]) is not None for row in rows) < 2:
        return None
    return plain_tables.table_of(rows)


def _numeral(value: int, style: str) -> str:
    """A list number in the style of ``<ol type>``."""
    if style in ("a", "A") and 1 <= value <= 26:
        return chr(ord(style) + value - 1)
    if style in ("i", "I") and 1 <= value < 40:
        roman = "x" * (value // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[value % 10]
        return roman if style == "i" else roman.upper()
    return str(value)
