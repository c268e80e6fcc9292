"""What the form ``statement`` promises: said in any wording of the field, not when denied, with the place as proof."""

from __future__ import annotations

import pytest
from made_plans import make_document, missing_attachment, section

from checks.engine import check
from checks.pack import load

DATABASE_AND_LEDGER = {
    "form": "statement",
    "parameters": {
        "elements": [
            {"name": "数据库", "any": [{"all": [["师资", "教师"], ["数据库", "信息库"]], "near": 16}]},
            {"name": "台账", "any": [{"all": [["轮岗", "交流"], ["台账"]], "near": 16, "exclude": ["问题台账"]}]},
        ]
    },
}
BOTH = "人社部门建立师资流动数据库。各校建立轮岗教师台账。"


def test_met_when_every_element_is_said(judged):
    finding = judged(DATABASE_AND_LEDGER, BOTH)
    assert finding.verdict == "met"
    assert [e.quote for e in finding.evidence] == ["人社部门建立师资流动数据库", "各校建立轮岗教师台账"]


@pytest.mark.parametrize("removed", ["人社部门建立师资流动数据库。", "各校建立轮岗教师台账。"])
def test_partial_when_one_element_is_taken_away(judged, removed):
    finding = judged(DATABASE_AND_LEDGER, BOTH.replace(removed, ""))
    assert finding.verdict == "partial"


def test_not_found_when_nothing_is_said(judged):
    finding = judged(DATABASE_AND_LEDGER, "各校加强管理。教师外出培训应登记。")
    assert finding.verdict == "not_found"
    assert finding.evidence == []
    assert "数据库" in finding.searched.terms
    assert finding.searched.characters == len("各校加强管理。教师外出培训应登记。")


def test_terms_far_apart_or_in_different_sentences_are_no_statement(judged):
    assert judged(DATABASE_AND_LEDGER, "加强师资培训。建立图书数据库。").verdict == "not_found"
    far = "师资队伍是学校发展的根本保证和第一资源，各校要高度重视并持续投入，县里还将建设数据库"
    assert judged(DATABASE_AND_LEDGER, far).verdict == "not_found"


def test_excluded_context_does_not_count(judged):
    assert judged(DATABASE_AND_LEDGER, "对交流中的问题建立问题台账。").verdict == "not_found"


def test_a_cited_title_is_no_statement_of_the_plan(judged):
    finding = judged(DATABASE_AND_LEDGER, "根据《关于建立师资流动数据库和轮岗教师台账的通知》制定本方案。")
    assert finding.verdict == "not_found"


def test_not_yet_there_is_a_nearest_miss_not_a_statement(judged):
    finding = judged(DATABASE_AND_LEDGER, "目前尚未建立师资流动数据库。")
    assert finding.verdict == "not_found"
    assert [e.role for e in finding.evidence] == ["nearest_miss"]


def test_refused_is_not_met_with_the_refusal_as_evidence(judged):
    finding = judged(DATABASE_AND_LEDGER, "本县暂不建立师资流动数据库，各校不再建轮岗台账。")
    assert finding.verdict == "not_met"
    assert {e.role for e in finding.evidence} == {"contradicts"}


def test_a_lack_that_is_then_remedied_counts_as_said(judged):
    text = "目前尚未建立师资流动数据库。年底前建成师资流动数据库。建立交流教师台账。"
    assert judged(DATABASE_AND_LEDGER, text).verdict == "met"


def test_an_advice_requirement_is_never_not_met(judged):
    requirement = {**DATABASE_AND_LEDGER, "severity": "advice"}
    finding = judged(requirement, "本县暂不建立师资流动数据库，各校不再建轮岗台账。")
    assert finding.verdict == "partial"


def test_missing_becomes_undetermined_when_an_attachment_was_not_obtained(judged):
    text = "各校加强管理。附件：1.任务清单"
    finding = judged(DATABASE_AND_LEDGER, text, attachments=[missing_attachment(text, "任务清单")])
    assert (finding.verdict, finding.reason) == ("undetermined", "attachment_not_obtained")
    assert finding.searched.attachments.not_obtained == ["任务清单"]
    assert "任务清单" in finding.explanation[1]


def test_what_stands_in_the_text_is_met_whatever_attachment_is_missing(judged):
    text = BOTH + "附件：1.任务清单"
    assert judged(DATABASE_AND_LEDGER, text, attachments=[missing_attachment(text, "任务清单")]).verdict == "met"


def test_a_gap_left_inside_a_word_hides_nothing(judged):
    text = "人社部门建立师资流动数 据库。各校建立轮岗教师 台账。"
    finding = judged(DATABASE_AND_LEDGER, text)
    assert finding.verdict == "met"
    assert finding.evidence[0].quote == "人社部门建立师资流动数 据库"


def test_traditional_wording_and_taiwan_words_are_found_and_quoted_as_written(judged):
    requirement = {
        "form": "statement",
        "parameters": {"elements": [{"name": "网络", "any": [{"all": [["信息"], ["网络研修"]], "near": 20}]}]},
    }
    finding = judged(requirement, "利用資訊手段開展教師網路研修。", script="Hant", variant="zh-Hant-TW")
    assert finding.verdict == "met"
    assert finding.evidence[0].quote == "利用資訊手段開展教師網路研修"


