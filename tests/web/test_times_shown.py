"""Times are shown as the clock of whoever reads them has them: in Beijing, to the minute, and nowhere else's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

import duzheng.web
from corpus.corpus import Corpus
from duzheng.web.here import in_beijing
from duzheng.web.pages.dashboard import _by_unit

_ROOM = Path(duzheng.web.__file__).parent


@pytest.mark.parametrize("at", ["2026-03-01T17:30:00+00:00", "2026-03-01T17:30:00.000001", "2026-03-02T01:30:00+08:00"])
def test_a_moment_of_the_store_is_told_in_beijing(at: str) -> None:
    assert in_beijing(at).strftime("%Y-%m-%d %H:%M") == "2026-03-02 01:30"


def test_what_a_check_changed_in_the_morning_is_of_that_day_and_not_of_the_day_before() -> None:
    row = SimpleNamespace(
        since="2026-03-01T17:30:00+00:00", document_id="d", pack_id="p", change="new", place="青岚县", position=1
    )
    (changed,) = _by_unit(cast("list[Any]", [row]))
    assert changed.day == "2026-03-02"


def test_a_saved_search_and_a_draft_say_when_by_the_readers_clock(own_client: TestClient) -> None:
    home = own_client.app.state.corpora.home  # type: ignore[attr-defined]
    with Corpus.open(home) as corpus:
        corpus.save_search("共同体", "学校共同体")
    token = own_client.app.state.guard._made("")  # type: ignore[attr-defined]
    begun = own_client.post("/drafts/new/pack", data={"csrf": token, "pack": "henan-2025"}, follow_redirects=False)
    now = datetime.now(UTC) + timedelta(hours=8)
    shown = {f"{now - timedelta(minutes=ago):%Y-%m-%d %H:%M}" for ago in (0, 1, 2)}
    for page in ("/searches", "/packs", begun.headers["location"]):
        text = own_client.get(page).text
        assert shown & set(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", text)), page
        assert "UTC" not in text, page


def test_no_template_writes_a_time_by_itself() -> None:
    raw = re.compile(r"strftime|isoformat|UTC|_at\[|_on\[|_at \}\}")
    found = {path.name: raw.findall(path.read_text("utf-8")) for path in _ROOM.rglob("*.html")}
    assert {name: some for name, some in found.items() if some} == {}
