"""What people do in the browser, in a real one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemas.china_time import today_in_china
from tests.web.browser.conftest import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (apt-get install chromium)")

Visit = Callable[..., "Page"]
Serve = Callable[..., str]
PASSWORD = "秋水共长天一色2026"
SAMPLES = Path(__file__).resolve().parents[3] / "samples"
PAGES = ("/", "/matrix", "/findings", "/search?q=同步课堂", "/missing", "/pairing", "/trends?t=共同体", "/packs",
         "/sources", "/upload", "/api")  # fmt: skip


def _plan_and_finding(page: Page, site: str) -> None:
    """Goes to a finding with evidence on its plan's page."""
    page.goto(f"{site}/findings?verdict=not_met")
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/plans/**")


def test_a_finding_leads_to_its_evidence_and_the_evidence_is_marked(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/")
    _plan_and_finding(page, reading_site)
    assert page.locator("mark.ev").count() > 1
    # Before anything is asked for, nothing is pointed at and the text begins at its beginning.
    page.goto(page.url.partition("#")[0])
    page.wait_for_load_state("networkidle")
    assert page.locator("mark.chosen").count() == 0
    assert page.locator(".paper").evaluate("one => one.scrollTop") == 0
    link = page.locator(".finding a.to").first
    wanted = re.sub(r"\s", "", link.locator("q").inner_text()).removesuffix("...")
    # On the words: the quotation marks before them are no part of the link.
    link.click(position={"x": 50, "y": 8})
    chosen = page.locator("mark.chosen")
    chosen.first.wait_for()
    shown = re.sub(r"\s", "", "".join(chosen.all_inner_texts()))
    assert shown.startswith(wanted[:20])
    assert chosen.first.evaluate(
        "one => { const r = one.getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight }"
    )
    # The address is the place: whoever is sent it sees the same.
    again = visit(page.url)
    assert re.sub(r"\s", "", "".join(again.locator("mark.chosen").all_inner_texts())) == shown


def test_a_query_in_traditional_script_marks_simplified_text(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/")
    page.get_by_role("searchbox").first.fill("同步課堂")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    marks = page.locator("main mark").all_inner_texts()
    assert "同步课堂" in marks
    page.locator("main .hits a").first.click()
    page.wait_for_url("**/documents/**")


def test_script_and_language_are_switched_where_one_is_and_remembered(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/search?q=同步课堂")
    before = page.locator("main mark").all_inner_texts()
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "q=" in page.url, "one stays where one was"
    assert page.locator("main mark").all_inner_texts() == before, "the text of documents is as it was written"
    page.goto(f"{reading_site}/matrix")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="繁體").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hant"
    assert page.locator(".top nav").inner_text().count("檢索") == 1


@pytest.mark.usefixtures("quick_passwords")
def test_one_applies_for_a_waiver_though_the_session_ended_and_another_approves_it(
    visit: Visit, serve: Serve, own_home: Path
) -> None:
    from duzheng.web.app import create_app
    from duzheng.web.guard import Access

    app = create_app(own_home, Access(accounts=True))
    app.state.guard.book.add("inspector.li", PASSWORD, "inspector")
    app.state.guard.book.add("approver.wang", PASSWORD, "approver")
    site = serve(app)

    def signed_in(name: str, path: str) -> Page:
        page = visit(f"{site}{path}")
        page.get_by_label("姓名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{site}{path}")
        return page

    inspector = signed_in("inspector.li", "/findings?verdict=not_found")
    inspector.locator("tbody td a").first.click()
    inspector.wait_for_url("**/findings/*")
    assert inspector.locator("#waiver").count() == 0, "who applies does not approve"
    inspector.locator("#apply summary").click()
    form = inspector.locator("#apply form")
    form.locator("[name=ground]").fill("区划调整")
    form.locator("[name=until]").fill((today_in_china() + timedelta(90)).isoformat())
    form.locator("[name=why]").fill("省厅批复")
    inspector.context.clear_cookies()
    form.get_by_role("button").click()
    inspector.wait_for_url("**/login?**")
    assert "没有保存" in inspector.locator("[role=alert]").inner_text()
    inspector.get_by_label("姓名").fill("inspector.li")
    inspector.get_by_label("密码").fill(PASSWORD)
    inspector.get_by_role("button", name="登录").click()
    inspector.wait_for_url("**/findings/*")
    # What was filled in is there again, and is sent once more.
    assert form.locator("[name=why]").input_value() == "省厅批复"
    form.get_by_role("button").click()
    inspector.wait_for_url("**/findings/*#*")
    at = inspector.url.removeprefix(site).partition("#")[0]

    approver = signed_in("approver.wang", at)
    approver.locator("a[href*='application=']").first.click()
    approver.wait_for_url("**application=**")
    approver.locator("#waiver [name=why]").fill("情况属实，同意")
    approver.locator("#waiver form button").click()
    approver.locator("tr#D0002, [role=alert]").first.wait_for()
    assert approver.locator("[role=alert]").all_inner_texts() == []
    assert "approver.wang" in approver.locator("tr#D0002").inner_text()
    acts = [(act.person, act.action) for act in app.state.guard.book.acts()]
    assert ("approver.wang", "decision waiver") in acts
    approver.goto(f"{site}/findings?state=waived")
    assert approver.locator("tbody th a").count() == 1
    approver.get_by_role("button", name="退出").click()
    approver.wait_for_url("**/login")


