"""What the form ``threshold`` promises: the right number, of the right thing, by the right day, per the right period."""

from __future__ import annotations

from datetime import date

import pytest
from made_plans import make_document, section, span_of

from checks.engine import check
from checks.pack import load
from schemas.document import Target

COVERAGE = {
    "form": "threshold",
    "parameters": {
        "any": [
            {
                "about": [["乡村学校"]],
                "context": [["纳入", "加入"], ["校共体", "共同体"]],
                "value": 70,
                "units": ["%"],
                "due": "2025-12-31",
            }
        ]
    },
}
GUIDANCE = {
    "form": "threshold",
    "parameters": {
        "any": [
            {"about": [["线下"]], "context": [["指导"]], "value": 1, "units": ["次"], "per": "month"},
            {"about": [["线上"]], "context": [["教研"]], "value": 2, "units": ["次"], "per": "month"},
        ]
    },
}
LESSONS = {
    "form": "threshold",
    "parameters": {"any": [{"context": [["同步课堂"]], "value": 20, "units": ["节", "课时"]}]},
}
STUDIES = {
    "form": "threshold",
    "parameters": {"any": [{"about": [["网络"]], "context": [["研修"]], "value": 8, "units": ["次"]}]},
}


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("到2025年底，70%以上乡村学校纳入校共体。", "met"),
        ("到2025年底，全县乡村学校纳入校共体的比例达到75%。", "met"),
        ("2025年12月31日前，所有乡村学校全部纳入校共体。", "met"),
        ("到二〇二五年底，七成以上乡村学校纳入校共体。", "met"),
        ("到2025年10月底，不低于百分之七十的乡村学校纳入校共体。", "met"),
        ("到2025年底，69.5%的乡村学校纳入校共体。", "not_met"),
        ("到2025年底，六成乡村学校纳入校共体。", "not_met"),
        ("到2026年底，60%以上乡村学校纳入校共体。", "not_met"),
        ("到2025年底，纳入校共体的乡村学校不超过80%。", "not_met"),
        ("到2025年底，70%以上乡村学校教师参加培训。", "not_found"),
        ("到2025年底，70%以上城区学校建成食堂。", "not_found"),
        ("努力让更多乡村学校纳入校共体。", "not_found"),
    ],
)
def test_coverage_by_a_day(judged, wording, verdict):
    assert judged(COVERAGE, wording).verdict == verdict


def test_a_later_date_is_a_nearest_miss(judged):
    finding = judged(COVERAGE, "到2026年底，85%以上乡村学校纳入校共体。")
    assert finding.verdict == "not_found"
    assert [e.role for e in finding.evidence] == ["nearest_miss"]
    assert "2026-12-31" in finding.explanation[3]


def test_an_earlier_milestone_does_not_fail_the_later_day(judged):
    assert (
        judged(COVERAGE, "到2025年6月底，40%乡村学校纳入校共体；到2025年底，70%以上乡村学校纳入校共体。").verdict
        == "met"
    )


def test_a_value_without_a_date_answers_part(judged):
    assert judged(COVERAGE, "70%以上乡村学校纳入校共体。").verdict == "partial"


def test_a_masked_year_cannot_be_judged(judged):
    finding = judged(COVERAGE, "到20xx年底，70%以上乡村学校纳入校共体。")
    assert (finding.verdict, finding.reason) == ("undetermined", "ambiguous")


def test_the_heading_of_a_stage_gives_the_date(judged):
    text = "（二）组建阶段（2025年10月—12月）\n将70%以上乡村学校纳入校共体。\n"
    sections = [section(text, "（二）", "组建阶段（2025年10月—12月）", "（二）", None)]
    assert judged(COVERAGE, text, sections=sections).verdict == "met"
    assert judged(COVERAGE, text.replace("12月", "11月"), sections=[]).verdict == "partial"


def test_two_places_that_disagree_are_a_conflict(judged):
    finding = judged(COVERAGE, "到2025年底，70%以上乡村学校纳入校共体。\n到2025年底，60%乡村学校纳入校共体。")
    assert finding.verdict == "conflict"
    assert {e.role for e in finding.evidence} == {"supports", "contradicts"}


def test_evidence_holds_the_date_and_the_number(judged):
    finding = judged(COVERAGE, "一是扩面。到2025年底，全县70%以上乡村学校纳入校共体，基本形成格局。")
    assert finding.evidence[0].quote == "到2025年底，全县70%以上乡村学校纳入校共体"


