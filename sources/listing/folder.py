"""A watched folder: its documents, each with the attachments beside it, as ``duzheng ingest`` would take them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.bundles import group
from schemas.fetching import Listed, Listing
from schemas.source import SourceDefinition
from sources.listing import files

if TYPE_CHECKING:
    from sources.listing import Ask


def pages(
    definition: SourceDefinition, ask: Ask, listing: Listing, today: datetime.date
) -> Iterator[tuple[str, list[Listed]]]:
    """The folder and its documents.

    Raises:
        FetchFailed: the folder is not there or cannot be opened.
    """
    folder = files.root(definition)
    yield str(folder), documents(folder, definition, listing)


def documents(folder: Path, definition: SourceDefinition, listing: Listing, sender: str | None = None) -> list[Listed]:
    """The documents below a folder; one that changes while it is looked at, or whose attachment does, waits."""
    found: list[Listed] = []
    paths = files.below(folder, definition, listing)
    unfinished = {Path(path).parent for path in listing.waiting}
    for one in group(paths):
        every = (one.main, *one.attachments)
        # What is still being copied beside it may be its attachment.
        mark = None if one.main.parent in unfinished else files.fingerprint(every)
        if mark is None:
            listing.waiting += [str(path) for path in every]
            continue
        found.append(
            Listed(str(one.main), one.main.stem, None, sender, mark, tuple(str(path) for path in one.attachments))
        )
    return found
