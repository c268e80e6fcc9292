"""Feeds: RSS 0.9 to 2.0, Atom (RFC 4287)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractors.readers.html.tree import Element, parse
from schemas.fetching import FetchFailed, Listed, Listing
from schemas.source import SourceDefinition
from sources.listing.addresses import absolute
from sources.listing.dates import from_mail, in_address
from sources.listing.markup import local_name, xml_tree

if TYPE_CHECKING:
    from sources.listing import Ask

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_DATES = ("pubdate", "published", "date", "updated", "issued", "modified")
_TITLE_MAX = 500


def pages(
    definition: SourceDefinition, ask: Ask, listing: Listing, today: datetime.date
) -> Iterator[tuple[str, list[Listed]]]:
    """The address and the items of a feed, which is one page.

    Raises:
        FetchFailed: it was not fetched, or is no feed.
    """
    # What a feed no longer holds is still on the site.
    listing.complete = False
    answer = ask(definition.url)
    root = xml_tree(answer, definition.charset)
    name = local_name(root)
    if name not in ("rss", "rdf", "feed"):
        message = f"不是 RSS 或 Atom，最外层是 <{name}> / this is neither RSS nor Atom, its root is <{name}>"
        raise FetchFailed(answer.final_url, "listing", message, "请核对 url 和 kind / check url and kind", field="url")
    entries = [element for element in root.iter() if local_name(element) in ("item", "entry")]
    items = [item for one in entries if (item := _item(one, answer.final_url, today)) is not None]
    if entries and not items:
        message = f"{len(entries)} 项都没有链接 / none of the {len(entries)} entries has a link"
        raise FetchFailed(answer.final_url, "listing", message, "请核对 url / check url", field="url")
    yield definition.url, items


def _item(entry: Element, base: str, today: datetime.date) -> Listed | None:
    address = absolute(_base(entry, base), _link(entry))
    if address is None:
        return None
    texts = {name: _child(entry, name) for name in ("title", *_DATES)}
    written = next((text for name in _DATES if (text := texts[name])), None)
    day = from_mail(written, today) if written else None
    return Listed(address, _title(texts["title"]), day or in_address(address, today))


def _link(entry: Element) -> str | None:
    """The address of an entry: ``link``, of several in Atom the one to the page itself; else a guid that is one."""
    for element in entry:
        if local_name(element) == "link":
            href = element.get("href")
            if href is None and (text := "".join(element.itertext()).strip()):
                return text
            if href is not None and element.get("rel", "alternate") == "alternate":
                return str(href)
    guid = next((element for element in entry if local_name(element) == "guid"), None)
    if guid is None or guid.get("isPermaLink", "true").lower() != "true":
        return None
    return "".join(guid.itertext()).strip()


def _base(entry: Element, url: str) -> str:
    """What links of an entry start from (XML Base): the innermost ``xml:base``, itself from the one outside it."""
    bases = [base for one in (entry, *entry.iterancestors()) if (base := one.get(_BASE))]
    for base in reversed(bases):
        url = absolute(url, base) or url
    return url


def _child(entry: Element, name: str) -> str | None:
    found = next((one for one in entry if local_name(one) == name), None)
    return (" ".join("".join(found.itertext()).split()) or None) if found is not None else None


def _title(text: str | None) -> str | None:
    """A title without tags: RSS and Atom may both carry markup in it."""
    if text and ("<" in text or "&" in text):
        root, _ = parse(text)
        text = " ".join("".join(root.itertext()).split()) if root is not None else None
    return text[:_TITLE_MAX] if text else None
