"""What is the same document and what is another version of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.sameness import text_key

PAGE = """云汀县教育局关于开展结对帮扶的通知
发布时间：2026-03-01　来源：基教科　浏览次数：{n}次　【字体：大 中 小】
一、到2027年底，城乡学校结对率达到{share}%。
{day}
上一篇：{neighbour}
版权所有 云汀县教育局 访问量{n}"""


def page(n: str = "100", day: str = "今天是2026年3月1日 星期日", neighbour: str = "没有了", share: str = "90") -> str:
    return PAGE.format(n=n, day=day, neighbour=neighbour, share=share)


@pytest.mark.parametrize(
    "other",
    [
        page(n="1,024"),
        page(day="今天是2026年11月22日 星期日 农历十月十四"),
        page(neighbour="关于印发校园安全方案的通知"),
        page().replace("　", "  ").replace("\n", "\n\n"),
        page().replace("浏览次数：100次", "瀏覽次數：7次"),
    ],
)
def test_counts_dates_of_today_and_neighbours_are_no_change(other: str) -> None:
    assert other != page()
    assert text_key([other]) == text_key([page()])


@pytest.mark.parametrize(
    "other",
    [
        page(share="95"),
        page().replace("2026-03-01", "2026-03-02"),
        page() + "\n二、附则。",
        page().replace("基教科", "办公室"),
    ],
)
def test_a_word_or_number_of_the_document_is_a_change(other: str) -> None:
    assert text_key([other]) != text_key([page()])


def test_a_count_that_a_sentence_states_is_of_the_document() -> None:
    one, other = "平台全年访问量：1000次，覆盖全县。", "平台全年访问量：2000次，覆盖全县。"
    assert text_key([one]) != text_key([other])


def test_documents_are_told_apart_by_where_one_ends() -> None:
    assert text_key(["甲", "乙"]) != text_key(["甲乙"])
    assert text_key(["甲", "乙"]) != text_key(["乙", "甲"])


@given(st.text(), st.text())
def test_any_text_has_a_key_and_the_same_has_the_same(one: str, other: str) -> None:
    assert text_key([one]) == text_key([one])
    assert text_key([one, other]) == text_key([one, f" {other}\n"])


def test_the_cost_grows_with_the_text(linear) -> None:  # type: ignore[no-untyped-def]
    linear(
        lambda n: text_key(["浏览今天是2026年3月1日 1 " * n, "已有 1 \t" * n, "\n".join(["上一篇:" * 40] * (n // 40))]),
        4_000,
    )
