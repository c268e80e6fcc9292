"""A process takes a connection when it has time for it, and leaves the others to whoever has."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable

import pytest

from duzheng.web.sharing import SharingLoop
from duzheng.web.turns import Queue
from tests import own_loop


class Taken(asyncio.Protocol):
    def __init__(self, taken: list[Taken]) -> None:
        self.taken = taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.taken.append(self)


Told = Callable[[Queue, list[Taken], Callable[[], socket.socket]], Awaitable[None]]


def tried(told: Told) -> None:
    taken: list[Taken] = []
    callers: list[socket.socket] = []

    async def run(listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SharingLoop)
        loop.queue = Queue(1)

        def call() -> socket.socket:
            callers.append(socket.create_connection(listening.getsockname(), timeout=10))
            return callers[-1]

        server = await loop.create_server(lambda: Taken(taken), sock=listening, backlog=100)
        try:
            assert server.is_serving()
            await told(loop.queue, taken, call)
        finally:
            for one in taken:
                one.transport.close()
            server.close()
            listening.close()
            await server.wait_closed()
            assert not server.is_serving()

    try:
        own_loop.run(run(socket.create_server(("127.0.0.1", 0))), SharingLoop)
    finally:
        for one in callers:
            one.close()


async def until(told: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not told():
            await asyncio.sleep(0.01)


def test_everybody_is_taken_while_nobody_waits() -> None:
    async def told(queue: Queue, taken: list[Taken], call: Callable[[], socket.socket]) -> None:
        for _ in range(6):
            call()
        await until(lambda: len(taken) == 6)

    tried(told)


def test_nobody_is_taken_while_others_wait_and_turns_are_given_back() -> None:
    async def told(queue: Queue, taken: list[Taken], call: Callable[[], socket.socket]) -> None:
        leave = await queue.take()
        waiting = [asyncio.ensure_future(queue.take()) for _ in range(3)]
        await asyncio.sleep(0.05)
        # The server waits for a connection already: this one is taken, and none after it.
        call()
        await until(lambda: len(taken) == 1)
        call()
        for one in waiting:
            await asyncio.sleep(0.1)
            assert len(taken) == 1
            leave()
            leave = await one
        await until(lambda: len(taken) == 2)
        leave()

    tried(told)


def test_where_turns_are_held_for_long_whoever_needs_none_is_taken_all_the_same() -> None:
    async def told(queue: Queue, taken: list[Taken], call: Callable[[], socket.socket]) -> None:
        leave = await queue.take()
        waiting = asyncio.ensure_future(queue.take())
        for _ in range(3):
            call()
        await until(lambda: len(taken) == 3)
        assert queue.waiting == 1
        leave()
        (await waiting)()

    tried(told)


def test_a_system_that_is_short_of_descriptors_is_said_and_connections_are_taken_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = [True]
    said: list[dict[str, object]] = []
    accept = SharingLoop.sock_accept

    async def refusing(self: SharingLoop, sock: socket.socket) -> tuple[socket.socket, object]:
        if short.pop() if short else False:
            raise OSError(errno.EMFILE, "too many open files")
        return await accept(self, sock)

    monkeypatch.setattr(SharingLoop, "sock_accept", refusing)
    monkeypatch.setattr(SharingLoop, "call_exception_handler", lambda self, context: said.append(context))

    async def told(queue: Queue, taken: list[Taken], call: Callable[[], socket.socket]) -> None:
        call()
        await until(lambda: len(taken) == 1)

    tried(told)
    assert [one["message"] for one in said] == ["a connection cannot be taken now"]
