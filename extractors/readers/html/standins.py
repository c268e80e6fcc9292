"""Pages that stand where a document should be: firewalls, log-ins, error pages, pages that only lead elsewhere.

What decides is what is left as content once the site is taken away, never a word alone: a long article that speaks of
logging in is an article. The vocabulary is data (``lexicons/page_standins.yaml``), written against folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from extractors.fold import fold
from extractors.lexicon import load
from extractors.readers import furniture
from extractors.readers.html import content as html_content
from extractors.readers.html.flow import Piece, is_attachment
from extractors.readers.html.tables import collapse
from extractors.readers.html.tree import Element, names
from schemas.errors import Cause, NotRead

_IDEOGRAPH = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTER = re.compile("[\u3400-\u9fff\uac00-\ud7a3\u3041-\u30ffA-Za-z\U00020000-\U0003ffff]")

_ARTICLE = 400
_SHORT = 150
_LEAD = 60
_NOTHING = 15
"""Ideographs (the last two: letters of any script) of content. A page with as many as the first is an article whatever
it says: the longest known block pages have some 250. A page below the second may be taken for what a weak phrase says;
one below the third may only introduce what stands elsewhere; one below the last shows nothing."""

_OPENING = 1_500
"""Characters of a page's text in which a stand-in says what it is."""

_MAX_MOVING_SCRIPT = 3_000
"""Characters of all scripts of a page. One with more is an application that may go elsewhere, not a redirect."""

_MAX_REFRESH = 30
"""Seconds. A page that refreshes later is meant to be read."""

_REFRESH = re.compile(
    r"(?<!\s)\s*(\d{1,4})(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?['\"]?\s*([^'\"\s][^'\"]{0,1000})", re.IGNORECASE
)
_SCRIPT_MOVE = re.compile(
    r"location(?:\.href)?\s*=\s*[\"']([^\"'\s]{1,1000})[\"']|location\.(?:replace|assign)\s*\(\s*[\"']([^\"'\s]{1,1000})[\"']"
)
_VIEWER_FILE = re.compile(r"[?&#](?:file|src|url|pdf|path|furl)=([^&#]{1,1000})", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"(?<!\s)\s+[-_|—–]+\s+|[_|—–>»]+")
_MOUNTS = frozenset(("app", "root", "__next", "__nuxt", "main-app", "appcontent", "container", "vue-app", "react-root"))


@dataclass(slots=True)
class _Kind:
    """One kind of stand-in, as its lexicon entry says."""

    name: str
    english: str
    cause: Cause
    markup: re.Pattern[str] | None
    titles: re.Pattern[str] | None
    phrases: re.Pattern[str] | None
    weak: re.Pattern[str] | None


@dataclass
class Page:
    """What is known of a page when it is judged.

    ``markup`` is the decoded page; ``kept`` and ``dropped`` are the pieces of the document and of the site, ``titles``
    what the page calls its article, ``title`` its title tag.
    """

    markup: str
    root: Element
    body: Element | None
    kept: Sequence[Piece]
    dropped: Sequence[Piece]
    title: str = ""
    titles: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def content(self) -> list[Piece]:
        """The pieces that are neither title, metadata, menu nor furniture."""
        return [p for p in self.kept if self._is_content(p)]

    def _is_content(self, piece: Piece) -> bool:
        if piece.table is not None:
            return piece.table.role == "body" and not piece.site
        if piece.site or html_content.is_title(piece, self.titles) or html_content.is_metadata(piece):
            return False
        if piece.blocks is not None:
            return True
        return not html_content.is_menu(piece) and not all(map(furniture.is_furniture, piece.lines))

    @cached_property
    def ideographs(self) -> int:
        """How many ideographs the content has; counted up to where it makes no difference any more."""
        return _count(_IDEOGRAPH, self.content)

    @cached_property
    def letters(self) -> int:
        """How many letters of any script the content has, in the same way."""
        return _count(_LETTER, self.content)

    @cached_property
    def text(self) -> str:
        """The beginning of what the page shows, folded, a line a piece; where it shows nearly nothing, of all of it."""
        whole = self.letters < _LEAD and not any(p.inside for p in self.content)
        shown = [*self.kept, *self.dropped] if whole else self.kept
        return fold("\n".join(_beginning(shown)))

    @cached_property
    def is_document(self) -> bool:
        """Whether the text says something that only a document says."""
        return re.search("|".join(load("page_standins")["document"]), self.text, re.MULTILINE) is not None


