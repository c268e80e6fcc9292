"""Storing what was fetched: originals, then documents, then what is known of the items; nothing twice.

Of a unit that says in other bytes what the corpus has already, nothing is stored but what the server calls it now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from corpus.sources import Item, KeptAnswer, Look
from flows.batches import Batch
from flows.units import Unit
from schemas.fetching import RunFailure, SourceRun
from schemas.outcome import Failure, Outcome
from sources.sameness import text_key

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.source import SourceDefinition

_STAND_INS = frozenset({"block_page", "login_page", "error_page", "script_only"})


class Units(Batch):
    """Units on their way: those that are read, in the order of ``works``, and those of which nothing need be read."""

    def __init__(
        self,
        units: list[Unit],
        settled: list[Unit],
        failures: list[RunFailure],
        corpus: Corpus,
        definition: SourceDefinition,
    ) -> None:
        super().__init__([unit.work(corpus.originals, definition) for unit in units])
        self.units = units
        self.settled = settled
        self.failures = failures

    def empty(self) -> None:
        super().empty()
        self.units, self.settled = [], []


class Settling:
    """Stores the batches of one run.

    Args:
        definition: the source.
        corpus: opened; the right to write it is held only while a batch is stored.
        run: counts what becomes of the units, and gets their failures.
        items: what was known of the source when the run began.
        missing: those of the items that the list does not name any more: one of them may have moved.
    """

    def __init__(
        self,
        definition: SourceDefinition,
        corpus: Corpus,
        run: SourceRun,
        items: Mapping[str, Item],
        missing: Collection[str],
    ) -> None:
        self._definition = definition
        self._corpus = corpus
        self._book = corpus.sources
        self._run = run
        self._items = items
        self._by_key = {item.text_key: item for url, item in items.items() if url in missing and item.text_key}
        self._unmarked: dict[str, str] = {}
        for sha in self._book.unmarked(definition.id).values():
            if documents := self._book.documents_of(sha):
                self._unmarked[text_key(document.text for document in documents)] = sha

    def settle(self, batch: Units) -> None:
        """Stores a batch: originals, then documents, then what is known of the items."""
        failures, looks, stored, same = list(batch.failures), list[Look](), list[Outcome](), list[tuple[str, str]]()
        keys: dict[str, str] = {}
        answers = [answer for unit in (*batch.units, *batch.settled) for answer in unit.answers(self._definition.id)]
        for unit, work, outcome in zip(batch.units, batch.works, batch.outcomes, strict=True):
            key = text_key(document.text for document in outcome.documents)
            failure = outcome.failure
            if unit.again:
                stored.append(outcome)
                keys |= {url: key for url, item in self._items.items() if item.sha256 == unit.sha256}
            elif failure is not None and failure.cause in _STAND_INS and self._definition.is_web:
                failures.append(_unread(failure))
            elif failure is None and (other := self._same(unit, key)) is not None:
                looks.append(_as_before(unit, other))
                if other.url != unit.listed.url and other.sha256 is not None:
                    same.append((unit.listed.url, other.sha256))
                self._run.count("unchanged" if unit.known and unit.known.sha256 else "new")
            elif failure is None and (done := self._unmarked.get(key)) is not None:
                for file in work.attachments:
                    self._corpus.keep(file.data)
                looks.append(self._recorded(unit, key, done))
                same.append((unit.listed.url, done))
            else:
                for file in (work.file, *work.attachments):
                    self._corpus.keep(file.data)
                stored.append(outcome)
                looks.append(self._taken(unit, key, failure, outcome.attachment_failures))
                self._run.documents += len(outcome.documents)
        if stored:
            # Before the documents: a run that is killed after them would leave originals of which no answer is known.
            self._book.looked(self._definition.id, [], self._kept(answers))
            self._corpus.record(stored, batch.companions(), batch.prepared)
        for unit in batch.settled:
            looks.append(self._settled(unit, same))
        self._corpus.locate(same)
        self._run.failures += [*failures, *(one for unit in (*batch.units, *batch.settled) for one in unit.failures)]
        self._run.count("failed", len(failures))
        self._book.looked(self._definition.id, looks, self._kept(answers))
        self._book.failed(self._definition.id, failures)
        self._book.reread(self._definition.id, keys)
        assert self._run.number is not None
        self._book.progress(self._run.number, self._run)
        self._corpus.release()

    def _kept(self, answers: Sequence[KeptAnswer]) -> list[KeptAnswer]:
        """Those of which the original is kept."""
        return [answer for answer in answers if self._corpus.originals.has(answer.sha256)]

    def _recorded(self, unit: Unit, key: str, sha256: str) -> Look:
        """A unit whose words a run recorded that was ended before it marked the item; the bytes may be others now."""
        had = unit.known is not None and unit.known.sha256 is not None
        self._run.count("changed" if had else "new")
        main, *beside = unit.files
        files = (main.item_file(sha256), *(file.item_file() for file in beside))
        return Look(unit.listed, sha256, key, files, unit.digest, had, next(iter(unit.failures), None))

    def _same(self, unit: Unit, key: str) -> Item | None:
        """The item that has these words already: the unit's own, or one that has just gone from the list (it was moved)."""
        known = unit.known
        if known is not None and known.sha256 is not None and known.text_key == key:
            return known
        if known is None or known.sha256 is None:
            other = self._by_key.get(key)
            if other is not None and other.sha256 is not None and len(other.files) == len(unit.files):
                return other
        return None

    def _taken(self, unit: Unit, key: str, failure: Failure | None, beside: Sequence[Failure]) -> Look:
        """An item whose new content is stored; what could not be read is a failure of the run."""
        known = unit.known
        had = known is not None and known.sha256 is not None
        self._run.count("changed" if had else "new")
        places = {file.name: file.url for file in unit.files}
        unread = [
            _unread(one).model_copy(update={"url": places.get(one.uri, one.uri)})
            for one in ([failure] if failure else []) + list(beside)
        ]
        self._run.failures += unread
        reason = next(iter([*unit.failures, *(unread if failure else [])]), None)
        return _look(unit, key, reason, unread=failure is not None)

    def _settled(self, unit: Unit, same: list[tuple[str, str]]) -> Look:
        """An item of which nothing was read: it is as it was, or its content is in the corpus already."""
        known = unit.known
        reason = next(iter(unit.failures), None)
        if unit.unchanged and known is not None and known.sha256 is not None:
            self._run.count("unchanged")
            return _as_before(unit, known)
        recorded = self._corpus.failed([unit.sha256]).get(unit.sha256)
        if recorded is not None and reason is None:
            reason = _unread(recorded).model_copy(update={"url": unit.listed.url})
            self._run.failures.append(reason)
        for file in unit.files:
            if file.is_fresh and file.answer is not None:
                self._corpus.keep(file.answer.body)
        same.append((unit.listed.url, unit.sha256))
        had = known is not None and known.sha256 is not None
        self._run.count("changed" if had else "new")
        key = text_key(document.text for document in self._book.documents_of(unit.sha256))
        return _look(unit, key, reason, unread=recorded is not None)


def _look(unit: Unit, key: str, failure: RunFailure | None, *, unread: bool) -> Look:
    """A unit with new content; where that could not be read, what was read before still stands in the corpus for it."""
    known = unit.known
    had = known is not None and known.sha256 is not None
    files = tuple(file.item_file() for file in unit.files)
    if unread and known is not None and known.sha256 is not None:
        return Look(unit.listed, known.sha256, known.text_key or "", files, unit.digest, had, failure)
    return Look(unit.listed, unit.sha256, key, files, unit.digest, had, failure)


def _as_before(unit: Unit, item: Item) -> Look:
    """A unit that says what ``item`` says: what stands in the corpus stays, only what the server calls it is new."""
    assert item.sha256 is not None
    files = item.files
    if len(files) == len(unit.files):
        files = tuple(file.item_file(kept.sha256) for file, kept in zip(unit.files, files, strict=True))
    seen = unit.digest if item.digest is None or any(file.is_fresh for file in unit.files) else item.digest
    return Look(unit.listed, item.sha256, item.text_key or "", files, seen, False, next(iter(unit.failures), None))


def _unread(failure: Failure) -> RunFailure:
    return RunFailure(url=failure.uri, cause=failure.cause, message=failure.message, cure=failure.cure)
