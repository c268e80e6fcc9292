"""What a search asks of the store: the number of the last change, and the texts of the few documents that it shows, and
which of them are no longer where they were published.

Straight from the database: SQLAlchemy takes longer to load than that. A SQLite file stays open between two searches,
for opening it and reading its tables takes longer than the search itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from corpus.database import Database, lasting, read_only
from corpus.withdrawn import QUERY
from schemas.errors import CorpusError

_AT_ONCE = 500
_SECONDS = 10


class Shown:
    """A reader of one store, for one thread at a time; nothing is held between two calls but the open file."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._open: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def close(self) -> None:
        """Closes the file; it is opened again when something is asked."""
        if self._open is not None:
            self._open.close()
        self._open = self._file = None

    def state(self) -> dict[str, str]:
        """What the store says of itself, as ``Database.peek``: empty where SQLite's is unusual in any way."""
        if self.database.url is not None:
            return self.database.peek()
        if not self.database.path.is_file():
            return {}
        try:
            with self._reading() as connection:
                return dict(connection.execute("SELECT key, value FROM meta"))
        except sqlite3.Error:
            return {}

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The texts of the documents by their identifiers; one that is not in the store is left out.

        Raises:
            CorpusError: the store cannot be read.
        """
        if not ids:
            return {}
        parts = [list(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE)]
        if self.database.url is None:
            return self._sqlite(parts)
        with self.database.refusals(), closing(self.database.connect()) as connection:
            # The whole body: PostgreSQL takes no JSON apart in which there is a NUL.
            query = "SELECT id, body FROM documents WHERE id = ANY(%s)"
            rows = [row for part in parts for row in connection.execute(query, (part,)).fetchall()]
        return {id: json.loads(body)["text"] for id, body in rows}

    def withdrawn(self, ids: Sequence[str]) -> dict[str, str]:
        """Documents that are no longer where they were published: every source that had them has taken them off its list.

        Returns:
            By document the day (in UTC) on which the last list was without it. A document that came from no source, or
            that one source still lists, is not among them.

        Raises:
            CorpusError: the store cannot be read.
        """
        found: dict[str, str] = {}
        for start in range(0, len(ids), _AT_ONCE):
            part = list(ids[start : start + _AT_ONCE])
            if self.database.url is None:
                rows = self._gone(part)
            else:
                with self.database.refusals(), closing(self.database.connect()) as connection:
                    rows = connection.execute(QUERY.format(chosen="= ANY(%s)"), (part,)).fetchall()
            found.update((id, since[:10]) for id, since in rows)
        return found

    def _gone(self, ids: list[str]) -> list[tuple[str, str]]:
        query = QUERY.format(chosen=f"IN ({','.join('?' * len(ids))})")
        try:
            with self._reading() as connection:
                return connection.execute(query, ids).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # a store from before there were sources
                return []
            raise self._unreadable(error) from error
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: sqlite3.Error) -> CorpusError:
        return CorpusError(
            f"{self.database.name}: 数据库无法读取：{error}；请从备份恢复 / the store cannot be read: {error}; restore it from a copy"
        )

    def _sqlite(self, parts: list[list[str]]) -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            with self._reading() as connection:
                for part in parts:
                    marks = ",".join("?" * len(part))
                    # Of two paths SQLite makes an array, written as JSON: escaped, so that a NUL does not end the text.
                    query = f"SELECT id, json_extract(body, '$.text', '$.id') FROM documents WHERE id IN ({marks})"
                    found.update((id, json.loads(pair)[0]) for id, pair in connection.execute(query, part))
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        return found

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The open file, unless another was put in its place. What cannot be kept open is closed again."""
        path = self.database.path
        file = path.stat() if path.exists() else None
        known = (file.st_dev, file.st_ino) if file else None
        if self._open is None or known != self._file:
            self.close()
            try:
                self._open, self._file = lasting(path, _SECONDS), known
            except sqlite3.OperationalError:
                # As it is now, and no longer: see ``read_only``.
                with closing(read_only(path, _SECONDS)) as connection:
                    yield connection
                return
        try:
            yield self._open
        except BaseException:
            self.close()
            raise
