"""Reading in a real browser: tables copied into a spreadsheet, a comparison found by clicking, pages on paper."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


class _Table(HTMLParser):
    """The cells of a table as a spreadsheet takes them from the clipboard: row by row, a line break for each ``br``."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in = True
        elif tag == "br" and self._in:
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in:
            self.rows[-1][-1] += data


_COPY = """([selector]) => {
  const range = document.createRange();
  range.selectNode(document.querySelector(selector));
  const chosen = getSelection();
  chosen.removeAllRanges();
  chosen.addRange(range);
  return new Promise((done) => {
    document.execCommand("copy");
    navigator.clipboard.read().then(async ([item]) => done([
      await (await item.getType("text/html")).text(), await (await item.getType("text/plain")).text()]));
  });
}"""


def _copied(page: Page, selector: str) -> tuple[list[list[str]], list[list[str]]]:
    """What a spreadsheet gets of a table: the cells of the HTML, and those of the plain text."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    html, plain = page.evaluate(_COPY, [selector])
    parser = _Table()
    parser.feed(html)
    return (
        [[" ".join(cell.split()) for cell in row] for row in parser.rows],
        [line.split("\t") for line in plain.strip("\n").split("\n")],
    )


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("/missing?state=all", "#cities"),
        ("/missing?state=all", "#counties"),
        (f"/trends?t={quote('教师交流 同步课堂')}", "#numbers"),
        ("/compare", "table.sides"),
    ],
    ids=["cities", "counties", "trend", "comparison"],
)
def test_a_table_is_copied_one_cell_a_cell(visit: Visit, reading_site: str, path: str, selector: str) -> None:
    page = visit(f"{reading_site}{path}")
    if path == "/compare":
        for words in ("共建型", "协作型"):
            page.fill("input[name=q] >> nth=-1", words)
            page.click("main form button")
            page.click("main li a >> nth=0")
    page.wait_for_selector(selector)
    rows, lines = _copied(page, selector)
    shown = page.eval_on_selector(
        selector, "one => [...one.rows].map(row => [...row.cells].map(cell => cell.innerText))"
    )
    expected = [[" ".join(cell.replace("¶", "").split()) for cell in row] for row in shown]
    assert len(expected) > 2
    assert rows == expected
    assert max(map(len, lines)) == len(expected[0])


def test_two_documents_are_compared_without_typing_an_identifier(visit: Visit, reading_site: str) -> None:
    page = visit(f"{reading_site}/search?q={quote('同步课堂')}")
    page.click(".hits h3 a >> nth=0")
    title = page.inner_text("h1")
    page.click("text=与另一份文件逐条对照")
    page.click("main li a >> nth=0")
    page.wait_for_selector("table.sides")
    heads = page.locator("table.sides thead th").all_inner_texts()
    assert title in heads[1]
    assert page.locator("table.sides tbody tr").count() > 3
