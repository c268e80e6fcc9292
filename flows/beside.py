"""What stored plans are checked beside: the notices they answer and the other plans of their place, as ``duzheng check`` has them from
its command line.

1. The notices of a plan are the documents of the corpus that it cites by number or title, without doubt
   (``corpus.relations.citations``), and that ask something of others (``role`` requirement). ``duzheng check --notice`` names them.
2. The other plans are the plans and submissions that share the plan's county or city; ``checks.other_plans`` says with which of
   them it must agree. They are loaded only where a pack asks for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.document import Document
from schemas.requirement import Pack

if TYPE_CHECKING:
    from corpus.corpus import Corpus

_HELD = 64
"""Notices, and places, whose documents are held in memory."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The documents that one plan is checked beside."""

    notices: tuple[Document, ...]
    others: tuple[Document, ...]


class Shelf:
    """Finds them in a corpus; what many plans cite is loaded once."""

    def __init__(self, corpus: Corpus, packs: Sequence[Pack]) -> None:
        from checks.pack_walk import compares_plans

        self._corpus = corpus
        self._compares = any(compares_plans(pack) for pack in packs)
        self._notices: dict[str, Document | None] = {}
        self._places: dict[tuple[str, str], tuple[Document, ...]] = {}

    def of(self, plans: Sequence[Document]) -> list[Beside]:
        """What each of the plans is checked beside, in their order."""
        cited = self._corpus.cited([plan.id for plan in plans])
        return [
            Beside(
                tuple(notice for id in cited[plan.id] if (notice := self._notice(id)) is not None),
                self._others(plan) if self._compares else (),
            )
            for plan in plans
        ]

    def _notice(self, id: str) -> Document | None:
        if id not in self._notices:
            if len(self._notices) >= _HELD:
                self._notices.clear()
            document = self._corpus.document(id)
            self._notices[id] = document if document is not None and document.role == "requirement" else None
        return self._notices[id]

    def _others(self, plan: Document) -> tuple[Document, ...]:
        place = plan.jurisdiction
        found: dict[str, Document] = {}
        for column, name in (("county", place.county), ("city", place.city)):
            if name:
                found |= {other.id: other for other in self._at(column, name) if other.id != plan.id}
        return tuple(found.values())

    def _at(self, column: str, name: str) -> tuple[Document, ...]:
        if (column, name) not in self._places:
            if len(self._places) >= _HELD:
                self._places.clear()
            equal: dict[str, Any] = {column: name}
            self._places[column, name] = tuple(
                document for role in ("plan", "submission") for document in self._corpus.documents(role=role, **equal)
            )
        return self._places[column, name]
