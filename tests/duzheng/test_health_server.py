"""Health over HTTP: 200 when all is well, 503 with the reasons when not, on this machine only."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from duzheng import health_server
from duzheng.health_server import HealthServer
from flows.health import Expected, health
from schemas.status import Health

ANY = Expected(disk_mb=0)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    with Corpus.open(tmp_path / "home", create=True):
        return tmp_path / "home"


@pytest.fixture
def serving(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], tuple[int, dict[str, object]]]]:
    monkeypatch.setattr(health_server, "FRESH_SECONDS", 0.0)
    server = HealthServer(home, ANY, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()

    def ask(path: str) -> tuple[int, dict[str, object]]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(server.url + path, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    yield ask
    server.shutdown()
    server.server_close()
    thread.join()


def test_health_over_http_is_200_then_503_with_the_reason_then_200_again(
    home: Path, serving: Callable[[str], tuple[int, dict[str, object]]]
) -> None:
    assert serving("/health")[0] == 200
    (home / "corpus.sqlite").rename(home / "away")
    code, body = serving("/health")
    assert (code, body["ok"]) == (503, False)
    assert [reason["kind"] for reason in body["reasons"]] == ["database"]  # type: ignore[attr-defined]
    (home / "away").rename(home / "corpus.sqlite")
    assert serving("/health")[0] == 200
    assert serving("/")[0] == 404


def test_many_who_ask_at_once_cost_one_look(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []

    def look(place: Path, expected: Expected) -> Health:
        looks.append(place)
        return health(place, expected)

    monkeypatch.setattr("duzheng.health_server.health", look)
    server = HealthServer(home, ANY, "127.0.0.1", 0)
    try:
        assert len({id(server.health()) for _ in range(50)}) == 1
    finally:
        server.server_close()
    assert len(looks) == 1


def test_the_command_listens_on_loopback_says_where_and_ends_when_told(home: Path) -> None:
    command = [sys.executable, "-m", "duzheng", "health", "--serve", "0", "--home", str(home), "--disk-mb", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=30) as answer:
            assert json.load(answer)["ok"] is True
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
