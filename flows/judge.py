"""Checking documents that were just read: which packs each is held against, and what was found.

Brings together for the faces: ``flows.choose`` says which packs speak about a plan, ``checks.engine`` judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checks.engine import check
from checks.pack_shelf import applied, load
from checks.pack_walk import compares_plans
from flows.choose import packs_for
from schemas.document import Document
from schemas.finding import PlanCheck
from schemas.requirement import Pack

if TYPE_CHECKING:
    from corpus.history import ReadBeside
    from flows.beside import Shelf


class Judge:
    """The packs of one check and how it is made.

    Args:
        requirements: packs' ids or files; without one each plan is held against its province's pack.
        home: the corpus folder whose published packs count, which need not be there.
        ignore_scope: check even a plan outside a pack's scope.
        today: the day that due dates are compared with; the current day where it is not given.

    Raises:
        InvalidPack: there is no such pack, or it is invalid.
    """

    def __init__(
        self,
        requirements: Sequence[str] = (),
        *,
        home: Path | None = None,
        ignore_scope: bool = False,
        today: date | None = None,
    ) -> None:
        self.named = [load(name, home) for name in requirements]
        self.candidates = [] if self.named else applied(home)
        self._ignore_scope = ignore_scope
        self._today = today

    @property
    def compares_plans(self) -> bool:
        """Whether a pack holds plans against each other: then all must be read before the first is checked."""
        return any(compares_plans(pack) for pack in self.named or self.candidates)

    def packs(self, document: Document) -> list[Pack]:
        """The packs that a document is held against; none where no pack speaks about it."""
        return self.named or packs_for(document, self.candidates)

    def checks(
        self, document: Document, notices: Sequence[Document] = (), others: Sequence[Document] = ()
    ) -> Iterator[PlanCheck]:
        """What each of its packs finds in a document.

        Args:
            document: the plan.
            notices: what it answers; a statement that only repeats them is partial.
            others: the plans it is compared with, itself among them, where ``compares_plans``.
        """
        for pack in self.packs(document):
            yield check(
                document, pack, ignore_scope=self._ignore_scope, today=self._today, notices=notices, others=others
            )


def judged(
    documents: Sequence[Document], packs: Sequence[Pack], shelf: Shelf, today: date | None
) -> list[tuple[PlanCheck, ReadBeside]]:
    """Stored plans, each against the packs that speak about it, with what was read beside it; the other plans only where the pack
    asks for them."""
    from corpus.history import ReadBeside

    made = []
    for plan, beside in zip(documents, shelf.of(documents), strict=True):
        notices = tuple(one.id for one in beside.notices)
        for pack in packs_for(plan, packs):
            others = beside.others if compares_plans(pack) else ()
            found = check(plan, pack, today=today, notices=beside.notices, others=others)
            made.append((found, ReadBeside(notices, tuple(one.id for one in others))))
    return made
