"""Pages are made one at a time, in the order in which they were asked for; a slow one has others beside it.

Making a page is work of the processor, and Python does one thing at a time: forty threads that make pages at once take longer
for each of them, and longer together, than if each waited for its turn. What waits for other processes or sends files (page
images, plots, tables, originals) and what changes something does not take turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePosixPath

from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 4
"""Pages that a process makes at once: while slow ones wait for the disk or the index, others are made."""
_SLOW_SECONDS = 0.1
"""A page that takes longer is slow, and the next one is begun beside it."""
_STUCK_SECONDS = 0.5
"""Where no page was ready for so long, those that are made take long."""


class Queue:
    """Who makes a page in this process, and who waits: one page at a time, and others beside those that turn out to be slow."""

    def __init__(self, at_once: int = AT_ONCE, slow: float = _SLOW_SECONDS) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._turn = asyncio.Lock()
        self._slow = slow
        self._waiting = 0
        self._empty = asyncio.Event()
        self._empty.set()
        self._since = 0.0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._waiting

    async def take(self) -> Callable[[], None]:
        """Waits for a turn; what is returned gives it back, and does nothing when it is called again."""
        if not self._waiting:
            self._since = asyncio.get_running_loop().time()
        self._waiting += 1
        self._empty.clear()
        try:
            await self._room.acquire()
            try:
                await self._turn.acquire()
            except BaseException:
                self._room.release()
                raise
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._empty.set()
        return self._leaver()

    def _leaver(self) -> Callable[[], None]:
        loop = asyncio.get_running_loop()
        held = True
        slow: asyncio.TimerHandle | None = None

        def next_one() -> None:
            nonlocal slow
            if slow is not None:
                slow.cancel()
                slow = None
                self._turn.release()

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                self._since = loop.time()
                next_one()
                self._room.release()

        slow = loop.call_later(self._slow, next_one)
        return leave

    async def empty(self) -> None:
        """Returns when nobody waits, and also when everybody does so for long: whoever comes then may need no turn."""
        while not self._empty.is_set():
            left = self._since + _STUCK_SECONDS - asyncio.get_running_loop().time()
            if left <= 0:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._empty.wait()


class Turns:
    """ASGI around an application. A page has its turn until it is made; how fast it is fetched then holds nobody up."""

    def __init__(self, app: ASGIApp, queue: Queue) -> None:
        self._app = app
        self._queue = queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on when it is its turn."""
        if not _is_page(scope):
            await self._app(scope, receive, send)
            return
        leave = await self._queue.take()

        async def sending(message: Message) -> None:
            leave()
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            leave()


def _is_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = PurePosixPath(scope["path"])
    return not (path.suffix or path.name == "original" or scope["path"].startswith("/static/"))
