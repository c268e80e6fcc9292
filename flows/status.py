"""What a corpus and its sources are like now: asked of the store, the source files, the index and the disk, changing nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.planned import TIMEZONE
from schemas.fetching import SourceRun
from schemas.status import BackupStatus, DiskStatus, IndexStatus, SourceStatus, Status, UnreadFile

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from sources.definitions import SourceFile

GRACE = timedelta(hours=1)
"""A run that should have begun within this time may still be waiting for another."""
ID_DIGITS = 12


def status(home: Path, now: datetime | None = None) -> Status:
    """How the corpus at ``home`` is.

    Args:
        home: the corpus folder.
        now: the moment that ages are told for; the present where not given.

    Raises:
        CorpusError: there is no corpus, or it cannot be opened.
    """
    from corpus.corpus import Corpus

    at = now or datetime.now(UTC)
    with Corpus.open(home) as corpus:
        counts = corpus.status()
        sources, problems = source_states(corpus, at)
        return Status(
            at=at,
            home=str(home),
            store=corpus.store_name,
            documents=counts["documents"],
            documents_superseded=counts["documents_superseded"],
            files_read=counts["files_read"],
            checks=counts["checks"],
            unread=_unread(corpus, at),
            sources=sources,
            problems=problems,
            index=IndexStatus(documents=counts["indexed"], behind=counts["index_behind"]),
            backup=backup_state(home, at),
            disk=disk_state(corpus),
        )


def source_states(corpus: Corpus, at: datetime) -> tuple[list[SourceStatus], list[str]]:
    """Every source that has a file or has ever run, by id; and which source files are not valid."""
    from sources.definitions import load_valid

    found, errors = load_valid(corpus.home / "sources")
    defined = {one.definition.id: one for one in found}
    runs, counts, records = corpus.sources.last_runs(), corpus.sources.counts(), corpus.run_records()
    states = []
    for id in sorted({*defined, *runs, *counts}):
        numbers: Mapping[str, int] = counts.get(id, {})
        record = records.get(id)
        state = SourceStatus(
            id=id,
            items=numbers.get("items", 0),
            items_failed=numbers.get("failed", 0),
            items_gone=numbers.get("gone", 0),
            last_run=runs.get(id),
            last_ok=record.last_ok if record else None,
            failed_runs=record.failed_since if record else 0,
            defined=id in defined,
        )
        if id in defined:
            one = defined[id].definition
            state.title, state.enabled, state.schedule = one.title, one.enabled, one.schedule
            state.due = _missed(defined[id], state.last_run, at)
            state.late = state.due is not None
        states.append(state)
    return states, [str(error) for error in errors]


def _missed(source: SourceFile, last: SourceRun | None, at: datetime) -> datetime | None:
    """The last time of the schedule at which no run began, if there is one that is not just now."""
    one = source.definition
    if not one.enabled or one.schedule is None:
        return None
    from cronsim import CronSim, CronSimError

    try:
        due = next(CronSim(one.schedule, (at - GRACE).astimezone(ZoneInfo(TIMEZONE)), reverse=True))
    except (CronSimError, StopIteration):  # the 31st of February: it never runs
        return None
    since = datetime.fromtimestamp(source.path.stat().st_mtime, UTC)
    began = max(last.started_at, since) if last else since
    return due.astimezone(UTC) if began < due else None


def backup_state(home: Path, at: datetime) -> BackupStatus | None:
    """The last backup that the corpus remembers; None where it remembers none."""
    from pydantic import ValidationError

    from corpus.backup.manifest import LAST, Last

    try:
        last = Last.model_validate_json((home / LAST).read_bytes())
    except (OSError, ValidationError):
        return None
    hours = round((at - last.made_at).total_seconds() / 3600, 1)
    return BackupStatus(made_at=last.made_at, place=last.place, problems=last.problems, hours=hours)


def disk_state(corpus: Corpus) -> DiskStatus:
    """The disk, and what takes how much of it."""
    usage = shutil.disk_usage(corpus.home)
    store = corpus.home / "corpus.sqlite"
    files = [store.with_name(store.name + ending) for ending in ("", "-wal")]
    return DiskStatus(
        free=usage.free,
        total=usage.total,
        originals=corpus.originals_bytes(),
        store=sum(path.stat().st_size for path in files if path.exists()) if store.exists() else None,
        index=_size(corpus.home / "index"),
        prefect=_size(corpus.home / "prefect"),
    )


def _unread(corpus: Corpus, at: datetime) -> list[UnreadFile]:
    return [
        UnreadFile(
            id=one.sha256[:ID_DIGITS],
            uri=one.uri,
            cause=one.cause,
            message=one.message,
            cure=one.cure,
            since=one.since,
            days=max((at - one.since).days, 0),
            attempts=one.attempts,
            partly=one.partly,
        )
        for one in corpus.unread()
    ]


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(place, name).lstat().st_size
            except FileNotFoundError:  # somebody is at work there
                continue
    return total
