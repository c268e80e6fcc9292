"""A notice's files: found on its page, with the names that people know them by."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fetching import Answer, FetchFailed
from sources.attachments import MAX_ATTACHMENTS, linked, name_of
from sources.fetch import Fetcher
from tests.sources.site import Site, notice, wordfile, workbook

HERE = "http://www.example.cn/art/2025/9/1/art_1.html"


def page(body: str, head: str = "", url: str = HERE) -> Answer:
    text = f"<html><head><meta charset=gbk><title>通知</title>{head}</head><body>{body}</body></html>"
    return Answer(url, url, 200, (), text.encode("gbk"), datetime.datetime.now(datetime.UTC))


def article(links: str, **more: str) -> Answer:
    text = "<p>" + "各乡镇人民政府，县属各学校：现将工作方案印发给你们，请认真贯彻执行。" * 5 + "</p>"
    return page(f'<div id="zoom">{text}{links}</div>', **more)


def served(disposition: str) -> Answer:
    return Answer(HERE, HERE, 200, (("content-disposition", disposition),), b"x", datetime.datetime.now(datetime.UTC))


def test_the_files_of_a_notice_are_fetched_by_what_its_page_links(site: Site, fetcher: Callable[..., Fetcher]) -> None:
    files = (
        wordfile("附件1 结对名单（2025年）.docx", "云汀县结对名单"),
        workbook("附件2 100%覆盖#统计表.xlsx", ("学校", "人数")),
    )
    asking = fetcher()
    found = linked(asking.ask(site.publish(notice(1, files=files))))
    assert [one.name for one in found] == [file.name for file in files]
    assert [asking.ask(one.url).body for one in found] == [file.data for file in files]


def test_links_are_taken_from_where_the_page_came_to_and_from_its_base() -> None:
    links = '<a href="P1.docx">附件1：名单.docx</a><a href="../P2.pdf">附件2</a>'
    assert [one.url for one in linked(article(links))] == [
        "http://www.example.cn/art/2025/9/1/P1.docx",
        "http://www.example.cn/art/2025/9/P2.pdf",
    ]
    based = linked(article(links, head='<base href="/files/">'))
    assert [one.url for one in based] == ["http://www.example.cn/files/P1.docx", "http://www.example.cn/P2.pdf"]


def test_links_that_are_no_files_of_the_notice_are_none() -> None:
    links = (
        '<a href="/art/2.html">上一篇</a><a href="javascript:window.print()">打印</a><a href="mailto:a@b.cn">邮箱</a>'
        '<a href="#top">附件</a>'
    )
    assert linked(article(links)) == []


def test_a_file_that_is_linked_twice_is_one() -> None:
    links = '<a href="/a.docx">附件1 名单.docx</a><a href="/a.docx#page=2">点击下载</a>'
    assert [(one.url, one.name) for one in linked(article(links))] == [
        ("http://www.example.cn/a.docx", "附件1 名单.docx")
    ]


def test_files_of_other_hosts_are_told_too() -> None:
    """The source may not allow them: that is said when they are asked for, not passed over here."""
    assert (
        linked(article('<a href="https://files.example.cn/a.docx">附件</a>'))[0].url
        == "https://files.example.cn/a.docx"
    )


@pytest.mark.parametrize(
    "frame",
    ['<iframe src="/u/a.pdf"></iframe>', '<iframe src="/pdfjs/viewer.html?file=%2Fu%2Fa.pdf"></iframe>'],
)
def test_a_file_in_a_frame_is_a_file_of_the_notice(frame: str) -> None:
    assert [one.url for one in linked(page(f'<div id="zoom">{frame}</div>'))] == ["http://www.example.cn/u/a.pdf"]
    assert [one.url for one in linked(article(frame))] == ["http://www.example.cn/u/a.pdf"]


def test_a_file_has_no_files() -> None:
    word = wordfile("附件1.docx", "名单")
    assert linked(Answer(HERE, HERE, 200, (), word.data, datetime.datetime.now(datetime.UTC))) == []
    assert linked(Answer(HERE, HERE, 200, (), b"", datetime.datetime.now(datetime.UTC))) == []


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        ("附件1 名单.docx", "http://a.cn/P0201.docx", "附件1 名单.docx"),
        ("附件1 名单", "http://a.cn/P0201.docx", "附件1 名单.docx"),
        ("附件1", "http://a.cn/P0201.docx", "附件1.docx"),
        ("点击下载", "http://a.cn/%E5%90%8D%E5%8D%95.xlsx", "名单.xlsx"),
        ("【附件下载】", "http://a.cn/download.jsp?name=%E5%90%8D%E5%8D%95.doc&id=7", "名单.doc"),
        ("附件2", "http://a.cn/download.jsp?id=7", "附件2"),
        ("", "http://a.cn/", "附件"),
        ("../../etc/附件1", "http://a.cn/1.docx", "附件1.docx"),
        ("..\\..\\附件1.docx", "http://a.cn/1.docx", "附件1.docx"),
    ],
)
def test_a_file_is_called_what_the_page_calls_it_with_the_ending_of_its_address(text: str, url: str, name: str) -> None:
    assert name_of(text, url) == name


@pytest.mark.parametrize(
    "disposition",
    [
        'attachment; filename="名单.xls"',
        "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.xls",
        "attachment; filename=%E5%90%8D%E5%8D%95.xls",
        "attachment; filename=\"x.xls\"; filename*=GBK''%C3%FB%B5%A5.xls",
        'attachment; filename="../../名单.xls"',
    ],
)
def test_what_the_server_calls_it_counts_where_the_page_says_nothing(disposition: str) -> None:
    assert name_of("下载", "http://a.cn/getfile.do?id=7", served(disposition)) == "名单.xls"
    assert name_of("附件3", "http://a.cn/getfile.do?id=7", served(disposition)) == "附件3.xls"


@pytest.mark.parametrize("url", ["http://a.cn/getfile.do?id=7", "http://a.cn/x/P01.xls", "http://a.cn/d?f=P01.xls"])
def test_what_was_guessed_from_the_address_gives_way_to_what_the_server_says(url: str) -> None:
    before = name_of("点击下载", url)
    assert name_of(before, url, served('attachment; filename="名单.xls"')) == "名单.xls"


def test_a_page_that_links_thousands_of_files_is_a_failure_and_not_cut_short() -> None:
    many = "".join(f'<a href="/f/{n}.pdf">附件{n}</a>' for n in range(MAX_ATTACHMENTS + 1))
    with pytest.raises(FetchFailed, match=str(MAX_ATTACHMENTS)):
        linked(article(many))


@given(st.text(max_size=400), st.text(max_size=100))
def test_a_name_is_never_a_path(text: str, disposition: str) -> None:
    name = name_of(text, "http://a.cn/x.docx", served(disposition))
    assert name
    assert len(name) <= 150
    assert not set(name) & set("/\\\0\n\r")
    assert name not in (".", "..")
