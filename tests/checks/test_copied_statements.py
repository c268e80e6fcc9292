"""A statement that only repeats the notice is no statement of the plan's own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_plans import make_document, make_pack, missing_attachment, section
from opencc import OpenCC

from checks.engine import check
from schemas.document import Document
from schemas.finding import Finding

CLAUSE = "各县应建立教师流动数据库和轮岗台账，如实记录教师交流轮岗情况并作为职称评聘的重要依据。"
NOTICE = f"四、师资保障\n{CLAUSE}\n五、其他\n各地要加强宣传。\n"
RULE: dict[str, Any] = {
    "form": "statement",
    "parameters": {
        "elements": [
            {"name": "教师流动数据库", "any": [{"all": [["流动"], ["数据库"]]}]},
            {"name": "轮岗台账", "any": [{"all": [["轮岗"], ["台账"]]}]},
        ]
    },
}


def notice() -> Document:
    return make_document(
        NOTICE, id="notice", title="关于推进校共体建设的通知", role="requirement", sections=[section(NOTICE, "四", "师资保障", "四、", "五、")]
    )  # fmt: skip


def finding(text: str, *notices: Document, **facts: Any) -> Finding:
    document = make_document(text, **facts)
    found = check(document, make_pack(RULE), today=date(2025, 10, 1), notices=notices).findings[0]
    for evidence in found.evidence:
        assert evidence.quote == document.quote(evidence.span)
    return found


def test_a_copied_statement_is_partial_with_the_notices_own_words_beside_it() -> None:
    found = finding(f"三、主要措施\n{CLAUSE}\n", notice())
    assert found.verdict == "partial"
    assert found.observed is not None
    assert found.observed.startswith("照抄通知原文")
    judged = found.explanation[3]
    assert "关于推进校共体建设的通知》四" in judged
    assert "建立教师流动数据库和轮岗台账" in judged


def test_without_the_notice_the_same_statement_is_met() -> None:
    assert finding(f"三、主要措施\n{CLAUSE}\n").verdict == "met"


@pytest.mark.parametrize("script", ["s2t", "s2tw"])
def test_a_copy_in_the_other_script_is_a_copy(script: str) -> None:
    assert finding(OpenCC(script).convert(CLAUSE), notice()).verdict == "partial"


@pytest.mark.parametrize(
    "local",
    [
        "县教育局人事科负责，建立教师流动数据库和轮岗台账，如实记录教师交流轮岗情况并作为职称评聘的重要依据。",
        "2025年12月底前建立教师流动数据库和轮岗台账，如实记录教师交流轮岗情况并作为职称评聘的重要依据。",
        "青禾县应建立教师流动数据库和轮岗台账，如实记录教师交流轮岗情况并作为职称评聘的重要依据。",
        "石桥中心小学等12所学校应建立教师流动数据库和轮岗台账，如实记录教师交流轮岗情况并作为职称评聘的重要依据。",
    ],
)
def test_a_local_fact_in_the_sentence_makes_the_words_the_plans_own(local: str) -> None:
    assert finding(local, notice()).verdict == "met"


def test_own_words_anywhere_in_the_plan_are_enough() -> None:
    text = f"{CLAUSE}\n我们把每一位流动教师的去向逐月录入数据库，轮岗另设台账。\n"
    assert finding(text, notice()).verdict == "met"


def test_where_an_attachment_was_not_obtained_the_local_facts_may_stand_there() -> None:
    text = f"{CLAUSE}\n附件：1.教师轮岗安排表\n"
    found = finding(text, notice(), attachments=[missing_attachment(text, "教师轮岗安排表")])
    assert (found.verdict, found.reason) == ("undetermined", "attachment_not_obtained")


def test_a_heading_is_no_statement_in_own_words() -> None:
    text = f"三、教师流动数据库和轮岗台账\n{CLAUSE}\n"
    heads = [section(text, "三", "教师流动数据库和轮岗台账", "三、", None)]
    assert finding(text, notice(), sections=heads).verdict == "partial"


def test_what_is_not_met_is_not_changed_and_the_plan_is_no_notice_of_itself() -> None:
    assert finding("一、总体要求\n各校做好工作。\n", notice()).verdict == "not_found"
    text = f"三、主要措施\n{CLAUSE}\n"
    assert finding(text, make_document(text)).verdict == "met"
