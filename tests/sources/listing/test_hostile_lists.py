"""Lists that are broken, cut off or made to hurt: a failure that is said, never another error, and at a bearable cost."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.fetching import FetchFailed, Listed
from schemas.source import SourceDefinition
from sources.listing import list_items
from sources.listing.addresses import absolute
from sources.listing.dates import from_mail, from_stamp, in_address, read_date
from tests.sources.listing.conftest import TODAY, asking

BASE = "https://jyj.example.cn/tz/"
FIELDS: dict[str, dict[str, object]] = {
    "list": {"selectors": {"item": "li", "date": "span"}, "paging": {"script": "createPageHTML"}},
    "json": {"keys": {"items": "data.list", "date": "time"}},
    "sitemap": {},
    "feed": {},
}
SOUND = {
    "list": '<ul><li><a href="1.html">甲</a><span>2025-03-01</span></li></ul><script>createPageHTML(1,0,"i","html")</script>',
    "json": '{"data":{"list":[{"title":"甲","url":"/1.html","time":1740787200000}]}}',
    "sitemap": "<urlset><url><loc>https://jyj.example.cn/1.html</loc><lastmod>2025-03-01</lastmod></url></urlset>",
    "feed": "<rss><channel><item><title>甲</title><link>/1.html</link><pubDate>2025-03-01</pubDate></item></channel></rss>",
}


def listed(kind: str, body: str | bytes) -> list[Listed]:
    given = {"id": "s", "title": "来源", "url": BASE, "kind": kind} | FIELDS[kind]
    return list_items(SourceDefinition.model_validate(given), asking({BASE: body}), TODAY).items


@pytest.mark.parametrize("kind", FIELDS)
@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 200), put=st.binary(max_size=8), at=st.integers(0, 200))
def test_a_damaged_list_is_a_failure_and_nothing_else(kind: str, cut: int, put: bytes, at: int) -> None:
    assert len(listed(kind, SOUND[kind])) == 1
    data = SOUND[kind].encode()
    damaged = data[: max(len(data) - cut, 0)] if cut % 2 else data
    with contextlib.suppress(FetchFailed):
        listed(kind, damaged[:at] + put + damaged[at:])


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["data", "list", "url", "title", "time"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(content=_json)
@example(content={"data": {"list": [{"url": "/1.html", "title": "甲", "time": 10**400}]}})
@example(content={"data": {"list": [{"url": "/1.html", "title": "甲", "time": float("nan")}]}})
def test_json_of_any_shape_is_a_list_or_a_failure(content: object) -> None:
    with contextlib.suppress(FetchFailed):
        listed("json", json.dumps(content))


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="0123456789-/.:年月日[]（）TZ+ 〇一二三", max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    for read in (read_date, from_mail, in_address):
        day = read(text, TODAY)
        assert day is None or 1990 <= day.year <= 2026


@settings(deadline=None)
@given(value=st.floats() | st.integers())
def test_any_number_is_a_day_or_none(value: float) -> None:
    day = from_stamp(value, TODAY)
    assert day is None or 1990 <= day.year <= 2026


@settings(max_examples=200, deadline=None)
@given(link=st.text(max_size=40) | st.text(alphabet="htps:/.?#[]@%\\\t\n一a1", max_size=30))
def test_any_link_is_a_whole_address_or_none_and_stays_what_it_is(link: str) -> None:
    address = absolute(BASE, link)
    if address is not None:
        assert address.startswith(("http://", "https://"))
        assert address.isascii()
        assert absolute(BASE, address) == address


@pytest.mark.parametrize(
    "piece",
    [
        "<li><a href=1>x</a>2025-</li>",
        "<script type='text/xml'>",
        "<script type='text/xml'><![CDATA[",
        "createPageHTML(",
        "<li>",
        "<li><a href='",
        "2025-03-01 ",
    ],
)
def test_the_cost_of_a_page_grows_with_its_length(linear: Callable[..., None], piece: str) -> None:
    def run(size: int) -> None:
        body = SOUND["list"] + piece * (size // len(piece))
        with contextlib.suppress(FetchFailed):
            listed("list", body)

    linear(run, 12_500)


@pytest.mark.parametrize("text", ["1 ", "2025-", "2025年", "3月", "20250301", "1-1 ", "0" * 40 + " "])
def test_the_cost_of_a_date_is_bounded(linear: Callable[..., None], text: str) -> None:
    linear(lambda size: read_date(text * size, TODAY), 5_000)


def test_a_redirecting_link_within_a_redirecting_link_ends() -> None:
    link = "https://a.example.cn/1.html"
    for _ in range(300):
        link = f"/l?target={link}"
    assert absolute(BASE, link) is not None
