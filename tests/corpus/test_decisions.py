"""What is promised about decisions: they are added, never changed; who decides does not judge himself; each has its basis."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from checks.engine import check
from checks.pack import load
from corpus.cases import as_yaml, cases
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.decision import DECISION, Decision, Rectification, Step
from schemas.errors import CorpusError, InvalidDecision
from schemas.outcome import SourceFile
from schemas.standing import State, effective_decisions, objection

on_each_engine = pytest.mark.usefixtures("each_engine")

PLAN = """甲子县教育局关于印发城乡学校共同体建设工作方案的通知
甲教〔2025〕8号
各中小学：
现将《甲子县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，河南省甲子县65%以上的乡村学校纳入城乡学校共同体。
二、主要措施
（一）每学期至少组织1次全员培训。
甲子县教育局
2025年10月20日
"""
TODAY = date(2025, 11, 1)


def take_in(home: Path, text: str = PLAN, uri: str = "甲.txt") -> None:
    """One plan in the corpus, read by the real readers and checked with a real pack."""
    data = text.encode()
    outcome = parse(SourceFile(uri, data))
    with Corpus.open(home, create=True) as corpus:
        corpus.keep(data)
        corpus.record([outcome])
        corpus.record_checks([check(one, load("henan-2025"), today=TODAY) for one in outcome.documents])


@pytest.fixture
def home(made_once: Callable[[str, Callable[[Path], object]], Path], tmp_path: Path) -> Path:
    """A corpus with the plan; in files it is copied from one that was made once."""
    folder = tmp_path / "home"
    if os.environ.get("DUZHENG_DATABASE"):
        take_in(folder)
    else:
        shutil.copytree(made_once("decisions", take_in), folder)
    return folder


def decide(home: Path, kind: str, finding: str = "R06", **fields: Any) -> Decision:
    given = {"kind": kind, "finding": finding, "who": "李审", "why": "见原文", **fields}
    with Corpus.open(home) as corpus:
        return corpus.decide(DECISION.validate_python(given))


def state(home: Path, requirement: str = "R06", today: date = TODAY) -> State:
    with Corpus.open(home) as corpus:
        return next(one.state for one in corpus.standings(today) if one.finding.requirement == requirement)


def rectify(home: Path, step: Step, who: str = "王改", **fields: Any) -> Decision:
    return decide(home, "rectification", step=step, who=who, **fields)


@on_each_engine
def test_an_override_stands_beside_the_machines_verdict(home: Path) -> None:
    made = decide(home, "override", verdict="met", excerpt="另有一处写明75%")
    now = state(home)
    assert (now.machine, now.verdict, now.disposition.kind, now.open) == ("not_met", "met", "overridden", False)
    assert made.basis is not None
    assert made.basis.verdict == "not_met"
    assert "65%" in made.basis.excerpts[0].quote


def test_an_override_no_longer_counts_when_the_plan_was_rewritten(home: Path) -> None:
    decide(home, "override", verdict="met")
    take_in(home, PLAN.replace("65%", "40%").replace("10月20日", "10月28日"), "甲（修订）.txt")
    now = state(home)
    assert (now.verdict, now.open) == ("not_met", True)
    assert (now.disposition.kind, now.disposition.stale) == ("open", True)


def test_an_override_goes_on_counting_when_the_same_text_comes_in_another_file(home: Path) -> None:
    decide(home, "override", verdict="met")
    take_in(home, "\ufeff" + PLAN, "甲（另存）.txt")
    assert state(home).verdict == "met"


def test_a_waiver_holds_until_its_last_day(home: Path) -> None:
    decide(home, "waiver", ground="某字〔2025〕1号", applicant="赵申", approver="钱批", until="2025-12-31")
    assert state(home, today=date(2025, 12, 31)).disposition.kind == "waived"
    assert not state(home, today=date(2025, 12, 31)).open
    after = state(home, today=date(2026, 1, 1))
    assert (after.disposition.kind, after.disposition.lapsed, after.open) == ("open", True, True)


@pytest.mark.parametrize("approver", ["赵申", " 赵 申", "赵申\u3000"])
def test_nobody_approves_his_own_waiver(home: Path, approver: str) -> None:
    with pytest.raises(ValidationError, match="批准人"):
        decide(home, "waiver", ground="某文", applicant="赵申", approver=approver, until="2025-12-31")


def test_the_time_state_is_that_of_the_day_asked_for_not_of_the_check(home: Path) -> None:
    told = [state(home, today=day).time for day in (TODAY, date(2025, 12, 1), date(2025, 12, 31), date(2026, 1, 1))]
    assert told == ["not_due", "due_soon", "due_soon", "overdue"]
    assert state(home, today=date(2026, 1, 1)).overdue


def test_a_dispute_is_open_until_somebody_else_answers_it(home: Path) -> None:
    decide(home, "dispute", who="县局", statement="目标以附件为准", deadline="2025-11-10")
    assert state(home).disposition.kind == "disputed"
    assert state(home, today=date(2025, 11, 11)).disposition.overdue
    with pytest.raises(InvalidDecision, match="尚未处理"):
        decide(home, "dispute", who="县局", statement="再申辩", deadline="2025-11-12")
    with pytest.raises(InvalidDecision, match="处理人"):
        decide(home, "ruling", who="县局", outcome="upheld")
    decide(home, "ruling", outcome="rejected")
    now = state(home)
    assert (now.disposition.kind, now.disposition.outcome, now.open) == ("open", "rejected", True)
    with pytest.raises(InvalidDecision, match="没有待处理"):
        decide(home, "ruling", outcome="upheld")


@on_each_engine
def test_nothing_is_closed_without_a_review_by_somebody_else(home: Path) -> None:
    rectify(home, "assigned", responsible="甲子县教育局", deadline="2025-12-01")
    assert state(home, today=date(2025, 12, 2)).rectification.overdue
    with pytest.raises(InvalidDecision, match="只能"):
        rectify(home, "closed", who="李审")
    rectify(home, "done", proof="修订稿")
    with pytest.raises(InvalidDecision, match="复核人"):
        rectify(home, "reviewed", result="passed")
    rectify(home, "reviewed", who="孙核", result="failed")
    with pytest.raises(InvalidDecision, match="只能"):
        rectify(home, "closed", who="孙核")
    rectify(home, "done")
    rectify(home, "reviewed", who="孙核", result="passed")
    with pytest.raises(InvalidDecision, match="销号人"):
        rectify(home, "closed")
    rectify(home, "closed", who="孙核")
    now = state(home)
    assert (now.machine, now.rectification.stage, now.open) == ("not_met", "closed", False)
    rectify(home, "relapsed", who="孙核")
    assert state(home).open


def test_a_closed_finding_that_a_new_text_shows_again_is_suspected_of_relapse(home: Path) -> None:
    rectify(home, "done")
    rectify(home, "reviewed", who="孙核", result="passed")
    rectify(home, "closed", who="孙核")
    assert not state(home).rectification.suspected
    take_in(home, PLAN.replace("65%", "40%"), "甲二.txt")
    now = state(home)
    assert (now.rectification.stage, now.rectification.suspected, now.open) == ("closed", True, True)


@on_each_engine
def test_a_correction_is_a_new_record_and_the_old_one_stays(home: Path) -> None:
    first = decide(home, "override", verdict="met")
    decide(home, "override", verdict="partial", corrects=first.id)
    assert state(home).verdict == "partial"
    with pytest.raises(InvalidDecision, match="更正"):
        decide(home, "override", verdict="met", corrects=first.id)
    with pytest.raises(InvalidDecision, match="同类"):
        decide(home, "note", corrects="D0002")
    decide(home, "withdrawal", corrects="D0002")
    assert state(home).verdict == "not_met"
    with Corpus.open(home) as corpus:
        assert [one.id for one in next(iter(corpus.decisions().values()))] == ["D0001", "D0002", "D0003"]


@on_each_engine
def test_a_step_that_others_rest_on_cannot_be_withdrawn(home: Path) -> None:
    done = rectify(home, "done")
    rectify(home, "reviewed", who="孙核", result="passed")
    with pytest.raises(InvalidDecision):
        decide(home, "withdrawal", corrects=done.id)
    with pytest.raises(InvalidDecision, match="复核人"):
        rectify(home, "done", who="孙核", corrects=done.id)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET {column} = 'x'",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {column} = 'x'",
    ],
)
@pytest.mark.parametrize(("table", "column"), [("decisions", "who"), ("runs", "unit"), ("findings", "unit")])
def test_the_database_itself_refuses_to_change_what_was_recorded(
    home: Path, statement: str, table: str, column: str
) -> None:
    decide(home, "note")
    with sqlite3.connect(home / "corpus.sqlite") as connection:
        before = connection.execute(f"SELECT * FROM {table}").fetchall()
        assert before
        with pytest.raises(sqlite3.IntegrityError, match="nothing is changed"):
            connection.execute(statement.format(table=table, column=column))
        assert connection.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE decisions SET body = replace(body, '李审', '别人') WHERE number = 1",
        "DELETE FROM decisions WHERE number = 1",
        "DELETE FROM decisions WHERE number = 2",
    ],
)
def test_a_record_changed_behind_the_programs_back_shows(home: Path, harm: str) -> None:
    decide(home, "note")
    decide(home, "note")
    with Corpus.open(home) as corpus:
        assert corpus.verify() == []
    with sqlite3.connect(home / "corpus.sqlite") as connection:
        for what in ("update", "delete"):
            connection.execute(f"DROP TRIGGER decisions_no_{what}")
        connection.execute(harm)
    with Corpus.open(home) as corpus:
        assert corpus.verify()


def test_a_finding_that_does_not_exist_is_no_finding(home: Path) -> None:
    with pytest.raises(CorpusError, match="no such finding"):
        decide(home, "note", finding="R99")
    with pytest.raises(CorpusError, match="several"):
        decide(home, "note", finding="R0")


def test_overrides_become_cases_of_their_pack(home: Path) -> None:
    decide(home, "override", verdict="met", excerpt="到2025年底75%以上", why="漏看第二段")
    wrong = decide(home, "override", finding="R05", verdict="met")
    decide(home, "withdrawal", finding="R05", corrects=wrong.id)
    with Corpus.open(home) as corpus:
        written = yaml.safe_load(as_yaml(cases(corpus.decisions(), "henan-2025"), "henan-2025"))
        assert cases(corpus.decisions(), "zhejiang-2021") == []
    (case,) = written["cases"]
    expected = {"requirement": "R06", "verdict": "met", "machine_verdict": "not_met", "text": "到2025年底75%以上"}
    assert expected.items() <= case.items()
    assert case["why"] == "漏看第二段"


DECIDER = """
import os, signal, sys
from pathlib import Path
from corpus.corpus import Corpus
import corpus.decisions, corpus.store
from schemas.decision import Remark

