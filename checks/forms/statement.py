"""Form ``statement``: certain things must be said.

Met when every element is said (or ``at_least`` of them), partial when some are, not_found when none is.

1. Elements with ``when`` are asked for only if the plan speaks of that matter at all.
2. An element that the plan says is not there yet (尚未建立 …) is not said; it is shown as nearest_miss.
3. A plan that says none of the elements and refuses one (暂不 …, 不得 …) is not_met, with the refusal as evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from checks.judgement import Judgement
from checks.matching import Match, find_element, pattern, terms_of
from checks.plan import Plan, Stretch
from schemas.finding import Evidence
from schemas.requirement import Element, StatementParameters, StatementRequirement


def judge(plan: Plan, requirement: StatementRequirement) -> Judgement:
    """Whether the plan says what the requirement asks for."""
    parameters = requirement.parameters
    elements = applicable(plan, parameters.elements)
    found = _best_window(plan, parameters, elements)
    needed = min(parameters.at_least or len(elements), len(elements))
    return judge_elements(plan, elements, found, needed)


def applicable(plan: Plan, elements: Sequence[Element]) -> list[Element]:
    """The elements that are asked of this plan (point 1 of the module)."""
    return [e for e in elements if not e.when or pattern(tuple(e.when)).search(plan.spoken)]


def judge_elements(plan: Plan, elements: Sequence[Element], found: Sequence[Match | None], needed: int) -> Judgement:
    """The judgement on elements and where each was found; at least ``needed`` must be said."""
    said = [e.name for e, match in zip(elements, found, strict=True) if match and match.polarity == "said"]
    lacking = [e.name for e, match in zip(elements, found, strict=True) if not match or match.polarity != "said"]
    refused = [e.name for e, match in zip(elements, found, strict=True) if match and match.polarity == "denied"]
    evidence = evidence_of(plan, found)
    terms = terms_of(elements)
    if said and len(said) >= needed:
        how = f"写明：{'、'.join(said)}，达到要求。"
        return Judgement("met", "、".join(said), how, evidence, terms=terms)
    if said:
        how = f"写明：{'、'.join(said)}；未写明：{'、'.join(lacking)}。"
        return Judgement("partial", "、".join(said), how, evidence, missing=True, terms=terms)
    if refused:
        how = f"方案明确不做：{'、'.join(refused)}。"
        return Judgement("not_met", f"明确不做：{'、'.join(refused)}", how, evidence, terms=terms)
    if evidence:
        how = f"只提到尚无此项：{'、'.join(lacking)}，未写明要做。"
        return Judgement("not_found", None, how, evidence, missing=True, terms=terms)
    return Judgement("not_found", None, f"全文未见：{'、'.join(lacking)}。", missing=True, terms=terms)


def evidence_of(plan: Plan, found: Sequence[Match | None]) -> list[Evidence]:
    """One piece of evidence for each place, places named once."""
    roles = {"said": "supports", "lacking": "nearest_miss", "denied": "contradicts"}
    evidence: list[Evidence] = []
    seen: set[tuple[int, int]] = set()
    for match in found:
        if match and (match.start, match.end) not in seen:
            seen.add((match.start, match.end))
            evidence.append(plan.evidence(roles[match.polarity], match.start, match.end))  # type: ignore[arg-type]
    return evidence


def _best_window(plan: Plan, parameters: StatementParameters, elements: Sequence[Element]) -> list[Match | None]:
    """Where each element is said, all within the one window that holds most of them."""
    if parameters.within == "document":
        return [find_element(plan, element) for element in elements]
    best: list[Match | None] = [None] * len(elements)
    score = (-1, -1)
    for window in _windows(plan, parameters.within):
        found = [find_element(plan, element, [window]) for element in elements]
        now = (sum(1 for m in found if m and m.polarity == "said"), sum(1 for m in found if m))
        if now > score:
            best, score = found, now
    return best


def _windows(plan: Plan, within: str) -> list[Stretch]:
    if within == "sentence":
        return plan.sentences
    if within == "section" and plan.outline:
        return [item.stretch for item in plan.outline if item.is_leaf]
    return plan.paragraphs