def test_due_state_follows_the_day(judged):
    text = "到2025年底，60%乡村学校纳入校共体。"
    assert judged(COVERAGE, text, today=date(2025, 10, 1)).due_state == "not_due"
    assert judged(COVERAGE, text, today=date(2025, 12, 15)).due_state == "due_soon"
    assert judged(COVERAGE, text, today=date(2026, 1, 1)).due_state == "overdue"
    assert judged(COVERAGE, text.replace("60", "70"), today=date(2026, 1, 1)).due_state is None
    assert judged(GUIDANCE, "每月1次线下指导。", today=date(2026, 1, 1)).due_state is None


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("核心校每月至少开展1次线下指导。", "met"),
        ("核心校每月至少开展1次线下指导或2次线上教研。", "met"),
        ("核心校每月组织两次线上教研。", "met"),
        ("核心校每周到校线下指导1次。", "met"),
        ("核心校每月开展1次线上教研。", "not_met"),
        ("核心校每学期开展1次线下指导。", "not_met"),
        ("核心校每学期开展1次线下指导，每月开展3次线上教研。", "met"),
        ("核心校开展2次线下指导。", "partial"),
        ("核心校加强线下指导和线上教研。", "not_found"),
        ("每月召开1次校长会。", "not_found"),
        ("教师每人每月参加1次线下指导。", "not_found"),
    ],
)
def test_either_or_per_month(judged, wording, verdict):
    assert judged(GUIDANCE, wording).verdict == verdict


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("城乡同步课堂年内不少于2门学科，累计不少于20节。", "met"),
        ("开展同步课堂，全年25课时。", "met"),
        ("同步课堂每学期不少于10节。", "met"),
        ("同步课堂累计不少于十九节。", "not_met"),
        ("同步课堂至多20节。", "not_met"),
        ("同步课堂6月底前完成5节，11月底前完成20节。", "met"),
        ("可将两节同步课堂合并为一节。", "not_found"),
        ("同步课堂第20节安排在周五。", "not_found"),
        ("每校建设20间教室，开展同步课堂。", "not_found"),
    ],
)
def test_a_total_is_counted_in_its_own_unit(judged, wording, verdict):
    assert judged(LESSONS, wording).verdict == verdict


def test_two_numbers_in_one_sentence_are_told_apart(judged):
    text = "教师网络研修不少于8次，线下教研不少于4次。"
    assert judged(STUDIES, text).verdict == "met"
    assert judged(STUDIES, "教师网络研修不少于4次，线下教研不少于8次。").verdict == "not_met"


def test_lowering_the_number_flips_the_verdict(judged):
    for value in range(1, 15):
        finding = judged(STUDIES, f"年内开展教师网络研修{value}次。")
        assert finding.verdict == ("met" if value >= 8 else "not_met"), value
        assert str(value) in finding.observed


def test_an_extracted_target_of_a_table_counts(judged):
    text = "任务表\n网络研修\n8\n"
    target = Target(about="教师网络研修", comparator=">=", value=8, unit="次", span=span_of(text, "8"))
    assert judged(STUDIES, text, targets=[target]).verdict == "met"
    assert judged(STUDIES, text, targets=[target.model_copy(update={"value": 6.0})]).verdict == "not_met"


def test_statements_are_asked_for_besides(judged):
    requirement = {
        "form": "threshold",
        "parameters": {
            "any": [{"about": [["督导"]], "value": 1, "units": ["次"], "per": "semester"}],
            "statements": [{"name": "问题台账", "any": [{"all": [["问题"], ["台账"]], "near": 8}]}],
        },
    }
    assert judged(requirement, "每学期开展1次实地督导，建立问题台账。").verdict == "met"
    assert judged(requirement, "每学期开展1次实地督导。").verdict == "partial"
    assert judged(requirement, "建立问题台账。").verdict == "partial"
    assert judged(requirement, "每学年开展1次实地督导，建立问题台账。").verdict == "not_met"
    assert judged(requirement, "加强督导。").verdict == "not_found"


@pytest.mark.parametrize(
    ("wording", "verdicts"),
    [
        ("到2025年底，72%的农村学校纳入教共体。", ("met", "not_found", "not_found")),
        ("到2025年底乡村学校全部加入校共体。", ("met", "met", "met")),
        (
            "全县乡村学校纳入校共体的比例，2025年底达到70%，2026年底达到85%，2027年底达到100%。",
            ("met", "met", "met"),
        ),
        (
            "到2025年底，70%以上乡村学校纳入校共体；到2026年底，80%以上乡村学校纳入校共体；到2027年底实现有需求的乡村学校全覆盖。",
            ("met", "not_met", "met"),
        ),
        ("到2027年底，90%的乡村学校纳入校共体。", ("not_found", "not_found", "not_met")),
    ],
)
def test_the_three_coverage_days_of_the_henan_pack(wording, verdicts):
    document = make_document("校共体建设目标：" + wording)
    findings = {f.requirement: f for f in check(document, load("henan-2025")).findings}
    assert tuple(findings[r].verdict for r in ("R06", "R07", "R08")) == verdicts


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("线上线下教研不少于12次，网络研修次数不限。", "not_found"),
        ("去年开展教师网络研修3次。今年开展教师网络研修9次。", "met"),
        ("目前已开展教师网络研修3次。", "not_found"),
        ("教师网络研修每月1次。", "met"),
        ("教师网络研修每学期2次。", "not_met"),
    ],
)
def test_what_was_reached_so_far_is_no_promise(judged, wording, verdict):
    assert judged(STUDIES, wording).verdict == verdict


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("全年开展线上线下教研12次。", "partial"),
        ("全年开展线上线下教研各8次。", "met"),
        ("全年开展线上教研8次、线下教研4次。", "met"),
        ("全年开展线上线下教研3次。", "not_found"),
    ],
)
def test_a_number_for_two_kinds_together_answers_part(judged, wording, verdict):
    requirement = {
        "form": "threshold",
        "parameters": {"any": [{"about": [["线上"]], "context": [["教研"]], "value": 8, "units": ["次"]}]},
    }
    assert judged(requirement, wording).verdict == verdict


def test_a_present_share_does_not_fail_a_later_day(judged):
    text = "目前45%的乡村学校纳入校共体。到2025年底，70%以上乡村学校已纳入校共体。"
    assert judged(COVERAGE, text).verdict == "met"
