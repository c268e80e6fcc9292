"""Fetching one item of a source with its attachments: what is to be read, or that nothing has changed.

A notice and its attachments are one unit: when one of them changes, the unit is read anew. Where a server has nothing newer
(304), the original that is kept already stands in, and is loaded only when something else of the unit has changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from corpus.sources import Item, ItemFile, KeptAnswer, digest_of
from flows.pool import Work
from schemas.fetching import Answer, FetchFailed, Listed, RunFailure, Validators
from schemas.outcome import SourceFile
from schemas.source import SourceDefinition
from sources.attachments import linked, name_of
from sources.blocked import stand_in

if TYPE_CHECKING:
    from corpus.originals import Originals


class Ask(Protocol):
    """Asks a server, or the disk: ``sources.fetch.Fetcher.ask``."""

    def __call__(self, url: str, validators: Validators | None = None) -> Answer: ...


@dataclass(frozen=True, slots=True)
class UnitFile:
    """One file of a unit. ``answer`` is None, or without body, where the original of that SHA-256 is kept already."""

    url: str
    name: str
    sha256: str
    answer: Answer | None
    etag: str | None
    last_modified: str | None

    @property
    def is_fresh(self) -> bool:
        """Whether its bytes came in this run."""
        return self.answer is not None and self.answer.status == 200

    def item_file(self, sha256: str | None = None) -> ItemFile:
        """What the corpus remembers of it; with another SHA-256, where another content stands for it there."""
        return ItemFile(self.url, self.name, sha256 or self.sha256, self.etag, self.last_modified)

    def load(self, originals: Originals) -> SourceFile:
        """Its name and bytes.

        Raises:
            CorpusError: the original that should be kept is gone or damaged.
        """
        if self.answer is not None and self.answer.status == 200:
            return SourceFile(self.name, self.answer.body, self.answer.fetched_at)
        return SourceFile(self.name, originals.read(self.sha256))


@dataclass(slots=True)
class Unit:
    """An item with its attachments as they are now, the item first; ``known`` is what the corpus has of it.

    ``failures`` are attachments that could not be had. ``again``: nothing was fetched, what is kept is read by new rules.
    """

    listed: Listed
    known: Item | None
    files: list[UnitFile]
    failures: list[RunFailure] = field(default_factory=list)
    again: bool = False

    @property
    def sha256(self) -> str:
        """Of the item itself."""
        return self.files[0].sha256

    @property
    def digest(self) -> str:
        """What its files are known by together."""
        return digest_of(file.sha256 for file in self.files)

    @property
    def unchanged(self) -> bool:
        """Whether all of it is as it was last seen."""
        if self.known is None or self.known.sha256 is None or self.again:
            return False
        if not any(file.is_fresh for file in self.files) and len(self.files) == len(self.known.files):
            return True
        return self.digest in (self.known.digest, digest_of(file.sha256 for file in self.known.files))

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return sum(len(file.answer.body) for file in self.files if file.answer is not None)

    def companions(self) -> dict[str, str]:
        """The SHA-256 of each attachment by its name."""
        return {file.name: file.sha256 for file in self.files[1:]}

    def work(self, originals: Originals, definition: SourceDefinition) -> Work:
        """What a worker reads."""
        main, *attachments = [file.load(originals) for file in self.files]
        return Work(main, tuple(attachments), definition)

    def answers(self, source: str) -> list[KeptAnswer]:
        """The servers' answers that brought its files; none for what came from the disk."""
        return [
            KeptAnswer(file.sha256, answer.url, source, answer.final_url, answer.status, answer.headers, at)
            for file in self.files
            if (answer := file.answer) is not None and file.is_fresh and answer.headers and (at := answer.fetched_at)
        ]


def from_web(
    definition: SourceDefinition, item: Listed, address: str, known: Item | None, ask: Ask, originals: Originals
) -> Unit:
    """Fetch an item and its attachments, each only if it is newer than what is known.

    An attachment that cannot be had now, and could before, is taken as it was; what never could be had is left out, and
    the notice's text then lists it as not obtained. Either way it is among the unit's failures.

    Args:
        definition: the source.
        item: what is taken; ``url`` is the name that the corpus knows it by.
        address: where it is asked for: as the list writes it now.
        known: what the corpus has of it.
        ask: asks a server.
        originals: of the corpus; of a file that is not among them the server is asked for the whole.

    Raises:
        FetchFailed: the item itself cannot be had, or what came is no document.
    """
    held = known.files if known is not None and known.sha256 else ()
    before = {file.url: file for file in held if originals.has(file.sha256)}
    # Of a unit that lacks a part the page is asked for whole: its links say what the part is.
    main_before = held[0] if known and known.cause is None and held and originals.has(held[0].sha256) else None
    main = _file(address, item.url, main_before, ask, lambda answer: item.url)
    unit = Unit(item, known, [main])
    if not definition.attachments:
        return unit
    if main.answer is not None and main.is_fresh:
        wanted = [(one.url, one.name) for one in linked(main.answer)]
    else:
        wanted = [(one.url, one.name) for one in (known.files[1:] if known else ())]
    for url, name in wanted:
        try:
            unit.files.append(_file(url, name, before.get(url), ask, _namer(name, url)))
        except FetchFailed as error:
            unit.failures.append(RunFailure.of(error))
            if url in before:
                unit.files.append(_kept(before[url]))
    _tell_apart(unit.files)
    return unit


def from_disk(item: Listed, known: Item | None, ask: Callable[[str], Answer]) -> Unit:
    """Read an item and the attachments beside it.

    Raises:
        FetchFailed: one of them cannot be read.
    """
    files = [_taken(url, url, ask(url)) for url in (item.url, *item.attachments)]
    return Unit(item, known, files)


def from_originals(known: Item) -> Unit:
    """What the corpus keeps of an item, to be read again by other rules."""
    day = datetime.date.fromisoformat(known.dated_on) if known.dated_on else None
    listed = Listed(known.url, known.title, day, known.sender, known.fingerprint)
    return Unit(listed, known, [_kept(file) for file in known.files], again=True)


def _file(url: str, name: str, before: ItemFile | None, ask: Ask, named: Callable[[Answer], str]) -> UnitFile:
    answer = ask(url, Validators(before.etag, before.last_modified) if before else None)
    if answer.status == 304 and before is not None:
        etag, modified = answer.header("etag"), answer.header("last-modified")
        return UnitFile(url, name, before.sha256, answer, etag or before.etag, modified or before.last_modified)
    if failure := stand_in(answer):
        raise failure
    return _taken(url, named(answer), answer)


def _namer(name: str, url: str) -> Callable[[Answer], str]:
    return lambda answer: name_of(name, url, answer)


def _taken(url: str, name: str, answer: Answer) -> UnitFile:
    digest = sha256(answer.body).hexdigest()
    return UnitFile(url, name, digest, answer, answer.validators.etag, answer.validators.last_modified)


def _kept(file: ItemFile) -> UnitFile:
    return UnitFile(file.url, file.name, file.sha256, None, file.etag, file.last_modified)


def _tell_apart(files: list[UnitFile]) -> None:
    """Two attachments of one name (附件.docx twice) get names of their own: the corpus tells them by name."""
    seen: set[str] = {files[0].name}
    for place, file in enumerate(files[1:], start=1):
        name, number = file.name, 2
        while name in seen:
            stem, dot, ending = file.name.rpartition(".")
            name = f"{stem} ({number}){dot}{ending}" if stem else f"{file.name} ({number})"
            number += 1
        seen.add(name)
        files[place] = replace(file, name=name)
