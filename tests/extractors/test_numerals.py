"""Numerals of official texts become numbers, and what is no numeral stays none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numerals import to_int, to_number

_DIGITS = "零一二三四五六七八九"


def spell(number: int) -> str:
    """A number from 1 to 9999 as it is written in Chinese."""
    out, zero = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + unit
            zero = False
        else:
            zero = True
    return out[1:] if out.startswith("一十") else out


@given(st.integers(1, 9999))
def test_every_spelt_number_is_read_back(number: int) -> None:
    assert to_int(spell(number)) == number


@given(st.integers(0, 10**9), st.sampled_from(["", ".5", ".25"]))
def test_arabic_numbers_are_read_with_their_thousands_and_decimals(whole: int, decimals: str) -> None:
    assert to_number(f"{whole:,}{decimals}") == float(f"{whole}{decimals}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二〇二五", 2025),
        ("二○二○", 2020),
        ("两", 2),
        ("十", 10),
        ("二十", 20),
        ("3万", 30_000),
        ("1.5亿", 1.5e8),
        (" 1 2 ", 12),
    ],
)
def test_forms_of_official_texts(text: str, value: float) -> None:
    assert to_number(text) == value


@pytest.mark.parametrize("text", ["", "几十", "数百", "若干", "xx", "1.2.3", "万"])
def test_what_names_no_number_is_none(text: str) -> None:
    assert to_number(text) is None
