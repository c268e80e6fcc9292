"""``duzheng schedule`` for real: its own Prefect server, cron lines of seconds, processes that are killed.

Every run is a process that imports Prefect, for seconds: no more of them than say something. What serves them is forked
from one that has imported it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from corpus.corpus import Corpus
from flows.planned import Planned
from flows.schedule import STATE
from tests import own_loop
from tests.forked_python import ForkedPython

if TYPE_CHECKING:
    from flows.recovery import Recovered

pytestmark = pytest.mark.slow

PLAN = """关于印发《青云县集团化办学实施方案》的通知
各学校：
为落实省里的要求，制定本方案。
一、总体目标。到2027年底前，组建5个教育集团，覆盖全县学校。
"""
START_SECONDS = 120.0
NEVER = "0 4 1 1 *"
SERVE = """
import os, sys
from pathlib import Path
from tests.flows.schedule_driver import main
os.setsid()
main(Path(sys.argv[1]), Path(sys.argv[2]))
"""
Start = Callable[[list[dict[str, Any]]], "Served"]


def until(seconds: float, holds: Callable[[], Any], what: str) -> Any:
    """What ``holds`` gives once it is true; a busy machine is given time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := holds():
            return value
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s: {what}")


class Served:
    """A schedule that runs in a process of its own."""

    def __init__(self, home: Path, plan: Path, forking: ForkedPython) -> None:
        self.home = home
        self.process = forking.start(SERVE, str(home), str(plan))
        state = home / STATE

        def up() -> bool:
            assert self.process.ended() is None, self.process.err()
            return state.exists() and json.loads(state.read_text() or "{}").get("process") == self.process.number

        until(START_SECONDS, up, "the schedule is served")
        self.url = json.loads(state.read_text(encoding="utf-8"))["url"]

    def ask(self, path: str, **filters: Any) -> Any:
        """The answer of Prefect's interface."""
        data = None if "/name/" in path else json.dumps(filters).encode()
        request = urllib.request.Request(f"{self.url}/api/{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def runs(self, flow: str, *states: str) -> list[dict[str, Any]]:
        """The runs of a flow in these states, the earliest first."""
        found = self.ask(
            "flow_runs/filter",
            flows={"name": {"any_": [flow]}},
            flow_runs={"state": {"name": {"any_": list(states)}}},
            sort="EXPECTED_START_TIME_ASC",
        )
        return list(found)

    def artifact(self, key: str) -> str:
        """The newest artifact of a key, if there is one."""
        found = self.ask("artifacts/latest/filter", artifacts={"key": {"any_": [key]}})
        return str(found[0]["data"]) if found else ""

    def run(self, deployment: str) -> None:
        """Ask for a run now."""
        self.ask(f"deployments/{self.ask(f'deployments/name/{deployment}')['id']}/create_flow_run")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it; gives its exit status."""
        if self.process.ended() is None:
            os.kill(self.process.number, number)
            until(60, lambda: self.process.ended() is not None, "it ends")
        return self.process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / "sources").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def forking() -> Iterator[ForkedPython]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL", raising=False)
        with ForkedPython("flows.deployments", "flows.schedule", "flows.recovery", "prefect.runner") as forking:
            yield forking


@pytest.fixture
def start(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forking: ForkedPython) -> Iterator[Start]:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    served: list[Served] = []

    def begin(plan: list[dict[str, Any]]) -> Served:
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan), encoding="utf-8")
        served.append(Served(home, file, forking))
        return served[-1]

    yield begin
    for one in served:
        one.stop(signal.SIGKILL)


def source(home: Path, id: str, kind: str, url: str, more: str, cron: str) -> dict[str, Any]:
    """A source file, and what is planned for it: ``cron`` has seconds as its sixth field."""
    text = f"id: {id}\ntitle: {id}\nkind: {kind}\nurl: {url}\n{more}"
    (home / "sources" / f"{id}.yaml").write_text(text, encoding="utf-8")
    parameters = {"home": str(home), "source": id, "workers": 1}
    return {"job": "collect", "name": id, "title": id, "cron": cron, "parameters": parameters}


def test_runs_fire_fail_with_their_reason_and_recover_and_a_second_schedule_is_refused(
    home: Path, tmp_path: Path, start: Start
) -> None:
    inbox, later = tmp_path / "in", tmp_path / "later"
    inbox.mkdir()
    (inbox / "方案.txt").write_text(PLAN, encoding="utf-8")
    check = {"job": "check", "name": "corpus", "title": "check", "cron": None, "parameters": {"home": str(home)}}
    served = start(
        [
            source(home, "good", "folder", str(inbox), "settled_seconds: 0\n", NEVER),
            source(home, "late", "folder", str(later), "settled_seconds: 0\n", "* * * * * */20"),
            check,
        ]
    )

    def ran(name: str) -> list[dict[str, Any]]:
        return [run for run in served.runs("collect", "Completed") if run["parameters"]["source"] == name]

    failed = until(90, lambda: served.runs("collect", "Failed"), "the source without a folder fails")
    assert {run["parameters"]["source"] for run in failed} == {"late"}
    assert str(later) in failed[0]["state"]["message"], "the state says why"
    later.mkdir()  # before the next run of it begins: each costs seconds
    (later / "通知.txt").write_text(PLAN.replace("青云", "白石"), encoding="utf-8")
    served.run("collect/good")
    until(90, lambda: ran("good"), "the other one runs all the same")
    assert "入库文件 documents | 1" in served.artifact("source-good")
    until(90, lambda: served.runs("check-new", "Completed"), "what was stored is checked, without a schedule")

    until(90, lambda: ran("late"), "the failed source recovers")
    second = subprocess.run(
        [sys.executable, "-m", "duzheng", "schedule", "--home", str(home)], capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1, "one corpus has one schedule"
    assert "another process serves the schedule" in second.stderr
    assert served.stop() == 0
    assert not (home / STATE).exists()
    with Corpus.open(home) as corpus:
        assert len(list(corpus.documents())) == 2, "nothing twice, however often the sources ran"


class _Slow(ThreadingHTTPServer):
    """A site whose list does not answer while ``held`` is set; counts who asks for it, and how many wait at once."""

    def __init__(self) -> None:
        self.held = threading.Event()
        self.asked = self.waiting = self.most = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/list.json":
                    self.send_error(404)
                    return
                outer.asked += 1
                outer.waiting += 1
                outer.most = max(outer.most, outer.waiting)
                while outer.held.is_set():
                    time.sleep(0.1)
                outer.waiting -= 1
                body = b'[{"url": "/1.txt", "title": "x"}]'
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # who asked is dead

            def log_message(self, format: str, *args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def slow() -> Iterator[_Slow]:
    site = _Slow()
    yield site
    site.held.clear()
    site.shutdown()
    site.server_close()


def test_runs_of_a_source_never_overlap_and_a_kill_is_made_up_for_once(home: Path, start: Start, slow: _Slow) -> None:
    slow.held.set()
    more = "allow_private: true\nretries: 0\ntimeout_seconds: 300\n"
    plan = [source(home, "slow", "json", f"{slow.address}/list.json", more, "* * * * * */6")]
    served = start(plan)
    until(90, lambda: slow.asked, "the first run has begun")
    until(90, lambda: served.runs("collect", "Cancelled"), "the runs that come due meanwhile are not started")
    assert (slow.asked, slow.most) == (1, 1)

    running = served.runs("collect", "Running")
    assert len(running) == 1
    assert served.stop(signal.SIGKILL) == -signal.SIGKILL
    until(20, lambda: not _processes_with(running[0]["id"]), "the run ends with the schedule, even when that is killed")
    time.sleep(13)  # two more times pass by
    slow.held.clear()
    until(20, lambda: slow.waiting == 0, "the site has let go")
    slow.held.set()
    slow.asked = slow.most = 0

    plan[0]["cron"] = NEVER  # nothing else is due: what runs now is what makes up
    again = start(plan)
    until(90, lambda: slow.asked, "the missed times are caught up")
    crashed = again.runs("collect", "Crashed")
    assert [run["id"] for run in crashed] == [running[0]["id"]], "the run that was cut off is known as such"
    assert "cut off" in crashed[0]["state"]["message"]
    time.sleep(6)
    assert (slow.asked, slow.most) == (1, 1), "once, not once for each time"
    slow.held.clear()
    until(60, lambda: not again.runs("collect", "Running"), "it ends")
    caught_up = [run for run in again.runs("collect", "Completed", "Failed") if "catch-up" in run["tags"]]
    assert len(caught_up) == 1
    recovered = own_loop.run(_recovered(again.url, plan))
    assert (recovered.cut_off, recovered.catching_up) == (0, 0), (
        "nothing was missed: the next start makes up for nothing"
    )
    assert again.stop() == 0


async def _recovered(url: str, plan: list[dict[str, Any]]) -> Recovered:
    """What a start does about what was before it, with the runs that a server knows."""
    from prefect import settings
    from prefect.client.orchestration import get_client

    from flows.recovery import recover

    with settings.temporary_settings({settings.PREFECT_API_URL: f"{url}/api"}):
        async with get_client() as client:
            served = [(one.id, one.name) for one in await client.read_deployments()]
            return await recover(
                client, [(id, Planned(**one)) for id, name in served for one in plan if one["name"] == name]
            )


def _processes_with(run: str) -> list[int]:
    """The processes that were started for a flow run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            environment = place.read_bytes()
        except OSError:
            continue
        if f"PREFECT__FLOW_RUN_ID={run}".encode() in environment and place.parent.name != str(os.getpid()):
            found.append(int(place.parent.name))
    return found
