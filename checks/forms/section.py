"""Form ``section``: a section of the outline whose heading speaks of something, with items of substance below it.

1. A section with one of the terms in its heading counts with its sub-items; without sub-items, its paragraphs and
   sentences count.
2. An item has substance when it has ``item_characters`` characters or more besides its number and heading.
3. Met with ``items`` items in one section, partial with fewer, not_met when the section is there and empty.
"""

from __future__ import annotations

from checks.explain import section_name
from checks.judgement import Judgement
from checks.matching import pattern
from checks.plan import OutlineItem, Plan
from extractors.fold import fold
from schemas.document import Section
from schemas.requirement import SectionParameters, SectionRequirement

_QUOTED = 120
"""Characters of a section that are quoted at least, where it has as many."""


def judge(plan: Plan, requirement: SectionRequirement) -> Judgement:
    """Whether such a section is there and has substance."""
    parameters = requirement.parameters
    wanted = pattern(tuple(parameters.headings))
    best: OutlineItem | None = None
    most = -1
    for item in plan.outline:
        heading = "".join(fold(item.section.heading).split()) if item.section.heading else ""
        if not wanted.search(heading):
            continue
        count = _substance(plan, item, parameters)
        if count > most:
            best, most = item, count
    terms = list(parameters.headings)
    if best is None:
        return Judgement("not_found", None, "大纲中没有标题写明措施、内容或任务的章节。", missing=True, terms=terms)
    end = _quoted_to(plan, best)
    name = section_name(best.section.number, best.section.heading)
    if most >= parameters.items:
        evidence = [plan.evidence("supports", best.stretch.start, end)]
        return Judgement(
            "met",
            f"“{name}”{most}项",
            f"章节“{name}”有{most}项具体内容，不少于{parameters.items}项。",
            evidence,
            terms=terms,
        )
    if most > 0:
        evidence = [plan.evidence("supports", best.stretch.start, end)]
        how = f"章节“{name}”只有{most}项具体内容，少于{parameters.items}项。"
        return Judgement("partial", f"“{name}”{most}项", how, evidence, missing=True, terms=terms)
    evidence = [plan.evidence("contradicts", best.stretch.start, end)]
    return Judgement("not_met", f"“{name}”无内容", f"章节“{name}”只有标题，没有内容。", evidence, terms=terms)


def _quoted_to(plan: Plan, item: OutlineItem) -> int:
    """How far a section is quoted: its beginning, to the end of a sentence."""
    enough = item.stretch.start + _QUOTED
    return item.stretch.end if enough >= item.stretch.end else min(plan.sentence_at(enough).end, item.stretch.end)


def _substance(plan: Plan, item: OutlineItem, parameters: SectionParameters) -> int:
    below = item.section.sections
    if below:
        return sum(1 for section in below if _length(plan, section) >= parameters.item_characters)
    heading = len("".join((item.section.heading or "").split())) + len(item.section.number or "")
    start = item.stretch.start + heading
    return sum(
        1
        for sentence in plan.sentences_within(item.stretch)
        if sentence.end - max(sentence.start, start) >= parameters.item_characters
    )


def _length(plan: Plan, section: Section) -> int:
    """Characters of an item besides its number and heading."""
    stretch = plan.stretch(section.span)
    own = len("".join((section.heading or "").split())) + len(section.number or "")
    return max(stretch.end - stretch.start - own, own if not section.heading else 0)
