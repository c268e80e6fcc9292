"""Communities are read from lines and sentences that state them, and nothing is invented from talk about schools."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from extraction_building import communities_of, layout_of, pairs_of, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.communities.find import find_communities
from extractors.parse import parse
from schemas.outcome import SourceFile

ONE = [("县一小", ["柳河小学", "石桥小学"])]


@pytest.mark.parametrize(
    "line",
    [
        "1.县一小——柳河小学、石桥小学",
        "县一小—柳河小学、石桥小学",
        "县一小-柳河小学-石桥小学",
        "县一小→柳河小学、石桥小学",
        "县一小：柳河小学、石桥小学",
        "县一小（牵头校）：柳河小学, 石桥小学",
        "县一小（总校）+柳河小学（分校）+石桥小学（分校）",
        "第一组：县一小——柳河小学、石桥小学",
        "龙头学校县一小与成员学校柳河小学、石桥小学经协商，组建校联体。",
        "（1）县一小帮扶柳河小学、石桥小学",
        "由县一小（核心校）、柳河小学（成员校）、石桥小学（成员校）组成教共体。",
        "以县一小为牵头校，柳河小学、石桥小学为成员校，组建融合型教共体。",
        "以县一小为龙头，联合柳河小学和石桥小学组建教育集团。",
        "县一小托管柳河小学、石桥小学。",
        "县一小与柳河小学、石桥小学结为城乡教育共同体。",
        "县一小、柳河小学、石桥小学三校组建城东教育集团，县一小为总校。",
        "组建城东教育集团，总校：县一小；成员校：柳河小学、石桥小学。",
        "县一小牵头，联合柳河小学、石桥小学组建教联体。",
        "柳河小学、石桥小学委托县一小管理。",
        "将柳河小学、石桥小学并入县一小，实行一体化管理。",
        "县一小教共体由县一小、柳河小学、石桥小学组成。",
        "城东学区：学区长学校县一小，成员学校柳河小学、石桥小学。",
        "县一小分别与柳河小学、石桥小学建立结对关系。",
    ],
)
def test_a_community_is_read_from(line: str) -> None:
    assert pairs_of(line) == ONE


@pytest.mark.parametrize(
    "line",
    [
        "各牵头学校要与成员学校结对，开展教研活动。",
        "以优质城区学校为牵头校，将周边乡村学校纳入紧密型教育集团。",
        "例如，以城区优质学校为牵头校，与若干所乡村学校组建共同体。",
        "县一小、县二小、县三小为牵头校，分别组建三个教育集团。",
        "县一中和县二中的教师共同组建教研共同体。",
        "今年，实验小学与城东小学联合举办了运动会。",
        "会议在县一小召开，柳河小学、石桥小学校长参加。",
        "县一中每学期派教师到县三中支教，县三中派教师到县一中跟岗学习。",
        "县教育局与县一中、县二中建立联系制度。",
        "全县10个教育集团的牵头学校为县一小、县二小等10所学校。",
        "解除县一小与柳河小学的结对关系。",
        "撤并柳河小学，并入石桥小学，学生由石桥小学接收。",
        "县一小、县二小、县三小校长组成评审组，实验小学校长与柳河小学校长共同主持。",
        "由县一中牵头，县二中、县三中配合，组织全县教师技能大赛。",
        "县一小与柳河小学每月联合开展教研活动。",
        "县一小与柳河小学，县二小与石桥小学分别结对。",
        "县一小+柳河小学、县二小+石桥小学。",
        "以县一小带柳河小学的方式组建共同体。",
        "参加学校：县一小、县二小、柳河小学",
        "县一小：要加强管理，柳河小学配合",
        "柳河镇、石桥镇小学与县二小结对。",
    ],
)
def test_no_community_is_invented_from(line: str) -> None:
    assert pairs_of(line) == []


def test_several_communities_of_one_sentence_or_line_are_told_apart() -> None:
    two = [("县一小", ["柳河小学"]), ("县二小", ["石桥小学"])]
    for line in (
        "由县一小（核心校）、柳河小学（校区）组建成为教共体，由县二小（核心校）、石桥小学（校区）组建成为教共体。",
        "县一小帮扶柳河小学，县二小帮扶石桥小学。",
        "县一小、县二小分别帮扶柳河小学、石桥小学。",
        "县一小—柳河小学；县二小—石桥小学。",
    ):
        assert pairs_of(line) == two, line


def test_a_school_that_is_only_built_belongs_to_nobody() -> None:
    line = "新建县第五小学，扩建县第六小学，由县第一小学领办县第五小学。"
    assert pairs_of(line) == [("县第一小学", ["县第五小学"])]


def test_a_list_takes_its_stage_from_the_heading_but_not_from_a_school_named_in_it() -> None:
    lines = ["一、结对名单", "（一）初中", "1.县一中托管柳河中学。", "2.县二中——石桥中学"]
    assert [(c.lead, c.stage) for c in communities_of(*lines)] == [
        ("县一中", "junior_secondary"),
        ("县二中", "junior_secondary"),
    ]
    lines = ["一、教育集团", "（一）和平中学教育集团", "由和平中学牵头，联合柳河学校组建教育集团。"]
    assert [(c.lead, c.stage) for c in communities_of(*lines)] == [("和平中学", None)]


def test_two_labelled_lines_are_one_community() -> None:
    assert pairs_of("牵头校：县一小", "成员校：柳河小学、石桥小学") == ONE


def test_names_that_hold_a_conjunction_or_a_campus_stay_whole() -> None:
    assert pairs_of("和平小学与同心中学结对。") == [("和平小学", ["同心中学"])]
    assert pairs_of("县一小和和平小学结为帮扶对子。") == [("县一小", ["和平小学"])]
    assert pairs_of("县实验学校（北校区）—柳河学校") == [("县实验学校（北校区）", ["柳河学校"])]


def test_a_community_without_a_stated_lead_has_none() -> None:
    (one,) = communities_of("县城东教育集团由县二小、县三小、柳河小学组成。")
    assert (one.name, one.lead, one.members) == ("县城东教育集团", None, ["县二小", "县三小", "柳河小学"])


@pytest.mark.parametrize(
    "unit", ["实验小学和城东小学", "由县一小（核心校）、", "各学校要加强管理，", "（", "为组建", "县一小托管柳河小学，"]
)
def test_the_cost_grows_with_the_length_and_no_faster(
    unit: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    linear(lambda n: find_communities(layout_of(unit * n), []), 10_000 // len(unit))


TOWNS = ["柳河镇", "石桥乡", "青山镇", "河口镇", "白水乡", "和平镇", "大同镇", "新安镇"]
KINDS = ["中心小学", "第二小学", "初级中学", "中心幼儿园", "中学", "九年一贯制学校"]
LEADS = ["县第一小学", "县实验小学", "城关第三小学", "县第二中学", "和平路小学", "同心学校", "县机关幼儿园", "县一中"]
GROUPS = st.lists(
    st.tuples(
        st.sampled_from(LEADS),
        st.lists(st.tuples(st.sampled_from(TOWNS), st.sampled_from(KINDS)).map("".join), min_size=1, max_size=4, unique=True),
    ),
    min_size=1, max_size=4, unique_by=lambda group: group[0],
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(groups=GROUPS, shape=st.integers(0, 8), lead=st.sampled_from(["牵头校", "核心校", "总校", "支援学校"]))
def test_what_is_written_in_any_form_is_read_back(groups: list[tuple[str, list[str]]], shape: int, lead: str) -> None:
    members = {"牵头校": "成员校", "核心校": "成员学校", "总校": "分校", "支援学校": "受援学校"}[lead]
    if shape == 0:
        blocks = [table_of([[lead, members], *[[a, "、".join(b)] for a, b in groups]])]
    elif shape == 1:
        blocks = [
            table_of(
                [
                    ["序号", lead, members],
                    *[[str(i), "^" if j else a, m] for i, (a, b) in enumerate(groups) for j, m in enumerate(b)],
                ]
            )
        ]
    elif shape == 2:
        blocks = [table_of([[lead, members], *[[a, m] for a, b in groups for m in b]])]
    elif shape == 3:
        blocks = [table_of([[lead, members], *[["" if j else a, m] for a, b in groups for j, m in enumerate(b)]])]
    else:
        form = [
            "{a}——{b}",
            "（{i}）{a}：{b}",
            "{a}托管{b}。",
            "以{a}为{lead}，{b}为{members}，组建教育集团。",
            "由{a}（{lead}）、{b}组成教联体。",
        ][shape - 4]
        blocks = [
            form.format(a=a, b="、".join(b), i=i + 1, lead=lead, members=members) for i, (a, b) in enumerate(groups)
        ]
    assert pairs_of(*blocks) == groups


def test_the_school_that_a_community_is_called_after_is_not_one_more_member() -> None:
    (found,) = communities_of("以柳河镇中心小学为牵头学校，联合石桥小学组建柳河镇小学教育共同体。")
    assert (found.name, found.lead, found.members) == ("柳河镇小学教育共同体", "柳河镇中心小学", ["石桥小学"])


def test_schools_joined_by_plus_behind_the_communitys_name_follow_the_first() -> None:
    (found,) = communities_of("1.柳河小学教联体（共建型）：柳河小学+石桥小学+河东小学。")
    assert (found.lead, found.members) == ("柳河小学", ["石桥小学", "河东小学"])


def test_a_short_line_above_a_list_says_its_stage() -> None:
    found = communities_of(
        "小学（2对）：", "柳河小学—石桥小学", "河东小学—河西小学", "初中（1对）：", "柳河中学—石桥中学"
    )
    assert [c.stage for c in found] == ["primary", "primary", "junior_secondary"]


@pytest.mark.parametrize("blank", ["", "____", "……", "  "])
def test_a_row_whose_members_were_left_blank_is_a_lead_without_members(blank: str) -> None:
    text = f"城乡学校共同体结对名单\n1.核心校：青岚县第一小学；成员校：柳溪小学、明德小学\n2.核心校：青岚县第二小学；成员校：{blank}"
    document = parse(SourceFile("方案.txt", text.encode())).documents[0]
    assert [(c.lead, c.members) for c in document.communities] == [
        ("青岚县第一小学", ["柳溪小学", "明德小学"]),
        ("青岚县第二小学", []),
    ]
    assert "lead_without_members" in [note.kind for note in document.quality]
