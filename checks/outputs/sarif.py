"""Findings as SARIF 2.1.0 (OASIS Standard, 2020-03-27), which viewers of findings and build servers read.

1. A requirement is a rule (3.49) of the tool component ``duzheng``; its pack is named in the rule's properties.
2. A verdict is a result of a kind (3.27.9): met ``pass``, not applicable ``notApplicable``, undetermined ``review``, everything else
   ``fail``, with the level (3.27.10) by the clause's wording: 必须 and 应当 ``error``, 原则上 ``warning``, 鼓励 ``note``.
3. Evidence is a location with ``charOffset`` and ``charLength`` in the extracted text (3.30; counted in Unicode code points, as
   ``columnKind`` says), the quote as its snippet; the other side of a contradiction, and each of many that is at fault, are related
   locations (3.27.22) with their name as the message. The finding's lasting identity is a partial fingerprint (3.27.17).
4. Where a corpus knows what people decided, kind and level stay the machine's; time, disposition and rectification are properties,
   and what nobody need act on any more is suppressed (3.27.23) with who decided so and why, a dispute ``underReview`` (3.35.3).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from checks.axes import Axes
from checks.explain import named
from schemas.finding import SEVERITY_NAMES, VERDICT_NAMES, Evidence, Finding, PlanCheck, Severity, Verdict

_KINDS: Mapping[Verdict, str] = {"met": "pass", "not_applicable": "notApplicable", "undetermined": "review"}
_LEVELS: Mapping[Severity, str] = {"critical": "error", "major": "error", "minor": "warning", "advice": "note"}


def write_sarif(checks: Sequence[PlanCheck], path: Path, version: str, axes: Mapping[str, Axes] | None = None) -> None:
    """Write one run with all findings; the folder must exist.

    Args:
        checks: what was checked.
        path: the file.
        version: of duzheng, for the tool's description.
        axes: how findings stand, by their id, where a corpus knows it.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(json.dumps(sarif(checks, version, axes), ensure_ascii=False, indent=1), encoding="utf-8")


def sarif(checks: Sequence[PlanCheck], version: str, axes: Mapping[str, Axes] | None = None) -> dict[str, Any]:
    """The SARIF log as a structure for JSON."""
    rules: dict[tuple[str, str], dict[str, Any]] = {}
    results: list[dict[str, Any]] = []
    for check in checks:
        for finding in check.findings:
            rule = (check.pack.id, finding.requirement)
            rules.setdefault(rule, _rule(check, finding))
            result = _result(check, finding, list(rules).index(rule))
            if axes and (known := axes.get(finding.id or "")):
                _add_standing(result, known)
            results.append(result)
    driver = {"name": "duzheng", "version": version, "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _rule(check: PlanCheck, finding: Finding) -> dict[str, Any]:
    return {
        "id": f"{check.pack.id}/{finding.requirement}",
        "name": finding.title,
        "shortDescription": {"text": finding.expected},
        "help": {"text": finding.advice},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {
            "clause": finding.clause,
            "wording": SEVERITY_NAMES[finding.severity],
            "pack": check.pack.version,
        },
    }


def _result(check: PlanCheck, finding: Finding, rule: int) -> dict[str, Any]:
    kind = _KINDS.get(finding.verdict, "fail")
    result: dict[str, Any] = {
        "ruleId": f"{check.pack.id}/{finding.requirement}",
        "ruleIndex": rule,
        "kind": kind,
        "level": _LEVELS[finding.severity] if kind == "fail" else "none",
        "message": {"text": f"{VERDICT_NAMES[finding.verdict]}：{finding.title}。{finding.explanation[3]}"},
        "locations": [_location(check.plan.uri, piece) for piece in finding.evidence]
        or [_location(check.plan.uri, None)],
        "properties": {"verdict": finding.verdict, "reason": finding.reason, "dueState": finding.due_state},
    }
    related = [_location(piece.uri, piece) | _message(named(piece)) for piece in finding.elsewhere]
    related += [
        _location(check.plan.uri, one.evidence) | _message(f"{one.element}：{one.fault}") for one in finding.elements
    ]
    if related:
        result["relatedLocations"] = [{"id": number, **location} for number, location in enumerate(related, start=1)]
    if finding.elements:
        result["properties"]["elements"] = [
            {"id": one.id, "element": one.element, "fault": one.fault} for one in finding.elements
        ]
    if finding.id:
        result["partialFingerprints"] = {"finding/v1": finding.id}
    return result


def _add_standing(result: dict[str, Any], axes: Axes) -> None:
    state = axes.state
    result["properties"] |= {
        "dueState": state.time,
        "finalVerdict": state.verdict,
        "disposition": state.disposition.model_dump(mode="json", exclude_none=True),
        "rectification": state.rectification.model_dump(mode="json", exclude_none=True),
        "open": state.open,
        "overdue": state.overdue,
        "decisions": [decision.model_dump(mode="json", exclude_none=True) for decision in axes.decisions],
    }
    disputed = state.disposition.kind == "disputed"
    if disputed or axes.settled:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted" if axes.settled else "underReview",
                "justification": "\n".join([axes.short, *map(str, axes.records)]),
            }
        ]


def _message(text: str) -> dict[str, Any]:
    return {"message": {"text": text}}


def _location(uri: str, evidence: Evidence | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(uri, safe="/:!")}}
    if evidence is not None:
        span = evidence.span
        physical["region"] = {
            "charOffset": span.start,
            "charLength": span.end - span.start,
            "snippet": {"text": evidence.quote},
        }
    return {"physicalLocation": physical}
