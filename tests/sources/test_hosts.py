"""No source leads into the network it runs in: by address, by name, by a name that changes its mind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import pytest

from schemas.fetching import FetchFailed
from sources.fetch import Bounds, Clock, Fetcher
from sources.fetch.connecting import CheckedNetwork, Deadline
from sources.fetch.hosts import Refused, addresses, is_public, lookup
from tests.sources.site import Site, notice
from tests.sources.site.faults import FaultKind

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1", "::127.0.0.1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "114.114.114.114", "223.5.5.5", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "017700000001", "localhost", "::1", "0"])
def test_every_notation_of_an_address_is_seen_through(host: str) -> None:
    with pytest.raises(Refused) as refused:
        addresses(host, 80, lookup, 5.0, allow_private=False)
    assert refused.value.cause == "private_address"


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(Refused) as refused:
        addresses("a.example.cn", 80, lambda host, port: ["1.1.1.1", "10.0.0.1"], 5.0, allow_private=False)
    assert refused.value.cause == "private_address"
    assert "10.0.0.1" in refused.value.message


def test_a_name_without_an_address_may_have_one_later() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(Refused) as refused:
        addresses("a.example.cn", 80, unknown, 5.0, allow_private=False)
    assert (refused.value.cause, refused.value.again) == ("no_connection", True)


def test_a_name_that_cannot_be_a_name_is_refused_too() -> None:
    with pytest.raises(Refused):
        addresses("a" * 70 + ".cn", 80, lookup, 5.0, allow_private=False)


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    released = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        released.wait(30)
        return []

    with pytest.raises(Refused) as refused:
        addresses("a.example.cn", 80, hangs, 0.02, allow_private=False)
    released.set()
    assert refused.value.cause == "timeout"


class _Sockets(httpcore.NetworkBackend):
    """Connects to nothing and notes what it was to connect to."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.asked.append(host)
        raise httpcore.ConnectError("nothing here")


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """DNS rebinding: a second look-up would give the loopback address, so there must be none."""
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["1.2.3.4", "2400:3200::1"] if len(looked_up) == 1 else ["127.0.0.1"]

    sockets = _Sockets()
    network = CheckedNetwork(rebinding, False, Bounds(), Deadline(), Clock(), sockets)
    with pytest.raises(httpcore.ConnectError):
        network.connect_tcp("a.example.cn", 80, 1.0)
    assert sockets.asked == ["1.2.3.4", "2400:3200::1"]
    assert looked_up == ["a.example.cn"]
    with pytest.raises(Refused):
        network.connect_tcp("a.example.cn", 80, 1.0)
    assert sockets.asked == ["1.2.3.4", "2400:3200::1"]


@pytest.mark.parametrize("way", ["redirect", "refresh"])
def test_a_redirect_to_a_name_with_a_private_address_is_refused(
    site: Site, fetcher: Callable[..., Fetcher], monkeypatch: pytest.MonkeyPatch, way: FaultKind
) -> None:
    """The test site's own address passes for a public one here."""
    monkeypatch.setattr("sources.fetch.hosts.is_public", lambda address: address == "127.0.0.1")
    names = {"outside.example.cn": ["127.0.0.1"], "inside.example.cn": ["10.0.0.7"]}
    url = site.publish(notice(1)).replace("127.0.0.1", "outside.example.cn")
    asking = fetcher(hosts=["*.example.cn"], allow_private=False, resolve=lambda host, port: names[host])
    assert asking.ask(url).status == 200
    site.fail("/art/*", way, seconds=0, location="http://inside.example.cn/a")
    with pytest.raises(FetchFailed) as failed:
        asking.ask(url)
    assert failed.value.cause == "private_address"
    assert "10.0.0.7" in failed.value.message


def test_the_next_address_is_tried_when_one_does_not_answer(site: Site, fetcher: Callable[..., Fetcher]) -> None:
    asking = fetcher(hosts=["a.example.cn"], resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"])
    assert asking.ask(f"http://a.example.cn:{site.port}/sitemap.xml").status == 200
