"""Taking away what a corpus no longer needs (``corpus.retention``): shown first, done when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.retention import Plan

LEAST_DAYS = 1


def prune(home: Path, days: int, *, apply: bool = False, now: datetime | None = None) -> Plan:
    """What may go of all that was last needed more than ``days`` days ago; with ``apply`` it goes.

    Args:
        home: the corpus folder.
        days: how long things are kept; at least one day.
        apply: delete; else nothing is changed.
        now: the moment that days are counted back from; the present where not given.

    Raises:
        CorpusError: the corpus cannot be opened, is being written or backed up.
        ValueError: fewer days.
    """
    from corpus.backup import hold
    from corpus.corpus import Corpus

    if days < LEAST_DAYS:
        raise ValueError(f"{days} days: at least {LEAST_DAYS}")
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    if not apply:
        with Corpus.open(home) as corpus:
            return corpus.prunable(before)
    with Corpus.open(home, write=True) as corpus, hold(home, "清理 prune"):
        return corpus.prune(before)
