"""The report as one HTML file: matrix, and each plan's findings with their quotes in context. Works offline, no script.

Everything that comes from a document is escaped by the template engine; the page's own policy forbids scripts and
anything loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.axes import Axes, time_of
from checks.explain import place, told
from checks.matrix import matrix, place_of
from schemas.document import Document
from schemas.finding import REASON_NAMES, SEVERITY_NAMES, VERDICT_NAMES, Evidence, PlanCheck

if TYPE_CHECKING:
    from jinja2 import Template

CONTEXT = 60
"""Characters of the original shown before and after a quote."""
_QUOTES_SHOWN = 6
_TURNING = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")


def write_report(
    checks: Sequence[PlanCheck],
    documents: Mapping[str, Document],
    path: Path,
    axes: Mapping[str, Axes] | None = None,
) -> None:
    """Write the page; the folder must exist.

    Args:
        checks: what to show, in order.
        documents: the plans, and what they were held against, by their id, for the text around a quote; one that is not there is quoted without.
        path: the file to write.
        axes: how findings stand, by their id, where a corpus knows it.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(render(checks, documents, axes), encoding="utf-8", newline="\n")


def render(
    checks: Sequence[PlanCheck], documents: Mapping[str, Document], axes: Mapping[str, Axes] | None = None
) -> str:
    """The page as text."""
    known = axes or {}
    number = 0
    tables: list[dict[str, Any]] = []
    plans: list[dict[str, Any]] = []
    for table in matrix(checks):
        rows = []
        for row in table.rows:
            number += 1
            plan = _plan(number, row.check, documents, known)
            plans.append(plan)
            stands = [known.get(cell.id or "") if cell else None for cell in row.cells]
            cells = list(zip(row.cells, stands, strict=True))
            rows.append({"key": plan["key"], "place": row.place, "cells": cells})
        note = table.rows[0].check.pack.basis_note
        tables.append(
            {"pack": table.pack, "title": table.pack_title, "note": note, "columns": table.columns, "rows": rows}
        )
    return _template().render(
        tables=tables,
        plans=plans,
        names=VERDICT_NAMES,
        reasons=REASON_NAMES,
        severities=SEVERITY_NAMES,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=upright)
    return environment.from_string(files("checks").joinpath("templates", "report.html").read_text(encoding="utf-8"))


def upright(value: object) -> object:
    """A text with its marks of writing direction made visible, so that no document turns the words around its quotes."""
    return value.translate(_TURNING) if isinstance(value, str) else value


def _plan(
    number: int, check: PlanCheck, documents: Mapping[str, Document], known: Mapping[str, Axes]
) -> dict[str, Any]:
    document = documents.get(check.plan.id)
    return {
        "key": f"plan-{number}",
        "place": place_of(check.plan),
        "title": check.plan.title or "（无标题）",
        "number": check.plan.document_number,
        "uri": check.plan.uri,
        "language": document.variant if document else "zh",
        "summary": check.summary,
        "findings": [
            {
                "requirement": finding.requirement,
                "title": finding.title,
                "verdict": finding.verdict,
                "reason": finding.reason,
                "severity": finding.severity,
                "time": time_of(finding, known.get(finding.id or "")),
                "axes": known.get(finding.id or ""),
                "explanation": finding.explanation,
                "quotes": [_quote(evidence, document) for evidence in finding.evidence[:_QUOTES_SHOWN]],
                "elsewhere": [
                    _quote(piece, documents.get(piece.document)) for piece in finding.elsewhere[:_QUOTES_SHOWN]
                ],
                "elements": [told(element) for element in finding.elements],
            }
            for finding in check.findings
        ],
    }


def _quote(evidence: Evidence, document: Document | None) -> dict[str, str]:
    """A quote with the original text around it."""
    before = after = ""
    if document is not None and document.quote(evidence.span) == evidence.quote:
        start, end = evidence.span.start, evidence.span.end
        before = ("…" if start > CONTEXT else "") + document.text[max(start - CONTEXT, 0) : start]
        after = document.text[end : end + CONTEXT] + ("…" if end + CONTEXT < len(document.text) else "")
    return {"before": before, "text": evidence.quote, "after": after, "role": evidence.role, "place": place(evidence)}
