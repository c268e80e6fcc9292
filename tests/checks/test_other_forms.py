"""What the forms list, consistency, every_task, citation, deadline_relative, roles, section and counts promise."""

from __future__ import annotations

from datetime import date

import pytest
from made_plans import community, missing_attachment, section, span_of, task

from schemas.document import Citation, Leader, TableRows

LIST = {"form": "list", "parameters": {}}
KINDS = {
    "form": "list",
    "parameters": {
        "kinds": ["single_legal_person", "joint"],
        "labels": {"融合型": "single_legal_person", "共建型": "joint", "协作型": "paired"},
        "inside_county": True,
    },
}
TWO = "青禾一小——柳湾小学\n青禾二小——石桥小学\n"


def two(text: str = TWO, **more: object) -> list:
    return [
        community(text, "青禾一小——柳湾小学", "青禾一小", "柳湾小学", **more),
        community(text, "青禾二小——石桥小学", "青禾二小", "石桥小学", **more),
    ]


class TestList:
    def test_met_with_lead_and_members_everywhere(self, judged):
        finding = judged(LIST, TWO, communities=two())
        assert finding.verdict == "met"
        assert finding.evidence[0].quote == "青禾一小——柳湾小学"

    def test_partial_when_one_community_has_no_members(self, judged):
        communities = two()
        communities[1] = communities[1].model_copy(update={"members": []})
        finding = judged(LIST, TWO, communities=communities)
        assert finding.verdict == "partial"
        assert finding.evidence[0].role == "contradicts"
        assert finding.evidence[0].quote == "青禾二小——石桥小学"

    def test_not_met_when_none_is_complete(self, judged):
        communities = [c.model_copy(update={"lead": None}) for c in two()]
        assert judged(LIST, TWO, communities=communities).verdict == "not_met"

    def test_not_found_without_a_list_and_undetermined_when_it_may_stand_in_an_attachment(self, judged):
        assert judged(LIST, "组建校共体。").verdict == "not_found"
        text = "组建校共体。附件：结对名单"
        finding = judged(LIST, text, attachments=[missing_attachment(text, "结对名单")])
        assert (finding.verdict, finding.reason) == ("undetermined", "attachment_not_obtained")

    @pytest.mark.parametrize(
        ("mode", "legal", "verdict"),
        [
            ("共建型", None, "met"),
            ("融合型", "single", "met"),
            ("协作型", None, "not_met"),
            ("协作型", "single", "met"),  # the feature decides, not the label
            (None, "single", "met"),
            (None, None, "undetermined"),
            ("融合型", "separate", "undetermined"),  # the label contradicts the feature
        ],
    )
    def test_kinds_are_told_by_features_not_by_labels(self, judged, mode, legal, verdict):
        assert judged(KINDS, TWO, communities=two(mode=mode, legal_person=legal)).verdict == verdict

    def test_one_of_the_wrong_kind_makes_it_partial(self, judged):
        communities = two(mode="共建型")
        communities[1] = communities[1].model_copy(update={"mode": "协作型"})
        finding = judged(KINDS, TWO, communities=communities)
        assert finding.verdict == "partial"
        assert finding.evidence[0].role == "contradicts"

    def test_a_label_is_read_by_the_definition_in_the_plan(self, judged):
        text = "融合型教共体：各校法人独立，不打破原有人事、管理体制。\n" + TWO
        assert judged(KINDS, text, communities=two(text, mode="融合型")).verdict == "not_met"

    def test_without_labels_the_only_mode_described_counts(self, judged):
        text = "采用共建型模式，各校法人独立，由核心校统一管理教学。\n" + TWO
        assert judged(KINDS, text, communities=two(text)).verdict == "met"

    def test_a_school_of_another_county_does_not_count(self, judged):
        text = "宁海县第一小学——柳湾小学\n青禾二小——石桥小学\n"
        communities = [
            community(text, "宁海县第一小学——柳湾小学", "宁海县第一小学", "柳湾小学", mode="共建型"),
            community(text, "青禾二小——石桥小学", "青禾二小", "石桥小学", mode="共建型"),
        ]
        finding = judged(KINDS, text, communities=communities)
        assert finding.verdict == "partial"
        assert "宁海县第一小学" in finding.explanation[3]

    @pytest.mark.parametrize(
        "name", ["青禾县第一小学", "南阳市青禾县第一小学", "县实验小学", "城区第一小学东校区", "青禾高新区小学"]
    )
    def test_own_county_and_parts_of_a_school_are_not_another_county(self, judged, name):
        text = f"{name}——柳湾小学\n"
        communities = [community(text, f"{name}——柳湾小学", name, "柳湾小学", mode="共建型")]
        assert judged(KINDS, text, communities=communities).verdict == "met"


