"""List pages and feeds as trees: decoded whatever they declare, nothing fetched, no entity expanded."""

from __future__ import annotations

import re
import zlib

from extractors.readers import encodings, limits
from extractors.readers.html.tree import Element
from extractors.readers.html.tree import parse as parse_html
from schemas.errors import NotRead
from schemas.fetching import Answer, FetchFailed

MAX_BYTES = 50 * 1024 * 1024
"""Bytes of one list page, unpacked: what sitemaps.org allows a sitemap."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]{0,400}\?>")
# Both end with the text at the latest, so that none is looked at twice.
_HIDDEN = re.compile(
    r"<script\b[^<>]{0,200}\btext/xml\b[^<>]{0,200}>(.*?)(?:</script\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_ENTITY = re.compile(r"<!(?:ENTITY|DOCTYPE\b[^>]{0,2000}\[)", re.IGNORECASE)


def text_of(answer: Answer, charset: str | None) -> str:
    """The characters of an answer, unpacked where it is a gzip file.

    Args:
        answer: the server's.
        charset: what the source says; else what the answer's header and the page declare. Each is held against the text.

    Raises:
        FetchFailed: it is empty, no text, too large or packed badly.
    """
    url = answer.final_url
    body = _unpacked(answer)
    if not body.strip():
        raise FetchFailed(
            url, "listing", "列表页是空的 / the list page is empty", "请在浏览器中打开 / open it in a browser"
        )
    stated = _CHARSET.search(answer.header("content-type") or "")
    declared = charset or (stated[1] if stated else None) or encodings.declared_charset(body)
    try:
        text = encodings.decode(body, url, declared).text
    except NotRead as error:
        raise FetchFailed(url, "listing", error.message, "请写明 charset / state charset", field="charset") from error
    return text.removeprefix("\ufeff")


def html_tree(answer: Answer, charset: str | None) -> tuple[Element, str]:
    """The tree of a list page, and its text.

    Raises:
        FetchFailed: it cannot be read as a page.
    """
    text = text_of(answer, charset)
    if text.count("<") > limits.MAX_TAGS:
        raise FetchFailed(answer.final_url, "listing", "网页标签过多 / the page has too many tags")
    root, _ = parse_html(unfolded(text))
    if root is None:
        raise FetchFailed(answer.final_url, "listing", "不是网页 / this is no page")
    return root, text


def xml_tree(answer: Answer, charset: str | None) -> Element:
    """The tree of a sitemap or feed. A document type with entities is refused: they could fill the memory.

    Raises:
        FetchFailed: it is no XML.
    """
    import lxml.etree as etree

    text = text_of(answer, charset)
    url = answer.final_url
    if _ENTITY.search(text, 0, 1_000_000):
        raise FetchFailed(url, "listing", "XML 带有实体定义，不予读取 / the XML defines entities and is not read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text).lstrip().encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or local_name(root) == "html":
        raise FetchFailed(
            url,
            "listing",
            "不是 XML / this is no XML" + (f"：{said}" if (said := _title(text)) else ""),
            "请核对 url 和 kind / check url and kind",
            field="url",
        )
    return root


def unfolded(text: str) -> str:
    """A page with the records that some systems hide in a script (``<script type="text/xml">`` with CDATA) laid open.

    Their scripts would show them; they are items of the list like any other.
    """
    if "<![CDATA[" not in text:
        return text
    return _HIDDEN.sub(lambda match: "".join(_CDATA.findall(match[1])), text)


def _unpacked(answer: Answer) -> bytes:
    body = answer.body
    if body.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            body = unpacker.decompress(answer.body, MAX_BYTES + 1)
        except zlib.error as error:
            message = "压缩的列表损坏 / the packed list is damaged"
            raise FetchFailed(answer.final_url, "listing", message) from error
        if not unpacker.eof and len(body) <= MAX_BYTES:
            raise FetchFailed(answer.final_url, "listing", "压缩的列表不完整 / the packed list is cut off")
    if len(body) > MAX_BYTES:
        message = f"列表页超过 {MAX_BYTES // 2**20} MB / the list page is larger than {MAX_BYTES // 2**20} MB"
        raise FetchFailed(answer.final_url, "listing", message)
    return body


def _title(text: str) -> str:
    match = re.search(r"<title[^<>]*>([^<]{1,100})", text[:50_000], re.IGNORECASE)
    return " ".join(match[1].split()) if match else ""


def local_name(element: Element) -> str:
    """The name of an element without its namespace, in lower case."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
