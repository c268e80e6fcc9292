"""Fills a store with the made documents, as if each had been taken in, in a fraction of the time that takes.

What ``Files.record`` leaves of a new file is written table by table; a test compares the two. Relations are not derived.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.made_corpus import made
from corpus import tables as t
from corpus.batch import Batch, document_row, now
from corpus.corpus import Corpus
from corpus.database import Database
from corpus.store import Store

_PORTION = 1000
_VERSION = "made"

Rows = Mapping[str, list[dict[str, Any]]]


def fill(home: Path, count: int) -> tuple[int, int]:
    """Makes a corpus of ``count`` made documents in ``home``; returns its paragraphs and the bytes of its texts."""
    with Corpus.open(home, create=True, extraction_version=_VERSION):
        pass
    paragraphs = size = 0
    portions = [(first, min(_PORTION, count - first)) for first in range(0, count, _PORTION)]
    context = multiprocessing.get_context("spawn")
    with (
        closing(Store.open(Database.of(home))) as store,
        store.transaction() as connection,
        ProcessPoolExecutor(mp_context=context) as pool,
    ):
        made_rows = pool.map(_rows, portions) if len(portions) > 1 else map(_rows, portions)
        for rows, lines, length in made_rows:
            for name, values in rows.items():
                connection.execute(t.metadata.tables[name].insert(), values)
            paragraphs, size = paragraphs + lines, size + length
        Batch(connection).put_meta(seq=2 * count)
    return paragraphs, size


def _rows(portion: tuple[int, int]) -> tuple[Rows, int, int]:
    """The rows of a portion (its first document, how many) by table, its paragraphs, and the bytes of its texts."""
    first, count = portion
    moment = now()
    rows: dict[str, list[dict[str, Any]]] = {"sources": [], "locations": [], "documents": [], "source_documents": []}
    paragraphs = size = 0
    for one in made(count, first):
        outcome = one.outcome()
        (document,) = outcome.documents
        seen = {"first_seen": moment, "last_seen": moment}
        key = {"source_sha256": outcome.sha256, "position": 0}
        rows["sources"].append(
            {
                "sha256": outcome.sha256,
                "uri": outcome.uri,
                "bytes": outcome.bytes,
                "media_type": outcome.media_type,
                **seen,
                "status": "read",
                "attempts": 1,
                "extraction_version": _VERSION,
                "attachments": "[]",
                "attachment_failures": "[]",
            }
        )
        rows["locations"].append({"uri": outcome.uri, "sha256": outcome.sha256, **seen, "current": True})
        row = document_row(document, outcome.sha256, 0, document.model_dump_json())
        # Taken in is one change and becoming current another.
        rows["documents"].append(row | {"current": True, "seq": 2 * one.number + 2})
        rows["source_documents"].append(key | {"document_id": document.id})
        paragraphs += len(one.paragraphs)
        size += outcome.bytes
    return rows, paragraphs, size
