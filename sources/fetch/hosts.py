"""Names to addresses, and which addresses may be asked: a source must not lead into the network it runs in.

A name is looked up once for a connection, all its addresses are checked, and the connection goes to one that was checked:
a name that means another address a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from schemas.fetching import FetchCause

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]
"""A host's name (or address) and a port to its addresses; raises ``OSError`` where there are none."""

_CARRYING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::ffff:0:0/96"))
"""IPv6 addresses that mean the IPv4 address in their last 32 bits: NAT64 (RFC 6052, 2.1), mapped ones (RFC 4291, 2.5.5.2)."""


@dataclass
class Refused(Exception):
    """A connection that is not made. ``again``: whether it may be another time."""

    cause: FetchCause
    message: str
    cure: str = ""
    again: bool = False


def host_of(url: str) -> str:
    """The host of an address as it is looked up: in lower case, 教育局.cn as xn--… (RFC 5891), without a dot at the end.

    Raises:
        ValueError: there is none, or it cannot be a name.
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if not host:
        raise ValueError("no host")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def lookup(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver, each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def addresses(host: str, port: int, resolve: Resolver, seconds: float, allow_private: bool) -> list[str]:
    """The addresses that a host may be asked at.

    Args:
        host: its name, or an address in any notation that the resolver takes (``127.1``, ``0x7f000001``).
        port: the port.
        resolve: the resolver.
        seconds: how long it may take.
        allow_private: whether the source allows addresses that are not public.

    Raises:
        Refused: the name has no address (``no_connection``), or one of its addresses is not public.
    """
    found = _within(seconds, lambda: resolve(host, port), host)
    if not found:
        raise _unknown(host, "no address")
    if not allow_private:
        for text in found:
            if not is_public(text):
                shown = host if host == text else f"{host}（{text}）"
                raise Refused(
                    "private_address",
                    f"{shown} 是内网或本机地址，未访问 / {shown} is an address of a private network and is not asked",
                    "确需访问时在来源中写 allow_private: true / where that is meant, allow_private: true in the source",
                )
    return found


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet (by IANA's registries of special addresses).

    An IPv6 address that carries an IPv4 address is what that one is.
    """
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _CARRYING):
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        tunnelled = [address.sixtofour, *(address.teredo or ())]
        if any(inner is not None and not is_public(str(inner)) for inner in tunnelled):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _within(seconds: float, resolve: Callable[[], list[str]], host: str) -> list[str]:
    """What ``resolve`` gives; the system's resolver has no timeout of its own, so it is asked in a thread."""
    outcome: list[list[str] | OSError | UnicodeError] = []

    def run() -> None:
        try:
            outcome.append(resolve())
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True, name="duzheng-lookup")
    thread.start()
    thread.join(seconds)
    if not outcome:
        message = f"{seconds:g} 秒内未查到域名 {host} / the name {host} was not resolved within {seconds:g} seconds"
        raise Refused("timeout", message, again=True)
    if isinstance(outcome[0], list):
        return outcome[0]
    raise _unknown(host, str(outcome[0])) from outcome[0]


def _unknown(host: str, why: str) -> Refused:
    return Refused(
        "no_connection",
        f"查不到域名 {host} / the name {host} has no address: {why}",
        "请核对网址和 DNS / check the address and the DNS",
        again=True,
    )
