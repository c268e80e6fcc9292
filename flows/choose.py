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
    place = plan.jurisdiction.province
    return [pack for pack in packs if speaks_about(pack, plan.role, plan.on_topic, place, plan.level)]


def speaks_about(pack: Pack, role: str, on_topic: bool, province: str | None, level: str | None) -> bool:
    """The same of a document of which only these facts are at hand."""
    return (
        role == "plan"
        and on_topic
        and province in pack.applies.provinces
        and (level is None or level in pack.applies.levels)
    )