with Corpus.open(Path(sys.argv[1])) as corpus_:
    for number in range(int(sys.argv[2])):
        print(corpus_.decide(Remark(finding="R06", who="李审", why=f"第{number}条")).id, flush=True)
    if sys.argv[3] == "before":
        corpus.decisions.chained = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    else:
        add = corpus.decisions.Decisions.add
        def deadly(self, decision):
            add(self, decision)
            os.kill(os.getpid(), signal.SIGKILL)
        corpus.decisions.Decisions.add = deadly
    corpus_.decide(Remark(finding="R06", who="李审", why="末条"))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@on_each_engine
def test_a_kill_between_two_decisions_keeps_those_that_were_recorded(home: Path, when: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", DECIDER, str(home), "3", when],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    assert ran.stdout.split() == ["D0001", "D0002", "D0003"]
    made = decide(home, "note", why="之后")
    assert made.id == "D0004"
    with Corpus.open(home) as corpus:
        (records,) = corpus.decisions().values()
        assert [one.why for one in records] == ["第0条", "第1条", "第2条", "之后"]
        assert corpus.verify() == []


@given(st.lists(st.tuples(st.sampled_from(["assigned", "done", "reviewed", "closed", "relapsed"]), st.booleans())))
def test_whatever_steps_are_tried_nothing_is_closed_unless_a_review_has_passed_just_before(
    tried: list[tuple[Step, bool]],
) -> None:
    taken: list[Decision] = []
    for number, (step, flag) in enumerate(tried, start=1):
        result = ("passed" if flag else "failed") if step == "reviewed" else None
        who = "王改" if flag or step == "done" else "孙核"
        new = Rectification(finding="F", who=who, why="试", step=step, result=result)
        if objection(taken, new) is None:
            taken.append(new.model_copy(update={"id": f"D{number}", "number": number}))
    for before, after in zip([None, *taken], taken, strict=False):
        if isinstance(after, Rectification) and after.step == "closed":
            assert isinstance(before, Rectification)
            assert (before.step, before.result) == ("reviewed", "passed")
        if isinstance(after, Rectification) and after.step in ("reviewed", "closed"):
            assert after.who == "孙核"
    assert effective_decisions(taken) == taken


def test_the_ledger_and_the_matrix_take_the_states_in(home: Path, tmp_path: Path) -> None:
    import openpyxl

    from checks.axes import Axes
    from checks.ledger import write_ledger
    from checks.matrix import matrix

    rectify(home, "assigned", responsible="=甲子县教育局", deadline="2025-12-01")
    with Corpus.open(home) as corpus:
        standings = corpus.standings(TODAY)
        checks = list(corpus.checks())
    states = {str(one.finding.id): one.state for one in standings}
    write_ledger(checks, tmp_path / "台账.xlsx", {id: Axes(state) for id, state in states.items()})
    sheet = openpyxl.load_workbook(tmp_path / "台账.xlsx")["问题台账"]
    heads = [cell.value for cell in sheet[1]]
    (row,) = [row for row in sheet.iter_rows(min_row=2) if row[heads.index("要求编号")].value == "R06"]
    cells = {head: row[number] for number, head in enumerate(heads)}
    assert cells["整改时限"].value.date() == date(2025, 12, 1)
    assert (cells["责任单位"].value, cells["责任单位"].data_type) == ("=甲子县教育局", "s")
    assert cells["状态"].value == "整改中"
    (table,) = matrix(checks, states)
    assert [state.rectification.stage for state in table.rows[0].states if state].count("assigned") == 1
    assert matrix(checks)[0].rows[0].states == (None,) * 20
