"""Form ``combination``: several demands together, each of any form.

1. ``all`` must be met, of ``any`` at least one, of ``none`` not a single one (a thing that a plan must not do).
2. Met when all three hold. A part that is met of ``none`` makes it not_met, with that place as evidence.
3. Else, of ``all``: partial when some are met or partly met; not_met when one was found to fail and none is met; not_found when
   nothing was found. Of ``any`` the best part counts. Conflict and undetermined of a part that decides are those of the whole.
4. A part that does not apply is left out; when none applies the whole does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from checks.judgement import Judgement
from checks.plan import Plan
from schemas.finding import Verdict
from schemas.requirement import CombinationRequirement, Part

_BEST: tuple[Verdict, ...] = ("met", "partial", "undetermined", "conflict", "not_met", "not_found", "not_applicable")
"""Of alternatives the first of these counts."""


def judge(plan: Plan, requirement: CombinationRequirement) -> Judgement:
    """Whether the demands hold together."""
    parameters = requirement.parameters
    refused = [(part, _judge(plan, part)) for part in parameters.none]
    for part, judgement in refused:
        if judgement.verdict == "met":
            evidence = [piece.model_copy(update={"role": "contradicts"}) for piece in judgement.evidence]
            how = f"不得有：{part.name}。{judgement.how}"
            return Judgement("not_met", judgement.observed, how, evidence, elsewhere=judgement.elsewhere)
    required = [(part, _judge(plan, part)) for part in parameters.all]
    if parameters.any:
        options = [(part, _judge(plan, part)) for part in parameters.any]
        required.append(min(options, key=lambda option: _BEST.index(option[1].verdict)))
    asked = [(part, judgement) for part, judgement in required if judgement.verdict != "not_applicable"]
    if required and not asked:
        return Judgement("not_applicable", None, "各项均不适用。")
    return _together(asked or refused, refused_only=not required)


def _together(parts: Sequence[tuple[Part, Judgement]], refused_only: bool) -> Judgement:
    evidence = [piece for _, judgement in parts for piece in judgement.evidence]
    terms = [term for _, judgement in parts for term in judgement.terms]
    if refused_only:
        names = "、".join(part.name for part, _ in parts)
        return Judgement("met", None, f"未见：{names}。", terms=terms)
    how = "".join(f"{part.name}：{judgement.how}" for part, judgement in parts)
    observed = "；".join(judgement.observed for _, judgement in parts if judgement.observed) or None
    verdict, deciding = _verdict([judgement for _, judgement in parts])
    # A contradiction stands whatever else is lacking.
    lacking = [deciding] if verdict == "conflict" else [judgement for _, judgement in parts]
    missing = any(judgement.missing for judgement in lacking if judgement.verdict != "met")
    elsewhere = [piece for _, judgement in parts for piece in judgement.elsewhere]
    reason = deciding.reason if verdict == "undetermined" else None
    at_fault = [element for _, judgement in parts for element in judgement.elements]
    return Judgement(verdict, observed, how, evidence, missing, terms, reason, elsewhere, at_fault)


def _verdict(judgements: Sequence[Judgement]) -> tuple[Verdict, Judgement]:
    """The verdict on all together, and the judgement that decides it."""
    by_verdict = {judgement.verdict: judgement for judgement in reversed(judgements)}
    if set(by_verdict) == {"met"}:
        return "met", judgements[0]
    for verdict in ("conflict", "undetermined"):
        if verdict in by_verdict:
            return cast(Verdict, verdict), by_verdict[cast(Verdict, verdict)]
    if "met" in by_verdict or "partial" in by_verdict:
        return "partial", judgements[0]
    if "not_met" in by_verdict:
        return "not_met", by_verdict["not_met"]
    return "not_found", judgements[0]


def _judge(plan: Plan, part: Part) -> Judgement:
    judge = cast(Callable[[Plan, Part], Judgement], import_module(f"checks.forms.{part.form}").judge)
    return judge(plan, part)
