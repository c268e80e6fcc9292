"""Who takes a connection, where several processes answer at one address: the one that has time for it.

A process whose callers wait for their turns leaves new connections to the others, and tells those whom it answers to connect
again. So whoever waits, waits where all processes look, and nobody waits behind the others of one process while the next
one has nothing to do.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from duzheng.web.turns import Queue

_BREATH = 0.001
"""Seconds between two connections that are taken, in which the first may ask for something."""
_SHORT_OF = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_SHORT_SECONDS = 1.0


class Moving:
    """ASGI around an application: while others wait here, whoever is answered is told to connect again.

    A browser or a proxy keeps its connection, and with it the process that took it, however busy that one is later.
    """

    def __init__(self, app: ASGIApp, queue: Queue) -> None:
        self._app = app
        self._queue = queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and self._queue.waiting:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class SharingLoop(asyncio.SelectorEventLoop):
    """A loop that takes a connection when nobody waits in ``queue``; until that is set, asyncio's own way."""

    queue: Queue | None = None

    async def create_server(self, *args: Any, **options: Any) -> Any:
        """Listens as asyncio does; ``sock`` is the socket that the processes share, ``backlog`` the connections that wait."""
        if self.queue is None:
            return await super().create_server(*args, **options)
        (protocol,) = args
        sock, waiting = options["sock"], options["backlog"]
        sock.setblocking(False)
        sock.listen(waiting)
        return Taking(self, sock, protocol, self.queue)


class Taking(asyncio.AbstractServer):
    """Takes the connections of a socket, one at a time, when there is time for them."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        queue: Queue,
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._protocol = protocol
        self._queue = queue
        self._task = loop.create_task(self._take())

    async def _take(self) -> None:
        while True:
            await self._queue.empty()
            try:
                connection, _ = await self._loop.sock_accept(self._sock)
            except OSError as error:
                # The caller is gone again; or the system is short of something, which it may have again in a while.
                if error.errno in _SHORT_OF:
                    self._loop.call_exception_handler(
                        {"message": "a connection cannot be taken now", "exception": error, "socket": self._sock}
                    )
                await asyncio.sleep(_SHORT_SECONDS if error.errno in _SHORT_OF else _BREATH)
                continue
            await self._loop.connect_accepted_socket(self._protocol, connection)
            await asyncio.sleep(_BREATH)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop it belongs to."""
        return self._loop

    def is_serving(self) -> bool:
        """Whether connections are taken."""
        return not self._task.done()

    async def start_serving(self) -> None:
        """Connections are taken from the beginning."""

    async def serve_forever(self) -> None:
        """Returns when it was closed."""
        await asyncio.wait([self._task])

    def close(self) -> None:
        """Takes no more connections. What was taken goes on, and the socket is its owner's."""
        if not self._task.done() and self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock)  # before the owner closes it
        self._task.cancel()

    async def wait_closed(self) -> None:
        """Returns when it was closed."""
        await asyncio.wait([self._task])
