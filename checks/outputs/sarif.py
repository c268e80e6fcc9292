"""Findings as SARIF 2.1.0 (OASIS Standard, 2020-03-27), which viewers of findings and build servers read.

1. A requirement is a rule (3.49) of the tool component ``duzheng``; its pack is named in the rule's properties.
2. A verdict is a result of a kind (3.27.9): met ``pass``, not applicable ``notApplicable``, undetermined ``review``, everything else
   ``fail``, with the level (3.27.10) by the clause's wording: 必须 and 应当 ``error``, 原则上 ``warning``, 鼓励 ``note``.
3. Evidence is a location with ``charOffset`` and ``charLength`` in the extracted text (3.30; counted in Unicode code points, as
   ``columnKind`` says), the quote as its snippet. The finding's lasting identity is a partial fingerprint (3.27.17).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from schemas.finding import SEVERITY_NAMES, VERDICT_NAMES, Evidence, Finding, PlanCheck, Severity, Verdict

_KINDS: Mapping[Verdict, str] = {"met": "pass", "not_applicable": "notApplicable", "undetermined": "review"}
_LEVELS: Mapping[Severity, str] = {"critical": "error", "major": "error", "minor": "warning", "advice": "note"}


def write_sarif(checks: Sequence[PlanCheck], path: Path, version: str) -> None:
    """Write one run with all findings; the folder must exist.

    Args:
        checks: what was checked.
        path: the file.
        version: of duzheng, for the tool's description.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(json.dumps(sarif(checks, version), ensure_ascii=False, indent=1), encoding="utf-8")


def sarif(checks: Sequence[PlanCheck], version: str) -> dict[str, Any]:
    """The SARIF log as a structure for JSON."""
    rules: dict[tuple[str, str], dict[str, Any]] = {}
    results: list[dict[str, Any]] = []
    for check in checks:
        for finding in check.findings:
            rule = (check.pack.id, finding.requirement)
            rules.setdefault(rule, _rule(check, finding))
            results.append(_result(check, finding, list(rules).index(rule)))
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
        "locations": [_location(check, piece) for piece in finding.evidence] or [_location(check, None)],
        "properties": {"verdict": finding.verdict, "reason": finding.reason, "dueState": finding.due_state},
    }
    if finding.id:
        result["partialFingerprints"] = {"finding/v1": finding.id}
    return result


def _location(check: PlanCheck, evidence: Evidence | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(check.plan.uri, safe="/:!")}}
    if evidence is not None:
        span = evidence.span
        physical["region"] = {
            "charOffset": span.start,
            "charLength": span.end - span.start,
            "snippet": {"text": evidence.quote},
        }
    return {"physicalLocation": physical}
