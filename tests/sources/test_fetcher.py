"""What asking a server promises: politeness, bounds, and failures that say what happened."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.fetching import FetchFailed, Validators
from sources.fetch import Bounds, Clock, Fetcher, Pace
from tests.sources.site import Site, notice, pages

Make = Callable[..., Fetcher]


def failed(fetcher: Fetcher, url: str) -> FetchFailed:
    with pytest.raises(FetchFailed) as raised:
        fetcher.ask(url)
    return raised.value


def test_an_answer_has_its_bytes_its_headers_and_its_time(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    answer = fetcher().ask(url)
    assert notice(1).title in answer.body.decode("gbk")
    assert (answer.url, answer.final_url, answer.status) == (url, url, 200)
    assert answer.header("Content-Type") == "text/html; charset=gbk"
    assert answer.header("etag")
    assert answer.header("last-modified")
    assert answer.fetched_at == datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


def test_a_redirect_is_followed_and_both_addresses_are_told(site: Site, fetcher: Make) -> None:
    old = site.publish(notice(1))
    new = site.move(old)
    answer = fetcher().ask(old)
    assert (answer.url, answer.final_url) == (old, new)


def test_a_redirect_to_chinese_characters_is_followed_in_any_encoding(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", "redirect", times=1, location="/zwgk/tzgg/index.html?栏目=通知".encode().decode("latin-1"))
    assert fetcher().ask(url).final_url.endswith("?%E6%A0%8F%E7%9B%AE=%E9%80%9A%E7%9F%A5")


def test_the_user_agent_says_who_asks_and_can_be_set(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    fetcher().ask(url)
    assert re.fullmatch(r"duzheng/\d+\.\d+\.\d+", site.log[-1].headers["user-agent"])
    fetcher(headers={"User-Agent": "JiaoyujuBot/1.0 (+mailto:a@example.cn)", "X-Unit": "7"}).ask(url)
    assert site.log[-1].headers["user-agent"] == "JiaoyujuBot/1.0 (+mailto:a@example.cn)"
    assert site.log[-1].headers["x-unit"] == "7"


# Conditional requests.


def test_what_has_not_changed_is_not_sent_again(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    asking = fetcher()
    first = asking.ask(url)
    tag = Validators(etag=first.header("etag"))
    again = asking.ask(url, tag)
    assert (again.status, again.body) == (304, b"")
    assert asking.ask(url, Validators(last_modified=first.header("last-modified"))).status == 304
    site.correct(url, title="更正后的通知")
    assert "更正后的通知" in asking.ask(url, tag).body.decode("gbk")


def test_a_304_that_was_not_asked_for_is_a_failure(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", "status", status=304)
    assert failed(fetcher(), url).status == 304


# robots.txt.


def test_what_robots_txt_forbids_is_not_asked(site: Site, fetcher: Make) -> None:
    failure = failed(fetcher(), f"{site.url}/admin/list.html")
    assert failure.cause == "robots"
    assert not site.asked("/admin/list.html")
    fetcher(obey_robots=False).ask(site.publish(notice(1)))
    assert len(site.asked("/robots.txt")) == 1


def test_robots_txt_is_asked_once_a_run_and_may_speak_of_us(site: Site, fetcher: Make) -> None:
    site.content.robots = "User-agent: *\nAllow: /\n\nUser-agent: duzheng\nDisallow: /art/2025/9/2/\n"
    allowed, forbidden = site.publish(notice(1)), site.publish(notice(2))
    asking = fetcher()
    asking.ask(allowed)
    assert failed(asking, forbidden).cause == "robots"
    assert len(site.asked("/robots.txt")) == 1
    assert fetcher(headers={"User-Agent": "JiaoyujuBot/1.0"}).ask(forbidden).status == 200


def test_a_site_without_robots_txt_sets_no_rules(site: Site, fetcher: Make) -> None:
    site.content.robots = None
    assert fetcher().ask(site.publish(notice(1))).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_the_server_cannot_give_forbids_all(site: Site, fetcher: Make, status: int) -> None:
    url = site.publish(notice(1))
    site.fail("/robots.txt", "status", status=status)
    failure = failed(fetcher(retries=0), url)
    assert (failure.cause, failure.status) == ("http_status", status)
    assert "robots.txt" in failure.message
    assert not site.asked(url)


def test_a_redirect_is_held_against_robots_txt_too(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", "redirect", location="/admin/secret.html")
    assert failed(fetcher(), url).cause == "robots"
    assert not site.asked("/admin/secret.html")


def test_a_crawl_delay_slows_down_but_not_for_ever(site: Site, fetcher: Make, clock: Any) -> None:
    url = site.publish(notice(1))
    site.content.robots = "User-agent: *\nCrawl-delay: 7\n"
    asking = fetcher(seconds_between=2)
    asking.ask(url)
    asking.ask(url)
    # The robots.txt itself is asked at the source's own pace.
    assert clock.slept == [7.0, 7.0]
    site.content.robots = "User-agent: *\nCrawl-delay: 86400\n"
    fetcher().ask(url)
    assert clock.slept[-1] == Bounds().crawl_delay


# Retries.


@pytest.mark.parametrize("kind", ["drop", "reset", "half", "garbled"])
def test_a_connection_that_breaks_is_tried_again_with_longer_and_longer_waits(
    site: Site, fetcher: Make, clock: Any, kind: Any
) -> None:
    url = site.publish(notice(1))
    asking = fetcher(retries=3)
    site.fail("/art/*", kind, times=3)
    assert notice(1).title in asking.ask(url).body.decode("gbk")
    assert clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("kind", "cause"), [("drop", "no_connection"), ("half", "no_connection"), ("status", "http_status")]
)
def test_retries_end(site: Site, fetcher: Make, kind: Any, cause: str) -> None:
    url = site.publish(notice(1))
    fault = site.fail("/art/*", kind)
    failure = failed(fetcher(retries=2), url)
    assert failure.cause == cause
    assert fault.happened == 3
    assert "3 次" in failure.message


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_will_be_the_same_is_not_tried_again(site: Site, fetcher: Make, clock: Any, status: int) -> None:
    url = site.publish(notice(1))
    fault = site.fail("/art/*", "status", status=status)
    failure = failed(fetcher(), url)
    assert (failure.cause, failure.status, fault.happened, clock.slept) == ("http_status", status, 1, [])


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_says_how_long_is_given_that_time(site: Site, fetcher: Make, clock: Any, status: int) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", "status", times=1, status=status, retry_after="37")
    assert fetcher().ask(url).status == 200
    assert clock.slept == [37.0]


def test_a_server_may_say_it_as_a_date(site: Site, fetcher: Make, clock: Any) -> None:
    url = site.publish(notice(1))
    # Held against the server's own Date: the fake clock is in another year.
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)
    site.fail("/art/*", "status", times=1, retry_after=format_datetime(until, usegmt=True))
    assert fetcher().ask(url).status == 200
    assert len(clock.slept) == 1
    assert 50 <= clock.slept[0] <= 61


def test_a_server_that_asks_for_a_day_is_left_alone(site: Site, fetcher: Make, clock: Any) -> None:
    url, other = site.publish(notice(1)), site.publish(notice(2))
    site.fail("/art/*", "status", retry_after="86400")
    asking = fetcher()
    failure = failed(asking, url)
    assert (failure.cause, failure.status) == ("http_status", 503)
    assert "1440" in failure.message
    asked = len(site.log)
    assert "360 分钟内不再访问" in failed(asking, other).message
    assert (len(site.log), clock.slept) == (asked, [])


def test_a_host_is_left_alone_for_some_hours_and_not_for_years(site: Site, fetcher: Make, clock: Any) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", "status", times=1, retry_after="999999999")
    asking = fetcher()
    failed(asking, url)
    clock.time += Bounds().held_seconds + 1
    assert asking.ask(url).status == 200


@pytest.mark.parametrize(
    ("kind", "cause"), [("block", "block_page"), ("login", "login_page"), ("error", "http_status")]
)
def test_a_refusal_says_when_it_is_a_firewall_s(site: Site, fetcher: Make, kind: Any, cause: str) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", kind, status=403)
    failure = failed(fetcher(), url)
    assert (failure.cause, failure.status) == (cause, 403)
    assert "403" in failure.message


@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"X-Unit": "教育局"}},
        {"headers": {"X-Unit": "s3cret\nb"}},
        {"headers": {"X Unit": "s3cret"}},
        {"proxy": "socks5://u:s3cret@a:1"},
        {"proxy": "proxy:3128"},
    ],
)
def test_what_cannot_be_sent_is_said_when_the_source_is_read(fetcher: Make, given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"headers|proxy"):
        fetcher(**given)


def test_a_source_that_wants_no_retries_has_none(site: Site, fetcher: Make, clock: Any) -> None:
    fault = site.fail("/art/*", "drop")
    failed(fetcher(retries=0), site.publish(notice(1)))
    assert (fault.happened, clock.slept) == (1, [])


def test_a_site_that_is_down_is_not_waited_for_item_by_item(site: Site, fetcher: Make) -> None:
    urls = [site.publish(notice(n)) for n in range(1, 10)]
    asking = fetcher(retries=1)
    asking.ask(urls[0])
    fault = site.fail("/art/*", "drop")
    causes = [failed(asking, url) for url in urls]
    assert {failure.cause for failure in causes} == {"no_connection"}
    assert fault.happened == 2 * Bounds().failures_in_a_row
    assert "连续 5 次" in causes[-1].message
    # The next run asks again.
    site.faults.clear()
    assert fetcher().ask(urls[0]).status == 200


def test_pages_that_a_server_fails_at_do_not_make_it_one_that_is_down(site: Site, fetcher: Make) -> None:
    site.fail("/art/*", "status", status=500)
    asking = fetcher(retries=0)
    for n in range(1, 9):
        assert failed(asking, site.publish(notice(n))).status == 500
    assert asking.ask(f"{site.url}/sitemap.xml").status == 200


def test_failures_in_a_row_are_forgotten_when_the_host_answers(site: Site, fetcher: Make) -> None:
    good, bad = site.publish(notice(1)), site.publish(notice(2))
    site.fail("/art/2025/9/2/*", "drop")
    asking = fetcher(retries=0)
    for _ in range(8):
        failed(asking, bad)
        asking.ask(good)


# Times.


def test_a_server_that_does_not_answer_is_a_timeout(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    asking = fetcher(timeout_seconds=0.1, retries=1)
    fault = site.fail("/art/*", "slow")
    failure = failed(asking, url)
    assert (failure.cause, fault.happened) == ("timeout", 2)


def test_a_source_s_patience_does_not_go_beyond_the_bound_of_an_answer(site: Site, fetcher: Make) -> None:
    """Without the bound the answer would come, after a while."""
    url = site.publish(notice(1))
    site.fail("/art/*", "slow", seconds=3)
    asking = fetcher(clock=Clock(), timeout_seconds=600, retries=0, bounds=Bounds(answer_seconds=0.2))
    assert failed(asking, url).cause == "timeout"


def test_an_answer_that_drips_for_ever_ends(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", "drip", seconds=0.01)
    asking = fetcher(clock=Clock(), retries=0, bounds=Bounds(answer_seconds=0.3))
    assert failed(asking, url).cause == "timeout"


# Redirects and hosts.


def test_a_redirect_loop_ends(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    fault = site.fail("/art/*", "loop")
    assert failed(fetcher(), url).cause == "redirects"
    assert fault.happened == Bounds().redirects + 1


# Pages that only lead elsewhere.


@pytest.mark.parametrize("seconds", [0, 5])
def test_a_page_that_leads_elsewhere_at_once_is_followed_as_a_redirect_is(
    site: Site, fetcher: Make, seconds: int
) -> None:
    old, new = site.publish(notice(1)), site.publish(notice(2))
    site.fail(old.removeprefix(site.url), "refresh", seconds=seconds, location=new.removeprefix(site.url))
    answer = fetcher().ask(old)
    assert (answer.url, answer.final_url, answer.by_page) == (old, new, True)
    assert notice(2).title in answer.body.decode("gbk")
    direct = fetcher().ask(new)
    assert (direct.by_page, direct.validators.etag) == (False, direct.header("etag"))
    assert direct.header("etag"), "the server said a version"
    assert answer.validators == Validators(), "which is none of the page that leads on"


def test_a_page_that_is_shown_for_longer_or_leads_to_itself_is_the_answer(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    path = url.removeprefix(site.url)
    for seconds, location in ((6, "/x.html"), (0, path), (0, f"{path}#top"), (0, "javascript:go()"), (0, "mailto:a@b")):
        site.faults = []
        site.fail("/art/*", "refresh", seconds=seconds, location=location)
        answer = fetcher().ask(url)
        assert (answer.final_url, answer.by_page) == (url, False)
        assert "页面正在跳转" in answer.body.decode("gbk")


def test_a_notice_that_happens_to_refresh_is_read_and_not_left(site: Site, fetcher: Make, monkeypatch: Any) -> None:
    url = site.publish(notice(1))
    article = pages.article
    line = '<head><meta http-equiv="refresh" content="3;url=/zwgk/index.html">'
    monkeypatch.setattr(pages, "article", lambda content, n: article(content, n).replace("<head>", line))
    answer = fetcher().ask(url)
    assert line in answer.body.decode("gbk")
    assert answer.final_url == url


@pytest.mark.parametrize(
    ("location", "cause"),
    [
        ("http://jyj.example.cn/art/1.html", "not_allowed"),
        ("/admin/secret.html", "robots"),
        ("/art/loop.html", "redirects"),
    ],
)
def test_what_holds_for_redirects_holds_for_pages_that_lead_elsewhere(
    site: Site, fetcher: Make, location: str, cause: str
) -> None:
    url = site.publish(notice(1))
    site.fail("/art/loop.html", "refresh", seconds=0, location="/art/loop2.html")
    site.fail("/art/loop2.html", "refresh", seconds=0, location="/art/loop.html")
    site.fail("/art/2*", "refresh", seconds=0, location=location)
    assert failed(fetcher(), url).cause == cause
    assert len(site.asked()) <= Bounds().redirects + 2


def test_a_robots_txt_is_not_looked_for_behind_a_page(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    site.fail("/robots.txt", "refresh", seconds=0, location="/zwgk/index.html")
    assert fetcher().ask(url).status == 200
    assert not site.asked("/zwgk/index.html")


@pytest.mark.parametrize(
    "location",
    [
        "http://other.example.cn/a.html",
        "//other.example.cn/a.html",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "http://user:secret@127.0.0.1/a",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
    ],
)
def test_a_redirect_out_of_the_source_is_not_followed(site: Site, fetcher: Make, location: str) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", "redirect", location=location)
    failure = failed(fetcher(), url)
    assert failure.cause == "not_allowed"
    assert "secret" not in str(failure)


def test_only_hosts_that_the_source_names_are_asked(site: Site, fetcher: Make) -> None:
    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    asked: list[str] = []
    site.publish(notice(1))
    asking = fetcher(hosts=["*.yunting.example.cn"], resolve=resolve)
    place = f"http://files.yunting.example.cn:{site.port}"
    assert asking.ask(f"{place}/sitemap.xml").status == 200
    assert site.log[-1].headers["host"] == f"files.yunting.example.cn:{site.port}"
    assert failed(asking, f"http://yunting.example.cn.evil.example:{site.port}/").cause == "not_allowed"
    assert set(asked) == {"files.yunting.example.cn"}


@pytest.mark.parametrize("named", ["http://教育局.例子.cn:{}/zwgk/", "http://xn--dgtp5sd2w.xn--fsqu00a.cn:{}/zwgk/"])
def test_a_chinese_host_is_one_host_in_either_spelling(site: Site, fetcher: Make, named: str) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    asking = fetcher(url=named.format(site.port), resolve=resolve, headers={"Authorization": "Bearer s3cret"})
    for host in ("教育局.例子.cn", "xn--dgtp5sd2w.xn--fsqu00a.cn", "教育局.例子.cn."):
        assert asking.ask(f"http://{host}:{site.port}/sitemap.xml").status == 200
        assert site.log[-1].headers["authorization"] == "Bearer s3cret"
    assert {host.rstrip(".") for host in asked} == {"xn--dgtp5sd2w.xn--fsqu00a.cn"}
    assert failed(asking, f"http://教育厅.例子.cn:{site.port}/").cause == "not_allowed"


def test_many_threads_share_one_fetcher(site: Site, fetcher: Make, clock: Any) -> None:
    urls = [site.publish(notice(n)) for n in range(1, 21)]
    site.fail("/art/2025/9/7/*", "status", times=1, retry_after="9")
    asking = fetcher(seconds_between=3)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(asking.ask, urls))
    assert [notice(n).title in answer.body.decode("gbk") for n, answer in enumerate(answers, 1)] == [True] * 20
    assert len(site.asked("/robots.txt")) == 1
    # Twenty-two requests: twenty-one gaps, one of which the server made longer.
    assert clock.monotonic() - 1000.0 >= 21 * 3 + 6


def test_private_addresses_are_refused_unless_the_source_allows_them(site: Site, fetcher: Make) -> None:
    url = site.publish(notice(1))
    failure = failed(fetcher(allow_private=False), url)
    assert failure.cause == "private_address"
    assert "allow_private" in failure.cure
    assert not site.log


def test_a_redirect_to_a_name_of_a_private_address_is_refused(site: Site, fetcher: Make) -> None:
    """The first host is asked through a proxy, which may know it; the second has an address here."""
    names = {"inside.example.cn": ["10.0.0.7"]}

    def resolve(host: str, port: int) -> list[str]:
        if host == "127.0.0.1":
            return [host]
        if host not in names:
            raise OSError("no such name")
        return names[host]

    site.fail("/art/*", "redirect", location="http://inside.example.cn/a")
    asking = fetcher(
        url="http://outside.example.cn/zwgk/tzgg/index.html",
        hosts=["*.example.cn"],
        allow_private=False,
        proxy=site.url,
        resolve=resolve,
        obey_robots=False,
    )
    assert asking.ask("http://outside.example.cn/sitemap.xml").status == 200
    assert failed(asking, "http://outside.example.cn/art/1.html").cause == "private_address"
    assert [request.path for request in site.log][-1] == "http://outside.example.cn/art/1.html"


def test_credentials_go_to_the_source_s_own_host_only(site: Site, fetcher: Make) -> None:
    asking = fetcher(
        hosts=["files.example.cn"],
        headers={"Authorization": "Bearer s3cret", "Cookie": "k=s3cret"},
        resolve=lambda host, port: ["127.0.0.1"],
    )
    asking.ask(f"{site.url}/sitemap.xml")
    assert site.log[-1].headers["authorization"] == "Bearer s3cret"
    asking.ask(f"http://files.example.cn:{site.port}/sitemap.xml")
    assert "s3cret" not in str(site.log[-1].headers)


# Sizes.


@pytest.mark.parametrize("kind", ["bomb", "endless"])
def test_an_answer_that_is_too_large_is_refused(site: Site, fetcher: Make, kind: Any) -> None:
    url = site.publish(notice(1))
    fault = site.fail("/art/*", kind, size=5_000_000)
    failure = failed(fetcher(bounds=Bounds(body_bytes=1_000_000)), url)
    assert (failure.cause, fault.happened) == ("too_large", 1)


# Cookies.


def test_cookies_live_as_long_as_the_run(site: Site, fetcher: Make) -> None:
    asking = fetcher()
    asking.ask(f"{site.url}/cookie")
    assert "cookie" not in site.log[-1].headers
    asking.ask(f"{site.url}/sitemap.xml")
    assert site.log[-1].headers["cookie"] == "visited=1"
    fetcher().ask(f"{site.url}/sitemap.xml")
    assert "cookie" not in site.log[-1].headers


# Proxies.


def test_a_proxy_is_asked_for_the_whole_address(site: Site, fetcher: Make) -> None:
    def unknown(host: str, port: int) -> list[str]:
        if host == "127.0.0.1":
            return [host]
        raise OSError("only the proxy knows it")

    asking = fetcher(url="http://outside.example.cn/sitemap.xml", kind="sitemap", proxy=site.url, resolve=unknown,
                     allow_private=False, selectors=None, paging=None)  # fmt: skip
    assert asking.ask("http://outside.example.cn/sitemap.xml").status == 200
    assert [request.path for request in site.log] == [
        "http://outside.example.cn/robots.txt",
        "http://outside.example.cn/sitemap.xml",
    ]


def test_the_environment_s_proxy_counts_and_so_do_its_exceptions(
    site: Site, fetcher: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    asking = fetcher(hosts=["*.example.cn"], resolve=resolve)
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.setenv("no_proxy", "inside.example.cn")
    asking.ask("http://outside.example.cn/sitemap.xml")
    assert site.log[-1].path == "http://outside.example.cn/sitemap.xml"
    asking.ask(f"http://inside.example.cn:{site.port}/sitemap.xml")
    assert site.log[-1].path == "/sitemap.xml"
    asking.ask(f"{site.url}/sitemap.xml")
    assert site.log[-1].path == "/sitemap.xml"


def test_a_private_address_is_refused_behind_a_proxy_too(site: Site, fetcher: Make) -> None:
    asking = fetcher(proxy=site.url, allow_private=False, hosts=["10.1.2.3"])
    assert failed(asking, "http://10.1.2.3/a").cause == "private_address"
    assert not site.log


def test_a_socks_proxy_is_said_to_be_none_of_ours(site: Site, fetcher: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://user:secret@127.0.0.1:1080")
    failure = failed(fetcher(hosts=["a.example.cn"]), "http://a.example.cn/")
    assert "socks5" in failure.message
    assert "secret" not in str(failure)


def test_fetchers_of_one_process_share_the_pace(site: Site, fetcher: Make, clock: Any) -> None:
    shared = Pace(clock)
    one, other = (fetcher(pace_of_hosts=shared, seconds_between=5, obey_robots=False) for _ in range(2))
    one.ask(f"{site.url}/sitemap.xml")
    other.ask(f"{site.url}/rss.xml")
    one.ask(f"{site.url}/atom.xml")
    assert clock.slept == [5.0, 5.0]
