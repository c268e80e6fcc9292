"""Connections: to addresses that were checked, through the proxy where there is one, each within its time."""

from __future__ import annotations

import ipaddress
import os
import ssl
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import httpcore
import httpx

from sources.fetch import hosts
from sources.fetch.bounds import Bounds
from sources.fetch.clock import Clock
from sources.fetch.hosts import Refused, Resolver

_OWN_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class Deadline(threading.local):
    """By when the answer that this thread waits for has to be complete, on the clock's ``monotonic``."""

    at: float = float("inf")


class CheckedNetwork(httpcore.NetworkBackend):
    """Opens connections for httpcore: resolves once, checks every address, connects to one that was checked.

    Args:
        resolve: the resolver.
        allow_private: whether addresses that are not public may be asked.
        bounds: how long looking up a name may take.
        deadline: bounds every read and write, so that neither a header nor a body can drip for ever.
        clock: what the deadline is measured by.
        sockets: opens a connection to an address.
    """

    def __init__(
        self,
        resolve: Resolver,
        allow_private: bool,
        bounds: Bounds,
        deadline: Deadline,
        clock: Clock,
        sockets: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        self._bounds = bounds
        self._deadline = deadline
        self._clock = clock
        self._sockets = sockets or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to one of the host's addresses: each is tried in turn."""
        found = hosts.addresses(host, port, self._resolve, self._bounds.resolve_seconds, self._allow_private)
        failed: Exception = httpcore.ConnectError(host)
        for address in found:
            try:
                stream = self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Timed(stream, self._deadline, self._clock)
        raise failed

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._clock.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A stream whose every operation ends by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, clock: Clock) -> None:
        self._stream = stream
        self._deadline = deadline
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None, late: type[Exception]) -> float:
        left = self._deadline.at - self._clock.monotonic()
        if left <= 0:
            raise late("the answer takes too long")
        return left if timeout is None else min(timeout, left)


class Transport(httpx.BaseTransport):
    """What an httpx client sends its requests through: a pool of connections, and one for each proxy.

    Args:
        network: opens the connections to hosts.
        to_proxies: opens those to proxies, which stand in the private network as a rule.
        resolve: looks up names that a proxy would be asked for.
        allow_private: as of the source.
        bounds: how long that may take.
        proxy: the source's; else the environment's (``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``, ``NO_PROXY``).
    """

    def __init__(
        self,
        network: httpcore.NetworkBackend,
        to_proxies: httpcore.NetworkBackend,
        resolve: Resolver,
        allow_private: bool,
        bounds: Bounds,
        proxy: str | None,
    ) -> None:
        self._network = network
        self._to_proxies = to_proxies
        self._resolve = resolve
        self._allow_private = allow_private
        self._bounds = bounds
        self._proxy = proxy
        self._lock = threading.Lock()
        self._pools: dict[str | None, httpcore.ConnectionPool] = {}
        self._behind_proxy: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises ``Refused`` and the errors of httpcore."""
        proxy = proxy_for(request.url.scheme, request.url.host, self._proxy)
        if proxy is not None:
            self._check_behind(request.url.host)
        assert isinstance(request.stream, httpx.SyncByteStream)
        answer = self._pool(proxy).handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def _pool(self, proxy: str | None) -> httpcore.ConnectionPool:
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = self._new(proxy, _certificates(*map(os.environ.get, _OWN_CERTIFICATES)))
            return self._pools[proxy]

    def _new(self, proxy: str | None, context: ssl.SSLContext) -> httpcore.ConnectionPool:
        if proxy is None:
            return httpcore.ConnectionPool(ssl_context=context, network_backend=self._network, keepalive_expiry=15)
        given = httpx.Proxy(proxy)
        return httpcore.HTTPProxy(
            proxy_url=httpcore.URL(
                scheme=given.url.raw_scheme, host=given.url.raw_host, port=given.url.port, target=given.url.raw_path
            ),
            proxy_auth=given.raw_auth,
            ssl_context=context,
            proxy_ssl_context=context if given.url.scheme == "https" else None,
            network_backend=self._to_proxies,
            keepalive_expiry=15,
        )

    def _check_behind(self, host: str) -> None:
        """A name that a proxy is asked for: it resolves it, so it is checked here as far as it is known here."""
        if self._allow_private or host in self._behind_proxy:
            return
        try:
            hosts.addresses(host, 0, self._resolve, self._bounds.resolve_seconds, False)
        except Refused as refused:
            # Behind a firewall only the proxy may know the name.
            if refused.cause == "private_address" or _is_address(host):
                raise
        self._behind_proxy.add(host)


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def proxy_for(scheme: str, host: str, own: str | None) -> str | None:
    """The proxy that a host is asked through, None for none.

    Args:
        scheme: ``http`` or ``https``.
        host: the host.
        own: the source's, which counts before the environment's.

    Raises:
        Refused: it is of a kind that is not supported (SOCKS).
    """
    found = own
    if found is None and not _is_loopback(host):
        proxies = getproxies_environment()
        given = proxies.get(scheme) or proxies.get("all")
        if given and not proxy_bypass(host):
            found = given if "://" in given else f"http://{given}"
    if found is not None and urlsplit(found).scheme not in ("http", "https"):
        where = "来源的 proxy / the source's proxy" if own else "环境变量 / the environment"
        raise Refused(
            "no_connection",
            f"不支持这种代理：{urlsplit(found).scheme}（{where}） / proxies of this kind are not supported",
            "请用 http:// 或 https:// 代理 / use a proxy of http:// or https://",
        )
    return found


@cache
def _certificates(file: str | None, folder: str | None) -> ssl.SSLContext:
    """The certificates that servers are held against: certifi's, or those that the environment names.

    Firewalls that look into TLS bring one of their own. Made once: it takes longer than a request.
    """
    return httpx.create_ssl_context()


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
