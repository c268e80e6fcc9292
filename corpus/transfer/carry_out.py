"""Writing a corpus to an archive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus.batch import last_change
from corpus.migrations import latest
from corpus.transfer.container import MANIFEST, Counting, Sink
from corpus.transfer.manifest import CARRIED, Manifest, Part
from corpus.transfer.packs import carry

if TYPE_CHECKING:
    from corpus.originals import Originals

_PORTION = 200
START = "0" * 64
"""What the chain of decisions begins with."""


def carry_out(
    connection: sa.Connection, originals: Originals, path: Path, apart: Sequence[tuple[str, int]] | None = None
) -> Manifest:
    """Write everything that a corpus holds to ``path``, whole or not at all.

    Args:
        connection: to the store, in a transaction that sees one state of it.
        originals: its originals; each is verified.
        path: a ZIP where it ends in ``.zip``, else a folder that is not there yet.
        apart: the originals with their sizes, where they are kept elsewhere: then they are listed and not written.

    Returns: what was written.

    Raises:
        CorpusError: an original is missing or damaged, or the archive cannot be written.
    """
    chain, changes = START, last_change(connection)
    tables: dict[str, Part] = {}
    with Sink(path) as sink:
        for table in CARRIED:
            tables[table.name] = _lines(sink, f"tables/{table.name}.jsonl", _rows(connection, table))
            if table.name == "decisions":
                last = sa.select(table.c.chain).order_by(table.c.number.desc()).limit(1)
                chain = connection.scalar(last) or START
        names = list(originals.names()) if apart is None else []
        sizes = [(name, originals.path(name).stat().st_size) for name in names] if apart is None else apart
        kept = _lines(sink, "originals.jsonl", ({"sha256": name, "bytes": size} for name, size in sizes))
        for name in names:
            with sink.member(f"originals/{name[:2]}/{name[2:4]}/{name}") as file:
                file.write(originals.read(name))
        packs = carry(originals.folder.parent, sink) if apart is None else {}  # a backup has them among its settings
        manifest = Manifest(
            schema_version=latest(), changes=changes, chain=chain, tables=tables, originals=kept, packs=packs
        )
        none = None if packs else {"packs"}  # so that earlier versions of the program can read it
        with sink.member(MANIFEST) as file:
            file.write((manifest.model_dump_json(indent=1, exclude=none) + "\n").encode())
    return manifest


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[Mapping[str, Any]]:
    query = sa.select(table).order_by(*table.primary_key.columns)
    with connection.execution_options(yield_per=_PORTION).execute(query) as rows:
        for row in rows:
            yield row._asdict()


def _lines(sink: Sink, name: str, rows: Iterable[Mapping[str, Any]]) -> Part:
    rows_written = 0
    with sink.member(name) as file:
        counting = Counting(file)
        for row in rows:
            rows_written += 1
            counting.write((json.dumps(dict(row), ensure_ascii=False) + "\n").encode())
    return Part(rows=rows_written, bytes=counting.bytes, sha256=counting.digest)
