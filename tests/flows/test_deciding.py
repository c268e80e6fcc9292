"""Nobody is offered what would be refused, and nothing that would be taken is kept back from whoever may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.deciding import possible
from schemas.decision import DECISION, Decision, Step, Withdrawal
from schemas.finding import Finding, Searched
from schemas.standing import objection, state_of

TODAY = date(2026, 6, 1)
FINDING = Finding(
    id="R01-1", requirement="R01", title="名单", clause="一", verdict="not_met", severity="major", expected="有名单",
    searched=Searched(characters=10), explanation=["要求：有名单"] * 5, advice="补上",
)  # fmt: skip
_WHO = st.sampled_from(["周检查", "李审批", "县教育局"])
_RECORDS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("dispute"), "statement": st.just("有"), "deadline": st.just("2027-01-01")}),
    st.fixed_dictionaries({"kind": st.just("ruling"), "outcome": st.just("rejected")}),
    st.fixed_dictionaries({"kind": st.just("rectification"), "step": st.sampled_from(get_args(Step))}),
    st.just({"kind": "note"}),
    st.just({"kind": "override", "verdict": "partial"}),
)


def _record(decisions: Sequence[Decision], fields: Mapping[str, object]) -> Decision:
    given = {"finding": FINDING.id, "why": "核对", **fields}
    if given.get("step") == "reviewed":
        given["result"] = "passed"
    if given["kind"] == "ruling":
        given["dispute"] = next((one.id for one in reversed(decisions) if one.kind == "dispute"), "")
    return DECISION.validate_python(given)


def _taken(decisions: Sequence[Decision], new: Decision) -> list[Decision]:
    number = len(decisions) + 1
    return [*decisions, new.model_copy(update={"number": number, "id": f"D{number:04d}"})]


@settings(max_examples=60)
@given(st.lists(st.tuples(_RECORDS, _WHO), max_size=8), _WHO)
def test_what_is_offered_is_what_would_be_taken(steps: list[tuple[dict[str, object], str]], who: str) -> None:
    decisions: list[Decision] = []
    for fields, by in steps:
        new = _record(decisions, {**fields, "who": by})
        if objection(decisions, new) is None:
            decisions = _taken(decisions, new)
    may = possible(FINDING, state_of(FINDING, decisions, TODAY), decisions, who=who, approves=True)
    for kind, fields in (
        ("dispute", {"statement": "有", "deadline": "2027-01-01"}),
        ("ruling", {"outcome": "rejected"}),
    ):
        refused = objection(decisions, _record(decisions, {"kind": kind, "who": who, **fields}))
        assert (kind in may.kinds) == (refused is None)
    for step in get_args(Step):
        # Somebody who has done nothing yet may always be found.
        new = _record(decisions, {"kind": "rectification", "step": step, "who": "别人"})
        assert (step in may.steps) == (objection(decisions, new) is None)
    for one in decisions:
        back = Withdrawal(finding=str(FINDING.id), who=who, why="错了", corrects=one.id)
        assert (one.id in may.withdraw) == (objection(decisions, back) is None)
    for kind, records in may.correct.items():
        assert all(one.kind == kind for one in decisions if one.id in records)


def test_of_a_finding_that_is_gone_nothing_is_overridden_or_waived() -> None:
    may = possible(FINDING, None, [], who="", approves=True)
    assert may.kinds == {"note"}


def test_a_requirement_that_is_met_is_neither_waived_nor_disputed() -> None:
    met = FINDING.model_copy(update={"verdict": "met"})
    assert possible(met, state_of(met, [], TODAY), [], who="", approves=True).kinds == {"override", "note"}
