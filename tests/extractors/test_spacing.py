"""Spaces inside words and sentences go; spaces that are the only boundary stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.spacing import close_gaps


@pytest.mark.parametrize(
    ("written", "closed"),
    [
        ("把名师课堂送到偏 远乡 镇去", "把名师课堂送到偏远乡镇去"),
        ("省教育厅省公安 厅印发", "省教育厅省公安厅印发"),
        ("本“教 联体”的章程", "本“教联体”的章程"),
        ("组织骨 干教师送教", "组织骨干教师送教"),
        ("促進鄉 村學校發展", "促進鄉村學校發展"),
        ("办好全县义\u3000务教育", "办好全县义务教育"),
        ("办好全县义\u00a0务教育", "办好全县义务教育"),
    ],
)
def test_a_word_torn_by_a_line_break_is_whole_again(written: str, closed: str) -> None:
    assert close_gaps(written) == closed


@pytest.mark.parametrize(
    ("written", "closed"),
    [
        ("到 2025 年底", "到2025年底"),
        ("2025 年 9 月 10 日", "2025年9月10日"),
        ("用 2—3 个月完成", "用2—3个月完成"),
        ("比例不低于 70 %", "比例不低于70%"),
        ("二〇二五年 十二月", "二〇二五年十二月"),
        ("7 月 25 日— 8 月 5 日", "7月25日—8月5日"),
        ("奖励 300 —— 500 万元", "奖励300——500万元"),
        ("20xx 年 9 月", "20xx年9月"),
        ("根据浙教办 〔2021〕 5 号", "根据浙教办〔2021〕5号"),
        ("覆盖 70% 以上的学校", "覆盖70%以上的学校"),
        ("每学期开展教研活动,不少于 2 次", "每学期开展教研活动,不少于2次"),
    ],
)
def test_a_number_stands_beside_its_unit(written: str, closed: str) -> None:
    assert close_gaps(written) == closed


@pytest.mark.parametrize("written", ["电话 0379 1234", "3 5 7", "300, 400", "2025 2026"])
def test_digits_are_never_joined_to_digits(written: str) -> None:
    assert close_gaps(written) == written


@pytest.mark.parametrize(
    ("written", "closed"),
    [
        ("分片包干, 统一排课、 集中阅卷。 校长签字", "分片包干,统一排课、集中阅卷。校长签字"),
        ("自愿报名 ,按照( 见附表 )执行", "自愿报名,按照(见附表)执行"),
        ("评选年度 “最美教师”活动", "评选年度“最美教师”活动"),
        ("缓解“择校热” 现象", "缓解“择校热”现象"),
    ],
)
def test_no_space_stays_beside_punctuation_inside_a_sentence(written: str, closed: str) -> None:
    assert close_gaps(written) == closed


@pytest.mark.parametrize(
    "written",
    [
        "一、指导思想 贯彻上级部署",
        "现将有关事项通知如下。 一、总体要求",
        "五、重点任务 (一)牵头校职责",
        "(二)成员校职责 1.师资统筹。",
        "提高质量。 （三）强化考核",
        "二、工作目标 2026年底前完成组建",
        "二、工作目标 60%以上的教学点加入",
        "(一)启动阶段(2025年9月) 制定方案",
        "第三章 考核评价",
        "附件:1.名单 2.协议书(样张) 3.清单",
        "关于开展结对帮扶的通知 各乡镇中心学校",
    ],
)
def test_the_space_between_a_heading_and_its_body_stays(written: str) -> None:
    assert close_gaps(written) == written


def test_a_heading_stays_apart_in_a_wrapped_text_too() -> None:
    assert close_gaps("一、总 体要求 选派优 秀校长到边远学 校任职") == "一、总体要求 选派优秀校长到边远学校任职"


@pytest.mark.parametrize(
    "written",
    [
        "副组长:王建国 李明 天佑 刘芳(常务) 陈晨",
        "副组长:王 一 张 一 胡 文",
        "成员校:第一小学 第二小学 中心小学",
        "组  长:张  伟",
        "组长:李佳 县教育局局长",
        "副组长:李志 党组成员、副局长\n王建 党组成员、副局长\n张党 党委委员",
        "通            知",
        "某某县教育局 2025年3月1日",
        "某某县教育局办公室 2025年3月1日印发",
        "某某县教育局文件 某教〔2021〕5号",
        "责任科室:教研室 完成时限:6月底",
        "| 索引号: | 123 |",
        "线下研修 Zoom 会议",
    ],
)
def test_names_items_and_deliberate_gaps_stay_apart(written: str) -> None:
    assert close_gaps(written) == written


def test_in_a_wrapped_text_the_gaps_between_words_go_too() -> None:
    wrapped = "中心学校应会同卫 生院做好体检,把图书配送到偏 远教学点,每月末由校长 主持一次例会。"
    assert close_gaps(wrapped) == wrapped.replace(" ", "")
    alone = "每月末由校长 主持一次例会。"
    assert close_gaps(alone) == alone


def test_schools_listed_in_a_wrapped_text_stay_apart() -> None:
    text = "成员校包括第一小学 第二小学 城关实验小学,各校应会同卫 生院体检,把图书送到偏 远教学点。"
    assert close_gaps(text) == "成员校包括第一小学 第二小学 城关实验小学,各校应会同卫生院体检,把图书送到偏远教学点。"


@given(st.text(alphabet="乡村学校 、,。(一)1220年月%“”\u3000\n\x00\ud800 通知ab:", max_size=80))
def test_only_white_space_is_ever_taken_out(text: str) -> None:
    closed = close_gaps(text)
    assert [c for c in closed if c not in " \u3000"] == [c for c in text if c not in " \u3000"]
    assert closed.count("\n") == text.count("\n")


@given(st.lists(st.text(alphabet="0123456789", min_size=1, max_size=4), min_size=1, max_size=8), st.sampled_from(" ,"))
def test_no_row_of_numbers_is_ever_joined(numbers: list[str], separator: str) -> None:
    row = (separator.strip() + " ").join(numbers)
    assert close_gaps(row) == row


def test_the_cost_grows_with_the_length_only() -> None:
    assert len(close_gaps("学 校 " * 20_000)) >= 40_000


def test_the_gap_behind_a_numbered_head_stays_before_a_year() -> None:
    text = "现将有关事项通知如下: 一、组建目标 2026 年春季组建共同体 3 个。"
    assert "组建目标 2026年春季" in close_gaps(text)
    assert close_gaps("(一)启动时间到 2026 年底。") == "(一)启动时间到2026年底。"
