"""What a finding is called, so that it is the same finding in the next run.

A finding is one requirement of one pack on one unit: the county, city or school that answers, not the file its answer
stands in. So a corrected plan of the same county continues the findings of the first one.

1. The unit is told by its division code, else by its names; a school or township by its own name besides.
2. Where a plan names no place at all, the document itself is the unit: findings of two places are never mixed up.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.finding import PlanReference

_DIGITS = 16
_NAMED_BY_ISSUER = frozenset({"school", "township"})


def unit_of(plan: PlanReference) -> str:
    """The unit a plan belongs to, as a key: ``410423/county``, ``河南省·甲市·乙县/county``, ``…/school/某某小学``.

    A plan without a level is taken to be that of the smallest place it names.
    """
    place = plan.jurisdiction
    names = [name for name in (place.province, place.city, place.county) if name]
    if not names and not place.adcode:
        return f"document/{plan.id}"
    level = plan.level or ("county" if place.county else "city" if place.city else "province")
    parts = [place.adcode or "·".join(names), level]
    if level in _NAMED_BY_ISSUER:
        if not plan.issuers:
            return f"document/{plan.id}"
        parts.append(plain(plan.issuers[0]))
    return "/".join(parts)


def finding_id(pack: str, requirement: str, unit: str, element: str | None = None) -> str:
    """The identifier of a finding: the requirement's id, then sixteen hexadecimal digits over all four.

    Args:
        pack: the pack's id, without its version: a new version of the pack continues the findings.
        requirement: the requirement's id in the pack.
        unit: as from ``unit_of``.
        element: which of the many things that a requirement judges (a task, a community); None for the finding itself.
    """
    digest = hashlib.sha256("\0".join((pack, requirement, unit, element or "")).encode())
    return f"{requirement}-{digest.hexdigest()[:_DIGITS]}"


def plain(name: str) -> str:
    """A name for comparison: white space left out, full-width forms as ordinary ones, small letters."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
