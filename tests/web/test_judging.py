"""Judging in the browser: where everything stands, a finding beside its evidence, decisions by the people who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from accounts.book import Book
from checks.ledger.columns import SHEET
from corpus import tables as t
from corpus.corpus import Corpus
from corpus.standing import Standing
from duzheng.web.app import create_app
from duzheng.web.guard import Access
from duzheng.web.marked import PART, Place, pieces
from schemas.china_time import today_in_china
from schemas.document import Document
from schemas.finding import FAULTS, PlanCheck
from schemas.people import Role

SOON = (today_in_china() + timedelta(90)).isoformat()


@pytest.fixture(scope="module")
def standings(site_home: Path) -> list[Standing]:
    with Corpus.open(site_home) as corpus:
        return corpus.standings(today_in_china())


def _fault(standings: list[Standing]) -> Standing:
    return next(one for one in standings if one.finding.verdict in FAULTS and one.finding.evidence)


def _csrf(page: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page)[1]  # type: ignore[index]


def _post(client: TestClient, id: str, form: str, **fields: str) -> tuple[int, str]:
    """Sends a form as the page has it; the status and where it leads, or the page that is shown."""
    csrf = _csrf(client.get(f"/findings/{id}").text)
    answer = client.post(f"/findings/{id}/{form}", data={"csrf": csrf, **fields}, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", "") or unescape(answer.text)


# Where everything stands


def test_the_dashboard_counts_what_there_is_and_leads_to_it(client: TestClient, standings: list[Standing]) -> None:
    page = client.get("/").text
    open_ones = sum(one.state.open for one in standings)
    assert f'<a href="/findings?state=open">{open_ones}</a>' in page
    assert 'href="/missing?pack=henan-2025"' in page
    listed = client.get("/findings", params={"state": "open"}).text
    assert f"{open_ones} 条结论" in listed


def test_the_dashboard_tells_what_each_check_has_changed_and_has_no_empty_tables(
    client: TestClient, standings: list[Standing]
) -> None:
    page = client.get("/").text
    assert "<tbody>\n</tbody>" not in page
    changed = page[page.index("结论的变化") :]
    plan = re.search(r'href="/plans/([^"]+)"', changed)[1]  # type: ignore[index]
    row = changed.partition("<tbody>")[2].partition("</tr>")[0]
    own = [one for one in standings if one.plan.id == plan and one.event.change == "new"]
    assert f"新出现 {len(own)}</td>" in row
    assert re.findall(r'href="/findings/([^"]+)"', row) == [one.finding.id for one in own]
    assert {one.plan.id for one in standings if one.event.change == "new"} - set(re.findall('/plans/([^"]+)"', changed))
    assert 'href="/findings?state=new"' in changed, "those of which there was no room"


def test_each_cell_of_the_matrix_has_its_verdict_by_colour_sign_and_word(
    client: TestClient, standings: list[Standing]
) -> None:
    page = client.get("/matrix", params={"pack": "henan-2025"}).text
    cells = re.findall(r'<td class="(\w+)"><a href="/findings/([^"]+)"', page)
    expected = {(one.finding.verdict, one.finding.id) for one in standings if one.pack.id == "henan-2025"}
    assert set(cells) == expected
    assert re.search(r'<td class="not_found"><a [^>]*aria-label="R\d\d [^"]+未见">∅</a></td>', page)
    faults = sum(one.finding.verdict in FAULTS for one in standings if one.pack.id == "henan-2025")
    assert f"问题 {faults}" in page


def test_filters_narrow_the_matrix_and_the_list(client: TestClient, standings: list[Standing]) -> None:
    county = next(one.plan.jurisdiction.county for one in standings if one.pack.id == "henan-2025")
    page = client.get("/matrix", params={"pack": "henan-2025", "unit": county}).text
    assert page.count('<th scope="row"><a href="/plans/') == 1
    wanted = [one for one in standings if one.finding.verdict == "met" and one.finding.requirement == "R01"]
    listed = client.get("/findings", params={"verdict": "met", "requirement": "R01"}).text
    assert {one.finding.id for one in wanted} == set(re.findall(r'href="/findings/(R[^"]+)"', listed))
    city = wanted[0].plan.jurisdiction.city
    asked = {"city": str(city), "severity": "critical", "pack": "henan-2025"}
    listed = client.get("/findings", params=asked).text
    wanted = [one for one in standings if one.plan.jurisdiction.city == city and one.finding.severity == "critical"]
    assert {one.finding.id for one in wanted} == set(re.findall(r'href="/findings/(R[^"]+)"', listed))
    assert f"{len(wanted)} 条结论 · henan-2025 · {city} · 程度：必须" in listed


@pytest.mark.parametrize("having", ["faults", "overdue", "partial", "not_found", "nonsense"])
def test_the_matrix_shows_whole_units_that_have_what_is_asked_for_and_so_does_its_file(
    client: TestClient, standings: list[Standing], having: str
) -> None:
    def has(one: Standing) -> bool:
        if having == "overdue":
            return one.state.overdue
        return having == "nonsense" or one.finding.verdict in (FAULTS if having == "faults" else {having})

    own = [one for one in standings if one.pack.id == "henan-2025"]
    units = {one.plan.id for one in own if has(one)}
    wanted = {str(one.finding.id) for one in own if one.plan.id in units}
    page = client.get("/matrix", params={"pack": "henan-2025", "having": having}).text
    assert set(re.findall(r'<td class="\w+"><a href="/findings/([^"]+)"', page)) == wanted
    faults = sum(one.finding.verdict in FAULTS for one in own if one.plan.id in units)
    assert f"问题 {faults}" in page
    file = unescape(re.search(r'href="(/matrix\.xlsx\?[^"]+)"', page)[1])  # type: ignore[index]
    book = load_workbook(BytesIO(client.get(file).content), read_only=True)
    assert len([row for row in book[SHEET].iter_rows(min_row=2, values_only=True) if row[0]]) == faults


def test_the_matrix_is_narrowed_by_city_and_severity_and_says_by_what(
    client: TestClient, standings: list[Standing]
) -> None:
    own = [one for one in standings if one.pack.id == "henan-2025"]
    city = own[0].plan.jurisdiction.city
    asked = {"pack": "henan-2025", "city": str(city), "severity": "critical"}
    page = client.get("/matrix", params=asked).text
    wanted = [one for one in own if one.plan.jurisdiction.city == city and one.finding.severity == "critical"]
    assert set(re.findall(r'<td class="\w+"><a href="/findings/([^"]+)"', page)) == {one.finding.id for one in wanted}
    caption = re.search(r"<caption>(.*?)</caption>", page)
    assert caption
    assert f"· {city} · 程度：必须" in caption[1]
    met = sum(one.finding.verdict == "met" for one in wanted)
    applying = sum(one.finding.verdict != "not_applicable" for one in wanted)
    assert f"符合 {met}/{applying}" in page
    nobody = client.get("/matrix", params=asked | {"unit": "没有这个单位"}).text
    assert "0 个单位" in nobody


def test_what_requirements_ask_is_read_without_pointing_at_them(client: TestClient, standings: list[Standing]) -> None:
    page = client.get("/matrix", params={"pack": "henan-2025"}).text
    listed = page[page.index('<ol class="asked">') :]
    for one in standings:
        if one.pack.id == "henan-2025":
            assert f'<b>{one.finding.requirement}</b> <span lang="zh">{one.finding.title}</span>' in listed


def test_a_long_list_comes_in_pages_that_keep_the_filters(client: TestClient, standings: list[Standing]) -> None:
    found: list[str] = []
    target = "/findings?pack=henan-2025"
    while target:
        page = client.get(target).text
        found += re.findall(r'<td><a href="/findings/(R[^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        target = unescape(following[1]) if following else ""
    assert len(found) == len(set(found)) == sum(one.pack.id == "henan-2025" for one in standings)


def test_the_menu_opens_on_what_is_wrong_and_all_is_one_click_away(
    client: TestClient, standings: list[Standing]
) -> None:
    def shown(address: str) -> tuple[str, int]:
        page = unescape(client.get(address).text)
        return page, int(re.search(r"(\d+) 条结论", page)[1])  # type: ignore[index]

    faults = [one for one in standings if one.state.verdict in FAULTS]
    assert '<a href="/findings?only=faults">问题</a>' in client.get("/").text
    page, number = shown("/findings?only=faults")
    assert number == len(faults) < len(standings)
    assert not re.search(r'<td class="(met|not_applicable)">', page)
    assert '<input type="hidden" name="only" value="faults">' in page, "further filters keep it"
    everything = re.search(r'<a class="no-print" href="([^"]+)">全部结论</a>', page)
    assert everything
    page, number = shown(everything[1])
    assert (number, "/findings?only=faults" in page) == (len(standings), True)
    # Filters narrow it; a verdict that is asked for is shown, whatever the menu opened on.
    own = [one for one in faults if one.pack.id == "henan-2025"]
    page, number = shown("/findings?pack=henan-2025&only=faults")
    assert (number, 'href="/findings?pack=henan-2025">全部结论' in page) == (len(own), True)
    county = str(own[0].plan.jurisdiction.county)
    assert shown(f"/findings?unit={county}&only=faults")[1] == sum(
        one.plan.jurisdiction.county == county for one in faults
    )
    met = sum(one.state.verdict == "met" for one in standings)
    assert shown("/findings?only=faults&verdict=met")[1] == shown("/findings?verdict=met")[1] == met
    listed = client.get("/findings.csv?pack=henan-2025&only=faults").content.decode("utf-8-sig")
    assert set(re.findall(r"^(R\d\d-\w+),", listed, re.M)) == {one.finding.id for one in own}


def test_the_files_have_what_was_chosen_and_are_saved_not_shown(client: TestClient, standings: list[Standing]) -> None:
    faults = sum(one.finding.verdict in FAULTS for one in standings if one.pack.id == "henan-2025")
    answer = client.get("/findings.xlsx", params={"pack": "henan-2025"})
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    book = load_workbook(BytesIO(answer.content), read_only=True)
    assert len([row for row in book[SHEET].iter_rows(min_row=2, values_only=True) if row[0]]) == faults
    csv = client.get("/findings.csv", params={"verdict": "not_found"}).content.decode("utf-8-sig")
    for one in standings:
        assert (str(one.finding.id) in csv) == (one.finding.verdict == "not_found")


def test_downloads_are_named_after_the_county_the_pack_and_the_day(
    client: TestClient, standings: list[Standing]
) -> None:
    one = _fault([each for each in standings if each.plan.jurisdiction.county])
    county, day = str(one.plan.jurisdiction.county), today_in_china().isoformat()
    for path, starts, has in (
        (f"/plans/{one.plan.id}/notice.docx", "整改通知_", county),
        (f"/plans/{one.plan.id}/report.html", "核查报告_", county),
        ("/findings.xlsx?pack=henan-2025", "问题台账_", f"henan-2025_{day}"),
        ("/findings.csv?verdict=conflict", "结论_", day),
        ("/matrix.xlsx?pack=henan-2025", "总览矩阵_", f"henan-2025_{day}"),
    ):
        name = unquote(client.get(path).headers["content-disposition"].partition("UTF-8''")[2])
        assert name.startswith(starts)
        assert has in name


def test_the_address_of_a_form_that_was_not_taken_leads_back_to_its_finding(
    client: TestClient, standings: list[Standing]
) -> None:
    at = f"/findings/{_fault(standings).finding.id}"
    answer = client.get(f"{at}/override", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{at}#override")
    assert client.get(f"{at}/nix").status_code == 404


def test_what_does_not_exist_is_not_found(client: TestClient) -> None:
    for path in ("/plans/nix", "/plans/..%2F..%2Fetc%2Fpasswd", "/findings/nix", "/plans/nix/notice.docx"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("language", ["Hans", "Hant", "en"])
def test_every_page_is_there_in_every_language(client: TestClient, standings: list[Standing], language: str) -> None:
    client.cookies.set("duzheng_language", language)
    one = _fault(standings)
    for path in ("/", "/matrix", "/findings", f"/plans/{one.plan.id}", f"/findings/{one.finding.id}"):
        assert client.get(path).status_code == 200, path


# A plan beside its findings


class _Text(HTMLParser):
    """The text of the plan, and which stretch each anchor stands on."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.at: dict[str, int] = {}
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "div" and given.get("class") == "text":
            self._depth = 1
        elif self._depth and tag == "div":
            self._depth += 1
        if self._depth and (id := given.get("id")):
            self.at[id] = len(self.text)

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag == "div":
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.text += data


