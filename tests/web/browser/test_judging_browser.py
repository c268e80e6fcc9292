"""Judging in a real browser: what is copied out of the matrix, what is printed, where a click on a plan leads."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
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
    import pandas as pd

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
    [frame] = pd.read_html(StringIO(held["html"]), flavor="lxml")
    assert frame.shape == (len(shown) - 1, len(shown[0]))
    verdicts = {cell for line in frame.iloc[:-3, 1:-2].to_numpy().tolist() for cell in line}
    assert {"✓", "✗", "∅"} <= verdicts
    assert verdicts <= {*SIGNS.values(), "✗ 逾期"}, "a sign, and no words that only screen readers are told"
    assert set(map(len, shown)) == {len(shown[0])}
