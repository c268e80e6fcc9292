"""What is logged of the runs of sources: each thing that went wrong, once, with source, cause and address.

The messages say everything to a person; the fields say it to a program that reads ``DUZHENG_LOG=json``.
"""

from __future__ import annotations

import re

from schemas.errors import CorpusError, DuzhengError
from schemas.fetching import FetchFailed, RunFailure, SourceRun
from schemas.logs import Log

_log = Log(__name__)


def ended(run: SourceRun, url: str, error: BaseException | None, reason: RunFailure | None) -> None:
    """How a run ended, and what went wrong in it.

    Args:
        run: as it is recorded.
        url: of the source, for what went wrong with the run as a whole.
        error: what ended it, if it did not come to its end.
        reason: the failure that made it fail, one of the run's; it is told with its end and not once more.
    """
    for failure in run.failures:
        if failure is not reason:
            fields = {"source": run.source, "run": run.number, "cause": failure.cause, "url": failure.url}
            _log.warning("source.item_failed", f"{run.source}: {failure}", **fields)
    counts: dict[str, object] = {"status": run.status, "listed": run.listed, "documents": run.documents}
    counts |= {"failures": len(run.failures), "changes": run.changes}
    if run.status == "ok":
        message = f"{run.source}: {run.listed} listed, {run.documents} documents"
        _log.info("source.run", message, source=run.source, run=run.number, **counts)
        return
    cause = reason.cause if reason is not None else cause_of(error)
    place: dict[str, object] = {"source": run.source, "run": run.number, "cause": cause}
    place |= {"url": reason.url if reason is not None else url, "reason": run.reason}
    _log.error("source.failed", f"{run.source}: {run.status}: {run.reason}", **place, **counts)


def cut_off(run: SourceRun, url: str) -> None:
    """A run that was killed: it could not say so itself, the next one does."""
    _log.warning(
        "source.cut_off",
        f"{run.source}: 第 {run.number} 次运行被中止，本次接着做 / run {run.number} was killed, this one goes on",
        source=run.source,
        run=run.number,
        cause="killed",
        url=url,
        started_at=run.started_at,
    )


def not_run(source: str, url: str | None, error: DuzhengError) -> None:
    """A run that did not begin; whoever asked for it gets the error, and tells a person."""
    _log.info("source.not_run", f"{source}: {error}", source=source, cause=cause_of(error), url=url)


def cause_of(error: BaseException | None) -> str:
    """One word for what ended a run: of a failure to fetch its cause, else the kind of error (``corpus_busy``)."""
    if isinstance(error, FetchFailed):
        return error.cause
    if error is None or not isinstance(error, Exception):
        return "interrupted"
    if isinstance(error, DuzhengError):
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
        return "corpus" if type(error) is CorpusError else name
    return "unexpected"
