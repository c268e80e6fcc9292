"""Which packs speak about a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from schemas.document import Document

if TYPE_CHECKING:
    from schemas.requirement import Pack


def packs_for(plan: Document, packs: Sequence[Pack]) -> list[Pack]:
    """The packs whose scope names the plan's province and level.

    A document on another subject, or of a place not known, gets none: a person may still check it by naming a pack.
    """
    return [
        pack
        for pack in packs
        if plan.role == "plan"
        and plan.on_topic
        and plan.jurisdiction.province in pack.applies.provinces
        and plan.level in (None, *pack.applies.levels)
    ]