def _read(page: str) -> _Text:
    parser = _Text()
    parser.feed(page)
    return parser


def test_each_piece_of_evidence_is_a_link_to_its_words_in_the_text(
    client: TestClient, site_home: Path, standings: list[Standing]
) -> None:
    with Corpus.open(site_home) as corpus:
        for id in {one.plan.id for one in standings}:
            document = corpus.document(id)
            assert document is not None
            page = client.get(f"/plans/{id}").text
            shown = _read(page)
            assert shown.text == document.text
            quotes = [
                (piece.span, piece.quote) for one in standings if one.plan.id == id for piece in one.finding.evidence
            ]
            for span, quote in quotes:
                anchor = f"s{span.start}-{span.end}"
                assert f'href="/plans/{id}#{anchor}"' in page
                assert shown.text.startswith(quote, shown.at[anchor])


def test_the_folded_text_has_the_same_offsets(client: TestClient, site_home: Path) -> None:
    with Corpus.open(site_home) as corpus:
        plan = next(one for one in corpus.documents(role="plan") if one.script == "Hant")
    written, folded = (_read(client.get(f"/plans/{plan.id}", params={"script": how}).text) for how in ("", "folded"))
    assert written.at == folded.at
    assert written.text == plan.text
    assert len(folded.text) == len(plan.text)
    assert folded.text != plan.text