def refusal(uri: str, page: Page) -> NotRead | None:
    """Why a page is no document, None when it is one.

    Args:
        uri: the page's address or file, for the message.
        page: the page as read.
    """
    if page.ideographs >= _ARTICLE:
        return None
    kind = _kind_of(page)
    if kind is not None and kind.cause != "script_only":
        return _of_kind(uri, kind)
    attached = any(p.attachment for p in page.kept)
    if not attached and page.letters < _LEAD and (address := _refreshed(page.root)):
        return _elsewhere(uri, "网页只是跳转", "the page only redirects", address)
    if kind is not None:
        return _nothing_shown(uri, page) or _of_kind(uri, kind)
    if page.letters < _LEAD and (address := embedded_file(page.root)):
        return _elsewhere(uri, "网页的正文是嵌入的文件", "the page's content is an embedded file", address)
    if not attached and page.letters < _SHORT and (shown := _instead_of_text(page)):
        return _of_pictures(uri, shown)
    if not attached and page.letters < _SHORT and not page.is_document and _waits_for_script(page):
        return _of_script(uri)
    if page.letters >= _NOTHING or attached or any(p.table is not None for p in page.content):
        return None
    return _nothing_shown(uri, page)


def empty(uri: str) -> NotRead:
    """The refusal of a page without any text."""
    return NotRead(
        uri,
        "no_text",
        "网页没有文字 / the page holds no text",
        "请在浏览器中打开后另存为网页或 PDF / open it in a browser and save it as HTML or PDF",
    )


def embedded_file(root: Element) -> str | None:
    """The address of a file that a page shows in a frame or viewer (``<iframe src=a.pdf>``, pdf.js), None without one."""
    for frame in root.iter("iframe", "embed", "object", "frame"):
        address = (frame.get("src") or frame.get("data") or "").strip()
        if not address or len(address) > 4_000:
            continue
        inner = _VIEWER_FILE.search(address)
        if inner is not None and is_attachment(_unquoted(inner[1]), ""):
            return _unquoted(inner[1])
        if is_attachment(address, ""):
            return address
    return None


def refresh(root: Element) -> tuple[int, str] | None:
    """After how many seconds ``<meta http-equiv=refresh>`` leads where, as it is written; None where it leads nowhere.

    Of several the one that comes first in time counts, as in browsers.
    """
    found: list[tuple[int, str]] = []
    for tag in root.iter("meta"):
        if (tag.get("http-equiv") or "").strip().lower() == "refresh":
            match = _REFRESH.match(tag.get("content") or "")
            if match is not None:
                found.append((int(match[1]), match[2].strip()))
    return min(found, key=lambda one: one[0], default=None)


def pictures(element: Element) -> list[str]:
    """The addresses of the pictures that may hold a notice's text: those that are neither icons nor tracking pixels."""
    found: list[str] = []
    for image in element.iter("img", "image"):
        address = (image.get("data-src") or image.get("data-original") or image.get("src") or "").strip()
        if (
            not address
            or address.startswith("data:")
            or _decoration().search(f"{address[:500]} {' '.join(names(image))}")
        ):
            continue
        if any(0 < _pixels(image.get(side)) < 60 for side in ("width", "height")):
            continue
        found.append(address)
    return found


