"""Form ``every_task``: every task names those responsible and its deadline.

1. The tasks are those of ``Document.tasks``. Items of the outline beside a task (its siblings) that carry neither are
   tasks too: a list of nine items of which eight name a section is not complete.
2. Each that is not complete is an element of the finding, with what it lacks.
3. Met when all are complete, partial when some are, not_met when none is, not_found when the plan has no tasks.
"""

from __future__ import annotations

from collections.abc import Sequence

from checks.judgement import Judgement, elements, quoted
from checks.plan import Plan
from schemas.document import Section, Span, Task
from schemas.finding import Evidence
from schemas.requirement import EveryTaskRequirement

_SHOWN = 5


def judge(plan: Plan, requirement: EveryTaskRequirement) -> Judgement:
    """Whether every task is complete."""
    needs = requirement.parameters.needs
    tasks = plan.document.tasks
    if not tasks:
        how = "全文未见写明责任单位或完成时限的任务。"
        return Judgement("not_found", None, how, missing=True, terms=requirement.terms)
    complete: list[Span] = []
    incomplete: list[tuple[Span, str]] = []
    for task in tasks:
        lacking = _lacking(task, needs)
        if lacking:
            incomplete.append((task.span, lacking))
        else:
            complete.append(task.span)
    incomplete.extend((section.span, "责任单位和完成时限") for section in _silent_siblings(plan))
    total = len(complete) + len(incomplete)
    observed = f"{total}项任务，{len(complete)}项完整"
    evidence: list[Evidence] = [plan.evidence_at("contradicts", span) for span, _ in incomplete[:_SHOWN]]
    evidence += [plan.evidence_at("supports", span) for span in complete[: max(_SHOWN - len(evidence), 1)]]
    if not incomplete:
        how = f"{total}项任务均写明责任单位和完成时限。"
        return Judgement("met", observed, how, evidence, terms=requirement.terms)
    examples = "；".join(f"{quoted(plan.document.quote(span), 20)}缺{lacking}" for span, lacking in incomplete[:3])
    how = f"{total}项任务中{len(incomplete)}项不完整：{examples}。"
    judgement = Judgement("partial" if complete else "not_met", observed, how, evidence, terms=requirement.terms)
    judgement.elements = elements(
        (plan.document.quote(span), f"缺{lacking}", plan.evidence_at("contradicts", span))
        for span, lacking in incomplete
    )
    return judgement


def _lacking(task: Task, needs: Sequence[str]) -> str:
    lacking = []
    if "responsible" in needs and not any(r.strip() for r in task.responsible):
        lacking.append("责任单位")
    if "due" in needs and task.due is None and not (task.due_text or "").strip():
        lacking.append("完成时限")
    return "和".join(lacking)


def _silent_siblings(plan: Plan) -> list[Section]:
    """Outline items beside a task in the same list that hold no task (point 1 of the module)."""
    silent: list[Section] = []
    for item in plan.outline:
        children = item.section.sections
        holding = [child for child in children if _holds_task(plan, child)]
        if len(holding) >= 2 and len(holding) * 2 > len(children):
            silent.extend(child for child in children if child not in holding)
    return silent


def _holds_task(plan: Plan, section: Section) -> bool:
    return any(
        task.span.start < section.span.end and section.span.start < task.span.end for task in plan.document.tasks
    )