def test_headings_and_tables_of_a_plan_are_set_as_such(client: TestClient, site_home: Path) -> None:
    with Corpus.open(site_home) as corpus:
        plan = next(one for one in corpus.documents(role="plan") if one.tables and one.source.uri.endswith(".docx"))
    page = client.get(f"/plans/{plan.id}").text
    text = page[page.index('<div class="text"') :]
    headings = re.findall(r'role="heading" aria-level="2"><span [^>]*></span>(.*?)</span>', text)
    shown = [re.sub("<[^>]*>", "", one).partition("、")[2] for one in headings]
    assert shown == [one.heading for one in plan.sections if one.heading]
    tables = re.findall(r'<table class="set">(.*?)</table>', text, re.DOTALL)
    assert len(tables) == len(plan.tables)
    first = re.sub(r"<[^>]*>", "", tables[0].partition("</tr>")[0].replace("</td>", "|"))
    assert [cell.strip() for cell in first.split("|")[:-1]] == plan.tables[0].rows[0]


def test_faults_alone_are_shown_and_every_link_keeps_that(client: TestClient, standings: list[Standing]) -> None:
    one = _fault(standings)
    own = [each.finding for each in standings if each.plan.id == one.plan.id]
    faults = [each.requirement for each in own if each.verdict in FAULTS]
    page = unescape(client.get(f"/plans/{one.plan.id}", params={"only": "faults"}).text)
    assert re.findall(r'<article class="finding[^"]*" id="([^"]+)"', page) == faults
    span = one.finding.evidence[0].span
    assert f'class="to {one.finding.evidence[0].role}" href="/plans/{one.plan.id}?only=faults#s{span.start}-' in page
    assert f'href="/plans/{one.plan.id}?script=folded&only=faults"' in page
    fine = next(each.requirement for each in own if each.verdict == "met")
    assert f'href="/plans/{one.plan.id}#{fine}"' in page, "what is left out is one click away"
    everything = client.get(f"/plans/{one.plan.id}").text
    assert re.findall(r'<article class="finding[^"]*" id="([^"]+)"', everything) == [each.requirement for each in own]


