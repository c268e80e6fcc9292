"""No password of an address is recorded, logged or shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fetching import FetchFailed, RunFailure
from schemas.secrecy import without_password


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://li:geheim@site.cn/list", "https://li:…@site.cn/list"),
        ("https://li:ge@heim@site.cn/list", "https://li:…@site.cn/list"),
        ("https://geheim@site.cn", "https://…@site.cn"),
        ("列表 https://li:geheim@a.cn/ 与 http://wu:geheim@b.cn/", "列表 https://li:…@a.cn/ 与 http://wu:…@b.cn/"),
        ("https://site.cn/@li/?to=li@site.cn", "https://site.cn/@li/?to=li@site.cn"),
        ("https://site.cn，联系 li@site.cn", "https://site.cn，联系 li@site.cn"),
        ("/srv/plans/青岚县.docx", "/srv/plans/青岚县.docx"),
    ],
)
def test_an_address_is_shown_without_its_password_and_otherwise_as_written(written: str, shown: str) -> None:
    assert without_password(written) == shown


@given(
    st.text(st.characters(exclude_characters="/?#，。；、（）", exclude_categories=["Z", "C"]), min_size=1, max_size=40)
)
def test_whatever_a_password_holds_nothing_of_it_is_left(password: str) -> None:
    assert without_password(f"https://li:{password}@site.cn/") == "https://li:…@site.cn/"


def test_what_could_not_be_fetched_says_no_password_and_neither_does_what_was_recorded_earlier() -> None:
    address = "https://li:geheim@site.cn/list"
    failed = FetchFailed(address, "no_connection", f"{address}：连接不上", f"请核对 {address}")
    earlier = RunFailure(url=address, cause="no_connection", message=address, cure=address)
    for said in (str(failed), repr(failed), str(RunFailure.of(failed)), str(earlier), earlier.model_dump_json()):
        assert "site.cn" in said
        assert "geheim" not in said
