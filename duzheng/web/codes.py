"""Codes of documents (genre, role, level, script, verdict …) as the words of the person's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.matrix import SIGNS
from schemas.finding import VERDICTS

if TYPE_CHECKING:
    from duzheng.web.here import Here
    from schemas.finding import Verdict

CODED = ("genre", "role", "level", "script", "verdict")
"""The fields whose values are codes; ``texts/reading.yaml`` has a word for each value, ``texts/judging.yaml`` for verdicts."""


def coded(asked: Here, field: str, value: str) -> str:
    """A value of a field as people read it; names are as they are written."""
    if field not in CODED:
        return value
    if field == "verdict":
        known = next((one for one in VERDICTS if one == value), None)
        return verdict(asked, known) if known else value
    try:
        return asked.word(f"reading.{field}_{value}")
    except KeyError:  # several values in one filter, or none of the codes
        return value


def verdict(asked: Here, value: Verdict) -> str:
    """A verdict by the sign and the word that the matrix has for it."""
    return f"{SIGNS[value]} {asked.word(f'judging.verdict_{value}')}"