@pytest.mark.slow
def test_a_plan_is_uploaded_and_checked(visit: Visit, serve: Serve, own_home: Path, tmp_path: Path) -> None:
    from duzheng.web.app import create_app

    plan = next((SAMPLES / "henan" / "plans" / "禾塬县").glob("*.txt"))
    changed = tmp_path / "禾塬县城乡学校共同体建设实施方案（修订）.txt"
    changed.write_text(
        plan.read_bytes().decode("gb18030") + "\n本方案自印发之日起施行，由县教育局负责解释。\n", encoding="utf-8"
    )
    page = visit(f"{serve(create_app(own_home))}/upload")
    page.locator("input[type=file]").first.set_input_files(str(changed))
    page.locator("main form button").first.click()
    page.wait_for_url("**/upload/*", timeout=60_000)
    page.locator("main a[href*='/plans/']").first.wait_for(timeout=120_000)
    assert changed.name in page.locator("main").inner_text()


def test_the_ledger_is_downloaded_as_a_workbook(visit: Visit, reading_site: str) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    page = visit(f"{reading_site}/findings?verdict=not_met")
    with page.expect_download() as found:
        page.locator("a[href*='findings.xlsx']").click()
    assert found.value.suggested_filename.endswith(".xlsx")
    book = load_workbook(BytesIO(Path(found.value.path()).read_bytes()))
    assert any(sheet.max_row > 1 for sheet in book.worksheets)


def test_the_menu_is_walked_by_the_keyboard_alone(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{reading_site}/")
    targets = page.locator(".top nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    reached = []
    for _ in range(len(targets) + 4):
        page.keyboard.press("Tab")
        href = page.evaluate("document.activeElement.getAttribute('href')")
        reached.append(href)
        if href in targets:
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"{href}: where one is cannot be seen"
    assert [one for one in reached if one in targets] == targets
    page.locator(".top nav a[href='/search']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")


def test_no_page_is_wider_than_the_screen(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/", viewport={"width": 360, "height": 740})
    wide = []
    for path in [*PAGES, *_deep(page, reading_site)]:
        for width, height in ((360, 740), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            if width == 360:
                page.goto(reading_site + path)
            if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                wide.append(f"{path} at {width}: {over}")
    assert not wide


def _deep(page: Page, site: str) -> list[str]:
    """A plan, a finding and a document."""
    page.goto(f"{site}/findings?verdict=not_met")
    found = [page.locator(where).first.get_attribute("href") for where in ("tbody th a", "tbody td a")]
    page.goto(f"{site}/search?q=共同体")
    found.append(page.locator("main .hits a").first.get_attribute("href"))
    return [one for one in found if one]


def test_axe_finds_nothing_serious(visit: Visit, reading_site: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{reading_site}/")
    faults = []
    for path in [*PAGES, *_deep(page, reading_site)]:
        page.goto(reading_site + path)
        for one in Axe().run(page).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                faults.append(f"{path} {one['id']}: {[node['target'] for node in one['nodes']][:3]}")
    assert not faults


def test_a_hostile_document_is_text_wherever_it_is_shown(visit: Visit, serve: Serve, tmp_path: Path) -> None:
    from duzheng.web.app import create_app
    from tests.taking_in import take_in

    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"><svg/onload=alert(3)>{{7*7}}"
    folder = tmp_path / "in" / "<img src=x onerror=alert(4)>县"
    folder.mkdir(parents=True)
    text = (
        f"河南省青岚县教育局关于印发城乡学校共同体方案{hostile}的通知\n青教〔2025〕1号\n各学校{hostile}：\n"
        f"一、总体要求{hostile}\n建立城乡学校共同体{hostile}，到2026年底覆盖率达到85%。\n"
        f"二、结对名单\n青岚县第一小学{hostile}——青岚县东关小学{hostile}（紧密型）\n"
        f"三、组织领导\n组长：张三{hostile}\n同步课堂每学期15次{hostile}。\n附件：1.名单{hostile}\n青岚县教育局{hostile}\n2025年3月1日\n"
    )
    (folder / "方案\"onmouseover=alert(5) x='.txt").write_text(text, encoding="utf-8")
    take_in([tmp_path / "in"], tmp_path / "corpus")
    site = serve(create_app(tmp_path / "corpus"))
    page = visit(f"{site}/search?q=共同体")
    target = page.locator("main .hits a").first.get_attribute("href")
    id = re.search(r"/documents/([^?/#]+)", target or "")
    assert id
    shown = 0
    for path in (
        "/", "/matrix", "/findings", f"/search?q={hostile}", f"/documents/{id[1]}", f"/plans/{id[1]}", "/missing",
        "/pairing", f"/trends?t={hostile}", f"/documents/{id[1]}/lineage", f"/documents/{id[1]}/facts/communities",
    ):  # fmt: skip
        answer = page.goto(site + path)
        assert answer is not None
        assert answer.status < 500, path
        page.wait_for_load_state("networkidle")
        assert page.locator("img[src=x], main script, svg[onload], [onmouseover]").count() == 0, path
        shown += "<script>alert(1)</script>" in page.locator("body").inner_text()
    assert shown >= 2, "it is shown as it was written"
