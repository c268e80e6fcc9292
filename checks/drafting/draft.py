"""From a notice to a drafted pack: what is asked, in the order of the notice, with what was left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.drafting.duties import Duty, find_duties, own_names
from checks.drafting.fill import Drafted, deadline_of, from_part, from_quantities, from_statement
from checks.drafting.lexicon import beginning, severity_of
from checks.drafting.parts import Parts, parts_in
from checks.drafting.quantities import asked, groups
from checks.drafting.same import merged
from checks.drafting.source import Clause, Sentence, sentences
from checks.plan import Plan
from schemas.document import Document


@dataclass(slots=True)
class Draft:
    """The drafted requirements of one notice; ``open`` says what a person has to decide or correct."""

    plan: Plan
    requirements: list[Drafted]
    open: list[str] = field(default_factory=list)


def draft(document: Document) -> Draft:
    """The requirements that a notice makes, drafted.

    Args:
        document: the notice, as ``extractors.parse`` gives it.
    """
    plan = Plan(document)
    found = sentences(plan)
    numbers = asked(plan)
    demands = groups(plan, numbers)
    measured = [(n.start, n.end) for n in numbers]
    contained = {s.start: parts for i, s in enumerate(found) if (parts := parts_in(s, found[i + 1 : i + 40]))}
    drafts: list[Drafted] = []
    used: set[int] = set()
    duties = find_duties(found, own_names(document.issuers, document.level), measured)
    for duty in duties:
        if any(parts.start <= duty.start < parts.end and not parts.open for parts in contained.values()):
            continue
        if duty.kind != "quantity":
            drafts.append(from_statement(duty, [c for c in document.citations if c.document_number]))
            continue
        for number, demand in enumerate(demands):
            inside = [one for one in demand if one.start < duty.clauses[0].end and one.end > duty.start]
            if inside and number not in used:
                used.add(number)
                drafts.append(from_quantities(duty, demand, duty.sentence.headings))
    for parts, sentence in ((contained[s.start], s) for s in found if s.start in contained):
        drafts.extend(_of_parts(plan, parts, sentence))
    drafts.sort(key=lambda d: d.stretches[0])
    kept = [d for d in merged(drafts) if not _is_the_plan_itself(d, bool(contained))]
    return Draft(plan, kept)


def _of_parts(plan: Plan, parts: Parts, sentence: Sentence) -> Iterator[Drafted]:
    if parts.open:
        return
    text = plan.spoken[parts.start : parts.end]
    duty = Duty("part", sentence, [Clause(parts.start, parts.end, text)], severity_of(text) or "major", "county")
    if parts.of_plan:
        for item in parts.items:
            yield from_part(duty, item, parts.container)
    else:
        yield from_statement(duty)


def _is_the_plan_itself(drafted: Drafted, parts_known: bool) -> bool:
    """Whether it only asks for the plan that is checked against the pack (制定本地工作方案)."""
    if drafted.kind != "product" or drafted.form != "statement" or deadline_of(drafted.text):
        return False
    elements = drafted.parameters["elements"]
    plan = beginning("(?:{0})$", "plan_products")
    return all(plan.search(e["name"]) for e in elements) and "考核" not in drafted.text and "三年" not in drafted.text
