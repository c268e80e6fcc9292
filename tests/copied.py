"""A corpus that all tests read, copied for one that writes."""

from __future__ import annotations

import shutil
from pathlib import Path

_NOT_OF_IT = ("prefect", "*.lock", "*.sqlite-wal", "*.sqlite-shm")
"""Whoever reads a store makes two files beside it and removes them at any moment; what was written is in the store itself."""


def copied(home: Path, to: Path) -> Path:
    """A copy in the folder ``to`` of a corpus that others read, and nobody writes, meanwhile."""
    return Path(shutil.copytree(home, to, ignore=shutil.ignore_patterns(*_NOT_OF_IT)))
