"""A pack written from a notice in a real browser, by the keyboard where that is the point: drafted, filled in, tried, published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.browser.conftest import CHROMIUM
from tests.web.conftest import SAMPLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (apt-get install chromium)")

Visit = Callable[..., "Page"]
Serve = Callable[..., str]


def _faults(page: Page) -> list[str]:
    """What axe finds serious on the page that is open."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {one['id']}: {[node['target'] for node in one['nodes']][:3]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


NOTICE = """河南省教育厅关于做好城乡学校共同体建设的通知
教基〔2025〕88号
各县（市、区）教育局：
一、建设目标
到2025年底，应有70%以上的乡村学校进入校共体。
河南省教育厅
2025年8月1日
"""
PLAN = SAMPLES / "henan" / "plans" / "禾塬县"


@pytest.fixture
def small_home(tmp_path: Path) -> Path:
    """A corpus of a notice that asks one thing, and a plan that answers it."""
    from tests.taking_in import take_in

    (tmp_path / "通知").mkdir()
    (tmp_path / "通知" / "通知.txt").write_text(NOTICE, encoding="utf-8")
    take_in([tmp_path / "通知", PLAN], tmp_path / "corpus")
    return tmp_path / "corpus"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page; nothing may be complained of but that a form was sent back (422)."""
    said: list[str] = []
    context = chromium.new_context(locale="zh-CN")
    found = context.new_page()
    found.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    found.on("pageerror", lambda one: said.append(str(one)))
    yield found
    context.close()
    assert not [one for one in said if "status of 422" not in one]


def test_a_pack_is_written_from_a_notice_tried_and_published_and_checks_know_it(
    page: Page, serve: Serve, small_home: Path
) -> None:
    from checks.engine import check
    from checks.pack_shelf import applied
    from corpus.corpus import Corpus
    from duzheng.web.app import create_app
    from flows.choose import packs_for

    with Corpus.open(small_home) as corpus:
        notice = corpus.listed(role="requirement", limit=1)[0].id
        plan = next(iter(corpus.documents(role="plan")))
    site = serve(create_app(small_home))
    page.goto(f"{site}/documents/{notice}")
    page.get_by_role("button", name="起草要求包").click()
    page.wait_for_url("**/drafts/*")
    draft = page.url
    serious = _faults(page)

    page.locator("tbody th a").click()
    page.wait_for_url("**/requirements/0")
    value = page.locator("[id='measure.0.measure/value']")
    value.fill("七成")
    page.get_by_role("button", name="保存", exact=True).first.press("Enter")
    page.locator("[aria-invalid=true]").wait_for()
    assert _focused(page) == "measure.0.measure/value", "one goes on where it is wrong"
    said = page.evaluate(
        "document.activeElement.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).innerText)"
    )
    assert "请填数字" in said[-1]
    page.locator("[role=alert] a").click()
    assert page.url.endswith("#measure.0.measure/value"), "and what is wrong is listed above, each with its place"
    serious += _faults(page)
    value.fill("100")
    passages = {
        "符合": "到2025年底，全县100%的乡村学校进入校共体。",
        "不符合": "到2025年底，全县60%的乡村学校进入校共体。",
    }
    for number, (verdict, passage) in enumerate(passages.items()):
        page.get_by_role("button", name="添加 示例").press("Enter")
        page.wait_for_function(f"document.activeElement.id === 'example.{number}.verdict'")
        legend = page.evaluate("document.activeElement.closest('fieldset').querySelector('legend').innerText")
        assert legend.startswith("示例"), "a row says what it is one of"
        page.locator(f"[id='example.{number}.verdict']").select_option(verdict)
        page.keyboard.press("Tab")
        page.keyboard.insert_text(passage)
    page.get_by_role("button", name="保存", exact=True).first.click()
    page.wait_for_url("**/drafts/*#*")

    page.goto(f"{draft}/head")
    page.locator("[id='pack.0.id']").fill("henan-sample")
    page.locator("[id='pack.0.version']").fill("1.0.0")
    page.locator("[id='pack.0.status']").select_option("有效")
    page.get_by_role("button", name="保存", exact=True).first.click()
    page.wait_for_url(draft)

    page.goto(f"{draft}/review")
    page.locator("ul.sums a[href='#impact']").wait_for()
    sums = page.locator("ul.sums").inner_text()
    assert "错误 0" in sums
    assert "2 段示例，2 段符合" in sums
    assert "1 份方案中" in sums
    id = page.locator("tr:has(.badge.not_met) th a").first.inner_text()
    serious += _faults(page)
    page.get_by_role("button", name="发布 henan-sample 1.0.0").click()
    page.wait_for_url("**/packs/henan-sample")
    serious += _faults(page)
    page.get_by_role("table").first.get_by_role("link", name=id).click()
    assert page.evaluate("document.querySelector(':target').innerText").startswith(id)
    assert not serious

    packs = [pack for pack in packs_for(plan, applied(small_home)) if pack.id == "henan-sample"]
    assert len(packs) == 1, "checks know it"
    assert [finding.verdict for finding in check(plan, packs[0]).findings if finding.requirement == id] == ["not_met"]


def test_a_pack_and_its_forms_are_read_in_english_and_its_own_words_stay_marked_as_chinese(
    visit: Visit, serve: Serve, own_home: Path
) -> None:
    from duzheng.web.app import create_app

    site = serve(create_app(own_home))
    page = visit(f"{site}/packs/henan-2025", locale="en-GB")
    unmarked = """() => [...document.querySelectorAll('main *')].filter(one => !one.closest('[lang^=zh]') && one.tagName !== 'OPTION')
        .flatMap(one => [...one.childNodes].filter(n => n.nodeType === 3 && /[\\u4e00-\\u9fff]/.test(n.data)).map(n => n.data.trim()))"""
    for one in page.locator("details").all():
        one.evaluate("one => one.open = true")
    assert page.evaluate(unmarked) == []
    page.get_by_role("button", name="Edit the pack").click()
    page.wait_for_url("**/drafts/*")
    assert page.evaluate(unmarked) == []
    page.get_by_role("link", name="R01", exact=True).click()
    page.wait_for_url("**/requirements/0")
    labels = page.locator("main label:not(:has(input)), main legend, main h2, main h3").all_inner_texts()
    assert len(labels) > 10
    assert not [one for one in labels if any("\u4e00" <= letter <= "\u9fff" for letter in one)]
    severity = page.get_by_label("Severity").locator("option").all_inner_texts()
    assert severity == ["", "critical", "major", "minor", "advice"]
