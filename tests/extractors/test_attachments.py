"""Attachments: what is listed, what was obtained with the document, and what the text only speaks of."""

from __future__ import annotations

from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import SourceFile

TITLE = "青岚县城乡学校共同体建设方案"
BODY = "为推进城乡学校共同体建设，制定本方案。"


def read(*lines: str) -> Document:
    (document,) = parse(SourceFile(uri="方案.txt", data="\n".join(lines).encode())).documents
    return document


def entries(document: Document) -> list[tuple[int | None, str, bool]]:
    return [(item.number, item.title, item.included) for item in document.attachments]


def test_attachments_that_are_only_listed_are_not_obtained() -> None:
    document = read(
        TITLE,
        BODY,
        "一、目标",
        "建成3个（名单见附件1）。",
        "附件：1.校共体名单",
        "      2.合作协议（样张）",
        "青岚县教育局",
        "2025年9月1日",
    )
    assert entries(document) == [(1, "校共体名单", False), (2, "合作协议（样张）", False)]
    assert [q.kind for q in document.quality].count("attachment_not_obtained") == 2
    assert [s.heading for s in document.sections] == ["目标"]


def test_the_list_may_stand_on_one_line() -> None:
    assert entries(read(TITLE, BODY, "附件：1.校共体名单 2.任务清单 3.评分细则")) == [
        (1, "校共体名单", False), (2, "任务清单", False), (3, "评分细则", False),
    ]  # fmt: skip


def test_a_single_attachment_has_no_number() -> None:
    assert entries(read(TITLE, BODY, "附件：校共体名单", "青岚县教育局", "2025年9月1日")) == [
        (None, "校共体名单", False)
    ]


def test_content_that_came_with_the_document_is_included_and_its_outline_is_its_own() -> None:
    document = read(
        TITLE, BODY, "一、目标", "建成3个。", "附件：", "1.校共体名单", "2.合作协议", "附件1：", "校共体名单", "县实验小学——河东小学",
        "附件2", "合作协议", "一、甲方责任", "选派教师。", "二、乙方责任", "安排岗位。",
    )  # fmt: skip
    assert entries(document) == [(1, "校共体名单", True), (2, "合作协议", True)]
    assert [s.heading for s in document.sections] == ["目标", "甲方责任", "乙方责任"]
    content = document.attachments[1].content
    assert content is not None
    assert document.quote(content).startswith("附件2")
    assert [c.lead for c in document.communities] == ["县实验小学"]


def test_the_names_of_downloads_are_no_content() -> None:
    document = read(TITLE, BODY, "附件：1.校共体名单", "青岚县教育局", "2025年9月1日", "附件1：校共体名单.doc")
    assert entries(document) == [(1, "校共体名单", False)]


def test_an_attachment_the_text_only_speaks_of_is_noted() -> None:
    document = read(TITLE, BODY, "一、目标", "具体学校见附件1。")
    assert entries(document) == []
    (note,) = [q for q in document.quality if q.kind == "attachment_not_obtained"]
    assert note.span is not None
    assert document.quote(note.span) == "见附件1"


def test_a_file_beside_the_plan_is_read_as_its_attachment() -> None:
    plan = SourceFile(
        uri="县/方案.txt", data="\n".join([TITLE, BODY, "一、目标", "名单见附件1。", "附件：1.校共体名单"]).encode()
    )
    beside = SourceFile(uri="县/附件1 校共体名单.txt", data="核心校\t成员校\n县实验小学\t河东小学、河西小学".encode())
    outcome = parse(plan, [beside])
    (document,) = outcome.documents
    assert entries(document) == [(1, "校共体名单", True)]
    assert [(c.lead, c.members) for c in document.communities] == [("县实验小学", ["河东小学", "河西小学"])]
    assert len(outcome.attachments) == 1


def test_an_attachment_that_cannot_be_read_is_recorded_and_stays_not_obtained() -> None:
    plan = SourceFile(uri="县/方案.txt", data="\n".join([TITLE, BODY, "附件：1.校共体名单"]).encode())
    outcome = parse(plan, [SourceFile(uri="县/附件1.txt", data=b"")])
    assert entries(outcome.documents[0]) == [(1, "校共体名单", False)]
    assert [f.cause for f in outcome.attachment_failures] == ["empty"]


def test_where_an_attachment_is_to_be_had_is_no_part_of_its_title() -> None:
    assert entries(read(TITLE, BODY, "附件：校共体考核细则（另发）")) == [(None, "校共体考核细则", False)]
    assert entries(read(TITLE, BODY, "附件：校共体考核细则（试行）")) == [(None, "校共体考核细则（试行）", False)]


def test_the_kind_of_file_is_no_part_of_a_listed_title() -> None:
    assert entries(read(TITLE, BODY, "附件：校共体申报表.doc")) == [(None, "校共体申报表", False)]
