"""Pages without content that lead to another address at once: ``<meta http-equiv="refresh" content="0; url=…">``.

They are a redirect in another dress, common where a site was moved or its first page is another. A page that is shown for
longer, or that says something itself, is meant to be read.
"""

from __future__ import annotations

from extractors.readers import encodings
from extractors.readers.html import standins, tree
from schemas.errors import NotRead
from sources import pages
from sources.listing.addresses import absolute

AT_ONCE_SECONDS = 5
"""A page that refreshes within so many seconds gives nobody time to read it."""

_MAX_BYTES = 64 * 1024
"""A page that only leads elsewhere is small."""


def leads_to(body: bytes, url: str) -> str | None:
    """The address that a page leads to at once, None where it is one to be read, or leads to itself.

    Args:
        body: its bytes.
        url: where it came from.
    """
    if len(body) > _MAX_BYTES or b"refresh" not in body.lower() or not pages.is_page(body, url):
        return None
    refused = pages.examine(body, url).refused
    if refused is None or refused.cause != "elsewhere":
        return None
    try:
        decoded = encodings.decode(body, url, encodings.declared_charset(body))
    except NotRead:
        return None
    root, _ = tree.parse(decoded.text)
    found = standins.refresh(root) if root is not None else None
    if root is None or found is None or found[0] > AT_ONCE_SECONDS:
        return None
    base = root.find(".//base")
    within = absolute(url, base.get("href")) if base is not None else None
    address = absolute(within or url, found[1])
    return address if address != absolute(url, url) else None
