"""Handing plans in, in a real browser: files that are dropped, what is refused before it is sent, what becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.browser.conftest import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (apt-get install chromium)")
Visit = Callable[..., "Page"]

DROP = """(zone, names) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File(["方案"], name, {lastModified: 1}));
    zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def test_files_are_dropped_in_several_goes_taken_out_again_and_refused_when_they_are_too_many(
    visit: Visit, reading_site: str
) -> None:
    page = visit(f"{reading_site}/upload")
    zone, chosen = page.locator("[data-drop]"), page.locator("[data-chosen] li")
    hostile = "<img src=x onerror=alert(1)>.txt"
    zone.evaluate(DROP, ["甲.txt", hostile])
    zone.evaluate(DROP, ["乙.txt", "甲.txt"])
    assert [one.split(" (")[0] for one in chosen.all_inner_texts()] == ["甲.txt", hostile, "乙.txt"], (
        "each of them once"
    )
    chosen.nth(1).get_by_role("button").click()
    assert page.locator("input[type=file]").evaluate("one => [...one.files].map(f => f.name)") == ["甲.txt", "乙.txt"]
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.method))
    zone.evaluate(DROP, [f"{number}.txt" for number in range(200)])
    page.get_by_role("button", name="上传并检查").click()
    assert "最多 200 个文件" in page.locator("[data-progress]").inner_text()
    assert "POST" not in sent


def test_what_the_server_refuses_is_said_where_one_is_and_the_files_are_still_chosen(
    chromium: Browser, reading_site: str, tmp_path: Path
) -> None:
    page = chromium.new_page(locale="zh-CN")  # not ``visit``: a browser complains of what is refused
    page.goto(f"{reading_site}/upload")
    (tmp_path / "方案.txt").write_text("方案", encoding="utf-8")
    page.locator("#files").set_input_files(str(tmp_path / "方案.txt"))
    # As after a new start of the server, which does not know the token of this page.
    page.locator("main input[name=csrf]").evaluate("one => one.value = 'old'")
    page.get_by_role("button", name="上传并检查").click()
    page.locator("[data-progress].alert").wait_for()
    assert "页面已过期" in page.locator("[data-progress]").inner_text()
    assert page.locator("[data-chosen] li").count() == 1
    page.close()
