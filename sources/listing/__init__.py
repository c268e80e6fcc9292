"""What a source lists: one module a kind, each a function from the definition to pages of items.

A list that finds nothing where its definition says that something stands is a failure that names the field, never an
empty list: that is how the redesign of a site shows itself.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from importlib import import_module

from schemas.china_time import today_in_china
from schemas.fetching import Answer, FetchFailed, Listed, Listing
from schemas.source import SourceDefinition
from sources.listing.addresses import same_as

__all__ = ["MAX_ITEMS", "Ask", "list_items", "wanted"]

Ask = Callable[[str], Answer]
"""Asks a server for a list page; raises ``FetchFailed``."""

MAX_ITEMS = 200_000
"""Items of one source."""

_NEWEST_FIRST = frozenset({"list", "json"})
"""Kinds whose further pages hold older items; the parts of a sitemap or a mailbox stand in any order."""

_MODULES = {
    "list": "html",
    "json": "json_lists",
    "sitemap": "sitemap",
    "feed": "feed",
    "folder": "folder",
    "mailbox": "mailbox",
    "upload": "upload",
}


def list_items(definition: SourceDefinition, ask: Ask, today: datetime.date | None = None) -> Listing:
    """Everything that a source lists, each address once, without what the source leaves out.

    Args:
        definition: the source.
        ask: asks a server for a list page; not called for folders and mailboxes.
        today: the day that dates without a year are near; else today in China.

    Raises:
        FetchFailed: a list page could not be fetched, or (``listing``) a selector or key found nothing.
    """
    listing = Listing()
    module = import_module(f"{__name__}.{_MODULES[definition.kind]}")
    seen: set[str] = set()
    undated = False
    for page, items in module.pages(definition, ask, listing, today or today_in_china()):
        listing.pages.append(page)
        for item in items:
            if (same := same_as(item.url)) in seen:
                continue
            seen.add(same)
            if wanted(definition, item):
                listing.items.append(item)
            else:
                listing.left_out += 1
        if len(seen) > MAX_ITEMS:
            message = f"列出超过 {MAX_ITEMS} 项 / lists more than {MAX_ITEMS} items"
            raise FetchFailed(definition.url, "listing", message, "请分成几个来源 / make several sources of it")
        undated = undated or any(item.dated_on is None for item in items)
        if (
            definition.kind in _NEWEST_FIRST
            and definition.newer_than
            and not undated
            and _all_older(items, definition.newer_than)
        ):
            # A single old item may be pinned to the top, a whole page is not. What follows is left out for its date, so
            # that the listing is whole for what the source wants.
            break
    return listing


def wanted(definition: SourceDefinition, item: Listed) -> bool:
    """Whether the source takes an item: by its ``include``, ``exclude`` and ``newer_than``."""
    texts = (item.url, item.title or "")
    if definition.include and not any(re.search(definition.include, text) for text in texts):
        return False
    if definition.exclude and any(re.search(definition.exclude, text) for text in texts):
        return False
    return not (definition.newer_than and item.dated_on and item.dated_on < definition.newer_than)


def _all_older(items: Iterable[Listed], day: datetime.date) -> bool:
    dates = [item.dated_on for item in items]
    return bool(dates) and all(date is not None and date < day for date in dates)
