"""Findings as CSV (RFC 4180): one line a finding, for whatever reads tables.

UTF-8 with a byte order mark, without which Excel takes the file for GBK. A text that a spreadsheet would run as a formula gets
an apostrophe in front of it, as OWASP's advice on CSV injection has it; the JSON output has it unchanged.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from checks.axes import UNRECTIFIED, Axes, time_of
from checks.explain import named, place, told
from checks.matrix import place_of
from schemas.finding import REASON_NAMES, SEVERITY_NAMES, VERDICT_NAMES, Finding, PlanCheck
from schemas.standing import rectification_words

COLUMNS = (
    "finding", "pack", "pack_version", "unit", "plan", "file", "requirement", "title", "clause", "severity", "severity_name",
    "verdict", "verdict_name", "reason", "reason_name", "due_state", "due_state_name", "expected", "observed", "quotes", "places", "advice",
    "elsewhere", "elsewhere_documents", "elsewhere_places", "elements",
)  # fmt: skip
STANDING_COLUMNS = (
    "time_state", "time_state_name", "final_verdict", "final_verdict_name", "disposition", "disposition_words", "disposition_until",
    "rectification", "rectification_words", "responsible", "person", "measures", "deadline", "done_by", "reviewed_by", "opinion",
    "closed_on", "proof", "open", "overdue", "decisions",
)  # fmt: skip
"""What people know besides, where a corpus does. ``verdict`` stays the machine's; ``final_verdict`` is an override's where one
stands."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(checks: Iterable[PlanCheck], path: Path, axes: Mapping[str, Axes] | None = None) -> None:
    """Write all findings; the folder must exist. ``axes``: how findings stand, by their id; adds ``STANDING_COLUMNS``.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS if axes is None else (*COLUMNS, *STANDING_COLUMNS))
        for check in checks:
            for finding in check.findings:
                known = axes.get(finding.id or "") if axes is not None else None
                row = [*_row(check, finding, known)]
                if axes is not None:
                    row += _standing(known)
                writer.writerow([inert(value) for value in row])


def inert(text: str) -> str:
    """The text as one that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def _row(check: PlanCheck, finding: Finding, axes: Axes | None) -> Iterator[str]:
    yield from (finding.id or "", check.pack.id, check.pack.version, place_of(check.plan))
    yield from (check.plan.title or "", check.plan.uri, finding.requirement, finding.title, finding.clause)
    yield from (finding.severity, SEVERITY_NAMES[finding.severity], finding.verdict, VERDICT_NAMES[finding.verdict])
    yield from (finding.reason or "", REASON_NAMES[finding.reason] if finding.reason else "")
    # As in ``time_state``: one row does not say two things about one day.
    yield from ((axes.state.time if axes else finding.due_state) or "", time_of(finding, axes))
    yield from (finding.expected, finding.observed or "")
    yield "\n".join(piece.quote for piece in finding.evidence)
    yield "\n".join(place(piece) for piece in finding.evidence)
    yield finding.advice
    yield "\n".join(piece.quote for piece in finding.elsewhere)
    yield "\n".join(named(piece) for piece in finding.elsewhere)
    yield "\n".join(place(piece) for piece in finding.elsewhere)
    yield "\n".join(map(told, finding.elements))


def _standing(axes: Axes | None) -> Iterator[str]:
    if axes is None:
        yield from [""] * len(STANDING_COLUMNS)
        return
    state, one, other = axes.state, axes.state.disposition, axes.state.rectification
    yield from (state.time or "", axes.time, state.verdict, VERDICT_NAMES[state.verdict])
    yield from (
        one.kind,
        axes.disposition,
        str(one.until or ""),
        other.stage,
        rectification_words(state) or UNRECTIFIED,
    )
    for value in (
        other.responsible, other.person, other.measures, other.deadline, other.done_by, other.reviewed_by, other.opinion,
        other.closed_on, other.proof,
    ):  # fmt: skip
        yield str(value or "")
    yield from ("1" if state.open else "0", "1" if state.overdue else "0")
    yield "\n".join(map(str, axes.records))
