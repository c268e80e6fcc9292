"""Several processes that answer at one address: a request is answered by whichever is free.

What one of them knows and another needs is in the corpus folder, the accounts or the key that all of them are given.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from duzheng.web.guard import Access, NotServed
from duzheng.web.sharing import Moving, SharingLoop

if TYPE_CHECKING:
    from fastapi import FastAPI

MOST = 4
"""Processes of a server unless it is told otherwise: each has its own index and pages in memory."""
_HUNG_SECONDS = 30
"""A process that says nothing for so long is ended and replaced. One that dies while it is asked counts as saying nothing."""
_MOMENT = 1.0
"""Seconds that a process has to say whether it answers already; it is asked again."""
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
        # What is loaded stays: looking through all of it for garbage again and again holds up a page for a tenth of a second.
        gc.collect()
        gc.freeze()
        if self.workers > 1:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, SharingLoop)
            loop.queue = app.state.queue
            app.add_middleware(Moving, queue=app.state.queue)
        return app


def run(home: Path, access: Access, host: str, port: int, workers: int, listening: Callable[[int], None]) -> None:
    """Serves until it is told to end (SIGINT, SIGTERM); a process that dies is replaced.

    Args:
        home: the folder of the corpus.
        access: who may come in.
        host: the address to listen on.
        port: of it; 0 for any that is free.
        workers: how many processes answer.
        listening: called once, with the port, when the first of them answers.

    Raises:
        NotServed: the address cannot be listened on, or the server did not start.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    class Telling(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                listening(bound.getsockname()[1])

    class TellingOfMany(Multiprocess):
        told = False

        def keep_subprocess_alive(self) -> None:
            super().keep_subprocess_alive()
            if not self.told and any(one.is_ready(_MOMENT) for one in self.processes):
                self.told = True
                listening(bound.getsockname()[1])

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
        loop=f"{SharingLoop.__module__}:{SharingLoop.__name__}",
        timeout_worker_healthcheck=_HUNG_SECONDS,
        timeout_graceful_shutdown=_ENDING_SECONDS,
    )
    try:
        bound = config.bind_socket()
    except SystemExit as error:  # uvicorn has said why
        raise NotServed(f"{host}:{port}: 无法监听 / cannot be listened on") from error
    try:
        if workers == 1:
            server = Telling(config)
            with suppress(KeyboardInterrupt):
                server.run(sockets=[bound])
            if not server.started:
                raise NotServed(
                    f"{host}:{port}: 服务未能启动，原因见其日志 / the server did not start; its log says why"
                )
        else:
            TellingOfMany(config, sockets=[bound]).run()
    finally:
        bound.close()
