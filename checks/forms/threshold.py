"""Form ``threshold``: a quantity must reach a value (any one of several measures), by a day or per period.

1. Candidates are the plan's quantities in the right unit whose own stretch holds a term of each ``about`` group, and
   whose sentence (with those joined to it by semicolons) or headings hold a term of each ``context`` group.
2. Periods are compared by how often they come in a school year (每月1次 satisfies 每学期1次). A number without a
   period where one is asked for is a partial answer if it is high enough.
3. Dates: a value promised for the day asked for or earlier decides. An earlier lower value, or a value for a later
   day, is a nearest miss; a later value that is itself too low fails. No date: a partial answer if high enough. A
   masked date (20xx) with a value high enough is undetermined.
4. Where no date is asked for and the plan states milestones, the last one counts.
5. conflict: one place satisfies and another fails. not_met: a value was found and it fails.
6. A permission, an example (可将两次合并为一次) or what was reached so far (目前覆盖45%) is no number promised. At most (不超过) does not promise at least.
   Each person's own number (每人2次) is not the community's.
7. ``statements`` are asked for besides: without them, or with nothing but them, the answer is partial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from checks.forms.statement import evidence_of
from checks.judgement import Judgement, quoted
from checks.lexicon import matching
from checks.matching import Match, find_element, pattern, terms_of
from checks.plan import Plan
from checks.quantities import Quantity, has_unit, quantities
from extractors.fold import fold
from schemas.finding import Evidence, EvidenceRole
from schemas.requirement import Element, Group, Measure, ThresholdRequirement

Fit = Literal["passes", "fails", "loose", "masked", "near"]
_ORDER = ("met", "conflict", "undetermined", "partial", "not_met", "not_found")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quantity and how it stands to the measure."""

    quantity: Quantity
    fit: Fit
    remark: str


def judge(plan: Plan, requirement: ThresholdRequirement) -> Judgement:
    """Whether the plan reaches the value."""
    stated = quantities(plan)
    outcomes = [_judge_measure(plan, measure, stated) for measure in requirement.parameters.any]
    best = min(outcomes, key=lambda judgement: _ORDER.index(judgement.verdict))
    best.terms = [term for m in requirement.parameters.any for group in (*m.about, *m.context) for term in group]
    if best.verdict in ("not_met", "not_found"):  # what else was found must be shown too
        for other in outcomes:
            if other is not best:
                best.evidence.extend(e for e in other.evidence if e not in best.evidence)
    return with_statements(plan, best, requirement.parameters.statements)


def with_statements(plan: Plan, judgement: Judgement, statements: Sequence[Element]) -> Judgement:
    """The judgement with the further statements weighed in (point 7 of the module)."""
    if not statements:
        return judgement
    found: list[Match | None] = [find_element(plan, element) for element in statements]
    said = [e.name for e, m in zip(statements, found, strict=True) if m and m.polarity == "said"]
    absent = [e.name for e, m in zip(statements, found, strict=True) if not m or m.polarity != "said"]
    judgement.terms = [*judgement.terms, *terms_of(statements)]
    judgement.evidence.extend(e for e in evidence_of(plan, found) if e not in judgement.evidence)
    if said:
        judgement.how += f"另写明：{'、'.join(said)}。"
    if absent:
        judgement.how += f"未写明：{'、'.join(absent)}。"
    if judgement.verdict == "met" and absent:
        judgement.verdict, judgement.missing = "partial", True
    elif judgement.verdict == "not_found" and said:
        judgement.verdict, judgement.missing = "partial", True
        judgement.observed = "、".join(said)
    return judgement


