"""The first page: what there is, what is new, what is overdue, which sources fail."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from corpus.present import Choice
from duzheng.web.here import Reader
from duzheng.web.pages.missing import lacking

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.present import Present

router = APIRouter(include_in_schema=False)
_LINES = 8
_SECONDS = 5.0
"""How old what is shown of sources may be; documents, checks and decisions are never older than the request."""


@router.get("/")
def dashboard(asked: Reader) -> Response:
    """Everything at a glance."""
    today = date.today()
    with asked.reading() as corpus:
        present = corpus.present(today)
        key = ("dashboard", corpus.marks(), present.mark, today, time.monotonic() // _SECONDS)
        packs, values = asked.made(key, lambda: _glance(corpus, present, today))
    # Outside: what is counted reads through a corpus of its own.
    missing = lacking(asked, packs)
    return asked.page("judging/dashboard.html", title=asked.word("home"), missing=missing, **values)


def _glance(corpus: Corpus, present: Present, today: date) -> tuple[Sequence[str], dict[str, Any]]:
    """The packs that plans were held against, and what the page shows; it is the same for everybody."""
    from flows.status import source_states

    states, problems = source_states(corpus, datetime.now(UTC))
    failing = [
        one for one in states if one.failed_runs or one.late or (one.last_run and one.last_run.status == "failed")
    ]
    documents, files_failed = corpus.glance()
    return list(present.by("pack_id", Choice())), {
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
