"""Web pages to blocks: the article with its title, metadata table and attachments, without the site around it.

The rule above all others: no text of the document is lost. Known containers of publishing systems say where the article
is; around it only what is recognised is left out (menus, links, counters), and a page that would lose most of its text
that way is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from extractors.lexicon import load
from extractors.readers import encodings, html_content, limits
from extractors.readers.html_flow import Piece, pieces
from extractors.readers.html_tables import collapse
from extractors.readers.html_tree import Element, parse
from extractors.readers.text import join_wrapped, line_blocks, tidy
from schemas.errors import NotRead
from schemas.reading import Block, Link, Note, Paragraph, Reading

MEDIA_TYPE = "text/html"

_MAX_BLOCKED = 150
_NEARLY_EMPTY = 40
"""Characters. A page with more than the first is an article, whatever it says about logging in; with less than the
second, what is not part of its text (boxes for a password, a notice for browsers without scripts) tells what it is."""


def read(data: bytes, uri: str) -> Reading:
    """Read a web page.

    Args:
        data: the bytes, in any of the encodings of ``extractors.readers.encodings``; a wrong declaration is noted.
        uri: the page's address or the file as the user named it.

    Returns:
        Blocks in reading order; ``meta`` holds the ``<meta>`` tags and, under ``title``, the title tag; ``links`` the
        attachments' links. Copyright lines and the like have the role ``furniture``, page metadata ``metadata``.

    Raises:
        NotRead: ``no_text`` for login, error and script-only pages; unknown encoding; over a limit.
    """
    if len(data) > limits.MAX_TEXT_BYTES:
        raise NotRead(
            uri,
            "over_limit",
            f"网页有 {len(data)} 字节，超过上限 {limits.MAX_TEXT_BYTES} / the page has {len(data)} bytes, "
            f"the limit is {limits.MAX_TEXT_BYTES}",
            "请拆分后再读 / split it",
        )
    decoded = encodings.decode(data, uri, encodings.declared_charset(data))
    text, removed = encodings.without_invisible(decoded.text)
    reading = Reading(media_type=MEDIA_TYPE, encoding=decoded.encoding, notes=list(decoded.notes))
    if removed > 1:
        reading.notes.append(
            Note("invisible_characters", f"去掉 {removed} 个不可见字符 / {removed} invisible characters left out")
        )
    if text.count("<") > limits.MAX_TAGS:
        raise NotRead(
            uri,
            "over_limit",
            f"网页有超过 {limits.MAX_TAGS} 个标签 / the page has more than {limits.MAX_TAGS} tags",
            "请另存为 DOCX 或 PDF / save it as DOCX or PDF",
        )
    root, notes = parse(text)
    reading.notes += notes
    body = root.find("body") if root is not None else None
    if root is None or body is None:
        raise _no_text(uri, 0)
    reading.meta = _meta(root)
    mains = html_content.main_elements(body)
    found = pieces(body, mains, reading.links)
    titles = html_content.titles_of(reading.meta)
    kept, dropped = html_content.select(found, titles, bool(mains))
    reading.links = _unique(reading.links)
    _refuse_blocked(uri, kept, body)
    reading.blocks = _blocks(kept, dropped, titles)
    if not mains:
        left_out = sum(p.chars for p in dropped)
        if left_out > 200:
            reading.notes.append(
                Note(
                    "furniture_removed",
                    f"未识别正文容器，去掉导航等 {left_out} 字 / no article container known, {left_out} characters of "
                    "navigation left out",
                )
            )
    return reading


def _meta(root: Element) -> dict[str, str]:
    """The ``<meta>`` tags by name as written; the first with content counts, whatever the case of a second's name."""
    meta: dict[str, str] = {}
    seen: set[str] = set()
    for tag in root.iter("meta"):
        name = (tag.get("name") or tag.get("property") or tag.get("itemprop") or "").strip()
        content = collapse(tag.get("content") or "").strip()
        if name and content and name.lower() not in seen:
            seen.add(name.lower())
            meta[name] = content
    title = root.find(".//title")
    text = collapse("".join(title.itertext())).strip() if title is not None else ""
    if text and "title" not in seen:
        meta["title"] = text
    return meta


def _blocks(kept: list[Piece], dropped: list[Piece], titles: Collection[str]) -> list[Block]:
    blocks: list[Block] = []
    titled = False
    for piece in kept:
        if piece.table is not None:
            blocks.append(piece.table)
        elif piece.blocks is not None:
            blocks += piece.blocks
        elif not titled and html_content.is_title(piece, titles):
            titled = True
            blocks.append(Paragraph(tidy(piece.text), style="title", level=piece.level))
        else:
            blocks += _paragraphs(piece)
    # Who runs the site is worth a line each, to tell an official page from a copy of one; menus are not.
    for piece in dropped:
        for line in piece.lines:
            blocks += [b for b in line_blocks(line) if b.role == "furniture" and _names_site(b.text)]
    return blocks


def _paragraphs(piece: Piece) -> Iterator[Paragraph]:
    for line in join_wrapped(piece.lines):
        for paragraph in line_blocks(line):
            if paragraph.role != "body":
                yield paragraph
            elif piece.level is not None:
                yield Paragraph(tidy(paragraph.text), style="heading", level=piece.level)
            else:
                yield Paragraph(tidy(paragraph.text))


def _names_site(text: str) -> bool:
    return re.search("版权|版權|ICP|标识码|標識碼|主办|主辦|(?i:copyright)", text) is not None


def _unique(links: list[Link]) -> list[Link]:
    return list(dict.fromkeys(links))


@cache
def _not_a_page() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in load("page_layout")["not_a_page"]), re.IGNORECASE)


def _refuse_blocked(uri: str, kept: list[Piece], body: Element) -> None:
    """Raise for pages that stand in for the article: login, error and script pages, pages of pictures."""
    chars = sum(p.chars for p in kept)
    pictures = sum(1 for _ in body.iter("img"))
    if not kept or chars == 0:
        raise _no_text(uri, pictures)
    if chars > _MAX_BLOCKED or any(p.table is not None for p in kept):
        return
    text = " ".join(p.text for p in kept)
    if chars < _NEARLY_EMPTY and not any(p.inside for p in kept):
        text = " ".join(collapse(t) for t in body.itertext())[:2000]
    if _not_a_page().search(text):
        raise NotRead(
            uri,
            "no_text",
            "网页没有正文，是登录、验证、报错或脚本页面 / the page holds no article: it is a login, check, error or "
            "script page",
            "请在浏览器中打开后另存为网页或 PDF / open it in a browser and save it as HTML or PDF",
        )


def _no_text(uri: str, pictures: int) -> NotRead:
    if pictures:
        return NotRead(
            uri,
            "no_text",
            f"网页没有文字，只有 {pictures} 张图片 / the page holds no text, only {pictures} pictures",
            "请先做文字识别 / run text recognition first",
        )
    return NotRead(
        uri,
        "no_text",
        "网页没有文字，内容可能由脚本生成 / the page holds no text, scripts may build its content",
        "请在浏览器中打开后另存为网页或 PDF / open it in a browser and save it as HTML or PDF",
    )