def _kind_of(page: Page) -> _Kind | None:
    headings = [p.text for p in page.kept if p.level is not None and len(p.text) <= 120]
    named = [fold(part).strip() for text in (page.title, *headings[:3]) for part in _parts(text)]
    for kind in _kinds():
        if page.ideographs < _ARTICLE and not page.is_document and _says_so(page, kind, named):
            return kind
    if _asks_for_password(page) and page.letters < _LEAD and not page.is_document and not _in_container(page):
        return next(kind for kind in _kinds() if kind.cause == "login_page")
    if not _in_container(page) and page.letters < _LEAD:
        return next((k for k in _kinds() if k.markup is not None and k.markup.search(page.markup)), None)
    return None


def _says_so(page: Page, kind: _Kind, named: Sequence[str]) -> bool:
    entitled = kind.cause != "login_page" or page.letters < _LEAD or _asks_for_password(page)
    if entitled and kind.titles is not None and any(kind.titles.fullmatch(name) for name in named):
        return True
    # In the article's container a text of some length may speak of such pages: news about network security does.
    spoken = not (_in_container(page) and page.letters >= _SHORT)
    if spoken and kind.phrases is not None and kind.phrases.search(page.text):
        return True
    if kind.weak is None or page.letters >= _SHORT or any(p.table is not None for p in page.content):
        return False
    if _in_container(page) and page.letters >= _LEAD:
        return False
    if kind.cause == "script_only" and page.letters >= _NOTHING * 2:
        return False
    return kind.weak.search(page.text) is not None


def _nothing_shown(uri: str, page: Page) -> NotRead | None:
    """What a page without any content is; None when there is nothing to say against its few words."""
    if address := _moved(page.root):
        return _elsewhere(uri, "网页由脚本跳转", "scripts lead to another page", address)
    if address := _framed(page.root):
        return _elsewhere(uri, "网页只是框架，内容在框架里", "the page is a frame around another", address)
    if shown := pictures(page.root):
        return _of_pictures(uri, shown)
    if any(True for _ in page.root.iter("script")) and (not page.kept or _hollow(page.body)):
        return _of_script(uri)
    return None if page.kept else empty(uri)


def _waits_for_script(page: Page) -> bool:
    """Whether the article's own container stands empty on a page with scripts."""
    if page.body is None or _in_container(page) or next(page.root.iter("script"), None) is None:
        return False
    return bool(html_content.without_text(page.body, html_content.container_names()))


def _of_script(uri: str) -> NotRead:
    return NotRead(
        uri,
        "script_only",
        "网页没有正文，内容由脚本生成 / the page holds no article, scripts build its content",
        "请在浏览器中打开后另存为网页或 PDF / open it in a browser and save it as HTML or PDF",
    )


def _of_pictures(uri: str, shown: Sequence[str]) -> NotRead:
    return NotRead(
        uri,
        "no_text",
        f"网页没有正文文字，只有 {len(shown)} 张图片 / the page holds no article text, only {len(shown)} pictures",
        f"请取得图片并做文字识别 / obtain the pictures and run text recognition: {_shortened(shown[0])}",
    )


def _of_kind(uri: str, kind: _Kind) -> NotRead:
    cures = {
        "login_page": "请登录后在浏览器中另存为网页或 PDF / log in, then save the page as HTML or PDF in a browser",
        "error_page": "请核对网址，或在页面恢复后重新取得 / check the address, or obtain it again when the page is back",
        "no_text": "请打开列表里的文件页面 / open a document of the list",
    }
    return NotRead(
        uri,
        kind.cause,
        f"网页没有正文，是{kind.name} / the page holds no article, it is {kind.english}",
        cures.get(kind.cause, "请在浏览器中打开后另存为网页或 PDF / open it in a browser and save it as HTML or PDF"),
    )


def _elsewhere(uri: str, chinese: str, english: str, address: str) -> NotRead:
    shown = _shortened(address)
    return NotRead(
        uri,
        "elsewhere",
        f"{chinese}：{shown} / {english}: {shown}",
        f"请取得该地址的内容 / obtain what stands at {shown}",
    )


