"""Searching and reading in the web face: what is found is shown as written, and nothing in a document is markup."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corpus.corpus import Corpus
from schemas.document import Document


@pytest.fixture(scope="module")
def documents(site_home: Path) -> list[Document]:
    with Corpus.open(site_home) as corpus:
        return list(corpus.documents())


def _with(documents: list[Document], **equal: str) -> Document:
    return next(one for one in documents if all(getattr(one, name) == value for name, value in equal.items()))


def _plain(html: str) -> str:
    return unescape(re.sub("<[^>]+>", "", html))


def test_a_traditional_query_finds_and_marks_simplified_text(client: TestClient) -> None:
    page = client.get("/search", params={"q": "同步課堂"})
    assert page.status_code == 200
    assert "<mark>同步课堂</mark>" in page.text


def test_the_snippet_leads_to_the_same_words_in_the_text(client: TestClient) -> None:
    page = client.get("/search", params={"q": "同步课堂"})
    target = unescape(re.search(r'class="go" href="([^"#]+)#at"', page.text)[1])  # type: ignore[index]
    shown = client.get(target)
    assert '<mark id="at">同步课堂</mark>' in shown.text


def test_facets_are_links_that_narrow_and_filters_links_that_widen(client: TestClient) -> None:
    page = client.get("/search", params={"q": "同步课堂"})
    facets = re.findall(r'<li><a href="(/search\?[^"]+)">[^<]+</a> <span class="soft">(\d+)</span>', page.text)
    assert facets
    for target, count in facets[:6]:
        narrowed = client.get(unescape(target))
        assert f"{count} 份文件" in _plain(narrowed.text)
        assert 'href="/search?q=' in narrowed.text


def test_a_search_without_hits_is_explained_and_what_it_suggests_works(client: TestClient) -> None:
    page = client.get("/search", params={"q": "同步课堂 genre:reply"})
    assert "0 份文件" in page.text
    assert "没有找到" in page.text
    suggested = re.findall(r'<li><a href="(/search\?[^"]+)">[^<]+</a> <span class="soft">([1-9]\d*) 份文件', page.text)
    assert suggested
    for target, count in suggested:
        assert f"{count} 份文件" in _plain(client.get(unescape(target)).text)


def test_a_query_that_cannot_be_read_is_answered_with_the_form(client: TestClient) -> None:
    page = client.get("/search", params={"q": "year:高"})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert 'name="q"' in page.text


@pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "{{7*7}}"])
def test_what_was_typed_is_never_markup(client: TestClient, hostile: str) -> None:
    for path in ("/search", "/trends", "/compare", "/missing", "/pairing"):
        page = client.get(path, params={"q": hostile, "t": hostile, "a": hostile, "b": hostile, "pack": hostile,
                                        "county": hostile, "province": hostile})  # fmt: skip
        assert page.status_code < 500, path
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path
        assert 'value="49"' not in page.text, path


def test_every_document_page_shows_all_of_its_text_as_written(client: TestClient, documents: list[Document]) -> None:
    for one in documents:
        page = client.get(f"/documents/{one.id}")
        assert page.status_code == 200, one.id
        body = page.text[page.text.index('<div class="text"') :]
        shown = [_plain(part) for part in re.findall(r'aria-label="此段的链接">¶</a>(.*?)</p>', body, re.DOTALL)]
        assert shown == [line for line in one.text.split("\n") if line.strip()]


def test_folded_reading_keeps_every_offset(client: TestClient, documents: list[Document]) -> None:
    one = _with(documents, script="Hant")
    at = next(span for span in one.spans.values() if span.end - span.start > 4)
    written = client.get(f"/documents/{one.id}?start={at.start}&end={at.end}")
    folded = client.get(f"/documents/{one.id}?start={at.start}&end={at.end}&fold=1")
    from extractors.fold import fold

    assert "".join(re.findall("<mark[^>]*>([^<]*)</mark>", unescape(written.text))) == one.quote(at).replace("\n", "")
    assert "".join(re.findall("<mark[^>]*>([^<]*)</mark>", unescape(folded.text))) == fold(one.quote(at)).replace(
        "\n", ""
    )


def test_every_fact_links_to_its_words(client: TestClient, documents: list[Document]) -> None:
    one = next(one for one in documents if one.communities and one.tasks)
    page = client.get(f"/documents/{one.id}").text
    for fact in (one.communities[0], one.tasks[0]):
        assert f"start={fact.span.start}&amp;end={fact.span.end}#at" in page
    every = client.get(f"/documents/{one.id}/facts/communities").text
    assert all(f"start={fact.span.start}&amp;" in every for fact in one.communities)


def test_the_original_comes_back_byte_for_byte_and_is_never_shown(
    client: TestClient, documents: list[Document]
) -> None:
    from hashlib import sha256

    for one in documents[:6]:
        answer = client.get(f"/documents/{one.id}/original")
        assert sha256(answer.content).hexdigest() == one.source.sha256
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("id", ["nothing", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 5000, "'%20OR%201=1"])
@pytest.mark.parametrize("below", ["", "/original", "/lineage", "/pages/1", "/pages/1.png", "/facts/tasks"])
def test_identifiers_are_looked_up_and_nothing_else(client: TestClient, id: str, below: str) -> None:
    assert client.get(f"/documents/{id}{below}").status_code == 404


def test_a_page_of_a_pdf_is_drawn_and_others_are_not_there(client: TestClient, documents: list[Document]) -> None:
    one = next(one for one in documents if one.source.media_type == "application/pdf")
    assert client.get(f"/documents/{one.id}/pages/1").status_code == 200
    image = client.get(f"/documents/{one.id}/pages/1.png")
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    assert client.get(f"/documents/{one.id}/pages/9999.png").status_code == 404
    other = next(one for one in documents if one.source.media_type == "text/html")
    assert client.get(f"/documents/{other.id}/pages/1.png").status_code == 404
