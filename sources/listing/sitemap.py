"""Sitemaps (sitemaps.org 0.9): page addresses with their last change, indexes of sitemaps followed, packed or not."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractors.readers.html.tree import Element
from schemas.fetching import FetchFailed, Listed, Listing
from schemas.source import SourceDefinition
from sources.listing.addresses import absolute, same_as
from sources.listing.dates import in_address, read_date
from sources.listing.markup import local_name, text_of, xml_tree

if TYPE_CHECKING:
    from sources.listing import Ask

MAX_SITEMAPS = 1_000
"""Sitemaps of one source, those of its indexes counted; sitemaps.org allows an index 50,000."""


def pages(
    definition: SourceDefinition, ask: Ask, listing: Listing, today: datetime.date
) -> Iterator[tuple[str, list[Listed]]]:
    """The address and the items of each sitemap.

    Raises:
        FetchFailed: a sitemap was not fetched, or is none.
    """
    todo = [definition.url]
    known = {same_as(definition.url)}
    while todo:
        url = todo.pop(0)
        answer = ask(url)
        if not text_of(answer, definition.charset).lstrip().startswith("<"):
            yield url, _plain(text_of(answer, definition.charset), url, today)
            continue
        root = xml_tree(answer, definition.charset)
        name = local_name(root)
        if name == "sitemapindex":
            for element in root:
                inner = absolute(answer.final_url, _child(element, "loc"))
                if inner is not None and same_as(inner) not in known:
                    known.add(same_as(inner))
                    todo.append(inner)
            if len(known) > MAX_SITEMAPS:
                message = f"超过 {MAX_SITEMAPS} 个网站地图 / more than {MAX_SITEMAPS} sitemaps"
                cure = "请用其中几个作为来源的 url / make sources of some of them"
                raise FetchFailed(url, "listing", message, cure, field="url")
            yield url, []
        elif name == "urlset":
            yield url, [item for element in root if (item := _item(element, answer.final_url, today)) is not None]
        else:
            message = f"不是网站地图，最外层是 <{name}> / this is no sitemap, its root is <{name}>"
            raise FetchFailed(url, "listing", message, "请核对 url 和 kind / check url and kind", field="url")


def _item(element: Element, base: str, today: datetime.date) -> Listed | None:
    address = absolute(base, _child(element, "loc"))
    if address is None:
        return None
    # Sitemaps of news (Google's extension, which others read too) say title and day as well.
    news = next((one for one in element if local_name(one) == "news"), None)
    title, published = (_child(news, "title"), _child(news, "publication_date")) if news is not None else (None, None)
    published = published or _child(element, "lastmod")
    day = read_date(published, today) if published else None
    return Listed(address, title, day or in_address(address, today))


def _plain(text: str, url: str, today: datetime.date) -> list[Listed]:
    """A sitemap of the plain kind, an address a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    addresses = [address for line in lines if (address := _written_out(line)) is not None]
    if not addresses or len(addresses) * 2 < len(lines):
        message = "不是网站地图 / this is no sitemap"
        raise FetchFailed(url, "listing", message, "请核对 url 和 kind / check url and kind", field="url")
    return [Listed(address, None, in_address(address, today)) for address in addresses]


def _written_out(line: str) -> str | None:
    return absolute(line, line) if line.startswith(("http://", "https://")) else None


def _child(element: Element, name: str) -> str | None:
    """The text of the child of that name, whatever its namespace."""
    found = next((one for one in element if local_name(one) == name), None)
    return (" ".join("".join(found.itertext()).split()) or None) if found is not None else None