def _asks_for_password(page: Page) -> bool:
    return any((i.get("type") or "").strip().lower() == "password" for i in page.root.iter("input"))


def _in_container(page: Page) -> bool:
    return any(p.inside for p in page.content)


def _refreshed(root: Element) -> str | None:
    """The address that ``<meta http-equiv=refresh>`` leads to within seconds."""
    found = refresh(root)
    return found[1] if found is not None and found[0] <= _MAX_REFRESH else None


def _moved(root: Element) -> str | None:
    """The address that a script leads to, where it stands in the script as a whole."""
    scripts = [script.text or "" for script in root.iter("script")]
    if sum(map(len, scripts)) > _MAX_MOVING_SCRIPT:
        return None
    for script in scripts:
        match = _SCRIPT_MOVE.search(script)
        if match is not None and len(match[1] or match[2]) > 1:
            return match[1] or match[2]
    return None


def _framed(root: Element) -> str | None:
    """The address of a page's frame: the widest is not known, so the last that is neither empty nor hidden."""
    found: str | None = None
    for frame in root.iter("frame", "iframe"):
        address = (frame.get("src") or "").strip()
        hidden = any(0 <= _pixels(frame.get(side)) < 3 for side in ("width", "height"))
        if address and not hidden and not address.lower().startswith(("about:", "javascript:", "data:")):
            found = address
    return found


def _instead_of_text(page: Page) -> list[str]:
    """The pictures in a container of the article that holds no text, where no other holds any."""
    if _in_container(page):
        return []
    return list(dict.fromkeys(address for element in _hollow(page.body) for address in pictures(element)))


def _hollow(body: Element | None) -> list[Element]:
    """The empty places that a script or a picture fills: mount points and containers of the article without text."""
    if body is None:
        return []
    return html_content.without_text(body, html_content.container_names() | _MOUNTS)


def _parts(title: str) -> Iterator[str]:
    if not title or len(title) > 200:
        return
    yield title
    yield from _TITLE_PARTS.split(title)


def _count(pattern: re.Pattern[str], content: Sequence[Piece]) -> int:
    total = 0
    for piece in content:
        for text in _texts(piece):
            total += len(pattern.findall(text[: 4 * _ARTICLE]))
        if total > _ARTICLE:
            break
    return total


def _beginning(shown: Sequence[Piece]) -> Iterator[str]:
    left = _OPENING
    for piece in shown:
        for text in _texts(piece):
            yield text[:left]
            left -= len(text) + 1
            if left <= 0:
                return


def _texts(piece: Piece) -> Iterator[str]:
    if piece.table is not None:
        yield from (cell.text for cell in piece.table.cells)
    elif piece.blocks is not None:
        for block in piece.blocks:
            yield from (block.text,) if hasattr(block, "text") else (cell.text for cell in block.cells)
    else:
        yield from piece.lines


def _pixels(value: str | None) -> int:
    """A width or height in pixels; -1 where none is given or it is a share."""
    match = re.match(r"\s*(\d{1,6})(?:px)?\s*$", value or "")
    return int(match[1]) if match else -1


def _shortened(address: str) -> str:
    address = collapse(address).strip()
    return address if len(address) <= 200 else address[:199] + "…"


def _unquoted(address: str) -> str:
    from urllib.parse import unquote

    return unquote(address)


@cache
def _decoration() -> re.Pattern[str]:
    return re.compile(load("page_standins")["decoration"], re.IGNORECASE)


@cache
def _kinds() -> tuple[_Kind, ...]:
    def joined(kind: dict[str, list[str]], key: str) -> re.Pattern[str] | None:
        patterns = kind.get(key)
        return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE | re.MULTILINE) if patterns else None

    return tuple(
        _Kind(
            name=kind["name"],
            english=kind["english"],
            cause=kind["cause"],
            markup=joined(kind, "markup"),
            titles=joined(kind, "titles"),
            phrases=joined(kind, "phrases"),
            weak=joined(kind, "weak"),
        )
        for kind in load("page_standins")["kinds"]
    )
