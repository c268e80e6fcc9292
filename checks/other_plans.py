"""Which of the documents at hand a plan must agree with, and quotes from them.

1. A plan is held against other plans and submissions (``Document.role``) of the same place: those of the same level are its
   own unit's (``same_unit``), a city's or county's plan and the submissions under it are each other's (``kin``), and so are
   two submissions under the same county.
2. Places are the same line when what both state of province, city and county is equal and both state the same city or
   the same county. A document that names no place is held against nothing: 第一小学 stands in every county.
3. A plan of another year is another plan: of the same unit the years of the titles, else of the dates, must be the same;
   between levels the dates may lie a year apart. What states no date is compared.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from checks.pairs import same_school
from extractors.fold import fold
from schemas.document import Document, Jurisdiction, Span
from schemas.finding import EvidenceElsewhere, EvidenceRole

Relation = Literal["same_unit", "kin"]
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|-\d{4}年)")
_APART = timedelta(days=366)
_BY_ISSUER = ("school", "township")


@dataclass(frozen=True, slots=True)
class Other:
    """A document that the plan must agree with; ``same_unit``: figures as well as communities."""

    document: Document
    relation: Relation

    @property
    def name(self) -> str:
        """What to call it in a finding."""
        return f"《{self.document.title}》" if self.document.title else self.document.source.uri


def related(document: Document, others: Sequence[Document]) -> Iterator[Other]:
    """Those of the others that the document must agree with, by title and id, so that their order does not matter."""
    for other in sorted(others, key=lambda one: (one.title or "", one.id)):
        if other.id == document.id or other.role not in ("plan", "submission"):
            continue
        if not _same_line(document.jurisdiction, other.jurisdiction):
            continue
        relation: Relation = "same_unit" if _unit(document) == _unit(other) else "kin"
        if _same_time(document, other, relation):
            yield Other(other, relation)


def speaks_for(document: Document, lead: str) -> bool:
    """Whether a document's list of this lead school's members is whole: a city's or county's plan, or that school's own."""
    if document.level not in _BY_ISSUER:
        return True
    return any(same_school(issuer, lead, document.jurisdiction) for issuer in document.issuers)


def evidence_in(document: Document, role: EvidenceRole, span: Span) -> EvidenceElsewhere:
    """Evidence at a span of another document than the plan."""
    page = span.page
    if page is None and document.pages:
        index = bisect_right([start.start for start in document.pages], span.start) - 1
        page = document.pages[index].page if index >= 0 else None
    return EvidenceElsewhere(
        role=role,
        span=span.model_copy(update={"page": page}),
        quote=document.quote(span),
        document=document.id,
        title=document.title,
        uri=document.source.uri,
    )


def _same_line(one: Jurisdiction, other: Jurisdiction) -> bool:
    pairs = [(one.province, other.province), (one.city, other.city), (one.county, other.county)]
    if any(a and b and fold(a) != fold(b) for a, b in pairs):
        return False
    return any(a and b for a, b in pairs[1:])


def _unit(document: Document) -> tuple[str | None, ...]:
    place = document.jurisdiction
    level = document.level or ("county" if place.county else "city")
    issuer = fold(document.issuers[0]) if level in _BY_ISSUER and document.issuers else None
    # A school without a name is not the same as another without one.
    own = issuer or (document.id if level in _BY_ISSUER else None)
    return place.county or (None if place.county else place.city), level, own


def _same_time(one: Document, other: Document, relation: Relation) -> bool:
    years = [set(_YEAR.findall(fold(document.title or ""))) for document in (one, other)]
    if all(years):
        return bool(years[0] & years[1])
    days = [document.signed_on or document.published_on for document in (one, other)]
    if days[0] is None or days[1] is None:
        return True
    return days[0].year == days[1].year if relation == "same_unit" else abs(days[0] - days[1]) <= _APART
