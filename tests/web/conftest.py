"""What tests of the web face share: a corpus of the samples, made once, and browsers without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.copied import copied

__all__ = ["SAMPLES", "client", "own_client", "own_home", "samples_server", "site_home"]

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="session")
def site_home(samples_home: Path) -> Path:
    """A corpus of the samples, checked. It is shared: a test that writes makes a copy of it (``own_home``)."""
    return samples_home


@pytest.fixture
def own_home(site_home: Path, tmp_path: Path) -> Path:
    """A copy of the corpus of the samples for one test."""
    return copied(site_home, tmp_path / "corpus")


@pytest.fixture(scope="session")
def samples_server(site_home: Path) -> Iterator[TestClient]:
    """The application on the samples, which keeps what it once worked out; started once."""
    from duzheng.web.app import create_app

    with TestClient(create_app(site_home), base_url="http://127.0.0.1") as found:
        yield found


@pytest.fixture
def client(samples_server: TestClient) -> TestClient:
    """A browser of this test's own on the samples, without accounts; its server is shared and nothing is written there."""
    found = TestClient(samples_server.app, base_url="http://127.0.0.1")
    found.portal = samples_server.portal  # where its server runs: it is neither started nor ended again
    return found


@pytest.fixture
def own_client(own_home: Path) -> Iterator[TestClient]:
    """A browser on a corpus of this test's own, without accounts."""
    from duzheng.web.app import create_app

    with TestClient(create_app(own_home), base_url="http://127.0.0.1") as found:
        yield found
