"""The rows of how findings stand today: they are what the checks, the decisions and the day make them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus.choice import Choice
from corpus.corpus import Corpus
from corpus.states import STATES as ASKED
from corpus.states import facts_of
from corpus.tallied import STATES
from schemas.decision import Dispute, Override, Rectification, Waiver
from schemas.document import Jurisdiction, Span
from schemas.finding import Evidence, Finding, PackReference, PlanCheck, PlanReference, Searched
from schemas.outcome import Outcome

TODAY = date(2026, 3, 1)
PACK = PackReference(
    id="甲省-2026", version="1", sha256="0" * 64, title="包", province="甲省", basis_obtained=True, basis_note=""
)


def _finding(requirement: str, verdict: str = "not_met", **fields: Any) -> Finding:
    lines = [f"{name}：" for name in ("要求", "查了什么", "找到什么", "怎样判定", "建议整改")]
    given: dict[str, Any] = {
        "requirement": requirement, "title": f"要求{requirement}", "clause": "一", "verdict": verdict,
        "severity": "major", "expected": "有", "searched": Searched(characters=2), "explanation": lines, "advice": "补上",
        "evidence": [Evidence(role="contradicts", span=Span(start=0, end=2), quote="方案")],
    }  # fmt: skip
    return Finding.model_validate(given | fields)


Check = Callable[..., str]


@pytest.fixture
def corpus(tmp_path: Path) -> Any:
    with Corpus.open(tmp_path / "home", create=True) as opened:
        yield opened


@pytest.fixture
def check(corpus: Corpus, outcome: Callable[..., Outcome]) -> Check:
    def make(county: str, *findings: Finding, text: str = "方案") -> str:
        made = outcome(f"{text}{county}", uri=f"{county}{text}.txt")
        corpus.keep(f"{text}{county}".encode())
        corpus.record([made])
        plan = PlanReference(
            id=made.documents[0].id,
            uri=made.uri,
            level="county",
            jurisdiction=Jurisdiction(province="甲省", city="乙市", county=county),
        )
        corpus.record_checks([PlanCheck(plan=plan, pack=PACK, findings=list(findings), summary={})])
        return plan.id

    return make


def _said(corpus: Corpus, today: date) -> list[tuple[Any, ...]]:
    present = corpus.present(today)
    rows = present.page(Choice(), limit=1000)
    # The numbers that are kept beside the rows are theirs, whatever has changed before.
    assert present.by("requirement", Choice()) == dict(sorted(Counter(row.requirement for row in rows).items()))
    assert present.by("verdict", Choice()) == dict(sorted(Counter(row.verdict for row in rows).items()))
    for state in ("", *STATES):
        assert present.count(Choice(state=state)) == len(present.page(Choice(state=state), limit=1000)), state
    for pack in {row.pack_id for row in rows}:
        one = Choice(pack=pack)
        counts, units = present.counts(one), present.units(one, limit=100)
        assert counts.units == len(units) == len({row.unit for row in rows if row.pack_id == pack})
        assert (counts.met, counts.asked) == (sum(unit.met for unit in units), sum(unit.asked for unit in units))
        assert (counts.open, counts.overdue) == (sum(row.open for row in rows), sum(unit.overdue for unit in units))
    return sorted((r.finding_id, r.machine, r.verdict, r.open, r.overdue, r.time, r.stage, r.change) for r in rows)


def _stands(corpus: Corpus, today: date) -> list[tuple[Any, ...]]:
    return sorted(
        (
            one.finding.id, one.state.machine, one.state.verdict, one.state.open, one.state.overdue, one.state.time,
            one.state.rectification.stage, one.event.change,
        )
        for one in corpus.standings(today)
    )  # fmt: skip


def test_rows_follow_checks_decisions_and_the_day(corpus: Corpus, check: Check) -> None:
    due = TODAY + timedelta(60)
    check("丙县", _finding("R01", due=due, due_state="not_due"), _finding("R02"), _finding("R03", "met"))
    check("丁县", _finding("R01", due=due, due_state="not_due"), _finding("R02", "not_applicable"))
    assert _said(corpus, TODAY) == _stands(corpus, TODAY)
    ids = [str(row.finding_id) for row in corpus.present(TODAY).page(Choice(unit="丙县"), limit=9)]
    corpus.decide(Override(finding=ids[1], verdict="met", who="甲", why="看漏了"))
    corpus.decide(Rectification(finding=ids[0], step="assigned", who="甲", why="补", deadline=TODAY + timedelta(10)))
    for days in (0, 9, 10, 11, 30, 31, 60, 61, 100):
        today = TODAY + timedelta(days)
        assert _said(corpus, today) == _stands(corpus, today), days
    assert corpus.present(TODAY + timedelta(100)).counts(Choice()).overdue == 2
    check("丙县", _finding("R01", "met"), _finding("R02"), text="新方案")
    assert _said(corpus, TODAY + timedelta(101)) == _stands(corpus, TODAY + timedelta(101))


def test_a_waiver_ends_on_its_day(corpus: Corpus, check: Check) -> None:
    check("丙县", _finding("R01"))
    id = str(corpus.present(TODAY).page(Choice(), limit=1)[0].finding_id)
    until = TODAY + timedelta(5)
    corpus.decide(Waiver(finding=id, ground="批复", applicant="甲", approver="乙", who="乙", why="停办", until=until))
    assert corpus.present(until).count(Choice(state="open")) == 0
    assert corpus.present(until + timedelta(1)).count(Choice(state="open")) == 1
    assert corpus.present(until + timedelta(1)).count(Choice(state="stale")) == 1


def test_a_plan_found_to_be_of_another_county_leaves_no_rows_behind(corpus: Corpus, check: Check) -> None:
    id = check("丙县", _finding("R01"))
    assert [row.county for row in corpus.present(TODAY).page(Choice(), limit=9)] == ["丙县"]
    moved = PlanReference(
        id=id, uri="x", level="county", jurisdiction=Jurisdiction(province="甲省", city="乙市", county="戊县")
    )
    corpus.record_checks([PlanCheck(plan=moved, pack=PACK, findings=[_finding("R01")], summary={})])
    assert [row.county for row in corpus.present(TODAY).page(Choice(), limit=9)] == ["戊县"]
    assert _said(corpus, TODAY) == _stands(corpus, TODAY)


def test_every_state_can_be_asked_of_rows_as_of_findings(corpus: Corpus, check: Check) -> None:
    numbers = [f"R{number:02}" for number in range(1, 11)]
    before = {"R07": "met", "R08": "met"}
    for text, verdicts in (
        ("一稿", before | {"R08": "not_met"}),
        ("二稿", before),
        ("三稿", {"R09": "met", "R10": "not_found"}),
    ):
        check("丙县", *(_finding(one, verdicts.get(one, "not_met")) for one in numbers), text=text)
    id_of = {row.requirement: str(row.finding_id) for row in corpus.present(TODAY).page(Choice(), limit=99)}
    corpus.decide(Override(finding=id_of["R01"], verdict="met", who="甲", why="看漏了"))
    about = {"ground": "批", "applicant": "甲", "approver": "乙", "who": "乙", "why": "停办"}
    corpus.decide(Waiver.model_validate({"finding": id_of["R02"], "until": TODAY, **about}))
    corpus.decide(Dispute(finding=id_of["R03"], statement="有", deadline=TODAY, who="甲", why="有"))
    for one, steps in {
        "R04": ["assigned"],
        "R05": ["assigned", "done", "reviewed", "closed"],
        "R06": ["assigned", "done", "reviewed", "closed", "relapsed"],
    }.items():
        for step in steps:
            given: dict[str, object] = {
                "finding": id_of[one],
                "step": step,
                "why": "补",
                "who": "甲" if step in ("assigned", "done") else "乙",
            }
            given |= {"deadline": TODAY} if step == "assigned" else {"result": "passed"} if step == "reviewed" else {}
            corpus.decide(Rectification.model_validate(given))
    expected = {
        "open": "R03 R04 R06 R07 R08 R10", "overdue": "", "overridden": "R01", "waived": "R02", "disputed": "R03", "stale": "",
        "rectifying": "R04 R06", "closed": "R05", "relapsed": "R06", "new": "R07", "changed": "R10", "gone": "R09", "back": "R08",
    }  # fmt: skip
    passed = {"open": "R02 R03 R04 R06 R07 R08 R10", "overdue": "R03 R04", "waived": "", "stale": "R02"}
    assert list(STATES) == list(ASKED) == list(expected)
    for today, asked in ((TODAY, expected), (TODAY + timedelta(1), expected | passed)):
        rows = {state: corpus.present(today).page(Choice(state=state), limit=99) for state in STATES}
        assert {state: " ".join(sorted(row.requirement for row in found)) for state, found in rows.items()} == asked
        facts = {one.finding.requirement: facts_of(one) for one in corpus.standings(today)}
        assert {
            state: " ".join(sorted(id for id, known in facts.items() if ASKED[state].holds(known))) for state in ASKED
        } == asked


def test_choices_count_as_they_list_and_pages_join_to_the_whole(corpus: Corpus, check: Check) -> None:
    for county in ("丙县", "丁县", "戊县"):
        check(county, *(_finding(f"R0{n}", "met" if n % 2 else "not_found") for n in range(1, 5)))
    present = corpus.present(TODAY)
    for choice in (Choice(), Choice(unit="戊縣"), Choice(verdict="met"), Choice(requirement="R02"), Choice(pack="无")):
        whole = [row.finding_id for row in present.page(choice, limit=999)]
        assert len(whole) == present.count(choice)
        parts = [row.finding_id for n in range(0, 12, 5) for row in present.page(choice, limit=5, offset=n)]
        assert parts == whole
        assert [one.finding.id for one in present.standings(choice, TODAY)] == whole
    counts = present.counts(Choice(pack=PACK.id))
    assert (counts.units, counts.met, counts.asked, counts.faults) == (3, 6, 12, 6)
    assert [(row.requirement, row.faults) for row in present.requirements(Choice(pack=PACK.id))] == [
        ("R01", 0), ("R02", 3), ("R03", 0), ("R04", 3)
    ]  # fmt: skip
    assert [row.place for row in present.units(Choice(pack=PACK.id), limit=2)] == ["甲省乙市丁县", "甲省乙市丙县"]


def test_a_mark_in_a_name_finds_no_other_names(corpus: Corpus, check: Check) -> None:
    check("丙县", _finding("R01"))
    assert corpus.present(TODAY).count(Choice(unit="%")) == 0
    assert corpus.present(TODAY).count(Choice(unit="_县")) == 0
