"""The server: one thread a connection on loopback, a model behind it, a log of what was asked."""

from __future__ import annotations

import datetime
import gzip
import re
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from schemas.source import SourceDefinition
from tests.sources.site import pages
from tests.sources.site.faults import Fault, FaultKind
from tests.sources.site.model import Content, Notice, Request, etag

_NUMBERED = re.compile(r"index_(\d+)\.html")


class Site:
    """The site: change it with its methods while it is served; every method may be called from any thread.

    Attributes:
        content: what is on it; ``robots``, ``charset``, ``per_page`` and ``validators`` (whether it sends ETag and
            Last-Modified) may be set at any time.
        faults: what goes wrong; the first that fits a request happens.
        log: the requests, in the order they came.
        url: its address, without a slash at the end.
    """

    def __init__(self) -> None:
        self.content = Content()
        self.faults: list[Fault] = []
        self.log: list[Request] = []
        self.url = ""
        self.closing = threading.Event()
        self._lock = threading.RLock()
        self._published = 0
        self._now = datetime.datetime(2025, 9, 1, 8, tzinfo=datetime.UTC)
        self._server: _Server | None = None

    @classmethod
    @contextmanager
    def serving(cls, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
        """A new site, served on 127.0.0.1 until the block ends; port 0 is a free one; ``tls`` makes it https."""
        site = cls()
        site.start(port, tls)
        try:
            yield site
        finally:
            site.stop()

    def start(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        """Serve it; after ``stop`` it may be started again, on its old port where that is given."""
        self.closing.clear()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.site = self
        if tls is not None:
            # The handshake is made by the thread of the connection, not by the one that takes all of them.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_address[1]}"
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()

    def stop(self) -> None:
        """Stop serving: connections are refused, what is under way is cut off."""
        self.closing.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.cut_off()
            self._server.server_close()
            self._server = None

    @property
    def port(self) -> int:
        """The port it is served on."""
        return urlsplit(self.url).port or 0

    # What is published.

    def publish(self, notice: Notice) -> str:
        """Put a notice on the site; returns its address."""
        with self._lock:
            self._published += 1
            day = notice.dated_on
            path = f"/art/{day.year}/{day.month}/{day.day}/art_{self._published}.html"
            self.content.notices[path] = replace(notice, address=path, modified=self._tick())
            return self.url + path

    def correct(self, url: str, **changes: Any) -> None:
        """Change a notice where it stands: ``title``, ``paragraphs``, ``files``, ``dated_on``."""
        with self._lock:
            path = self._path(url)
            self.content.notices[path] = replace(self.content.notices[path], modified=self._tick(), **changes)

    def withdraw(self, url: str) -> None:
        """Take a notice off the lists, its address and those of its files answering 404."""
        with self._lock:
            del self.content.notices[self._path(url)]

    def unlist(self, url: str) -> None:
        """Take a notice off the lists; its page stays."""
        with self._lock:
            self.content.notices[self._path(url)].listed = False

    def move(self, url: str) -> str:
        """Give a notice a new address, the old one redirecting to it; returns the new one."""
        with self._lock:
            path = self._path(url)
            notice = self.content.notices.pop(path)
            new = path.replace("/art/", "/art/moved/", 1)
            self.content.notices[new] = replace(notice, address=new)
            self.content.moved[path] = new
            return self.url + new

    def redesign(self) -> None:
        """Give the list other markup, in which the old selectors find nothing."""
        self.content.design = 2

    def notice(self, url: str) -> Notice:
        """The notice at an address, as it stands now."""
        with self._lock:
            return self.content.notices[self._path(url)]

    def expected(self) -> dict[str, Notice]:
        """What the lists show now: notices by address."""
        with self._lock:
            return {self.url + n.address: n for n in self.content.listed()}

    # What goes wrong.

    def fail(self, path: str, kind: FaultKind, times: int | None = None, **more: Any) -> Fault:
        """Add a fault (see ``Fault``); returns it, to be looked at or removed from ``faults``."""
        fault = Fault(path=path, kind=kind, times=times, **more)
        with self._lock:
            self.faults.append(fault)
        return fault

    def fault_for(self, path: str) -> Fault | None:
        """The fault that happens to a request now, counted as having happened."""
        with self._lock:
            fault = next((f for f in self.faults if f.fits(path)), None)
            if fault is not None:
                fault.happened += 1
            return fault

    # What was asked.

    def note(self, request: Request) -> None:
        """Put a request into the log."""
        with self._lock:
            self.log.append(request)

    def asked(self, path: str | None = None) -> list[Request]:
        """The requests so far, of one path where it is given (percent-encoded, with its query)."""
        with self._lock:
            wanted = None if path is None else path.removeprefix(self.url)
            return [r for r in self.log if wanted is None or r.path == wanted]

    # Sources that read it.

    def definition(self, kind: str = "list", **changes: Any) -> SourceDefinition:
        """A source that reads this site: ``list``, ``json``, ``sitemap`` or ``feed``; without any wait between requests."""
        given: dict[str, Any] = {
            "list": {
                "url": f"{self.url}{pages.LIST}index.html",
                "selectors": {"item": "ul.news_list > li", "date": "span.date"},
                "paging": {"next": "a.next"},
            },
            "json": {
                "url": f"{self.url}/api/list.json?page=1",
                "keys": {"items": "data.list", "url": "url", "title": "title", "date": "publishDate"},
                "paging": {"pattern": "/api/list.json?page={page}"},
            },
            "sitemap": {"url": f"{self.url}/sitemap.xml"},
            "feed": {"url": f"{self.url}/rss.xml"},
        }[kind]
        usual = {
            "id": f"site-{kind}",
            "title": "云汀县教育局通知公告",
            "kind": kind,
            "allow_private": True,
            "seconds_between": 0,
            "timeout_seconds": 10,
            "jurisdiction": {"province": "浙江省"},
        }
        return SourceDefinition.model_validate(usual | given | changes)

    def body_at(
        self, path: str, query: dict[str, list[str]]
    ) -> tuple[bytes, str, datetime.datetime | None] | str | None:
        """The body, its media type and when it changed; a string is where it moved, None that there is nothing."""
        with self._lock:
            return self._body_at(unquote(path), query)

    def _body_at(self, path: str, query: dict[str, list[str]]) -> Any:
        content = self.content
        page = f"text/html; charset={content.charset}"
        if path in content.moved:
            return content.moved[path]
        if (notice := content.notices.get(path)) is not None:
            return pages.article(content, notice).encode(content.charset), page, notice.modified
        for notice in content.notices.values():
            for file in notice.files:
                if path == notice.file_address(file):
                    return file.data, file.media_type, notice.modified
        if path.startswith(pages.LIST):
            name = path.removeprefix(pages.LIST) or "index.html"
            numbered = _NUMBERED.fullmatch(name)
            at = int(numbered[1]) if numbered else 0 if name == "index.html" else -1
            text = pages.html_list(content, at)
            return None if text is None else (text.encode(content.charset), page, None)
        match path:
            case "/api/list.json":
                text = pages.json_list(content, int((query.get("page") or ["1"])[0]))
                return text.encode(), "application/json;charset=UTF-8", None
            case "/sitemap.xml":
                return pages.sitemap(content, self.url).encode(), "application/xml", None
            case "/sitemap_index.xml":
                return pages.sitemap_index(self.url).encode(), "application/xml", None
            case "/rss.xml":
                return pages.rss(content, self.url).encode(), "application/rss+xml", None
            case "/atom.xml":
                return pages.atom(content, self.url).encode(), "application/atom+xml", None
            case "/robots.txt":
                return None if content.robots is None else (content.robots.encode(), "text/plain", None)
            case "/cookie":
                return b"cookie", "text/plain", None
        return None

    def _path(self, url: str) -> str:
        path = urlsplit(url).path
        return self.content.moved.get(path, path)

    def _tick(self) -> datetime.datetime:
        self._now += datetime.timedelta(minutes=1)
        return self._now


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    site: Site

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def cut_off(self) -> None:
        """End the connections that clients keep open: their threads end with them."""
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up; that is no error of the site."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60
    # Header and body are two writes: without this each answer would wait some 40 ms for the client's acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        site = self.server.site
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked = Request(time.monotonic(), self.path, headers)
        site.note(self.asked)
        fault = site.fault_for(parts.path)
        if fault is None:
            self._answer(parts.path, parse_qs(parts.query))
        else:
            self._misbehave(fault, parts.path, parse_qs(parts.query))

    def do_CONNECT(self) -> None:
        """A proxy's tunnel: whatever host is asked for, it leads to that port of this machine."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.site.note(Request(time.monotonic(), f"CONNECT {self.path}", headers, 200))
        self.close_connection = True
        with socket.create_connection(("127.0.0.1", int(self.path.rpartition(":")[2]))) as there:
            self.send_response(200)
            self.end_headers()
            ends = {there: self.connection, self.connection: there}
            while not self.server.site.closing.is_set():
                for end in select.select(list(ends), [], [], 0.05)[0]:
                    if not (data := end.recv(65_536)):
                        return
                    ends[end].sendall(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on standard error: the log is ``Site.log``."""

    def _answer(self, path: str, query: dict[str, list[str]]) -> None:
        site = self.server.site
        found = site.body_at(path, query)
        if isinstance(found, str):
            self._send(301, b"", "text/html", {"Location": found})
            return
        if found is None:
            missing = "<html><head><title>404 Not Found</title></head><body><h1>404</h1></body></html>"
            self._send(404, missing.encode(), "text/html")
            return
        body, media_type, modified = found
        headers = {"Set-Cookie": "visited=1; Path=/"} if path == "/cookie" else {}
        if site.content.validators:
            headers["ETag"] = etag(body)
            if modified is not None:
                headers["Last-Modified"] = format_datetime(modified, usegmt=True)
            if self._has(body, modified):
                self._send(304, b"", media_type, headers)
                return
        if "gzip" in (self.headers.get("Accept-Encoding") or "") and media_type.startswith(
            ("text/", "application/json")
        ):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self._send(200, body, media_type, headers)

    def _has(self, body: bytes, modified: datetime.datetime | None) -> bool:
        """Whether the client's copy is current (RFC 9110, 13.2.2: If-None-Match goes before If-Modified-Since)."""
        if (tags := self.headers.get("If-None-Match")) is not None:
            return etag(body) in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        if (since := self.headers.get("If-Modified-Since")) is not None and modified is not None:
            return modified <= parsedate_to_datetime(since)
        return False

    def _send(self, status: int, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> None:
        self.asked.status = status
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _misbehave(self, fault: Fault, path: str, query: dict[str, list[str]]) -> None:
        site = self.server.site
        html = f"text/html; charset={site.content.charset}"
        match fault.kind:
            case "status":
                headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
                self._send(fault.status or 503, b"<html><body>busy</body></html>", "text/html", headers)
            case "slow":
                if not site.closing.wait(fault.seconds):
                    self._answer(path, query)
            case "drip":
                self._open_ended(10_000)
                for _ in range(10_000):
                    self.wfile.write(b"x")
                    if site.closing.wait(fault.seconds):
                        break
            case "drop":
                self.close_connection = True
            case "reset":
                self.close_connection = True
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case "half":
                self._open_ended(100_000)
                self.wfile.write(b"x" * 1_000)
            case "block" | "login" | "error" | "script":
                self._send(
                    fault.status or 200, pages.stand_in(site.content, fault.kind).encode(site.content.charset), html
                )
            case "redirect":
                self._send(302, b"", html, {"Location": fault.location})
            case "refresh":
                self._send(200, pages.leading(site.content, fault).encode(site.content.charset), html)
            case "loop":
                self._send(302, b"", html, {"Location": self.path})
            case "bomb":
                packed = gzip.compress(b"\0" * fault.size, mtime=0)
                self._send(200, packed, html, {"Content-Encoding": "gzip"})
            case "endless":
                self._open_ended(None)
                for _ in range(-(-fault.size // 65_536)):
                    self.wfile.write(b"x" * 65_536)
            case "garbled":
                self._send(200, b"this is not packed", html, {"Content-Encoding": "gzip"})
            case "empty":
                self._send(200, b"", html)

    def _open_ended(self, length: int | None) -> None:
        """Begin an answer that may end early: with a stated length, or until the connection is closed."""
        self.asked.status = 200
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
