"""What an ingest did, in numbers and failures."""

from __future__ import annotations

from pydantic import Field

from schemas.document import Model
from schemas.outcome import Failure


class IngestSummary(Model):
    """``files`` counts main documents' files (attachments are counted with their document).

    ``known`` were read by an earlier ingest and left alone; ``failed_before`` were tried then, by the same version of
    the readers, and are not tried again unless asked; ``failures`` holds the failures of this run and, for
    ``failed_before``, those on record. ``seconds`` is wall time, ``engine_seconds`` the part that Prefect's server took
    to start and stop (0 where it was not needed).
    """

    home: str
    files: int = 0
    read: int = 0
    documents: int = 0
    known: int = 0
    failed_before: int = 0
    failures: list[Failure] = Field(default_factory=list)
    checks: int = 0
    seconds: float = 0.0
    engine_seconds: float = 0.0
