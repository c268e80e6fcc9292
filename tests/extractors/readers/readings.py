"""What tests ask of a reading: its texts, its tables, its notes, and that a damaged file is refused or read."""

from __future__ import annotations

from collections.abc import Callable

from schemas.errors import NotRead
from schemas.reading import Paragraph, Reading, Table


def texts(reading: Reading, role: str = "body") -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == role]


def tables(reading: Reading) -> list[Table]:
    return [b for b in reading.blocks if isinstance(b, Table)]


def kinds(reading: Reading) -> list[str]:
    return [note.kind for note in reading.notes]


def refused_or_read(read: Callable[[bytes, str], Reading], data: bytes, uri: str) -> None:
    """Any other error than a refusal goes through, and a reading without a block is none."""
    try:
        reading = read(data, uri)
    except NotRead:
        return
    assert reading.blocks
