"""Spaces inside words and sentences go; spaces that are the only boundary stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.spacing import close_gaps


@pytest.mark.parametrize(
    ("written", "closed"),
    [
        ("将资源向薄 弱学 校延伸", "将资源向薄弱学校延伸"),
        ("省教育厅省财政 厅关于", "省教育厅省财政厅关于"),
        ("各“校 共体”要", "各“校共体”要"),
        ("以一 所初中为中心", "以一所初中为中心"),
        ("促進鄉 村學校發展", "促進鄉村學校發展"),
        ("推动城乡义\u3000务教育", "推动城乡义务教育"),
        ("推动城乡义\u00a0务教育", "推动城乡义务教育"),
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
        ("资源共享, 形成合力、 共同提高。 推动发展", "资源共享,形成合力、共同提高。推动发展"),
        ("合作原则 ,根据( 见附件 )办理", "合作原则,根据(见附件)办理"),
        ("参与跨县域的 “校共体”建设", "参与跨县域的“校共体”建设"),
        ("解决“乡村弱” 问题", "解决“乡村弱”问题"),
    ],
)
def test_no_space_stays_beside_punctuation_inside_a_sentence(written: str, closed: str) -> None:
    assert close_gaps(written) == closed


@pytest.mark.parametrize(
    "written",
    [
        "一、指导思想 坚持立德树人",
        "现将有关事项通知如下。 一、总体要求",
        "五、工作内容 (一)牵头校职责",
        "(二)成员校职责 1.师资统筹。",
        "提高质量。 （三）强化考核",
        "二、工作目标 2026年底前完成组建",
        "二、工作目标 70%以上的乡村学校加入",
        "(一)启动阶段(2025年9月) 制定方案",
        "第三章 考核评价",
        "附件:1.名单 2.协议书(样张) 3.清单",
        "关于开展结对帮扶的通知 各乡镇中心学校",
    ],
)
def test_the_space_between_a_heading_and_its_body_stays(written: str) -> None:
    assert close_gaps(written) == written


def test_a_heading_stays_apart_in_a_wrapped_text_too() -> None:
    assert close_gaps("一、总 体要求 推动乡 村学校与城区学 校结对") == "一、总体要求 推动乡村学校与城区学校结对"


@pytest.mark.parametrize(
    "written",
    [
        "副组长:王建国 李明 天佑 刘芳(常务) 陈晨",
        "成员校:第一小学 第二小学 中心小学",
        "组  长:张  伟",
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
    wrapped = "各县要加强与财 政部门的协调,推动优质资源向乡 村学校延伸,定期对各校的工作 开展督导检查。"
    assert close_gaps(wrapped) == wrapped.replace(" ", "")
    alone = "各县要定期对各校的工作 开展督导检查。"
    assert close_gaps(alone) == alone


def test_schools_listed_in_a_wrapped_text_stay_apart() -> None:
    text = "成员校包括第一小学 第二小学 城关实验小学,各校要与财 政部门协调,向乡 村学校延伸。"
    assert close_gaps(text) == "成员校包括第一小学 第二小学 城关实验小学,各校要与财政部门协调,向乡村学校延伸。"


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
