"""What a form hands to the engine: the verdict on one requirement, before reading gaps and severity are weighed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.finding import Evidence, EvidenceElsewhere, FindingElement, Reason, Verdict

_NAME = 80
"""Characters of an element's name: enough to tell tasks apart, and the same when the end of a long task is reworded."""


@dataclass
class Judgement:
    """The outcome of one form on one plan.

    Attributes:
        verdict: as the text alone shows it.
        observed: what the plan says, short; None where it says nothing.
        how: one Chinese sentence on how this was judged.
        evidence: the places it rests on.
        missing: the verdict rests on something not being there; where part of the plan was not read, the engine then
            says undetermined instead.
        terms: what was looked for.
        reason: for an undetermined verdict.
        elsewhere: the places in other documents that it rests on.
        elements: all that are at fault, where each of many was judged.
    """

    verdict: Verdict
    observed: str | None
    how: str
    evidence: list[Evidence] = field(default_factory=list)
    missing: bool = False
    terms: list[str] = field(default_factory=list)
    reason: Reason | None = None
    elsewhere: list[EvidenceElsewhere] = field(default_factory=list)
    elements: list[FindingElement] = field(default_factory=list)


def elements(faults: Iterable[tuple[str, str, Evidence]]) -> list[FindingElement]:
    """The elements at fault from what each is called, its fault and its place; a name that comes again is numbered."""
    seen: Counter[str] = Counter()
    found: list[FindingElement] = []
    for name, fault, evidence in faults:
        called = "".join(name.split())[:_NAME] or "（无名）"
        seen[called] += 1
        again = f"（{seen[called]}）" if seen[called] > 1 else ""
        found.append(FindingElement(element=called + again, fault=fault, evidence=evidence))
    return found


def quoted(text: str, limit: int = 60) -> str:
    """A quote for a line of explanation: one line, shortened in the middle of nothing."""
    line = "".join(text.split())
    # Outside: what stands between the marks is the document's.
    return f"“{line[:limit]}”…" if len(line) > limit else f"“{line}”"
