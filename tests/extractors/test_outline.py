"""The outline: numbered items in any order of kinds, on lines of their own, run in, or in one unbroken paragraph."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice, pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.layout import lay
from extractors.outline import outline
from schemas.document import Section
from schemas.reading import Paragraph

_HAN = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
KINDS = {
    "一、": lambda n: f"{_HAN[n - 1]}、",
    "（一）": lambda n: f"（{_HAN[n - 1]}）",
    "1.": lambda n: f"{n}.",
    "1、": lambda n: f"{n}、",
    "（1）": lambda n: f"（{n}）",
    "①": lambda n: "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"[n - 1],
    "第一章": lambda n: f"第{_HAN[n - 1]}章　",
    "第一部分": lambda n: f"第{_HAN[n - 1]}部分　",
}


@dataclass
class Item:
    heading: str | None
    body: str
    items: list[Item] = field(default_factory=list)


def tree_of(*lines: str) -> list[tuple[str | None, str | None, list[object]]]:
    layout = lay([Paragraph(text=line) for line in lines])
    sections = outline(layout)
    check_spans(layout.text, sections)
    return [shape(section) for section in sections]


def shape(section: Section) -> tuple[str | None, str | None, list[object]]:
    return section.number, section.heading, [shape(child) for child in section.sections]


def headings(*lines: str) -> list[object]:
    def walk(nodes: list[tuple[str | None, str | None, list[object]]], level: int) -> list[object]:
        out: list[object] = []
        for _, heading, children in nodes:
            out.append((level, heading))
            out += walk(children, level + 1)  # type: ignore[arg-type]
        return out

    return walk(tree_of(*lines), 1)


def check_spans(text: str, sections: list[Section]) -> None:
    """Each span opens with the item's number, and children lie inside their parent in order."""
    for section in sections:
        assert section.number is not None
        assert "".join(text[section.span.start : section.span.end].split()).startswith(section.number)
        inside = [(s.span.start, s.span.end) for s in section.sections]
        assert all(section.span.start < a <= b <= section.span.end for a, b in inside)
        assert all(left[1] <= right[0] for left, right in pairwise(inside))
        check_spans(text, section.sections)


def test_headings_on_their_own_lines() -> None:
    assert headings("一、总体要求", "坚持城乡一体。", "二、主要措施", "（一）加强领导", "各校成立专班。", "1.落实责任", "校长负责。") == [
        (1, "总体要求"), (1, "主要措施"), (2, "加强领导"), (3, "落实责任"),
    ]  # fmt: skip


def test_headings_run_into_their_paragraph() -> None:
    assert headings("二、保障机制", "（一）加强组织领导。各校要成立专班。", "（二）落实经费，强化保障。县财政统筹安排。") == [
        (1, "保障机制"), (2, "加强组织领导"), (2, "落实经费，强化保障"),
    ]  # fmt: skip


def test_a_document_that_is_one_paragraph() -> None:
    assert headings(
        "各校： 现就有关工作通知如下。 一、指导思想 坚持立德树人。 二、工作内容 （一）教学同步。统一教学进度。 1.统一课表。每周公布。 "
        "2.统一测评。每月一次。 （二）文化共建。共办活动。 三、工作要求 抓好落实。"
    ) == [
        (1, "指导思想"), (1, "工作内容"), (2, "教学同步"), (3, "统一课表"), (3, "统一测评"), (2, "文化共建"), (1, "工作要求"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "投入为上年的1.5倍，2—3个月内完成。",
        "按照第（三）项和第二条的规定，见附件1和附件2。",
        "到2025年9月，各校1、2年级全部完成。",
        "时间：7月25日-8月5日。",
        "得分按2:8比例计算。",
    ],
)
def test_numbers_of_the_text_are_no_items(text: str) -> None:
    assert headings("一、工作要求", text, "二、其他") == [(1, "工作要求"), (1, "其他")]


def test_items_that_are_sentences_have_no_heading() -> None:
    assert headings(
        "三、工作原则",
        "（一）充分考虑学校的发展需要和办学意愿，发挥优质学校的带动作用。",
        "（二）合作采用以点带面、逐步推进的方式，逐步推广到更多领域的合作。",
    ) == [(1, "工作原则"), (2, None), (2, None)]


