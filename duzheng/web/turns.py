"""Pages are made a few at a time, in the order in which they were asked for.

Making a page is work of the processor, and Python does one thing at a time: forty threads that make pages at once take longer
for each of them, and longer together, than if each waited for its turn. What waits for other processes or sends files (page
images, plots, tables, originals) and what changes something does not take turns.
"""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath

from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 4
"""Pages that a process makes at once: while one waits for the disk or the index, others go on; one slow page holds up no other."""


class Turns:
    """ASGI around an application. A page has its turn until it is made; how fast it is fetched then holds nobody up."""

    def __init__(self, app: ASGIApp, at_once: int = AT_ONCE) -> None:
        self._app = app
        self._free = asyncio.Semaphore(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on when it is its turn."""
        if not _is_page(scope):
            await self._app(scope, receive, send)
            return
        await self._free.acquire()
        held = True

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                self._free.release()

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
