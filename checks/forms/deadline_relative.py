"""Form ``deadline_relative``: something is finished within a number of months.

1. A length of time in a sentence that speaks of it (在2—3个月内完成组建): the upper end counts; 周 and 天 are
   converted.
2. Else the stage of the outline that does it: from the first to the last month in its heading (2025年10月—12月 is
   three).
3. Else a deadline in such a sentence, counted from the day the plan was signed; without that day the answer is partial.
4. Met within the months; not_met when longer; ``statements`` as in form ``threshold``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.forms.threshold import with_statements
from checks.judgement import Judgement, quoted
from checks.matching import find_phrase, pattern
from checks.plan import Plan, Stretch
from checks.quantities import heading_dates
from extractors.dates import find_deadlines
from extractors.fold import fold
from extractors.numerals import to_number
from schemas.requirement import DeadlineParameters, DeadlineRequirement, Phrase

_NUMERAL = r"\d{1,3}|[一二两三四五六七八九十半]{1,3}"
_LENGTH = re.compile(
    rf"(?:(?:{_NUMERAL})(?:-{{1,2}}|至|到|、))?(?P<number>{_NUMERAL})(?P<unit>个月|个星期|个工作日|周|天|日|年)(?=之内|以内|内|左右|时间|完成)"
)
_MONTHS = {"个月": 1.0, "个星期": 0.25, "周": 0.25, "个工作日": 1 / 22, "天": 1 / 30, "日": 1 / 30, "年": 12.0}


def judge(plan: Plan, requirement: DeadlineRequirement) -> Judgement:
    """Whether it is finished in time."""
    parameters = requirement.parameters
    judgement = _judge_time(plan, parameters)
    judgement.terms = [term for group in parameters.about for term in group] + [f"{parameters.months:g}个月内"]
    return with_statements(plan, judgement, parameters.statements)


def _judge_time(plan: Plan, parameters: DeadlineParameters) -> Judgement:
    phrase = Phrase(all=parameters.about, near=60, exclude=parameters.exclude)
    clauses = [match.stretch for match in find_phrase(plan, phrase) if match.polarity == "said"]
    lengths = [found for clause in clauses for found in _lengths(plan, clause)]
    if lengths:
        within = [found for found in lengths if found[0] <= parameters.months]
        longer = [found for found in lengths if found[0] > parameters.months]
        place = (within or longer)[0][1]
        quote = quoted(plan.document.quote(plan.span(place.start, place.end)))
        if within and longer:
            evidence = [
                plan.evidence("supports", *_ends(within[0][1])),
                plan.evidence("contradicts", *_ends(longer[0][1])),
            ]
            return Judgement("conflict", f"{within[0][0]:g}个月与{longer[0][0]:g}个月", "组建时限前后不一。", evidence)
        if within:
            evidence = [plan.evidence("supports", place.start, place.end)]
            return Judgement("met", quote, f"{quote}，在{parameters.months:g}个月以内。", evidence)
        evidence = [plan.evidence("contradicts", place.start, place.end)]
        return Judgement("not_met", quote, f"{quote}，超过{parameters.months:g}个月。", evidence)
    return _judge_stage(plan, parameters) or _judge_deadline(plan, parameters, clauses)


def _lengths(plan: Plan, clause: Stretch) -> list[tuple[float, Stretch]]:
    """Lengths of time in the sentence around a clause, in months."""
    sentence = plan.sentence_at(clause.start)
    found: list[tuple[float, Stretch]] = []
    for match in _LENGTH.finditer(plan.spoken, sentence.start, sentence.end):
        value = 0.5 if match["number"] == "半" else to_number(match["number"])
        if value is not None:
            around = plan.clause(match.start(), match.end())
            found.append((value * _MONTHS[match["unit"]], Stretch(around.start, max(around.end, match.end()))))
    return found


def _judge_stage(plan: Plan, parameters: DeadlineParameters) -> Judgement | None:
    """Point 2 of the module."""
    wanted = [pattern(tuple(group)) for group in parameters.about]
    headed = [(item.section.heading, item.section.number, item.stretch) for item in plan.outline]
    for title, number, stretch in [*headed, *_stages_in_text(plan)]:
        heading = "".join(fold(title).split()) if title else ""
        if not any(expression.search(heading) for expression in wanted):
            continue
        dates = heading_dates(heading)
        if len(dates) < 2:
            continue
        months = (dates[-1].year - dates[0].year) * 12 + dates[-1].month - dates[0].month + 1
        start = stretch.start
        end = min(stretch.end, start + len(heading) + len(number or ""))
        told = f"“{title}”共{months}个月"
        if months <= parameters.months:
            evidence = [plan.evidence("supports", start, end)]
            return Judgement("met", told, f"{told}，在{parameters.months:g}个月以内。", evidence)
        evidence = [plan.evidence("contradicts", start, end)]
        return Judgement("not_met", told, f"{told}，超过{parameters.months:g}个月。", evidence)
    return None


_STAGE = re.compile(r"第[一二三四五六]阶段[^。;]{2,60}")


def _stages_in_text(plan: Plan) -> Iterator[tuple[str, None, Stretch]]:
    """Paragraphs that open with a stage and its months: 第一阶段（2025年11月—12月）：启动组建。"""
    for paragraph in plan.paragraphs:
        opening = _STAGE.match(plan.spoken, paragraph.start, paragraph.end)
        if opening:
            stretch = Stretch(*opening.span())
            yield plan.document.quote(plan.span(stretch.start, stretch.end)), None, stretch


def _judge_deadline(plan: Plan, parameters: DeadlineParameters, clauses: list[Stretch]) -> Judgement:
    """Point 3 of the module."""
    signed = plan.document.signed_on or plan.document.published_on
    late: tuple[str, Stretch] | None = None
    undated: tuple[str, Stretch] | None = None
    for clause in clauses:
        sentence = plan.sentence_at(clause.start)
        stated = [d for d in find_deadlines(plan.spoken, sentence.start, clause.end) if d.explicit]
        for deadline in stated[-1:]:
            if deadline.due is None:
                continue
            clause = plan.clause(min(deadline.start, clause.start), clause.end)
            told = quoted(plan.document.quote(plan.span(clause.start, clause.end)))
            if signed is None:
                undated = undated or (told, clause)
                continue
            months = (deadline.due - signed).days / 30.4
            if 0 <= months <= parameters.months + 0.1:
                evidence = [plan.evidence("supports", clause.start, clause.end)]
                how = f"{told}，自{signed.isoformat()}起在{parameters.months:g}个月以内。"
                return Judgement("met", told, how, evidence)
            if months > parameters.months:
                late = late or (told, clause)
    if late:
        evidence = [plan.evidence("nearest_miss", late[1].start, late[1].end)]
        how = f"{late[0]}，自成文起超过{parameters.months:g}个月，未见更早完成的规定。"
        return Judgement("not_met", late[0], how, evidence)
    if undated:
        evidence = [plan.evidence("supports", undated[1].start, undated[1].end)]
        how = f"{undated[0]}有完成时间，但方案无成文日期，不能算出期限。"
        return Judgement("partial", undated[0], how, evidence, missing=True)
    return Judgement("not_found", None, f"全文未见{parameters.months:g}个月内完成的规定。", missing=True)


def _ends(stretch: Stretch) -> tuple[int, int]:
    return stretch.start, stretch.end
