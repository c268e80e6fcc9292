"""Which documents of the corpus documents cite, many at a time: for those who check or compare them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from corpus.relations.citations import citations_of, resolve

if TYPE_CHECKING:
    from corpus.store import Store


def cited(store: Store, ids: Iterable[str]) -> dict[str, list[str]]:
    """For each document the ones its citations mean, in the order cited; a citation that is in doubt means none.

    Of several versions the latest stands for all. The relations must be up to date (``Corpus.relations``).
    """
    found: dict[str, dict[str, None]] = {id: {} for id in ids}
    with store.snapshot() as connection:
        for one in resolve(connection, citations_of(connection, found)):
            if one.document is not None and one.document.id != one.row.document_id:
                found[one.row.document_id][one.document.id] = None
    return {id: list(documents) for id, documents in found.items()}
