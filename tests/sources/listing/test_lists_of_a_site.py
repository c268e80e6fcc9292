"""Lists of the local site, by real HTTP: as published, and redesigned."""

from __future__ import annotations

import pytest

from schemas.fetching import FetchFailed
from sources.fetch import Fetcher
from sources.listing import list_items
from tests.sources.site import Site, notice


@pytest.fixture
def published(site: Site) -> Site:
    """Forty notices: three pages of the list."""
    for n in range(1, 41):
        site.publish(notice(n))
    return site


@pytest.mark.parametrize("kind", ["list", "json", "sitemap"])
def test_every_notice_is_listed_once_with_title_and_day(published: Site, kind: str) -> None:
    definition = published.definition(kind)
    with Fetcher(definition) as fetcher:
        listing = list_items(definition, fetcher.ask)
    expected = published.expected()
    assert [item.url for item in listing.items] == list(expected)
    assert listing.complete
    if kind != "sitemap":
        assert [(item.title, item.dated_on) for item in listing.items] == [
            (one.title, one.dated_on) for one in expected.values()
        ]


def test_the_script_of_the_page_leads_to_the_same_list(published: Site) -> None:
    definition = published.definition("list", paging={"script": "createPageHTML"})
    with Fetcher(definition) as fetcher:
        listing = list_items(definition, fetcher.ask)
    assert [item.url for item in listing.items] == list(published.expected())


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml"])
def test_feeds_hold_the_newest(published: Site, path: str) -> None:
    definition = published.definition("feed", url=published.url + path)
    with Fetcher(definition) as fetcher:
        listing = list_items(definition, fetcher.ask)
    assert [item.url for item in listing.items] == list(published.expected())[:15]


def test_an_index_of_sitemaps_is_followed(published: Site) -> None:
    definition = published.definition("sitemap", url=f"{published.url}/sitemap_index.xml")
    with Fetcher(definition) as fetcher:
        assert len(list_items(definition, fetcher.ask).items) == 40


def test_a_redesign_is_a_failure_that_names_the_selector(published: Site) -> None:
    published.redesign()
    definition = published.definition("list")
    with Fetcher(definition) as fetcher, pytest.raises(FetchFailed) as failed:
        list_items(definition, fetcher.ask)
    assert (failed.value.cause, failed.value.field) == ("listing", "selectors.item")
    assert "ul.news_list > li" in str(failed.value)
