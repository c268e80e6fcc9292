"""Sitemaps, RSS and Atom."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Callable

import pytest

from schemas.fetching import FetchFailed, Listing

Listed = Callable[..., Listing]
MAP = "https://jyj.example.cn/sitemap.xml"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
FEED = "https://jyj.example.cn/rss.xml"


def urlset(*urls: str) -> str:
    inner = "".join(f"<url><loc>{url}</loc><lastmod>2025-03-01</lastmod></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{NAMESPACE}">{inner}</urlset>'


def index(*urls: str) -> str:
    inner = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<?xml version="1.0"?><sitemapindex xmlns="{NAMESPACE}">{inner}</sitemapindex>'


class TestSitemaps:
    """sitemaps.org 0.9."""

    def test_pages_come_with_their_last_change(self, listed: Listed) -> None:
        (item,) = listed({MAP: urlset("https://jyj.example.cn/a.html")}, url=MAP, kind="sitemap").items
        assert (item.url, item.dated_on) == ("https://jyj.example.cn/a.html", datetime.date(2025, 3, 1))

    def test_indexes_are_followed_packed_or_not_and_in_circles_once(self, listed: Listed) -> None:
        a, b = "https://jyj.example.cn/1.xml", "https://jyj.example.cn/2.xml.gz"
        pages: dict[str, str | bytes] = {
            MAP: index(a, b, MAP),
            a: urlset("https://jyj.example.cn/a.html"),
            b: gzip.compress(urlset("https://jyj.example.cn/b.html", "http://jyj.example.cn/a.html").encode()),
        }
        listing = listed(pages, url=MAP, kind="sitemap")
        assert [item.url[-6:] for item in listing.items] == ["a.html", "b.html"]
        assert listing.pages == [MAP, a, b]

    def test_a_missing_part_of_an_index_is_a_failure(self, listed: Listed) -> None:
        with pytest.raises(FetchFailed):
            listed({MAP: index("https://jyj.example.cn/1.xml")}, url=MAP, kind="sitemap")

    def test_an_old_part_of_an_index_does_not_end_it(self, listed: Listed) -> None:
        a, b = "https://jyj.example.cn/2019.xml", "https://jyj.example.cn/2025.xml"
        old = urlset("https://jyj.example.cn/a.html").replace("2025-03-01", "2019-03-01")
        pages = {MAP: index(a, b), a: old, b: urlset("https://jyj.example.cn/b.html")}
        listing = listed(pages, url=MAP, kind="sitemap", newer_than="2025-01-01")
        assert [item.url[-6:] for item in listing.items] == ["b.html"]

    def test_pictures_of_a_page_are_no_pages(self, listed: Listed) -> None:
        body = urlset("https://jyj.example.cn/a.html").replace(
            "<url>",
            '<url><i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>https://jyj.example.cn/p.png'
            "</i:loc><i:title>图</i:title></i:image>",
        )
        (item,) = listed({MAP: body}, url=MAP, kind="sitemap").items
        assert (item.url, item.title) == ("https://jyj.example.cn/a.html", None)

    def test_news_sitemaps_say_the_title(self, listed: Listed) -> None:
        news = (
            '<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><n:publication_date>2025-02-28T20:00:00Z'
            "</n:publication_date><n:title>方案的通知</n:title></n:news></url>"
        )
        body = urlset("https://jyj.example.cn/a.html").replace("</url>", news)
        (item,) = listed({MAP: body}, url=MAP, kind="sitemap").items
        assert (item.title, item.dated_on) == ("方案的通知", datetime.date(2025, 3, 1))

    def test_a_plain_list_of_addresses_is_a_sitemap_too(self, listed: Listed) -> None:
        body = "https://jyj.example.cn/a.html\r\nhttps://jyj.example.cn/202503/t20250301_1.html\r\n"
        items = listed({MAP: body}, url=MAP, kind="sitemap").items
        assert [item.dated_on for item in items] == [None, datetime.date(2025, 3, 1)]

    @pytest.mark.parametrize(
        "body",
        [
            "<html><title>404</title></html>",
            "<rss/>",
            "{}",
            "页面不存在",
            gzip.compress(b"<urlset/>", mtime=0)[:-5],
            b"\x1f\x8bxx",
        ],
    )
    def test_what_is_no_sitemap_is_a_failure(self, listed: Listed, body: str | bytes) -> None:
        with pytest.raises(FetchFailed) as failed:
            listed({MAP: body}, url=MAP, kind="sitemap")
        assert failed.value.cause == "listing"

    def test_a_packed_bomb_is_refused(self, listed: Listed) -> None:
        with pytest.raises(FetchFailed, match="larger than"):
            listed({MAP: gzip.compress(bytes(60 * 2**20))}, url=MAP, kind="sitemap")


class TestFeeds:
    """RSS and Atom."""

    def test_rss_comes_with_the_day_in_china(self, listed: Listed) -> None:
        body = (
            '<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><link>https://jyj.example.cn/</link>'
            "<item><title><![CDATA[关于<b>报送</b>方案的通知]]></title><link> /a.html </link>"
            "<pubDate>Fri, 28 Feb 2025 18:00:00 GMT</pubDate></item></channel></rss>"
        ).encode("gb18030")
        (item,) = listed({FEED: body}, url=FEED, kind="feed").items
        assert (item.url, item.title) == ("https://jyj.example.cn/a.html", "关于报送方案的通知")
        assert item.dated_on == datetime.date(2025, 3, 1)

    def test_atom_links_to_the_page_itself_from_the_base_of_the_feed(self, listed: Listed) -> None:
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.example.cn/zw/"><link href="/feed"/>'
            '<entry xml:base="tz/"><title>通知</title><link rel="enclosure" href="x.pdf"/><link href="1.html"/>'
            "<updated>2025-03-05T00:00:00+08:00</updated><published>2025-03-01T00:30:00+08:00</published></entry></feed>"
        )
        (item,) = listed({FEED: body}, url=FEED, kind="feed").items
        assert (item.url, item.dated_on) == ("https://www.example.cn/zw/tz/1.html", datetime.date(2025, 3, 1))

    def test_rss_1_and_items_with_only_a_guid_are_read(self, listed: Listed) -> None:
        rdf = (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item><title>甲</title><link>https://jyj.example.cn/1'
            "</link><dc:date>2025-03-01</dc:date></item></rdf:RDF>"
        )
        assert listed({FEED: rdf}, url=FEED, kind="feed").items[0].dated_on == datetime.date(2025, 3, 1)
        guids = (
            "<rss><channel><item><guid>https://jyj.example.cn/2</guid></item>"
            '<item><guid isPermaLink="false">77</guid></item></channel></rss>'
        )
        assert [item.url for item in listed({FEED: guids}, url=FEED, kind="feed").items] == ["https://jyj.example.cn/2"]

    def test_what_a_feed_no_longer_holds_is_not_gone(self, listed: Listed) -> None:
        body = "<rss><channel><item><link>https://jyj.example.cn/2</link></item></channel></rss>"
        assert not listed({FEED: body}, url=FEED, kind="feed").complete

    def test_a_feed_with_undefined_entities_is_still_read(self, listed: Listed) -> None:
        body = (
            "<rss><channel><item><title>甲&nbsp;乙</title><link>https://jyj.example.cn/2</link></item></channel></rss>"
        )
        assert len(listed({FEED: body}, url=FEED, kind="feed").items) == 1

    @pytest.mark.parametrize(
        "body", [urlset("https://a.example.cn/"), "<html/>", "{}", "", "<rss><channel><item/></channel></rss>"]
    )
    def test_what_is_no_feed_is_a_failure(self, listed: Listed, body: str) -> None:
        with pytest.raises(FetchFailed) as failed:
            listed({FEED: body}, url=FEED, kind="feed")
        assert failed.value.cause == "listing"


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!doctype x\n[ <!entity % p SYSTEM "http://127.0.0.1/x.dtd"> %p; ]>',
    ],
)
def test_entities_of_a_document_type_are_refused(listed: Listed, kind: str, head: str) -> None:
    body = head + "<rss><channel><item><link>https://jyj.example.cn/&b;&e;</link></item></channel></rss>"
    with pytest.raises(FetchFailed, match="entities"):
        listed({FEED: body}, url=FEED, kind=kind)
