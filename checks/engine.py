"""Checking one plan against one pack.

1. Scope first (``checks.scope``): a plan the pack does not speak about gets ``not_applicable`` throughout, saying why.
2. A requirement whose condition does not hold (no community of that kind) is ``not_applicable``.
3. A form that raises gives ``undetermined``/``rule_error`` for its requirement, never ``met``; the others go on.
4. What is missing may only be called missing when everything was read: with attachments not obtained, unreadable pages
   or unreliable recognition, a verdict that rests on something not being there becomes ``undetermined`` with that
   reason. A fault found in words that recognition was not sure of is ``undetermined`` too.
5. An ``advice`` requirement is never ``not_met``; it is ``partial`` at worst when something was found.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib import import_module
from typing import cast

from checks.copying import Notices
from checks.explain import explain
from checks.judgement import Judgement
from checks.modes import Mode, caution, modes
from checks.plan import Plan
from checks.scope import out_of_scope, unknowns
from schemas.china_time import today_in_china
from schemas.document import Document
from schemas.finding import (
    VERDICTS,
    Finding,
    PackReference,
    PlanCheck,
    PlanReference,
    Reason,
    Verdict,
    due_state,
    identified,
)
from schemas.requirement import Condition, Pack, Requirement, RequirementBase, ThresholdRequirement

_log = logging.getLogger(__name__)
Judge = Callable[[Plan, RequirementBase], Judgement]


def reference(document: Document) -> PlanReference:
    """What a check says of the document it was made of."""
    return PlanReference(
        id=document.id,
        title=document.title,
        uri=document.source.uri,
        index=document.source.index,
        document_number=document.document_number,
        issuers=document.issuers,
        signed_on=document.signed_on,
        level=document.level,
        jurisdiction=document.jurisdiction,
    )


def check(
    document: Document,
    pack: Pack,
    *,
    ignore_scope: bool = False,
    today: date | None = None,
    notices: Sequence[Document] = (),
    others: Sequence[Document] = (),
) -> PlanCheck:
    """Every requirement of the pack judged on the document.

    Args:
        document: the plan.
        pack: the requirements.
        ignore_scope: judge the plan even if the pack does not speak about its province, level, date or subject.
        today: the day that ``due_state`` is told for; China's day where it is not given.
        notices: the notices that the plan answers: a statement that only repeats one is ``partial`` (``checks.copying``).
        others: the documents at hand beside it, for requirements that hold plans against each other (form ``consistency``);
            those of other places are left aside, the plan itself may be among them.
    """
    why = None if ignore_scope else out_of_scope(document, pack)
    plan = Plan(document, others)
    day = today or today_in_china()
    answered = Notices(plan, notices)
    findings = [
        _finding(plan, requirement, why, [] if ignore_scope else unknowns(document), day, answered)
        for requirement in pack.requirements
    ]
    counts = Counter(finding.verdict for finding in findings)
    result = PlanCheck(
        plan=reference(document),
        pack=PackReference(
            id=pack.id,
            version=pack.version,
            sha256=pack.sha256,
            title=pack.title,
            province=pack.province,
            basis_obtained=pack.basis_obtained,
            basis_note=pack.basis_note,
        ),
        findings=findings,
        summary={verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
    )
    return identified(result)


def _finding(
    plan: Plan, requirement: Requirement, why: str | None, unknown: list[str], today: date, notices: Notices
) -> Finding:
    if why is not None:
        judgement = Judgement("not_applicable", None, f"不在适用范围：{why}。")
    else:
        judgement = _judge(plan, requirement, notices)
        _weigh_gaps(plan, judgement)
        _weigh_doubt(plan, judgement)
        if requirement.severity == "advice" and judgement.verdict == "not_met":
            judgement.verdict = "partial"
            judgement.how += "（鼓励性要求，不判不符合。）"
        if unknown:
            judgement.how += f"（方案未写明{'、'.join(unknown)}，按适用处理。）"
    due = _due(requirement, judgement.verdict)
    searched = plan.searched([*judgement.terms, *requirement.terms])
    reason = judgement.reason if judgement.verdict == "undetermined" else None
    return Finding(
        requirement=requirement.id,
        title=requirement.title,
        clause=requirement.clause,
        verdict=judgement.verdict,
        severity=requirement.severity,
        expected=requirement.expected,
        observed=judgement.observed,
        evidence=judgement.evidence,
        elsewhere=judgement.elsewhere,
        elements=judgement.elements,
        searched=searched,
        due=due,
        due_state=due_state(due, judgement.verdict, today),
        reason=reason,
        explanation=explain(
            requirement,
            searched,
            [*judgement.evidence, *judgement.elsewhere],
            judgement.verdict,
            reason,
            judgement.how,
        ),
        advice=requirement.advice,
    )


def _judge(plan: Plan, requirement: Requirement, notices: Notices) -> Judgement:
    try:
        found = modes(plan, requirement.condition.labels) if requirement.condition else []
        if requirement.condition and not any(mode.kind in requirement.condition.kinds for mode in found):
            return _inapplicable(plan, requirement.condition, found)
        judge = cast(Judge, import_module(f"checks.forms.{requirement.form}").judge)
        judgement = judge(plan, requirement)
        notices.weigh(requirement, judgement)
        if requirement.condition:
            judgement.how += caution(found, requirement.condition.labels)
        return judgement
    except Exception as error:  # any fault of a rule must stay with its own finding
        message = " ".join(str(error).split())[:200]
        _log.warning(
            "%s: requirement %s raised %s: %s", plan.document.source.uri, requirement.id, type(error).__name__, message
        )
        _log.debug("traceback of the above", exc_info=True)
        how = f"规则执行出错（{type(error).__name__}: {message}），未作判定，请人工核对并报告此问题。"
        return Judgement("undetermined", None, how, reason="rule_error")


def _inapplicable(plan: Plan, condition: Condition, found: Sequence[Mode]) -> Judgement:
    """Point 2 of the module: none of the plan's modes is of a kind that the requirement speaks about."""
    evidence = [plan.evidence("nearest_miss", mode.start, mode.end) for mode in found if mode.end > mode.start][:3]
    named = [mode.label for mode in found if mode.label]
    how = f"{condition.otherwise}" + (f"（方案的模式：{'、'.join(named)}）" if named else "") + "。"
    how += caution(found, condition.labels)
    return Judgement("not_applicable", None, how, evidence, terms=list(condition.labels))


