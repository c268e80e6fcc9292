"""From a notice to a drafted pack: what is asked, in the order of the notice, with what was left open."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from checks.drafting.duties import Duty, find_duties, own_names
from checks.drafting.fill import Drafted, deadline_of, from_part, from_quantities, from_statement
from checks.drafting.lexicon import beginning, pattern, severity_of
from checks.drafting.parts import Parts, parts_in
from checks.drafting.quantities import Overlaps, asked, groups
from checks.drafting.same import merged
from checks.drafting.source import Clause, Sentence, sentences
from checks.plan import Plan
from schemas.document import Document

MOST = 400
"""A draft of more requirements is no help to the person who has to check each of them."""
_ITEMS = 40


@dataclass(slots=True)
class Draft:
    """The drafted requirements of one notice; ``open`` says what a person has to decide or correct."""

    plan: Plan
    requirements: list[Drafted]
    open: list[str] = field(default_factory=list)


def draft(document: Document) -> Draft:
    """The requirements that a notice makes, drafted, in the order of the notice.

    Args:
        document: the notice, as ``extractors.parse`` gives it.
    """
    plan = Plan(document)
    found = sentences(plan)
    demands = groups(plan, asked(plan))
    contained = list(_contained(found))
    numbered = [c for c in document.citations if c.document_number]
    starts = [parts.start for parts, _ in contained]
    drafts = [one for parts, sentence in contained for one in _of_parts(plan, parts, sentence)]
    quantities = Overlaps(demands)

    def inside(position: int) -> bool:
        """Whether the position stands where the parts of a plan or report are named."""
        before = bisect_right(starts, position) - 1
        return before >= 0 and position < contained[before][0].end

    for duty in find_duties(found, own_names(document.issuers, document.level), quantities.any):
        if inside(duty.start):
            continue
        duty.details = [clause for clause in duty.details if not inside(clause.start)]
        if duty.kind == "quantity":
            drafts.extend(from_quantities(duty, demand) for demand in quantities.take(duty.start, duty.clauses[-1].end))
        else:
            drafts.append(from_statement(duty, numbered))
        if len(drafts) >= MOST:
            break
    drafts.sort(key=lambda d: d.stretches[0])
    note = (
        [f"通知要求过多，只起草了前 {MOST} 条 / the notice asks too much: only the first {MOST} are drafted"]
        if len(drafts) >= MOST
        else []
    )
    return Draft(plan, [d for d in merged(drafts[:MOST]) if not _is_the_plan_itself(d)], note)


def _contained(found: Sequence[Sentence]) -> Iterator[tuple[Parts, Sentence]]:
    """The parts of plans and reports that sentences demand; none inside another."""
    end = -1
    for i, sentence in enumerate(found):
        if sentence.start >= end and (parts := parts_in(sentence, found[i + 1 : i + 1 + _ITEMS])):
            yield parts, sentence
            end = parts.end


def _of_parts(plan: Plan, parts: Parts, sentence: Sentence) -> Iterator[Drafted]:
    if parts.open:  # what stands below is read as duties of its own
        return
    text = plan.spoken[parts.start : parts.end]
    duty = Duty("part", sentence, [Clause(parts.start, parts.end, text)], severity_of(text) or "major", "county")
    if parts.of_plan:
        for item in parts.items:
            yield from_part(duty, item, parts.container)
    else:
        yield from_statement(duty)


def _is_the_plan_itself(drafted: Drafted) -> bool:
    """Whether it only asks for the plan that is checked against the pack (制定本地工作方案), without a day."""
    if drafted.kind != "product" or drafted.form != "statement" or deadline_of(drafted.text):
        return False
    names = [element["name"] for element in drafted.parameters["elements"]]
    its = beginning("(?:{0})$", "plan_products")
    return all(its.search(name) and not pattern("other_plans").search(name) for name in names)
