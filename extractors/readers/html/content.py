"""Which part of a page is the article, and what of the rest belongs to it.

Names of containers come from ``lexicons/page_layout.yaml``. Text is kept when in doubt: outside a known container
anything that reads like a sentence stays, and a page without one loses only menus and parts named as the site's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from extractors.fold import fold
from extractors.lexicon import load
from extractors.readers import furniture, page_metadata
from extractors.readers.html.flow import Piece
from extractors.readers.html.tables import SILENT
from extractors.readers.html.tree import Element, events, names

_MIN_STRONG = 15
_MIN_MAIN = 40
_WEAK_SHARE = 0.5
_NUMBER = re.compile(r"[〔\[(（【]\s*(?:19|20)[\dxX×*]{2}\s*[〕\])）】]\s*第?\s*[\dxX×*]+\s*号")
_SENTENCE = re.compile("[。；;！!？?]|[，,].*[，,]")
_TITLE_TAIL = re.compile(r"(?:(?<!\s)\s+)?[-_|—–－>»]+\s*")
_MIN_TITLE = 5
_MAX_TITLE = 160
_LOST_SHARE = 0.5


def main_elements(body: Element) -> list[Element]:
    """The elements that hold the article, none inside another; empty when no known container holds any text.

    Args:
        body: the ``<body>`` element.
    """
    sizes, links = _sizes(body)
    strong = [e for e in sizes if names(e) & _set("containers_strong") and sizes[e] - links[e] > 0]
    strong = _narrowed(strong, {e: sizes[e] - links[e] for e in strong})
    if sum(sizes[e] - links[e] for e in strong) >= _MIN_STRONG:
        return strong
    weak = [
        e
        for e in sizes
        if (names(e) & _set("containers_weak") or e.tag in ("article", "main")) and sizes[e] - links[e] >= _MIN_MAIN
    ]
    if not weak:
        return []
    most = max(sizes[e] - links[e] for e in weak)
    if most < _WEAK_SHARE * (sizes[body] - links[body]):
        return []
    # The innermost that still holds nearly all: names such as "main" also stand on wrappers of the whole page.
    holding = [e for e in weak if sizes[e] - links[e] >= 0.9 * most]
    return [holding[-1]]


def titles_of(meta: dict[str, str]) -> set[str]:
    """What the page calls its article, folded, without spaces: the ArticleTitle tag or, where it is missing, the title
    tag, whole and its longest part (sites put their own name and the column around it)."""
    by_name = {re.sub("[-_: ]", "", name.lower()): value for name, value in meta.items()}
    article = by_name.get("articletitle") or by_name.get("ogtitle")
    title = by_name.get("title", "")
    found = [article] if article else [title, max(_TITLE_TAIL.split(title), key=len)]
    return {bare for text in found if len(bare := _bare(text)) >= _MIN_TITLE} - {_bare(by_name.get("sitename", ""))}


def is_title(piece: Piece, titles: Collection[str]) -> bool:
    """Whether a piece is the article's title: what the page names so, or the text of a title element."""
    text = _bare(piece.text)
    if not _MIN_TITLE <= len(text) <= _MAX_TITLE or piece.table is not None or piece.attachment:
        return False
    if text in titles:
        return True
    if any(t.startswith(text) and len(text) * 2 >= len(t) for t in titles):
        return piece.level is not None or bool(piece.classes & _set("titles"))
    return False


def select(found: Sequence[Piece], titles: Collection[str], has_main: bool) -> tuple[list[Piece], list[Piece]]:
    """Divide a page's pieces into those of the document and those of the site.

    Args:
        found: the pieces in document order.
        titles: what the page calls its article (see ``titles_of``).
        has_main: whether a container of the article is known.

    Returns:
        The pieces kept, in order, and those left out. Everything is kept but links when otherwise more than half of the
        running text were lost.
    """
    first = next((i for i, p in enumerate(found) if p.inside), 0)
    last = next((i for i in range(len(found) - 1, -1, -1) if found[i].inside), len(found) - 1)
    kept: list[Piece] = []
    dropped: list[Piece] = []
    for i, piece in enumerate(found):
        keep = _keeps(piece, titles, has_main, before=i < first, after=i > last)
        (kept if keep else dropped).append(piece)
    # Related links at the end of a container.
    while len(kept) > 1 and kept[-1].inside and kept[-2].inside and is_menu(kept[-1]):
        dropped.append(kept.pop())
    text_kept = sum(p.chars - p.link_chars for p in kept)
    text_lost = sum(p.chars - p.link_chars for p in dropped if p.chars > 20)
    if text_lost > _LOST_SHARE * (text_kept + text_lost) or not kept:
        kept = [p for p in found if not is_menu(p)] or list(found)
        chosen = set(map(id, kept))
        dropped = [p for p in found if id(p) not in chosen]
    return kept, dropped


