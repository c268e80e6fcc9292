"""Findings as JUnit XML, as build servers show test results: a suite a plan and pack, a case a requirement.

Met is a passed case; not applicable and undetermined are skipped ones with their reason; everything else is a failure whose text
is the finding's explanation. A rule that failed to run is an error, never a pass.

Where a corpus knows what people decided, each case has the four axes as properties; a fault of the machine that nobody need act on
any more (overridden, waived, closed) is skipped with that reason, and a case that people found at fault fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from checks.axes import Axes
from checks.matrix import place_of
from schemas.finding import REASON_NAMES, VERDICT_NAMES, Finding, PlanCheck

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_junit(checks: Sequence[PlanCheck], path: Path, axes: Mapping[str, Axes] | None = None) -> None:
    """Write all findings; the folder must exist. ``axes``: how findings stand, by their id, where a corpus knows it.

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
            known = axes.get(finding.id or "") if axes else None
            lines = list(finding.explanation)
            if known is not None:
                properties = etree.SubElement(case, "properties")
                for label, value in known.pairs:
                    etree.SubElement(properties, "property", name=label, value=_clean(value))
                lines += ["；".join(f"{label} {value}" for label, value in known.pairs), *map(str, known.records)]
            kind = _kind(finding, known)
            if kind is not None:
                element, count = kind
                counts[count] += 1
                reason = f"（{REASON_NAMES[finding.reason]}）" if finding.reason else ""
                message = (
                    VERDICT_NAMES[finding.verdict] + reason + (f"；{known.short}" if known and known.short else "")
                )
                child = etree.SubElement(case, element, message=_clean(message))
                if element != "skipped":
                    child.set("type", known.state.verdict if known else finding.verdict)
                child.text = _clean("\n".join(lines))
        for key, number in counts.items():
            suite.set(key, str(number))
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _kind(finding: Finding, known: Axes | None) -> tuple[str, str] | None:
    verdict = known.state.verdict if known else finding.verdict
    if known is not None and known.settled:
        return "skipped", "skipped"
    if verdict == "met":
        return None
    if finding.reason == "rule_error" and verdict == "undetermined":
        return "error", "errors"
    if verdict in ("not_applicable", "undetermined"):
        return "skipped", "skipped"
    return "failure", "failures"


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
