"""Coroutines in a thread of their own: the tests in a browser leave a running loop in the one that runs the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Result = TypeVar("Result")


def run(
    coroutine: Coroutine[object, object, Result], loop: Callable[[], asyncio.AbstractEventLoop] | None = None
) -> Result:
    """What the coroutine gives, run to its end in a loop that ``loop`` makes, else in a usual one."""

    def whole() -> Result:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(coroutine)

    # In the caller's context: Prefect's settings are there, and without them its client starts a server of its own.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, whole).result()
