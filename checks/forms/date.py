"""Form ``date``: something is done by a fixed day.

1. In a sentence that speaks of it, a stated deadline (9月底前, 截至2025年10月31日) or, without one, a full date counts; a day in a
   sentence that speaks of something else does not.
2. Met when the day stated is the one asked for or an earlier one; not_met when all are later; conflict when some are and
   some are not.
3. Partial when the thing is said and no day is; not_found when it is not said.
4. Ignored: whether the day is a working day, and what the plan says of its being done before.
"""

from __future__ import annotations

from datetime import date

from checks.judgement import Judgement, quoted
from checks.matching import find_phrase
from checks.plan import Plan, Stretch
from extractors.dates import Deadline, deadline_date, find_dates, find_deadlines
from schemas.finding import Evidence, EvidenceRole
from schemas.requirement import DateRequirement, Phrase


def judge(plan: Plan, requirement: DateRequirement) -> Judgement:
    """Whether it is to be done in time."""
    parameters = requirement.parameters
    terms = [term for group in parameters.about for term in group] + [parameters.due.isoformat()]
    phrase = Phrase(all=parameters.about, near=60, exclude=parameters.exclude)
    said = [match.stretch for match in find_phrase(plan, phrase) if match.polarity == "said"]
    if not said:
        return Judgement("not_found", None, "全文未见此项安排。", missing=True, terms=terms)
    stated = [(day, clause) for clause in said for day in _days(plan, clause)]
    if not stated:
        first = said[0]
        evidence = [plan.evidence("nearest_miss", first.start, first.end)]
        told = quoted(plan.document.quote(evidence[0].span))
        return Judgement("partial", told, f"{told}未写明完成日期。", evidence, missing=True, terms=terms)
    early = [(day, clause) for day, clause in stated if day <= parameters.due]
    late = [(day, clause) for day, clause in stated if day > parameters.due]
    limit = parameters.due.isoformat()
    if early and late:
        evidence = [_evidence(plan, "supports", early[0][1]), _evidence(plan, "contradicts", late[0][1])]
        observed = f"{early[0][0].isoformat()}与{late[0][0].isoformat()}"
        return Judgement("conflict", observed, f"日期前后不一，要求不迟于{limit}。", evidence, terms=terms)
    day, clause = (early or late)[0]
    observed = day.isoformat()
    if early:
        return Judgement(
            "met", observed, f"写明{observed}，不迟于{limit}。", [_evidence(plan, "supports", clause)], terms=terms
        )
    how = f"写明{observed}，迟于{limit}。"
    return Judgement("not_met", observed, how, [_evidence(plan, "contradicts", clause)], terms=terms)


def _evidence(plan: Plan, role: EvidenceRole, clause: Stretch) -> Evidence:
    return plan.evidence(role, clause.start, clause.end)


def _days(plan: Plan, clause: Stretch) -> list[date]:
    """The day stated for a clause: in it, else in front of it in its sentence; at most one."""
    sentence = plan.sentence_at(clause.start)
    for start, end in ((clause.start, clause.end), (sentence.start, clause.end)):
        deadlines = [day for found in find_deadlines(plan.spoken, start, end) if (day := _due(plan, found))]
        if deadlines:
            return deadlines[-1:]
        dates = [d.value for d in find_dates(plan.spoken, start, end) if not plan.spoken.startswith("起", d.end)]
        if dates:
            return dates[-1:]
    return []


def _due(plan: Plan, found: Deadline) -> date | None:
    """The day of a deadline; without a year it is the next such day after the plan was signed."""
    signed = plan.document.signed_on or plan.document.published_on
    if found.due or not found.explicit or signed is None:
        return found.due
    words = plan.spoken[found.start : found.end]
    for year in (signed.year, signed.year + 1):
        day = deadline_date(f"{year}年{words}")
        if day and day >= signed:
            return day
    return None
