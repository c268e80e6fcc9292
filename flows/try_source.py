"""What a source would yield, tried without storing anything: its list, its assertions, and its first document."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from schemas.china_time import today_in_china
from schemas.document import Model
from schemas.fetching import Answer, FetchFailed, Listed, Listing, RunFailure
from schemas.outcome import Outcome, SourceFile
from sources.assertions import broken
from sources.blocked import list_items, stand_in
from sources.definitions import SourceFile as DefinedSource
from sources.local import read_item

if TYPE_CHECKING:
    from flows.pool import Limits
    from schemas.source import SourceDefinition

Ask = Callable[[str], Answer]


class TrialItem(Model):
    """An item that the source lists; ``state`` says whether the corpus knows its address already."""

    url: str
    title: str | None = None
    dated_on: datetime.date | None = None
    sender: str | None = None
    attachments: list[str] = Field(default_factory=list)
    state: Literal["new", "known"] = "new"


class Trial(Model):
    """What a run of a source would find now.

    ``failures`` holds what would make the run fail, and items that cannot be taken; a listing that failed has no items.
    ``first`` is what was read from the first item, new ones before known ones; None where it was not fetched.
    """

    source: str
    pages: list[str] = Field(default_factory=list)
    items: list[TrialItem] = Field(default_factory=list)
    waiting: list[str] = Field(default_factory=list)
    left_out: int = 0
    complete: bool = True
    failures: list[RunFailure] = Field(default_factory=list)
    first: Outcome | None = None

    @property
    def would_succeed(self) -> bool:
        """Whether nothing that was tried went wrong."""
        return not self.failures and (self.first is None or self.first.failure is None)


def try_source(
    home: Path,
    file: DefinedSource,
    limits: Limits,
    *,
    read_first: bool = True,
    today: datetime.date | None = None,
) -> Trial:
    """List a source, hold it against its assertions, and read its first item in a worker process.

    Args:
        home: the corpus folder, to tell new items from known ones; it need not be there.
        file: the source.
        limits: of the worker process.
        read_first: whether an item is fetched and read.
        today: the day it is; else today in China.

    Raises:
        CorpusError: there is a corpus that cannot be read.
    """
    definition, day = file.definition, today or today_in_china()
    trial = Trial(source=definition.id)
    known = known_items(home, definition.id)
    with _asking(definition) as ask:
        try:
            listing = list_items(definition, ask, day)
            _take(trial, listing, known)
            errors = [*broken(definition, listing, day), *listing.failures]
            trial.failures += [_failure(error, file) for error in errors]
            if read_first and listing.items:
                item = next((one for one in listing.items if one.url not in known), listing.items[0])
                trial.first = _read(item, ask, limits, definition.is_web)
        except FetchFailed as error:
            trial.failures.append(_failure(error, file))
    return trial


def known_items(home: Path, source: str) -> frozenset[str]:
    """The addresses of a source's items whose content the corpus has; none where there is no corpus yet.

    Raises:
        CorpusError: there is one that cannot be read.
    """
    from corpus.corpus import Corpus
    from corpus.database import Database

    if not Database.of(home).joined().exists():
        return frozenset()
    with Corpus.open(home) as corpus:
        items = corpus.sources.items(source)
    return frozenset(url for url, item in items.items() if item.sha256 is not None)


def _take(trial: Trial, listing: Listing, known: Collection[str]) -> None:
    trial.pages, trial.waiting = listing.pages, listing.waiting
    trial.left_out, trial.complete = listing.left_out, listing.complete
    trial.items = [
        TrialItem(
            url=one.url,
            title=one.title,
            dated_on=one.dated_on,
            sender=one.sender,
            attachments=list(one.attachments),
            state="known" if one.url in known else "new",
        )
        for one in listing.items
    ]


def _read(item: Listed, ask: Ask, limits: Limits, is_web: bool) -> Outcome:
    from flows.pool import Pool, Work

    def fetched(url: str) -> SourceFile:
        answer = ask(url)
        if is_web and (refusal := stand_in(answer)) is not None:
            raise refusal
        return SourceFile(url, answer.body, answer.fetched_at)

    work = Work(fetched(item.url), tuple(fetched(url) for url in item.attachments))
    with Pool(limits, start="fork") as pool:
        return next(iter(pool.read([work])))


def _failure(error: FetchFailed, file: DefinedSource) -> RunFailure:
    failure = RunFailure.of(error)
    if error.field:
        failure.message = f"{file.place(error.field)}: {failure.message}"
    return failure


@contextmanager
def _asking(definition: SourceDefinition) -> Iterator[Ask]:
    if not definition.is_web:
        yield partial(read_item, definition)
        return
    from sources.fetch import Fetcher

    with Fetcher(definition) as fetcher:
        yield fetcher.ask
