"""Pages take turns; what waits for something else, and who fetches slowly, holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from duzheng.web.turns import Turns
from duzheng.web.workers import Moving
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


def tried(told: Callable[[Making, Ask], Awaitable[None]], at_once: int = 2) -> None:
    async def run() -> None:
        making = Making()
        turns = Turns(making, at_once)
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
        assert making.begun == ["/a", "/b", path]

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


def test_a_connection_does_not_stay_with_one_process_for_ever() -> None:
    ends = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({**START, "headers": []})

    async def send(message: Any) -> None:
        ends.append((b"connection", b"close") in message["headers"])

    async def run() -> None:
        for _ in range(2000):
            await Moving(app)({"type": "http"}, send, send)  # type: ignore[arg-type]

    own_loop.run(run())
    assert 20 < sum(ends) < 500, "now and then, so that most requests need no new connection"
