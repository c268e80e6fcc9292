"""The parts of an opened corpus and the right to write in it: what ``corpus.corpus.Corpus`` holds while it is open.

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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus.database import Database
from corpus.kept_index import KeptIndex
from corpus.lock import WriterLock
from corpus.migrations import latest
from corpus.originals import Originals
from schemas.errors import CorpusBusy, CorpusError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from corpus.prepared import Prepared
    from corpus.relations.reading import Reader
    from corpus.relations.upkeep import Upkeep
    from corpus.shown import Shown
    from corpus.store import Store

_POLL_SECONDS = 0.1


class Held:
    """The parts of one corpus, each made when it is first asked for. For one thread.

    Args:
        home: the folder.
        extraction_version: what documents are said to be extracted with; by default computed from the rules themselves.
        patience: seconds that ``claim`` waits for another writer to finish.
        follows: whether what is derived is brought up to date by whoever asks for it.
    """

    def __init__(self, home: Path, extraction_version: str | None, patience: float, follows: bool) -> None:
        self.home = home
        self.follows = follows
        self.made = False
        """Whether there was no corpus here before ``open``."""
        self.originals = Originals(home / "originals")
        self.database = Database.of(home)
        self.lock = WriterLock(home)
        self.index = KeptIndex(home, self.lock, self.store, self.numbers, follows)
        self._patience = patience
        self._version = extraction_version
        self._store: Store | None = None
        self._upkeep: Upkeep | None = None
        self._shown: Shown | None = None

    def open(self, create: bool, write: bool) -> None:
        """Makes sure that there is a corpus; with ``create`` makes an empty one, with ``write`` takes the writer's lock.

        Raises:
            CorpusError: there is none, it is of another version, or another writer has it. Nothing stays open then.
        """
        try:
            if create and not self.database.peek():
                self._make()
            self.database = self.database.joined()  # after that look: another machine may have made it just before
            if not self.database.exists():
                raise CorpusError(
                    f"{self.home}: 没有语料库，请先运行 duzheng ingest 路径 / there is no corpus here; make one with: duzheng ingest PATH"
                )
            if write:
                self.claim()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes everything and gives the lock back; may be called again."""
        self.index.close()
        self._close_reader()  # before the store, whose last connection tidies up
        if self._store is not None:
            self._store.close()
        self._store = self._upkeep = None
        self.lock.release()

    def release(self) -> None:
        """Gives the right to write to whoever waits for it; the next ``claim`` takes it again."""
        self.index.release()
        self._upkeep = None
        if self._store is not None:
            self._store.unclaim()
        self.lock.release()

    def claim(self) -> None:
        """Takes the right to write: the folder's lock, and that of the database where several machines share it.

        Raises:
            CorpusBusy: another writer has it, and did not finish in time.
        """
        deadline = time.monotonic() + self._patience
        while True:
            try:
                self.lock.acquire()
                if self.database.url is not None:
                    self.store().claim()
                return
            except CorpusBusy:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL_SECONDS)

    @cached_property
    def extraction_version(self) -> str:
        """The version of the rules that documents are extracted with now."""
        if self._version is None:
            from corpus.version import extraction_version

            return extraction_version()
        return self._version

    # The parts

    def store(self) -> Store:
        """The store, opened."""
        return self._open_store() if self._store is None else self._store

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One state of the store, however long it is read."""
        with self.store().snapshot() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One change of the store, all of it or, on error, nothing; takes the right to write."""
        self.claim()
        with self.store().transaction() as connection:
            yield connection

    def shown(self) -> Shown:
        """What reads texts out of the store without SQLAlchemy."""
        if self._shown is None or self._shown.database != self.database:
            from corpus.shown import Shown

            self._close_reader()
            self._shown = Shown(self.database)
        return self._shown

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The texts of documents by their identifiers."""
        return self.shown().texts(ids)

    def numbers(self) -> tuple[int, int]:
        """The store's last change and last check, without loading the store where that can be helped."""
        state = self.shown().state() if self._store is None or self.database.url is None else {}
        # Every version up to now counts changes alike; of any other the store is asked, which explains itself.
        if state and state.get("schema_version", "") in {str(number) for number in range(1, latest() + 1)}:
            return int(state["seq"]), int(state.get("checked", 0))
        changes = self.store().changes
        return changes.seq(), changes.checked()

    # What is derived from the store

    def follow(self, prepared: Mapping[str, Prepared] = MappingProxyType({})) -> None:
        """Brings the index and the relations up to the store; needs the right to write."""
        self.index.follow(prepared)
        self.relate(prepared)

    def relate(self, prepared: Mapping[str, Prepared] = MappingProxyType({})) -> None:
        """Brings the relations up to the store; needs the right to write."""
        from corpus.relations.upkeep import Upkeep

        if self._upkeep is None:
            self._upkeep = Upkeep(self.store())
        self._upkeep.catch_up(prepared)

    def unrelated(self) -> int:
        """How many changes of documents the relations have still to take in."""
        from corpus.relations.upkeep import Upkeep

        return Upkeep(self.store()).behind()

    def relations(self) -> Reader:
        """The relations, up to date unless another process is just bringing them there, or nobody is to (``follows``)."""
        from corpus.relations.reading import Reader

        store = self.store()
        if self.follows and self.unrelated():
            if self.lock.held:
                self.relate()
            else:
                try:
                    with suppress(CorpusBusy):  # another process writes, and will catch up
                        self.claim()
                        self.relate()
                finally:
                    self._upkeep = None
                    store.unclaim()
                    self.lock.release()
        return Reader(store)

    # Inside

    def _close_reader(self) -> None:
        if self._shown is not None:
            self._shown.close()
        self._shown = None

    def _open_store(self, create: bool = False) -> Store:
        from corpus.store import Store

        # Who only looks changes nothing, unless the right to write was taken for it.
        self._store = Store.open(self.database, create, self.lock, upgrade=self.follows or self.lock.held)
        self.database = self._store.database
        return self._store

    def _make(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = error.strerror or error
            raise CorpusError(
                f"{self.home}: 无法在此新建语料库：{why} / the corpus cannot be made here: {why}"
            ) from error
        if self.database.url is None and any(self.originals.folder.glob("??")):
            # Originals are kept only when there is a store: it was lost, and an empty one would hide that.
            back = self.database.way_back()
            raise CorpusError(
                f"{self.home}: 此处有原件而无数据库：{back.zh} / there are originals here and no store: {back.en}"
            )
        self.lock.acquire()
        try:
            made = not self.database.exists()  # another process may have made it while this one waited for the lock
            self._open_store(create=True)
            self.made = made
        finally:
            self.lock.release()
