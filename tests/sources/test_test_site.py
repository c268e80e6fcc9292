"""The test site itself: what the tests of sources stand on."""

from __future__ import annotations

import json

import httpx
import pytest

from extractors.readers import read
from schemas.errors import NotRead
from tests.sources.site import Site, notice, pdf, wordfile, workbook


def test_the_site_serves_lists_in_gbk_with_paging_and_the_same_notices_as_json_sitemap_and_feed(site: Site) -> None:
    for n in range(1, 21):
        site.publish(notice(n))
    first = httpx.get(site.definition("list").url)
    assert first.headers["content-type"] == "text/html; charset=gbk"
    assert first.content.decode("gbk").count("<li><span") == 15
    assert 'createPageHTML(2, 0, "index", "html")' in first.text
    assert httpx.get(f"{site.url}/zwgk/tzgg/index_1.html").content.decode("gbk").count("<li><span") == 5
    assert httpx.get(f"{site.url}/zwgk/tzgg/index_2.html").status_code == 404
    listed = json.loads(httpx.get(f"{site.url}/api/list.json?page=2").content)["data"]
    assert (listed["total"], len(listed["list"])) == (20, 5)
    assert httpx.get(f"{site.url}/sitemap.xml").text.count("<loc>") == 20
    assert httpx.get(f"{site.url}/rss.xml").text.count("<item>") == 15
    assert httpx.get(f"{site.url}/atom.xml").text.count("<entry>") == 15


def test_a_notice_and_its_files_are_read_by_our_own_readers(site: Site) -> None:
    files = (
        wordfile("附件1 结对名单.docx", "云汀县结对名单", "云汀县第一小学——云汀县上畈小学"),
        workbook("附件2 情况统计表.xlsx", ("学校", "人数"), ("云汀县上畈小学", "120")),
        pdf("附件3 评分细则.pdf", "评分细则", "组织领导10分。"),
    )
    url = site.publish(notice(1, files=files))
    page = read(httpx.get(url).content, url)
    assert [link.text for link in page.links] == [file.name for file in files]
    for link, file in zip(page.links, files, strict=True):
        answer = httpx.get(f"{site.url}{link.href}")
        assert answer.content == file.data
        assert read(answer.content, link.href).blocks


def test_a_page_says_its_version_and_answers_304_until_it_is_corrected(site: Site) -> None:
    url = site.publish(notice(1))
    first = httpx.get(url)
    asked = {"If-None-Match": first.headers["etag"]}
    assert httpx.get(url, headers=asked).status_code == 304
    assert httpx.get(url, headers={"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
    site.correct(url, title="更正后的通知")
    assert "更正后的通知" in httpx.get(url, headers=asked).text
    assert [request.status for request in site.asked(url)] == [200, 304, 304, 200]


def test_notices_are_moved_withdrawn_and_lists_redesigned(site: Site) -> None:
    url, other = site.publish(notice(1)), site.publish(notice(2))
    new = site.move(url)
    assert httpx.get(url).headers["location"] == new.removeprefix(site.url)
    site.withdraw(other)
    assert httpx.get(other).status_code == 404
    assert list(site.expected()) == [new]
    site.redesign()
    assert "news_list" not in httpx.get(site.definition().url).text


@pytest.mark.parametrize("kind", ["block", "login", "error", "script"])
def test_stand_in_pages_are_known_to_our_reader(site: Site, kind: str) -> None:
    url = site.publish(notice(1))
    site.fail("/art/*", kind)  # type: ignore[arg-type]
    answer = httpx.get(url)
    assert answer.status_code == 200
    with pytest.raises(NotRead) as refused:
        read(answer.content, url)
    assert refused.value.cause.startswith(kind)


def test_faults_happen_as_often_as_said(site: Site) -> None:
    url = site.publish(notice(1))
    fault = site.fail("/art/*", "status", times=2, status=429, retry_after="3")
    assert [httpx.get(url).status_code for _ in range(3)] == [429, 429, 200]
    assert fault.happened == 2
    site.fail("/art/*", "drop", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url)
    site.fail("/art/*", "slow", times=1)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=0.05)
    assert httpx.get(url).status_code == 200


def test_a_stopped_site_refuses_and_comes_back_on_its_port(site: Site) -> None:
    url = site.publish(notice(1))
    site.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    site.start(site.port)
    assert httpx.get(url).status_code == 200
