"""An answer with status 200 that is no document is a failure, and says what it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from schemas.fetching import Answer, FetchFailed
from sources.blocked import list_items, stand_in
from sources.fetch import Fetcher
from tests.sources.site import Site, notice, pdf, wordfile, workbook

Make = Callable[..., Fetcher]
CAUSES = {
    "block": "block_page",
    "login": "login_page",
    "error": "error_page",
    "script": "script_only",
    "empty": "error_page",
}


@pytest.mark.parametrize("kind", CAUSES)
def test_a_notice_that_turned_into_another_page_is_a_failure(site: Site, fetcher: Make, kind: Any) -> None:
    url = site.publish(notice(1))
    asking = fetcher()
    assert stand_in(asking.ask(url)) is None
    site.fail("/art/*", kind)
    failure = stand_in(asking.ask(url))
    assert failure is not None
    assert (failure.cause, failure.url, failure.status) == (CAUSES[kind], url, 200)
    assert failure.cure


@pytest.mark.parametrize("kind", CAUSES)
def test_an_attachment_that_turned_into_a_page_is_a_failure(site: Site, fetcher: Make, kind: Any) -> None:
    file = workbook("附件1 名单.xlsx", ("学校", "人数"), ("云汀县上畈小学", "120"))
    site.publish(notice(1, files=(file,)))
    address = f"{site.url}/files/1/附件1 名单.xlsx"
    assert stand_in(fetcher().ask(address)) is None
    site.fail("/files/*", kind)
    failure = stand_in(fetcher().ask(address))
    assert failure is not None
    assert failure.cause == CAUSES[kind]


def test_the_home_page_instead_of_a_pdf_is_a_failure_and_a_table_as_xls_is_none(site: Site, fetcher: Make) -> None:
    page = fetcher().ask(site.publish(notice(1)))

    def named(url: str) -> Answer:
        return Answer(url, url, 200, page.headers, page.body, datetime.datetime.now(datetime.UTC))

    failure = stand_in(named("http://a.example.cn/files/1.pdf"))
    assert failure is not None
    assert failure.cause == "error_page"
    assert "PDF" in failure.message
    # Systems export tables as pages under this name, and send files from addresses that end in .jsp.
    assert stand_in(named("http://a.example.cn/files/1.xls")) is None
    assert stand_in(named("http://a.example.cn/download.jsp?id=1")) is None


def test_files_are_what_they_are(site: Site, fetcher: Make) -> None:
    files = (wordfile("附件1 名单.docx", "名单"), pdf("附件2 表.pdf", "评分表"), workbook("附件3.xlsx", ("学校",)))
    site.publish(notice(1, files=files))
    for file in files:
        answer = fetcher().ask(f"{site.url}/files/1/{file.name}")
        assert answer.body == file.data
        assert stand_in(answer) is None


def test_a_list_that_a_firewall_hides_says_so_and_not_that_the_selectors_are_wrong(site: Site, fetcher: Make) -> None:
    site.publish(notice(1))
    asking = fetcher()
    assert len(list_items(site.definition(), asking.ask).items) == 1
    site.fail("/zwgk/*", "block")
    with pytest.raises(FetchFailed) as failed:
        list_items(site.definition(), asking.ask)
    assert failed.value.cause == "block_page"


def test_a_redesigned_list_names_the_selector(site: Site, fetcher: Make) -> None:
    site.publish(notice(1))
    site.redesign()
    with pytest.raises(FetchFailed) as failed:
        list_items(site.definition(), fetcher().ask)
    assert (failed.value.cause, failed.value.field) == ("listing", "selectors.item")