def test_the_outline_says_which_findings_rest_on_a_section(
    client: TestClient, site_home: Path, standings: list[Standing]
) -> None:
    one = _fault(standings)
    with Corpus.open(site_home) as corpus:
        document = corpus.document(one.plan.id)
    assert document is not None
    start = one.finding.evidence[0].span.start
    section = max((each.span.start for each in document.sections if each.span.start <= start), default=0)
    page = client.get(f"/plans/{one.plan.id}").text
    outline = page[page.index('<details class="outline') : page.index('<div class="text"')]
    from_section = outline[outline.index(f"#o{section}") :]
    assert f'href="#{one.finding.requirement}"' in from_section


def test_the_source_clause_stands_beside_each_finding(client: TestClient, standings: list[Standing]) -> None:
    one = _fault(standings)
    page = unescape(client.get(f"/plans/{one.plan.id}").text)
    assert f'id="{one.finding.requirement}"' in page
    assert one.finding.clause in page
    assert one.finding.explanation[0] in page


def test_a_quote_that_is_cut_says_so_outside_of_what_is_quoted(client: TestClient, standings: list[Standing]) -> None:
    from duzheng.web.here import _templates

    cut = _templates().get_template("judging/parts.html").module.cut  # type: ignore[attr-defined]
    assert cut("字 句<b>" * 40, 160) == f'<q lang="zh">{"字 句&lt;b&gt;" * 26}字 句&lt;</q>…'
    assert cut("字" * 160, 160) == f'<q lang="zh">{"字" * 160}</q>'
    one, quote = next(
        (each, "".join(piece.quote.split()))
        for each in standings
        for piece in each.finding.evidence[:1]
        if len("".join(piece.quote.split())) > 60
    )
    page = unescape(client.get(f"/findings/{one.finding.id}").text)
    assert f"“{quote[:60]}”…（" in page


def test_a_text_of_several_parts_is_whole_and_a_mark_across_the_cut_is_in_both() -> None:
    text = "甲" * (PART - 2) + "证据在此" + "乙" * 10
    places = [
        Place(PART - 2, PART + 2, "R01", "R01", "supports"),
        Place(PART - 1, PART + 1, "R02", "R02", "contradicts"),
    ]
    both = [pieces(text, places, part=part) for part in (1, 2)]
    assert "".join(piece.text for part in both for piece in part) == text
    assert ["".join(piece.text for piece in part if piece.over) for part in both] == ["证据", "在此"]
    assert [name for part in both for piece in part for name in piece.anchors] == [
        f"s{PART - 2}-{PART + 2}", f"s{PART - 1}-{PART + 1}"
    ]  # fmt: skip


