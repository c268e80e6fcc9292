"""What is promised about queries: people may type them in either script, paste titles, and learn what is wrong."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.query import All, Any_, Not, Values, Wording, Years, field, parse, wordings
from schemas.errors import InvalidQuery


def _w(text: str, **given: object) -> Wording:
    return Wording(tuple(text), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("教共体", _w("教共体")),
        ("教共體", _w("教共体")),
        ("教共体 建设", All((_w("教共体"), _w("建设")))),
        ("教共体　AND　建设", All((_w("教共体"), _w("建设")))),
        ("「教共體」", _w("教共体", exact=True)),
        ("校 OR 教 体", Any_((_w("校"), All((_w("教"), _w("体")))))),
        ("（校｜教）体", All((Any_((_w("校"), _w("教"))), _w("体")))),
        ("教 -校", All((_w("教"), Not(_w("校"))))),
        ("教 NOT (校 体)", All((_w("教"), Not(All((_w("校"), _w("体"))))))),
        ("教 - 校", All((_w("教"), _w("校")))),
        ("省：浙江", Values("province", ("浙江",))),
        ('county:"余 姚"', Values("county", ("余 姚",))),
        ("genre:通知，方案", Values("genre", ("notice", "plan"))),
        ("script:hant", Values("script", ("Hant",))),
        ("year:2021", Years(2021, 2021)),
        ("year:2020..2022", Years(2020, 2022)),
        ("year:2020—2022", Years(2020, 2022)),
        ("year:2020..", Years(2020, None)),
        ("year:>2020", Years(2021, None)),
        ("year:<=2020", Years(None, 2020)),
        ("issuer:教育局", _w("教育局", exact=True, field="issuer")),
    ],
)
def test_a_query_means_what_it_says(query: str, tree: object) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize(
    "title",
    ["关于印发《方案（试行）》的通知", "要求：加强领导", "3-5人", "县(市、区)教育局", "10:30", "提升率(%)", "“校共体”"],
)
def test_a_title_can_be_pasted_as_it_is(title: str) -> None:
    assert isinstance(parse(title), Wording)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "empty"),
        ("  。，", "empty"),
        ('"教共体', "not closed"),
        ("(教共体", "not closed"),
        ("教 ) 共", "closes nothing"),
        ("教共体 OR", "both sides"),
        ("OR 教共体", "both sides"),
        ("教 NOT", "word after"),
        ("-NOT 教", "twice"),
        ("provinse:浙江", "no field 'provinse'"),
        ("province:", "no value"),
        ("year:去年", "not a year"),
        ("year:..", "not a year"),
        ("genre:letters", "not possible"),
        ("教" * 3000, "3000 characters"),
        ("教 " * 500, "parts"),
        ("(" * 40 + "教" + ")" * 40, "nested"),
    ],
)
def test_what_cannot_be_understood_is_said_on_one_line(query: str, message: str) -> None:
    with pytest.raises(InvalidQuery, match=message) as raised:
        parse(query)
    assert "\n" not in str(raised.value)
    chinese, english = str(raised.value).split(" / ")
    assert re.search("[\u3400-\u9fff]", chinese)
    assert re.search(message, english)


def test_a_keyword_argument_is_checked_like_a_typed_field() -> None:
    assert field("genre", "plan") == parse("genre:plan")
    assert field("year", 2021) == parse("year:2021")
    with pytest.raises(InvalidQuery, match="no field"):
        field("color", "red")


def test_only_what_a_result_must_hold_is_marked() -> None:
    assert [w.text for w in wordings(parse("(教 OR 校) 县 -乡 year:2020"))] == ["教", "校", "县"]


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from('教校體 ()"-|:.,年省OR2020NOT、；\n\ud800aé'), max_size=60))
def test_any_text_is_a_query_or_an_invalid_query(text: str) -> None:
    with suppress(InvalidQuery):
        assert parse(text) is not None
