"""JSON lists as content systems serve them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.fetching import FetchFailed, Listing

Listed = Callable[..., Listing]
URL = "https://jyj.example.cn/api/list"
KEYS = {"items": "data.list", "date": "publishTime"}
PAGED = {"pattern": "/api/list?page={page}"}


def body(*rows: object) -> str:
    return json.dumps({"code": 200, "data": {"total": len(rows), "list": rows}}, ensure_ascii=False)


def row(**changes: object) -> dict[str, object]:
    return {"title": "方案的通知", "url": "/art/1.html", "publishTime": 1740787200000} | changes


def test_items_come_with_whole_address_title_and_date(listed: Listed) -> None:
    (item,) = listed({URL: body(row())}, url=URL, kind="json", keys=KEYS).items
    assert (item.url, item.title) == ("https://jyj.example.cn/art/1.html", "方案的通知")
    assert item.dated_on == datetime.date(2025, 3, 1)


@pytest.mark.parametrize(
    "value",
    [
        1740787200000,  # 2025-03-01 08:00 in China
        1740760200000,  # 00:30 there, the day before in London
        1740787200,
        "1740787200000",
        20250301,
        "2025-03-01 08:00:00",
        "2025-03-01T08:00:00.000+08:00",
        "2025-02-28T16:30:00.000Z",
        "2025-02-28T16:30:00.000+0000",
        "2025年3月1日",
        "20250301083000",
    ],
)
def test_a_date_is_the_day_in_china_however_it_is_written(listed: Listed, value: object) -> None:
    (item,) = listed({URL: body(row(publishTime=value))}, url=URL, kind="json", keys=KEYS).items
    assert item.dated_on == datetime.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("content", "items"),
    [
        ([row()], ""),
        ({"rows": [row()]}, "rows"),
        ({"data": [{"docs": [row()]}]}, "data.0.docs"),
        ({"data": {"a": row(), "b": row(url="/2.html")}}, "data"),
    ],
)
def test_items_stand_wherever_the_path_leads(listed: Listed, content: object, items: str) -> None:
    listing = listed({URL: json.dumps(content)}, url=URL, kind="json", keys={"items": items})
    assert listing.items[0].url == "https://jyj.example.cn/art/1.html"


@pytest.mark.parametrize("wrapped", ["jsonp_1({});", "/**/ window.call({})", "\ufeff{}", "  {}\n"])
def test_answers_wrapped_in_a_call_are_read(listed: Listed, wrapped: str) -> None:
    listing = listed({URL: wrapped.replace("{}", body(row()))}, url=URL, kind="json", keys=KEYS)
    assert len(listing.items) == 1


def test_answers_in_gbk_are_read(listed: Listed) -> None:
    data = body(row(title="关于进一步加强义务教育学校管理的通知")).encode("gb18030")
    assert listed({URL: data}, url=URL, kind="json", keys=KEYS).items[0].title == "关于进一步加强义务教育学校管理的通知"


def test_an_address_may_be_made_of_fields(listed: Listed) -> None:
    keys = {"items": "data.list", "url": "/detail.html?id={id}&c={channel.code}"}
    (item,) = listed({URL: body(row(id=7, channel={"code": "tz"}))}, url=URL, kind="json", keys=keys).items
    assert item.url == "https://jyj.example.cn/detail.html?id=7&c=tz"


def test_tags_of_search_results_are_no_part_of_a_title(listed: Listed) -> None:
    (item,) = listed({URL: body(row(title="<em>方案</em>的 &quot;通知&quot;"))}, url=URL, kind="json", keys=KEYS).items
    assert item.title == '方案的 "通知"'


@pytest.mark.parametrize(
    "packed", ['<ul><li><a href="/1.html">甲</a>2025-03-01</li></ul>', ['<li><a href="/1.html">甲</a>2025-03-01</li>']]
)
def test_markup_packed_into_json_is_read_by_selectors(listed: Listed, packed: object) -> None:
    source = {"url": URL, "kind": "json", "keys": {"items": "data.html"}, "selectors": {"item": "li"}}
    (item,) = listed({URL: json.dumps({"data": {"html": packed}})}, **source).items
    assert (item.url, item.title) == ("https://jyj.example.cn/1.html", "甲")
    assert item.dated_on == datetime.date(2025, 3, 1)
    for broken, field in (({"data": {}}, "keys.items"), ({"data": {"html": "<p>无</p>"}}, "selectors.item")):
        with pytest.raises(FetchFailed) as failed:
            listed({URL: json.dumps(broken)}, **source)
        assert failed.value.field == field


class TestPages:
    """Pages by a number in the address."""

    def test_they_end_with_an_empty_one(self, listed: Listed) -> None:
        pages = {f"{URL}?page={n}": body(row(url=f"/{n}.html")) for n in (1, 2)} | {f"{URL}?page=3": body()}
        asked: list[str] = []
        listing = listed(pages, asked=asked, url=URL, kind="json", keys=KEYS, paging=PAGED)
        assert [item.url[-6:] for item in listing.items] == ["1.html", "2.html"]
        assert asked == list(pages)
        assert listing.complete

    @pytest.mark.parametrize("beyond", [body(row(url="/2.html")), '{"code":200,"data":null}', '{"data":{"list":null}}'])
    def test_they_end_with_the_last_again_and_with_none(self, listed: Listed, beyond: str) -> None:
        pages = {f"{URL}?page={n}": body(row(url=f"/{n}.html")) for n in (1, 2)} | {f"{URL}?page=3": beyond}
        assert len(listed(pages, url=URL, kind="json", keys=KEYS, paging=PAGED).items) == 2

    def test_no_more_are_read_than_the_source_allows(self, listed: Listed) -> None:
        pages = {f"{URL}?page={n}": body(row(url=f"/{n}.html")) for n in range(9)}
        listing = listed(pages, url=URL, kind="json", keys=KEYS, paging=PAGED | {"first": 0, "most": 3})
        assert (len(listing.items), listing.complete) == (3, False)

    def test_an_error_in_between_is_a_failure_and_no_end(self, listed: Listed) -> None:
        pages = {f"{URL}?page=1": body(row()), f"{URL}?page=2": '{"code":500,"msg":"系统繁忙"}'}
        with pytest.raises(FetchFailed):
            listed(pages, url=URL, kind="json", keys=KEYS, paging=PAGED)


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"items": "data.rows"}, "keys.items", "list"),
        ({"items": "data.list.rows"}, "keys.items", "list"),
        ({"url": "link"}, "keys.url", "publishTime"),
        ({"title": "name"}, "keys.title", "publishTime"),
        ({"date": "time"}, "keys.date", "publishTime"),
    ],
)
def test_a_key_that_is_gone_is_named_with_what_is_there(
    listed: Listed, changes: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(FetchFailed) as failed:
        listed({URL: body(row())}, url=URL, kind="json", keys=KEYS | changes)
    assert (failed.value.cause, failed.value.field) == ("listing", field)
    assert says in failed.value.message


@pytest.mark.parametrize("answer", ["<html><title>出错了</title></html>", "{", "", "[" * 100_000])
def test_what_is_no_json_is_a_failure(listed: Listed, answer: str) -> None:
    with pytest.raises(FetchFailed) as failed:
        listed({URL: answer}, url=URL, kind="json", keys=KEYS)
    assert failed.value.cause == "listing"
