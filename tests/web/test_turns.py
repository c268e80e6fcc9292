"""Pages take turns; what waits for something else, and who fetches slowly, holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from duzheng.web.sharing import Moving
from duzheng.web.turns import Queue, Turns
from tests import own_loop

START = {"type": "http.response.start", "status": 200, "headers": []}
Ask = Callable[..., "asyncio.Task[None]"]


class Making:
    """An application whose pages are made when they are told to be."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.made: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        self.begun.append(path)
        await self.made.setdefault(path, asyncio.Event()).wait()
        if path.endswith("fails"):
            raise RuntimeError(path)
        await send(START)
        await send({"type": "http.response.body", "body": b""})


def tried(told: Callable[[Making, Ask], Awaitable[None]], slow: float = 0.0) -> None:
    """Two at once; with ``slow`` zero every page is slow."""

    async def run() -> None:
        making = Making()
        turns = Turns(making, Queue(2, slow))
        asked = []

        def ask(path: str, method: str = "GET", send: Any = None) -> asyncio.Task[None]:
            async def nobody(message: Any) -> None: ...

            scope = {"type": "http", "method": method, "path": path}
            asked.append(asyncio.ensure_future(turns(scope, nobody, send or nobody)))  # type: ignore[arg-type]
            return asked[-1]

        await told(making, ask)
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    own_loop.run(run())


async def _settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_pages_are_made_in_the_order_in_which_they_are_asked_for() -> None:
    async def told(making: Making, ask: Ask) -> None:
        for number in range(5):
            ask(f"/search{number}")
        await _settled()
        assert making.begun == ["/search0", "/search1"]
        making.made["/search1"].set()
        await _settled()
        assert making.begun == ["/search0", "/search1", "/search2"]

    tried(told)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/documents/a/pages/1.png", "GET"),
        ("/trends/plot.svg", "GET"),
        ("/matrix.xlsx", "GET"),
        ("/plans/a/notice.docx", "GET"),
        ("/documents/a/original", "GET"),
        ("/static/app.js", "GET"),
        ("/upload", "POST"),
        ("/api/v1/check", "POST"),
    ],
)
def test_what_is_no_page_waits_for_no_turn(path: str, method: str) -> None:
    async def told(making: Making, ask: Ask) -> None:
        ask("/a")
        ask("/b")
        ask(path, method)
        await _settled()
        assert sorted(making.begun) == sorted(["/a", "/b", path])

    tried(told)


def test_who_fetches_slowly_holds_no_turn() -> None:
    async def told(making: Making, ask: Ask) -> None:
        async def never(message: Any) -> None:
            await asyncio.Event().wait()

        for name in ("/a", "/b"):
            making.made[name] = asyncio.Event()
            making.made[name].set()
            ask(name, send=never)
        ask("/c")
        await _settled()
        assert making.begun == ["/a", "/b", "/c"]

    tried(told)


def test_a_page_that_fails_and_a_caller_who_goes_away_leave_their_turn() -> None:
    async def told(making: Making, ask: Ask) -> None:
        failing, going, waiting = ask("/fails"), ask("/goes"), ask("/waits")
        await _settled()
        waiting.cancel()  # before it had a turn: there is none to leave
        making.made["/fails"].set()
        going.cancel()
        await _settled()
        assert isinstance(failing.exception(), RuntimeError)
        for name in ("/x", "/y", "/z"):
            ask(name)
        await _settled()
        assert making.begun == ["/fails", "/goes", "/x", "/y"]

    tried(told)


def test_one_page_is_made_at_a_time_until_it_is_slow() -> None:
    async def told(making: Making, ask: Ask) -> None:
        for name in ("/slow", "/quick", "/last"):
            ask(name)
        await _settled()
        assert making.begun == ["/slow"]
        await asyncio.sleep(0.1)
        assert making.begun == ["/slow", "/quick"], "the slow one still has its place, and the quick one the turn"
        making.made["/quick"].set()
        await _settled()
        assert making.begun == ["/slow", "/quick", "/last"]

    tried(told, slow=0.05)


def test_who_is_answered_while_others_wait_is_told_to_connect_again() -> None:
    ends = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({**START, "headers": []})

    async def send(message: Any) -> None:
        ends.append((b"connection", b"close") in message["headers"])

    async def run() -> None:
        queue = Queue(1)
        moving = Moving(app, queue)
        leave = await queue.take()
        await moving({"type": "http"}, send, send)  # type: ignore[arg-type]
        waiting = asyncio.ensure_future(queue.take())
        await _settled()
        await moving({"type": "http"}, send, send)  # type: ignore[arg-type]
        leave()
        (await waiting)()
        await moving({"type": "http"}, send, send)  # type: ignore[arg-type]

    own_loop.run(run())
    assert ends == [False, True, False]
