"""One run of one source: list, decide, fetch with attachments, read, store and index; what went wrong is in the run.

1. The list is read first. A list that breaks the source's assertions makes the run fail, and nothing is taken from it.
2. An item is new, changed or unchanged by the hashes of its files; where the bytes differ, by the words of its documents.
   Only what differs in words is stored, as a new version under the same address.
3. Items that a complete list does not name any more are marked as gone; their documents stay.
4. A batch is stored and its items are marked at short intervals; the originals come first, then the documents, then the
   marks. A run that is killed is gone on with by the next one: what was stored is known by its content.
5. The right to write the corpus is held only while a batch is stored, so that several sources can be run at a time.

``collect`` may be called inside a Prefect flow or outside of one; ``collect_all`` is the flow of the command line.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow

from corpus.corpus import Corpus
from corpus.sources import Item, KeptAnswer, Look
from flows import batches
from flows.batches import BATCH_BYTES, BATCH_DOCUMENTS, RUNNER, Batch, Counter, limits
from flows.by_source import completed
from flows.pool import Limits, Pool
from flows.progress import tell
from flows.units import Ask, Unit, from_disk, from_originals, from_web
from schemas.errors import DuzhengError
from schemas.fetching import Answer, Change, FetchFailed, Listed, Listing, RunFailure, SourceRun
from schemas.logs import Log
from schemas.outcome import Failure, Outcome
from sources import definitions
from sources.assertions import broken
from sources.blocked import list_items
from sources.fetch import Fetcher
from sources.listing import today_in_china, wanted
from sources.listing.addresses import same_as
from sources.local import read_item
from sources.sameness import text_key

if TYPE_CHECKING:
    from schemas.source import SourceDefinition

BATCH_SECONDS = 15.0
"""A batch is closed when fetching it has taken so long: what a killed run has fetched in vain is bounded."""

PATIENCE_SECONDS = 600.0
"""How long a run waits for another process that writes the corpus."""

FAILURES_IN_A_ROW = 10
"""After so many items one after the other that could not be had, the run ends: the site does not want, or is down."""

_log = Log(__name__)

_PASSING = frozenset({"no_connection", "timeout", "http_status", "block_page", "login_page"})
_STAND_INS = frozenset({"block_page", "login_page", "error_page", "script_only"})

Reading = Callable[[Iterable["Units"], Pool, Counter], Iterator["Units"]]
Opened = AbstractContextManager[Ask]


class Units(Batch):
    """Units on their way: those that are read, in the order of ``works``, and those of which nothing need be read."""

    def __init__(self, units: list[Unit], settled: list[Unit], failures: list[RunFailure], corpus: Corpus) -> None:
        super().__init__([unit.work(corpus.originals) for unit in units])
        self.units = units
        self.settled = settled
        self.failures = failures


def collect(
    home: Path,
    source: str,
    *,
    asking: Callable[[SourceDefinition], Opened] | None = None,
    reading: Reading = batches.through,
    bounds: Limits | None = None,
    today: datetime.date | None = None,
) -> SourceRun:
    """Run one source of the corpus at ``home``, made where it does not exist.

    Args:
        home: the corpus folder; the source's file is in ``sources/``.
        source: its id.
        asking: opens what asks for list pages and items; by default the network, or the disk.
        reading: takes batches through the worker pool; by default as Prefect tasks.
        bounds: of the worker pool.
        today: the day it is; else today in China.

    Returns:
        The run as it was recorded: ``failed`` with its reason where the list or too many items could not be had.

    Raises:
        InvalidSource: there is no such source, or its file is not valid.
        SourceBusy: another run of it is going on.
        CorpusError: the corpus cannot be read or written; the run is recorded as failed where that is possible.
    """
    file = definitions.find(home / definitions.FOLDER, source)
    opened = asking or _asking
    with Corpus.open(home, create=True, patience=PATIENCE_SECONDS) as corpus, corpus.sources.alone(source):
        run = SourceRun(source=source, started_at=_now())
        run.number = corpus.sources.begin(source, run.started_at)
        corpus.release()
        with _Recorded(run, corpus):
            try:
                with opened(file.definition) as ask, Pool(bounds or Limits()) as pool:
                    _Run(file.definition, corpus, run, ask, today or today_in_china()).go(pool, reading)
            except FetchFailed as error:
                failure = RunFailure.of(error)
                run.failures.append(failure)
                run.status = "failed"
                run.reason = f"{file.place(error.field)}: {error}" if error.field else str(error)
        return run


@flow(name="collect-all", task_runner=RUNNER, validate_parameters=False, persist_result=False)
def collect_all(
    home: str,
    sources: list[str],
    *,
    workers: int | None = None,
    seconds: float | None = None,
    memory_mb: int | None = None,
) -> list[SourceRun | DuzhengError]:
    """Run several sources one after the other; what stops one does not stop the next.

    Args:
        home: the corpus folder.
        sources: their ids.
        workers, seconds, memory_mb: as of ``flows.ingest.ingest``.

    Returns:
        For each its run, or why there was none.
    """
    ended: list[SourceRun | DuzhengError] = []
    for source in sources:
        try:
            ended.append(collect(Path(home), source, bounds=limits(workers, seconds, memory_mb)))
        except DuzhengError as error:
            ended.append(error)
    return ended


class _Recorded(AbstractContextManager[None]):
    """Records how a run ended, whatever ends it."""

    def __init__(self, run: SourceRun, corpus: Corpus) -> None:
        self._run, self._corpus = run, corpus

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        run = self._run
        run.finished_at = _now()
        if run.status == "running":
            run.status = "ok" if error is None else "failed" if isinstance(error, Exception) else "interrupted"
        if error is not None and run.reason is None:
            run.reason = str(error) or type(error).__name__
        _say(run)
        # Where the disk is full or the database gone, the error itself says more than that it cannot be recorded.
        with suppress(DuzhengError) if error is not None else nullcontext():
            assert run.number is not None
            self._corpus.sources.progress(run.number, run)
            self._corpus.release()


def _say(run: SourceRun) -> None:
    """Logs how a run ended, and each thing that went wrong in it."""
    for failure in run.failures:
        message = f"{run.source}: {failure.url}: {failure.message}"
        _log.info("source.item_failed", message, source=run.source, url=failure.url, cause=failure.cause)
    fields: dict[str, object] = {"source": run.source, "run": run.number, "status": run.status, "listed": run.listed}
    fields |= {"documents": run.documents, "failures": len(run.failures), "changes": run.changes}
    if run.status == "ok":
        _log.info("source.run", f"{run.source}: {run.listed} listed, {run.documents} documents", **fields)
    else:
        _log.error("source.failed", f"{run.source}: {run.status}: {run.reason}", reason=run.reason, **fields)


@contextmanager
def _asking(definition: SourceDefinition) -> Iterator[Ask]:
    if definition.is_web:
        with Fetcher(definition) as fetcher:
            yield fetcher.ask
    else:
        yield partial(_from_disk, definition)


def _from_disk(definition: SourceDefinition, url: str, validators: object = None) -> Answer:
    return read_item(definition, url)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(slots=True)
class _Asked:
    """How asking for items goes: how many were asked for, how many failed, and how many of the last in a row."""

    items: int = 0
    failed: int = 0
    in_a_row: int = 0

    def count(self, failure: FetchFailed | None) -> None:
        self.items += 1
        self.failed += failure is not None
        self.in_a_row = self.in_a_row + 1 if failure is not None and failure.cause in _PASSING else 0


class _Run:
    """A run that is going on."""

    def __init__(
        self, definition: SourceDefinition, corpus: Corpus, run: SourceRun, ask: Ask, today: datetime.date
    ) -> None:
        self._definition = definition
        self._corpus = corpus
        self._book = corpus.sources
        self._run = run
        self._ask = ask
        self._today = today
        self._asked = _Asked()
        self._items = self._book.items(definition.id)
        self._by_key: dict[str, Item] = {}
        self._unmarked: dict[str, str] = {}

    def go(self, pool: Pool, reading: Reading) -> None:
        """The run from its list to its marks.

        Raises:
            FetchFailed: the list cannot be had, breaks an assertion, or too many items failed.
            CorpusError: the corpus cannot be written.
        """
        definition, run = self._definition, self._run
        tell("list")
        listing = list_items(definition, self._ask, self._today)
        run.listed, run.complete = len(listing.items), listing.complete
        run.failures += [RunFailure.of(error) for error in listing.failures]
        if faults := broken(definition, listing, self._today):
            run.failures += [RunFailure.of(error) for error in faults[1:]]
            raise faults[0]
        listed = self._known_as(listing.items)
        missing = self._missing(listing, {item.url for _, item in listed})
        self._by_key = {item.text_key: item for url, item in self._items.items() if url in missing and item.text_key}
        for sha in self._book.unmarked(definition.id).values():
            if documents := self._book.documents_of(sha):
                self._unmarked[text_key(document.text for document in documents)] = sha
        self._book.seen(definition.id, [item for _, item in listed])
        self._corpus.release()
        for batch in reading(self._batches(listed), pool, Counter(None)):
            self._settle(batch)
        self._stop_where_too_many_failed()
        new_gone = [url for url in missing if self._items[url].gone_since is None]
        self._book.gone(definition.id, new_gone)
        self._count("gone", len(new_gone))

    # What is listed

    def _known_as(self, items: Sequence[Listed]) -> list[tuple[str, Listed]]:
        """Each item with the address at which it is asked for, under the address that the corpus knows it by: a site
        that turns from http to https lists the same items."""
        known = {same_as(url): url for url in self._items}
        return [(item.url, replace(item, url=known.get(same_as(item.url), item.url))) for item in items]

    def _missing(self, listing: Listing, listed: set[str]) -> set[str]:
        """Known items that the list does not name though it was read whole and would name them."""
        if not listing.complete:
            return set()
        apart = [*listing.waiting, *(failure.url for failure in listing.failures)]
        return {
            url
            for url, item in self._items.items()
            if url not in listed
            and wanted(self._definition, _listed(item))
            and not any(url == path or url.startswith((f"{path}!/", f"{path}/")) for path in apart)
        }

    # What is fetched

    def _batches(self, listed: Sequence[tuple[str, Listed]]) -> Iterator[Units]:
        """The units, fetched, in batches; each is closed by its number, its size or the time that it took."""
        units: list[Unit] = []
        failures: list[RunFailure] = []
        began = time.monotonic()
        for found in self._found(listed):
            (units if isinstance(found, Unit) else failures).append(found)  # type: ignore[arg-type]
            full = len(units) + len(failures) >= BATCH_DOCUMENTS or sum(unit.size for unit in units) >= BATCH_BYTES
            if full or time.monotonic() - began >= BATCH_SECONDS:
                yield self._batch(units, failures)
                units, failures = [], []
                began = time.monotonic()
        if units or failures:
            yield self._batch(units, failures)

    def _found(self, listed: Sequence[tuple[str, Listed]]) -> Iterator[Unit | RunFailure]:
        for outdated in self._outdated():
            yield from_originals(outdated)
        for done, (address, item) in enumerate(listed):
            tell("fetch", done, len(listed))
            known = self._items.get(item.url)
            if known is not None and not self._is_due(item, known):
                self._count("unchanged")
                continue
            try:
                unit = self._unit(address, item, known)
                self._asked.count(None)
                yield unit
            except FetchFailed as error:
                self._asked.count(error)
                yield RunFailure.of(error).model_copy(update={"url": item.url})
            if self._asked.in_a_row >= FAILURES_IN_A_ROW:
                break
        tell("fetch", len(listed), len(listed))

    def _unit(self, address: str, item: Listed, known: Item | None) -> Unit:
        if self._definition.is_web:
            return from_web(self._definition, item, address, known, self._ask, self._corpus.originals)
        return from_disk(item, known, self._ask)

    def _outdated(self) -> list[Item]:
        """Items whose content was read by earlier rules."""
        held = {item.sha256: item for item in self._items.values() if item.sha256 and item.files}
        shas = list(held)
        current = self._corpus.known(shas)
        current |= set(self._corpus.failed(sha for sha in shas if sha not in current))
        kept = self._corpus.originals.has
        return [
            item for sha, item in held.items() if sha not in current and all(kept(file.sha256) for file in item.files)
        ]

    def _is_due(self, item: Listed, known: Item) -> bool:
        """Whether an item is looked at: it has changed, is young enough to change, or something of it is lacking."""
        if known.sha256 is None or known.gone_since is not None:
            return True
        if not self._definition.is_web:
            return item.fingerprint is None or item.fingerprint != known.fingerprint
        days = self._definition.recheck_days
        if known.cause is not None or days is None:
            return True
        published = item.dated_on or datetime.datetime.fromisoformat(known.first_seen).date()
        changed = datetime.datetime.fromisoformat(known.changed_at).date() if known.changed_at else published
        return (self._today - max(published, changed)).days < days

    def _batch(self, found: list[Unit], failures: list[RunFailure]) -> Units:
        """What of the units is read: not what is unchanged, nor content that was read before, from here or elsewhere."""
        fresh = [unit for unit in found if not unit.unchanged and not unit.again]
        done = self._corpus.unchanged({unit.sha256: unit.companions() for unit in fresh})
        done |= set(self._corpus.failed(unit.sha256 for unit in fresh))
        settled = [unit for unit in found if unit.unchanged or (unit.sha256 in done and not unit.again)]
        units = [unit for unit in found if not (unit.unchanged or (unit.sha256 in done and not unit.again))]
        return Units(units, settled, failures, self._corpus)

    # What is stored

    def _settle(self, batch: Units) -> None:
        """Stores a batch: originals, then documents, then what is known of the items."""
        failures, looks, stored, same = list(batch.failures), list[Look](), list[Outcome](), list[tuple[str, str]]()
        keys: dict[str, str] = {}
        answers = [answer for unit in (*batch.units, *batch.settled) for answer in unit.answers(self._definition.id)]
        for unit, work, read in zip(batch.units, batch.works, batch.outcomes, strict=True):
            outcome = completed(read, self._definition)
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
                self._count("unchanged" if unit.known and unit.known.sha256 else "new")
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
            self._corpus.record(stored, batch.companions())
        for unit in batch.settled:
            looks.append(self._settled(unit, same))
        self._corpus.locate(same)
        self._run.failures += [*failures, *(one for unit in (*batch.units, *batch.settled) for one in unit.failures)]
        self._count("failed", len(failures))
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
        self._count("changed" if had else "new")
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
        self._count("changed" if had else "new")
        unread = [_unread(one) for one in ([failure] if failure else []) + list(beside)]
        self._run.failures += unread
        reason = next(iter([*unit.failures, *(unread if failure else [])]), None)
        return _look(unit, key, reason, unread=failure is not None)

    def _settled(self, unit: Unit, same: list[tuple[str, str]]) -> Look:
        """An item of which nothing was read: it is as it was, or its content is in the corpus already."""
        known = unit.known
        reason = next(iter(unit.failures), None)
        if unit.unchanged and known is not None and known.sha256 is not None:
            self._count("unchanged")
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
        self._count("changed" if had else "new")
        key = text_key(document.text for document in self._book.documents_of(unit.sha256))
        return _look(unit, key, reason, unread=recorded is not None)

    # How it went

    def _count(self, change: Change, number: int = 1) -> None:
        if number:
            self._run.changes[change] = self._run.changes.get(change, 0) + number

    def _stop_where_too_many_failed(self) -> None:
        asked, share = self._asked, self._definition.assertions.max_failed_share
        url = self._definition.url
        if asked.in_a_row >= FAILURES_IN_A_ROW:
            last = next((one for one in reversed(self._run.failures)), None)
            raise FetchFailed(
                url,
                "assertion",
                f"连续 {asked.in_a_row} 项未能取得，本次停止 / {asked.in_a_row} items in a row could not be had, the run stops"
                + (f": {last.message}" if last else ""),
                "下次运行从此处继续 / the next run goes on here",
            )
        if asked.items and asked.failed / asked.items > share:
            raise FetchFailed(
                url,
                "assertion",
                f"assertions.max_failed_share: {asked.items} 项中 {asked.failed} 项未能取得，上限 {share:.0%} / "
                f"{asked.failed} of {asked.items} items could not be had, at most {share:.0%} are allowed",
                "请看各项原因 / see why each failed",
                field="assertions.max_failed_share",
            )


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


def _listed(item: Item) -> Listed:
    day = datetime.date.fromisoformat(item.dated_on) if item.dated_on else None
    return Listed(item.url, item.title, day, item.sender)


def _unread(failure: Failure) -> RunFailure:
    return RunFailure(url=failure.uri, cause=failure.cause, message=failure.message, cure=failure.cure)
