"""The facts of many documents as pandas tables: one row a document, a community member, a target, a task or a finding.

For researchers who go on in pandas, and the ground of ``corpus.export``. Every row carries its document's id and, where
the fact has one, its span and the original words at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from schemas.document import Document, Span
from schemas.finding import PlanCheck

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def documents(items: Iterable[Document]) -> pd.DataFrame:
    """One row a document: its head, place, genre and the numbers of its facts."""
    return _frame(_document(d) for d in items)


def communities(items: Iterable[Document]) -> pd.DataFrame:
    """One row a member school of a community, with its lead, mode and stage."""
    return _frame(
        _about(d) | {"name": c.name, "mode": c.mode, "legal_person": c.legal_person, "stage": c.stage, "lead": c.lead}
        | {"member": member} | _words(d, c.span)
        for d in items for c in d.communities for member in c.members
    )  # fmt: skip


def targets(items: Iterable[Document]) -> pd.DataFrame:
    """One row a target."""
    return _frame(
        _about(d) | t.model_dump(exclude={"span"}) | _words(d, t.span) for d in items for t in d.targets
    )  # fmt: skip


def tasks(items: Iterable[Document]) -> pd.DataFrame:
    """One row a task; those responsible in one cell, divided by 、."""
    return _frame(
        _about(d) | t.model_dump(exclude={"span", "responsible"}) | {"responsible": "、".join(t.responsible)} | _words(d, t.span)
        for d in items for t in d.tasks
    )  # fmt: skip


def findings(checks: Iterable[PlanCheck]) -> pd.DataFrame:
    """One row a finding, its first quote included."""
    return _frame(
        {
            "document": check.plan.id, "title": check.plan.title, "pack": check.pack.id, "pack_version": check.pack.version,
            "requirement": f.requirement, "name": f.title, "severity": f.severity, "verdict": f.verdict, "reason": f.reason,
            "expected": f.expected, "observed": f.observed, "quote": f.evidence[0].quote if f.evidence else None,
            "start": f.evidence[0].span.start if f.evidence else None, "page": f.evidence[0].span.page if f.evidence else None,
            "advice": f.advice,
        }
        for check in checks for f in check.findings
    )  # fmt: skip


OF_DOCUMENTS: dict[str, Callable[[Iterable[Document]], pd.DataFrame]] = {
    "documents": documents,
    "communities": communities,
    "targets": targets,
    "tasks": tasks,
}
"""The tables made of documents, by name; ``findings`` is made of checks."""


def _about(document: Document) -> Row:
    place = document.jurisdiction
    return {
        "document": document.id,
        "title": document.title,
        "province": place.province,
        "city": place.city,
        "county": place.county,
    }


def _document(document: Document) -> Row:
    return _about(document) | {
        "adcode": document.jurisdiction.adcode,
        "document_number": document.document_number,
        "index_number": document.index_number,
        "issuers": "、".join(document.issuers),
        "signed_on": document.signed_on,
        "published_on": document.published_on,
        "genre": document.genre,
        "role": document.role,
        "level": document.level,
        "script": document.script,
        "on_topic": document.on_topic,
        "topics": "、".join(document.topics),
        "characters": len(document.text),
        "communities": len(document.communities),
        "targets": len(document.targets),
        "attachments_not_obtained": sum(not a.included for a in document.attachments),
        "notes": "; ".join(note.message for note in document.quality),
        "uri": document.source.uri,
        "sha256": document.source.sha256,
    }


def _words(document: Document, span: Span) -> Row:
    return {"quote": document.quote(span), "start": span.start, "end": span.end, "page": span.page}


def _frame(rows: Iterator[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame.from_records(list(rows))
