"""One server of several processes: whichever of them answers, people find what they left with another."""

from __future__ import annotations

import gc
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from accounts.attempts import MOST
from accounts.book import Book
from corpus.corpus import Corpus
from duzheng.web.guard import Access, NotServed
from duzheng.web.jobs import Runs, Uploads
from duzheng.web.workers import run
from tests.copied import copied
from tests.web.conftest import SAMPLES

PASSWORD = "kaoshan-muban-12"
PLAN = SAMPLES / "henan" / "plans" / "禾塬县" / "禾塬县城乡学校共同体建设实施方案.txt"
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found under /proc")


def _until(told: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    address: str

    def workers(self) -> list[int]:
        """The processes that answer."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sorted(int(one) for one in own if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes())

    @contextmanager
    def alone(self, number: int) -> Iterator[None]:
        """Only that one of the processes runs: it is the one that answers."""
        others = [one for at, one in enumerate(self.workers()) if at != number]
        for one in others:
            os.kill(one, signal.SIGSTOP)
        try:
            yield
        finally:
            for one in others:
                os.kill(one, signal.SIGCONT)

    def get(self, path: str, cookies: httpx.Cookies | None = None) -> httpx.Response:
        # A connection of its own each time: one that is kept belongs to the process that took it.
        return httpx.get(self.address + path, cookies=cookies, timeout=30)

    def post(
        self,
        path: str,
        data: dict[str, str],
        cookies: httpx.Cookies | None = None,
        files: list[tuple[str, tuple[str, bytes]]] | None = None,
    ) -> httpx.Response:
        return httpx.post(self.address + path, data=data, cookies=cookies, files=files, timeout=30)


@pytest.fixture(scope="module")
def server(site_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``duzheng serve --workers 2 --accounts`` on a copy of the samples."""
    home = tmp_path_factory.mktemp("workers") / "corpus"
    copied(site_home, home)
    with Book(home / "accounts.sqlite") as book:
        for name in ("管", "慢"):
            book.add(name, PASSWORD, "administrator")
    said = home.parent / "stderr"
    command = [sys.executable, "-m", "duzheng", "serve", "--home", str(home), "--port", "0", "--accounts"]
    with said.open("wb") as errors:
        process = subprocess.Popen([*command, "--workers", "2"], stderr=errors)

    def told() -> re.Match[str] | None:
        assert process.poll() is None, said.read_text()
        return re.search(r"^http://127\.0\.0\.1:\d+(?=/  .*\n)", said.read_text(), re.MULTILINE)

    _until(lambda: told() is not None)
    address = told()
    assert address
    found = Server(process, address[0])
    assert found.get("/login").status_code == 200, "when the address is told, one comes in"

    def answers() -> bool:
        assert process.poll() is None
        try:
            return httpx.get(f"{found.address}/login", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    try:
        _until(answers)
        for number in (0, 1):  # whichever was the slower one, too
            with found.alone(number):
                _until(answers)
        yield found
    finally:
        process.terminate()
        process.wait(30)


def _signed_in(server: Server) -> httpx.Cookies:
    answer = server.post("/login", {"name": "管", "password": PASSWORD})
    assert answer.status_code == 303
    return answer.cookies


def _token(server: Server, path: str, cookies: httpx.Cookies) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', server.get(path, cookies).text)
    assert found
    return found[1]


class _Enough(Exception):
    pass


def test_the_address_is_told_when_it_can_be_reached_and_with_the_port_that_it_got(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "freeze", lambda: None)  # not what the tests hold
    home = tmp_path / "corpus"
    Corpus.open(home, create=True).close()

    def listening(port: int) -> None:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        raise _Enough

    with pytest.raises(_Enough):
        run(home, Access(), "127.0.0.1", 0, 1, listening)


@pytest.mark.parametrize("workers", [1, 2])
def test_no_address_is_told_where_another_server_listens(tmp_path: Path, workers: int) -> None:
    told: list[int] = []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(NotServed, match="无法监听"):
            run(tmp_path, Access(), "127.0.0.1", other.getsockname()[1], workers, told.append)
    assert told == []


def test_who_signed_in_with_one_process_posts_a_form_to_another_and_sees_its_answer_in_the_first(
    server: Server,
) -> None:
    with server.alone(0):
        cookies = _signed_in(server)
        csrf = _token(server, "/searches", cookies)
    with server.alone(1):
        kept = server.post("/searches", {"csrf": csrf, "name": "方案", "q": "方案"}, cookies)
        assert kept.status_code == 303, kept.text
        ran = server.post("/searches/run", {"csrf": csrf, "name": "方案"}, cookies)
    with server.alone(0):
        shown = server.get(ran.headers["location"], cookies)
    assert shown.status_code == 200
    assert '“<span lang="zh">方案</span>”：新增 0 份' in shown.text


def test_wrong_passwords_are_counted_by_all_processes_together(server: Server) -> None:
    for number in range(MOST):
        with server.alone(number % 2):
            assert server.post("/login", {"name": "慢", "password": "x" * 12}).status_code == 401
    for number in (0, 1):
        with server.alone(number):
            assert server.post("/login", {"name": "慢", "password": PASSWORD}).status_code == 429


def test_an_upload_begun_in_one_process_goes_on_and_ends_for_the_others(server: Server) -> None:
    with server.alone(0):
        cookies = _signed_in(server)
        text = PLAN.read_text(encoding="gb18030").replace("禾塬", "云岫")
        sent = {"csrf": _token(server, "/upload", cookies)}
        begun = server.post("/upload", sent, cookies, files=[("files", ("云岫县方案.txt", text.encode()))])
        assert begun.status_code == 303, begun.text
    place = begun.headers["location"]
    with server.alone(1):  # the one that reads it stands still
        assert 'http-equiv="refresh"' in server.get(place, cookies).text
    _until(lambda: 'http-equiv="refresh"' not in server.get(place, cookies).text, 120)
    with server.alone(1):
        page = server.get(place, cookies).text
    assert "云岫县" in page
    assert "再次上传" not in page


def test_a_process_that_dies_is_replaced_and_people_stay_signed_in(server: Server) -> None:
    cookies = _signed_in(server)
    before = server.workers()
    os.kill(before[0], signal.SIGKILL)
    _until(lambda: len(now := server.workers()) == 2 and now != before)
    new = next(at for at, one in enumerate(server.workers()) if one not in before)
    with server.alone(new):
        assert server.get("/tokens", cookies).status_code == 200


def test_all_processes_end_with_the_one_that_started_them(server: Server) -> None:
    """The last test: it ends the server of the others."""
    workers = server.workers()
    assert len(workers) == 2
    server.process.kill()
    _until(lambda: not any(_runs(one) for one in workers))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_a_source_that_one_process_runs_is_run_by_no_other_until_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    first, second = Runs(tmp_path), Runs(tmp_path)
    assert not second.going("inbox")
    assert first.start("inbox")
    try:
        assert second.going("inbox")
        assert not second.start("inbox")
        assert not second.going("other")
    finally:
        (child,) = first._children
        child.kill()
        child.wait(10)
    assert not second.going("inbox")


@pytest.mark.slow
def test_ctrl_c_ends_a_server_that_reads_an_upload_at_once_and_without_a_traceback(
    site_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "corpus"
    copied(site_home, home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "duzheng", "serve", "--home", str(home), "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    found = Server(process, f"http://127.0.0.1:{port}")

    def csrf() -> str | None:
        assert process.poll() is None
        try:
            token = re.search(r'name="csrf" value="([^"]+)"', found.get("/upload").text)
        except httpx.HTTPError:
            return None
        return token[1] if token else None

    try:
        _until(lambda: csrf() is not None)
        files = [("files", (f"{number}.txt", PLAN.read_bytes() + b"%d" % number)) for number in range(100)]
        begun = found.post("/upload", {"csrf": csrf() or ""}, files=files)
        assert begun.status_code == 303
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert b"Traceback" not in said, said.decode()
    (left,) = Uploads(home).latest(1)
    assert left.stage == "interrupted"


def test_files_that_a_process_left_are_taken_away_after_a_day(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    with uploads.receiving() as left:
        (left / "0000").write_bytes(b"x")
    with uploads.receiving():
        assert left.exists(), "another upload may still be reading"
    os.utime(left, (1_700_000_000, 1_700_000_000))
    with uploads.receiving():
        assert not left.exists()
    with pytest.raises(RuntimeError), uploads.receiving() as refused:
        raise RuntimeError("too large")
    assert not refused.exists()
