"""The first page: what there is, what is new, what is overdue, which sources fail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Response

from corpus.present import Choice
from duzheng.web.here import Reader
from duzheng.web.pages.missing import lacking

router = APIRouter(include_in_schema=False)
_LINES = 8


@router.get("/")
def dashboard(asked: Reader) -> Response:
    """Everything at a glance."""
    from flows.status import source_states

    today = date.today()
    with asked.reading() as corpus:
        present = corpus.present(today)
        states, problems = source_states(corpus, datetime.now(UTC))
        failing = [
            one for one in states if one.failed_runs or one.late or (one.last_run and one.last_run.status == "failed")
        ]
        documents, files_failed = corpus.glance()
        packs = present.by("pack_id", Choice())
        values: dict[str, Any] = {
            "documents": documents,
            "files_failed": files_failed,
            "counts": present.counts(Choice()),
            "latest": present.latest(_LINES),
            "overdue": present.due(today, _LINES, overdue=True),
            "soon": present.due(today, _LINES, overdue=False),
            "newest": corpus.newest(_LINES),
            "failing": failing[:_LINES],
            "problems": problems[:_LINES],
            "runs": corpus.sources.runs(limit=_LINES),
        }
    # Outside: what is counted reads through a corpus of its own.
    missing = lacking(asked, packs)
    return asked.page("judging/dashboard.html", title=asked.word("home"), missing=missing, **values)
