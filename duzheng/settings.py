"""What the environment may set: where the corpus lives and what one file may cost.

DUZHENG_HOME
    The corpus folder, where ``--home`` is not given; else ``duzheng-data`` in the working directory.
DUZHENG_DATABASE
    The PostgreSQL database of a folder's store, ``postgresql://user@host/name``; read by ``corpus.database``.
DUZHENG_WORKERS
    How many processes read files; else one a processor.
DUZHENG_SECONDS
    How long the reading of one file may go on without getting further (a page of a scan recognised); 120.
DUZHENG_MEMORY_MB
    The address space one reading process may use; 4096.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import DuzhengError

DEFAULT_HOME = "duzheng-data"


class InvalidSetting(DuzhengError):
    """An environment variable has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """``None`` leaves the choice to ``flows.pool.Limits``."""

    workers: int | None
    seconds: float | None
    memory_mb: int | None


def home(given: Path | None) -> Path:
    """The corpus folder: ``--home``, else ``DUZHENG_HOME``, else ``./duzheng-data``."""
    return given or Path(os.environ.get("DUZHENG_HOME") or DEFAULT_HOME)


def limits() -> ReadingLimits:
    """The limits from the environment.

    Raises:
        InvalidSetting: a value is not a positive number.
    """
    seconds = _positive("DUZHENG_SECONDS")
    workers = _positive("DUZHENG_WORKERS")
    memory = _positive("DUZHENG_MEMORY_MB")
    return ReadingLimits(
        workers=None if workers is None else max(1, int(workers)),
        seconds=seconds,
        memory_mb=None if memory is None else max(1, int(memory)),
    )


def _positive(name: str) -> float | None:
    text = os.environ.get(name)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise InvalidSetting(
            f"{name}={text}: 不是正数 / not a positive number (请改为正数或取消设置 / unset it or give one)"
        )
    return value
