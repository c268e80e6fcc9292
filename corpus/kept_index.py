"""How the search index follows the store: opened, brought up to date, built anew where it cannot be trusted.

The index is derived: it knows up to which change of the store it holds everything (``corpus.index``), and whoever searches or
writes has it catch up. What a writer killed between store and index left undone is thereby done by the next.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus.linked import Linked
from corpus.lock import WriterLock
from schemas.bilingual import Both
from schemas.errors import CorpusError, IndexNotReady

if TYPE_CHECKING:
    from corpus.index import SearchIndex
    from corpus.prepared import Prepared
    from corpus.store import Store

_REPLAY_BATCH = 2000
_SWAP_SECONDS = 3
"""An old index is removed before the new one is renamed into its place: a search between the two waits so long."""


class KeptIndex:
    """The index of one corpus.

    Args:
        home: the folder of the corpus.
        lock: the right to write in it.
        store: gives the store, opening it.
        numbers: the store's last change and last check.
        follows: whether whoever searches brings the index up to date; see ``Corpus.open``.
    """

    def __init__(
        self,
        home: Path,
        lock: WriterLock,
        store: Callable[[], Store],
        numbers: Callable[[], tuple[int, int]],
        follows: bool,
    ) -> None:
        self.path = home / "index"
        self._home = home
        self._lock = lock
        self._store = store
        self._numbers = numbers
        self._follows = follows
        self._linked = Linked(self.path)
        self._index: SearchIndex | None = None
        self._checked = False

    def close(self) -> None:
        """Closes it and gives tantivy's lock back; it is opened again when it is asked for."""
        self.drop()
        self._linked.close()

    def release(self) -> None:
        """Gives tantivy's lock back, and looks at the index again before the next writing."""
        if self._index is not None:
            self._let_go(self._index)
        self._checked = False

    def up_to_date(self) -> bool:
        """Whether it holds everything that the store has, by the rules of today."""
        index = self.existing()
        return index is not None and self._holds_all(index)

    def _holds_all(self, index: SearchIndex) -> bool:
        from corpus.version import index_version

        return (index.watermark, index.checked) == self._numbers() and index.version == index_version()

    def lag(self) -> int:
        """How many changes of documents it has still to take in; all of them where there is none to be read."""
        index = self.existing()
        seq = self._numbers()[0]
        return seq - index.watermark if index else seq

    def problems(self) -> list[str]:
        """What is wrong with it, compared with the store; an empty list when nothing is."""
        store, index = self._store(), self.existing()
        seq = store.changes.seq()
        if index is None:
            none = "没有可读的检索索引，下次检索时建立 / there is no readable search index; the next search builds it"
            return [f"{self.path}: {none}"] if seq else []
        if index.watermark != seq:
            behind = Both(
                f"检索索引到第 {index.watermark} 次变动，数据库到第 {seq} 次",
                f"the search index is at change {index.watermark}, the store at {seq}",
            )
            return [f"{index.folder}: {behind}"]
        if index.ids() != store.documents.current_ids():
            other = "检索索引与数据库的文件不同，请删去此文件夹 / the search index holds other documents than the store; delete the folder"
            return [f"{index.folder}: {other}"]
        return []

    def existing(self) -> SearchIndex | None:
        """The index as it is, however old; None when there is none to be read."""
        from corpus.index import DamagedIndex, SearchIndex

        folder = self._linked.folder()
        if self._index is not None:
            try:
                if self._index.folder != folder:
                    raise DamagedIndex(f"{self.path}: the links are to be made anew")
                self._index.refresh()
                return self._index
            except DamagedIndex:  # damaged, or another process has built it anew
                self.drop()
        with suppress(DamagedIndex):
            self._index = SearchIndex.open(folder)
        return self._index

    def fresh(self) -> SearchIndex:
        """The index to search: up to date, unless another process is just bringing it there."""
        from corpus.version import index_version

        index = self.existing()
        if index is not None and self._holds_all(index):
            return index
        if not self._follows:
            if index is None or index.version != index_version():
                raise IndexNotReady(
                    f"{self.path}: 检索索引正在建立，请稍后再试 / the search index is being made; try again in a moment"
                )
            return index
        if not self._lock.held:
            try:
                self._lock.acquire()
            except CorpusError:
                if index is None:
                    index = self._awaited()
                if index is None:
                    raise
                return index
            try:
                return self.follow()
            finally:
                self.release()
                self._lock.release()
        return self.follow()

    def _awaited(self) -> SearchIndex | None:
        """The index that another process is just putting in the place of its old one; None when none comes."""
        deadline = time.monotonic() + _SWAP_SECONDS
        while time.monotonic() < deadline:
            time.sleep(0.02)
            if index := self.existing():
                return index
        return None

    def follow(self, prepared: Mapping[str, Prepared] = MappingProxyType({})) -> SearchIndex:
        """Brings the index up to the store; needs the lock. Builds it anew where it cannot be trusted."""
        from corpus.building import HelperGone
        from corpus.index import DamagedIndex, SearchIndex
        from corpus.version import index_version

        store = self._store()
        seq = store.changes.seq()
        index = self._index if self._checked else self.existing()
        if index is not None and not self._checked:
            # The index ahead of the store: the store was put back from a copy.
            if index.version != index_version() or index.watermark > seq:
                index = None
            self._checked = True
        if index is not None:
            try:
                self._replay(index, index.watermark, seq, prepared)
                return index
            except DamagedIndex:
                pass
        self.drop()
        # Built beside its place, so that others can search the old one until the new one is whole.
        building = self._home / "index.building"
        fresh = SearchIndex.create(building, index_version())
        try:
            self._fill(fresh, seq, prepared)
        except HelperGone:
            fresh.release()  # its threads would go on writing into the folder that is being emptied
            fresh = SearchIndex.create(building, index_version())
            self._replay(fresh, 0, seq, prepared)
        fresh.release()
        shutil.rmtree(self.path, ignore_errors=True)
        building.replace(self.path)
        self._index = SearchIndex.open(self.path)
        self._checked = True
        return self._index

    def _fill(self, index: SearchIndex, seq: int, prepared: Mapping[str, Prepared]) -> None:
        """Puts everything into a new index, with the help of a second process where there is much to put."""
        from corpus.building import entries, helps

        store = self._store()
        if not helps(len(store.documents.current_ids())):
            self._replay(index, 0, seq, prepared)
            return
        checked = store.changes.checked()
        for made in entries(store.changes.bodies(0)):
            index.put(made)
        index.commit(seq, index.version, checked)

    def _replay(self, index: SearchIndex, after: int, seq: int, prepared: Mapping[str, Prepared]) -> None:
        from corpus.entry import entry
        from corpus.prepared import key_of

        store, version, known = self._store(), index.version, index.checked
        checked = store.changes.checked()
        for count, change in enumerate(store.changes.since(after), start=1):
            if change.document is None:
                index.remove(change.id)
            else:
                made = prepared.get(key_of(change.body)) if prepared else None
                index.put(entry(change.document, change.verdicts, made.cut if made else None))
            # A new index is nobody's yet, and what was half built is not gone on with: one commit is enough.
            if after and count % _REPLAY_BATCH == 0:
                index.commit(change.seq, version, known)
        if after and checked != known:
            for change in store.changes.checked_after(known if known < checked else 0):
                if change.document is not None:
                    index.put(entry(change.document, change.verdicts))
        if (index.watermark, known) != (seq, checked):
            index.commit(seq, version, checked)

    def drop(self) -> None:
        """Lets it go; it is opened again when it is asked for."""
        if self._index is not None:
            self._let_go(self._index)
        self._index = None
        self._checked = False

    @staticmethod
    def _let_go(index: SearchIndex) -> None:
        from corpus.index import DamagedIndex

        # Nothing is lost when a damaged index cannot even be let go: it is built again from the store.
        with suppress(DamagedIndex):
            index.release()
