"""What many readers ask for at once is made once; what takes long is waited for, and fails for nobody."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from starlette.testclient import TestClient

from corpus.lock import WriterLock
from duzheng.web import computed as module
from duzheng.web.computed import Computed
from duzheng.web.shared import Shared

T = TypeVar("T")


def test_what_readers_ask_for_at_once_is_made_by_the_first_and_waited_for_by_the_others() -> None:
    shared, begun, go, made = Shared(), threading.Event(), threading.Event(), []

    def make() -> str:
        made.append(1)
        begun.set()
        go.wait(10)
        return "table"

    with ThreadPoolExecutor(8) as readers:
        first = readers.submit(shared.get, "key", make)
        assert begun.wait(10)
        others = [readers.submit(shared.get, "key", make) for _ in range(7)]
        assert not any(one.done() for one in others)
        go.set()
        assert {one.result(10) for one in (first, *others)} == {"table"}
    assert made == [1]


def test_what_could_not_be_made_is_made_again_for_the_next() -> None:
    shared = Shared()
    with pytest.raises(ZeroDivisionError):
        shared.get("key", lambda: 1 // 0)
    assert shared.get("key", lambda: 2) == 2


def test_the_things_made_last_are_kept() -> None:
    shared = Shared(kept=2)
    for key in ("a", "b"):
        shared.get(key, lambda: 1)
    shared.get("a", lambda: 0)
    shared.get("c", lambda: 1)
    assert [shared.get(key, lambda: 2) for key in ("a", "c")] == [1, 1]
    assert shared.get("b", lambda: 2) == 2, "it was asked for longest ago"


def in_a_loop(made: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, in a thread of its own: tests in a browser leave a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, made).result()


def test_a_page_waits_a_moment_and_a_picture_stands_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAITING", 3)
    answers, go = Computed(), threading.Event()
    for number in range(3):
        assert answers.get(number, lambda: go.wait(10), seconds=0.01) is None

    async def picture() -> int | None:
        waiting = asyncio.ensure_future(answers.waited("picture", lambda: 7, seconds=10))
        await asyncio.sleep(0)
        assert answers.get("page", lambda: 1, seconds=0.01) is None, "as many as may be are being made"
        go.set()
        return await waiting

    assert in_a_loop(picture()) == 7
    assert answers.get("page", lambda: 1, seconds=10) == 1


def test_a_picture_that_takes_too_long_is_said_to_be_made_and_is_there_later() -> None:
    answers, go = Computed(), threading.Event()

    async def picture(seconds: float) -> bool | None:
        return await answers.waited("picture", lambda: go.wait(10), seconds=seconds)

    assert in_a_loop(picture(0.01)) is None
    go.set()
    assert in_a_loop(picture(10)) is True


def test_what_goes_wrong_is_told_and_tried_again() -> None:
    answers = Computed()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            answers.get("key", lambda: 1 // 0, seconds=10)
        with pytest.raises(ZeroDivisionError):
            in_a_loop(answers.waited("key", lambda: 1 // 0, seconds=10))
    assert answers.get("key", lambda: 5, seconds=10) == 5


def test_a_picture_in_the_place_of_one_that_is_being_made_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        return None

    monkeypatch.setattr(Computed, "waited", never)
    shown = client.get("/trends/plot.svg", params={"t": "方案"})
    assert (shown.status_code, shown.headers["content-type"]) == (202, "image/svg+xml")
    assert "<text" in shown.text
    for address in ("/trends/plot.png?t=方案&save=1", "/trends/table.csv?t=方案"):
        saved = client.get(address)
        assert saved.status_code == 202
        assert 'http-equiv="refresh"' in saved.text


def test_while_there_is_no_index_a_search_says_so_and_comes_by_itself(own_home: Path) -> None:
    from duzheng.web.app import create_app

    shutil.rmtree(own_home / "index")
    writer = WriterLock(own_home)
    writer.acquire()  # who writes is waited for: nobody makes the index meanwhile
    with TestClient(create_app(own_home), base_url="http://127.0.0.1") as browser:
        page = browser.get("/search", params={"q": "方案"})
        assert page.status_code == 202
        assert 'http-equiv="refresh"' in page.text
        asked = browser.get("/api/v1/search", params={"q": "方案"})
        assert (asked.status_code, asked.headers["retry-after"]) == (503, "5")
        assert asked.headers["content-type"] == "application/problem+json"
        assert browser.get("/").status_code == 200, "other pages need none"
        writer.release()
        deadline = time.monotonic() + 60
        while browser.get("/search", params={"q": "方案"}).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