CONSISTENCY = {
    "form": "consistency",
    "parameters": {
        "subjects": ["教共体", "校共体", "共同体"],
        "units": ["对", "个"],
        "verbs": ["新增", "组建", "共"],
        "exclude": ["全省"],
    },
}


class TestConsistency:
    @pytest.mark.parametrize(
        ("wording", "verdict"),
        [
            ("今年新增2对共建型教共体。\n", "met"),
            ("全县共组建教共体两个。\n", "met"),
            ("今年新增3对教共体。\n", "conflict"),
            ("全县先后组建教共体14个，今年新增2个教共体。\n", "met"),
            ("全省新增1500个教共体。\n", "not_applicable"),
            ("每个教共体召开一次会议。\n", "not_applicable"),
            ("根据《关于落实新增教共体1500对任务的通知》，推进工作。\n", "not_applicable"),
        ],
    )
    def test_the_number_in_the_text_is_held_against_the_list(self, judged, wording, verdict):
        text = wording + TWO
        assert judged(CONSISTENCY, text, communities=two(text)).verdict == verdict

    def test_a_number_for_one_mode_is_held_against_that_mode(self, judged):
        text = "新增1个共建型教共体。\n" + TWO
        communities = two(text, mode="共建型")
        communities[1] = communities[1].model_copy(update={"mode": "融合型"})
        assert judged(CONSISTENCY, text, communities=communities).verdict == "met"

    def test_pairs_may_count_members_but_communities_may_not(self, judged):
        text = "{}\n青禾一小——柳湾小学、石桥小学\n"
        for unit, verdict in (("对", "met"), ("个", "conflict")):
            own = text.format(f"新增2{unit}教共体。")
            only = community(own, "青禾一小——柳湾小学、石桥小学", "青禾一小", "柳湾小学", "石桥小学")
            assert judged(CONSISTENCY, own, communities=[only]).verdict == verdict

    def test_a_number_without_a_list(self, judged):
        text = "新增2对教共体，名单见附件。附件：名单"
        assert judged(CONSISTENCY, text).verdict == "not_found"
        assert judged(CONSISTENCY, text, attachments=[missing_attachment(text, "名单")]).verdict == "undetermined"


TASKS = {"form": "every_task", "parameters": {}}
TASK_TEXT = "（一）定名单。（责任科室：普教科；时限：6月底前）\n（二）抓教研。（责任科室：教研室；时限：9月底前）\n"


