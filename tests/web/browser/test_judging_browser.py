"""Judging in a real browser: what is copied out of the matrix, what is printed, where a click on a plan leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.matrix import SIGNS
from tests.web.browser.conftest import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (apt-get install chromium)")

Visit = Callable[..., "Page"]

_SELECT = """() => {
  const range = document.createRange();
  range.selectNode(document.querySelector("table.matrix"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
_CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read();
  const of = async (type) => (await item.getType(type)).text();
  return { html: await of("text/html"), plain: await of("text/plain") };
}"""


def test_the_matrix_is_copied_as_one_clean_grid(visit: Visit, reading_site: str) -> None:
    from lxml.html import fromstring

    page = visit(f"{reading_site}/matrix?pack=henan-2025", permissions=["clipboard-read", "clipboard-write"])
    shown = page.locator("table.matrix tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    page.evaluate(_SELECT)
    page.keyboard.press("Control+C")
    held = page.evaluate(_CLIPBOARD)
    lines = [line.split("\t") for line in held["plain"].strip("\n").split("\n")]
    grid = [line for line in lines if len(line) > 1]
    assert [[cell.strip() for cell in line] for line in grid] == shown
    rows = fromstring(held["html"]).findall(".//tr")
    copied = [["".join(cell.itertext()).strip() for cell in row.iterchildren("td", "th")] for row in rows]
    assert copied == shown
    verdicts = {cell for line in copied[1:-3] for cell in line[1:-2]}
    assert {"✓", "✗", "∅"} <= verdicts
    assert verdicts <= {*SIGNS.values(), "✗ 逾期"}, "a sign, and no words that only screen readers are told"
    assert set(map(len, shown)) == {len(shown[0])}


def test_evidence_is_quiet_until_it_is_chosen(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/findings?verdict=not_met")
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/plans/**")
    colours = "all => all.map(one => getComputedStyle(one).backgroundColor)"
    page.locator("mark.chosen").first.wait_for()
    loud = set(page.locator("mark.ev.chosen").evaluate_all(colours))
    quiet = set(page.locator("mark.ev:not(.chosen)").evaluate_all(colours))
    assert len(loud) == 1
    assert not loud & quiet
    assert min(_light(colour) for colour in quiet) > 0.85 > _light(*loud)


def _light(colour: str) -> float:
    """The relative luminance of ``rgb(…)``, by WCAG 2.2."""
    parts = [int(one) / 255 for one in re.findall(r"\d+", colour)[:3]]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_outline_is_in_reach_below_and_gets_out_of_the_way(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/matrix?pack=henan-2025", viewport={"width": 1366, "height": 768})
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/plans/**")
    page.locator(".paper").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    outline = page.locator("details.outline")
    outline.locator("summary").click()
    outline.locator("li > a[href*='#o']").nth(1).click()
    assert outline.get_attribute("open") is None
    at = page.evaluate("document.getElementById(location.hash.slice(1)).getBoundingClientRect().top")
    assert outline.evaluate("one => one.getBoundingClientRect().bottom") <= at < 768


def test_on_paper_the_matrix_lies_across_and_findings_tell_their_five_lines(visit: Visit, reading_site: str) -> None:
    from pypdfium2 import PdfDocument

    page = visit(f"{reading_site}/matrix?pack=henan-2025&having=faults")
    paper = PdfDocument(page.pdf(prefer_css_page_size=True))
    width, height = paper[0].get_size()
    assert width > height
    said = paper[0].get_textpage().get_text_range()
    for word in (*SIGNS.values(), "前后矛盾", "R01", "只看有此情形的单位"):
        assert word in said
    assert "筛选" not in said, "the form is for the screen"
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/plans/**")
    paper = PdfDocument(page.pdf(prefer_css_page_size=True))
    width, height = paper[0].get_size()
    assert width < height
    said = "".join(one.get_textpage().get_text_range() for one in paper)
    assert said.count("怎样判定") == page.locator("article.finding").count()
