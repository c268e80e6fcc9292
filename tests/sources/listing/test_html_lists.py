"""HTML list pages as content systems of governments write them."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from schemas.fetching import FetchFailed, Listing

Listed = Callable[..., Listing]
URL = "http://jyj.example.cn/tz/"
LI = {"item": "ul.list li"}


def page(*lines: str, extra: str = "", title: str = "通知公告") -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f"<html><head><title>{title}</title></head><body><ul class='list'>{items}</ul>{extra}</body></html>"


def test_items_come_with_whole_address_title_and_date(listed: Listed) -> None:
    body = page('<a href="./202503/1.html" target="_blank">关于报送方案的通知</a><span>2025-03-01</span>')
    (item,) = listed({URL: body}, kind="list", selectors=LI).items
    assert item.url == "http://jyj.example.cn/tz/202503/1.html"
    assert item.title == "关于报送方案的通知"
    assert item.dated_on == datetime.date(2025, 3, 1)


@pytest.mark.parametrize(
    "shown",
    [
        "<span>2025-03-01</span>",
        "<span>2025/3/1</span>",
        "<span>[03-01]</span>",
        "<span>（03/01）</span>",
        "<em>2025年3月1日</em>",
        "<em>二〇二五年三月一日</em>",
        "<i>２０２５．０３．０１</i>",
        "<b>3月1日</b>",
        "<div><p>01</p><span>2025-03</span></div>",
        "<div><strong>01</strong><i>2025年3月</i></div>",
        "<div><span>2025-03</span><b>01</b></div>",
        "<div><b>03-01</b><span>2025</span></div>",
        "<span>发布时间：2025-03-01 09:30:00</span>",
        "<span>2025-02-28T18:00:00Z</span>",
        "<span>20250301</span>",
        '<time datetime="2025-03-01">三天前</time>',
        " 2025-03-01",
    ],
)
def test_a_date_is_read_however_it_is_shown(listed: Listed, shown: str) -> None:
    body = page(f'<a href="1.html">关于2024年9月1日起施行办法的通知</a>{shown}')
    (item,) = listed({URL: body}, kind="list", selectors=LI).items
    assert item.dated_on == datetime.date(2025, 3, 1)
    assert item.title == "关于2024年9月1日起施行办法的通知"


@pytest.mark.parametrize("shown", ["<span>2025-03-01</span>", "<i>[2025-03-01]</i>"])
def test_a_date_inside_the_link_is_no_part_of_the_title(listed: Listed, shown: str) -> None:
    (item,) = listed({URL: page(f'<a href="1.html">{shown}方案的通知</a>')}, kind="list", selectors=LI).items
    assert (item.title, item.dated_on) == ("方案的通知", datetime.date(2025, 3, 1))


def test_a_date_may_stand_in_an_attribute_that_a_selector_names(listed: Listed) -> None:
    body = page('<a href="1.html">通知</a><s class="d" data-time="2025-03-01 08:00"></s>')
    (item,) = listed({URL: body}, kind="list", selectors=LI | {"date": ".d"}).items
    assert item.dated_on == datetime.date(2025, 3, 1)


def test_a_day_without_year_is_never_in_the_future(listed: Listed) -> None:
    body = page('<a href="1.html">甲</a>[12-30]', '<a href="2.html">乙</a>[03-11]', '<a href="3.html">丙</a>[02-29]')
    dates = [item.dated_on for item in listed({URL: body}, kind="list", selectors=LI).items]
    # The server's clock may be a day ahead of ours; a 29 February was last in 2024.
    assert dates == [datetime.date(2024, 12, 30), datetime.date(2025, 3, 11), datetime.date(2024, 2, 29)]


@pytest.mark.parametrize(
    ("href", "day"),
    [
        ("202503/t20250301_6012345.html", 1),
        ("/art/2025/3/2/art_17_2.html", 2),
        ("/2025-03/03/content_5.htm", 3),
    ],
)
def test_a_list_without_dates_has_those_of_its_addresses(listed: Listed, href: str, day: int) -> None:
    (item,) = listed({URL: page(f'<a href="{href}">通知</a>')}, kind="list", selectors=LI).items
    assert item.dated_on == datetime.date(2025, 3, day)


@pytest.mark.parametrize(
    "href",
    ["javascript:void(0)", "JavaScript:go(1)", "#", "", "mailto:a@example.cn", "tel:110", "http://[", "ftp://a/b"],
)
def test_what_is_no_address_is_left_out(listed: Listed, href: str) -> None:
    body = page(f'<a href="{href}">甲</a>', '<a href="2.html">乙</a>')
    assert [item.title for item in listed({URL: body}, kind="list", selectors=LI).items] == ["乙"]


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("../gs/1.html", "http://jyj.example.cn/gs/1.html"),
        ("//www.example.cn:80/1.html", "http://www.example.cn/1.html"),
        ("\\tz\\1.html", "http://jyj.example.cn/tz/1.html"),
        ("?id=1&x=%E9%80%9A", "http://jyj.example.cn/tz/?id=1&x=%E9%80%9A"),
        (" 通知 1.html\n", "http://jyj.example.cn/tz/%E9%80%9A%E7%9F%A5%201.html"),
        ("1.html#top", "http://jyj.example.cn/tz/1.html"),
        ("/link.jsp?target=https%3A%2F%2Fwww.example.cn%2Fa.html", "https://www.example.cn/a.html"),
        ("/link.jsp?id=3&target=/gs/2.html", "http://jyj.example.cn/gs/2.html"),
        ("/list.jsp?target=new", "http://jyj.example.cn/list.jsp?target=new"),
    ],
)
def test_a_link_means_what_it_means_in_a_browser(listed: Listed, href: str, address: str) -> None:
    (item,) = listed({URL: page(f'<a href="{href}">通知</a>')}, kind="list", selectors=LI).items
    assert item.url == address


def test_the_base_of_a_page_counts(listed: Listed) -> None:
    body = page('<a href="1.html">通知</a>').replace("<title>", '<base href="/zwgk/"><title>')
    assert listed({URL: body}, kind="list", selectors=LI).items[0].url == "http://jyj.example.cn/zwgk/1.html"


def test_the_whole_title_is_taken_where_the_list_shortens_it(listed: Listed) -> None:
    whole = "关于印发《城乡学校共同体建设实施方案》的通知"
    body = page(
        f'<a href="1.html" title="{whole}">关于印发《城乡学校共同体…</a>',
        '<a href="2.html" title="点击查看">乙通知</a>',
    )
    assert [item.title for item in listed({URL: body}, kind="list", selectors=LI).items] == [whole, "乙通知"]


def test_of_several_links_the_one_with_the_title_is_taken(listed: Listed) -> None:
    line = '[<a href="/tzgg/">通知公告</a>] <a href="1.html">关于报送方案的通知</a> <a href="1.html#c">评论</a>'
    (item,) = listed({URL: page(line)}, kind="list", selectors=LI).items
    assert (item.url, item.title) == ("http://jyj.example.cn/tz/1.html", "关于报送方案的通知")


def test_a_link_that_is_a_picture_is_called_as_the_picture(listed: Listed) -> None:
    body = page('<a href="1.html"><img src="a.png" alt="一图读懂方案"></a>')
    assert listed({URL: body}, kind="list", selectors=LI).items[0].title == "一图读懂方案"


def test_an_item_may_itself_be_the_link(listed: Listed) -> None:
    body = '<div id="m"><a href="1.html">甲通知<span>2025-03-01</span></a><a href="2.html">乙通知</a></div>'
    items = listed({URL: body}, kind="list", selectors={"item": "#m a"}).items
    assert [item.title for item in items] == ["甲通知", "乙通知"]


def test_pages_in_gbk_are_read_whatever_they_declare(listed: Listed) -> None:
    body = page('<a href="1.html">关于进一步加强义务教育学校管理的通知</a>')
    for declared in ("gb2312", "utf-8", ""):
        data = body.replace("<title>", f'<meta charset="{declared}"><title>').encode("gb18030")
        assert listed({URL: data}, kind="list", selectors=LI).items[0].title == "关于进一步加强义务教育学校管理的通知"


def test_records_that_a_page_hides_in_a_script_are_items(listed: Listed) -> None:
    body = (
        '<html><body><div id="7"><script type="text/xml"><datastore><recordset><record><![CDATA[<li class="r">'
        '<a href="/art/2025/3/1/art_1.html">甲</a></li>]]></record><record><![CDATA[<li class="r">'
        '<a href="/art/2025/3/2/art_2.html">乙</a></li>]]></record></recordset></datastore></script></div></body></html>'
    )
    items = listed({URL: body}, kind="list", selectors={"item": "li.r"}).items
    assert [item.title for item in items] == ["甲", "乙"]


class TestFurtherPages:
    """Pages beyond the first."""

    @pytest.fixture
    def site(self) -> dict[str, str]:
        pages = {URL: page('<a href="a0.html">甲</a>')}
        for number in range(1, 4):
            pages[f"{URL}index_{number}.html"] = page(f'<a href="a{number}.html">甲{number}</a>')
        return pages

    @pytest.mark.parametrize(
        "call",
        [
            'createPageHTML(4, 0, "index", "html");',
            "createPageHTML('page_div',4, 1,'index','html',80);",
            "function createPageHTML(_nPageCount, _nCurrIndex, a, b){if(_nPageCount>9){}}\ncreatePageHTML(4,0,'index','.html')",
        ],
    )
    def test_the_page_count_stands_in_a_script_call(self, listed: Listed, site: dict[str, str], call: str) -> None:
        site[URL] = page('<a href="a0.html">甲</a>', extra=f"<script>{call}</script>")
        listing = listed(site, kind="list", selectors=LI, paging={"script": "createPageHTML"})
        assert len(listing.items) == len(listing.pages) == 4
        assert listing.complete

    def test_a_list_of_one_page_asks_for_one(self, listed: Listed, site: dict[str, str]) -> None:
        asked: list[str] = []
        site[URL] = page('<a href="a0.html">甲</a>', extra='<script>createPageHTML(1, 0, "index", "html")</script>')
        listed(site, asked=asked, kind="list", selectors=LI, paging={"script": "createPageHTML"})
        assert asked == [URL]

    def test_a_call_that_is_gone_is_a_failure_that_names_it(self, listed: Listed, site: dict[str, str]) -> None:
        with pytest.raises(FetchFailed, match="createPageHTML") as failed:
            listed(site, kind="list", selectors=LI, paging={"script": "createPageHTML"})
        assert (failed.value.cause, failed.value.field) == ("listing", "paging.script")

    def test_pages_of_a_pattern_end_where_the_server_has_none(self, listed: Listed, site: dict[str, str]) -> None:
        listing = listed(site, kind="list", selectors=LI, paging={"pattern": "index_{page}.html"})
        assert [item.title for item in listing.items] == ["甲", "甲1", "甲2", "甲3"]
        assert listing.complete

    def test_a_page_that_the_list_itself_counts_must_be_there(self, listed: Listed, site: dict[str, str]) -> None:
        site[URL] = page('<a href="a0.html">甲</a>', extra="<script>var countPage = 9//共几页</script>")
        with pytest.raises(FetchFailed) as failed:
            listed(site, kind="list", selectors=LI, paging={"pattern": "index_{page}.html"})
        assert failed.value.url == f"{URL}index_4.html"

    def test_a_count_of_ones_own_is_looked_for(self, listed: Listed, site: dict[str, str]) -> None:
        site[URL] = page('<a href="a0.html">甲</a>', extra="<p>共 2 页</p>")
        paging = {"pattern": "index_{page}.html", "count": r"共\s*(\d+)\s*页"}
        assert len(listed(site, kind="list", selectors=LI, paging=paging).pages) == 2
        site[URL] = page('<a href="a0.html">甲</a>')
        with pytest.raises(FetchFailed) as failed:
            listed(site, kind="list", selectors=LI, paging=paging)
        assert failed.value.field == "paging.count"

    @pytest.mark.parametrize("beyond", ["the last page again", "an empty list"])
    def test_servers_that_never_say_404_come_to_an_end(self, listed: Listed, site: dict[str, str], beyond: str) -> None:
        for number in range(4, 60):
            again = site[f"{URL}index_3.html"]
            site[f"{URL}index_{number}.html"] = again if beyond == "the last page again" else page()
        asked: list[str] = []
        listing = listed(site, asked=asked, kind="list", selectors=LI, paging={"pattern": "index_{page}.html"})
        assert len(listing.items) == 4
        assert len(asked) == 5

    def test_numbers_may_count_items(self, listed: Listed) -> None:
        pages = {URL: page('<a href="1.html">甲</a>')}
        for start in (20, 40):
            pages[f"{URL}?start={start}"] = page(f'<a href="b{start}.html">乙</a>')
        paging = {"pattern": "?start={page}", "first": 20, "step": 20}
        assert len(listed(pages, kind="list", selectors=LI, paging=paging).items) == 3

    def test_the_link_to_the_next_page_is_followed(self, listed: Listed) -> None:
        last = page('<a href="3.html">丙</a>', extra='<a class="next" href="javascript:;">下一页</a>')
        pages = {
            URL: page('<a href="1.html">甲</a>', extra='<a class="next" href="p2.html">下一页</a>'),
            f"{URL}p2.html": page('<a href="2.html">乙</a>', extra='<a class="next" href="p3.html">下一页</a>'),
            f"{URL}p3.html": last,
        }
        listing = listed(pages, kind="list", selectors=LI, paging={"next": "a.next"})
        assert [item.title for item in listing.items] == ["甲", "乙", "丙"]

    def test_pages_that_lead_in_a_circle_are_read_once(self, listed: Listed) -> None:
        pages = {
            URL: page('<a href="1.html">甲</a>', extra='<a class="next" href="p2.html">下一页</a>'),
            f"{URL}p2.html": page('<a href="2.html">乙</a>', extra='<a class="next" href="./">下一页</a>'),
        }
        assert len(listed(pages, kind="list", selectors=LI, paging={"next": "a.next"}).pages) == 2

    def test_no_more_pages_are_read_than_the_source_allows_and_the_listing_says_so(
        self, listed: Listed, site: dict[str, str]
    ) -> None:
        listing = listed(site, kind="list", selectors=LI, paging={"pattern": "index_{page}.html", "most": 2})
        assert len(listing.pages) == 2
        assert not listing.complete

    def test_an_item_on_two_pages_is_listed_once(self, listed: Listed, site: dict[str, str]) -> None:
        site[f"{URL}index_1.html"] = page(
            '<a href="https://jyj.example.cn/tz/a0.html">甲（置顶）</a>', '<a href="a1.html">甲1</a>'
        )
        listing = listed(site, kind="list", selectors=LI, paging={"pattern": "index_{page}.html"})
        assert [item.title for item in listing.items] == ["甲", "甲1", "甲2", "甲3"]

    def test_a_later_page_that_fails_makes_the_listing_fail(self, listed: Listed, site: dict[str, str]) -> None:
        site[f"{URL}index_2.html"] = ""
        with pytest.raises(FetchFailed) as failed:
            listed(site, kind="list", selectors=LI, paging={"pattern": "index_{page}.html"})
        assert failed.value.url.endswith("index_2.html")


class TestRedesign:
    """A selector that finds nothing is a failure that names it."""

    @pytest.mark.parametrize(
        ("selectors", "field"),
        [
            ({"item": "table.news tr"}, "selectors.item"),
            ({"item": "ul.list li", "link": "h3 a"}, "selectors.link"),
            ({"item": "ul.list li", "title": ".bt"}, "selectors.title"),
            ({"item": "ul.list li", "date": ".rq"}, "selectors.date"),
        ],
    )
    def test_the_selector_is_named(self, listed: Listed, selectors: dict[str, str], field: str) -> None:
        body = page('<a href="1.html">甲</a>2025-03-01', title="新版网站")
        with pytest.raises(FetchFailed) as failed:
            listed({URL: body}, kind="list", selectors=selectors)
        assert (failed.value.cause, failed.value.field) == ("listing", field)
        assert field in str(failed.value)
        assert "新版网站" in str(failed.value)

    def test_an_empty_page_is_no_empty_list(self, listed: Listed) -> None:
        with pytest.raises(FetchFailed, match="empty"):
            listed({URL: "  \n"}, kind="list", selectors=LI)

    def test_a_page_whose_links_are_all_scripts_says_so(self, listed: Listed) -> None:
        with pytest.raises(FetchFailed, match="none of its links is an address"):
            listed({URL: page('<a href="javascript:open(1)">甲</a>')}, kind="list", selectors=LI)


class TestLeavingOut:
    """What a source leaves out."""

    LINES = (
        '<a href="tz/1.html">甲方案的通知</a>2025-03-03',
        '<a href="zp/2.html">招聘公告</a>2025-03-02',
        '<a href="tz/3.html">乙方案的通知</a>2024-12-31',
        '<a href="tz/4.html">无日期方案</a>',
    )

    @pytest.mark.parametrize(
        ("fields", "titles"),
        [
            ({"include": "方案"}, ["甲方案的通知", "乙方案的通知", "无日期方案"]),
            ({"include": r"/zp/"}, ["招聘公告"]),
            ({"exclude": "招聘|/4"}, ["甲方案的通知", "乙方案的通知"]),
            ({"newer_than": "2025-01-01"}, ["甲方案的通知", "招聘公告", "无日期方案"]),
        ],
    )
    def test_by_address_title_and_date(self, listed: Listed, fields: dict[str, str], titles: list[str]) -> None:
        listing = listed({URL: page(*self.LINES)}, kind="list", selectors=LI, **fields)
        assert [item.title for item in listing.items] == titles
        assert listing.left_out == 4 - len(titles)

    def test_paging_ends_at_a_page_of_old_items_only(self, listed: Listed) -> None:
        pages = {
            URL: page('<a href="0.html">置顶</a>2020-01-01', '<a href="1.html">甲</a>2025-03-01'),
            f"{URL}index_1.html": page('<a href="2.html">乙</a>2024-05-01'),
            f"{URL}index_2.html": page('<a href="3.html">丙</a>2024-04-01'),
        }
        asked: list[str] = []
        paging = {"pattern": "index_{page}.html"}
        listing = listed(pages, asked=asked, kind="list", selectors=LI, paging=paging, newer_than="2025-01-01")
        assert [item.title for item in listing.items] == ["甲"]
        assert asked == [URL, f"{URL}index_1.html"]
        assert listing.complete  # nothing that the source wants stands further down

    def test_a_list_with_undated_items_is_read_to_its_end(self, listed: Listed) -> None:
        pages = {
            URL: page('<a href="1.html">甲</a>2025-03-01', '<a href="2.html">无日期</a>'),
            f"{URL}index_1.html": page('<a href="3.html">乙</a>2024-05-01'),
            f"{URL}index_2.html": page('<a href="4.html">无日期</a>'),
        }
        paging = {"pattern": "index_{page}.html"}
        listing = listed(pages, kind="list", selectors=LI, paging=paging, newer_than="2025-01-01")
        assert [item.url[-6] for item in listing.items] == ["1", "2", "4"]
