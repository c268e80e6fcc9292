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
