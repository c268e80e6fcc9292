"""The search index: tantivy over words and grams, derived from the store and never more than a copy of it.

One index document for every current ``Document``. ``words`` holds the words of the segmenter and serves the ranking;
``grams`` holds every pair of neighbouring units (see ``corpus.units``) and decides what matches, so that a wording is
found however the segmenter cut it. What a result shows is stored beside them: a search needs nothing but this folder.

One more entry, the *watermark*, says up to which change of the store the index holds everything. It is committed
together with the documents, so that a writer killed between store and index leaves an index that knows what it lacks.

About tantivy 0.27 as seen from Python: tokenizers are registered at each open; integers go into integer fields; a
phrase of one term, and some damaged files, end in a Rust panic, which is no ``Exception``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.units import grams, plain, units
from schemas.errors import CorpusError

if TYPE_CHECKING:
    import tantivy

    from schemas.document import Document

VERSION = 1
"""Raised whenever the fields or the units change; a part of ``corpus.version.index_version``."""

FACETS = ("province", "city", "county", "genre", "role", "level", "script")
_RAW = ("id", "kind", *FACETS)
_TEXT = ("title_grams", "body_grams", "issuer_grams")
_MARK = "watermark"
_HEAP = 50_000_000


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

    @classmethod
    def create(cls, folder: Path, version: str) -> SearchIndex:
        """Makes an empty index in ``folder``, whatever was there before; ``version`` is what ``version`` will say."""
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise CorpusError(f"{folder}: the search index cannot be written: {error}") from error
        import tantivy

        schema = _schema()
        with _panics(folder):
            opened = cls(folder, _registered(tantivy.Index(schema, path=str(folder))), schema)
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
            if not opened._state():
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
        return int(self._state().get("seq", 0))

    @property
    def version(self) -> str:
        """The version of the rules that made texts into terms."""
        return str(self._state().get("version", ""))

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
            self._index.reload()
            self._searcher = self._index.searcher()

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

    def _state(self) -> dict[str, Any]:
        import tantivy

        query = tantivy.Query.term_query(self.schema, "kind", _MARK)
        with _panics(self.folder):
            hits = self.searcher.search(query, limit=1).hits
            if not hits:
                return {}
            state: dict[str, Any] = json.loads(self.searcher.doc(hits[0][1]).get_all("shown")[0])
            return state

    # Writing

    def put(self, document: Document) -> None:
        """Adds a document, or replaces the one with its identifier; seen by searches after ``commit``."""
        import tantivy

        entry = tantivy.Document()
        entry.add_text("id", document.id)
        entry.add_text("kind", "document")
        title, issuer = document.title or "", "、".join(document.issuers)
        body = plain(document.text)
        _add(entry, "body", body)
        _add(entry, "title", plain(title))
        entry.add_text("issuer_grams", " ".join(grams(units(plain(issuer)))))
        place, dated_on = document.jurisdiction, document.signed_on or document.published_on
        shown: dict[str, Any] = {
            "title": document.title,
            "issuer": issuer or None,
            "jurisdiction": place.model_dump(exclude_defaults=True),
            "date": dated_on.isoformat() if dated_on else None,
            "genre": document.genre,
            "role": document.role,
            "level": document.level,
            "script": document.script,
            "uri": document.source.uri,
        }
        for field in ("genre", "role", "level", "script"):
            if shown[field]:
                entry.add_text(field, shown[field])
        for field in ("province", "city", "county"):
            if name := getattr(place, field):
                entry.add_text(field, name)
        if dated_on:
            entry.add_integer("year", dated_on.year)
        entry.add_integer("on_topic", int(document.on_topic))
        entry.add_bytes("text", document.text.encode())
        entry.add_bytes("shown", json.dumps(shown, ensure_ascii=False).encode())
        writer = self._open_writer()
        with _panics(self.folder):
            writer.delete_documents_by_term("id", document.id)
            writer.add_document(entry)

    def remove(self, id: str) -> None:
        """Takes a document out; one that is not there is no error."""
        with _panics(self.folder):
            self._open_writer().delete_documents_by_term("id", id)

    def commit(self, watermark: int, version: str) -> None:
        """Makes everything since the last commit visible, all at once with the new watermark."""
        import tantivy

        mark = tantivy.Document()
        mark.add_text("kind", _MARK)
        mark.add_integer("seq", watermark)
        state = {"version": version, "seq": watermark}
        mark.add_bytes("shown", json.dumps(state).encode())
        writer = self._open_writer()
        with _panics(self.folder):
            writer.delete_documents_by_term("kind", _MARK)
            writer.add_document(mark)
            writer.commit()
        self.refresh()

    def release(self) -> None:
        """Finishes merging and gives tantivy's lock back; what was not committed is dropped. Searching goes on."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            with _panics(self.folder):
                writer.rollback()
                writer.wait_merging_threads()

    def _open_writer(self) -> Any:
        if self._writer is None:
            with _panics(self.folder):
                self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        return self._writer


def _add(entry: tantivy.Document, field: str, text: str) -> None:
    from extractors.words import segment

    entry.add_text(f"{field}_grams", " ".join(grams(units(text))))
    words = (word for word, _, _ in segment(text, subwords=True))
    entry.add_text(f"{field}_words", " ".join(word for word in words if len(word) > 1 and not word.isspace()))


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for field in _RAW:
        builder.add_text_field(
            field, stored=field == "id", fast=field in FACETS, tokenizer_name="raw", index_option="basic"
        )
    for field in _TEXT:
        builder.add_text_field(field, tokenizer_name="units", index_option="position")
    for field in ("title_words", "body_words"):
        builder.add_text_field(field, tokenizer_name="units", index_option="freq")
    for field in ("year", "seq", "on_topic"):
        builder.add_integer_field(field, indexed=True, fast=True)
    for field in ("text", "shown"):  # bytes, because a text field cannot be stored without being indexed
        builder.add_bytes_field(field, stored=True, indexed=False)
    return builder.build()


def _registered(index: tantivy.Index) -> tantivy.Index:
    import tantivy

    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("units", analyzer)
    return index
