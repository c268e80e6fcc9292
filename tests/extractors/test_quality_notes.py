"""What a reader must know before relying on a document is said, and only what is so."""

from __future__ import annotations

import pytest

from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import SourceFile

HEAD = ["青岚县城乡学校共同体建设方案", "为推进教共体建设，制定本方案。"]


def read(*lines: str, uri: str = "方案.txt") -> Document:
    (document,) = parse(SourceFile(uri=uri, data="\n".join([*HEAD, *lines]).encode())).documents
    return document


def kinds(document: Document) -> list[str]:
    for note in document.quality:
        assert note.message
        if note.span:
            assert document.quote(note.span)
    return [note.kind for note in document.quality]


def test_a_clean_plan_has_no_notes() -> None:
    plan = read("一、名单", "全县组建教共体2个。", "县实验小学——河东小学", "县第一小学——河西小学")
    assert [(c.lead, c.members) for c in plan.communities] == [
        ("县实验小学", ["河东小学"]),
        ("县第一小学", ["河西小学"]),
    ]
    assert kinds(plan) == []


def test_a_count_of_one_kind_of_community_is_not_held_against_the_whole_list() -> None:
    parts = [
        "（一）融合型校共体（1个）",
        "1.县实验小学——河东小学",
        "（二）结对型校共体（2个）",
        "1.县一小——河西小学",
        "2.县二小——河北小学",
    ]
    plan = read("一、结对名单", *parts)
    assert len(plan.communities) == 3
    assert [target.value for target in plan.targets] == [1, 2]
    assert "listed_count_differs" not in kinds(plan)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["一、名单", "全县组建教共体3个。", "县实验小学——河东小学", "县第一小学——河西小学"], "listed_count_differs"),
        (["一、名单", "县实验小学——河东小学", "县第一小学——河东小学、河西小学"], "school_in_two_communities"),
        (["一、名单", "县实验小学——县第一小学", "县第一小学——河西小学"], "member_leads_elsewhere"),
        (["一、名单", "核心校\t成员校\n县实验小学\t河东小学\n县第一小学\t"], "lead_without_members"),
        (["一、目标", "20xx年建成。"], "masked_value"),
        (["一、小组", "组长：", "副组长：王明"], "blank"),
        (["一、名单", "具体见附件1。"], "attachment_not_obtained"),
    ],
)
def test_each_doubt_is_named(lines: list[str], kind: str) -> None:
    assert kind in kinds(read(*lines))


def test_points_that_do_not_add_up_are_said() -> None:
    table = "\n".join(["考核项目\t分值\t评分细则", "组织管理\t40\t缺一项扣2分", "教学教研\t50\t少一次扣2分"])
    plan = read("一、考核", table)
    assert [(s.item, s.points) for s in plan.scoring] == [("组织管理", 40), ("教学教研", 50)]
    assert "scoring_total" in kinds(plan)


def test_a_file_name_that_says_otherwise_is_kept_beside_the_text() -> None:
    plan = read("青岚县教育局", "2025年9月1日", uri="2025-08-30 方案.txt")
    assert plan.signed_on is not None
    assert plan.signed_on.isoformat() == "2025-09-01"
    (note,) = [n for n in plan.quality if n.kind == "conflicting_sources"]
    assert "2025-08-30" in note.message
