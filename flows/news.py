"""Tells Prefect of findings that are new, so that an automation can react to them: an event for each plan and pack.

A finding is new where it calls for somebody to act and did not when the same county was last held against the same pack;
a revised plan that leaves a fault as it was is no news.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prefect.events import emit_event

from schemas.finding import FAULTS, VERDICT_NAMES, Finding, PlanCheck, identified
from schemas.identity import unit_of

if TYPE_CHECKING:
    from corpus.corpus import Corpus

EVENT = "duzheng.findings.new"
NAMED = 50
"""Findings named in an event; their number is always given."""


class News:
    """What is new about the plans of one check run; ``units`` and ``findings`` count what was told."""

    def __init__(self) -> None:
        self.units = self.findings = 0
        self._before: dict[tuple[str, str], set[str]] = {}

    def before(self, corpus: Corpus, checks: Sequence[PlanCheck]) -> None:
        """To be called before the checks are recorded."""
        kept = corpus.checked_with()
        self._before = {key: kept.faults(*key) for key in _units(checks)}

    def after(self, corpus: Corpus, checks: Sequence[PlanCheck]) -> None:
        """To be called after the checks were recorded; only what the leading plan of a county says counts."""
        kept = corpus.checked_with()
        new = {key: kept.faults(*key) - before for key, before in self._before.items()}
        for check in checks:
            wanted = new[unit_of(check.plan), check.pack.id]
            found = [one for one in identified(check).findings if one.id in wanted and one.verdict in FAULTS]
            if found:
                wanted.difference_update(one.id for one in found)
                self._tell(check, found)

    def _tell(self, check: PlanCheck, found: Sequence[Finding]) -> None:
        self.units += 1
        self.findings += len(found)
        emit_event(
            EVENT,
            resource={
                "prefect.resource.id": f"duzheng.plan.{check.plan.id}",
                "prefect.resource.name": check.plan.title or check.plan.uri,
            },
            related=[{"prefect.resource.id": f"duzheng.pack.{check.pack.id}", "prefect.resource.role": "pack"}],
            payload={
                "plan": check.plan.id,
                "unit": unit_of(check.plan),
                "pack": check.pack.id,
                "number": len(found),
                "findings": [
                    {
                        "id": one.id,
                        "requirement": one.requirement,
                        "title": one.title,
                        "verdict": one.verdict,
                        "verdict_name": VERDICT_NAMES[one.verdict],
                    }
                    for one in found[:NAMED]
                ],
            },
        )


def _units(checks: Sequence[PlanCheck]) -> set[tuple[str, str]]:
    return {(unit_of(check.plan), check.pack.id) for check in checks}
