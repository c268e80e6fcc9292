"""Transactions of the store's database: reading one state of it, changing it as a whole, and the right to write in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from corpus.database import Database
from corpus.opening import failing
from corpus.shared_lock import SharedLock
from schemas.bilingual import Both
from schemas.errors import DuzhengError


class Transactions:
    """Those of one opened database. Not for use by several threads at once."""

    def __init__(self, engine: sa.Engine, database: Database) -> None:
        self._engine = engine
        self.name = database.name
        self._shared = None if database.url is None else SharedLock(engine, database.name)
        self.database = database

    def claim(self) -> None:
        """Takes the right to write in a database that several machines share; in SQLite the folder's lock is enough.

        Raises:
            CorpusError: another machine has it.
        """
        if self._shared is not None:
            with failing(self.database):
                self._shared.connection()

    def unclaim(self) -> None:
        """Gives that right back."""
        if self._shared is not None:
            self._shared.release()

    def right(self, right: str, doing: Both, busy: type[DuzhengError]) -> SharedLock | None:
        """A right of its own that one machine has at a time, not yet taken; None where the folder's locks are enough."""
        return None if self._shared is None else SharedLock(self._engine, self.name, right, doing, busy)

    def close(self) -> None:
        """Closes the connections; the store can no longer be used."""
        self.unclaim()
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read with; in SQLite each query may see a state of its own (``snapshot``)."""
        with failing(self.database), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """One state of the store, however long it is read."""
        with self.reading() as connection:
            if connection.dialect.name == "sqlite":
                # Python's driver begins no transaction for SELECT: every one would see a state of its own.
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One change, all of it or, on error, nothing; needs the right to write."""
        with failing(self.database):
            if self._shared is None:
                with self._engine.begin() as connection:
                    yield connection
            else:
                connection = self._shared.connection()
                with connection.begin():
                    yield connection

    @contextmanager
    def beside(self, table: sa.Table) -> Iterator[sa.Connection]:
        """One change of tables that no writer of documents touches, beside a running ingest: without the right to write.

        Those who change ``table`` in this way wait for each other.
        """
        with failing(self.database), self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                # Before the first query, which fixes the state that the transaction sees.
                connection.execute(sa.text(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE"))
            yield connection