# Nothing in a document is markup

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>{{7*7}}"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        own_script = tag == "script" and (given.get("src") or "").startswith("/static/")
        if tag in ("script", "img", "svg", "iframe", "object", "style") and not own_script:
            self.bad.append(tag)
        self.bad += [name for name in given if name.startswith("on") or name == "style"]
        self.bad += [value for value in given.values() if (value or "").strip().lower().startswith("javascript:")]


def _poisoned(value: object, key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_poisoned(inner, key) for inner in value]
    free = (
        "title", "uri", "document_number", "issuers", "province", "city", "county", "clause", "expected", "observed", "quote",
        "explanation", "advice", "element", "fault", "basis_note", "heading", "number",
    )  # fmt: skip
    return value + HOSTILE if isinstance(value, str) and key in free else value


def test_script_in_every_field_of_a_document_is_never_markup(own_home: Path) -> None:
    with Corpus.open(own_home, write=True) as corpus:
        check = next(one for one in corpus.checks(pack="henan-2025") if any(f.evidence for f in one.findings))
        document = corpus.document(check.plan.id)
        assert document is not None
        poisoned = PlanCheck.model_validate(_poisoned(check.model_dump(mode="json")))
        poisoned.plan.jurisdiction.adcode = None
        for finding in poisoned.findings:
            finding.id = None
            for piece in finding.evidence:
                piece.span.start, piece.span.end = 0, min(len(HOSTILE), len(document.text))
        body = document.model_dump(mode="json")
        body["text"] = HOSTILE + document.text
        body["title"] = HOSTILE
        with corpus._held.store().transaction() as connection:
            made = Document.model_validate(body).model_dump_json()
            connection.execute(
                t.documents.update().where(t.documents.c.id == document.id).values(body=made, title=HOSTILE)
            )
        corpus.record_checks([poisoned])
    with TestClient(create_app(own_home), base_url="http://127.0.0.1") as client:
        rows = client.get("/findings", params={"unit": "onerror"}).text
        ids = re.findall(r'href="/findings/([^"?.]+)"', rows)
        assert ids
        paths = ["/", "/matrix?pack=henan-2025", "/findings?unit=onerror", f"/plans/{document.id}"]
        paths += [f"/plans/{document.id}?script=folded", *(f"/findings/{id}" for id in ids)]
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            tags = _Tags()
            tags.feed(page.text)
            assert tags.bad == [], path
            assert "&lt;script&gt;alert(1)" in page.text, path
        refused = client.get("/findings", params={"unit": HOSTILE})
        tags = _Tags()
        tags.feed(refused.text)
        assert tags.bad == []


# Decisions


def test_every_kind_of_decision_is_recorded_from_its_form(own_client: TestClient, standings: list[Standing]) -> None:
    id = str(_fault(standings).finding.id)
    by = {"who": "周检查", "why": "核对原件"}
    forms: list[tuple[str, dict[str, str]]] = [
        ("note", {}),
        ("dispute", {"statement": "已写在附件", "deadline": SOON, "who": "县教育局"}),
        ("ruling", {"outcome": "partly_upheld"}),
        ("override", {"verdict": "partial", "excerpt": "附件二"}),
        ("rectify", {"step": "assigned", "responsible": "县教育局", "deadline": SOON}),
        ("rectify", {"step": "done", "by": "县教育局"}),
        ("rectify", {"step": "reviewed", "result": "passed"}),
        ("rectify", {"step": "closed"}),
        ("withdraw", {"record": "D0004"}),
    ]
    for form, fields in forms:
        status, where = _post(own_client, id, form, **{**by, **fields})
        assert status == 303, where
        assert where.startswith(f"/findings/{id}#D")
    page = own_client.get(f"/findings/{id}").text
    assert [f'id="D{n:04d}"' in page for n in range(1, 10)] == [True] * 9
    assert "已销号" in page
    # What was entered can be read afterwards.
    for said in (
        '申辩内容：<span lang="zh">已写在附件',
        '方案原文：<span lang="zh">附件二',
        '责任单位：<span lang="zh">县教育局',
    ):
        assert said in page
    assert id in own_client.get("/findings", params={"state": "closed"}).text


def test_a_refused_form_says_why_and_keeps_what_was_entered(own_client: TestClient, standings: list[Standing]) -> None:
    id = str(_fault(standings).finding.id)
    status, page = _post(own_client, id, "override", who="周检查", why="", verdict="met", excerpt="第三条 <b>")
    assert status == 422
    assert "“理由”没有填" in page
    assert 'value="周检查"' in page
    assert "第三条 <b></textarea>" in page  # as unescaped here
    assert '<option value="met" selected>' in page
    status, page = _post(own_client, id, "rectify", who="周", why="x", step="closed")
    assert status == 422
    assert "现为“未整改”，不能“销号”" in page
    status, page = _post(own_client, id, "dispute", who="周", why="x", statement="s", deadline="31/12/2026")
    assert (status, "“期限”填写有误" in page) == (422, True)
    status, page = _post(own_client, id, "note", who="周", why="长" * 5001)
    assert (status, "太长" in page) == (422, True)
    assert "D0001" not in own_client.get(f"/findings/{id}").text


