"""What the engine promises: scope, conditions, gaps in what was read, faults of a rule, and the form of its output."""

from __future__ import annotations

import json
from datetime import date

import pytest
from made_plans import community, make_document, make_pack, missing_attachment, span_of

from checks.engine import check
from checks.modes import modes
from checks.pack import load
from checks.plan import Plan
from schemas.document import Jurisdiction, Quality
from schemas.finding import Finding

SAYS = {"form": "statement", "parameters": {"elements": [{"name": "协议", "any": [{"all": [["协议"]]}]}]}}
MEETS_MONTHLY = {
    "form": "threshold",
    "parameters": {"any": [{"about": [["线下"]], "context": [["指导"]], "value": 2, "units": ["次"], "per": "month"}]},
}
BREAKS = {"form": "list", "parameters": {}}


class TestScope:
    @pytest.mark.parametrize(
        ("facts", "word"),
        [
            ({"jurisdiction": Jurisdiction(province="湖南省", county="某县")}, "湖南省"),
            ({"signed_on": date(2019, 10, 28)}, "2019-10-28"),
            ({"signed_on": date(2029, 1, 1)}, "2029-01-01"),
            ({"level": "school"}, "学校"),
            ({"on_topic": False}, "无关"),
            ({"signed_on": None, "title": "青禾县2019年校共体方案"}, "2019"),
        ],
    )
    def test_a_plan_out_of_scope_is_not_applicable_throughout_and_says_why(self, facts, word):
        result = check(make_document("签订协议。", **facts), make_pack(SAYS, SAYS))
        assert [f.verdict for f in result.findings] == ["not_applicable"] * 2
        assert result.summary == {"not_applicable": 2}
        assert all(word in f.explanation[3] for f in result.findings)

    def test_ignore_scope_judges_it_all_the_same(self):
        document = make_document("签订协议。", level="school", on_topic=False)
        assert check(document, make_pack(SAYS), ignore_scope=True).findings[0].verdict == "met"

    def test_what_is_unknown_does_not_exclude_and_is_said(self):
        document = make_document("签订协议。", level=None, signed_on=None, title=None, jurisdiction=Jurisdiction())
        finding = check(document, make_pack(SAYS)).findings[0]
        assert finding.verdict == "met"
        assert "日期" in finding.explanation[3]

    def test_a_masked_year_is_in_scope_for_zhejiang(self):
        document = make_document(
            "实行捆绑考核。",
            title="20xx年城乡教育共同体实施方案",
            signed_on=None,
            jurisdiction=Jurisdiction(province="浙江省", county="某县"),
        )
        verdicts = {f.requirement: f.verdict for f in check(document, load("zhejiang-2021")).findings}
        assert verdicts["Z08"] == "met"


WITH_CONDITION = {
    **SAYS,
    "condition": {
        "kinds": ["single_legal_person"],
        "labels": {"紧密型": "single_legal_person", "融合型": "joint", "结对型": "paired"},
        "otherwise": "方案没有紧密型",
    },
}


