"""The health of a corpus over HTTP: ``GET /health`` gives JSON, with status 200 when all is well and 503 when not."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from flows.health import Expected, health
from schemas.errors import DuzhengError
from schemas.logs import Log
from schemas.status import Health

FRESH_SECONDS = 5.0
"""An answer so old is given again: whoever asks a thousand times costs one look."""
_REQUEST_SECONDS = 10
_log = Log(__name__)


class CannotServe(DuzhengError):
    """The address cannot be listened at."""


class HealthServer(ThreadingHTTPServer):
    """Serves one corpus; ``url`` is where."""

    daemon_threads = True

    def __init__(self, home: Path, expected: Expected, host: str, port: int) -> None:
        self._home, self._expected = home, expected
        self._asking = threading.Lock()
        self._last: tuple[float, Health] | None = None
        self._was_well: bool | None = None
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.server_address[1]}"

    def health(self) -> Health:
        """How it is, at most ``FRESH_SECONDS`` old; a change from well to not well, or back, is logged."""
        with self._asking:
            if self._last is None or time.monotonic() - self._last[0] > FRESH_SECONDS:
                found = health(self._home, self._expected)
                self._last = time.monotonic(), found
                if found.ok != self._was_well and not (found.ok and self._was_well is None):
                    reasons = "; ".join(reason.message for reason in found.reasons)
                    say = _log.warning if not found.ok else _log.info
                    say("health.changed", reasons or f"{self._home}: 已恢复正常 well again", ok=found.ok)
                self._was_well = found.ok
            return self._last[1]


class _Handler(BaseHTTPRequestHandler):
    timeout = _REQUEST_SECONDS
    server: HealthServer
    server_version, sys_version = "duzheng", ""

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        if self.path.partition("?")[0] != "/health":
            status, data = 404, b'{"error": "only /health is here"}'
        else:
            found = self.server.health()
            status, data = (200 if found.ok else 503), found.model_dump_json().encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        _log.debug("health.asked", f"{self.address_string()} {format % args}")


def serve_health(
    home: Path, expected: Expected, host: str, port: int, listening: Callable[[str], None] = lambda url: None
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Args:
        home: the corpus folder; it need not be there, which is a reason not to be well.
        expected: what must hold.
        host, port: where to listen; port 0 is any that is free.
        listening: told the address once it can be asked.

    Raises:
        CannotServe: the address cannot be listened at.
    """
    try:
        server = HealthServer(home, expected, host, port)
    except OSError as error:
        raise CannotServe(f"{host}:{port}: 无法监听 / cannot be listened at: {error.strerror or error}") from error
    if threading.current_thread() is threading.main_thread():
        # From a thread: shutdown waits for serve_forever, which this handler interrupts.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    with server:
        listening(server.url)
        server.serve_forever(poll_interval=0.2)