def _weigh_gaps(plan: Plan, judgement: Judgement) -> None:
    """Point 4 of the module."""
    if not judgement.missing or judgement.verdict not in ("not_found", "partial", "not_met", "conflict"):
        return
    for reason, gap in _gaps(plan):
        judgement.verdict = "undetermined"
        judgement.reason = reason
        judgement.how = f"{judgement.how}但{gap}，缺的内容可能在其中，不能认定缺失。"
        return


def _weigh_doubt(plan: Plan, judgement: Judgement) -> None:
    """A fault that stands on badly recognised words may be the recognition's fault."""
    if judgement.verdict not in ("partial", "not_met", "conflict"):
        return
    spans = [evidence.span for evidence in judgement.evidence]
    if any(start < span.end and span.start < end for span in spans for start, end in plan.doubtful):
        judgement.verdict = "undetermined"
        judgement.reason = "low_ocr_confidence"
        judgement.how += "但依据的文字由扫描识别且可信度低，须核对原件后认定。"


def _gaps(plan: Plan) -> Iterator[tuple[Reason, str]]:
    """What of the plan was not read, gravest first."""
    if plan.unread:
        pages = "、".join(map(str, plan.unreadable_pages))
        # The reader's own words say what it is that has no page (an embedded file, a picture); Chinese comes first.
        what = plan.unread[0].message.split(" / ")[0]
        yield "unreadable_page", f"第{pages}页未能读取" if pages else f"有内容未能读取（{what}）"
    if plan.attachments_not_obtained:
        yield "attachment_not_obtained", f"所列附件有{len(plan.attachments_not_obtained)}件未取得"
    if plan.low_confidence:
        yield "low_ocr_confidence", "文字由扫描识别，可信度低"


def _due(requirement: Requirement, verdict: Verdict) -> date | None:
    """The requirement's own day; None where it has none, or does not apply."""
    if verdict == "not_applicable" or not isinstance(requirement, ThresholdRequirement):
        return None
    return max((measure.due for measure in requirement.parameters.any if measure.due), default=None)
