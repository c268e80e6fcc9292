"""What the tests of sources share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sources.fetch import Fetcher, Pace
from tests.sources.fake_clock import FakeClock
from tests.sources.site import Site


@pytest.fixture
def clock() -> FakeClock:
    """A clock on which waiting takes no time."""
    return FakeClock()


@pytest.fixture
def fetcher(site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Fetcher]]:
    """Makes fetchers of a source on the test site, on the fake clock; what is given goes into the source or the fetcher."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made: list[Fetcher] = []

    def make(**given: Any) -> Fetcher:
        of_fetcher = {
            name: given.pop(name) for name in ("resolve", "bounds", "clock", "pace_of_hosts") if name in given
        }
        usual = {"clock": clock, "pace_of_hosts": Pace(of_fetcher.get("clock", clock))}
        made.append(Fetcher(site.definition(**given), **(usual | of_fetcher)))
        return made[-1]

    yield make
    for one in made:
        one.close()