class TestConditions:
    @pytest.mark.parametrize(
        ("wording", "applies"),
        [
            ("组建紧密型校共体3个。", True),
            ("采用融合型，城乡校区合为一个法人单位，实行统一管理。", True),  # the feature, not the label
            ("学校合并办学，一校两区，统一法人。", True),
            ("紧密型校共体各成员校法人独立，教学统一管理。", False),  # the label is contradicted by the feature
            ("融合型校共体各校法人独立。", False),
            ("本县暂不组建紧密型校共体，全部采用融合型。", False),
            ("学校之间互相帮扶。", False),
        ],
    )
    def test_a_condition_is_told_by_features(self, judged, wording, applies):
        verdict = judged(WITH_CONDITION, wording).verdict
        assert verdict == ("not_found" if applies else "not_applicable")

    def test_the_same_label_means_opposite_things_in_two_provinces(self):
        document = make_document("组建融合型共同体2个。")
        henan = {"融合型": "joint"}
        zhejiang = {"融合型": "single_legal_person"}
        assert [m.kind for m in modes(Plan(document), henan)] == ["joint"]
        assert [m.kind for m in modes(Plan(document), zhejiang)] == ["single_legal_person"]
        defined = make_document("融合型共同体合为一个法人单位。")
        assert [m.kind for m in modes(Plan(defined), henan)] == ["single_legal_person"]

    def test_a_mode_that_stands_only_in_the_list_counts(self, judged):
        text = "名单：青禾一小——柳湾小学（见表）"
        one = community(text, "青禾一小——柳湾小学", "青禾一小", "柳湾小学", mode="紧密型")
        assert judged(WITH_CONDITION, text, communities=[one]).verdict == "not_found"

    def test_pairs_of_teachers_are_no_paired_communities(self):
        document = make_document("开展师徒结对、结对共研活动，落实结对教师待遇。")
        verdicts = {f.requirement: f.verdict for f in check(document, load("henan-2025")).findings}
        assert verdicts["R18"] == "not_applicable"
        paired = make_document("采取一对一、一对多方式，组织城区学校与乡村学校结对帮扶。")
        verdicts = {f.requirement: f.verdict for f in check(paired, load("henan-2025")).findings}
        assert verdicts["R18"] == "not_found"
        assert verdicts["R13"] == "not_found"


class TestGaps:
    def test_unreadable_pages_come_first(self, judged):
        text = "无。附件：名单"
        quality = [Quality(kind="unreadable_page", message="第3页", page=3)]
        finding = judged(SAYS, text, quality=quality, attachments=[missing_attachment(text, "名单")])
        assert (finding.verdict, finding.reason) == ("undetermined", "unreadable_page")
        assert finding.searched.unreadable_pages == [3]
        assert "第3页未能读取" in finding.explanation[1]

    def test_low_confidence_of_recognition(self, judged):
        finding = judged(SAYS, "无。", quality=[Quality(kind="low_ocr_confidence", message="0.41", page=1)])
        assert (finding.verdict, finding.reason) == ("undetermined", "low_ocr_confidence")

    @pytest.mark.parametrize(
        "kind", ["embedded_object", "picture_not_read", "more_pages", "part_not_read", "hidden_sheet"]
    )
    def test_whatever_was_not_read_keeps_the_plan_from_being_called_wanting(self, judged, kind):
        quality = [Quality(kind=kind, message="文档嵌入了其他文件，未读取 / embedded file not read")]
        finding = judged(SAYS, "无。", quality=quality)
        assert (finding.verdict, finding.reason) == ("undetermined", "unreadable_page")
        assert "文档嵌入了其他文件" in finding.explanation[3]

    @pytest.mark.parametrize(
        ("confidence", "verdict"), [(None, "undetermined"), (0.72, "undetermined"), (0.97, "not_found")]
    )
    def test_a_scan_counts_as_read_when_its_recognition_was_sure(self, judged, confidence, verdict):
        quality = [Quality(kind="ocr_text", message="第1页", page=1, confidence=confidence)]
        assert judged(SAYS, "无。", quality=quality).verdict == verdict

    def test_a_fault_in_doubtfully_recognised_words_is_left_to_a_person(self, judged):
        text = "一、目标\n每月开展1次线下指导。\n二、其他\n印发各校执行。"
        assert judged(MEETS_MONTHLY, text).verdict == "not_met"
        elsewhere = [Quality(kind="low_ocr_confidence", message="", span=span_of(text, "印发各校"), confidence=0.5)]
        assert judged(MEETS_MONTHLY, text, quality=elsewhere).verdict == "not_met"
        there = [Quality(kind="low_ocr_confidence", message="", span=span_of(text, "每月开展"), confidence=0.5)]
        finding = judged(MEETS_MONTHLY, text, quality=there)
        assert (finding.verdict, finding.reason) == ("undetermined", "low_ocr_confidence")

    def test_an_attachment_only_spoken_of_is_not_obtained_either(self, judged):
        text = "名单见附件1。"
        quality = [Quality(kind="attachment_not_obtained", message="附件1", span=span_of(text, "附件1"))]
        finding = judged(SAYS, text, quality=quality)
        assert (finding.verdict, finding.reason) == ("undetermined", "attachment_not_obtained")

    def test_a_failing_value_stays_failing(self, judged):
        requirement = {
            "form": "threshold",
            "parameters": {"any": [{"about": [["督导"]], "value": 2, "units": ["次"]}]},
        }
        text = "开展督导1次。附件：名单"
        assert judged(requirement, text, attachments=[missing_attachment(text, "名单")]).verdict == "not_met"