class TestEveryTask:
    def tasks(self, second_responsible=("教研室",), second_due="9月底前"):
        return [
            task(TASK_TEXT, "（一）定名单。（责任科室：普教科；时限：6月底前）", ["普教科"], "6月底前"),
            task(TASK_TEXT, "（二）抓教研。（责任科室：教研室；时限：9月底前）", list(second_responsible), second_due),
        ]

    def test_met_when_every_task_is_complete(self, judged):
        assert judged(TASKS, TASK_TEXT, tasks=self.tasks()).verdict == "met"

    def test_partial_when_one_lacks_its_deadline_or_section(self, judged):
        finding = judged(TASKS, TASK_TEXT, tasks=self.tasks(second_due=None))
        assert finding.verdict == "partial"
        assert "完成时限" in finding.explanation[3]
        assert judged(TASKS, TASK_TEXT, tasks=self.tasks(second_responsible=())).verdict == "partial"

    def test_not_met_when_none_is_complete_and_not_found_without_tasks(self, judged):
        tasks = [t.model_copy(update={"due_text": None}) for t in self.tasks()]
        assert judged(TASKS, TASK_TEXT, tasks=tasks).verdict == "not_met"
        assert judged(TASKS, TASK_TEXT).verdict == "not_found"

    def test_an_item_beside_the_tasks_that_names_nobody_is_a_task_too(self, judged):
        text = TASK_TEXT + "（三）做好宣传。\n"
        items = [
            section(text, "（一）", "定名单", "（一）", "（二）"),
            section(text, "（二）", "抓教研", "（二）", "（三）"),
            section(text, "（三）", "做好宣传", "（三）", None),
        ]
        parent = section(text, "三", "任务", "（一）", None, *items)
        finding = judged(TASKS, text, tasks=self.tasks(), sections=[parent])
        assert finding.verdict == "partial"
        assert "（三）做好宣传" in finding.evidence[0].quote


CITATION = {
    "form": "citation",
    "parameters": {"document_number": "浙教基〔2020〕70号", "title": ["共同体建设", "指导意见"]},
}


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("根据浙教基〔2020〕70号文件，制定本方案。", "met"),
        ("根据浙教基[2020]70号文件。", "met"),
        ("根据浙教基（2020）70 号文件。", "met"),
        ("根据浙教基〔20xx〕70號文件。", "met"),
        ("根据浙教基〔20××〕70号文件。", "met"),
        ("根据浙教基〔2019〕70号文件。", "not_found"),
        ("根据浙教基〔2020〕7号文件。", "not_found"),
        ("根据浙教办〔2020〕70号文件。", "not_found"),
    ],
)
def test_a_citation_is_told_by_its_number_in_any_brackets(judged, wording, verdict):
    assert judged(CITATION, wording).verdict == verdict


def test_a_title_without_its_number_is_part_of_a_citation(judged):
    text = "根据《关于城乡义务教育共同体建设的指导意见》制定。"
    citation = Citation(
        title="关于城乡义务教育共同体建设的指导意见", span=span_of(text, "《关于城乡义务教育共同体建设的指导意见》")
    )
    finding = judged(CITATION, text, citations=[citation])
    assert finding.verdict == "partial"
    assert finding.evidence[0].role == "nearest_miss"


DEADLINE = {
    "form": "deadline_relative",
    "parameters": {
        "about": [["组建", "成立"], ["校共体", "组建"]],
        "months": 3,
        "exclude": ["领导小组"],
        "statements": [{"name": "权责", "any": [{"all": [["明确", "约定"], ["权责"]], "near": 20}]}],
    },
}


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("校共体在2—3个月内完成组建，明确双方权责。", "met"),
        ("各校共体自印发之日起两个月内完成组建，约定双方权责。", "met"),
        ("校共体在60天内完成组建，明确双方权责。", "met"),
        ("校共体在2—3个月内完成组建。", "partial"),
        ("校共体在半年内组建，明确双方权责。", "not_met"),
        ("校共体在6个月内完成组建，明确双方权责。", "not_met"),
        ("到2025年12月底，完成校共体组建，明确双方权责。", "met"),
        ("到2026年8月底，完成校共体组建，明确双方权责。", "not_met"),
        ("2个月内成立领导小组。", "not_found"),
        ("明确双方权责。", "partial"),
        ("加快校共体组建。", "not_found"),
    ],
)
def test_set_up_within_months(judged, wording, verdict):
    assert judged(DEADLINE, wording, signed_on=date(2025, 10, 20)).verdict == verdict


def test_a_stage_of_the_outline_gives_the_months(judged):
    text = "（二）组建阶段（2025年10月—2025年12月）\n分批推进，明确双方权责。\n"
    sections = [section(text, "（二）", "组建阶段（2025年10月—2025年12月）", "（二）", None)]
    assert judged(DEADLINE, text, sections=sections).verdict == "met"
    longer = text.replace("2025年12月", "2026年05月")
    sections = [section(longer, "（二）", "组建阶段（2025年10月—2026年05月）", "（二）", None)]
    assert judged(DEADLINE, longer, sections=sections).verdict == "not_met"


