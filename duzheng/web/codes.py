"""Codes of documents (genre, role, level, script, verdict …) as the words of the person's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzheng.web.here import Here

CODED = ("genre", "role", "level", "script", "verdict")
"""The fields whose values are codes; ``texts/reading.yaml`` has a word for each value."""


def coded(asked: Here, field: str, value: str) -> str:
    """A value of a field as people read it; names are as they are written."""
    if field not in CODED:
        return value
    try:
        return asked.word(f"reading.{field}_{value}")
    except KeyError:  # several values in one filter, or none of the codes
        return value
