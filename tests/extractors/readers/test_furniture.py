"""The site around an article, recognised line by line, and the metadata of its page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.lexicon import load
from extractors.readers.furniture import is_furniture, strip_prefix, strip_suffix, within
from extractors.readers.page_metadata import is_metadata_line, is_metadata_table, label


@pytest.mark.parametrize(
    "line",
    [
        "欢迎光临青石县教育体育局!今天是:",
        "欢迎访问青石县人民政府网站",
        "今天是：2025年9月1日 星期一",
        "| 繁体 | 无障碍浏览 |",
        "简体版 | 繁體版 | 長者模式",
        "当前位置：首页 > 政务公开 > 通知公告",
        "您现在的位置: 首页 >> 教育要闻",
        "版权所有：青石县教育局 联系地址：青石县人民路1号",
        "Copyright © 2020-2025 青石县教育局 All Rights Reserved",
        "网站标识码 4100000001 联系电话：0371-00000000",
        "某ICP备05000000号-1 某公网安备 41000000000001号",
        "浏览次数：1234",
        "打印本页 关闭窗口",
        "【打印】【关闭】",
        "【字体：大 中 小】",
        "上一篇：关于放假的通知",
        "相关链接",
        "最近訪問",
        "扫一扫在手机打开当前页",
        "责任编辑：王明",
    ],
)
def test_lines_of_the_site_are_recognised(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "欢迎各校踊跃参加，并于6月底前报送材料。",
        "联系电话：0371-12345678",
        "联系人：王明，联系电话：12345678",
        "主办单位：青石县教育局",
        "首页",
        "大",
        "一、总体要求",
        "今天是我们的节日，全县教师欢聚一堂。",
        "打印材料一式三份，于9月底前报送教育局。",
        "分享优质教育资源，共享名师课堂。",
        "技术支持：由县电教馆负责平台维护，各校配合。",
        "信息技术支持服务体系",
        "",
        "   ",
        "青石县教育局  2025年9月1日",
        "（联系人：李华）",
        "位置偏远的乡村学校要优先纳入。",
        "当前，城乡教育差距仍然存在。",
        "来源：上级补助资金",
    ],
)
def test_lines_of_the_document_are_left_alone(line: str) -> None:
    assert not is_furniture(line)
    assert strip_prefix(line) == 0
    assert strip_suffix(line) == len(line)


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("| 繁体 | 网站已支持ipv6各县（市、区）教体局：", "各县（市、区）教体局："),
        ("欢迎访问青石县教育局网站!今天是:2025年9月1日 星期一各中小学：", "各中小学："),
        ("【字体：大 中 小】 各中小学：", "各中小学："),
        ("无障碍 | 长者模式 | 各中小学：", "各中小学："),
    ],
)
def test_furniture_glued_in_front_is_cut_off_where_the_text_starts(line: str, rest: str) -> None:
    assert line[strip_prefix(line) :] == rest


def test_furniture_glued_behind_is_cut_off() -> None:
    line = "青石县教育局 2025年9月1日 【打印本页】 【关闭窗口】"
    assert line[: strip_suffix(line)] == "青石县教育局 2025年9月1日"


@given(st.text(alphabet="一二三各县教育局，。：|打印关闭本页字号大中小 网站支持IPv6[]", max_size=60))
def test_cutting_never_leaves_nothing(line: str) -> None:
    start, end = strip_prefix(line), strip_suffix(line)
    assert 0 <= start <= len(line)
    assert 0 <= end <= len(line)
    if line.strip():
        assert line[start:].strip()
        assert line[:end].strip()


@pytest.mark.parametrize(
    "unit",
    [
        "今天是",
        "打印",
        "大 ",
        "欢迎访问",
        "网站支持IPv6",
        "版权所有",
        "首页 > ",
        " ",
        "[",
        "当前位置:",
        "繁体|",
        "索 引 号:",
    ],
)
def test_no_repetition_makes_a_pattern_slow(unit: str, linear: Callable[[Callable[[int], object], int], None]) -> None:
    def run(n: int) -> None:
        for head in ("", "欢迎光临", "【字体："):
            for tail in ("", "。", "甲"):
                line = head + unit * n + tail
                is_furniture(line), strip_prefix(line), strip_suffix(line), is_metadata_line(line)

    linear(run, max(60 // len(unit), 2))


def test_the_metadata_table_of_a_page_is_told_from_a_list_of_documents() -> None:
    assert is_metadata_table(
        [["索 引 号：", "001", "【主题分类】", "教育"], ["發文機關", "县教育局", "成文日期", "2025-09-01"]]
    )
    assert is_metadata_table([["索引号：001", "发布机构：县教育局"], ["文号：某教〔2025〕1号", "发布日期：2025-09-01"]])
    assert not is_metadata_table([["索引号", "名称", "发布日期", "文号"], ["001", "关于甲的通知", "2025-09-01", "1号"]])
    assert not is_metadata_table([["牵头校", "成员校"], ["青石小学", "白果小学"]])


def test_labels_are_read_through_their_blanks_and_brackets() -> None:
    assert label("【索 引 号】：") == "索引号"
    assert label("牵头校") is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("发布时间：2025-09-01 来源：县教育局 浏览次数：12", True),
        ("索引号：001/2025-1 主题分类：教育 发文日期：2025年9月1日", True),
        ("发文字号：某教〔2025〕1号", True),
        ("来源：财政拨款、社会捐赠", False),
        ("时间：2025年9月", False),
        ("关于做好发布时间安排的通知", False),
        ("责任科室：普教科。完成时限：6月底前。", False),
    ],
)
def test_lines_of_page_metadata_are_recognised(line: str, expected: bool) -> None:
    assert is_metadata_line(line) is expected


@pytest.mark.parametrize(
    ("pattern", "marks"),
    [
        (pattern, load("furniture")[marks])
        for kind, marks in (("whole_lines", "whole_marks"), ("suffixes", "suffix_marks"))
        for pattern in load("furniture")[kind]
    ],
)
@given(data=st.data())
def test_whatever_a_pattern_of_furniture_takes_holds_one_of_its_marks(
    pattern: str, marks: list[str], data: st.DataObject
) -> None:
    line = data.draw(st.from_regex(re.compile(pattern, re.IGNORECASE), fullmatch=True))
    assert any(mark in line for mark in marks)


@given(
    st.lists(
        st.sampled_from(["| 繁体 |", "打印本页", "[关闭]", "首页", " ", "甲县教育局", "通知", "。", "字号：大 中 小"])
    )
)
def test_a_line_is_cut_at_once_as_it_is_cut_from_either_end(parts: list[str]) -> None:
    line = "".join(parts).strip()
    if line:
        assert within(line) == (None if is_furniture(line) else (strip_prefix(line), strip_suffix(line)))