def test_an_order_to_rectify_needs_a_day_and_says_so_at_the_field(
    own_client: TestClient, standings: list[Standing]
) -> None:
    id = str(_fault(standings).finding.id)
    order = {"who": "周检查", "why": "下发通知", "step": "assigned", "responsible": "县教育局"}
    for language, said in (
        ("Hans", "责令整改须填“期限”"),
        ("Hant", "責令整改須填“期限”"),
        ("en", "An order to rectify needs a “Deadline”"),
    ):
        own_client.cookies.set("duzheng_language", language)
        status, page = _post(own_client, id, "rectify", **order)
        assert (status, 'aria-describedby="wrong-deadline"' in page) == (422, True)
        at = page[page.index('id="wrong-deadline"') :]
        assert said in at.partition("</span>")[0]
    own_client.cookies.delete("duzheng_language")
    assert 'value="县教育局"' in page
    assert "D0001" not in page
    assert _post(own_client, id, "rectify", **order, deadline=SOON)[0] == 303
    assert _post(own_client, id, "rectify", who="周检查", why="已改", step="done")[0] == 303, "other steps have no day"


def test_the_first_page_lists_rectifications_that_were_ordered_without_a_day(
    own_client: TestClient, standings: list[Standing]
) -> None:
    id = str(_fault(standings).finding.id)
    assert "责令整改未定期限" not in own_client.get("/").text
    headers = {"X-CSRF-Token": _csrf(own_client.get(f"/findings/{id}").text)}
    order = {"kind": "rectification", "who": "李审", "why": "下发通知", "step": "assigned"}
    made = own_client.post(f"/api/v1/findings/{id}/decisions", json=order, headers=headers)
    assert made.status_code == 201, made.text
    page = own_client.get("/").text
    listed = page[page.index("责令整改未定期限 1") :].partition("</section>")[0]
    assert f'href="/findings/{id}#rectify"' in listed
    corrected = order | {"corrects": made.json()["id"], "deadline": SOON}
    made = own_client.post(f"/api/v1/findings/{id}/decisions", json=corrected, headers=headers)
    assert made.status_code == 201, made.text
    assert "责令整改未定期限" not in own_client.get("/").text


def test_a_waived_finding_is_called_overdue_nowhere(own_client: TestClient, standings: list[Standing]) -> None:
    late = next(one for one in standings if one.state.overdue and one.state.time == "overdue")
    id, day = str(late.finding.id), str(late.finding.due)
    assert f"{day} 逾期" in own_client.get(f"/findings/{id}").text
    who = {"who": "李审批", "applicant": "县教育局", "ground": "某字〔2025〕3号", "until": SOON, "why": "同意"}
    assert _post(own_client, id, "waiver", **who)[0] == 303
    page = own_client.get(f"/findings/{id}").text
    assert day in page, "the day itself stays"
    row = next(one for one in own_client.get("/findings?state=waived").text.split("<tr>") if id in one)
    data = own_client.get("/findings.csv?state=waived").content.decode("utf-8-sig")
    assert id in data
    for shown in (page[page.index("<h1") : page.index("<h2")], row, data):
        assert "逾期" not in shown
        assert "overdue" not in shown.partition("\n")[2]
    assert id not in own_client.get("/findings?state=overdue").text


def test_nobody_approves_his_own_waiver(own_client: TestClient, standings: list[Standing]) -> None:
    id = str(_fault(standings).finding.id)
    waiver = {"who": "周检查", "why": "学校已停办", "ground": "县政府批复", "until": SOON}
    status, page = _post(own_client, id, "waiver", applicant="周 检查", **waiver)
    assert (status, "批准人不能是申请人" in page) == (422, True)
    assert _post(own_client, id, "waiver", applicant="县教育局", **waiver)[0] == 303


@pytest.fixture
def people(own_home: Path, quick_passwords: None) -> Iterator[dict[str, TestClient]]:
    """Four people who have signed in, by their names."""
    app = create_app(own_home, Access(accounts=True))
    roles: dict[str, Role] = {"读者甲": "reader", "检查乙": "inspector", "审批丙": "approver", "审批丁": "approver"}
    with closing(Book(own_home / "accounts.sqlite")) as book:
        for name, role in roles.items():
            book.add(name, "一个够长的密码 123", role)
    clients = {}
    for name in roles:
        client = TestClient(app, base_url="http://127.0.0.1")
        form = {"name": name, "password": "一个够长的密码 123", "back": "/"}
        assert client.post("/login", data=form, follow_redirects=False).status_code == 303
        clients[name] = client
    yield clients
    app.state.corpora.close()
    app.state.guard.book.close()


