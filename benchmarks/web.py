"""The web face under load: readers at once, each with a browser's connection, on a made corpus with checked plans.

Two ways of reading, and the bar of 50 readers is read against both. *With pauses*: a reader asks for a page, looks at it for
some seconds, asks for the next, as people do: fifty of them ask for some 25 pages a second. *Without*: each asks for the next
page at once, which tells how many pages a second there are; what one waits is then the number of readers divided by that.

The server is processes of its own, as in use, on the same processors as the readers. Every kind of page is asked for by every
reader once before anything counts. The answers counted are the pages; what is an error is told by its status.
"""

from __future__ import annotations

import http.client
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx

from benchmarks.made_checks import check_some, without_relations
from benchmarks.made_corpus import SEED, frequent_words
from benchmarks.made_store import fill

READERS = 50
PAGES = 20
"""Pages that each reader asks for, a way of reading."""
PAUSE = 2.0
"""Seconds that a reader looks at a page, on average; between half and one and a half times that."""
PLANS = 600
"""Plans that are checked."""
_START_SECONDS = 900.0
_KINDS = {"search": 45, "document": 30, "overview": 10, "matrix": 5, "findings": 10}
"""Pages that are asked for, and how often of a hundred."""


@dataclass(slots=True)
class Figures:
    """What the readers saw: seconds by kind of page, statuses that are not 200, how long all took."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    took: float = 0.0

    @property
    def every(self) -> list[float]:
        """All of them, ascending."""
        return sorted(one for some in self.seconds.values() for one in some)


@dataclass(slots=True)
class Measured:
    """With pauses, without, and what came before: seconds until the corpus was made, and until its index was."""

    paused: Figures
    at_once: Figures
    made: float
    warm: float
    plans: int
    findings: int


def quantile(values: list[float], share: float) -> float:
    """The value that ``share`` of the ascending values do not exceed."""
    return values[min(len(values) - 1, int(share * len(values)))]


def measure(folder: Path, documents: int, readers: int = READERS, pages: int = PAGES, pause: float = PAUSE) -> Measured:
    """Makes a corpus of so many documents in ``folder``, serves it, and lets the readers read."""
    home = folder / "home"
    began = time.perf_counter()
    fill(home, documents)
    plans, findings = check_some(home, PLANS)
    without_relations(home)
    made = time.perf_counter() - began
    with serving(home) as port:
        began = time.perf_counter()
        ids = ready(port)
        warm = time.perf_counter() - began
        paused, at_once = (read(port, ids, readers, pages, one) for one in (pause, 0.0))
    return Measured(paused, at_once, made, warm, plans, findings)


def ready(port: int) -> list[str]:
    """Waits until the index is there; documents to be asked for."""
    until = time.monotonic() + _START_SECONDS
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        while client.get("/search", params={"q": "教育"}).status_code != 200:
            if time.monotonic() > until:
                raise RuntimeError("the server has no index")
            time.sleep(1)
        return [one["id"] for one in client.get("/api/v1/documents", params={"limit": 200}).json()["items"]]


def read(port: int, ids: list[str], readers: int, pages: int, pause: float) -> Figures:
    """What readers see who ask for ``pages`` pages each, after one of each kind that does not count."""
    words = [word for word in frequent_words(400) if len(word) == 2][:200]
    figures, lock = Figures(), threading.Lock()
    started = threading.Barrier(readers + 1)
    threads = [
        threading.Thread(target=_read, args=(port, number, pages, pause, ids, words, figures, lock, started))
        for number in range(readers)
    ]
    for thread in threads:
        thread.start()
    started.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    figures.took = time.perf_counter() - began
    return figures


def _read(
    port: int, number: int, pages: int, pause: float, ids: list[str], words: list[str], figures: Figures,
    lock: threading.Lock, started: threading.Barrier,
) -> None:  # fmt: skip
    chance = random.Random(SEED + number)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        for kind in _KINDS:
            _ask(connection, _path(kind, chance, ids, words))
        started.wait()
        time.sleep(chance.uniform(0, pause))
        for _ in range(pages):
            (kind,) = chance.choices(list(_KINDS), list(_KINDS.values()))
            path = _path(kind, chance, ids, words)
            began = time.perf_counter()
            status = _ask(connection, path)
            took = time.perf_counter() - began
            with lock:
                figures.seconds.setdefault(kind, []).append(took)
                if status != "200":
                    figures.wrong[f"{kind} {status}"] += 1
            time.sleep(pause * chance.uniform(0.5, 1.5))
    finally:
        connection.close()


def _ask(connection: http.client.HTTPConnection, path: str) -> str:
    """The status of an answer that was read to its end; the name of the error where there is none."""
    for last in (False, True):
        fresh = connection.sock is None
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            # As browsers do: the server may end a connection that was quiet, and then it is asked on a new one.
            if fresh or last or not isinstance(error, http.client.RemoteDisconnected | ConnectionError):
                return type(error).__name__
    raise AssertionError


def _path(kind: str, chance: random.Random, ids: list[str], words: list[str]) -> str:
    match kind:
        case "search":
            # Half of them of two words: few of those were asked before, so that what is kept of a search seldom helps.
            return f"/search?q={quote(' '.join(chance.sample(words, chance.choice((1, 2)))))}"
        case "document":
            return f"/documents/{chance.choice(ids)}"
        case "overview":
            return "/"
        case _:
            return f"/{kind}"


@contextmanager
def serving(home: Path) -> Iterator[int]:
    """Serves the corpus as ``duzheng serve`` does unless it is told otherwise; the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "duzheng", "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/static/style.css", timeout=5)
                break
            except httpx.HTTPError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server did not start: {' '.join(command)}") from None
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(30)