def _judge_measure(plan: Plan, measure: Measure, stated: Sequence[Quantity]) -> Judgement:
    candidates = []
    for quantity in stated:
        if _concerns(plan, measure, quantity):
            candidate = _classify(measure, quantity)
            candidates.append(_combined(plan, measure, candidate))
    if measure.due is None:
        candidates = _last_milestone(candidates)
    by_fit: dict[Fit, list[Candidate]] = {}
    for candidate in candidates:
        by_fit.setdefault(candidate.fit, []).append(candidate)
    passing, failing = by_fit.get("passes", []), by_fit.get("fails", [])
    if passing and failing:
        evidence = _evidence(plan, measure, passing, "supports") + _evidence(plan, measure, failing, "contradicts")
        told = "；".join(_told(plan, c) for c in (passing[0], failing[0]))
        return Judgement("conflict", told, f"同一事项前后数值不一：{told}。", evidence)
    if passing:
        told = _told(plan, passing[0])
        return Judgement("met", told, f"{told}，达到{_asked(measure)}。", _evidence(plan, measure, passing, "supports"))
    if failing:
        told = _told(plan, failing[0])
        how = f"{told}，未达到{_asked(measure)}{failing[0].remark}。"
        return Judgement("not_met", told, how, _evidence(plan, measure, failing, "contradicts"))
    if by_fit.get("masked"):
        masked = by_fit["masked"]
        told = _told(plan, masked[0])
        how = f"{told}，数值达到，但年份被遮盖，不能确定是否按期。"
        return Judgement(
            "undetermined", told, how, _evidence(plan, measure, masked, "nearest_miss"), reason="ambiguous"
        )
    if by_fit.get("loose"):
        loose = by_fit["loose"]
        told = _told(plan, loose[0])
        how = f"{told}，数值达到，{loose[0].remark}。"
        return Judgement("partial", told, how, _evidence(plan, measure, loose, "supports"), missing=True)
    if by_fit.get("near"):
        near = by_fit["near"]
        told = _told(plan, near[0])
        how = f"未见{_asked(measure)}的规定；最接近的是{told}，{near[0].remark}。"
        return Judgement("not_found", None, how, _evidence(plan, measure, near, "nearest_miss"), missing=True)
    return Judgement("not_found", None, f"全文未见与{_asked(measure)}对应的数值。", missing=True)


def _concerns(plan: Plan, measure: Measure, quantity: Quantity) -> bool:
    """Whether the quantity is about what the measure asks (point 1 of the module)."""
    if not has_unit(quantity, measure.units):
        return False
    own = plan.spoken[quantity.stretch.start : quantity.stretch.end] + "\n" + fold(quantity.about)
    if measure.exclude and pattern(tuple(measure.exclude)).search(own):
        return False
    clause = plan.clause(quantity.start, quantity.end)
    words = matching()
    said = plan.spoken[clause.start : clause.end]
    if any(word in said for word in words["no_promises"]):
        return False
    # A value with its own day is judged by that day, however it is put (到2025年底已纳入70%).
    if not (measure.due and quantity.due) and any(word in said for word in words["achieved"]):
        return False
    if not _holds(measure.about, own):
        return False
    passage = plan.passage_at(quantity.start)
    around = plan.spoken[passage.start : passage.end]
    return _holds(measure.context, "\n".join((own, around, *plan.headings_above(quantity.start))))


def _combined(plan: Plan, measure: Measure, candidate: Candidate) -> Candidate:
    """A number for two kinds together (线上线下教研12次) is a partial answer on either, unless each has it (各12次)."""
    quantity = candidate.quantity
    own = plan.spoken[quantity.stretch.start : quantity.stretch.end]
    before = plan.spoken[max(quantity.start - 8, quantity.stretch.start) : quantity.end]
    asked = {term for group in measure.about for term in group}
    if (
        candidate.fit not in ("passes", "fails")
        or not asked & {"线上", "线下"}
        or not any(word in own for word in matching()["combined"])
        or "各" in before
        or "均" in before
    ):
        return candidate
    remark = "但线上、线下合计，未分列" if candidate.fit == "passes" else "且线上、线下合计"
    return Candidate(quantity, "loose" if candidate.fit == "passes" else "near", remark)


def _holds(groups: Sequence[Group], text: str) -> bool:
    return all(pattern(tuple(group)).search(text) for group in groups)