@pytest.mark.parametrize(
    ("wording", "named"),
    [
        ("确定县级信息采集员为祁远山。", True),
        ("县级信息采集员：卞秀云，电话见通讯录。", True),
        ("由谷正阳同志担任县级信息采集员。", True),
        ("县级数据采集员由信息中心祁远山担任。", True),
        ("各校确定一名信息采集员。", False),
        ("县级信息采集员由各校安排。", False),
        ("信息采集员为专职人员。", False),
    ],
)
def test_a_named_person_is_a_name(judged, wording, named):
    requirement = {
        "form": "statement",
        "parameters": {"elements": [{"name": "采集员", "any": [{"all": [["采集员"]], "person": True}]}]},
    }
    assert (judged(requirement, wording).verdict == "met") is named


def test_at_least_asks_for_that_many_elements(judged):
    requirement = {
        "form": "statement",
        "parameters": {
            "at_least": 2,
            "elements": [{"name": word, "any": [{"all": [[word]]}]} for word in ("财政拨款", "社会捐赠", "自筹")],
        },
    }
    assert judged(requirement, "统筹财政拨款和社会捐赠。").verdict == "met"
    assert judged(requirement, "安排财政拨款。").verdict == "partial"
    assert judged(requirement, "对先进学校奖励3万元。").verdict == "not_found"


def test_an_element_with_when_is_asked_only_if_the_plan_speaks_of_it(judged):
    requirement = {
        "form": "statement",
        "parameters": {
            "elements": [
                {"name": "公布", "any": [{"all": [["公布"]]}]},
                {"name": "联合", "when": ["跨县"], "any": [{"all": [["联合公布"]]}]},
            ]
        },
    }
    assert judged(requirement, "由县教育局公布。").verdict == "met"
    assert judged(requirement, "由县教育局公布。鼓励跨县组建。").verdict == "partial"


def test_within_section_takes_the_section_that_holds_most(judged):
    text = "一、队伍\n建立师资数据库。\n二、台账\n建立轮岗台账。\n"
    sections = [section(text, "一", "队伍", "一、", "二、"), section(text, "二", "台账", "二、", None)]
    requirement = {
        "form": "statement",
        "parameters": {**DATABASE_AND_LEDGER["parameters"], "within": "section"},
    }
    assert judged(requirement, text, sections=sections).verdict == "partial"
    together = "一、队伍\n建立师资数据库。建立轮岗台账。\n"
    assert judged(requirement, together, sections=[section(together, "一", "队伍", "一、", None)]).verdict == "met"


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("核心校与成员校实行捆绑考核。", "met"),
        ("对核心校和成员校实行捆绑式一体化评价。", "met"),
        ("实行集团内各校一体化考核。", "met"),
        ("建立考核捆绑机制。", "met"),
        ("核心校与成员校不再捆绑考核。", "not_met"),
        ("各校单独考核。", "not_found"),
        ("探索学生综合素质评价一体化。", "not_found"),
    ],
)
def test_bundled_assessment_of_the_zhejiang_pack(wording, verdict):
    document = make_document(wording)
    findings = {f.requirement: f for f in check(document, load("zhejiang-2021"), ignore_scope=True).findings}
    assert findings["Z08"].verdict == verdict


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("核心校选派骨干教师到成员校任教，覆盖每一所成员校。", "met"),
        ("支援校向各受援校派出名师、学科带头人各1名，长期驻校任教。", "met"),
        ("核心校选派骨干教师到成员校任教。", "partial"),
        ("核心校骨干教师培训由教研室负责。", "not_found"),
    ],
)
def test_backbone_teachers_to_every_member_school(wording, verdict):
    findings = {
        f.requirement: f for f in check(make_document(wording), load("zhejiang-2021"), ignore_scope=True).findings
    }
    assert findings["Z07"].verdict == verdict


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("制定城乡学校共同体建设三年计划。", "met"),
        ("按照教共体建设三年行动方案推进。", "met"),
        ("制定青年教师专业发展三年规划。", "not_found"),
        ("受援学校制定学校发展三年规划。", "not_found"),
        ("每轮校共体周期三年。", "not_found"),
    ],
)
def test_a_three_year_plan_is_one_of_the_communities(wording, verdict):
    findings = {f.requirement: f for f in check(make_document(wording), load("henan-2025")).findings}
    assert findings["R05"].verdict == verdict


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("对排名靠前的学校以奖代投，一等奖3万元，二等奖2万元。", "not_found"),
        ("县财政安排专项经费，鼓励社会捐赠。", "met"),
        ("所需经费由县财政统筹安排资金保障。", "partial"),
    ],
)
def test_award_amounts_are_no_sources_of_money(wording, verdict):
    findings = {f.requirement: f for f in check(make_document(wording), load("henan-2025")).findings}
    assert findings["R20"].verdict == verdict


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("逐校摸底，建立结对备选台账，注明每所乡村学校优先帮扶方向。", "met"),
        ("建立校共体结对备选库。", "partial"),
        ("建立问题台账，对结对情况督促整改。", "not_found"),
        ("制定师徒结对台账。", "not_found"),
    ],
)
def test_a_candidate_ledger_is_not_any_ledger(wording, verdict):
    findings = {f.requirement: f for f in check(make_document(wording), load("henan-2025")).findings}
    assert findings["R09"].verdict == verdict