def test_a_stage_in_the_running_text_gives_the_months(judged):
    text = "第一阶段（2025年10月—2025年12月）：组建校共体。明确双方权责。\n"
    assert judged(DEADLINE, text).verdict == "met"
    assert judged(DEADLINE, text.replace("2025年12月", "2026年3月")).verdict == "not_met"


def test_a_deadline_without_the_plans_own_day_answers_part(judged):
    text = "到2025年12月底，完成校共体组建，明确双方权责。"
    assert judged(DEADLINE, text, signed_on=None).verdict == "partial"


GROUP = {
    "form": "roles",
    "parameters": {
        "filled": True,
        "group": ["领导小组", "专班"],
        "roles": [
            {"name": "组长", "any": ["组长"]},
            {"name": "副组长", "any": ["副组长"]},
            {"name": "成员", "any": ["成员"]},
        ],
    },
}


class TestLeadingGroup:
    @pytest.mark.parametrize(
        ("wording", "verdict"),
        [
            ("成立领导小组。\n组长：祁远山\n副组长：卞秀云\n成员：谷正阳、周 军\n", "met"),
            ("成立以局长为组长，副局长为副组长，各科室负责人为成员的领导小组。", "met"),
            ("领导小组由祁远山局长担任组长，卞秀云副局长为副组长，各股室站负责人为领导小组成员。", "met"),
            ("成立工作专班。\n组长：祁远山\n副组长：\n成员：\n", "partial"),
            ("成立领导小组，以局长为组长。", "partial"),
            ("成立工作专班。\n组长：吴\n副组长：\n成员：\n三、要求\n", "not_met"),
            ("成立工作专班。\n组长：\n副组长：\n成员：\n", "not_met"),
            ("成立领导小组，加强领导。", "not_found"),
            ("加强组织领导。", "not_found"),
            ("各成员校要提高认识，成员校长负责。", "not_found"),
        ],
    )
    def test_roles_are_filled_with_names_or_posts(self, judged, wording, verdict):
        assert judged(GROUP, wording).verdict == verdict

    def test_extracted_leaders_count_and_masked_names_do_not(self, judged):
        text = "组长 祁远山 副组长 卞秀云 成员 谷正阳"
        people = {"组长": "祁远山", "副组长": "卞秀云", "成员": "谷正阳"}
        leaders = [Leader(role=r, name=n, span=span_of(text, f"{r} {n}")) for r, n in people.items()]
        assert judged(GROUP, text, leaders=leaders).verdict == "met"
        leaders[0] = leaders[0].model_copy(update={"name": "祁××"})
        assert judged(GROUP, text, leaders=leaders).verdict == "partial"

    def test_a_deputy_is_no_head(self, judged):
        assert judged(GROUP, "领导小组副组长：卞秀云；成员：谷正阳、周军。").verdict == "partial"


EXPERTS = {
    "form": "roles",
    "parameters": {
        "group": ["指导组", "评估组"],
        "roles": [
            {"name": "人事", "any": ["人事"]},
            {"name": "教研", "any": ["教研"]},
            {"name": "财务", "any": ["财务", "计财"]},
        ],
        "statements": [{"name": "考核方案", "any": [{"all": [["考核"], ["方案"]], "near": 10}]}],
    },
}


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("制定考核评估方案，成立指导组，由人事、教研、计财等股室人员组成。", "met"),
        ("制定考核评估方案，成立指导组，由人事、教研人员组成。", "partial"),
        ("成立指导组，由人事、教研、财务人员组成。", "partial"),
        ("制定考核评估方案。", "partial"),
        ("人事股和教研室配合，财务科保障。", "not_found"),
    ],
)
def test_kinds_of_people_stand_in_the_sentence_of_their_group(judged, wording, verdict):
    assert judged(EXPERTS, wording).verdict == verdict


