"""Searching and reading in the web face: what is found is shown as written, and nothing in a document is markup."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corpus.corpus import Corpus
from duzheng.web.language import LANGUAGES
from duzheng.web.text import percent
from schemas.china_time import today_in_china
from schemas.document import Document
from schemas.finding import VERDICTS


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
    suggested = re.findall(
        r'<li><a href="(/search\?[^"]+)"[^>]*>[^<]+</a> <span class="soft">([1-9]\d*) 份文件', page.text
    )
    assert suggested
    for target, count in suggested:
        assert f"{count} 份文件" in _plain(client.get(unescape(target)).text)


@pytest.mark.parametrize(("language", "said"), [("Hans", "没有完全一致的词句"), ("en", "nothing matches literally")])
def test_what_was_searched_instead_is_said_in_one_language(client: TestClient, language: str, said: str) -> None:
    client.cookies.set("duzheng_language", language)
    note = re.search(r'<p class="note">(.*?)</p>', client.get("/search", params={"q": "没有这个词啊"}).text)[1]  # type: ignore[index]
    assert said in note
    assert " / " not in note
    assert '<span lang="zh">没有</span>' in note, "the words that were searched"


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "100%"), (0.9999, "99.9%"), (0.9962, "99.6%"), (0.984, "98%"), (0, "0%")]
)
def test_what_differs_in_a_word_is_never_wholly_the_same(share: float, shown: str) -> None:
    assert percent(share) == shown


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
        shown = _written(page.text)
        assert "".join("".join(shown).split()) == "".join(one.text.split())
        if not one.tables:
            assert shown == [line for line in one.text.split("\n") if line.strip()]


def _written(page: str) -> list[str]:
    """The lines of a document's text as its page shows them; of a table one for all of its cells."""
    body = page[page.index('<div class="text"') :]
    blocks = re.findall(
        r"""aria-label="此段的链接">¶</a>(.*?)(?:</p>|</h\d></div>|</table></div></div>)""", body, re.DOTALL
    )
    return [_plain(block) for block in blocks]


def test_headings_of_the_outline_are_headings_and_tables_are_tables(
    client: TestClient, documents: list[Document]
) -> None:
    for one in documents:
        page = client.get(f"/documents/{one.id}").text
        body = page[page.index('<div class="text"') : page.index("<aside>")]
        headings = [_plain(head) for head in re.findall(r"<h3>(.*?)</h3>", body, re.DOTALL)]
        for section in one.sections:
            line = one.text[section.span.start :].split("\n")[0]
            if section.heading and line.endswith(section.heading):
                assert line in headings, one.id
        assert body.count('<table class="written">') == len(one.tables)
    assert any(one.tables for one in documents)


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
    fact = next(fact for fact in (*one.communities, *one.tasks, *one.targets) if fact.span.page)
    below = f"/pages/{fact.span.page}?start={fact.span.start}&end={fact.span.end}"
    assert below in unescape(client.get(f"/documents/{one.id}").text)
    alone = client.get(f"/documents/{one.id}{below.replace('?', '.png?')}").content
    assert alone.startswith(b"\x89PNG")
    assert alone != client.get(f"/documents/{one.id}/pages/{fact.span.page}.png").content
    image = client.get(f"/documents/{one.id}/pages/1.png")
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    assert client.get(f"/documents/{one.id}/pages/9999.png").status_code == 404
    other = next(one for one in documents if one.source.media_type == "text/html")
    assert client.get(f"/documents/{other.id}/pages/1.png").status_code == 404


def _until_made(client: TestClient, address: str) -> str:
    """The page of an answer that is made beside the requests."""
    for _ in range(300):
        page = client.get(address)
        if page.status_code != 202:
            assert page.status_code == 200, page.text
            return page.text
        assert 'http-equiv="refresh"' in page.text
        time.sleep(0.1)
    raise AssertionError(f"{address} is never made")


def test_two_documents_stand_side_by_side_with_what_differs_marked(
    client: TestClient, documents: list[Document]
) -> None:
    plans = [one for one in documents if one.role == "plan" and one.communities]
    page = _until_made(client, f"/compare?a={plans[0].id}&b={plans[1].id}")
    assert (plans[0].title or "") in unescape(page)
    assert (plans[1].title or "") in unescape(page)
    same = _until_made(client, f"/compare?a={plans[0].id}&b={plans[0].id}&changed=1")
    assert "<mark>" not in same
    assert client.get(f"/compare?a={plans[0].id}&b=nothing").status_code == 404
    head = re.search(r"<title>(.*?)</title>", page)
    assert head
    said = [f"{one.title} {one.signed_on or ''}".strip() for one in plans[:2]]
    assert f"：{said[0]} → {said[1]} · " in unescape(head[1]), "tabs and bookmarks tell which two"


