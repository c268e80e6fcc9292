"""Several processes that answer at one address: a request is answered by whichever is free.

What one of them knows and another needs is in the corpus folder, the accounts or the key that all of them are given.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders

from duzheng.web.guard import Access, NotServed

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST = 4
"""Processes of a server unless it is told otherwise: each has its own index and pages in memory."""
_HUNG_SECONDS = 30
"""A process that says nothing for so long is ended and replaced. One that dies while it is asked counts as saying nothing."""
_ANSWERS = 16
"""Answers on one connection, on average."""
_ENDING_SECONDS = 10
"""What is being answered when the server is told to end has so long; a caller that sends slowly does not hold it up."""


def usual() -> int:
    """As many processes as there are processors for this one, at most ``MOST``."""
    return min(MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Making:
    """Makes the application of one process; what is in it is sent there."""

    home: Path
    access: Access
    workers: int
    parent: int = field(default_factory=os.getpid)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def __call__(self) -> FastAPI:
        from duzheng.web.app import create_app

        if os.getpid() != self.parent:
            from flows.lifetime import die_with_parent

            die_with_parent()
            if os.getppid() != self.parent:  # it was gone before the kernel was asked
                raise SystemExit(0)
        app = create_app(self.home, self.access, self.key)
        if self.workers > 1:
            app.add_middleware(Moving)
        return app


class Moving:
    """ASGI around an application: now and then a caller is told to connect again, and whichever process is free takes it.

    A browser or a proxy keeps its connection, and with it the process that took it, however busy that one is later.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; ends one connection of ``_ANSWERS`` that are answered."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and random.randrange(_ANSWERS) == 0:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class OneAtATime(asyncio.SelectorEventLoop):
    """A loop that takes one connection when there are any, not all of them: whichever process is free takes the next one.

    Else the first process that wakes takes all that wait, and whoever keeps a connection waits behind the others of that
    process while the next one has nothing to do.
    """

    async def create_server(self, *args: Any, **options: Any) -> asyncio.Server:
        """Listens as asyncio does; ``sock`` is the socket that the processes share, ``backlog`` the connections that wait."""
        sock, waiting = options["sock"], options["backlog"]
        # asyncio takes as many connections in a row as it lets wait.
        server = await super().create_server(*args, **{**options, "backlog": 1})
        assert isinstance(sock, socket.socket)
        sock.listen(waiting)
        return server


def run(home: Path, access: Access, host: str, port: int, workers: int) -> None:
    """Serves until it is told to end (SIGINT, SIGTERM); a process that dies is replaced.

    Raises:
        NotServed: the address cannot be listened on.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    # The proxy's headers about the caller are not believed; its address is what ``--proxy`` speaks of.
    config = uvicorn.Config(
        Making(home, access, workers),
        factory=True,
        host=host,
        port=port,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        workers=workers,
        loop=f"{__name__}:{OneAtATime.__name__}",
        timeout_worker_healthcheck=_HUNG_SECONDS,
        timeout_graceful_shutdown=_ENDING_SECONDS,
    )
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # uvicorn has said why
        raise NotServed(f"{host}:{port}: 无法监听 / cannot be listened on") from error
    try:
        if workers == 1:
            server = uvicorn.Server(config)
            with suppress(KeyboardInterrupt):
                server.run(sockets=[listening])
            if not server.started:
                raise NotServed(f"{host}:{port}: 服务未能启动 / the server did not start; its log says why")
        else:
            Multiprocess(config, sockets=[listening]).run()
    finally:
        listening.close()