MEASURES = {"form": "section", "parameters": {"headings": ["措施", "工作内容"], "items": 3}}
MEASURE_TEXT = (
    "一、目标\n提高质量。\n二、主要措施\n1.管理。核心校派出执行校长参与成员校管理。\n2.教学。两校统一教学进度和质量监测办法。\n"
    "3.教研。每月联合开展一次集体备课活动。\n"
)


class TestSection:
    def outline(self, text):
        below = [
            section(text, "1", "管理", "1.管理", "2.教学"),
            section(text, "2", "教学", "2.教学", "3.教研"),
            section(text, "3", "教研", "3.教研", None),
        ]
        return [section(text, "一", "目标", "一、", "二、"), section(text, "二", "主要措施", "二、", None, *below)]

    def test_met_with_items_of_substance(self, judged):
        finding = judged(MEASURES, MEASURE_TEXT, sections=self.outline(MEASURE_TEXT))
        assert finding.verdict == "met"
        assert finding.searched.sections[1].heading == "主要措施"

    def test_partial_with_too_few(self, judged):
        text = MEASURE_TEXT.replace("两校统一教学进度和质量监测办法。", "")
        assert judged(MEASURES, text, sections=self.outline(text)).verdict == "partial"

    def test_an_empty_section_is_not_met(self, judged):
        text = "一、目标\n提高质量。\n二、主要措施\n"
        sections = [section(text, "一", "目标", "一、", "二、"), section(text, "二", "主要措施", "二、", None)]
        assert judged(MEASURES, text, sections=sections).verdict == "not_met"

    def test_not_found_without_such_a_heading(self, judged):
        text = "一、目标\n提高质量。\n"
        assert judged(MEASURES, text, sections=[section(text, "一", "目标", "一、", None)]).verdict == "not_found"


COUNTS = {
    "form": "counts",
    "parameters": {
        "kinds": {"城镇": ["城区学校", "镇区学校", "城区"], "乡村": ["乡村学校", "农村学校", "村小"]},
        "lesser": {"小学": ["小学"], "初中": ["初中"]},
        "units": ["所", "个"],
        "at_least": 2,
    },
}


@pytest.mark.parametrize(
    ("wording", "verdict"),
    [
        ("全县有城区学校12所、乡村学校38所。", "met"),
        ("全县现有12所城区学校、38所农村学校。", "met"),
        ("城区学校共12所，农村学校（含教学点）38所。", "met"),
        ("全县有城区学校12所。", "partial"),
        ("全县有小学50所、初中20所。", "partial"),
        ("由1所城区学校联合3所乡村学校组成校共体。", "not_found"),
        ("每所城区学校要成立机构，各乡村学校配合。", "not_found"),
    ],
)
def test_numbers_of_schools_by_kind(judged, wording, verdict):
    assert judged(COUNTS, wording).verdict == verdict


@pytest.mark.parametrize("ending", ["。", "；", "\n"])
def test_a_long_section_is_quoted_to_the_end_of_a_sentence(judged, ending):
    sentence = "县教育局每学期组织对校帮扶活动，安排骨干教师到校上课并开展教研" + ending
    text = "一、工作措施\n" + sentence * 9 + "二、其他\n无。"
    sections = [section(text, "一", "工作措施", "一、", "二、"), section(text, "二", "其他", "二、", None)]
    (evidence,) = judged(MEASURES, text, sections=sections).evidence
    assert evidence.quote == text[evidence.span.start : evidence.span.end]
    assert evidence.quote.rstrip("\n").endswith(("教研。", "教研；", "教研"))
    assert 120 <= len(evidence.quote) < 120 + 2 * len(sentence), "its beginning, not all of it"


def test_numbers_of_schools_in_a_table(judged):
    text = "学校类别 数量\n城区学校 12\n乡村学校 38\n"
    rows = [["学校类别", "数量"], ["城区学校", "12"], ["乡村学校", "38"]]
    table = TableRows(rows=rows, span=span_of(text, text))
    assert judged(COUNTS, text, tables=[table]).verdict == "met"
    rows[2][1] = ""
    assert judged(COUNTS, text, tables=[TableRows(rows=rows, span=span_of(text, text))]).verdict == "partial"