def test_a_waiver_is_applied_for_by_one_and_approved_by_another(
    people: dict[str, TestClient], standings: list[Standing]
) -> None:
    id = str(_fault(standings).finding.id)
    asked = {"ground": "县政府批复", "until": SOON, "why": "学校已停办"}
    # Whatever name the form gives, it is the account that applies.
    assert _post(people["审批丙"], id, "apply", who="别人", **asked)[0] == 303
    page = people["审批丙"].get(f"/findings/{id}?application=D0001").text
    assert 'value="D0001"' in page
    status, page = _post(people["审批丙"], id, "waiver", application="D0001", applicant="别人", **asked)
    assert (status, "批准人不能是申请人" in page) == (422, True)
    csrf = _csrf(people["检查乙"].get(f"/findings/{id}").text)
    sent = people["检查乙"].post(f"/findings/{id}/waiver", data={"csrf": csrf, "application": "D0001", **asked})
    assert sent.status_code == 403
    assert _post(people["审批丁"], id, "waiver", application="D0001", **asked)[0] == 303
    page = people["读者甲"].get(f"/findings/{id}").text
    assert "已豁免" in page
    assert "批准 审批丁" in page
    # An application is approved once.
    assert _post(people["审批丁"], id, "waiver", application="D0001", **asked)[0] == 422
    log = people["检查乙"].get("/audit").text
    assert "<td>豁免</td>" in log
    assert id in log


def test_readers_decide_nothing_and_inspectors_take_no_waiver_back(
    people: dict[str, TestClient], standings: list[Standing]
) -> None:
    id = str(_fault(standings).finding.id)
    page = people["读者甲"].get(f"/findings/{id}").text
    assert f"/findings/{id}/note" not in page
    sent = people["读者甲"].post(f"/findings/{id}/note", data={"csrf": _csrf(page), "why": "x"})
    assert sent.status_code == 403
    waiver = {"applicant": "县教育局", "ground": "批复", "until": SOON, "why": "停办"}
    assert _post(people["审批丁"], id, "waiver", **waiver)[0] == 303
    assert _post(people["检查乙"], id, "withdraw", record="D0001", why="不对")[0] == 422
    assert _post(people["审批丙"], id, "withdraw", record="D0001", why="不对")[0] == 303


def test_a_form_without_its_token_changes_nothing(own_client: TestClient, standings: list[Standing]) -> None:
    id = str(_fault(standings).finding.id)
    assert own_client.post(f"/findings/{id}/note", data={"who": "周", "why": "x"}).status_code == 403
    assert "D0001" not in own_client.get(f"/findings/{id}").text


def _offered(page: str) -> set[str]:
    return set(re.findall(r'action="/findings/[^"]+/(\w+)"', page))


def test_only_what_can_be_decided_now_is_offered(own_client: TestClient, standings: list[Standing]) -> None:
    id = str(_fault(standings).finding.id)

    def offered() -> set[str]:
        return _offered(own_client.get(f"/findings/{id}").text)

    def steps() -> list[str]:
        select = own_client.get(f"/findings/{id}").text.partition('<select name="step"')[2].partition("</select>")[0]
        return re.findall(r'value="(\w+)"', select)

    by = {"who": "周检查", "why": "核对原件"}
    assert offered() == {"override", "apply", "dispute", "rectify", "note"}
    assert steps() == ["assigned", "done"]
    _post(own_client, id, "apply", ground="批复", until=SOON, **by)
    assert offered() == {"override", "waiver", "dispute", "rectify", "note", "withdraw"}
    _post(own_client, id, "dispute", statement="已写在附件", deadline=SOON, who="县教育局", why="不同意")
    assert "ruling" in offered()
    _post(own_client, id, "ruling", outcome="rejected", **by)
    _post(own_client, id, "rectify", step="done", by="县教育局", **by)
    assert steps() == ["done", "reviewed"]
    _post(own_client, id, "rectify", step="reviewed", result="passed", **by)
    assert steps() == ["closed"]
    met = next(str(one.finding.id) for one in standings if one.finding.verdict == "met")
    assert _offered(own_client.get(f"/findings/{met}").text) == {"override", "note"}
    # What is not offered and sent all the same is refused as ever, and the form with what was entered stays.
    status, page = _post(own_client, met, "ruling", outcome="rejected", **by)
    assert (status, "ruling" in _offered(page), "没有待处理的申辩" in page) == (422, True, True)


