"""Taking an archive into a corpus, empty or not.

1. Everything is looked at first (``corpus.transfer.examine``); then originals are kept, then all rows are written in one
   transaction: a program killed on the way leaves the corpus as it was.
2. Into an empty corpus every row goes as it is; exporting it again gives the same bytes.
3. Into one that holds something, content that is there stays as it is: a file that was read here is not read otherwise
   because of an archive. Where the two differ, that is said.
4. Checks and decisions are chains. They are taken where one of the two histories continues the other; where both went on
   apart, this corpus's stands, and that is said: decisions of two offices are never mixed into one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any, Literal

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch, last_change
from corpus.originals import Originals
from corpus.transfer.container import Supply
from corpus.transfer.examine import Row, originals, place, rows
from corpus.transfer.manifest import CARRIED, Manifest

_PORTION = 200


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something of the archive that differs from what is here, which stays. ``what``: the table, ``key``: which row."""

    what: str
    key: str
    message: str


@dataclass(slots=True)
class Imported:
    """What became of an import: rows ``added`` and ``present`` already, by table, ``originals`` likewise."""

    added: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


def keep_originals(kept: Originals, supply: Supply, manifest: Manifest, result: Imported) -> None:
    """Store the originals of an examined archive, each compared with its SHA-256; those that are here are passed over.

    Raises:
        CorpusError: one was changed, or cannot be written.
    """
    result.added["originals"] = result.present["originals"] = 0
    for name, size in originals(supply, manifest):
        if kept.has(name):
            result.present["originals"] += 1
            continue
        data = supply.whole(place(name), size)
        if sha256(data).hexdigest() != name:
            raise supply.changed(place(name))
        kept.keep(data)
        result.added["originals"] += 1


def take_in(connection: sa.Connection, supply: Supply, manifest: Manifest, result: Imported) -> None:
    """Write the rows of an examined archive, in the transaction of ``connection``.

    Raises:
        CorpusError: the archive has changed since it was examined.
    """
    joining = _Joining(connection, supply, manifest, result)
    if _empty(connection):
        joining.everything()
    else:
        joining.what_is_new()


def _empty(connection: sa.Connection) -> bool:
    return last_change(connection) == 0 and not any(
        connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in CARRIED
    )


