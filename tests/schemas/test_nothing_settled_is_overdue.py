"""What nobody need act on any more is not called overdue, on any axis; its days may stay."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.decision import DECISION, Decision
from schemas.finding import Finding, Searched, Verdict, due_state
from schemas.standing import disposition_words, rectification_words, state_of

TODAY = date(2026, 6, 1)
PAST = date(2026, 5, 1)
FINDING = Finding(
    id="R01-1", requirement="R01", title="覆盖", clause="一", verdict="not_met", severity="major", expected="七成",
    searched=Searched(characters=10), explanation=["要求：七成"] * 5, advice="补上", due=PAST, due_state="overdue",
)  # fmt: skip
ASSIGNED = {"kind": "rectification", "step": "assigned", "deadline": PAST}
WAIVED = {"kind": "waiver", "ground": "某字3号", "applicant": "甲", "approver": "乙", "until": "2027-01-01"}
MET = {"kind": "override", "verdict": "met"}
DISPUTED = {"kind": "dispute", "statement": "已写", "deadline": PAST}
CLOSED = [ASSIGNED, *({"kind": "rectification", "step": step} for step in ("done", "closed"))]


def _records(*fields: dict[str, object]) -> list[Decision]:
    said = {"finding": "R01-1", "who": "李审", "why": "核对"}
    return [DECISION.validate_python(said | one | {"number": n, "id": f"D{n}"}) for n, one in enumerate(fields, 1)]


@pytest.mark.parametrize("fields", [[ASSIGNED, WAIVED], [WAIVED], [ASSIGNED, MET], [MET, DISPUTED], CLOSED])
def test_waived_met_and_closed_are_not_overdue(fields: list[dict[str, object]]) -> None:
    state = state_of(FINDING, _records(*fields), TODAY)
    assert not state.open
    assert (state.overdue, state.time, state.disposition.overdue, state.rectification.overdue) == (
        False, None, False, False,
    )  # fmt: skip
    assert "逾期" not in disposition_words(state) + rectification_words(state)


@pytest.mark.parametrize("fields", [[], [ASSIGNED], [DISPUTED], [WAIVED | {"until": PAST}]])
def test_what_is_open_stays_overdue(fields: list[dict[str, object]]) -> None:
    state = state_of(FINDING, _records(*fields), TODAY)
    assert (state.open, state.overdue, state.time) == (True, True, "overdue")


@pytest.mark.parametrize(("verdict", "state"), [("met", None), ("not_applicable", None), ("undetermined", "overdue")])
def test_only_a_fault_is_overdue(verdict: Verdict, state: str | None) -> None:
    assert due_state(PAST, verdict, TODAY) == state
