"""A page that collects several plans is several documents; an ordinary document is one."""

from __future__ import annotations

import pytest

from extractors.parse import parse
from extractors.splitting import split
from schemas.document import Document
from schemas.outcome import SourceFile
from schemas.reading import Paragraph


def read(*lines: str) -> list[Document]:
    return parse(SourceFile(uri="page.txt", data="\n\n".join(lines).encode())).documents


PLAN = ["为推进城乡结对，制定本方案。", "一、指导思想", "坚持立德树人，促进均衡。", "二、主要措施", "开展教师交流。"]


def test_a_collectors_page_gives_one_document_each_in_order() -> None:
    documents = read(
        "结对帮扶方案(精选3篇)", "以下是小编收集整理的结对帮扶方案，欢迎阅读。",
        "结对帮扶方案1", *PLAN, "结对帮扶方案2", *PLAN, "结对帮扶方案3", *PLAN, "最近访问",
    )  # fmt: skip
    assert [d.title for d in documents] == ["结对帮扶方案1", "结对帮扶方案2", "结对帮扶方案3"]
    assert [d.source.index for d in documents] == [0, 1, 2]
    assert {d.source.parent for d in documents} == {documents[0].source.sha256}
    assert len({d.id for d in documents}) == 3
    assert all("foreign_site" in [q.kind for q in d.quality] for d in documents)
    assert all([s.heading for s in d.sections] == ["指导思想", "主要措施"] for d in documents)


@pytest.mark.parametrize(
    "heads", [("篇一", "篇二"), ("第1篇", "第2篇"), ("【篇1】", "【篇2】"), ("范文一：学校方案", "范文二：学校方案")]
)
def test_other_ways_to_number_the_pieces(heads: tuple[str, str]) -> None:
    documents = read("城乡结对方案（通用2篇）", heads[0], *PLAN, heads[1], *PLAN)
    assert len(documents) == 2


@pytest.mark.parametrize(
    "lines",
    [
        ["某县结对方案", *PLAN],
        ["某县结对方案", "附件1", "名单1", "附件2", "名单2"],
        ["某县结对方案", "任务1", "完成名单。", "任务2", "完成考核。"],
        ["某县三年计划", "第一年计划1", "甲。", "第一年计划2", "乙。"],
    ],
)
def test_numbered_lines_of_one_document_do_not_split_it(lines: list[str]) -> None:
    assert len(split([Paragraph(text=line) for line in lines])) == 1


NOTICE = ["各学校：", "现就有关事项通知如下。", "一、要求", "抓好落实。", "青岚县教育局", "2025年9月1日"]


def test_a_file_of_several_notices_gives_each_with_its_own_head() -> None:
    first, second = read(
        "青教〔2025〕1号", "关于做好校共体组建工作的通知", *NOTICE,
        "青岚县教育局文件", "青教〔2025〕2号", "关于开展校共体教师交流的通知", *NOTICE,
    )  # fmt: skip
    assert [d.title for d in (first, second)] == ["关于做好校共体组建工作的通知", "关于开展校共体教师交流的通知"]
    assert [d.document_number for d in (first, second)] == ["青教〔2025〕1号", "青教〔2025〕2号"]
    assert first.issuers == second.issuers == ["青岚县教育局"]


def test_a_notice_with_its_plan_and_agreement_inside_is_one_document() -> None:
    (document,) = read(
        "关于印发校共体方案的通知", *NOTICE, "附件1", "青岚县校共体建设方案", "一、目标", "建成3个。",
        "附件2", "校共体合作协议", "甲方：", "乙方：", "一、责任", "选派教师。", "2025年10月1日",
    )  # fmt: skip
    assert [(a.title, a.included) for a in document.attachments] == [
        ("青岚县校共体建设方案", True),
        ("校共体合作协议", True),
    ]
