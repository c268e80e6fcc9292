"""Form ``scoring``: the plan scores its units, and the points add up.

1. The items are those of ``Document.scoring``: a scoring table or a list of items with points.
2. Met when their points add up to ``total``, and every group of ``items`` has an item that names it; not_met when the sum is
   another, with sum and items; partial when the sum is right and an item asked for is missing.
3. not_found when nothing is scored.
4. Ignored: deductions and extra points beside the items, and whether the weights are wise.
"""

from __future__ import annotations

from checks.judgement import Judgement
from checks.matching import pattern
from checks.plan import Plan
from extractors.fold import fold
from schemas.requirement import ScoringRequirement

_SHOWN = 5


def judge(plan: Plan, requirement: ScoringRequirement) -> Judgement:
    """Whether the points add up and the items asked for are among them."""
    parameters = requirement.parameters
    terms = [term for group in parameters.items for term in group]
    items = plan.document.scoring
    if not items:
        return Judgement("not_found", None, "全文未见评分项。", missing=True, terms=terms)
    total = sum(item.points for item in items)
    observed = f"{len(items)}项，合计{total:g}分"
    evidence = [plan.evidence_at("supports", item.span) for item in items[:_SHOWN]]
    if total != parameters.total:
        for piece in evidence:
            piece.role = "contradicts"
        return Judgement(
            "not_met", observed, f"评分项合计{total:g}分，不是{parameters.total:g}分。", evidence, terms=terms
        )
    names = ["".join(fold(item.item).split()) for item in items]
    missing = [group[0] for group in parameters.items if not any(pattern(tuple(group)).search(name) for name in names)]
    if missing:
        how = f"合计{total:g}分，但没有关于{'、'.join(missing)}的评分项。"
        return Judgement("partial", observed, how, evidence, missing=True, terms=terms)
    return Judgement("met", observed, f"评分项合计{total:g}分。", evidence, terms=terms)