def test_lineage_names_the_source_of_each_clause(client: TestClient, documents: list[Document]) -> None:
    from flows.lineage import lineage

    one = next(one for one in documents if one.role == "plan" and one.communities)
    page = _until_made(client, f"/documents/{one.id}/lineage")
    with client.app.state.corpora.reading() as corpus:  # type: ignore[attr-defined]
        expected = lineage(corpus, one)
    assert f"比对文件 {expected.compared} 份" in page
    for source in expected.sources:
        assert f'/documents/{source.document}"' in page


def test_a_trend_is_a_table_a_picture_and_a_file(client: TestClient) -> None:
    page = _until_made(client, "/trends?t=教师交流 同步课堂&by=province&of=mentions")
    assert '<th scope="row" lang="zh">河南省</th>' in page
    source = unescape(re.search(r'class="plot" src="([^"]+)"', page)[1])  # type: ignore[index]
    picture = client.get(source)
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in picture.headers["content-security-policy"]
    assert "<svg" in picture.text
    assert "教师交流" in picture.text
    saved = client.get(source + "&save=1")
    assert saved.headers["content-disposition"].startswith("attachment;")
    table = client.get("/trends/table.csv?t=教师交流 同步课堂").content.decode("utf-8-sig")
    assert table.startswith("term,by,value,documents")
    assert client.get("/trends/plot.exe?t=x").status_code == 404
    assert client.get("/trends?t=一 二 三 四 五 六 七").status_code == 422


def test_a_term_cannot_put_script_into_the_picture(client: TestClient) -> None:
    hostile = "<script>alert(1)</script>"
    page = client.get("/trends", params={"t": hostile})
    assert "<script>alert" not in page.text
    picture = client.get("/trends/plot.svg", params={"t": hostile})
    assert "<script>" not in picture.text


def test_a_term_is_no_formula_in_the_table(client: TestClient) -> None:
    table = client.get("/trends/table.csv", params={"t": "=cmd|x"}).content.decode("utf-8-sig")
    assert "\n=cmd" not in table


def test_who_has_submitted_nothing_is_said_for_each_pack(client: TestClient, documents: list[Document]) -> None:
    page = _until_made(client, "/missing?state=all")
    packs = re.findall(r'<option value="([^"]+)"[^>]*>[^<]*\(', page)
    assert packs
    seen = "".join(_until_made(client, f"/missing?pack={pack}&state=all") for pack in packs)
    # The counties of the samples are invented: their plans are counted nowhere, and the page says so.
    assert "县名有歧义或不在区划表中" in seen
    plans = [one for one in documents if one.role == "plan" and one.jurisdiction.county]
    assert all(f'/documents/{one.id}"' in seen for one in plans)
    assert client.get("/missing?pack=../../etc/passwd").status_code == 404


def test_the_pairing_audit_goes_from_provinces_to_the_lists_of_one_county(
    client: TestClient, documents: list[Document]
) -> None:
    one = _with([one for one in documents if one.communities], role="plan")
    place = one.jurisdiction
    assert f">{place.province}</a>" in client.get("/pairing").text
    page = _until_made(client, f"/pairing?province={place.province}&city={place.city}&county={place.county}")
    assert f"/documents/{one.id}" in page
    assert "只说各方案自己的名单怎样写" in page


def test_a_saved_search_is_kept_run_and_forgotten(own_client: TestClient) -> None:
    csrf = unescape(re.search(r'name="csrf" value="([^"]*)"', own_client.get("/search?q=同步课堂").text)[1])  # type: ignore[index]
    form = {"csrf": csrf, "name": "<b>同步</b>", "q": "同步課堂", "province": "浙江省"}
    assert own_client.post("/searches", data={**form, "csrf": "wrong"}).status_code == 403
    kept = own_client.post("/searches", data=form)
    assert kept.status_code == 200  # after the redirect
    assert "<b>同步" not in kept.text
    assert '省: <span lang="zh">浙江省</span>' in kept.text
    ran = own_client.post("/searches/run", data={"csrf": csrf, "name": "<b>同步</b>"})
    assert "新增 0 份" in ran.text
    assert "新增" not in own_client.get("/searches").text.split("<table>")[0]
    gone = own_client.post("/searches/remove", data={"csrf": csrf, "name": "<b>同步</b>"})
    assert "还没有保存的检索" in gone.text
    assert own_client.post("/searches/run", data={"csrf": csrf, "name": "none"}).status_code == 409


