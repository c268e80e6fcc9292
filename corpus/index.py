"""The search index: tantivy over units and words, derived from the store and never more than a copy of it.

One index document for every current ``Document``, made by ``corpus.entry``. The units of a text with their positions
decide what matches, its words serve the ranking, and both together with the pairs narrow down where positions have to
be looked at (``corpus.search``). The text itself stays in the store: what is shown of a hit is made from there.

One more entry, the *watermark*, says up to which change of the store the index holds everything. It is committed
together with the documents, so that a writer killed between store and index leaves an index that knows what it lacks.

About tantivy 0.27 as seen from Python: tokenizers are registered at each open; integers go into integer fields; a
phrase of one term, and some damaged files, end in a Rust panic, which is no ``Exception``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.entry import COUNTED, KIND, PLACE, SEARCHED, SEVERAL, Entry, code
from schemas.errors import CorpusError

if TYPE_CHECKING:
    import tantivy

VERSION = 5
"""Raised whenever the fields or the units change; a part of ``corpus.version.index_version``."""

_RAW = ("id", "kind", "kind_of", *PLACE, *(name for name in KIND if name != "year"), *SEVERAL)
_MARK = "watermark"
_REPLACED = ("meta.json", ".managed.json")
_HEAP = 50_000_000
_HEAP_TO_BUILD = 300_000_000
"""The more fits into memory the fewer segments are written and merged again."""


class DamagedIndex(CorpusError):
    """The index folder is absent or damaged: it has to be built from the store again."""


@contextmanager
def _panics(folder: Path) -> Iterator[None]:
    """Turns what tantivy raises over its files, Rust panics included, into ``DamagedIndex``."""
    try:
        yield
    except CorpusError:
        raise
    except BaseException as error:
        if isinstance(error, (ValueError, OSError)) or type(error).__name__ == "PanicException":
            raise DamagedIndex(
                f"{folder}: the search index cannot be read: {str(error).splitlines()[0][:200]}"
            ) from error
        raise


class SearchIndex:
    """An index folder, opened. Reading takes no lock; the first write takes tantivy's own."""

    def __init__(self, folder: Path, index: tantivy.Index, schema: tantivy.Schema) -> None:
        self.folder = folder
        self.schema = schema
        self._index = index
        self._writer: Any = None
        self._inode = folder.stat().st_ino
        self._searcher = index.searcher()
        self._seen = self._meta()
        self._state: dict[str, Any] | None = None
        self._values: dict[str, dict[int, str]] = {}
        self._building = False

    @classmethod
    def create(cls, folder: Path, version: str) -> SearchIndex:
        """Makes an empty index in ``folder``, whatever was there before; ``version`` is what ``version`` will say.

        Until it is released every document may be put once only.
        """
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            why = error.strerror or error
            raise CorpusError(
                f"{folder}: 检索索引无法写入：{why}；请检查权限和磁盘空间 / "
                f"the search index cannot be written: {why}; check rights and space"
            ) from error
        import tantivy

        schema = _schema()
        with _panics(folder):
            opened = cls(folder, _registered(tantivy.Index(schema, path=str(folder))), schema)
            opened._building = True
            opened.commit(0, version)
        return opened

    @classmethod
    def open(cls, folder: Path) -> SearchIndex:
        """Opens an index for searching and, when something is added, for writing.

        Raises:
            DamagedIndex: there is none, or it cannot be read.
        """
        if not (folder / "meta.json").is_file():
            raise DamagedIndex(f"{folder}: there is no search index")
        import tantivy

        schema = _schema()
        with _panics(folder):
            opened = cls(folder, _registered(tantivy.Index(schema, path=str(folder), reuse=True)), schema)
            if not opened._mark():
                raise DamagedIndex(f"{folder}: the search index is not complete")
            opened.searcher.aggregate(tantivy.Query.all_query(), {"seq": {"max": {"field": "seq"}}})
        return opened

    # Reading

    @property
    def searcher(self) -> tantivy.Searcher:
        """The index as it was last committed or refreshed."""
        return self._searcher

    @property
    def watermark(self) -> int:
        """The change of the store up to which the index is complete."""
        return int(self._mark().get("seq", 0))

    @property
    def checked(self) -> int:
        """The number of the last check whose verdicts the index holds."""
        return int(self._mark().get("checked", 0))

    @property
    def version(self) -> str:
        """The version of the rules that made texts into terms."""
        return str(self._mark().get("version", ""))

    @property
    def commit_seen(self) -> tuple[str, int, tuple[int, int, int]]:
        """Which state of which index is searched: the same for all who have the same before them."""
        return str(self.folder), self._inode, self._seen

    def refresh(self) -> None:
        """Looks at what other processes have committed since.

        Raises:
            DamagedIndex: the folder is gone or another index stands in its place; open it again.
        """
        try:
            if self.folder.stat().st_ino != self._inode:
                raise DamagedIndex(f"{self.folder}: the search index was built anew")
        except FileNotFoundError:
            raise DamagedIndex(f"{self.folder}: there is no search index") from None
        with _panics(self.folder):
            seen = self._meta()
            if seen != self._seen:
                self._index.reload()
                self._searcher, self._seen, self._state = self._index.searcher(), seen, None

    def count(self) -> int:
        """How many documents the index holds."""
        return int(self.searcher.num_docs) - 1

    def ids(self) -> set[str]:
        """The identifiers of all documents in the index."""
        import tantivy

        found: set[str] = set()
        query = tantivy.Query.term_query(self.schema, "kind", "document")
        with _panics(self.folder):
            hits = self.searcher.search(query, limit=max(1, self.searcher.num_docs), count=False).hits
            for _, address in hits:
                found.update(self.searcher.doc(address).get_all("id"))
        return found

    def counts(self, query: tantivy.Query, most: Mapping[str, int], segment: int) -> dict[str, dict[str, int]]:
        """By field, so many (``most``) of the values most frequent in the documents that match, each with its count.

        ``segment``: how many values of a field one segment of the index counts at most.
        """
        asked = {
            field: {"terms": {"field": _code(field), "size": size, "segment_size": segment}}
            for field, size in most.items()
        }
        with _panics(self.folder):
            counted: dict[str, Any] = self.searcher.aggregate(query, asked)
            return {
                field: {self._value(field, int(one["key"])): int(one["doc_count"]) for one in counted[field]["buckets"]}
                for field in most
            }

    def sums(self, fields: Sequence[str], segment: int) -> dict[str, dict[str, tuple[int, int]]]:
        """By field, for each of its values the documents that have it and the characters of their texts, white space left
        out; ``segment`` as in ``counts``."""
        import tantivy

        beside = {"characters": {"sum": {"field": "characters"}}}
        asked = {
            field: {"terms": {"field": _code(field), "size": segment, "segment_size": segment}, "aggs": beside}
            for field in fields
        }
        with _panics(self.folder):
            summed: dict[str, Any] = self.searcher.aggregate(tantivy.Query.all_query(), asked)
            return {
                field: {
                    self._value(field, int(one["key"])): (int(one["doc_count"]), int(one["characters"]["value"]))
                    for one in summed[field]["buckets"]
                }
                for field in fields
            }

    def _value(self, field: str, number: int) -> str:
        known = self._values.setdefault(field, {})
        if number not in known:
            known.update((code(term), term) for term, _ in self.searcher.terms_with_prefix(field, ""))
        return known[number]

    def _mark(self) -> dict[str, Any]:
        if self._state is None:
            import tantivy

            query = tantivy.Query.term_query(self.schema, "kind", _MARK)
            with _panics(self.folder):
                hits = self.searcher.search(query, limit=1).hits
                self._state = json.loads(self.searcher.doc(hits[0][1]).get_all("shown")[0]) if hits else {}
        return self._state

    def _meta(self) -> tuple[int, int, int]:
        """What changes with every commit: tantivy replaces its file ``meta.json``."""
        state = (self.folder / "meta.json").stat()
        return state.st_ino, state.st_mtime_ns, state.st_size

    # Writing

    def put(self, entry: Entry) -> None:
        """Adds a document, or replaces the one with its identifier; seen by searches after ``commit``."""
        import tantivy

        made = tantivy.Document()
        made.add_text("id", entry.id)
        made.add_text("kind", "document")
        for field, text in entry.texts.items():
            made.add_text(field, text)
        for field, values in entry.values.items():
            for value in values:
                made.add_text(field, value)
                if field in COUNTED:
                    made.add_integer(_code(field), code(value))
        if entry.year is not None:
            made.add_integer("year", entry.year)
        made.add_integer("day", entry.day)
        made.add_integer("on_topic", int(entry.on_topic))
        made.add_integer("characters", entry.characters)
        made.add_bytes("shown", entry.shown.encode())
        writer = self._open_writer()
        with _panics(self.folder):
            if not self._building:
                writer.delete_documents_by_term("id", entry.id)
            writer.add_document(made)

    def remove(self, id: str) -> None:
        """Takes a document out; one that is not there is no error."""
        with _panics(self.folder):
            self._open_writer().delete_documents_by_term("id", id)

    def commit(self, watermark: int, version: str, checked: int = 0) -> None:
        """Makes everything since the last commit visible, all at once with the new watermark and the last check."""
        import tantivy

        mark = tantivy.Document()
        mark.add_text("kind", _MARK)
        mark.add_integer("seq", watermark)
        state = {"version": version, "seq": watermark, "checked": checked}
        mark.add_bytes("shown", json.dumps(state).encode())
        writer = self._open_writer()
        with _panics(self.folder):
            writer.delete_documents_by_term("kind", _MARK)
            writer.add_document(mark)
            writer.commit()
        self._open_to_all()
        self.refresh()

    def release(self) -> None:
        """Finishes merging and gives tantivy's lock back; what was not committed is dropped. Searching goes on."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            self._building = False
            with _panics(self.folder):
                writer.rollback()
                writer.wait_merging_threads()
            self._open_to_all()

    def _open_to_all(self) -> None:
        """Tantivy gives the files that it replaces to their owner alone; whoever may enter the folder may read them too."""
        allowed = self.folder.stat().st_mode & 0o666
        for name in _REPLACED:
            with suppress(
                OSError
            ):  # gone with the folder, or another user's: what is wrong with it shows when it is read
                (self.folder / name).chmod(allowed)

    def _open_writer(self) -> Any:
        if self._writer is None:
            with _panics(self.folder):
                heap = _HEAP_TO_BUILD if self._building else _HEAP
                self._writer = self._index.writer(heap_size=heap, num_threads=1)
        return self._writer


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for field in _RAW:
        builder.add_text_field(field, stored=field == "id", tokenizer_name="raw", index_option="basic")
    for field in COUNTED:
        # Numbers in the place of the values: of those, tantivy would look up every one that occurs, shown or not.
        builder.add_integer_field(_code(field), fast=True)
    for field in SEARCHED:
        builder.add_text_field(field, tokenizer_name="units", index_option="position")
        if field != "number":
            builder.add_text_field(f"{field}_words", tokenizer_name="units", index_option="freq")
            builder.add_text_field(f"{field}_pairs", tokenizer_name="units", index_option="basic")
    for field in ("year", "day", "seq", "on_topic"):
        builder.add_integer_field(field, indexed=True, fast=True)
    builder.add_integer_field("characters", fast=True)
    # Bytes, because a text field cannot be stored without being indexed.
    builder.add_bytes_field("shown", stored=True, indexed=False)
    return builder.build()


def _code(field: str) -> str:
    return f"{field}_code"


def _registered(index: tantivy.Index) -> tantivy.Index:
    import tantivy

    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("units", analyzer)
    return index
