"""What is promised about the history of findings: the same finding in every run, and why it changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus.version
from checks.engine import check
from checks.pack import load
from corpus.corpus import Corpus
from corpus.history import Event
from extractors.parse import parse
from schemas.document import Jurisdiction
from schemas.finding import PlanReference
from schemas.identity import finding_id, unit_of
from schemas.outcome import SourceFile
from schemas.requirement import Pack

on_each_engine = pytest.mark.usefixtures("each_engine")

HEAD = """甲子县教育局关于印发城乡学校共同体建设工作方案的通知
甲教〔2025〕{number}号
各中小学：
现将《甲子县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
{goal}
二、主要措施
（一）每学期至少组织1次全员培训。
{more}甲子县教育局
2025年10月{day}日
"""
LOW = "到2025年底，河南省甲子县65%以上的乡村学校纳入城乡学校共同体。"
HIGH = "到2025年底，河南省甲子县75%以上的乡村学校纳入城乡学校共同体。"
GOAL_SECOND = "R06"


def plan(goal: str, number: int = 8, day: int = 20, more: str = "") -> str:
    return HEAD.format(goal=goal, number=number, day=day, more=more)


def take_in(
    home: Path,
    text: str,
    uri: str = "甲.txt",
    *,
    attachments: tuple[tuple[str, str], ...] = (),
    pack: Pack | None = None,
    today: date = date(2025, 11, 1),
) -> None:
    """The plan under this name, as an ingest with --check takes it in; every current plan is checked again."""
    beside = [SourceFile(name, content.encode()) for name, content in attachments]
    outcome = parse(SourceFile(uri, text.encode()), beside)
    with Corpus.open(home, create=True) as store:
        store.keep(text.encode())
        store.record([outcome])
        plans = list(store.documents(role="plan"))
        store.record_checks([check(one, pack or load("henan-2025"), today=today) for one in plans])


def events(home: Path, finding: str = GOAL_SECOND) -> list[Event]:
    with Corpus.open(home) as store:
        return store.history(finding)[1]


def told(home: Path, finding: str = GOAL_SECOND) -> list[tuple[str, tuple[str, ...]]]:
    return [(event.change, event.causes) for event in events(home, finding)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@on_each_engine
def test_a_corrected_plan_continues_the_findings_of_the_first(home: Path) -> None:
    take_in(home, plan(LOW))
    take_in(home, plan(LOW))
    take_in(home, plan(HIGH))
    take_in(home, plan(LOW))
    assert told(home) == [("new", ()), ("same", ()), ("gone", ("document",)), ("back", ("document",))]


def test_a_correction_under_another_name_continues_them_too(home: Path) -> None:
    take_in(home, plan(LOW), "甲.txt")
    take_in(home, plan(HIGH, number=9, day=28), "甲（修订稿）.txt")
    assert told(home) == [("new", ()), ("gone", ("document",))]
    with Corpus.open(home) as store:
        standing = next(one for one in store.standings(date(2025, 11, 1)) if one.finding.requirement == "R06")
        assert standing.finding.verdict == "met"
        assert len(standing.others) == 1, "the first plan is still there and is said to be"


@on_each_engine
def test_an_older_plan_that_arrives_late_does_not_speak_for_the_county(home: Path) -> None:
    take_in(home, plan(HIGH, day=28), "新.txt")
    take_in(home, plan(LOW, day=2), "旧.txt")
    assert [change for change, _ in told(home)] == ["fine", "fine"]


def test_a_paragraph_before_the_evidence_changes_nothing(home: Path) -> None:
    take_in(home, plan(LOW))
    take_in(home, plan(LOW).replace("一、工作目标", "本方案自印发之日起施行。\n一、工作目标"))
    assert told(home) == [("new", ()), ("same", ())]


def test_a_finding_that_says_something_else_has_changed(home: Path) -> None:
    take_in(home, plan(LOW))
    take_in(home, plan(LOW.replace("65", "60")))
    assert told(home) == [("new", ()), ("changed", ("document",))]


def test_an_attachment_obtained_is_told_from_a_new_document(home: Path) -> None:
    text = plan(LOW, more="附件：1.工作安排\n")
    take_in(home, text)
    take_in(home, text, attachments=(("附件1 工作安排.txt", "三年计划\n2025年至2027年三年行动计划，分年度推进。\n"),))
    changes = events(home, "R05")
    assert changes[0].finding is not None
    assert changes[0].finding.reason == "attachment_not_obtained"
    assert changes[-1].causes == ("attachment",)


@on_each_engine
def test_a_new_version_of_the_pack_is_told_as_the_cause(home: Path) -> None:
    pack = load("henan-2025")
    take_in(home, plan(LOW), pack=pack)
    content = json.loads(pack.model_dump_json())
    for requirement in content["requirements"]:
        if requirement["id"] == "R06":
            requirement["parameters"]["any"][0]["value"] = 60
    content["version"] = "1.0.1"
    take_in(home, plan(LOW), pack=Pack.model_validate(content))
    assert told(home) == [("new", ()), ("gone", ("pack",))]


def test_new_rules_of_checking_are_told_as_the_cause(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(home, plan(LOW))
    monkeypatch.setattr(corpus.version, "engine_version", lambda: "another")
    with Corpus.open(home) as store:
        (one,) = list(store.checks())
        store.record_checks([one])
    assert told(home) == [("new", ()), ("same", ())], "rules that change no finding are no cause"
    with Corpus.open(home) as store:
        (one,) = list(store.checks())
        next(f for f in one.findings if f.requirement == "R06").verdict = "met"
        monkeypatch.setattr(corpus.version, "engine_version", lambda: "a third")
        store.record_checks([one])
    assert told(home)[-1] == ("gone", ("engine",))


@on_each_engine
def test_a_plan_replaced_and_not_yet_checked_again_is_said_to_be_outdated(home: Path) -> None:
    take_in(home, plan(LOW))
    with Corpus.open(home) as store:
        store.record([parse(SourceFile("甲.txt", plan(HIGH).encode()))])
        assert {one.outdated for one in store.standings(date(2025, 11, 1))} == {True}
    take_in(home, plan(HIGH))
    with Corpus.open(home) as store:
        assert {one.outdated for one in store.standings(date(2025, 11, 1))} == {False}


def test_a_run_that_finds_the_same_again_costs_no_second_copy(home: Path) -> None:
    for _ in range(5):
        take_in(home, plan(LOW))
    with sqlite3.connect(home / "corpus.sqlite") as connection:
        assert connection.execute("SELECT count(*), count(body) FROM runs").fetchone() == (5, 1)


@on_each_engine
def test_many_runs_that_found_the_same_leave_the_finding_as_it_was(home: Path) -> None:
    for _ in range(4):
        take_in(home, plan(LOW))
    with Corpus.open(home) as store:
        one = next(one for one in store.standings(date(2025, 11, 1)) if one.finding.requirement == "R06")
    first, *_, last = events(home)
    assert (one.event.change, one.event.run.number) == ("same", last.run.number)
    assert one.since == first.run.made_at


@on_each_engine
def test_a_requirement_dropped_from_the_pack_is_gone(home: Path) -> None:
    pack = load("henan-2025")
    take_in(home, plan(LOW), pack=pack)
    content = json.loads(pack.model_dump_json())
    content["requirements"] = [one for one in content["requirements"] if one["id"] != "R06"]
    take_in(home, plan(LOW), pack=Pack.model_validate(content))
    last = events(home)[-1]
    assert (last.change, last.causes, last.finding) == ("gone", ("pack",), None)


def test_a_corpus_of_yesterday_opens_without_loss(home: Path, make_older: Callable[[Path, int], None]) -> None:
    take_in(home, plan(LOW))
    make_older(home, 1)
    with sqlite3.connect(home / "corpus.sqlite") as connection:
        (body,) = connection.execute("SELECT body FROM checks").fetchone()
        content = json.loads(body)
        for finding in content["findings"]:
            del finding["id"], finding["elements"], finding["elsewhere"]
            finding["element"] = None
        connection.execute("UPDATE checks SET body = ?", [json.dumps(content, ensure_ascii=False)])
    with Corpus.open(home) as store:
        assert len(list(store.documents())) == 1
        assert store.search("共同体").total == 1
    assert [(event.change, event.run.origin) for event in events(home)] == [("new", "upgrade")]
    take_in(home, plan(HIGH))
    assert told(home) == [("new", ()), ("gone", ("document",))]
    with Corpus.open(home) as store:
        assert store.verify() == [] or all("missing" in problem for problem in store.verify())


def test_a_corpus_of_tomorrow_is_refused_and_left_alone(home: Path) -> None:
    from schemas.errors import CorpusError

    take_in(home, plan(LOW))
    with sqlite3.connect(home / "corpus.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(CorpusError, match="version 99"), Corpus.open(home) as store:
        list(store.documents())


NAMES = st.text(alphabet="甲乙丙丁子丑寅卯县市区省", min_size=1, max_size=4)


def reference(**fields: object) -> PlanReference:
    return PlanReference.model_validate({"id": "d", "uri": "x", **fields})


@given(NAMES, NAMES, st.text(max_size=8), st.text(max_size=8))
def test_the_unit_is_the_county_whatever_file_its_plan_stands_in(county: str, city: str, uri: str, id: str) -> None:
    place = Jurisdiction(province="河南省", city=city, county=county)
    one = reference(id=id, uri=uri, jurisdiction=place, level="county")
    other = reference(jurisdiction=place, title="另一份")
    assert unit_of(one) == unit_of(other)
    school = reference(jurisdiction=place, level="school", issuers=["某小学"])
    assert unit_of(school) != unit_of(one)


def test_units_without_a_place_are_never_mixed_up() -> None:
    assert unit_of(reference(id="a", issuers=["教育局"])) != unit_of(reference(id="b", issuers=["教育局"]))


def test_the_identifier_depends_on_all_four_parts() -> None:
    parts = [("p", "R01", "u", None), ("q", "R01", "u", None), ("p", "R01", "v", None), ("p", "R01", "u", "e")]
    assert len({finding_id(*part) for part in parts}) == 4
    assert finding_id("p", "R01", "u") == finding_id("p", "R01", "u", "")