def _classify(measure: Measure, quantity: Quantity) -> Candidate:
    value = quantity.value
    if quantity.personal:
        return Candidate(quantity, "near", "但这是对每个人的要求")
    if measure.per and quantity.per_year is None:
        enough = _reaches(measure, quantity, value)
        return Candidate(
            quantity,
            "loose" if enough else "near",
            f"但未写明{_PERIOD_NAMES[measure.per]}" if enough else "且未写明周期",
        )
    asked = measure.value
    if measure.per and quantity.per_year is not None:
        asked *= float(matching()["period_rates"][measure.per])
        value *= quantity.per_year
    elif quantity.per_year is not None and "%" not in measure.units:
        value *= max(quantity.per_year, 1.0)
    enough = _reaches(measure, quantity, value, asked)
    if measure.due is None:
        return Candidate(quantity, "passes" if enough else "fails", "")
    return _classify_dated(measure.due, quantity, enough)


def _classify_dated(due: date, quantity: Quantity, enough: bool) -> Candidate:
    """Point 3 of the module."""
    if quantity.masked_due:
        return Candidate(quantity, "masked" if enough else "near", "年份被遮盖")
    if quantity.due is None:
        return Candidate(quantity, "loose" if enough else "near", "但未写明完成时间" if enough else "且未写明完成时间")
    if quantity.due <= due:
        if enough:
            return Candidate(quantity, "passes", "")
        return Candidate(
            quantity, "fails" if quantity.due == due else "near", "" if quantity.due == due else "但时间更早"
        )
    if enough:
        return Candidate(quantity, "near", f"但时间是{quantity.due.isoformat()}，晚于{due.isoformat()}")
    return Candidate(quantity, "fails", f"（到{quantity.due.isoformat()}仍低于要求）")


def _reaches(measure: Measure, quantity: Quantity, value: float, asked: float | None = None) -> bool:
    asked = measure.value if asked is None else asked
    if measure.comparator == "<=":
        return quantity.comparator != ">=" and max(value, quantity.upper or value) <= asked
    if measure.comparator == "=":
        return value == asked
    return quantity.comparator != "<=" and value >= asked


def _last_milestone(candidates: list[Candidate]) -> list[Candidate]:
    """Point 4 of the module: where several dates are stated, those before the last are milestones on the way."""
    dated = [c.quantity.due for c in candidates if c.quantity.due]
    last = max(dated, default=None)
    kept = [c for c in candidates if c.quantity.due in (None, last) or c.fit == "passes"]
    return [c for c in kept if not any(_overtakes(other.quantity, c.quantity) for other in kept)]


def _overtakes(later: Quantity, earlier: Quantity) -> bool:
    """Whether both stand in one sentence with a deadline each, the later one with the greater number."""
    return (
        later.sentence == earlier.sentence
        and later.start > earlier.start
        and bool(later.milestone and earlier.milestone)
        and later.milestone != earlier.milestone
        and later.value > earlier.value
    )


_PERIOD_NAMES = {"week": "每周", "month": "每月", "semester": "每学期", "school_year": "每学年", "year": "每年"}


def _asked(measure: Measure) -> str:
    sign = {">=": "不低于", "<=": "不超过", "=": "等于", "range": "不低于"}[measure.comparator]
    due = f"到{measure.due.isoformat()}" if measure.due else ""
    per = _PERIOD_NAMES[measure.per] if measure.per else ""
    return f"“{due}{per}{sign}{measure.value:g}{measure.units[0]}”"


def _told(plan: Plan, candidate: Candidate) -> str:
    quantity = candidate.quantity
    clause = plan.clause(quantity.start, quantity.end)
    text = plan.document.quote(plan.span(clause.start, clause.end))
    due = f"（{quantity.due.isoformat()}）" if quantity.due else ""
    return f"{quoted(text, 40)}{due}"


def _evidence(plan: Plan, measure: Measure, candidates: Sequence[Candidate], role: EvidenceRole) -> list[Evidence]:
    """The clauses of the quantities, from where their date or what they are about is said."""
    found: list[Evidence] = []
    for candidate in candidates[:5]:
        quantity = candidate.quantity
        clause = plan.clause(quantity.start, quantity.end)
        start = clause.start
        if measure.due and quantity.due:
            start = quantity.stretch.start
        elif not _holds(measure.about, plan.spoken[clause.start : clause.end]):
            start = max(quantity.stretch.start, quantity.sentence.start)
        clause = plan.clause(min(start, quantity.start), quantity.end)
        evidence = plan.evidence(role, clause.start, clause.end)
        if evidence not in found:
            found.append(evidence)
    return found