@pytest.mark.parametrize("language", ["Hans", "Hant", "en"])
def test_every_page_is_there_in_every_language_with_the_text_untouched(
    client: TestClient, documents: list[Document], language: str
) -> None:
    client.cookies.set("duzheng_language", language)
    one = _with(documents, script="Hant")
    for path in ("/search?q=同步課堂", "/searches", "/trends", "/missing", "/pairing", "/compare", f"/documents/{one.id}",
                 f"/documents/{one.id}/facts/communities"):  # fmt: skip
        assert client.get(path).status_code in (200, 202), path
    assert one.text.split("\n")[0] in unescape(client.get(f"/documents/{one.id}").text)


def test_the_relations_of_a_document_are_on_its_page(client: TestClient, documents: list[Document]) -> None:

    with client.app.state.corpora.reading() as corpus:  # type: ignore[attr-defined]
        reader = corpus.relations()
        one, cited = next(
            (one, link)
            for one in documents
            for link in reader.of(one.id, today_in_china()).cites
            if link.resolved is not None
        )
    for _ in range(100):
        page = client.get(f"/documents/{one.id}").text
        if 'id="force"' in page:
            break
        time.sleep(0.1)
    assert f'/documents/{cited.resolved.id}"' in page
    assert f"start={cited.quote_span.start}&amp;end={cited.quote_span.end}#at" in page


def test_documents_like_one_are_listed_without_itself(client: TestClient) -> None:
    from time import sleep

    target = re.search(r'href="(/documents/[^"?]+)"', client.get("/search?q=共同体").text)
    assert target
    assert f'href="{target[1]}/similar"' in client.get(target[1]).text
    for _ in range(40):
        page = client.get(f"{target[1]}/similar")
        if page.status_code == 200:
            break
        sleep(0.25)
    listed = re.findall(r'<h3><a href="(/documents/[^"]+)"', page.text)
    assert listed
    assert target[1] not in listed
    assert client.get("/documents/nix/similar").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdict_has_one_sign_and_one_word_on_every_page(client: TestClient, language: str) -> None:
    from checks.matrix import SIGNS
    from duzheng.web.language import words

    client.cookies.set("duzheng_language", language)
    word = words(language)  # type: ignore[arg-type]
    told = {verdict: f"{SIGNS[verdict]} {word(f'judging.verdict_{verdict}')}" for verdict in VERDICTS}
    page = unescape(client.get("/search?q=共同体").text)
    counted = re.findall(r'<a href="[^"]*&verdict=(\w+)[^"]*">([^<]+)</a>', page)
    assert len(counted) > 2
    assert [text for _, text in counted] == [told[verdict] for verdict, _ in counted]
    chosen = _plain(client.get(f"/search?verdict={counted[0][0]}").text)
    assert counted[0][1] in chosen
    matrix = unescape(client.get("/matrix").text)
    assert all(told[verdict].split()[0] in matrix for verdict, _ in counted)


def test_the_states_of_counties_have_the_signs_of_verdicts_and_no_others(client: TestClient) -> None:
    from checks.matrix import SIGNS

    page = _until_made(client, "/missing?state=all")
    cells = re.findall(
        r'<td class="(\w+)">([^<]+)</td>', page[page.index('<table id="counties">') :].split("</table>")[0]
    )
    assert cells
    assert all(text.split()[0] == SIGNS[verdict] for verdict, text in cells)  # type: ignore[index]


def test_who_has_submitted_nothing_is_saved_for_excel(client: TestClient) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    page = _until_made(client, "/missing?state=nothing")
    addresses = {ending: unescape(re.search(rf'href="(/missing/table\.{ending}[^"]+)"', page)[1])  # type: ignore[index]
                 for ending in ("csv", "xlsx")}  # fmt: skip
    counted = int(re.search(r"<caption>[^<\d]+(\d+) ", page)[1])  # type: ignore[index]
    lines = client.get(addresses["csv"]).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "省,市,县,代码,状态,文件,未能读取"
    assert len(lines) == counted + 1
    book = load_workbook(BytesIO(client.get(addresses["xlsx"]).content))
    assert book.sheetnames == ["分县", "分市", "另列"]
    assert book["分县"].max_row == counted + 1
    assert client.get("/missing/table.exe").status_code == 404


