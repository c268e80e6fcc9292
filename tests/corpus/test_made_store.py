"""The scale benchmark fills its store by a short cut: it must be the store that taking the files in would have made."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.made_corpus import made
from benchmarks.made_store import fill
from corpus.corpus import Corpus

_TABLES = ("sources", "locations", "documents", "source_documents", "companions")
_TIMES = ("first_seen", "last_seen")


def test_a_filled_store_holds_what_recording_the_same_documents_leaves(tmp_path: Path) -> None:
    paragraphs, size = fill(tmp_path / "filled", 3)
    outcomes = [one.outcome() for one in made(3)]
    with Corpus.open(tmp_path / "recorded", create=True, extraction_version="made") as corpus:
        for outcome in outcomes:
            corpus.record([outcome])
        hits = corpus.search("教育", sort="date").hits
    assert _rows(tmp_path / "filled") == _rows(tmp_path / "recorded")
    assert size == sum(outcome.bytes for outcome in outcomes)
    assert paragraphs == sum(len(one.paragraphs) for one in made(3))
    with Corpus.open(tmp_path / "filled", extraction_version="made") as corpus:
        assert corpus.search("教育", sort="date").hits == hits
        assert corpus.verify_index() == []


def _rows(home: Path) -> dict[str, list[dict[str, object]]]:
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        found = {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]
            for table in _TABLES
        }
        found["meta"] = [dict(row) for row in connection.execute("SELECT value FROM meta WHERE key = 'seq'")]
    for rows in found.values():
        for row in rows:
            for name in _TIMES:
                row.pop(name, None)
    return found
