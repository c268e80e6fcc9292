"""The corpus: one folder that holds the originals, the store and the index, behind one class.

Its parts and the right to write are ``corpus.held``; what can be asked of it, ``corpus.readable``; what changes it is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from corpus import asking, whole
from corpus.held import Held
from corpus.readable import Readable
from corpus.taking_in import TakingIn
from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from datetime import datetime

    from corpus.history import Origin, ReadBeside
    from corpus.prepared import Prepared
    from corpus.retention import Plan
    from corpus.sources import Sources
    from corpus.transfer.container import Supply
    from corpus.transfer.manifest import Manifest
    from corpus.transfer.take_in import Imported
    from schemas.decision import Decision
    from schemas.finding import PlanCheck
    from schemas.outcome import Outcome
    from schemas.search import News, SavedSearch


class Corpus(Readable):
    """An opened corpus; a context manager. For one thread; other processes may read it at the same time.

    The first method that writes takes the writer's lock and keeps it until ``close``; with ``open(…, write=True)`` it
    is taken at once. Every method raises ``CorpusError`` when the folder cannot be read or written.
    """

    def __init__(self, held: Held) -> None:
        super().__init__(held)
        self._taking_in = TakingIn(held)

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
                it. Without it what is there is shown, and nothing but ``catch_up`` changes it: for pages. What needs the
                store of an earlier version is then refused, which is otherwise brought up to date.

        Raises:
            CorpusError: there is no corpus, it is of another version, or (with ``write``) another writer has it.
        """
        held = Held(Path(home), extraction_version, patience, follows)
        held.open(create, write)
        return cls(held)

    @property
    def made(self) -> bool:
        """Whether opening it has made it: there was none in this folder before."""
        return self._held.made

    def close(self) -> None:
        """Closes everything and gives the lock back; may be called again."""
        self._held.close()

    def release(self) -> None:
        """Gives the right to write to whoever waits for it; the next method that writes takes it again."""
        self._held.release()

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Taking in

    def unchanged(self, files: Mapping[str, Mapping[str, str]]) -> set[str]:
        """Those files that are known and had the same attachments.

        Args:
            files: by the SHA-256 of a main file, its attachments: the SHA-256 of each by its name (uri).
        """
        return self._taking_in.unchanged(files)

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
        self._taking_in.record(outcomes, companions, prepared)

    def locate(self, locations: Iterable[tuple[str, str]]) -> int:
        """Records where content was seen: ``(uri, sha256)``; returns how many places were new or had changed.

        Names of content that this corpus does not know yet are kept in mind until it is recorded: the second copy of a
        file may be announced before the first is read.
        """
        return self._taking_in.locate(locations)

    @property
    def sources(self) -> Sources:
        """What is known of the sources that are looked at again and again: runs, items, answers of servers."""
        from corpus.sources import Sources

        return Sources(self.home, self._held.store(), self._held.claim)

    def catch_up(self, today: date) -> None:
        """Brings all that is derived up to what is stored: the rows of findings, then the index and the relations.

        Raises:
            CorpusBusy: another process is writing; the index and the relations may be behind.
        """
        self.present(today)
        if not self._held.index.up_to_date() or self._held.unrelated():
            self._held.claim()
            self._held.follow()
            self.release()

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
        return asking.save(self._held, name, query, filters, strict, owner)

    def remove_search(self, name: str) -> None:
        """Forgets a saved search.

        Raises:
            CorpusError: there is none of that name.
        """
        from corpus.saved import SavedSearches

        with self._held.transaction() as connection:
            SavedSearches(connection).remove(name)

    def news(self, name: str, *, limit: int = 10) -> News:
        """Runs a saved search: what it finds that it had not found before; the next run reports what is new after this one.

        Raises:
            CorpusError: there is none of that name, or another process is writing.
        """
        return asking.news(self._held, name, limit)

    # Checks and decisions

    def record_checks(
        self, checks: Sequence[PlanCheck], *, origin: Origin = "check", beside: Sequence[ReadBeside] = ()
    ) -> None:
        """Stores checks of documents of this corpus: the same document and pack again replaces the earlier check as the
        latest; every one is kept in the history. ``beside``: what each was checked beside, so that a finding that changes
        with it says so."""
        from corpus.version import engine_version

        self._held.claim()
        self._held.store().findings.record_checks(
            checks, engine=engine_version(), extraction=self.extraction_version, origin=origin, beside=beside
        )
        # Now, a batch at a time, rather than all at once when the first page is asked for.
        self.present(today_in_china())

    def decide(self, decision: Decision) -> Decision:
        """Records what somebody decided about a finding; returns it with its identifier and what it was taken on.

        Raises:
            InvalidDecision: the records before it do not allow it.
        """
        self._held.claim()
        return self._held.store().findings.decide(decision)

    def decide_all(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Records several decisions in their order, all or none of them.

        Raises:
            InvalidDecision: the records before one of them do not allow it.
        """
        self._held.claim()
        return self._held.store().findings.decide_all(decisions)

    # All of it

    def write_archive(self, path: Path) -> Manifest:
        """Writes everything but the index to one archive (``corpus.transfer``): a ZIP where the name ends in ``.zip``, else a
        folder that is not there yet. Says what was written.

        Raises:
            CorpusError: an original is missing or damaged, or the archive cannot be written.
        """
        return whole.write_archive(self._held, path)

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
        return whole.take_examined(self._held, supply, manifest)

    def write_backup(self, path: Path, keep: int | None = None) -> tuple[Path, list[str]]:
        """Adds a backup to a folder of backups (``corpus.backup``), or writes an archive where the name ends in ``.zip``; others
        may read and write meanwhile. ``keep``: how many backups stay in the folder.

        Returns: where it is, and what could not be backed up: originals that are missing or damaged.

        Raises:
            CorpusError: it cannot be written, or the store cannot be read.
        """
        return whole.write_backup(self._held, path, keep)

    def prune(self, before: datetime) -> Plan:
        """Takes away what ``prunable`` names, and says what that was."""
        return whole.prune(self._held, before)
