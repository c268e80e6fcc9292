"""Saved web pages (MHTML, RFC 2557): the page inside, read as any other page; its pictures are not read."""

from __future__ import annotations

from urllib.parse import urljoin

from extractors.readers import html, mime
from extractors.readers.mime import Part
from schemas.errors import NotRead
from schemas.reading import Link, Note, Reading

MEDIA_TYPE = "multipart/related"
_PAGES = ("text/html", "application/xhtml+xml")
_MARK = b"\xef\xbb\xbf"


def read(data: bytes, uri: str) -> Reading:
    """Read a saved page.

    Args:
        data: the bytes; the page's part in any encoding that a page may have.
        uri: the file as the user named it.

    Returns:
        What ``html.read`` makes of the page; of a page made of frames (workbooks saved by Excel) the blocks of every
        frame. Links are absolute, by the Content-Location of their page.

    Raises:
        NotRead: no page inside, a login or script page, over a limit.
    """
    root = mime.message(data, uri)
    pages = [part for part in mime.leaves(root) if part.kind in _PAGES]
    start = root.parameter("content-type", "start").strip("<> ")
    if start:  # RFC 2387, 3.2: the part that the others belong to
        pages.sort(key=lambda part: part.headers.get("content-id", "").strip("<> ") != start)
    if not pages:
        raise NotRead(
            uri,
            "no_text",
            "网页归档里没有网页 / the web archive holds no page",
            "请在浏览器中打开后另存为网页或 PDF / open it in a browser and save it as HTML or PDF",
        )
    reading = _pages(pages, root, uri)
    if not mime.is_complete(root):
        message = "网页归档不完整，后面的内容缺失 / the web archive is cut off, what follows is missing"
        reading.notes.append(Note("truncated", message))
    return reading


def _pages(pages: list[Part], root: Part, uri: str) -> Reading:
    framed = b"<frameset" in pages[0].content()[:100_000].lower()
    if not framed:
        return _page(pages[0], root, uri)
    reading: Reading | None = None
    refused: NotRead | None = None
    for page in pages[1:]:
        try:
            one = _page(page, root, uri)
        except NotRead as error:  # frames hold tabs and menus too
            refused = refused or error
            continue
        if reading is None:
            reading = one
        else:
            reading.blocks += one.blocks
            reading.links += one.links
            reading.notes += one.notes
    if reading is None:
        raise refused or NotRead(uri, "no_text", "网页归档里没有文字 / the web archive holds no text", "")
    return reading


def _page(part: Part, root: Part, uri: str) -> Reading:
    decoded = part.text(uri)
    # With its mark as UTF-8: whatever the page declares is said of the bytes that were.
    reading = html.read(_MARK + decoded.text.encode("utf-8", "replace"), uri)
    base = part.headers.get("content-location") or root.headers.get("snapshot-content-location", "")
    reading.links = [Link(link.text, _absolute(base, link.href)) for link in reading.links]
    reading.media_type = MEDIA_TYPE
    reading.encoding = decoded.encoding
    reading.notes += decoded.notes
    return reading


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # an address in brackets that is none
        return href
