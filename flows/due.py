"""What of a list is looked at: which items it has that are known, which it has lost, and which may have changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.sources import Item
from schemas.fetching import Listed, Listing
from sources.listing import wanted
from sources.listing.addresses import same_as

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.source import SourceDefinition

Items = Mapping[str, Item]
"""What the corpus knows of a source: its items by address."""


def known_as(items: Items, listed: Sequence[Listed]) -> list[tuple[str, Listed]]:
    """Each item with the address at which it is asked for, under the address that the corpus knows it by: a site that
    turns from http to https lists the same items."""
    known = {same_as(url): url for url in items}
    return [(item.url, replace(item, url=known.get(same_as(item.url), item.url))) for item in listed]


def missing(definition: SourceDefinition, items: Items, listing: Listing, listed: set[str]) -> set[str]:
    """Known items that the list does not name though it was read whole and would name them.

    Args:
        definition: the source.
        items: what is known of it.
        listing: its list.
        listed: the addresses of the list, as the corpus knows them.
    """
    if not listing.complete:
        return set()
    apart = [*listing.waiting, *(failure.url for failure in listing.failures)]
    return {
        url
        for url, item in items.items()
        if url not in listed
        and wanted(definition, _listed(item))
        and not any(url == path or url.startswith((f"{path}!/", f"{path}/")) for path in apart)
    }


def is_due(definition: SourceDefinition, item: Listed, known: Item, today: datetime.date) -> bool:
    """Whether an item is looked at: it has changed, is young enough to change, or something of it is lacking."""
    if known.sha256 is None or known.gone_since is not None:
        return True
    if not definition.is_web:
        return item.fingerprint is None or item.fingerprint != known.fingerprint
    days = definition.recheck_days
    if known.cause is not None or days is None:
        return True
    published = item.dated_on or datetime.datetime.fromisoformat(known.first_seen).date()
    changed = datetime.datetime.fromisoformat(known.changed_at).date() if known.changed_at else published
    return (today - max(published, changed)).days < days


def outdated(corpus: Corpus, items: Items) -> list[Item]:
    """Items whose content was read by earlier rules, and whose originals are there to be read again."""
    held = {item.sha256: item for item in items.values() if item.sha256 and item.files}
    shas = list(held)
    current = corpus.known(shas)
    current |= set(corpus.failed(sha for sha in shas if sha not in current))
    kept = corpus.originals.has
    return [item for sha, item in held.items() if sha not in current and all(kept(file.sha256) for file in item.files)]


def _listed(item: Item) -> Listed:
    day = datetime.date.fromisoformat(item.dated_on) if item.dated_on else None
    return Listed(item.url, item.title, day, item.sender)
