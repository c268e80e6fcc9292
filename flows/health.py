"""Is all well? The state of a corpus held against what its keeper expects; every reason why not is said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows.status import backup_state, source_states
from schemas.errors import DuzhengError
from schemas.status import Health, Reason, SourceStatus

if TYPE_CHECKING:
    from corpus.corpus import Corpus

_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Expected:
    """What must hold.

    Attributes:
        run_hours: how long ago the last good run of an enabled source may be, whatever its schedule; None: its schedule decides.
        index_behind: how many changes the index may have still to take in while nobody writes; None: none, and where several
            machines share a store any number, for what others wrote is taken in by the next search here.
        disk_mb: how much of the disk must be free.
        backup_hours: how old the last backup may be; None: none is asked for.
    """

    run_hours: float | None = None
    index_behind: int | None = None
    disk_mb: int = 1024
    backup_hours: float | None = None


def health(home: Path, expected: Expected | None = None, now: datetime | None = None) -> Health:
    """Whether all is well with the corpus at ``home``. Never raises for what is wrong: that is what it says."""
    from corpus.corpus import Corpus

    wanted, at = expected or Expected(), now or datetime.now(UTC)
    reasons = list(_disk(home, wanted))
    try:
        with Corpus.open(home) as corpus:
            reasons += _sources(corpus, wanted, at)
            reasons += _index(corpus, wanted)
    except (DuzhengError, OSError) as error:
        reasons.insert(0, Reason(kind="database", message=str(error)))
    reasons += _backup(home, wanted, at)
    return Health(ok=not reasons, at=at, home=str(home), reasons=reasons)


def _disk(home: Path, wanted: Expected) -> Iterator[Reason]:
    place = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(place).free // _MB
    if free < wanted.disk_mb:
        yield Reason(
            kind="disk",
            message=f"{place}: 磁盘将满 / {free} MB are free, {wanted.disk_mb} MB must be; see: duzheng prune",
        )


def _sources(corpus: Corpus, wanted: Expected, at: datetime) -> Iterator[Reason]:
    states, problems = source_states(corpus, at)
    for problem in problems:
        yield Reason(kind="source_file", message=problem)
    for one in states:
        if one.defined and one.enabled:
            yield from _source(one, wanted, at)


def _source(one: SourceStatus, wanted: Expected, at: datetime) -> Iterator[Reason]:
    if one.failed_runs and one.last_run is not None:
        why = one.last_run.reason or "被中断 interrupted"
        since = f"{one.last_ok:%Y-%m-%d %H:%M}" if one.last_ok else "never 从未成功"
        message = (
            f"{one.id}: 连续失败 {one.failed_runs} 次 / failed {one.failed_runs} times, last good run {since}: {why}"
        )
        yield Reason(kind="source_failing", source=one.id, message=message)
    if wanted.run_hours is not None:
        if one.last_ok is None or at - one.last_ok > timedelta(hours=wanted.run_hours):
            since = f"{one.last_ok:%Y-%m-%d %H:%M}" if one.last_ok else "never 从未成功"
            message = f"{one.id}: 太久没有成功运行 / the last good run is too old: {since} (UTC), {wanted.run_hours:g} h allowed"
            yield Reason(kind="source_late", source=one.id, message=message)
    elif one.late and one.due is not None:
        message = f"{one.id}: 未按时运行 / no run has begun since {one.due:%Y-%m-%d %H:%M} (UTC); does `duzheng schedule` run?"
        yield Reason(kind="source_late", source=one.id, message=message)


def _index(corpus: Corpus, wanted: Expected) -> Iterator[Reason]:
    if wanted.index_behind is None and corpus.is_shared:
        return
    behind = corpus.index_lag()
    if behind > (wanted.index_behind or 0) and not corpus.being_written():
        message = f"检索索引落后 / the search index is {behind} changes behind; the next search or ingest catches up"
        yield Reason(kind="index_behind", message=f"{corpus.home}: {message}")


def _backup(home: Path, wanted: Expected, at: datetime) -> Iterator[Reason]:
    if wanted.backup_hours is None:
        return
    last = backup_state(home, at)
    if last is None:
        yield Reason(kind="backup", message=f"{home}: 没有备份 / was never backed up; see: duzheng backup")
    elif last.hours > wanted.backup_hours:
        message = (
            f"备份太旧 / the last backup is {last.hours:.0f} h old, {wanted.backup_hours:g} h allowed: {last.place}"
        )
        yield Reason(kind="backup", message=f"{home}: {message}")
