"""Files as the store has them: which were taken in, what became of each, where it was seen, what was read beside it.

What a file holds is written with it, in one transaction; of what the rows are, ``corpus.batch`` knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch, chunks
from corpus.transactions import Transactions
from schemas.errors import CorpusError
from schemas.outcome import Failure, Outcome

# What every page asks, put together once: that takes longer than the asking.
_LOCATIONS = sa.select(t.locations.c.uri).where(t.locations.c.sha256 == sa.bindparam("sha")).order_by(t.locations.c.uri)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a document was read from: the file as it was given to the reader, and the files beside it, in their order.

    ``attachments`` is how many files were read as its attachments, those inside archives included.
    """

    sha256: str
    uri: str
    companions: tuple[tuple[str, str], ...]
    attachments: int


class Files:
    """The files of one store."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    # What is there

    def known(self, sha256s: Iterable[str], version: str) -> set[str]:
        """Those of ``sha256s`` that were read successfully by extraction ``version``."""
        return {
            row.sha256 for row in self._sources(sha256s) if row.status == "read" and row.extraction_version == version
        }

    def present(self, sha256s: Iterable[str]) -> set[str]:
        """Those of ``sha256s`` that were ever recorded, read or not."""
        return {row.sha256 for row in self._sources(sha256s)}

    def failed(self, sha256s: Iterable[str], version: str) -> dict[str, Failure]:
        """Those of ``sha256s`` that extraction ``version`` has tried and could not read, with the reason."""
        return {
            row.sha256: _failure(row)
            for row in self._sources(sha256s)
            if row.status == "failed" and row.extraction_version == version
        }

    def attachments(self, sha256s: Iterable[str]) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """For each source the SHA-256 of the attachments read with it and the names of those that could not be read."""
        return {
            row.sha256: (
                frozenset(json.loads(row.attachments)),
                frozenset(failure["uri"] for failure in json.loads(row.attachment_failures)),
            )
            for row in self._sources(sha256s)
        }

    def failures(self) -> list[Failure]:
        """Every file that could not be read the last time it was tried, in the order of their names.

        A file that has been replaced by one that could be read, under the same name, is not among them.
        """
        replaced = sa.exists().where(
            t.locations.c.uri == t.sources.c.uri,
            t.locations.c.current,
            t.locations.c.last_seen > t.sources.c.last_seen,
        )
        query = sa.select(t.sources).where(t.sources.c.status == "failed", sa.not_(replaced)).order_by(t.sources.c.uri)
        with self._store.reading() as connection:
            return [_failure(row) for row in connection.execute(query)]

    def locations(self, sha256: str) -> list[str]:
        """The names under which that content was seen, in their order."""
        with self._store.reading() as connection:
            return list(connection.scalars(_LOCATIONS, {"sha": sha256}))

    def source_names(self) -> list[str]:
        """The SHA-256 of every source and of every attachment read with one, sorted."""
        with self._store.reading() as connection:
            found: set[str] = set()
            for row in connection.execute(sa.select(t.sources.c.sha256, t.sources.c.attachments)):
                found.add(row.sha256)
                found.update(json.loads(row.attachments))
        return sorted(found)

    def taken_from(self, document: str) -> Taken:
        """What a document was read from.

        Raises:
            CorpusError: there is no such document.
        """
        source = (
            sa.select(t.sources.c.sha256, t.sources.c.uri, t.sources.c.attachments)
            .join(t.documents, t.documents.c.source_sha256 == t.sources.c.sha256)
            .where(t.documents.c.id == document)
        )
        with self._store.reading() as connection:
            row = connection.execute(source).one_or_none()
            if row is None:
                raise CorpusError(f"{document}: 语料库中没有这份文件 / there is no such document in the corpus")
            beside = (
                sa.select(t.companions.c.uri, t.companions.c.sha256)
                .where(t.companions.c.source_sha256 == row.sha256)
                .order_by(t.companions.c.position)
            )
            companions = tuple((one.uri, one.sha256) for one in connection.execute(beside))
        return Taken(row.sha256, row.uri, companions, len(json.loads(row.attachments)))

    # Writing

    def record(
        self,
        outcomes: Sequence[Outcome],
        version: str,
        companions: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> None:
        """Stores a batch: what became of each file, its documents, where it was seen. All of it, or on error nothing.

        A document that is stored already with the same content is not touched. A failure never replaces what was read
        before from the same name. ``companions``: by the SHA-256 of a file, the files that were given to the reader
        beside it, in their order: ``(uri, sha256)``.
        """
        with self._store.transaction() as connection:
            batch = Batch(connection)
            batch.put_sources(outcomes, version)
            dropped = batch.put_documents([outcome for outcome in outcomes if outcome.failure is None])
            # Of a file that could not be read too: it is read again as it was given (``flows.retry``).
            batch.put_companions({one.sha256: (companions or {}).get(one.sha256, ()) for one in outcomes})
            touched = {outcome.sha256 for outcome in outcomes}
            read = [(outcome.uri, outcome.sha256) for outcome in outcomes if outcome.failure is None]
            touched |= batch.put_locations(read)
            failed = [(outcome.uri, outcome.sha256) for outcome in outcomes if outcome.failure is not None]
            batch.put_locations(failed, current=False)
            batch.refresh_documents(sorted(dropped))
            batch.refresh(touched)
            batch.finish()

    def locate(self, locations: Iterable[tuple[str, str]]) -> int:
        """Records where the content of recorded SHA-256s was seen: ``(uri, sha256)``; others are left out.

        Returns how many of them were new or had changed; seeing the same file again changes nothing but its date.
        """
        wanted = list(dict.fromkeys(locations))
        if not wanted:
            return 0
        status = {row.sha256: row.status for row in self._sources(sha for _, sha in wanted)}
        with self._store.transaction() as connection:
            batch = Batch(connection)
            before = connection.scalar(sa.select(sa.func.count()).select_from(t.locations)) or 0
            read = [(uri, sha) for uri, sha in wanted if status.get(sha) == "read"]
            touched = batch.put_locations(read)
            failed = [(uri, sha) for uri, sha in wanted if status.get(sha) == "failed"]
            batch.put_locations(failed, current=False)
            batch.refresh(touched)
            batch.finish()
            after = connection.scalar(sa.select(sa.func.count()).select_from(t.locations)) or 0
        return max(after - before, len(touched))

    # Inside

    def _sources(self, sha256s: Iterable[str]) -> Iterator[sa.Row[Any]]:
        for chunk in chunks(list(dict.fromkeys(sha256s))):
            with self._store.reading() as connection:
                yield from connection.execute(sa.select(t.sources).where(t.sources.c.sha256.in_(chunk))).all()


def _failure(row: sa.Row[Any]) -> Failure:
    return Failure(uri=row.uri, cause=row.cause, message=row.message, cure=row.cure or "")
