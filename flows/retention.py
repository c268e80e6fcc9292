"""Taking away what a corpus no longer needs (``corpus.retention``), and what Prefect's databases in its folder remember of
runs long past (``flows.engine_retention``): shown first, done when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.retention import Plan, Thing, say, write_down
from flows.engine_retention import EngineNotCleared, remembered
from schemas.bilingual import Both
from schemas.logs import Log

LEAST_DAYS = 1
_log = Log(__name__)


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
    if apply:
        with Corpus.open(home, write=True) as corpus, hold(home, Both("清理", "prune")):
            made = corpus.prune(before)
    else:
        with Corpus.open(home) as corpus:
            made = corpus.prunable(before)
    try:
        made.things += _of_engine(home, days, before, apply)
    except EngineNotCleared as error:  # the corpus is pruned all the same; the next prune tries again
        _log.warning("prune.engine", str(error))
    return made


def _of_engine(home: Path, days: int, before: datetime, apply: bool) -> list[Thing]:
    things = [
        Thing(
            "engine",
            str(one.path),
            f"{one.path.relative_to(home.resolve())} {one.runs} 次运行 runs, {one.events} 个事件 events",
            "Prefect 的旧记录 what Prefect remembers",
            since=before,
        )
        for one in remembered(home, days)
        if one.runs or one.events
    ]
    if apply and things:
        write_down(home, things)
        remembered(home, days, clear=True)
        say(things)
    return things