def test_a_misnumbered_item_is_still_an_item() -> None:
    assert headings("（一）统一管理", "甲。", "（二）统一教研", "乙。", "（二）统一考核", "丙。", "（四）统一培训", "丁。") == [
        (1, "统一管理"), (1, "统一教研"), (1, "统一考核"), (1, "统一培训"),
    ]  # fmt: skip


def test_chapters_and_articles_go_on_counting() -> None:
    assert headings("第一章 总则", "第一条 为规范办学，制定本办法。", "第二章 组织", "第二条 总校负责统筹。", "（一）制定章程；", "（二）公布章程。") == [
        (1, "总则"), (2, None), (1, "组织"), (2, None), (3, None), (3, None),
    ]  # fmt: skip


def test_decimal_numbers_are_levels() -> None:
    assert headings("1.工作目标", "1.1 近期目标", "完成组建。", "1.2 远期目标", "实现均衡。", "2.主要措施", "2.1 建立章程", "由总校牵头。") == [
        (1, "工作目标"), (2, "近期目标"), (2, "远期目标"), (1, "主要措施"), (2, "建立章程"),
    ]  # fmt: skip


def test_the_original_script_is_kept() -> None:
    assert headings("一、組織領導", "（一）統籌協調。各校要落實。", "（二）經費保障。縣財政安排。") == [
        (1, "組織領導"), (2, "統籌協調"), (2, "經費保障"),
    ]  # fmt: skip


WORDS = (
    "统筹", "规划", "师资", "交流", "教研", "协同", "资源", "共享", "文化", "共建", "考核", "捆绑", "课程", "同步", "督导", "评估", "宣传", "经费",
    "安全", "党建",
)  # fmt: skip
# Two, three or four words, made beforehand: drawn word by word they cost more than what is tested.
HEADING = st.sampled_from(
    [
        "".join(chosen)
        for n, step in ((2, 1), (3, 18), (4, 306))
        for chosen in islice(permutations(WORDS, n), 0, None, step)
    ]
)
BODY = st.lists(HEADING, min_size=3, max_size=6).map(
    lambda parts: "各学校要认真落实" + "，".join(parts) + "等各项工作。"
)


def items(depth: int) -> st.SearchStrategy[list[Item]]:
    children = st.just([]) if depth == 0 else st.one_of(st.just([]), items(depth - 1))
    item = st.builds(Item, HEADING, BODY, children)
    return st.lists(item, min_size=2, max_size=4)


def render(nodes: list[Item], kinds: list[str], run_in: bool) -> list[str]:
    lines: list[str] = []
    for number, node in enumerate(nodes, 1):
        mark = KINDS[kinds[0]](number)
        if run_in and not node.items:
            lines.append(f"{mark}{node.heading}。{node.body}")
        else:
            lines += [f"{mark}{node.heading}", node.body]
        lines += render(node.items, kinds[1:], run_in)
    return lines


def expected(nodes: list[Item], kinds: list[str]) -> list[object]:
    return [
        (KINDS[kinds[0]](n).strip("、.　"), node.heading, expected(node.items, kinds[1:]))
        for n, node in enumerate(nodes, 1)
    ]


@settings(max_examples=200, deadline=None)
@given(
    items(2),
    st.permutations(list(KINDS)).map(lambda kinds: kinds[:3]).filter(lambda kinds: not {"1.", "1、"} <= set(kinds)),
    st.booleans(),
    st.booleans(),
)
def test_any_rendered_outline_is_read_back(
    nodes: list[Item], kinds: list[str], run_in: bool, one_paragraph: bool
) -> None:
    lines = render(nodes, kinds, run_in)
    found = tree_of(" ".join(lines)) if one_paragraph else tree_of(*lines)
    assert found == expected(nodes, kinds)


def test_the_cost_is_linear_in_the_length() -> None:
    """A hundred thousand characters without a line break, full of numbers, take no longer than their share."""
    text = "、".join(f"（{_HAN[i % 10]}）第{i}项1.{i}倍，见附件{i % 9 + 1}" for i in range(6000))
    assert len(text) > 100_000
    tree_of(text)
