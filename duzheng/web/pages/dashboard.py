"""The first page: what there is, what is new, what is overdue, which sources fail."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from checks.matrix import SIGNS, place_of
from corpus.choice import Choice
from duzheng.web.here import Reader, in_beijing
from duzheng.web.pages.missing import lacking
from flows.waiving import waiting
from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from sqlalchemy import Row

    from corpus.corpus import Corpus
    from corpus.present import Present

router = APIRouter(include_in_schema=False)
_LINES = 8
_LATEST = 400
"""Findings that are looked at for what has changed lately: those of a few units that were checked with some packs."""
_SECONDS = 5.0
"""How old what is shown of sources may be; documents, checks and decisions are never older than the request."""


@router.get("/")
def dashboard(asked: Reader) -> Response:
    """Everything at a glance."""
    today = today_in_china()
    with asked.reading() as corpus:
        present = corpus.present(today)
        key = ("dashboard", corpus.marks(), present.mark, today, time.monotonic() // _SECONDS)
        packs, values = asked.made(key, lambda: _glance(corpus, present, today))
        applied = asked.made(("applications", corpus.marks(), today), lambda: waiting(corpus, today))
    # Outside: what is counted reads through a corpus of its own.
    missing = lacking(asked, packs)
    return asked.page(
        "judging/dashboard.html",
        title=asked.word("home"),
        missing=missing,
        applied=applied,
        most=_LINES,
        place_of=place_of,
        signs=SIGNS,
        **values,
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """What one check has changed in one way: the day, the plan, and the findings."""

    day: str
    change: str
    place: str
    document: str
    findings: Sequence[Row[Any]]


def _by_unit(rows: Sequence[Row[Any]]) -> list[Changed]:
    """Findings that have changed, newest first, by day, plan and way; those of one plan in the order of the pack."""
    found: dict[tuple[str, str, str, str], list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(
            (in_beijing(row.since).date().isoformat(), row.document_id, row.pack_id, row.change), []
        ).append(row)
    return [
        Changed(day, change, own[0].place, document, sorted(own, key=lambda row: row.position))
        for (day, document, _, change), own in found.items()
    ]


def _glance(corpus: Corpus, present: Present, today: date) -> tuple[Sequence[str], dict[str, Any]]:
    """The packs that plans were held against, and what the page shows; it is the same for everybody."""
    from flows.status import source_states

    states, problems = source_states(corpus, datetime.now(UTC))
    failing = [
        one for one in states if one.failed_runs or one.late or (one.last_run and one.last_run.status == "failed")
    ]
    documents, _ = corpus.glance()
    newest = corpus.newest(_LINES)
    changed = _by_unit(present.latest(_LATEST))
    return list(present.by("pack_id", Choice())), {
        "documents": documents,
        # Those that somebody can do something about: a file that has since been sent whole is no longer one.
        "files_failed": len(corpus.unread()),
        "counts": present.counts(Choice()),
        "latest": changed[:_LINES],
        "more_changed": len(changed) > _LINES,
        "overdue": present.due(today, _LINES, overdue=True),
        "soon": present.due(today, _LINES, overdue=False),
        "undated": present.undated(),
        "newest": newest,
        "named": {row.id: corpus.taken_from(row.id).uri for row in newest if not row.title},
        "failing": failing[:_LINES],
        "failing_count": len(failing) + len(problems),
        "problems": problems[:_LINES],
        "runs": corpus.sources.runs(limit=_LINES),
    }
