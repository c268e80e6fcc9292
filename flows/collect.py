"""One run of one source: list, decide, fetch with attachments, read, store and index; what went wrong is in the run.

1. The list is read first. A list that breaks the source's assertions makes the run fail, and nothing is taken from it.
2. An item is new, changed or unchanged by the hashes of its files; where the bytes differ, by the words of its documents.
   Only what differs in words is stored, as a new version under the same address.
3. Items that a complete list does not name any more are marked as gone; their documents stay.
4. A batch is stored and its items are marked at short intervals; the originals come first, then the documents, then the
   marks. A run that is killed is gone on with by the next one: what was stored is known by its content.
5. The right to write the corpus is held only while a batch is stored, so that several sources can be run at a time.

What of a list is looked at is said in ``flows.due``, how one item is fetched in ``flows.units``, how a batch is stored in
``flows.settling``, what is logged in ``flows.run_log``.

``collect`` may be called inside a Prefect flow or outside of one; ``collect_all`` is the flow of the command line.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow

from corpus.corpus import Corpus
from corpus.sources import Item
from flows import batches, due, run_log
from flows.batches import BATCH_BYTES, BATCH_DOCUMENTS, RUNNER, Counter, limits
from flows.pool import Limits, Pool
from flows.progress import tell
from flows.settling import Settling, Units
from flows.units import Ask, Unit, from_disk, from_originals, from_web
from schemas.china_time import today_in_china
from schemas.errors import DuzhengError
from schemas.fetching import Answer, FetchFailed, Listed, RunFailure, SourceRun
from schemas.secrecy import without_password
from sources import definitions
from sources.assertions import broken
from sources.blocked import list_items
from sources.fetch import Fetcher
from sources.local import read_item

if TYPE_CHECKING:
    from schemas.source import SourceDefinition

BATCH_SECONDS = 15.0
"""A batch is closed when fetching it has taken so long: what a killed run has fetched in vain is bounded."""

PATIENCE_SECONDS = 600.0
"""How long a run waits for another process that writes the corpus."""

FAILURES_IN_A_ROW = 10
"""After so many items one after the other that could not be had, the run ends: the site does not want, or is down."""

_PASSING = frozenset({"no_connection", "timeout", "http_status", "block_page", "login_page"})

Reading = Callable[[Iterable[Units], Pool, Counter], Iterator[Units]]
Opened = AbstractContextManager[Ask]


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
    url, run = None, None
    try:
        file = definitions.find(home / definitions.FOLDER, source)
        url = file.definition.url
        with Corpus.open(home, create=True, patience=PATIENCE_SECONDS) as corpus, corpus.sources.alone(source):
            run = _begun(corpus, source, url)
            with _Recorded(run, url, corpus) as recorded:
                try:
                    with (asking or _asking)(file.definition) as ask, Pool(bounds or Limits()) as pool:
                        _Run(file.definition, corpus, run, ask, today or today_in_china()).go(pool, reading)
                except FetchFailed as error:
                    recorded.failed(error, f"{file.place(error.field)}: {error}" if error.field else str(error))
            return run
    except DuzhengError as error:
        if run is None:  # else its end has been told of
            run_log.not_run(source, url, error)
        raise


def _begun(corpus: Corpus, source: str, url: str) -> SourceRun:
    """A new run, recorded as running; one that was killed before is told of."""
    for last in corpus.sources.runs(source, limit=1):
        if last.status == "running":
            run_log.cut_off(last, url)
    run = SourceRun(source=source, started_at=_now())
    run.number = corpus.sources.begin(source, run.started_at)
    corpus.release()
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


class _Recorded:
    """Records and logs how a run ended, whatever ends it."""

    def __init__(self, run: SourceRun, url: str, corpus: Corpus) -> None:
        self._run, self._url, self._corpus = run, url, corpus
        self._reason: RunFailure | None = None

    def __enter__(self) -> _Recorded:
        return self

    def failed(self, error: FetchFailed, reason: str) -> None:
        """The list, or too many of its items, could not be had."""
        self._reason = RunFailure.of(error)
        self._run.failures.append(self._reason)
        self._run.status, self._run.reason = "failed", reason

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        run = self._run
        run.finished_at = _now()
        if run.status == "running":
            run.status = "ok" if error is None else "failed" if isinstance(error, Exception) else "interrupted"
        if error is not None and run.reason is None:
            run.reason = without_password(str(error)) or type(error).__name__
        run_log.ended(run, self._url, error, self._reason)
        # Where the disk is full or the database gone, the error itself says more than that it cannot be recorded.
        with suppress(DuzhengError) if error is not None else nullcontext():
            assert run.number is not None
            self._corpus.sources.progress(run.number, run)
            self._corpus.release()


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
        listed = due.known_as(self._items, listing.items)
        missing = due.missing(definition, self._items, listing, {item.url for _, item in listed})
        settling = Settling(definition, self._corpus, run, self._items, missing)
        self._book.seen(definition.id, [item for _, item in listed])
        self._corpus.release()
        for batch in reading(self._batches(listed), pool, Counter(None)):
            settling.settle(batch)
        self._stop_where_too_many_failed()
        new_gone = [url for url in missing if self._items[url].gone_since is None]
        self._book.gone(definition.id, new_gone)
        run.count("gone", len(new_gone))

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
        for outdated in due.outdated(self._corpus, self._items):
            yield from_originals(outdated)
        for done, (address, item) in enumerate(listed):
            tell("fetch", done, len(listed))
            known = self._items.get(item.url)
            if known is not None and not due.is_due(self._definition, item, known, self._today):
                self._run.count("unchanged")
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

    def _batch(self, found: list[Unit], failures: list[RunFailure]) -> Units:
        """What of the units is read: not what is unchanged, nor content that was read before, from here or elsewhere."""
        fresh = [unit for unit in found if not unit.unchanged and not unit.again]
        done = self._corpus.unchanged({unit.sha256: unit.companions() for unit in fresh})
        done |= set(self._corpus.failed(unit.sha256 for unit in fresh))
        settled = [unit for unit in found if unit.unchanged or (unit.sha256 in done and not unit.again)]
        units = [unit for unit in found if not (unit.unchanged or (unit.sha256 in done and not unit.again))]
        return Units(units, settled, failures, self._corpus, self._definition)

    # How it went

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
