"""Asks the servers of one source, in one run."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from types import TracebackType
from urllib.parse import quote, urljoin, urlsplit

import httpcore
import httpx

from schemas.fetching import Answer, FetchFailed, Validators
from schemas.logs import Log
from schemas.source import SourceDefinition
from sources.fetch import bodies, hosts, pace, robots, waits
from sources.fetch.bounds import Bounds
from sources.fetch.clock import Clock
from sources.fetch.connecting import CheckedNetwork, Deadline, Transport
from sources.fetch.failures import blocked_failure, failure_of, http_failure
from sources.fetch.hosts import Resolver
from sources.leading import leads_to

_log = Log(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TAKEN = frozenset({200, 203})
"""203 is a 200 that a proxy changed on its way (RFC 9110, 15.3.4)."""
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass
class _Again(Exception):
    """A request that may succeed another time; ``wait`` is what the server asked for."""

    failure: FetchFailed
    host: str
    wait: float | None = None


class Fetcher:
    """Asks the servers of one source, in one run: cookies and what a robots.txt says are kept as long as it lives.

    May be used from any thread; the pace for each host is kept across all fetchers of the process. Close it, or use it
    as a context manager.

    Args:
        definition: what the source allows: hosts, private addresses, pace, retries, headers, proxy.
        pace: whose turn it is; else the process's.
        clock: the time; else the machine's.
        resolve: names to addresses; else the system's resolver.
        bounds: sizes and times; else the usual ones.
    """

    def __init__(
        self,
        definition: SourceDefinition,
        pace_of_hosts: pace.Pace | None = None,
        clock: Clock | None = None,
        resolve: Resolver = hosts.lookup,
        bounds: Bounds | None = None,
    ) -> None:
        self._definition = definition
        self._pace = pace_of_hosts or pace.SHARED
        self._clock = clock or Clock()
        self._bounds = bounds or Bounds()
        self._deadline = Deadline()
        self._lock = threading.Lock()
        self._rules: dict[str, robots.Rules] = {}
        self._rules_locks: dict[str, threading.Lock] = {}
        self._failed_in_a_row: dict[str, int] = {}
        given = {name.lower(): value for name, value in definition.headers.items()}
        self._secret = {name: value for name, value in given.items() if name in _SECRET}
        self._headers = {
            "user-agent": f"duzheng/{version('duzheng')}",
            "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "accept-language": "zh-CN,zh;q=0.9,en;q=0.5",
            **{name: value for name, value in given.items() if name not in _SECRET},
            # What is sent packed has to be what is unpacked here.
            "accept-encoding": bodies.ACCEPTED,
        }
        self._product = robots.product_of(self._headers["user-agent"])
        parts = (resolve, definition.allow_private, self._bounds, self._deadline, self._clock)
        to_proxies = CheckedNetwork(resolve, True, self._bounds, self._deadline, self._clock)
        transport = Transport(
            CheckedNetwork(*parts), to_proxies, resolve, definition.allow_private, self._bounds, definition.proxy
        )
        self._client = httpx.Client(
            transport=transport, timeout=definition.timeout_seconds, trust_env=False, follow_redirects=False
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; forget the cookies."""
        self._client.close()

    def ask(self, url: str, validators: Validators | None = None) -> Answer:
        """What a server answers, tried again where that can help; redirects are followed, and pages without content that
        lead on at once (``sources.leading``) as redirects are.

        Args:
            url: the address.
            validators: of an earlier answer, for a conditional request.

        Returns:
            Status 200; or 304 with an empty body where ``validators`` are still valid.

        Raises:
            FetchFailed: ``not_allowed``, ``robots``, ``private_address``, ``no_connection``, ``timeout``,
                ``http_status``, ``redirects`` or ``too_large``; for a redirect that is refused, of where it led.
        """
        return self._ask(url, validators, obey=self._definition.obey_robots, through_pages=True)

    def _ask(self, url: str, validators: Validators | None, obey: bool, through_pages: bool) -> Answer:
        attempt = 0
        while True:
            try:
                return self._follow(url, validators, obey, through_pages)
            except _Again as again:
                self._hold_or_give_up(again, attempt)
                attempt += 1

    def _hold_or_give_up(self, again: _Again, attempt: int) -> None:
        """See to it that the next attempt waits; raises the failure where there is to be none."""
        failure, bounds = again.failure, self._bounds
        if again.wait is not None and again.wait > bounds.wait_seconds:
            # Kept for the others too: whoever asks the host now is told at once, see _check_host.
            self._pace.hold(again.host, min(again.wait, bounds.held_seconds))
            raise self._asked_to_wait(failure, again.wait) from failure
        if attempt >= self._definition.retries:
            with self._lock:
                if failure.status == 500:
                    # That page fails, time and again; the host is up.
                    self._failed_in_a_row.pop(again.host, None)
                else:
                    self._failed_in_a_row[again.host] = self._failed_in_a_row.get(again.host, 0) + 1
            tried = f"（试了 {attempt + 1} 次 / tried {attempt + 1} times）" if attempt else ""
            raise FetchFailed(
                failure.url, failure.cause, failure.message + tried, failure.cure, failure.status
            ) from failure
        wait = waits.back_off(attempt, self._definition.seconds_between, bounds.wait_seconds)
        self._pace.hold(again.host, wait if again.wait is None else again.wait)
        source, url, cause = self._definition.id, failure.url, failure.cause
        _log.info("fetch.retried", f"{source}: {url}: {failure.message}", source=source, url=url, cause=cause)

    def _follow(self, url: str, validators: Validators | None, obey: bool, through_pages: bool) -> Answer:
        """One attempt: an address and where it redirects to."""
        at, by_page = url, False
        for _ in range(self._bounds.redirects + 1):
            host = self._check_host(at)
            gap = self._definition.seconds_between
            if obey:
                rules = self._rules_of(robots.origin(at))
                if not rules.allows(at):
                    raise FetchFailed(
                        at,
                        "robots",
                        "网站的 robots.txt 不允许抓取 / the site's robots.txt does not allow it",
                        "请与网站联系，或在来源中写 obey_robots: false / ask the site, or obey_robots: false in the source",
                    )
                gap = max(gap, rules.crawl_delay)
            self._pace.turn(host, gap)
            answer = self._send(url, at, host, validators)
            if isinstance(answer, Answer):
                further = leads_to(answer.body, at) if through_pages and answer.status == 200 else None
                if further is None:
                    return replace(answer, by_page=by_page)
                # What an earlier answer said of its version was not said of where the page leads.
                answer, by_page, validators = further, True, None
            at = answer
        raise FetchFailed(
            url,
            "redirects",
            f"跳转超过 {self._bounds.redirects} 次 / more than {self._bounds.redirects} redirects",
            f"最后到 {at}，请核对网址 / the last one led to {at}; check the address",
        )

    def _send(self, url: str, at: str, host: str, validators: Validators | None) -> Answer | str:
        """One request: its answer, or the address that it redirects to."""
        self._deadline.at = self._clock.monotonic() + self._bounds.answer_seconds
        try:
            request = self._client.build_request("GET", at, headers=self._headers_for(at, validators))
            response = self._client.send(request, stream=True)
            try:
                taken = response.status_code in _TAKEN
                data = b"" if response.status_code == 304 else self._body(response, taken)
            finally:
                response.close()
        except hosts.Refused as refused:
            failure = FetchFailed(at, refused.cause, refused.message, refused.cure)
            if refused.again:
                raise _Again(failure, host) from refused
            raise failure from refused
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            failure, again = failure_of(at, error, self._definition.timeout_seconds, bool(self._definition.proxy))
            if again:
                raise _Again(failure, host) from error
            raise failure from error
        except (httpx.InvalidURL, httpx.HTTPError, httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            message = f"网址无效：{error} / this is no valid address"
            raise FetchFailed(at, "not_allowed", message, "请核对网址 / check the address") from error
        status = response.status_code
        headers = tuple((name.decode("latin-1").lower(), _text(value)) for name, value in response.headers.raw)
        location = next((value for name, value in response.headers.raw if name.lower() == b"location"), None)
        if status in _REDIRECTS and location is not None:
            return _absolute(at, location)
        if status in waits.RETRIED_STATUSES:
            asked = waits.retry_after(
                response.headers.get("retry-after"), response.headers.get("date"), self._clock.now()
            )
            raise _Again(http_failure(at, status), host, asked)
        with self._lock:
            self._failed_in_a_row.pop(host, None)
        if status in _TAKEN:
            return Answer(url, at, 200, headers, data, self._clock.now())
        if status == 304 and validators is not None:
            return Answer(url, at, 304, headers, b"", self._clock.now())
        raise blocked_failure(at, status, data) or http_failure(at, status)

    def _body(self, response: httpx.Response, taken: bool) -> bytes:
        """The body; of an answer that is not taken only its beginning is of interest, to say what it is."""
        encoding, length = response.headers.get("content-encoding"), response.headers.get("content-length")
        if taken:
            return bodies.body(response.iter_raw(), encoding, length, self._bounds.body_bytes)
        try:
            return bodies.body(response.iter_raw(), encoding, length, min(self._bounds.body_bytes, 1 << 20))
        except hosts.Refused:
            return b""

    def _check_host(self, url: str) -> str:
        """The host of an address, where it may be asked now.

        Raises:
            FetchFailed: the source does not allow it, or it is not to be asked any more in this run.
        """
        try:
            parts = urlsplit(url)
            host, port = hosts.host_of(url) if parts.scheme in ("http", "https") else "", parts.port
        except ValueError as error:
            raise FetchFailed(url, "not_allowed", f"网址无效：{error} / this is no valid address") from error
        if not host or port == 0:
            message = f"不是网页地址（{parts.scheme}:） / this is no address of the web"
            raise FetchFailed(url, "not_allowed", message, "只取 http:// 和 https:// / only these are fetched")
        if parts.username is not None or parts.password is not None:
            raise FetchFailed(
                url.replace(parts.netloc, host),
                "not_allowed",
                "网址中带有用户名或密码 / the address carries a user name or a password",
                "请用来源的 headers 写 Authorization / give Authorization in the source's headers",
            )
        if not any(map(self._definition.allows, _spellings(host))):
            raise FetchFailed(
                url,
                "not_allowed",
                f"来源不允许访问 {host} / the source does not allow {host}",
                "确需访问时写入来源的 hosts / where that is meant, add it to the source's hosts",
            )
        if (left := self._pace.held_for(host)) > self._bounds.wait_seconds:
            minutes = -(-int(left) // 60)
            raise FetchFailed(
                url,
                "http_status",
                f"{host} 要求过较长的等待，{minutes} 分钟内不再访问 / {host} asked for a long wait and is left alone for "
                f"another {minutes} minutes",
                "之后的运行会再试 / a later run tries again",
            )
        if self._failed_in_a_row.get(host, 0) >= self._bounds.failures_in_a_row:
            count = self._bounds.failures_in_a_row
            raise FetchFailed(
                url,
                "no_connection",
                f"{host} 已连续 {count} 次没有应答，本次不再访问 / {host} gave no answer {count} times in a row "
                "and is not asked again in this run",
                "下次运行会再试 / the next run tries again",
            )
        return host

    def _asked_to_wait(self, failure: FetchFailed, seconds: float) -> FetchFailed:
        minutes = -(-int(seconds) // 60)
        return FetchFailed(
            failure.url,
            failure.cause,
            f"服务器要求 {minutes} 分钟后再来，超过等待上限 {self._bounds.wait_seconds:g} 秒，本次不再访问 / "
            f"the server asks to come back in {minutes} minutes, longer than is waited",
            "之后的运行会再试 / a later run tries again",
            failure.status,
        )

    def _rules_of(self, origin: str) -> robots.Rules:
        with self._lock:
            mine = self._rules_locks.setdefault(origin, threading.Lock())
        # Threads that come together ask once; those of other origins do not wait.
        with mine:
            if origin not in self._rules:
                ask = partial(self._ask, validators=None, obey=False, through_pages=False)
                self._rules[origin] = robots.fetch_rules(origin, ask, self._product, self._bounds)
            return self._rules[origin]

    def _headers_for(self, url: str, validators: Validators | None) -> dict[str, str]:
        headers = dict(self._headers)
        own, asked = (_place(address) for address in (self._definition.url, url))
        # Credentials are the source's own host's alone, and never go from https to http.
        if own[1:] == asked[1:] and asked[0] in (own[0], "https"):
            headers |= self._secret
        if validators is not None and validators.etag:
            headers["if-none-match"] = validators.etag
        if validators is not None and validators.last_modified:
            headers["if-modified-since"] = validators.last_modified
        return headers


def _spellings(host: str) -> list[str]:
    """A host as it is looked up, and as people write it: a source may name it in either way."""
    try:
        return [host, host.encode("ascii").decode("idna")]
    except UnicodeError:
        return [host]


def _place(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address; the usual port is None."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, hosts.host_of(url), None if parts.port == usual else parts.port


def _absolute(base: str, location: bytes) -> str:
    """Where a redirect leads: without its fragment, what is not ASCII percent-encoded as sent."""
    text = quote(location.strip(), safe="/%:@!$&'()*+,;=~-._?#[]")
    try:
        return urljoin(base, text).partition("#")[0]
    except ValueError as error:
        raise FetchFailed(
            base, "redirects", f"跳转的网址无效：{text[:200]} / it redirects to no valid address"
        ) from error


def _text(value: bytes) -> str:
    """The value of a header; Chinese file names are sent as they are, in either encoding."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return value.decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.decode("latin-1")