def test_nobody_is_offered_the_approval_of_an_own_application(
    people: dict[str, TestClient], standings: list[Standing]
) -> None:
    id = str(_fault(standings).finding.id)
    assert _post(people["审批丙"], id, "apply", ground="批复", until=SOON, why="停办")[0] == 303
    forms = {name: _offered(client.get(f"/findings/{id}").text) for name, client in people.items()}
    assert [name for name, own in forms.items() if "waiver" in own] == ["审批丁"]
    page = people["审批丁"].get(f"/findings/{id}").text
    assert '<input type="hidden" name="application" value="D0001">' in page
    assert f'name="until" type="date" value="{SOON}"' in page
    assert _post(people["审批丁"], id, "waiver", application="D0001", ground="批复", until=SOON, why="属实")[0] == 303
    forms = {name: _offered(client.get(f"/findings/{id}").text) for name, client in people.items()}
    assert not any("apply" in own for own in forms.values())


def test_from_a_finding_one_goes_to_the_next_of_the_same_plan(client: TestClient, standings: list[Standing]) -> None:
    one = _fault(standings)
    own = [each.finding for each in standings if each.plan.id == one.plan.id and each.pack.id == one.pack.id]
    walked, target = [], f"/findings/{own[0].id}"
    while target:
        walked.append(target.rpartition("/")[2])
        following = re.search(r'rel="next" href="([^"]+)"', client.get(target).text)
        target = following[1] if following else ""
    assert walked == [finding.id for finding in own]


# Pages, and who has not submitted


def test_the_pages_of_a_plan_stand_beside_its_findings_with_the_evidence_boxed(
    client: TestClient, standings: list[Standing]
) -> None:
    one = next(one for one in standings if one.plan.uri.endswith(".pdf") and one.finding.evidence)
    piece = one.finding.evidence[0]
    text = unescape(client.get(f"/plans/{one.plan.id}").text)
    target = f"/plans/{one.plan.id}?view=pages&page={piece.span.page}&start={piece.span.start}&end={piece.span.end}"
    assert target in text
    page = unescape(client.get(f"{target}&of={one.finding.requirement}").text)
    assert 'finding fault chosen" id=' in page or 'finding  chosen" id=' in page
    picture = re.search(r'<img class="sheet" id="sheet" src="([^"]+)"', page)
    assert picture
    drawn = [client.get(address) for address in (picture[1], picture[1].partition("?")[0])]
    assert all(answer.content.startswith(b"\x89PNG") for answer in drawn)
    assert drawn[0].content != drawn[1].content, "the box of one piece of evidence, and those of all"
    assert client.get(f"/plans/{one.plan.id}/pages/99.png").status_code == 404


def test_the_first_page_says_how_many_counties_have_sent_nothing(client: TestClient) -> None:
    from time import sleep

    for _ in range(40):
        page = client.get("/").text
        if found := re.search(r"<td>(\d+)</td><td><a href=\"/missing\?pack=henan-2025\">(\d+)</a>", page):
            break
        sleep(0.25)
    assert found
    # The samples are of invented counties.
    assert int(found[2]) == int(found[1]) > 100


# What waits for somebody


def test_the_first_page_leads_whoever_approves_to_each_application_until_it_is_approved(own_client: TestClient) -> None:
    at = re.search(r'href="/findings/(R06-[^"]+)"', own_client.get("/").text)[1]  # type: ignore[index]
    fields = {"ground": "山区县", "until": "2027-03-01", "why": "按省厅口径"}
    assert _post(own_client, at, "apply", who="王", **fields)[0] == 303
    page = unescape(own_client.get("/").text)
    found = re.search(r'href="(/findings/[^"]+\?application=(D\d+)#waiver)"', page)
    assert found
    assert "待批准的申请 1" in page
    form = unescape(own_client.get(found[1].partition("#")[0]).text)
    assert 'id="waiver" open' in form
    assert f'name="application" value="{found[2]}"' in form
    assert _post(own_client, at, "waiver", who="李", application=found[2], **fields)[0] == 303
    assert "待批准的申请" not in own_client.get("/").text


def test_the_number_of_files_not_read_leads_to_their_names_and_reasons(client: TestClient) -> None:
    page = client.get("/").text
    number = re.search(r'<a href="/sources#unread">(\d+)</a>', page)
    assert number
    assert int(number[1]) > 0
    listed = unescape(client.get("/sources").text).partition('id="unread"')[2]
    assert listed.startswith(f">未能读取的文件 {number[1]}<")
    assert "（旧版）.wps" in listed
    assert "文件不完整" in listed
    assert "the file is not whole" not in listed
