"""An upload folder: a subfolder for each school or county, whose name says who submitted what lies in it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemas.fetching import Listed, Listing
from schemas.source import SourceDefinition
from sources.listing import files
from sources.listing.folder import documents

if TYPE_CHECKING:
    from sources.listing import Ask


def pages(
    definition: SourceDefinition, ask: Ask, listing: Listing, today: datetime.date
) -> Iterator[tuple[str, list[Listed]]]:
    """Each sender's folder and its documents; what lies outside of them has no sender, and is taken all the same.

    Raises:
        FetchFailed: the folder is not there or cannot be opened.
    """
    folder = files.root(definition)
    everything = documents(folder, definition, listing)
    senders: dict[str | None, list[Listed]] = {}
    for item in everything:
        steps = item.url.removeprefix(str(folder)).lstrip("/").split("/")
        sender = steps[0] if len(steps) > 1 else None
        senders.setdefault(sender, []).append(
            Listed(item.url, item.title, item.dated_on, sender, item.fingerprint, item.attachments)
        )
    if not senders:
        yield str(folder), []
    for sender, items in senders.items():
        yield str(folder / sender) if sender else str(folder), items
