"""What a page that is read leaves open: further pages, a text cut off, content in an embedded file or in pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from extractors.fold import fold
from extractors.lexicon import load
from extractors.readers.html import content as html_content
from extractors.readers.html.flow import Piece
from extractors.readers.html.standins import Page, embedded_file, pictures
from extractors.readers.html.tree import Element
from schemas.reading import Note

_MAX_LINE = 60
_FEW = 200
"""Letters. An article of fewer may hold its text in its pictures."""
_MANY_DROPPED = 200


def find(page: Page, mains: Sequence[Element]) -> Iterator[Note]:
    """The notes on one page.

    Args:
        page: the page as read.
        mains: the elements that hold the article; empty where no container is known.
    """
    pages = _pages(page)
    if pages:
        yield Note(
            "more_pages", f"文章分{pages}页，这里只有其中一页 / the article has {pages} pages, this is one of them"
        )
    if _is_cut(page):
        yield Note(
            "cut_off", "页面提示需展开或登录才能看全文，这里可能不全 / the page says that more text follows elsewhere"
        )
    if address := embedded_file(page.root):
        yield Note("embedded_file", f"页面里嵌有文件，未读：{address[:200]} / a file is embedded in the page, not read")
    if page.letters < _FEW and mains:
        shown = sum(len(pictures(element)) for element in mains)
        if shown:
            yield Note("pictures", f"正文里有 {shown} 张图片，未识别 / {shown} pictures in the article, not recognised")
    left_out = sum(p.chars for p in page.dropped) if not mains else 0
    if left_out > _MANY_DROPPED:
        yield Note(
            "furniture_removed",
            f"未识别正文容器，去掉导航等 {left_out} 字 / no article container known, {left_out} characters of "
            "navigation left out",
        )


def _pages(page: Page) -> int:
    """How many pages an article has, 0 for one or an unknown number.

    A count stands in the page's own links or is given to the script that writes them; in running text it is the text's.
    """
    for script in page.root.iter("script"):
        match = _pattern("page_scripts").search((script.text or "")[:20_000])
        if match is not None and int(match[1]) > 1:
            return int(match[1])
    for piece in (*page.dropped, *page.kept):
        if piece.table is not None or piece.blocks is not None or piece.chars > _MAX_LINE:
            continue
        if not (piece.link_chars or piece.site) or html_content.is_title(piece, page.titles):
            continue
        text = fold(" ".join(piece.lines)).strip()
        for pattern in load("page_notes")["page_counts"]:
            if (found := re.search(pattern, text, re.IGNORECASE)) and int(found[1]) > 1:
                return int(found[1])
    return 0


def _is_cut(page: Page) -> bool:
    """Whether one of the last lines says that the text goes on where it cannot be seen."""
    return any(
        _pattern("cut_lines").fullmatch(fold(line).strip(" ()[]"))
        for piece in (*page.kept[-6:], *(p for p in page.dropped if p.inside or not p.link_chars))
        for line in _lines(piece)
    )


def _lines(piece: Piece) -> list[str]:
    return [line for line in piece.lines if len(line) <= _MAX_LINE] if piece.chars <= 2 * _MAX_LINE else []


@cache
def _pattern(key: str) -> re.Pattern[str]:
    found = load("page_notes")[key]
    return re.compile("|".join(f"(?:{p})" for p in found) if isinstance(found, list) else found, re.IGNORECASE)
