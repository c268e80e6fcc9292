"""How far a run is, in Prefect's pages while it goes on: a progress artifact, renewed every few seconds, and lines of its log."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from threading import Lock
from typing import cast
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.progress import Progress, listening

SECONDS = 5.0
_NAMES = {"list": "已列出 listed", "fetch": "已取得 fetched", "read": "已读 read", "check": "已检查 checked"}


@contextlib.contextmanager
def progress(key: str, title: str) -> Iterator[None]:
    """Show how far what happens in this context is; must be used inside a flow.

    Args:
        key: of the artifact.
        title: for people.
    """
    logger = get_run_logger()
    lock = Lock()
    shown: UUID | None = None
    last = time.monotonic()

    def show(now: Progress) -> None:
        # Called from whatever thread the work is in.
        nonlocal shown, last
        name = _NAMES.get(now.stage)
        ended = now.total is not None and now.done >= now.total
        if name is None or not lock.acquire(blocking=False):
            return
        try:
            if not ended and time.monotonic() - last < SECONDS:
                return
            last = time.monotonic()
            logger.info("%s %s%s", name, now.done, f"/{now.total}" if now.total is not None else "")
            if now.total:
                percent = 100.0 * now.done / now.total
                if shown is None:
                    shown = cast("UUID", create_progress_artifact(percent, key=key, description=f"{title}: {name}"))
                else:
                    update_progress_artifact(shown, progress=percent)
        finally:
            lock.release()

    with listening(show):
        yield