def _keeps(piece: Piece, titles: Collection[str], has_main: bool, before: bool, after: bool) -> bool:
    if piece.inside:
        return not piece.site or piece.attachment
    if piece.attachment:
        return True
    if is_metadata(piece) and (before or not piece.site):
        return True
    if piece.site or (is_menu(piece) and not is_title(piece, titles)):
        return False
    if is_title(piece, titles) or _NUMBER.search(piece.text[:80]):
        return True
    if not has_main:
        return True
    if piece.table is not None:
        return _reads_like_text(" ".join(c.text for c in piece.table.cells)) or len(piece.table.cells) > 8
    if before and not after and piece.level is not None:
        return piece.chars >= _MIN_TITLE
    return piece.chars >= 20 and any(map(_reads_like_text, piece.lines)) and not furniture.is_furniture(piece.text)


def is_metadata(piece: Piece) -> bool:
    """Whether a piece is metadata of the page: its table, or its lines of pairs."""
    if piece.table is not None:
        return piece.table.role == "metadata"
    return bool(piece.lines) and all(page_metadata.is_metadata_line(line) for line in piece.lines)


def is_menu(piece: Piece) -> bool:
    """Whether a piece is nothing but links, or nearly so, and none of them an attachment."""
    if piece.attachment or piece.chars == 0 or piece.blocks is not None:
        return False
    return piece.link_chars >= 0.8 * piece.chars and not re.search("[《。]", piece.text)


def container_names() -> frozenset[str]:
    """The names (id, class) that publishing systems give to the element of the article."""
    return _set("containers_strong")


def without_text(body: Element, wanted: frozenset[str]) -> list[Element]:
    """The elements of a page that bear one of the names and hold no text, none inside another."""
    sizes, _ = _sizes(body)
    found: dict[Element, None] = {}
    inside: set[Element] = set()
    for element in sizes:
        if element.getparent() in inside:
            inside.add(element)
        elif sizes[element] == 0 and names(element) & wanted:
            inside.add(element)
            found[element] = None
    return list(found)


def _reads_like_text(text: str) -> bool:
    return _SENTENCE.search(text) is not None


@cache
def _set(key: str) -> frozenset[str]:
    return frozenset(load("page_layout")[key])


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", fold(text))


def _narrowed(elements: list[Element], weights: dict[Element, int]) -> list[Element]:
    """Containers without those inside others; an outer one gives way to inner ones that hold most of its text, since
    a wrapper of the whole page may bear a container's name."""
    chosen = set(elements)
    inner: dict[Element | None, list[Element]] = {}
    for element in elements:
        inner.setdefault(next((a for a in element.iterancestors() if a in chosen), None), []).append(element)
    result: list[Element] = []
    open_ = list(reversed(inner.get(None, [])))
    while open_:
        element = open_.pop()
        below = inner.get(element, [])
        if below and sum(weights[e] for e in below) >= _WEAK_SHARE * weights[element]:
            open_ += reversed(below)
        else:
            result.append(element)
    return result


def _sizes(body: Element) -> tuple[dict[Element, int], dict[Element, int]]:
    """For every element the number of characters in it, and of those in links; in document order."""
    sizes: dict[Element, int] = {}
    links: dict[Element, int] = {}

    def enter(element: Element) -> bool:
        return isinstance(element.tag, str) and element.tag not in SILENT

    path: list[Element] = []
    for event, element in events(body, enter):
        if event == "start":
            sizes[element] = len((element.text or "").strip())
            links[element] = sizes[element] if element.tag == "a" else 0
            path.append(element)
            continue
        if event == "end":
            path.pop()
            if element.tag == "a":
                links[element] = sizes[element]
        tail = len((element.tail or "").strip())
        if path:
            parent = path[-1]
            sizes[parent] += tail
            if event == "end":
                sizes[parent] += sizes[element]
                links[parent] += links[element]
    return sizes, links
