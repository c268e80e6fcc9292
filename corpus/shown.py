"""The texts of the few documents that a search shows, straight from the store: SQLAlchemy takes longer to load than that."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from corpus.database import Database, read_only
from schemas.errors import CorpusError

_AT_ONCE = 500


def texts_of(database: Database, ids: Sequence[str]) -> dict[str, str]:
    """The texts of the documents by their identifiers; one that is not in the store is left out.

    Raises:
        CorpusError: the store cannot be read.
    """
    if not ids:
        return {}
    parts = [list(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE)]
    if database.url is None:
        return _sqlite(database, parts)
    with database.refusals(), closing(database.connect()) as connection:
        # The whole body: PostgreSQL takes no JSON apart in which there is a NUL.
        query = "SELECT id, body FROM documents WHERE id = ANY(%s)"
        rows = [row for part in parts for row in connection.execute(query, (part,)).fetchall()]
    return {id: json.loads(body)["text"] for id, body in rows}


def _sqlite(database: Database, parts: list[list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        with closing(read_only(database.path, timeout=10)) as connection:
            for part in parts:
                marks = ",".join("?" * len(part))
                # Of two paths SQLite makes an array, written as JSON: escaped, so that a NUL does not end the text.
                query = f"SELECT id, json_extract(body, '$.text', '$.id') FROM documents WHERE id IN ({marks})"
                found.update((id, json.loads(pair)[0]) for id, pair in connection.execute(query, part))
    except sqlite3.Error as error:
        raise CorpusError(f"{database.name}: the store cannot be read: {error}; restore it from a copy") from error
    return found
