"""Reading again what could not be read, from the originals that were kept: no folder and no server is needed for it.

Worth it after a program was installed, a limit was raised, or a newer version reads more. Only the reading is repeated: what
a source could not fetch has no original, and its next run asks for it. What the source of a file says of its documents
(``flows.by_source``) stands in for them here as in its run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows.by_source import Brought
from flows.pool import Limits, Pool, Start, Work
from flows.progress import tell
from schemas.errors import CorpusError
from schemas.logs import Log
from schemas.outcome import Failure, Outcome, SourceFile

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.prepared import Prepared
    from corpus.unread import Unread

BATCH = 200
_log = Log(__name__)


@dataclass(slots=True)
class Retried:
    """What became of it: how many files were ``tried``, ``read``, the documents in them, and what still cannot be read."""

    tried: int = 0
    read: int = 0
    documents: int = 0
    failures: list[Failure] = field(default_factory=list)


def retry(
    home: Path, names: Sequence[str] = (), *, limits: Limits | None = None, start: Start = "forkserver"
) -> Retried:
    """Read the files of the queue again (``corpus.unread``), and record what becomes of them.

    Args:
        home: the corpus folder.
        names: which files, by name or the beginning of their SHA-256; all where none is given.
        limits, start: of the worker processes.

    Raises:
        CorpusError: nothing is called so, or the corpus cannot be written.
    """
    from corpus.corpus import Corpus
    from corpus.unread import meant

    result = Retried()
    with Corpus.open(home, write=True) as corpus:
        queue = corpus.unread()
        chosen = meant(queue, names) if names else queue
        result.tried = len(chosen)
        brought = Brought(corpus, [one.sha256 for one in chosen])
        tell("read", 0, len(chosen))
        order: list[Unread] = []
        batch: list[Outcome] = []
        prepared: dict[str, Prepared] = {}
        with Pool(limits, start=start) as pool:
            for number, (outcome, made) in enumerate(pool.prepared(_works(corpus, chosen, order, result, brought))):
                batch.append(outcome)
                prepared |= made
                tell("read", number + 1, len(chosen))
                if len(batch) >= BATCH:
                    _record(corpus, batch, prepared, order[number + 1 - len(batch) : number + 1], result, brought)
                    batch, prepared = [], {}
            _record(corpus, batch, prepared, order[len(order) - len(batch) :], result, brought)
    return result


def _works(
    corpus: Corpus, chosen: Sequence[Unread], order: list[Unread], result: Retried, brought: Brought
) -> Iterator[Work]:
    """What is to be read, loaded as it is asked for; ``order`` gets it, ``result`` what has no original any more."""
    for one in chosen:
        try:
            main = SourceFile(one.uri, corpus.originals.read(one.sha256), brought.fetched_at(one.sha256))
            beside = tuple(SourceFile(uri, corpus.originals.read(sha256)) for uri, sha256 in one.companions)
        except CorpusError as error:
            result.failures.append(Failure(uri=one.uri, cause="unreadable", message=str(error)))
            continue
        order.append(one)
        yield Work(main, beside, brought.by(one.sha256))


def _record(
    corpus: Corpus,
    outcomes: Sequence[Outcome],
    prepared: Mapping[str, Prepared],
    tried: Sequence[Unread],
    result: Retried,
    brought: Brought,
) -> None:
    if not outcomes:
        return
    corpus.record(outcomes, {one.sha256: list(one.companions) for one in tried}, prepared)
    corpus.locate((uri, one.sha256) for one in tried for uri in one.names if uri != one.uri)
    for one, outcome in zip(tried, outcomes, strict=True):
        brought.recorded(outcome)
        still = [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures]
        result.read += not still
        result.documents += len(outcome.documents)
        result.failures += still
        event, verb = ("retry.failed", "still not read 仍未读取") if still else ("retry.read", "read 已读取")
        _log.info(
            event, f"{one.uri}: {verb}", document=one.uri, sha256=one.sha256, cause=still[0].cause if still else None
        )
