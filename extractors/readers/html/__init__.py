"""Web pages to blocks: the article with its title, metadata table and attachments, without the site around it.

The rule above all others: no text of the document is lost. Known containers of publishing systems say where the article
is; around it only what is recognised is left out (menus, links, counters), and a page that would lose most of its text
that way is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from extractors.readers import encodings, limits
from extractors.readers.html import content as html_content
from extractors.readers.html import data as html_data
from extractors.readers.html import hidden as html_hidden
from extractors.readers.html import notes as html_notes
from extractors.readers.html import standins as html_standins
from extractors.readers.html.flow import Piece, pieces
from extractors.readers.html.pictures import DataAddresses
from extractors.readers.html.tables import collapse
from extractors.readers.html.tree import Element, parse
from extractors.readers.text import join_wrapped, line_blocks, tidy
from extractors.readers.word.pictures import placed
from schemas.errors import NotRead
from schemas.reading import Block, Link, Note, Paragraph, Reading

MEDIA_TYPE = "text/html"


def read(data: bytes, uri: str) -> Reading:
    """Read a web page.

    Args:
        data: the bytes, in any of the encodings of ``extractors.readers.encodings``; a wrong declaration is noted.
        uri: the page's address or the file as the user named it.

    Returns:
        Blocks in reading order; ``meta`` holds the ``<meta>`` tags and, under ``title``, the title tag; ``links`` the
        attachments' links. Copyright lines and the like have the role ``furniture``, page metadata ``metadata``.

    Raises:
        NotRead: ``block_page``, ``login_page``, ``error_page``, ``script_only``, ``elsewhere`` or ``no_text`` for a page
            that stands where a document should be (see ``html_standins``); unknown encoding; over a limit.
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
    text, unseen = encodings.cleaned(decoded.text)
    reading = Reading(media_type=MEDIA_TYPE, encoding=decoded.encoding, notes=[*decoded.notes, *unseen])
    if text.count("<") > limits.MAX_TAGS:
        raise NotRead(
            uri,
            "over_limit",
            f"网页有超过 {limits.MAX_TAGS} 个标签 / the page has more than {limits.MAX_TAGS} tags",
            "请另存为 DOCX 或 PDF / save it as DOCX or PDF",
        )
    root, notes = parse(text)
    reading.notes += notes
    if root is None:
        raise html_standins.empty(uri)
    hidden = html_hidden.remove(root, html_content.container_names())
    if hidden:
        reading.notes.append(
            Note("hidden_text", f"去掉页面隐藏的 {hidden} 字 / {hidden} characters that the page hides were left out")
        )
    body = root.find("body")
    reading.meta = _meta(root)
    mains = html_content.main_elements(body) if body is not None else []
    found = pieces(body, mains, reading.links) if body is not None else []
    titles = html_content.titles_of(reading.meta)
    kept, dropped = html_content.select(found, titles, bool(mains))
    reading.links = _unique(reading.links)
    page = html_standins.Page(text, root, body, kept, dropped, reading.meta.get("title", ""), frozenset(titles))
    if (refusal := html_standins.refusal(uri, page)) is not None:
        carried = html_data.article(root) if refusal.cause == "script_only" else None
        if carried is None:
            raise refusal
        return _carried(reading, carried)
    reading.notes += html_notes.find(page, mains)
    reading.blocks = placed(_blocks(kept, dropped, titles), DataAddresses(), reading.notes)
    return reading


def _carried(reading: Reading, carried: html_data.Carried) -> Reading:
    """The page read from the data that its scripts would have shown."""
    root, notes = parse(carried.markup)
    body = root.find("body") if root is not None else None
    found = pieces(body, (), reading.links) if body is not None else []
    reading.links = _unique(reading.links)
    reading.notes += notes
    reading.notes.append(
        Note("script_text", "正文取自页面脚本的数据 / the text was taken from the data of the page's scripts")
    )
    titles = html_content.titles_of({"title": carried.title} if carried.title else reading.meta)
    if carried.title and not any(html_content.is_title(piece, titles) for piece in found[:3]):
        reading.blocks.append(Paragraph(collapse(carried.title).strip(), style="title"))
    reading.blocks = placed([*reading.blocks, *_blocks(found, [], titles)], DataAddresses(), reading.notes)
    return reading


def _meta(root: Element) -> dict[str, str]:
    """The ``<meta>`` tags by name as written; the first with content counts, whatever the case of a second's name.

    What stands elsewhere in the head, or in known places of a public account's article, is added under names of its own
    or of the standard tags: ``title``, ``base``, ``canonical``, ``PubDate``, ``ContentSource``.
    """
    meta: dict[str, str] = {}
    seen: set[str] = set()

    def add(name: str, text: str | None) -> None:
        value = collapse(text or "").strip()
        if name and value and name.lower() not in seen:
            seen.add(name.lower())
            meta[name] = value

    for tag in root.iter("meta"):
        add((tag.get("name") or tag.get("property") or tag.get("itemprop") or "").strip(), tag.get("content"))
    title = root.find(".//title")
    add("title", "".join(title.itertext()) if title is not None else None)
    base = root.find(".//base")
    add("base", base.get("href") if base is not None else None)
    for link in root.iter("link"):
        if (link.get("rel") or "").strip().lower() == "canonical":
            add("canonical", link.get("href"))
    if "og:title" in seen:  # as every article of a public account has
        for identifier, name in (("publish_time", "PubDate"), ("js_name", "ContentSource")):
            element = root.find(f".//*[@id='{identifier}']")
            add(name, "".join(element.itertext()) if element is not None else None)
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
