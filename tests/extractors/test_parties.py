"""Agreements and papers in which a school speaks of itself: who the parties are and what 我校 stands for."""

from __future__ import annotations

import pytest
from extraction_building import layout_of

from extractors.communities.find import find_communities
from extractors.parse import parse
from extractors.parties import find_parties, paired_by
from schemas.document import Document
from schemas.outcome import SourceFile


def document_of(text: str) -> Document:
    return parse(SourceFile(uri="协议.txt", data=text.encode())).documents[0]


AGREEMENT = """城乡学校结对帮扶协议书
甲方（{first}）：青禾县第一小学
乙方（{second}）：青禾县柳河镇中心小学
为促进城乡教育均衡发展，双方就结对帮扶事宜达成如下协议。
一、帮扶期限
自2024年9月1日起，为期三年。
甲方（盖章）：青禾县第一小学　　乙方（盖章）：青禾县柳河镇中心小学
2024年8月30日
"""


def test_an_agreement_is_issued_by_its_parties_and_pairs_them() -> None:
    document = document_of(AGREEMENT.format(first="支援学校", second="受援学校"))
    assert document.issuers == ["青禾县第一小学", "青禾县柳河镇中心小学"]
    assert [(c.lead, c.members) for c in document.communities] == [("青禾县第一小学", ["青禾县柳河镇中心小学"])]


def test_the_note_behind_a_label_says_who_helps() -> None:
    layout = layout_of(*AGREEMENT.format(first="受援学校", second="支援学校").splitlines())
    (community,) = paired_by(layout, find_parties(layout))
    assert (community.lead, community.members) == ("青禾县柳河镇中心小学", ["青禾县第一小学"])


@pytest.mark.parametrize(
    "lines",
    [
        ("甲方：________", "乙方：________"),
        ("甲方：青禾县第一小学", "乙方："),
        ("甲方：青禾县教育局", "乙方：青禾县第一小学"),
        ("甲方的责任：选派教师", "乙方的责任：提供食宿"),
    ],
)
def test_blank_forms_and_bureaus_form_no_community(lines: tuple[str, ...]) -> None:
    layout = layout_of(*lines)
    assert paired_by(layout, find_parties(layout)) == []


@pytest.mark.parametrize(
    ("sentence", "lead", "members"),
    [
        ("我校与核心校青禾县第二中学组建共建型教共体。", "青禾县第二中学", ["柳河中学"]),
        ("我校托管石桥小学、沙田小学。", "柳河中学", ["石桥小学", "沙田小学"]),
        ("以我校为牵头校，石桥小学为成员校，组建教共体。", "柳河中学", ["石桥小学"]),
    ],
)
def test_my_school_is_the_school_that_speaks(sentence: str, lead: str, members: list[str]) -> None:
    layout = layout_of(sentence)
    (community,) = find_communities(layout, [], own="柳河中学")
    assert (community.lead, community.members) == (lead, members)


@pytest.mark.parametrize(
    "sentence",
    ["石桥小学教师到我校跟岗学习。", "我校被评为县教共体先进单位。", "我校学生与石桥小学学生开展联谊活动。", "本校区与石桥小学结为教共体。",
     "我校与县实验小学组建教共体。", "我校与石桥小学、沙田小学结为教共体。"],
)  # fmt: skip
def test_talk_about_my_school_is_no_community(sentence: str) -> None:
    found = find_communities(layout_of(sentence), [], own="柳河中学")
    assert all("柳河中学" not in (c.lead, *c.members) for c in found)


def test_my_school_is_nobody_where_the_document_does_not_say_who_speaks() -> None:
    assert find_communities(layout_of("我校与石桥小学结为教共体。"), []) == []


def test_a_mode_said_of_all_or_in_the_sentence_is_the_communitys() -> None:
    layout = layout_of("我县共同体统一采用融合型模式。", "县一小教共体：总校为县一小，分校为柳河小学。")
    assert [c.mode for c in find_communities(layout, [])] == ["融合型"]
    layout = layout_of("县一小与柳河小学组建共建型教共体。", "县二小与石桥小学组建融合型教共体。")
    assert [c.mode for c in find_communities(layout, [])] == ["共建型", "融合型"]


def test_a_group_under_a_headmaster_is_a_schools() -> None:
    text = """联合体教师交流方案
根据县教育局会议精神，制定本方案。
一、组织机构
理事长：柳河中学校长祁远山
副理事长：石桥中学校长卞秀云
二、结对帮扶内容
每月开展1次联合教研。
"""
    assert document_of(text).level == "school"
