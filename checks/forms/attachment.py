"""Form ``attachment``: the plan comes with an attachment of that kind.

1. The attachments are those that the plan lists at its end or speaks of with a title (附件1：…); the title must hold a term of
   every group of ``title``.
2. Met when it is listed and, with ``obtained``, its content came with the plan; listed and not obtained is undetermined
   (``attachment_not_obtained``): nobody can say what is in it.
3. not_found when nothing of that kind is listed, with all titles that are.
4. Ignored: what the attachment says; that is for other requirements.
"""

from __future__ import annotations

from checks.judgement import Judgement
from checks.matching import pattern
from checks.plan import Plan
from extractors.fold import fold
from schemas.requirement import AttachmentRequirement


def judge(plan: Plan, requirement: AttachmentRequirement) -> Judgement:
    """Whether the attachment is there."""
    parameters = requirement.parameters
    terms = [term for group in parameters.title for term in group]
    wanted = [pattern(tuple(group)) for group in parameters.title]
    listed = plan.document.attachments
    found = [
        item for item in listed if all(expression.search("".join(fold(item.title).split())) for expression in wanted)
    ]
    if not found:
        titles = "、".join(f"《{item.title}》" for item in listed)
        how = f"所列附件为{titles}，无此类附件。" if listed else "全文未列附件。"
        evidence = [plan.evidence_at("nearest_miss", item.span) for item in listed[:3]]
        return Judgement("not_found", None, how, evidence, missing=not listed, terms=terms)
    had = [item for item in found if item.included]
    best = (had or found)[0]
    observed = f"《{best.title}》"
    evidence = [plan.evidence_at("supports", best.span)]
    if had or not parameters.obtained:
        return Judgement("met", observed, f"列有附件{observed}{'，并已取得' if had else ''}。", evidence, terms=terms)
    how = f"列有附件{observed}，但未取得，不能认定其内容。"
    return Judgement("undetermined", observed, how, evidence, terms=terms, reason="attachment_not_obtained")
