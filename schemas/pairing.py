"""How the schools of one place are paired: the output of the pairing audit, field by field.

Every fault carries the places it is read from: a span in ``Document.text`` of its document, and the quote at it, byte for byte.
"""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from schemas.document import DocumentRole, Model, Span

PairingFault = Literal[
    "several_leads", "leads_several", "lead_and_member", "in_none", "spelling", "other_lead", "reversed", "absent"
]


class PairedDocument(Model):
    """A document that was looked at."""

    document: str
    title: str | None = None
    date: datetime.date | None = None
    role: DocumentRole
    communities: int


class PairingEvidence(Model):
    """A place where a school is named."""

    document: str
    span: Span
    quote: str


class PairingFinding(Model):
    """What the lists say of one school that does not go together.

    ``school`` is the name as written; ``names`` are the other names it is about: for ``several_leads`` its lead schools, for
    ``leads_several`` its communities, for ``lead_and_member`` the school that leads it, for ``spelling`` its other
    spellings, for ``other_lead`` and ``reversed`` what either document has, for ``absent`` the lead.
    """

    kind: PairingFault
    school: str
    names: list[str] = Field(default_factory=list)
    evidence: list[PairingEvidence] = Field(default_factory=list)


class PairingAudit(Model):
    """The lists of one place. ``left_out`` counts the documents with communities beyond those that were looked at."""

    documents: list[PairedDocument]
    communities: int
    schools: int
    findings: list[PairingFinding]
    left_out: int = 0


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one audit."""
    return PairingAudit.model_json_schema()