class TestFaults:
    def test_a_form_that_raises_is_undetermined_and_the_others_go_on(self, monkeypatch, caplog):
        import checks.forms.list as form

        def broken(plan, requirement):
            raise ZeroDivisionError("division by\nzero")

        monkeypatch.setattr(form, "judge", broken)
        result = check(make_document("签订协议。"), make_pack(BREAKS, SAYS))
        first, second = result.findings
        assert (first.verdict, first.reason) == ("undetermined", "rule_error")
        assert "ZeroDivisionError: division by zero" in first.explanation[3]
        assert second.verdict == "met"
        assert "T01" in caplog.text

    def test_an_empty_or_odd_document_breaks_no_rule(self):
        for text in (
            "",
            " \n\n",
            "\x00\ufffd",
            "。。。；；",
            "A" * 5000,
            "每每每月1次" * 500,
            "（" * 3000,
            "《" * 3000,
        ):
            for pack in ("henan-2025", "zhejiang-2021"):
                result = check(make_document(text), load(pack), ignore_scope=True)
                assert not [f.requirement for f in result.findings if f.reason == "rule_error"], text[:10]

    def test_the_cost_is_linear_in_the_length(self):
        import time

        text = "到2025年底，核心校每学期到成员校开展1次线下指导，教师交流轮岗，以局长为组长，建立台账。\n" * 100
        times = []
        for factor in (1, 8):
            document = make_document(text * factor)
            started = time.perf_counter()
            check(document, load("henan-2025"))
            check(document, load("zhejiang-2021"), ignore_scope=True)
            times.append(time.perf_counter() - started)
        assert times[1] < 24 * times[0], times


class TestContract:
    def test_the_json_form_has_the_fields_of_the_contract(self):
        result = json.loads(check(make_document("签订协议。"), make_pack(SAYS)).model_dump_json())
        assert set(result) == {"plan", "pack", "findings", "summary"}
        assert {"id", "title", "uri", "jurisdiction"} <= set(result["plan"])
        assert {"id", "version", "sha256"} <= set(result["pack"])
        finding = result["findings"][0]
        assert set(finding) >= {
            "requirement", "verdict", "severity", "expected", "observed", "evidence", "searched", "due_state", "explanation",
        }  # fmt: skip
        assert set(finding["evidence"][0]) == {"role", "span", "quote"}
        assert {"start", "end"} <= set(finding["evidence"][0]["span"])
        assert [line.split("：")[0] for line in finding["explanation"]] == [
            "要求", "查了什么", "找到什么", "怎样判定", "建议整改",
        ]  # fmt: skip
        assert result["summary"] == {"met": 1}

    def test_the_same_plan_gives_the_same_findings(self):
        document = make_document("到2025年底，60%乡村学校纳入校共体。建立问题台账。签订协议。")
        first = check(document, load("henan-2025"), today=date(2025, 11, 1))
        second = check(document, load("henan-2025"), today=date(2025, 11, 1))
        assert first.model_dump_json() == second.model_dump_json()

    def test_a_reason_belongs_to_undetermined_only(self):
        finding = check(make_document("签订协议。"), make_pack(SAYS)).findings[0]
        with pytest.raises(ValueError, match="reason"):
            Finding.model_validate({**finding.model_dump(), "reason": "ambiguous"})
