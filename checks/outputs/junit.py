"""Findings as JUnit XML, as build servers show test results: a suite a plan and pack, a case a requirement.

Met is a passed case; not applicable and undetermined are skipped ones with their reason; everything else is a failure whose text
is the finding's explanation. A rule that failed to run is an error, never a pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from checks.matrix import place_of
from schemas.finding import REASON_NAMES, VERDICT_NAMES, Finding, PlanCheck

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_junit(checks: Sequence[PlanCheck], path: Path) -> None:
    """Write all findings; the folder must exist.

    Raises:
        OSError: the file cannot be written.
    """
    from lxml import etree

    root = etree.Element("testsuites", name="duzheng")
    for check in checks:
        name = f"{place_of(check.plan)} {check.plan.title or check.plan.uri}"
        suite = etree.SubElement(root, "testsuite", name=_clean(name), package=check.pack.id)
        counts = {"tests": len(check.findings), "failures": 0, "errors": 0, "skipped": 0}
        for finding in check.findings:
            case = etree.SubElement(
                suite,
                "testcase",
                classname=_clean(f"{check.pack.id}.{name}"),
                name=_clean(f"{finding.requirement} {finding.title}"),
            )
            kind = _kind(finding)
            if kind is not None:
                element, count = kind
                counts[count] += 1
                reason = f"（{REASON_NAMES[finding.reason]}）" if finding.reason else ""
                child = etree.SubElement(case, element, message=_clean(VERDICT_NAMES[finding.verdict] + reason))
                if element != "skipped":
                    child.set("type", finding.verdict)
                child.text = _clean("\n".join(finding.explanation))
        for key, number in counts.items():
            suite.set(key, str(number))
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _kind(finding: Finding) -> tuple[str, str] | None:
    if finding.verdict == "met":
        return None
    if finding.reason == "rule_error":
        return "error", "errors"
    if finding.verdict in ("not_applicable", "undetermined"):
        return "skipped", "skipped"
    return "failure", "failures"


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