class _Joining:
    def __init__(self, connection: sa.Connection, supply: Supply, manifest: Manifest, result: Imported) -> None:
        self._connection = connection
        self._supply = supply
        self._manifest = manifest
        self._result = result

    def everything(self) -> None:
        for table in CARRIED:
            self._insert(table, self._rows(table))
        Batch(self._connection).put_meta(seq=self._manifest.changes)
        self._numbers_follow()

    def what_is_new(self) -> None:
        new = self._sources()
        touched = set(new) | self._locations(new)
        self._documents(new)
        self._insert(t.companions, (row for row in self._rows(t.companions) if row["source_sha256"] in new))
        batch = Batch(self._connection)
        batch.refresh(touched)
        batch.finish()
        self._history()
        self._saved_searches()
        self._collected()
        self._numbers_follow()

    # Content

    def _sources(self) -> set[str]:
        """The files that this corpus had not, or could not read."""
        new: set[str] = set()
        replaced: list[Row] = []

        def wanted(row: Row, here: sa.Row[Any] | None) -> bool:
            if here is None:
                new.add(row["sha256"])
                return True
            if here.status == "failed" and row["status"] == "read":
                new.add(row["sha256"])
                replaced.append(row)
            return False

        self._insert(t.sources, self._those(t.sources, wanted))
        Batch(self._connection).upsert(t.sources, replaced, keep=("first_seen",))
        self._result.added["sources"] += len(replaced)
        self._result.present["sources"] -= len(replaced)
        return new

    def _locations(self, new: set[str]) -> set[str]:
        current: dict[str, str] = {}
        touched: set[str] = set()
        for portion in _portions(self._rows(t.locations)):
            names = t.locations.c.uri.in_([row["uri"] for row in portion])
            query = sa.select(t.locations.c.uri, t.locations.c.sha256).where(names, t.locations.c.current)
            current.update({row.uri: row.sha256 for row in self._connection.execute(query)})

        def wanted(row: Row, here: sa.Row[Any] | None) -> bool:
            if here is not None:
                return False
            touched.add(row["sha256"])
            other = current.get(row["uri"])
            if row["current"] and other not in (None, row["sha256"]):
                row["current"] = False
                self._conflict(
                    "locations",
                    row["uri"],
                    "此处同名文件内容不同，以此处为准 / the file of this name is another one here",
                )
            return True

        self._insert(t.locations, self._those(t.locations, wanted))
        return touched

    def _documents(self, new: set[str]) -> None:
        """The documents of new files. One that is here, from another file, stays as it is."""
        links = [row for row in self._rows(t.source_documents) if row["source_sha256"] in new]
        wanted_ids = {row["document_id"] for row in links}
        seq = last_change(self._connection)
        old_links: dict[str, set[str]] = {}

        def wanted(row: Row, here: sa.Row[Any] | None) -> bool:
            nonlocal seq
            if here is not None:
                if here.body != row["body"]:
                    self._conflict(
                        "documents", row["id"], "两处读出的内容不同，以此处为准 / is read otherwise here, which stays"
                    )
                return False
            if row["id"] not in wanted_ids:
                old_links.setdefault(row["source_sha256"], set()).add(row["id"])
                return False
            seq += 1
            row["seq"], row["current"] = seq, False
            return True

        self._insert(t.documents, self._those(t.documents, wanted))
        for source, ids in sorted(old_links.items()):
            self._result.present["documents"] -= len(ids)
            self._conflict(
                "sources", source, "此处已读出别的文件 / was read here already, into other documents; these stay"
            )
        Batch(self._connection).put_meta(seq=seq)
        self._insert(t.source_documents, links)

    # History

    def _history(self) -> None:
        runs = self._compare(t.runs, ("document_id", "pack_id", "origin", "made_at", "body_sha256"))
        decisions = self._compare(t.decisions, ("body", "chain"))
        both = {runs, decisions} - {"same"}
        if "apart" in both or len(both) > 1:
            self._conflict(
                "runs",
                "—",
                "两处的检查与处置记录各自延续，以此处为准；请用 ingest --check 重新检查 / checks or decisions went on apart, "
                "those here stay; check the new plans with: duzheng ingest PATH --check",
            )
            return
        if both != {"ahead"}:
            return
        known = set(self._connection.scalars(sa.select(t.documents.c.id)))
        self._insert(t.findings, self._those(t.findings, lambda row, here: here is None))
        for table in (t.runs, t.decisions):
            self._insert(table, self._those(table, lambda row, here: here is None))
        checks = [row for row in self._rows(t.checks) if row["document_id"] in known]
        Batch(self._connection).upsert(t.checks, checks)
        self._result.added["checks"] = len(checks)

    def _saved_searches(self) -> None:
        new: set[str] = set()

        def wanted(row: Row, here: sa.Row[Any] | None) -> bool:
            if here is None:
                new.add(row["name"])
            elif (here.query, here.filters, here.strict) != (row["query"], row["filters"], row["strict"]):
                self._conflict(
                    "saved_searches", row["name"], "此处同名检索不同，以此处为准 / another search has this name here"
                )
            return here is None

        self._insert(t.saved_searches, self._those(t.saved_searches, wanted))
        self._insert(t.saved_found, (row for row in self._rows(t.saved_found) if row["name"] in new))

    def _collected(self) -> None:
        """What is known of sources that were never run here; of one that was, this corpus knows better what it has."""
        run_here: set[str] = set()
        for table in (t.source_items, t.source_runs):
            run_here |= set(self._connection.scalars(sa.select(table.c.source).distinct()))

        def new(table: sa.Table) -> Iterator[Row]:
            return (row for row in self._rows(table) if row["source"] not in run_here)

        self._insert(t.source_items, new(t.source_items))
        self._insert(t.source_files, new(t.source_files))
        # Numbers of runs are this corpus's own.
        numbered = ({key: value for key, value in row.items() if key != "number"} for row in new(t.source_runs))
        self._insert(t.source_runs, numbered)
        self._insert(t.source_answers, self._those(t.source_answers, lambda row, here: here is None))

    def _compare(self, table: sa.Table, columns: Sequence[str]) -> Literal["same", "ahead", "behind", "apart"]:
        """How the archive's numbered rows stand to those here."""
        count = 0
        here_all = self._connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for portion in _portions(self._rows(table)):
            numbers = table.c.number.in_([row["number"] for row in portion])
            query = sa.select(table.c.number, *(table.c[name] for name in columns)).where(numbers)
            here = {row.number: tuple(row)[1:] for row in self._connection.execute(query)}
            for row in portion:
                if row["number"] in here:
                    count += 1
                    if here[row["number"]] != tuple(row[name] for name in columns):
                        return "apart"
                elif count < here_all:
                    return "apart"
        total = self._manifest.tables[table.name].rows
        if count == here_all:
            return "same" if total == count else "ahead"
        return "behind" if total == count else "apart"

    # Rows

    def _rows(self, table: sa.Table) -> Iterator[Row]:
        return rows(self._supply, self._manifest, table)

    def _those(self, table: sa.Table, wanted: Callable[[Row, sa.Row[Any] | None], bool]) -> Iterator[Row]:
        """The rows that are wanted, told beside what has the same key here; the others are counted as present."""
        keys = [column.name for column in table.primary_key]
        self._result.present.setdefault(table.name, 0)
        for portion in _portions(self._rows(table)):
            first = table.c[keys[0]].in_([row[keys[0]] for row in portion])
            here = {
                tuple(getattr(row, key) for key in keys): row
                for row in self._connection.execute(sa.select(table).where(first))
            }
            for row in portion:
                if wanted(row, here.get(tuple(row[key] for key in keys))):
                    yield row
                else:
                    self._result.present[table.name] += 1

    def _insert(self, table: sa.Table, found: Iterable[Row]) -> None:
        self._result.added.setdefault(table.name, 0)
        for portion in _portions(iter(found)):
            self._connection.execute(table.insert(), portion)
            self._result.added[table.name] += len(portion)

    def _numbers_follow(self) -> None:
        """PostgreSQL gives the next run a number of its own count, which must go on after those that were written."""
        if self._connection.dialect.name == "postgresql":
            for table in (t.runs, t.source_runs):
                last = self._connection.scalar(sa.select(sa.func.max(table.c.number)))
                if last:
                    counter = sa.func.pg_get_serial_sequence(table.name, "number")
                    self._connection.execute(sa.select(sa.func.setval(counter, last)))
            given = self._connection.scalar(sa.select(sa.func.max(t.decisions.c.number)))
            if given:
                Batch(self._connection).put_meta(decisions=given)

    def _conflict(self, what: str, key: str, message: str) -> None:
        self._result.conflicts.append(Conflict(what, key, message))


def _portions(source: Iterator[Row]) -> Iterator[list[Row]]:
    while portion := list(islice(source, _PORTION)):
        yield portion