def test_both_documents_of_a_comparison_are_found_by_their_words_or_numbers(
    client: TestClient, documents: list[Document]
) -> None:
    one = next(one for one in documents if one.document_number and one.role == "plan")
    other = next(two for two in documents if two.title and two.id != one.id and two.role == "plan")
    first = unescape(client.get("/compare", params={"q": one.document_number}).text)
    assert f'href="/compare?a={one.id}"' in first
    second = unescape(client.get("/compare", params={"a": one.id, "q": f'"{other.title}"'}).text)
    assert one.title in second  # type: ignore[operator]
    assert f'href="/compare?a={one.id}&b={other.id}"' in second
    by_itself = client.get("/compare", params={"a": one.id, "q": other.id}, follow_redirects=False)
    assert by_itself.headers["location"] == f"/compare?a={one.id}&b={other.id}"


def test_what_has_to_do_with_a_document_is_offered_to_compare_it_with(
    client: TestClient, documents: list[Document]
) -> None:

    with client.app.state.corpora.reading() as corpus:  # type: ignore[attr-defined]
        reader = corpus.relations()
        one, cited = next(
            (one, link.resolved)
            for one in documents
            for link in reader.of(one.id, today_in_china()).cites
            if link.resolved is not None
        )
    assert f'href="/compare?a={one.id}"' in client.get(f"/documents/{one.id}").text
    offered = unescape(client.get(f"/compare?a={one.id}").text)
    assert f'href="/compare?a={one.id}&b={cited.id}"' in offered
    assert f"b={one.id}" not in offered
    swapped = unescape(_until_made(client, f"/compare?a={one.id}&b={cited.id}"))
    assert f'href="/compare?a={cited.id}&b={one.id}"' in swapped


@pytest.mark.parametrize(("language", "words"), [("Hans", "文件数"), ("Hant", "文件數"), ("en", "Documents")])
def test_a_picture_of_a_trend_speaks_the_readers_language(client: TestClient, language: str, words: str) -> None:
    client.cookies.set("duzheng_language", language)
    picture = client.get("/trends/plot.svg?t=同步课堂&by=level").text
    assert f">{words}<" in picture
    assert "同步课堂" in picture
    assert ("县级" in picture) == (language == "Hans")
    assert client.get("/trends/plot.png?t=同步课堂&by=province").content.startswith(b"\x89PNG")


def test_terms_that_stand_nearly_everywhere_are_counted_by_documents_first(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duzheng.web.pages import trends

    monkeypatch.setattr(trends, "_MOST_READ", 1)
    page = _until_made(client, "/trends?t=共同体")
    assert '<td class="number">' in page
    assert "没有逐处数次数" in page
    whole = unescape(re.search(r'<p class="note">[^<]*<a href="([^"]+)"', page)[1])  # type: ignore[index]
    assert "每万字" in _until_made(client, whole)
    assert "每万字次数" not in page.split("</form>")[-1]


def test_a_county_is_found_by_a_part_of_its_name_in_either_script(
    client: TestClient, documents: list[Document]
) -> None:
    one = next(one for one in documents if one.communities and one.jurisdiction.county == "云汀县")
    place = one.jurisdiction
    for name in ("云汀", "雲汀", f"{place.city}云", " 云 汀 县 "):
        page = unescape(client.get("/pairing", params={"name": name}).text)
        target = re.search(rf'<a href="(/pairing\?[^"]+)" lang="zh">{place.province} {place.city} 云汀县</a>', page)
        assert target, name
    assert f"/documents/{one.id}" in _until_made(client, target[1])  # type: ignore[index]
    assert "没有这个名称" in client.get("/pairing?name=%25").text
    assert "没有这个名称" in client.get("/pairing?name=不存在").text


def test_what_draws_pages_starts_when_a_document_with_pages_is_opened(
    client: TestClient, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    from multiprocessing import forkserver

    started: list[bool] = []
    monkeypatch.setattr(forkserver, "ensure_running", lambda: started.append(True))
    client.get(f"/documents/{next(one.id for one in documents if one.source.media_type == 'text/html')}")
    assert not started
    client.get(f"/documents/{next(one.id for one in documents if one.source.media_type == 'application/pdf')}")
    assert started


def test_a_note_in_english_marks_what_it_quotes_as_chinese(client: TestClient, documents: list[Document]) -> None:
    client.cookies.set("duzheng_language", "en")
    one = next(
        one for one in documents if any(" / nothing or too little after " in note.message for note in one.quality)
    )
    page = client.get(f"/documents/{one.id}").text
    assert re.search(r'nothing or too little after <span lang="zh">[\u4e00-\u9fff]+</span>', page)
    assert not re.search("nothing or too little after [\u4e00-\u9fff]", page)
