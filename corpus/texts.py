"""The bare texts of the corpus, for what has to look at all of them: a whole document costs thirty times as much to load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A current document's text and what the store's columns say of it; ``dated_on`` is signature, else publication."""

    id: str
    title: str | None
    text: str
    province: str | None
    level: str | None
    dated_on: date | None
