"""Form ``consistency``: what the plan says of its communities is contradicted neither by itself nor by other plans.

``against`` says what it is held against; of several the worst verdict counts.

Against the ``list``:

1. Stated numbers are those of ``checks.stated``. A number for one mode (共建型6对) is compared with the communities of that
   mode; others with all of them, wherever they are listed.
2. 对 and 组 may count communities or lead-member pairs; either is accepted. 个 counts communities.
3. No number stated → not_applicable. A number and no list → not_found. A number that disagrees → conflict; where the list
   falls short of it and part of the plan was not read, undetermined.

Against the ``attachment``:

4. The numbers stated outside the attachments are compared with the communities that stand in them, by points 1 and 2; so
   are the communities named in the text (``checks.pairs``): another lead, a pair turned round, a member that the
   attached list does not have under its lead → conflict. What the list has beyond the text is none: a text gives examples.
5. No list in what was obtained: undetermined (``attachment_not_obtained``) where an attachment was not, else not_applicable.

Against other ``plans``:

6. Which documents are the other side is said in ``checks.other_plans``; none of them at hand → undetermined
   (``document_not_obtained``).
7. Communities are compared by ``checks.pairs``. A member that one document has and the other lacks is a contradiction where
   the list that lacks it is whole: that of a county's or city's plan, or the lead school's own. Where that document was
   not read whole → undetermined.
8. With plans of the same unit, figures too: the stated numbers (by mode), and quantities of the same thing, unit, period, base and
   day. A contradiction is where both have values and none in common.
9. Evidence is given from both documents. The order of the documents does not matter.
10. Ignored: what only one of the documents speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from checks.judgement import Judgement
from checks.other_plans import Other, evidence_in, related, speaks_for
from checks.pairs import Difference, differences
from checks.plan import Plan
from checks.stated import Stated, stated_numbers
from extractors.fold import fold
from schemas.document import Community, Document, Span, Target
from schemas.finding import Evidence, EvidenceElsewhere, EvidenceRole, Reason, Verdict
from schemas.reading import UNREAD_KINDS
from schemas.requirement import ConsistencyParameters, ConsistencyRequirement, Opposite

_PAIR_UNITS = ("对", "组")
_SHOWN = 5
_LISTED = 3
_WORST: tuple[Verdict, ...] = ("conflict", "undetermined", "not_found", "met", "not_applicable")


def judge(plan: Plan, requirement: ConsistencyRequirement) -> Judgement:
    """Whether anything contradicts."""
    parameters = requirement.parameters
    sides = [_SIDES[opposite](plan, parameters) for opposite in dict.fromkeys(parameters.against)]
    if len(sides) == 1:
        return sides[0]
    worst = min(sides, key=lambda side: _WORST.index(side.verdict))
    return Judgement(
        worst.verdict,
        "；".join(side.observed for side in sides if side.observed) or None,
        "".join(side.how for side in sides),
        list({(e.role, e.span.start, e.span.end): e for side in sides for e in side.evidence}.values()),
        worst.missing,
        worst.terms,
        worst.reason,
        [piece for side in sides for piece in side.elsewhere],
    )


# -- the list


def _against_list(plan: Plan, parameters: ConsistencyParameters) -> Judgement:
    stated = stated_numbers(plan, parameters)
    terms = [*parameters.subjects, *parameters.units]
    if not stated:
        return Judgement("not_applicable", None, "方案没有写明校共体（教共体）的数量。", terms=terms)
    communities = plan.document.communities
    if not communities:
        first = stated[0]
        evidence = [plan.evidence("nearest_miss", first.start, first.end)]
        how = f"文中写明{first.number}，但未见名单，无从核对。"
        return Judgement("not_found", f"文中{first.number}，无名单", how, evidence, missing=True, terms=terms)
    numbers = _Numbers(plan, stated, communities, "名单")
    evidence = [*numbers.evidence, *(plan.evidence_at(numbers.role, c.span) for c in communities[:_LISTED])]
    if numbers.wrong:
        how = f"数量与名单不一致：{numbers.observed}。"
        return Judgement("conflict", numbers.observed, how, evidence, missing=numbers.short, terms=terms)
    return Judgement("met", numbers.observed, f"数量与名单一致：{numbers.observed}。", evidence, terms=terms)


class _Numbers:
    """Stated numbers held against a list (points 1 and 2); ``short``: every wrong one is more than is listed."""

    def __init__(self, plan: Plan, stated: Sequence[Stated], communities: Sequence[Community], name: str) -> None:
        self.wrong: list[str] = []
        right: list[str] = []
        places: list[tuple[bool, Stated]] = []
        self.short = True
        for one in stated:
            compared = _of_mode(communities, one.mode)
            listed = len(compared)
            pairs = sum(len(c.members) for c in compared)
            agrees = one.number == listed or (one.number == pairs and one.unit in _PAIR_UNITS)
            places.append((agrees, one))
            if agrees:
                right.append(str(one))
            else:
                self.wrong.append(f"文中{one}，{name}{listed}")
                self.short = self.short and one.number > max(listed, pairs if one.unit in _PAIR_UNITS else 0)
        self.role: EvidenceRole = "contradicts" if self.wrong else "supports"
        shown = [one for agrees, one in places if agrees != bool(self.wrong)]
        self.evidence = [plan.evidence(self.role, one.start, one.end) for one in shown[:_SHOWN]]
        self.observed = (
            "；".join(dict.fromkeys(self.wrong)) or f"文中{'、'.join(dict.fromkeys(right))}，{name}{len(communities)}"
        )


def _of_mode(communities: Sequence[Community], mode: str | None) -> Sequence[Community]:
    if not mode:
        return communities
    of_mode = [c for c in communities if c.mode and mode in "".join(fold(c.mode).split())]
    return of_mode or ([] if any(c.mode for c in communities) else communities)


# -- the attachments


def _against_attachment(plan: Plan, parameters: ConsistencyParameters) -> Judgement:
    document = plan.document
    contents = [(item.title, item.content) for item in document.attachments if item.included and item.content]
    attached = [c for c in document.communities if any(_inside(c.span, content) for _, content in contents)]
    in_text = [c for c in document.communities if c not in attached]
    # A community that the text and the attachment both have is listed once, where it stands first.
    attached += [c for c in in_text if any(_repeated(document, c, content) for _, content in contents)]
    terms = [*parameters.subjects, *parameters.units]
    if not attached:
        if plan.attachments_not_obtained:
            evidence = [plan.evidence_at("nearest_miss", a.span) for a in document.attachments if not a.included]
            how = f"附件未取得（{'、'.join(plan.attachments_not_obtained)}），无从与正文核对。"
            return Judgement("undetermined", None, how, evidence, terms=terms, reason="attachment_not_obtained")
        how = "附件中没有名单。" if contents else "方案没有附件。"
        return Judgement("not_applicable", None, how, terms=terms)
    names = "、".join(f"《{title}》" for title, content in contents if any(_inside(c.span, content) for c in attached))
    name = f"附件{names}"
    stated = [
        one
        for one in stated_numbers(plan, parameters)
        if not any(_inside(plan.span(one.start, one.end), content) for _, content in contents)
    ]
    numbers = _Numbers(plan, stated, attached, name)
    pairs = [d for d in differences(in_text, attached, document.jurisdiction) if d.kind != "absent" or d.lacking == 1]
    if not stated and not in_text:
        return Judgement("not_applicable", None, "正文没有写明校共体（教共体）的数量或名单。", terms=terms)
    evidence = list(numbers.evidence)
    if numbers.wrong or not pairs:
        evidence += [plan.evidence_at(numbers.role, c.span) for c in attached[:_LISTED]]
    for difference in pairs[:_SHOWN]:
        evidence += [plan.evidence_at("contradicts", c.span) for c in (difference.first, difference.second)]
    told = [*dict.fromkeys(numbers.wrong), *(f"{d.subject}：正文{d.here}，{name}{d.there}" for d in pairs)]
    if told:
        observed = "；".join(told[:_SHOWN])
        short = (numbers.short or not numbers.wrong) and all(d.kind == "absent" for d in pairs)
        how = f"正文与附件不一致：{observed}。"
        return Judgement("conflict", observed, how, evidence, missing=short, terms=terms)
    observed = numbers.observed if stated else f"正文{len(in_text)}个，{name}{len(attached)}个"
    return Judgement("met", observed, f"正文与附件一致：{observed}。", evidence, terms=terms)


def _inside(span: Span, content: Span | None) -> bool:
    return content is not None and content.start <= span.start < content.end


def _repeated(document: Document, community: Community, content: Span | None) -> bool:
    """Whether the lead and all members of a community of the text stand in an attachment too."""
    if content is None or not (community.lead and community.members):
        return False
    text = "".join(fold(document.quote(content)).split())
    return all("".join(fold(name).split()) in text for name in (community.lead, *community.members))


# -- other plans


@dataclass(frozen=True, slots=True)
class _Contradiction:
    """One contradiction with another document: in words, and where it stands in both; ``doubtful``: it may come of what was
    not read of either."""

    told: str
    here: Span
    there: EvidenceElsewhere
    doubtful: bool = False


def _against_plans(plan: Plan, parameters: ConsistencyParameters) -> Judgement:
    others = list(related(plan.document, plan.others))
    terms = [*parameters.subjects, *parameters.units]
    if not others:
        how = "没有取得同一地区的其他方案或所属学校的方案，无从对照。"
        return Judgement("undetermined", None, how, terms=terms, reason="document_not_obtained")
    found = [one for other in others for one in _contradictions(plan, other, parameters)]
    sure = [one for one in found if not one.doubtful]
    shown = (sure or found)[:_SHOWN]
    names = "、".join(dict.fromkeys(other.name for other in others))
    evidence: list[Evidence] = []
    for one in shown:
        piece = plan.evidence_at("contradicts", one.here)
        if piece not in evidence:
            evidence.append(piece)
    elsewhere = [one.there for one in shown]
    observed = "；".join(one.told for one in shown) or None
    if sure:
        how = f"与其他方案不一致：{observed}。"
        return Judgement("conflict", observed, how, evidence, terms=terms, elsewhere=elsewhere)
    if found:
        how = f"与其他方案似不一致：{observed}。但有一方未读全，须核对原件后认定。"
        reason: Reason = "attachment_not_obtained" if _lacks_attachment(plan, others) else "unreadable_page"
        return Judgement("undetermined", observed, how, evidence, terms=terms, reason=reason, elsewhere=elsewhere)
    if not any(_comparable(plan, other, parameters) for other in others):
        how = f"与{names}没有都写到的共同体或数字，无可对照。"
        return Judgement("not_applicable", None, how, terms=terms)
    communities = plan.document.communities[:_LISTED]
    support = [plan.evidence_at("supports", c.span) for c in communities]
    return Judgement("met", f"与{len(others)}份方案一致", f"与{names}未见不一致。", support, terms=terms)


def _contradictions(plan: Plan, other: Other, parameters: ConsistencyParameters) -> Iterator[_Contradiction]:
    ours, theirs = plan.document, other.document
    for one in differences(ours.communities, theirs.communities, ours.jurisdiction):
        lacking = (ours, theirs)[one.lacking]
        if one.kind == "absent" and not speaks_for(lacking, one.lead):
            continue
        there = evidence_in(theirs, "contradicts", one.second.span)
        doubtful = (one.kind == "absent" and not _read_whole(lacking)) or _unsure(theirs, one.second.span)
        yield _Contradiction(_told(one, other), one.first.span, there, doubtful)
    if other.relation == "same_unit":
        yield from _other_numbers(plan, other, parameters)
        yield from _other_figures(plan, other)


def _told(one: Difference, other: Other) -> str:
    return f"{one.subject}：本方案{one.here}，{other.name}{one.there}"


def _other_numbers(plan: Plan, other: Other, parameters: ConsistencyParameters) -> Iterator[_Contradiction]:
    ours, second = _by_mode(plan, parameters), Plan(other.document)
    theirs = _by_mode(second, parameters)
    for mode in [mode for mode in ours if mode in theirs]:
        if not {one.number for one in ours[mode]} & {one.number for one in theirs[mode]}:
            here, there = ours[mode][0], theirs[mode][0]
            told = f"校共体数量：本方案{here}{here.unit}，{other.name}{there}{there.unit}"
            span = second.span(there.start, there.end)
            piece = evidence_in(other.document, "contradicts", span)
            yield _Contradiction(told, plan.span(here.start, here.end), piece, _unsure(other.document, span))


def _by_mode(plan: Plan, parameters: ConsistencyParameters) -> dict[str | None, list[Stated]]:
    found: dict[str | None, list[Stated]] = {}
    for one in stated_numbers(plan, parameters):
        found.setdefault(one.mode, []).append(one)
    return found


def _other_figures(plan: Plan, other: Other) -> Iterator[_Contradiction]:
    ours, theirs = _figures(plan.document), _figures(other.document)
    for key in [key for key in ours if key in theirs]:
        if not {_value(t) for t in ours[key]} & {_value(t) for t in theirs[key]}:
            here, there = ours[key][0], theirs[key][0]
            told = f"{here.about}：本方案{_value(here)}，{other.name}{_value(there)}"
            piece = evidence_in(other.document, "contradicts", there.span)
            yield _Contradiction(told, here.span, piece, _unsure(other.document, there.span))


def _figures(document: Document) -> dict[tuple[object, ...], list[Target]]:
    """The quantities by what they are of; those of communities are left to the stated numbers."""
    found: dict[tuple[object, ...], list[Target]] = {}
    for target in document.targets:
        about = "".join(fold(target.about).split())
        if about and target.unit not in (*_PAIR_UNITS, "个"):
            key = (about, target.unit, target.per, target.due, fold(target.base or ""), target.comparator)
            found.setdefault(key, []).append(target)
    return found


def _value(target: Target) -> str:
    upper = f"—{target.upper:g}" if target.upper is not None else ""
    return f"{target.value:g}{upper}{target.unit or ''}"


def _comparable(plan: Plan, other: Other, parameters: ConsistencyParameters) -> bool:
    """Whether both documents speak of anything that was compared."""
    if plan.document.communities and other.document.communities:
        return True
    if other.relation != "same_unit":
        return False
    shared = _by_mode(plan, parameters).keys() & _by_mode(Plan(other.document), parameters).keys()
    return bool(shared or _figures(plan.document).keys() & _figures(other.document).keys())


def _read_whole(document: Document) -> bool:
    return not any(note.kind in (*UNREAD_KINDS, "attachment_not_obtained") for note in document.quality)


def _unsure(document: Document, span: Span) -> bool:
    """Whether text recognition was not sure of a passage."""
    return any(
        note.kind == "low_ocr_confidence" and note.span and note.span.start < span.end and span.start < note.span.end
        for note in document.quality
    )


def _lacks_attachment(plan: Plan, others: Sequence[Other]) -> bool:
    documents = [plan.document, *(other.document for other in others)]
    return any(note.kind == "attachment_not_obtained" for document in documents for note in document.quality)


_SIDES: dict[Opposite, Callable[[Plan, ConsistencyParameters], Judgement]] = {
    "list": _against_list,
    "attachment": _against_attachment,
    "plans": _against_plans,
}
