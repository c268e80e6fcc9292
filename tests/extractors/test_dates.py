"""Dates and deadlines are read as officials write them, and ranges of years or months are not taken for dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.dates import deadline_date, find_dates, find_deadlines, parse_date

_DIGITS = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else _DIGITS[tens]) + "十" if tens else "") + (_DIGITS[ones] if ones else "")


FORMS = [
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year} 年 {d.month:02d} 月 {d.day} 日",
    lambda d: f"{d.year}-{d.month:02d}-{d.day:02d}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: "".join(_DIGITS[int(c)] for c in str(d.year)) + f"年{chinese(d.month)}月{chinese(d.day)}日",
    lambda d: f"民国{d.year - 1911}年{d.month}月{d.day}日",
]


@given(
    st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    st.sampled_from(FORMS),
    st.sampled_from(["", "于", "（", "发布时间:"]),
)
def test_a_date_in_any_form_is_read_back(day: date, form, before: str) -> None:  # type: ignore[no-untyped-def]
    text = before + form(day) + "，"
    (found,) = find_dates(text)
    assert found.value == day
    assert text[found.start : found.end].strip() in form(day)


@pytest.mark.parametrize(
    "text", ["2024-2035年", "3-5人", "2-3个月", "1.5倍", "2025年13月1日", "2025年2月30日", "电话0379-12345678"]
)
def test_what_is_no_date_gives_none(text: str) -> None:
    assert list(find_dates(text)) == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("到2025年底", date(2025, 12, 31)),
        ("2026年6月底前", date(2026, 6, 30)),
        ("2024年2月底", date(2024, 2, 29)),
        ("2025年9月15日前", date(2025, 9, 15)),
        ("二〇二五年底前", date(2025, 12, 31)),
        ("2025年10月", date(2025, 10, 31)),
        ("2025年上半年", date(2025, 6, 30)),
        ("2025年9月中旬", date(2025, 9, 20)),
        ("6月底前", None),
        ("20xx年底", None),
    ],
)
def test_a_deadline_means_the_last_day_it_allows(text: str, due: date | None) -> None:
    (found,) = find_deadlines(text)
    assert found.due == due
    assert deadline_date(text) == due


@pytest.mark.parametrize("text", ["7月25日-8月5日", "2024-2035年", "2—3个月".replace("—", "-"), "一年级", "每月"])
def test_ranges_and_periods_are_no_deadlines(text: str) -> None:
    assert [d for d in find_deadlines(text) if d.explicit] == []


def test_metadata_dates_may_be_bare_digits() -> None:
    assert parse_date("20250901") == date(2025, 9, 1)
    assert parse_date("无") is None
