"""A Prefect server for tests that need one and promise nothing of how it starts: once in a process that runs tests.

A server takes longer to start than most runs do. That commands start one of their own, quietly, and end it is what
``tests/flows/test_ingest.py`` and ``tests/duzheng/test_demo.py`` promise.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows import quiet


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server's interface."""
    folder = tmp_path_factory.mktemp("prefect-server")
    port = quiet._free_port()
    url = f"http://127.0.0.1:{port}/api"
    with quiet._environment(quiet._settings(folder, url)):
        server = quiet._start(folder, port, stays=False)
    try:
        quiet._wait(server, url, folder)
        yield url
    finally:
        quiet._stop(server)


@pytest.fixture
def shared_prefect(prefect_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test runs uses the server that is there."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
