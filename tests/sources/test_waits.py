"""How long to wait, as servers say it."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.fetch.waits import back_off, retry_after

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120.0),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120.0),
        ("Sun Mar  1 12:02:00 2026", 120.0),
        ("Sun, 01 Mar 2026 20:02:00 +0800", 120.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("９", None),
        ("99999999999", None),
        ("Sun, 99 Mar 2026 12:00:00 GMT", None),
    ],
)
def test_seconds_and_the_three_forms_of_a_date_are_understood(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, DATE, NOW) == seconds
    assert retry_after(value, None, NOW) == seconds


def test_a_date_is_held_against_the_server_s_own_clock() -> None:
    assert retry_after("Thu, 01 Jan 2015 00:01:00 GMT", "Thu, 01 Jan 2015 00:00:00 GMT", NOW) == 60.0


@given(st.text(max_size=60))
def test_no_header_breaks_it(text: str) -> None:
    found = retry_after(text, text, NOW)
    assert found is None or found >= 0


def test_back_off_doubles_up_to_its_bound() -> None:
    assert [back_off(n, 0.0, 60.0) for n in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert back_off(0, 5.0, 60.0) == 5.0
