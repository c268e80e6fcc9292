"""The corpus: one folder that holds the originals, the store and the index, behind one class.

::

    home/
      corpus.sqlite     the store, which is the truth; or
      database.json     which PostgreSQL database holds it
      originals/        every file as it came, by SHA-256
      index/            the search index, derived from the store
      writer.lock       who writes

Opening costs next to nothing: a search loads the index alone, and the store (with SQLAlchemy) is loaded by what needs
it. What a writer killed between store and index left undone is caught up with by the next writer, or by a search when
nobody is writing.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any

from corpus.database import Database
from corpus.kept_index import KeptIndex
from corpus.lock import WriterLock
from corpus.migrations import latest
from corpus.originals import Originals
from schemas.errors import CorpusBusy, CorpusError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from corpus.checked_with import CheckedWith
    from corpus.digests import Digests
    from corpus.history import Event, Origin, ReadBeside
    from corpus.prepared import Prepared
    from corpus.present import Present
    from corpus.relations.reading import Reader
    from corpus.relations.upkeep import Upkeep
    from corpus.retention import Plan
    from corpus.running import Record
    from corpus.search import Sort
    from corpus.sharing import Sharing
    from corpus.shown import Shown
    from corpus.sources import Sources
    from corpus.standing import Standing
    from corpus.store import Store, Taken
    from corpus.texts import DocumentText
    from corpus.transfer.container import Supply
    from corpus.transfer.manifest import Manifest
    from corpus.transfer.take_in import Imported
    from corpus.unread import Unread
    from schemas.decision import Decision
    from schemas.document import Document
    from schemas.finding import PlanCheck
    from schemas.outcome import Failure, Outcome
    from schemas.search import News, SavedSearch, SearchResult

_POLL_SECONDS = 0.1


class Corpus:
    """An opened corpus; a context manager. For one thread; other processes may read it at the same time.

    The first method that writes takes the writer's lock and keeps it until ``close``; with ``open(…, write=True)`` it
    is taken at once. Every method raises ``CorpusError`` when the folder cannot be read or written.
    """

    def __init__(
        self, home: Path, extraction_version: str | None = None, patience: float = 0, follows: bool = True
    ) -> None:
        self.home = home
        self._follows = follows
        self._patience = patience
        self.originals = Originals(home / "originals")
        self._database = Database.of(home)
        self._lock = WriterLock(home)
        self._kept = KeptIndex(home, self._lock, self._open_store, self._numbers, follows)
        self._version = extraction_version
        self._store: Store | None = None
        self._upkeep: Upkeep | None = None
        self._shown: Shown | None = None
        self._awaited: dict[str, list[str]] = {}

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        create: bool = False,
        write: bool = False,
        extraction_version: str | None = None,
        patience: float = 0,
        follows: bool = True,
    ) -> Corpus:
        """Opens the corpus in folder ``home``.

        Args:
            home: the folder.
            create: make an empty corpus if there is none.
            write: take the writer's lock now instead of at the first write.
            extraction_version: what ``known`` compares with; by default computed from the rules themselves.
            patience: seconds that what writes waits for another writer to finish; by default it does not wait.
            follows: whether what is derived (index, relations, rows of findings) is brought up to date by whoever asks for
                it. Without it what is there is shown, and nothing but ``catch_up`` changes it: for pages.

        Raises:
            CorpusError: there is no corpus, it is of another version, or (with ``write``) another writer has it.
        """
        corpus = cls(Path(home), extraction_version, patience, follows)
        try:
            corpus._database = corpus._database.joined()
            if create and not corpus._database.peek():
                corpus._make()
            elif not corpus._database.exists():
                raise CorpusError(f"{home}: 没有语料库 / there is no corpus here; make one with: duzheng ingest PATH")
            if write:
                corpus._claim()
        except BaseException:
            corpus.close()
            raise
        return corpus

    def close(self) -> None:
        """Closes everything and gives the lock back; may be called again."""
        self._kept.close()
        self._close_reader()  # before the store, whose last connection tidies up
        if self._store is not None:
            self._store.close()
        self._store = self._upkeep = None
        self._lock.release()

    def release(self) -> None:
        """Gives the right to write to whoever waits for it; the next method that writes takes it again."""
        self._kept.release()
        self._upkeep = None
        if self._store is not None:
            self._store.unclaim()
        self._lock.release()

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def extraction_version(self) -> str:
        """The version of the rules that documents are extracted with now."""
        if self._version is None:
            from corpus.version import extraction_version

            return extraction_version()
        return self._version

    # Taking in

    def known(self, sha256s: Iterable[str]) -> set[str]:
        """Those of ``sha256s`` that the current extraction has read successfully: they need not be parsed again."""
        return self._open_store().known(sha256s, self.extraction_version)

    def failed(self, sha256s: Iterable[str]) -> dict[str, Failure]:
        """Those of ``sha256s`` that the current extraction could not read, with the reason.

        An ingest passes them over unless it is told to retry; after a change of the rules none is left here.
        """
        return self._open_store().failed(sha256s, self.extraction_version)

    def unchanged(self, files: Mapping[str, Mapping[str, str]]) -> set[str]:
        """Those files that are known and had the same attachments.

        Args:
            files: by the SHA-256 of a main file, its attachments: the SHA-256 of each by its name (uri).
        """
        known = self.known(files)
        recorded = self._open_store().attachments(known)
        same = set()
        for sha256 in known:
            read, unread = recorded[sha256]
            given = files[sha256]
            if read <= set(given.values()) and all(sha in read or uri in unread for uri, sha in given.items()):
                same.add(sha256)
        return same

    def keep(self, data: bytes) -> str:
        """Stores an original and returns its SHA-256; may be called before its outcome is recorded, and again."""
        return self.originals.keep(data)

    def record(
        self,
        outcomes: Sequence[Outcome],
        companions: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        prepared: Mapping[str, Prepared] | None = None,
    ) -> None:
        """Stores a batch of parsed files in one transaction, then brings the index up to date.

        ``companions``: by the SHA-256 of a file, the files that were given to the reader beside it, in their order, as
        ``(uri, sha256)``; without them the file cannot be read again in the same way (``duzheng verify``).
        ``prepared``: what was made of the documents already (``corpus.prepared``); the rest is made here.

        When this returns, both are on the disk. When the process is killed in between, the store has all of the batch
        or nothing, and the index follows when the corpus is next written or searched.
        """
        self._claim()
        store = self._open_store()
        store.record(outcomes, self.extraction_version, companions)
        store.locate([(uri, one.sha256) for one in outcomes for uri in self._awaited.pop(one.sha256, ())])
        self._kept.follow(prepared or {})
        self._relate(prepared or {})

    def locate(self, locations: Iterable[tuple[str, str]]) -> int:
        """Records where content was seen: ``(uri, sha256)``; returns how many places were new or had changed.

        Names of content that this corpus does not know yet are kept in mind until it is recorded: the second copy of a
        file may be announced before the first is read.
        """
        self._claim()
        pairs = list(locations)
        store = self._open_store()
        present = store.present(sha for _, sha in pairs)
        for uri, sha256 in pairs:
            if sha256 not in present:
                self._awaited.setdefault(sha256, []).append(uri)
        changed = store.locate([pair for pair in pairs if pair[1] in present])
        if changed:
            self._kept.follow()
        self._relate()
        return changed

    @property
    def sources(self) -> Sources:
        """What is known of the sources that are looked at again and again: runs, items, answers of servers."""
        from corpus.sources import Sources

        return Sources(self.home, self._open_store(), self._claim)

    @property
    def digests(self) -> Digests:
        """What is new since somebody was last told, and who was told what; needs no right to write."""
        from corpus.digests import Digests

        return Digests(self.home, self._open_store())

    @property
    def sqlite(self) -> Path | None:
        """The file that holds the store; None where PostgreSQL does."""
        return self._database.path if self._database.url is None else None

    # Reading

    def failures(self) -> list[Failure]:
        """Every file that could not be read when it was last tried."""
        return self._open_store().failures()

    def unread(self) -> list[Unread]:
        """The queue of files that are not read, or not with all their attachments; see ``corpus.unread``."""
        from corpus.unread import unread

        with self._open_store().snapshot() as connection:
            return unread(connection)

    def documents(self, *, superseded: bool = False, **equal: Any) -> Iterator[Document]:
        """The documents, oldest change first; ``equal`` filters by column: ``role="plan"``, ``province="浙江省"`` …

        ``superseded`` adds those whose file has since changed.
        """
        return self._open_store().documents(superseded=superseded, **equal)

    def listed(self, *, after: int = 0, limit: int = 100, **equal: object) -> list[Row[Any]]:
        """A slice of the current documents, without their texts; see ``corpus.listed.slice_of``."""
        from corpus.listed import slice_of

        with self._open_store().snapshot() as connection:
            return slice_of(connection, equal, after=after, limit=limit)

    def texts(self, only: Collection[str] | None = None) -> Iterator[DocumentText]:
        """The bare texts of the current documents, oldest change first: a thirtieth of the cost of ``documents``.

        ``only``: identifiers, in any order; those of no current document are left out.
        """
        return self._open_store().texts(only)

    def document(self, id: str) -> Document | None:
        """The document with that identifier, or None."""
        return self._open_store().document(id)

    def is_current(self, id: str) -> bool:
        """Whether a document is what its file holds now; False where there is none of that identifier."""
        return self._open_store().is_current(id)

    def state(self) -> tuple[int, int]:
        """Two numbers of which one grows with every change of documents, the other with every check."""
        return self._numbers()

    def locations(self, sha256: str) -> list[str]:
        """The names under which a file's content was seen."""
        return self._open_store().locations(sha256)

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
        from corpus.facets import FACETS
        from corpus.index import DamagedIndex
        from corpus.search import search

        wanted = {name: value for name, value in filters.items() if value is not None}
        how: dict[str, Any] = {"limit": limit, "offset": offset, "strict": strict, "sort": sort}
        how["counted"] = FACETS if facets is None else facets
        try:
            return self._marked(search(self._kept.fresh(), self._texts, query, filters=wanted, **how))
        except DamagedIndex:
            self._kept.drop()
            return self._marked(search(self._kept.fresh(), self._texts, query, filters=wanted, **how))

    def similar(self, id: str, *, limit: int = 10) -> SearchResult:
        """The documents most like the one with that identifier, without itself, its copies and its versions.

        Raises:
            CorpusError: there is no such document.
        """
        from corpus.relations.families import families
        from corpus.search import similar

        document = self.document(id)
        if document is None:
            raise CorpusError(f"{id}: there is no such document in the corpus")
        self.relations()
        with self._open_store().snapshot() as connection:
            itself = families(connection, [id]).get(id, frozenset()) | {id}
        title = document.title or ""
        return self._marked(similar(self._kept.fresh(), self._texts, title, document.text, itself, limit))

    def sharing(self, text: str, *, until: date | None, without: Collection[str], most: int) -> Sharing:
        """The documents that may share passages with a text, the likeliest first; see ``corpus.sharing``."""
        from corpus.sharing import sharing

        return sharing(self._kept.fresh(), text, until=until, without=without, most=most)

    def withdrawn(self, ids: Collection[str]) -> dict[str, str]:
        """Of these documents those that no source lists any more, with the day since when."""
        return self._reader().withdrawn(sorted(ids))

    def _marked(self, found: SearchResult) -> SearchResult:
        """The result with what is no longer where it was published told."""
        gone = self.withdrawn([hit.document for hit in found.hits]) if found.hits else {}
        for hit in found.hits:
            hit.gone_since = gone.get(hit.document)
        return found

    # Saved searches

    def save_search(
        self, name: str, query: str, *, strict: bool = False, owner: str | None = None, **filters: str | int | None
    ) -> SavedSearch:
        """Keeps a search by name; what it finds from now on is new (``news``). It is never read more loosely than written.

        ``owner`` is the account that it belongs to; whoever lets people in asks for it before it is removed.

        Raises:
            InvalidQuery: the query, a filter or the name is not possible.
            CorpusError: there is one of that name.
        """
        from corpus.saved import SavedSearches
        from corpus.search import asked, matching

        wanted = {field: str(value) for field, value in filters.items() if value is not None}
        found = matching(self._kept.fresh(), asked(query, wanted), strict)
        self._claim()
        with self._open_store().transaction() as connection:
            return SavedSearches(connection).add(name, query, wanted, strict, found, owner)

    def saved_searches(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        from corpus.saved import SavedSearches

        with self._open_store().snapshot() as connection:
            return SavedSearches(connection).all()

    def saved_search(self, name: str) -> SavedSearch:
        """The saved search of that name.

        Raises:
            CorpusError: there is none.
        """
        from corpus.saved import SavedSearches

        with self._open_store().snapshot() as connection:
            return SavedSearches(connection).get(name)

    def remove_search(self, name: str) -> None:
        """Forgets a saved search.

        Raises:
            CorpusError: there is none of that name.
        """
        from corpus.saved import SavedSearches

        self._claim()
        with self._open_store().transaction() as connection:
            SavedSearches(connection).remove(name)

    def news(self, name: str, *, limit: int = 10) -> News:
        """Runs a saved search: what it finds that it had not found before; the next run reports what is new after this one.

        Raises:
            CorpusError: there is none of that name, or another process is writing.
        """
        from corpus.saved import SavedSearches
        from corpus.search import among, asked, matching
        from schemas.search import News

        self._claim()
        index = self._kept.fresh()
        with self._open_store().transaction() as connection:
            searches = SavedSearches(connection)
            saved = searches.get(name)
            node = asked(saved.query, saved.filters)
            found, before = matching(index, node, saved.strict), searches.found(name)
            new, gone = [id for id in found if id not in before], sorted(before.difference(found))
            hits = among(index, self._texts, node, new, limit, saved.strict) if new and limit else []
            names = set(searches.names_of(gone).values())
            searches.ran(name, gone, new)
        changed = [hit.document for hit in hits if hit.uri in names]
        return News(search=saved, total=len(found), new=len(new), hits=hits, changed=changed)

    def relations(self) -> Reader:
        """Versions, copies, attachments and citations of the documents; see ``corpus.relations.reading``.

        They are up to date, unless another process is just bringing them there.
        """
        from corpus.relations.reading import Reader
        from corpus.relations.upkeep import Upkeep

        store = self._open_store()
        if self._follows and Upkeep(store).behind():
            if self._lock.held:
                self._relate()
            else:
                try:
                    with suppress(CorpusBusy):  # another process writes, and will catch up
                        self._claim()
                        self._relate()
                finally:
                    self._upkeep = None
                    store.unclaim()
                    self._lock.release()
        return Reader(store)

    def cited(self, ids: Iterable[str]) -> dict[str, list[str]]:
        """For each document the documents of the corpus that its citations mean without doubt, in the order cited."""
        from corpus.relations.cited import cited

        self.relations()
        return cited(self._open_store(), ids)

    # Checks

    def record_checks(
        self, checks: Sequence[PlanCheck], *, origin: Origin = "check", beside: Sequence[ReadBeside] = ()
    ) -> None:
        """Stores checks of documents of this corpus: the same document and pack again replaces the earlier check as the
        latest; every one is kept in the history. ``beside``: what each was checked beside, so that a finding that changes
        with it says so."""
        from corpus.version import engine_version

        self._claim()
        self._open_store().record_checks(
            checks, engine=engine_version(), extraction=self.extraction_version, origin=origin, beside=beside
        )
        # Now, a batch at a time, rather than all at once when the first page is asked for.
        self.present(date.today())

    def checked_with(self) -> CheckedWith:
        """What the plans were last checked with, and what they would be checked with now."""
        from corpus.checked_with import CheckedWith

        return CheckedWith(self._open_store())

    def checks(self, document: str | None = None, pack: str | None = None) -> Iterator[PlanCheck]:
        """The recorded checks, newest first, of one document or one pack if named."""
        return self._open_store().checks(document, pack)

    # Decisions and history

    def decide(self, decision: Decision) -> Decision:
        """Records what somebody decided about a finding; returns it with its identifier and what it was taken on.

        Raises:
            InvalidDecision: the records before it do not allow it.
        """
        self._claim()
        return self._open_store().decide(decision)

    def decide_all(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Records several decisions in their order, all or none of them.

        Raises:
            InvalidDecision: the records before one of them do not allow it.
        """
        self._claim()
        return self._open_store().decide_all(decisions)

    def decisions(self) -> dict[str, list[Decision]]:
        """Every decision by its finding, oldest first."""
        return self._open_store().decisions()

    def standings(self, today: date, *, pack: str | None = None, unit: str | None = None) -> list[Standing]:
        """Every finding of the last checks with its plan, last change, decisions and state on the day ``today``."""
        return self._open_store().standings(today, pack=pack, unit=unit)

    def newest(self, limit: int) -> list[Row[Any]]:
        """The documents that were taken in last; see ``corpus.newest``."""
        from corpus.newest import newest

        with self._open_store().snapshot() as connection:
            return newest(connection, limit)

    def present(self, today: date) -> Present:
        """How every finding stands on the day ``today``, in counts and pages; brought up to date first, without the right
        to write."""
        from corpus.present import Present

        rows = Present(self._open_store())
        if self._follows:
            rows.follow(today)
        else:
            rows.look()
        return rows

    def marks(self) -> tuple[int, int, int]:
        """Three numbers of which one grows with every change of documents, with every check, with every decision."""
        return (*self._numbers(), self._open_store().last_decision())

    def behind(self) -> int:
        """How many changes of documents the index or the relations have still to take in, whichever has more."""
        from corpus.relations.upkeep import Upkeep

        return max(self.index_lag(), Upkeep(self._open_store()).behind())

    def catch_up(self, today: date) -> None:
        """Brings all that is derived up to what is stored: the rows of findings, then the index and the relations.

        Raises:
            CorpusBusy: another process is writing; the index and the relations may be behind.
        """
        from corpus.relations.upkeep import Upkeep

        self.present(today)
        if not self._kept.up_to_date() or Upkeep(self._open_store()).behind():
            self._claim()
            self._kept.follow()
            self._relate()
            self.release()

    def history(self, finding: str) -> tuple[str, list[Event], list[Decision]]:
        """The identifier of the finding that begins so, what each run made of it, and what people decided about it."""
        return self._open_store().history(finding)

    def judged(self, document: str, pack: str) -> PlanCheck | None:
        """What the last check of a plan with a pack found, before any verification touched it."""
        return self._open_store().judged(document, pack)

    def taken_from(self, document: str) -> Taken:
        """What a document was read from: the file and those that were given to the reader beside it."""
        return self._open_store().taken_from(document)

    def current_ids(self) -> set[str]:
        """The identifiers of the documents that are not superseded."""
        return self._open_store().current_ids()

    # All of it

    def write_archive(self, path: Path) -> Manifest:
        """Writes everything but the index to one archive (``corpus.transfer``): a ZIP where the name ends in ``.zip``, else a
        folder that is not there yet. Says what was written.

        Raises:
            CorpusError: an original is missing or damaged, or the archive cannot be written.
        """
        from corpus.transfer.carry_out import carry_out

        store = self._open_store()
        with store.snapshot() as connection:
            return carry_out(connection, self.originals, path)

    def take_archive(self, path: Path, beside: Path | None = None) -> Imported:
        """Takes in an archive: whole into an empty corpus, what is new into another; says what, and what differs.

        ``beside``: the folder in which its originals are, where that is another.

        Raises:
            CorpusError: it is no archive, it was changed, or there is no room; nothing of it is then stored.
        """
        from corpus.transfer.examine import opened

        with opened(path, self.home, beside) as (supply, manifest):
            return self.take_examined(supply, manifest)

    def take_examined(self, supply: Supply, manifest: Manifest) -> Imported:
        """Takes in an archive in which every row was looked at; see ``take_archive``."""
        from corpus.transfer import packs
        from corpus.transfer.take_in import Imported, keep_originals, take_in

        result = Imported()
        self._claim()
        keep_originals(self.originals, supply, manifest, result)
        with self._open_store().transaction() as connection:
            take_in(connection, supply, manifest, result)
        packs.take(self.home, supply, manifest, result)
        self._kept.follow()
        self._relate()
        return result

    def write_backup(self, path: Path, keep: int | None = None) -> tuple[Path, list[str]]:
        """Adds a backup to a folder of backups (``corpus.backup``), or writes an archive where the name ends in ``.zip``; others
        may read and write meanwhile. ``keep``: how many backups stay in the folder.

        Returns: where it is, and what could not be backed up: originals that are missing or damaged.

        Raises:
            CorpusError: it cannot be written, or the store cannot be read.
        """
        from datetime import UTC, datetime

        from corpus.backup.make import make, remember
        from corpus.backup.manifest import Last

        if path.suffix.lower() == ".zip":
            made_at = datetime.now(UTC)
            self.write_archive(path)
            remember(self.home, Last(made_at=made_at, place=str(path.absolute())))
            return path, []
        made, backup = make(self._open_store(), self.home, self.originals, path, keep)
        return made, backup.problems

    def prunable(self, before: datetime) -> Plan:
        """What is no longer needed of all that was last needed before a moment; see ``corpus.retention``."""
        from corpus.retention import plan

        with self._open_store().snapshot() as connection:
            return plan(connection, self.home, self.originals, before)

    def prune(self, before: datetime) -> Plan:
        """Takes away what ``prunable`` names, and says what that was."""
        from corpus.retention import plan, remove_files, say, take_away

        self._claim()
        with self._open_store().transaction() as connection:
            made = plan(connection, self.home, self.originals, before)
            if made.things:
                take_away(connection, self.home, self.originals, made)
        remove_files(self.originals, made)
        say(made.things)
        return made

    # Health

    def status(self) -> dict[str, int]:
        """Counts: ``files_read``, ``files_failed``, ``locations``, ``documents``, ``documents_superseded``, ``checks``,
        ``originals``, ``indexed`` and ``index_behind`` (how many changes the index has still to take in)."""
        counts = self._open_store().counts()
        seq = counts.pop("seq")
        index = self._kept.existing()
        return counts | {
            "originals": sum(1 for _ in self.originals.names()),
            "indexed": index.count() if index else 0,
            "index_behind": seq - index.watermark if index else seq,
        }

    def glance(self) -> tuple[int, int]:
        """How many documents there are, and how many files that could not be read: two of the counts of ``status``."""
        return self._open_store().glance()

    def index_lag(self) -> int:
        """How many changes of documents the index has still to take in; all of them where there is none to be read."""
        return self._kept.lag()

    def being_written(self) -> bool:
        """Whether another process of this folder seems to be writing just now."""
        return self._lock.writing()

    def run_records(self) -> dict[str, Record]:
        """By source, when a run of it last went well and how many have failed since."""
        from corpus.running import records

        with self._open_store().snapshot() as connection:
            return records(connection)

    def originals_bytes(self) -> int:
        """How many bytes the files have that were taken in."""
        from corpus.running import originals_bytes

        with self._open_store().snapshot() as connection:
            return originals_bytes(connection)

    @property
    def is_shared(self) -> bool:
        """Whether several machines may share the store."""
        return self._database.url is not None

    @property
    def store_name(self) -> str:
        """The store as messages call it: the file, or the address of the database without a password."""
        return self._database.name

    def damage(self) -> list[str]:
        """What is wrong with the database itself, one line each with the way back; an empty list when nothing is.

        Raises:
            CorpusError: it is so damaged that it cannot even be asked.
        """
        return self._open_store().problems()

    def verify(self) -> list[str]:
        """What is wrong with the corpus, one line each; an empty list when all is right.

        Asks the database whether it is whole; reads every original and compares it with its SHA-256, follows the chain
        of decisions, and compares the index with the store. Whether the quotes of findings stand in the originals is
        the matter of ``flows.verify``.
        """
        store, problems = self._open_store(), self.damage()
        if problems:
            return problems  # what such a database says of the rest is worth nothing
        kept = set(self.originals.names())
        for name in sorted(kept | set(store.source_names())):
            try:
                self.originals.read(name)
            except CorpusError as error:
                problems.append(str(error))
        return problems + store.broken_decisions() + self.verify_index()

    def verify_index(self) -> list[str]:
        """What is wrong with the search index, compared with the store; an empty list when nothing is."""
        return self._kept.problems()

    # Inside

    def _texts(self, ids: Sequence[str]) -> dict[str, str]:
        return self._reader().texts(ids)

    def _reader(self) -> Shown:
        if self._shown is None or self._shown.database != self._database:
            from corpus.shown import Shown

            self._close_reader()
            self._shown = Shown(self._database)
        return self._shown

    def _close_reader(self) -> None:
        if self._shown is not None:
            self._shown.close()
        self._shown = None

    def _open_store(self, create: bool = False) -> Store:
        if self._store is None:
            from corpus.store import Store

            self._store = Store.open(self._database, create, self._lock)
            self._database = self._store.database
        return self._store

    def _relate(self, prepared: Mapping[str, Prepared] = MappingProxyType({})) -> None:
        """Brings the relations up to the store; needs the lock."""
        from corpus.relations.upkeep import Upkeep

        if self._upkeep is None:
            self._upkeep = Upkeep(self._open_store())
        self._upkeep.catch_up(prepared)

    def _claim(self) -> None:
        """Takes the right to write: the folder's lock, and that of the database where several machines share it."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                self._lock.acquire()
                if self._database.url is not None:
                    self._open_store().claim()
                return
            except CorpusBusy:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL_SECONDS)

    def _make(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(f"{self.home}: the corpus cannot be made here: {error}") from error
        if self._database.url is None and any(self.originals.folder.glob("??")):
            # Originals are kept only when there is a store: it was lost, and an empty one would hide that.
            raise CorpusError(f"{self.home}: there are originals here and no store: {self._database.way_back()}")
        self._lock.acquire()
        try:
            self._open_store(create=True)
        finally:
            self._lock.release()

    def _numbers(self) -> tuple[int, int]:
        """The store's last change and last check, without loading the store where that can be helped."""
        state = self._reader().state() if self._store is None or self._database.url is None else {}
        # Every version up to now counts changes alike; of any other the store is asked, which explains itself.
        if state and state.get("schema_version", "") in {str(number) for number in range(1, latest() + 1)}:
            return int(state["seq"]), int(state.get("checked", 0))
        return self._open_store().seq(), self._open_store().checked()
