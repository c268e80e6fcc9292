"""The web face under load: readers at once, each with a browser's connection, on a made corpus.

A reader asks for a page, reads it for a moment, asks for the next. The server is a process of its own, as in use. The
answers counted are the pages; what is an error is told by its status.
"""

from __future__ import annotations

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

import httpx

from benchmarks.made_corpus import SEED, frequent_words
from benchmarks.made_store import fill

READERS = 50
PAGES = 20
"""Pages that each reader asks for."""
PAUSE = 2.0
"""Seconds that a reader looks at a page, on average; between half and one and a half times that."""
_START_SECONDS = 900.0


@dataclass(slots=True)
class Figures:
    """What the readers saw: seconds by kind of page, statuses that are not 200, seconds until the server was warm."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    warm: float = 0.0
    took: float = 0.0

    @property
    def every(self) -> list[float]:
        """All of them, ascending."""
        return sorted(one for some in self.seconds.values() for one in some)


def quantile(values: list[float], share: float) -> float:
    """The value that ``share`` of the ascending values do not exceed."""
    return values[min(len(values) - 1, int(share * len(values)))]


def measure(folder: Path, documents: int, readers: int = READERS, pages: int = PAGES, pause: float = PAUSE) -> Figures:
    """Makes a corpus of so many documents in ``folder``, serves it, and lets the readers read."""
    home = folder / "home"
    fill(home, documents)
    figures = Figures()
    with _serving(home) as address:
        began = time.perf_counter()
        with httpx.Client(base_url=address, timeout=_START_SECONDS) as client:
            # The index of a made corpus is built by its first search.
            client.get("/search", params={"q": "教育"}).raise_for_status()
            ids = [one["id"] for one in client.get("/api/v1/documents", params={"limit": 200}).json()["items"]]
        figures.warm = time.perf_counter() - began
        words = [word for word in frequent_words(400) if len(word) == 2][:200]
        lock = threading.Lock()
        threads = [
            threading.Thread(target=_read, args=(address, number, pages, pause, ids, words, figures, lock))
            for number in range(readers)
        ]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        figures.took = time.perf_counter() - began
    return figures


def _read(
    address: str, number: int, pages: int, pause: float, ids: list[str], words: list[str], figures: Figures,
    lock: threading.Lock,
) -> None:  # fmt: skip
    chance = random.Random(SEED + number)
    with httpx.Client(base_url=address, timeout=60) as client:
        time.sleep(chance.uniform(0, pause))
        for _ in range(pages):
            kind, path = _page(chance, ids, words)
            began = time.perf_counter()
            try:
                status = str(client.get(path).status_code)
            except httpx.HTTPError as error:
                status = type(error).__name__
            took = time.perf_counter() - began
            with lock:
                figures.seconds.setdefault(kind, []).append(took)
                if status != "200":
                    figures.wrong[f"{kind} {status}"] += 1
            time.sleep(pause * chance.uniform(0.5, 1.5))


def _page(chance: random.Random, ids: list[str], words: list[str]) -> tuple[str, str]:
    kind = chance.choices(("search", "document", "overview", "matrix", "findings"), (45, 30, 10, 5, 10))[0]
    match kind:
        case "search":
            return kind, f"/search?q={chance.choice(words)}"
        case "document":
            return kind, f"/documents/{chance.choice(ids)}"
        case "overview":
            return kind, "/"
        case _:
            return kind, f"/{kind}"


@contextmanager
def _serving(home: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "duzheng", "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"{address}/static/style.css", timeout=5)
                break
            except httpx.HTTPError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server did not start: {' '.join(command)}") from None
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)
