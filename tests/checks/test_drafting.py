"""A drafted pack: what a notice asks is found with its clause, quoted as it stands, and never taken for checked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.drafting.draft import MOST, Draft, draft
from checks.drafting.write import write
from checks.engine import check
from checks.pack import load
from checks.pack import read as open_pack
from checks.pack_columns import REQUIREMENT_COLUMNS
from checks.pack_english import english as column_in_english
from checks.pack_lint import lint
from extractors.fold import fold
from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import SourceFile
from schemas.requirement import Pack

NOTICES = Path(__file__).parent / "draft_notices"
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = sorted(path.stem for path in NOTICES.glob("*.txt"))


def read(text: str | bytes, uri: str = "notice.txt") -> Document:
    data = text.encode() if isinstance(text, str) else text
    return parse(SourceFile(uri=uri, data=data)).documents[0]


def notice(*lines: str) -> str:
    return "\n".join(("青岚市教育局关于做好课后服务工作的通知", "各县（市、区）教育局：", *lines)) + "\n"


def drafted(*lines: str) -> Draft:
    return draft(read(notice(*lines)))


def loaded(made: Draft, tmp_path: Path, name: str = "draft-made") -> tuple[Pack, str]:
    path = tmp_path / "draft.yaml"
    path.write_text(write(made, name, "河南省"), encoding="utf-8")
    return load(str(path)), path.read_text(encoding="utf-8")


def plain(text: str) -> str:
    return "".join(fold(text).split())


def matched(made: Draft, expected: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str], int]:
    """What was not found, severities or forms that differ, and the number of drafts that answer to something."""
    used: set[int] = set()
    missed, differ = [], []
    for fact in expected:
        for number, made_one in enumerate(made.requirements):
            quote = " ".join(made.plan.flat[start:end] for start, end in made_one.stretches)
            if (
                number not in used
                and str(fact["clause"]) in made_one.numbers
                and all(plain(word) in quote for word in fact["facts"])
                and plain(fact.get("title", "")) in plain(made_one.title)
            ):
                used.add(number)
                for field in ("severity", "form"):
                    if fact.get(field, getattr(made_one, field)) != getattr(made_one, field):
                        differ.append(f"{fact}: {field} is {getattr(made_one, field)}")
                break
        else:
            missed.append(fact)
    return missed, differ, len(used)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_notice_asks_is_found_with_its_clause_and_little_else(name: str) -> None:
    made = draft(read((NOTICES / f"{name}.txt").read_bytes(), f"{name}.txt"))
    expected = yaml.safe_load((NOTICES / f"{name}.yaml").read_text(encoding="utf-8"))
    missed, differ, found = matched(made, expected)
    assert found / len(expected) >= 0.8, missed
    assert found / len(made.requirements) >= 0.5, [one.text for one in made.requirements]
    assert len(differ) <= 0.1 * found, differ


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_is_a_valid_pack_marked_draft_with_quotes_as_they_stand(name: str, tmp_path: Path) -> None:
    document = read((NOTICES / f"{name}.txt").read_bytes(), f"{name}.txt")
    pack, text = loaded(draft(document), tmp_path)
    assert pack.status == "draft"
    assert [problem for problem in lint(open_pack(str(tmp_path / "draft.yaml"))) if problem.level == "error"] == []
    quotes = re.findall(r"^  # 原文 (\d+)-(\d+)：(.*)$", text, re.M)
    assert len(quotes) >= len(pack.requirements)
    for start, end, quote in quotes:
        original = document.text[int(start) : int(end)]
        assert quote == original or json.loads(quote) == original


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*通知*.html")), ids=lambda path: path.parent.name)
def test_plans_can_be_checked_against_a_draft_without_a_fault_of_a_rule(path: Path, tmp_path: Path) -> None:
    pack, _ = loaded(draft(read(path.read_bytes(), path.name)), tmp_path)
    plans = [plan for plan in sorted((path.parent / "plans").rglob("*")) if plan.suffix in (".html", ".txt", ".md")]
    assert plans
    for plan in plans:
        for document in parse(SourceFile(uri=plan.name, data=plan.read_bytes())).documents:
            checked = check(document, pack, ignore_scope=True)
            assert {finding.reason for finding in checked.findings} & {"rule_error"} == set()


@pytest.mark.parametrize(
    ("sentence", "severity"),
    [
        ("学校必须与家长签订服务协议。", "critical"),
        ("学校不得强制学生参加课后服务。", "critical"),
        ("学校应当建立学生考勤台账。", "major"),
        ("学校须建立学生考勤台账。", "major"),
        ("建立学生考勤台账。", "major"),
        ("课后服务结束时间原则上不早于17时。", "minor"),
        ("鼓励学校建立家长志愿者名单。", "advice"),
        ("学校可开设午间阅读课程。", "advice"),
    ],
)
def test_severity_follows_the_wording(sentence: str, severity: str) -> None:
    [one] = drafted("一、工作要求", f"（一）{sentence}").requirements
    assert one.severity == severity


@pytest.mark.parametrize(
    "sentence",
    [
        "近年来，各地已建立课后服务工作台账，取得了积极成效。",
        "我局将适时组织专项督查，建立问题台账。",
        "市教育局建立课后服务信息平台。",
        "市教育局负责制定评估细则，每年组织1次综合评估。",
        "为进一步提高服务质量，不断增强人民群众教育获得感。",
        "进一步加强组织领导，切实提高思想认识。",
        "联系人：方某，联系电话：0000-0000000，应保持畅通。",
    ],
)
def test_background_purpose_and_the_issuers_own_steps_are_no_duties(sentence: str) -> None:
    assert drafted("一、工作要求", sentence, "二、其他要求", "学校应当建立考勤台账。").requirements[0].numbers == ["二"]


def test_one_duty_said_twice_is_one_requirement_with_both_clauses() -> None:
    made = drafted(
        "一、总体目标",
        "到2026年底，80%以上乡村学校纳入教联体。",
        "二、工作步骤",
        "（一）组建阶段。各县将80%以上乡村学校纳入教联体，建立结对台账。",
        "（二）深化阶段。完善工作，各县要建立结对台账。",
    )
    clauses = [one.numbers for one in made.requirements]
    assert ["一", "二（一）"] in clauses
    assert sum(one.form == "threshold" for one in made.requirements) == 1


def test_each_part_of_a_plan_is_a_requirement_in_its_own_form(tmp_path: Path) -> None:
    made = drafted("一、制定方案", "各县方案应包括各类学校基本情况、结对名单、建设模式、具体措施等。")
    assert [one.form for one in made.requirements] == ["counts", "list", "statement", "section"]
    assert {one.numbers[0] for one in made.requirements} == {"一"}
    loaded(made, tmp_path)


def test_numbers_carry_bound_unit_period_and_day() -> None:
    made = drafted("一、要求", "每所学校每学期至少开展2次集体教研。到2027年底，参与教师达到90%以上。")
    first, second = (one.parameters["any"][0] for one in made.requirements)
    assert (first["value"], first["units"], first["per"]) == (2, ["次"], "semester")
    assert (second["value"], second["units"], second["due"].isoformat()) == (90, ["%"], "2027-12-31")


def test_either_of_two_numbers_is_one_requirement() -> None:
    made = drafted("一、要求", "核心校每月至少开展1次线下指导或2次线上教研。")
    [one] = made.requirements
    assert [measure["value"] for measure in one.parameters["any"]] == [1, 2]


def test_a_day_to_hand_in_by_is_said_and_left_to_a_person() -> None:
    [one] = drafted("一、要求", "各县应于2026年4月20日前将学校名册报送我局。").requirements
    assert "2026-04-20" in one.expected
    assert one.open


def test_a_notice_with_more_demands_than_anyone_checks_is_cut_and_says_so() -> None:
    made = drafted("一、要求", *(f"学校应当建立第{number}号专用教室使用登记台账。" for number in range(MOST + 50)))
    assert len(made.requirements) <= MOST
    assert any(str(MOST) in note for note in made.open)


@pytest.mark.parametrize(
    ("sentence", "chinese", "english"),
    [
        ("学校不得强制学生参加课后服务。", "禁止性要求", "it forbids"),
        ("各县应于2026年4月20日前将学校名册报送我局。", "报送时限 2026-04-20", "due by 2026-04-20"),
        ("紧密型学校应当建立教师调配台账。", "“适用模式”（condition）", "“only for the modes” (condition)"),
        ("各市教育局应当建立学校台账。", "对象是市级部门", "asked of the city"),
    ],
)
def test_what_is_left_to_a_person_is_said_in_both_languages_by_the_names_of_the_form(
    sentence: str, chinese: str, english: str
) -> None:
    notes = [note for one in drafted("一、要求", sentence).requirements for note in one.open]
    (note,) = [note for note in notes if chinese in note]
    first, second = note.split(" / ")
    assert chinese in first
    assert english in second
    if "适用模式" in first:
        assert any(column.heading == "适用模式" for column in REQUIREMENT_COLUMNS)
        assert f"“{column_in_english('适用模式')}”" in second


HOSTILE = st.text(
    st.sampled_from("应当须必不得建立台账方案包括：、，。；（）《》“”一二三1234567890%次每学期至少或以上\n\t #'\"\\:-[]{}&*!|>@`\x85\u2028\ufeff甲乙"),
    max_size=200,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_whatever_a_notice_holds_the_draft_loads(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    made = drafted("一、要求", "学校应当建立考勤台账。", text)
    pack, _ = loaded(made, tmp_path_factory.mktemp("draft"))
    assert pack.requirements
    assert not any(f.reason == "rule_error" for f in check(read(notice(text)), pack, ignore_scope=True).findings)
