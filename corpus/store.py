"""The store: what was taken in, what became of it, and every document. It is the truth; the index is derived from it.

SQLite in write-ahead mode, or PostgreSQL, through SQLAlchemy Core. Every batch is one transaction, flushed to the disk before the
call returns. One writer at a time (``corpus.lock`` sees to it), any number of readers. Import this module only when the
store is needed: SQLAlchemy takes longer to load than a search takes.

Here it is opened, counted and looked over for damage; what is in it is the matter of its parts.
"""

from __future__ import annotations

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import last_change
from corpus.changes import Changes
from corpus.database import Database
from corpus.documents import Documents
from corpus.files import Files
from corpus.lock import WriterLock
from corpus.opening import corpus_of, failing, open_engine
from corpus.stored_findings import StoredFindings
from corpus.transactions import Transactions
from schemas.errors import CorpusError


class Store(Transactions):
    """The tables of one corpus. Not for use by several threads at once."""

    @classmethod
    def open(
        cls, database: Database, create: bool = False, lock: WriterLock | None = None, upgrade: bool = True
    ) -> Store:
        """Opens a store; with ``create`` an absent one is made.

        One made by an earlier version is brought up to date first, under ``lock``; without it, only by who is sure that
        nobody writes. Without ``upgrade`` it is refused. A folder that belonged to no database yet belongs to this one from then on.

        Raises:
            CorpusError: there is none, it is damaged, it cannot be brought up to date, or a later version made it.
        """
        if not create and not database.exists():
            raise CorpusError(
                f"{database.home}: 没有语料库，请先运行 duzheng ingest 路径 / there is no corpus here; make one with: duzheng ingest PATH"
            )
        engine = open_engine(database, create, lock, upgrade)
        try:
            if database.url is not None:
                with failing(database):
                    corpus = corpus_of(engine)
                database.belongs(corpus)
                database = database.bind(corpus)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, database)

    # Its parts

    @property
    def files(self) -> Files:
        """Files: what became of each, and where it was seen."""
        return Files(self)

    @property
    def documents(self) -> Documents:
        """Documents, whole or their texts."""
        return Documents(self)

    @property
    def changes(self) -> Changes:
        """What has changed, for the index."""
        return Changes(self)

    @property
    def findings(self) -> StoredFindings:
        """Checks, findings and decisions."""
        return StoredFindings(self)

    # All of it

    def counts(self) -> dict[str, int]:
        """How many files read and failed, locations, documents, superseded ones and checks there are, and ``seq``."""
        with self.reading() as connection:

            def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
                return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0

            return {
                "files_read": count(t.sources, t.sources.c.status == "read"),
                "files_failed": count(t.sources, t.sources.c.status == "failed"),
                "locations": count(t.locations),
                "documents": count(t.documents, t.documents.c.current),
                "documents_superseded": count(t.documents, sa.not_(t.documents.c.current)),
                "checks": count(t.checks),
                "seq": last_change(connection),
            }

    def glance(self) -> tuple[int, int]:
        """How many current documents there are, and how many files that could not be read."""
        unread = sa.select(sa.func.count()).select_from(t.sources).where(t.sources.c.status == "failed")
        current = sa.select(sa.func.count()).select_from(t.documents).where(t.documents.c.current)
        with self.reading() as connection:
            return connection.scalar(current) or 0, connection.scalar(unread) or 0

    def problems(self) -> list[str]:
        """What is wrong with the database itself, one line each: pages that contradict each other, rows that refer to
        nothing. PostgreSQL looks after its own pages and references; there nothing is asked.

        Raises:
            CorpusError: it is so damaged that it cannot even be asked.
        """
        with self.reading() as connection:
            if connection.dialect.name != "sqlite":
                return []
            pages = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
            back = self.database.way_back()
            found = [f"{self.name}: {line}；{back.zh} / {line}; {back.en}" for line in pages if line != "ok"]
            if found:
                return found
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return [
            f"{self.name}: {row[0]} 中有一行所指的 {row[2]} 不存在；{back.zh} / "
            f"{row[0]}: a row refers to one of {row[2]} that is not there; {back.en}"
            for row in lost[:20]
        ]
