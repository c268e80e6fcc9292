"""A Prefect server for tests that need one and promise nothing of how it starts: once for all processes that run them.

A server takes longer to start than most runs do. That commands start one of their own, quietly, and end it is what
``tests/flows/test_ingest.py`` and ``tests/duzheng/test_demo.py`` promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from flows import quiet
from tests.shared_server import shared_server


@pytest.fixture(scope="session")
def prefect_server(together: Path) -> Iterator[str]:
    """The address of a server's interface."""

    def start(stack: ExitStack) -> str:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="duzheng-prefect-")))
        port = quiet._free_port()
        url = f"http://127.0.0.1:{port}/api"
        with quiet._environment(quiet._settings(folder, url)):
            server = quiet._start(folder, port, stays=False)
        stack.callback(quiet._stop, server)
        quiet._wait(server, url, folder)
        return url

    with shared_server(together, "prefect", start) as url:
        yield url


@pytest.fixture
def shared_prefect(prefect_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test runs uses the server that is there."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
