"""What a form hands to the engine: the verdict on one requirement, before reading gaps and severity are weighed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.finding import Evidence, EvidenceElsewhere, Reason, Verdict


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
    """

    verdict: Verdict
    observed: str | None
    how: str
    evidence: list[Evidence] = field(default_factory=list)
    missing: bool = False
    terms: list[str] = field(default_factory=list)
    reason: Reason | None = None
    elsewhere: list[EvidenceElsewhere] = field(default_factory=list)


def quoted(text: str, limit: int = 60) -> str:
    """A quote for a line of explanation: one line, shortened in the middle of nothing."""
    line = "".join(text.split())
    return f"“{line[:limit]}…”" if len(line) > limit else f"“{line}”"
