"""What can be asked of an opened corpus: its documents, searches, relations, checks, and how it is.

Each method says what it gives; how it comes about is the matter of the module that it hands on to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import asking, whole
from corpus.held import Held

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from corpus.checked_with import CheckedWith
    from corpus.digests import Digests
    from corpus.files import Taken
    from corpus.history import Event
    from corpus.places import CountyName
    from corpus.present import Present
    from corpus.relations.reading import Reader
    from corpus.retention import Plan
    from corpus.running import Record
    from corpus.search import Sort
    from corpus.sharing import Sharing
    from corpus.standing import Standing
    from corpus.texts import DocumentText
    from corpus.unread import Unread
    from schemas.decision import Decision
    from schemas.document import Document
    from schemas.finding import PlanCheck
    from schemas.outcome import Failure
    from schemas.search import SavedSearch, SearchResult
    from schemas.trend import Trend


class Readable:
    """The reading half of ``corpus.corpus.Corpus``: nothing here changes what is stored.

    What is derived from it (index, relations, rows of findings) is brought up to date by whoever asks, unless the corpus
    was opened without ``follows``. Every method raises ``CorpusError`` when the folder cannot be read.
    """

    def __init__(self, held: Held) -> None:
        self.home = held.home
        self.originals = held.originals
        self._held = held

    # Files

    @property
    def extraction_version(self) -> str:
        """The version of the rules that documents are extracted with now."""
        return self._held.extraction_version

    def known(self, sha256s: Iterable[str]) -> set[str]:
        """Those of ``sha256s`` that the current extraction has read successfully: they need not be parsed again."""
        return self._held.store().files.known(sha256s, self.extraction_version)

    def failed(self, sha256s: Iterable[str]) -> dict[str, Failure]:
        """Those of ``sha256s`` that the current extraction could not read, with the reason.

        An ingest passes them over unless it is told to retry; after a change of the rules none is left here.
        """
        return self._held.store().files.failed(sha256s, self.extraction_version)

    def failures(self) -> list[Failure]:
        """Every file that could not be read when it was last tried."""
        return self._held.store().files.failures()

    def unread(self) -> list[Unread]:
        """The queue of files that are not read, or not with all their attachments; see ``corpus.unread``."""
        from corpus.unread import unread

        with self._held.snapshot() as connection:
            return unread(connection)

    def locations(self, sha256: str) -> list[str]:
        """The names under which a file's content was seen."""
        return self._held.store().files.locations(sha256)

    def taken_from(self, document: str) -> Taken:
        """What a document was read from: the file and those that were given to the reader beside it."""
        return self._held.store().files.taken_from(document)

    # Documents

    def documents(self, *, superseded: bool = False, **equal: Any) -> Iterator[Document]:
        """The documents, oldest change first; ``equal`` filters by column: ``role="plan"``, ``province="浙江省"`` …

        ``superseded`` adds those whose file has since changed.
        """
        return self._held.store().documents.all(superseded=superseded, **equal)

    def listed(self, *, after: int = 0, limit: int = 100, **equal: object) -> list[Row[Any]]:
        """A slice of the current documents, without their texts; see ``corpus.listed.slice_of``."""
        from corpus.listed import slice_of

        with self._held.snapshot() as connection:
            return slice_of(connection, equal, after=after, limit=limit)

    def counties(self, part: str, roles: Collection[str], most: int = 50) -> list[CountyName]:
        """Counties with documents of these roles, by a part of their name; see ``corpus.places``."""
        from corpus.places import counties

        with self._held.snapshot() as connection:
            return counties(connection, part, roles, most)

    def newest(self, limit: int) -> list[Row[Any]]:
        """The documents whose files came in last; see ``corpus.newest``."""
        from corpus.newest import newest

        with self._held.snapshot() as connection:
            return newest(connection, limit)

    def texts(self, only: Collection[str] | None = None) -> Iterator[DocumentText]:
        """The bare texts of the current documents, oldest change first: a thirtieth of the cost of ``documents``.

        ``only``: identifiers, in any order; those of no current document are left out.
        """
        return self._held.store().documents.texts(only)

    def document(self, id: str) -> Document | None:
        """The document with that identifier, or None."""
        return self._held.store().documents.get(id)

    def is_current(self, id: str) -> bool:
        """Whether a document is what its file holds now; False where there is none of that identifier."""
        return self._held.store().documents.is_current(id)

    def current_ids(self) -> set[str]:
        """The identifiers of the documents that are not superseded."""
        return self._held.store().documents.current_ids()

    def withdrawn(self, ids: Collection[str]) -> dict[str, str]:
        """Of these documents those that no source lists any more, with the day since when."""
        return self._held.shown().withdrawn(sorted(ids))

    def relations(self) -> Reader:
        """Versions, copies, attachments and citations of the documents; see ``corpus.relations.reading``.

        They are up to date, unless another process is just bringing them there.
        """
        return self._held.relations()

    def cited(self, ids: Iterable[str]) -> dict[str, list[str]]:
        """For each document the documents of the corpus that its citations mean without doubt, in the order cited."""
        from corpus.relations.cited import cited

        self.relations()
        return cited(self._held.store(), ids)

    # Searches

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        strict: bool = False,
        sort: Sort = "relevance",
        facets: Collection[str] | None = None,
        **filters: str | int | None,
    ) -> SearchResult:
        """The documents that match ``query``, best first; see ``corpus.query`` for the language.

        ``filters`` are its fields: ``province="浙江"``, ``year=2021`` or ``year="2020..2022"``, ``genre="plan"`` … ;
        None is no filter. ``strict``: no variants, no synonyms, no looser reading. ``sort``: by ``date`` the newest come
        first. ``facets``: which of ``corpus.facets.FACETS`` are counted, by default all.

        Raises:
            InvalidQuery: the query or a filter is not possible.
        """
        return asking.search(
            self._held, query, filters, limit=limit, offset=offset, strict=strict, sort=sort, facets=facets
        )

    def similar(self, id: str, *, limit: int = 10) -> SearchResult:
        """The documents most like the one with that identifier, without itself, its copies and its versions.

        Raises:
            CorpusError: there is no such document.
        """
        return asking.similar(self._held, id, limit)

    def sharing(self, text: str, *, until: date | None, without: Collection[str], most: int) -> Sharing:
        """The documents that may share passages with a text, the likeliest first; see ``corpus.sharing``."""
        from corpus.sharing import sharing

        return sharing(self._held.index.fresh(), text, until=until, without=without, most=most)

    def trend(self, terms: Sequence[str], *, strict: bool = False, most: int | None = None) -> Trend:
        """How often terms occur in the current documents, by year, level and province; see ``corpus.trend``.

        ``terms``: words, in either script; one in quotation marks is taken as it stands. ``strict``: take all so.
        ``most``: where more documents than that hold them, their mentions are not counted.

        Raises:
            InvalidQuery: a term is empty, or a query with operators or fields rather than a term.
        """
        return asking.trend(self._held, terms, strict, most)

    def saved_searches(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        from corpus.saved import SavedSearches

        with self._held.snapshot() as connection:
            return SavedSearches(connection).all()

    def saved_search(self, name: str) -> SavedSearch:
        """The saved search of that name.

        Raises:
            CorpusError: there is none.
        """
        from corpus.saved import SavedSearches

        with self._held.snapshot() as connection:
            return SavedSearches(connection).get(name)

    # Checks, decisions and history

    def checked_with(self) -> CheckedWith:
        """What the plans were last checked with, and what they would be checked with now."""
        from corpus.checked_with import CheckedWith

        return CheckedWith(self._held.store())

    def checks(self, document: str | None = None, pack: str | None = None) -> Iterator[PlanCheck]:
        """The recorded checks, newest first, of one document or one pack if named."""
        return self._held.store().findings.checks(document, pack)

    def judged(self, document: str, pack: str) -> PlanCheck | None:
        """What the last check of a plan with a pack found, before any verification touched it."""
        return self._held.store().findings.judged(document, pack)

    def decisions(self) -> dict[str, list[Decision]]:
        """Every decision by its finding, oldest first."""
        return self._held.store().findings.decisions()

    def standings(self, today: date, *, pack: str | None = None, unit: str | None = None) -> list[Standing]:
        """Every finding of the last checks with its plan, last change, decisions and state on the day ``today``."""
        return self._held.store().findings.standings(today, pack=pack, unit=unit)

    def present(self, today: date) -> Present:
        """How every finding stands on the day ``today``, in counts and pages; brought up to date first, without the right
        to write."""
        from corpus.present import Present
        from corpus.present_rows import follow, look

        store = self._held.store()
        return Present(store, follow(store, today) if self._held.follows else look(store))

    def history(self, finding: str) -> tuple[str, list[Event], list[Decision]]:
        """The identifier of the finding that begins so, what each run made of it, and what people decided about it."""
        return self._held.store().findings.history(finding)

    @property
    def digests(self) -> Digests:
        """What is new since somebody was last told, and who was told what; needs no right to write."""
        from corpus.digests import Digests

        return Digests(self.home, self._held.store())

    # How it is

    def state(self) -> tuple[int, int]:
        """Two numbers of which one grows with every change of documents, the other with every check."""
        return self._held.numbers()

    def marks(self) -> tuple[int, int, int]:
        """Three numbers of which one grows with every change of documents, with every check, with every decision."""
        return (*self.state(), self._held.store().findings.last_decision())

    def behind(self) -> int:
        """How many changes of documents the index or the relations have still to take in, whichever has more."""
        return max(self.index_lag(), self._held.unrelated())

    def index_lag(self) -> int:
        """How many changes of documents the index has still to take in; all of them where there is none to be read."""
        return self._held.index.lag()

    def status(self) -> dict[str, int]:
        """Counts: ``files_read``, ``files_failed``, ``locations``, ``documents``, ``documents_superseded``, ``checks``,
        ``originals``, ``indexed`` and ``index_behind`` (how many changes the index has still to take in)."""
        return whole.status(self._held)

    def glance(self) -> tuple[int, int]:
        """How many documents there are, and how many files that could not be read: two of the counts of ``status``."""
        return self._held.store().glance()

    def being_written(self) -> bool:
        """Whether another process of this folder seems to be writing just now."""
        return self._held.lock.writing()

    def run_records(self) -> dict[str, Record]:
        """By source, when a run of it last went well and how many have failed since."""
        from corpus.running import records

        with self._held.snapshot() as connection:
            return records(connection)

    def originals_bytes(self) -> int:
        """How many bytes the files have that were taken in."""
        from corpus.running import originals_bytes

        with self._held.snapshot() as connection:
            return originals_bytes(connection)

    @property
    def sqlite(self) -> Path | None:
        """The file that holds the store; None where PostgreSQL does."""
        return None if self.is_shared else self._held.database.path

    @property
    def is_shared(self) -> bool:
        """Whether several machines may share the store."""
        return self._held.database.url is not None

    @property
    def store_name(self) -> str:
        """The store as messages call it: the file, or the address of the database without a password."""
        return self._held.database.name

    def damage(self) -> list[str]:
        """What is wrong with the database itself, one line each with the way back; an empty list when nothing is.

        Raises:
            CorpusError: it is so damaged that it cannot even be asked.
        """
        return self._held.store().problems()

    def verify(self) -> list[str]:
        """What is wrong with the corpus, one line each; an empty list when all is right.

        Asks the database whether it is whole; reads every original and compares it with its SHA-256, follows the chain
        of decisions, and compares the index with the store. Whether the quotes of findings stand in the originals is
        the matter of ``flows.verify``.
        """
        return whole.verify(self._held)

    def verify_index(self) -> list[str]:
        """What is wrong with the search index, compared with the store; an empty list when nothing is."""
        return self._held.index.problems()

    def prunable(self, before: datetime) -> Plan:
        """What is no longer needed of all that was last needed before a moment; see ``corpus.retention``."""
        return whole.prunable(self._held, before)
