"""The digest as Prefect runs it: what failed is tried again minutes later, as the schedule says, and tells nobody's secrets.

One server, without the process that starts runs: each run is taken through Prefect's engine in this process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from flows.planned import planned
from flows.quiet import Serving, embedded
from tests import own_loop
from tests.flows.notices.servers import Hook

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun, State

pytestmark = pytest.mark.slow
TOKEN, PASSWORD = "a0b1c2d3e4f5a6b7c8d9", "p4ss-of-li"
SITE = """id: down
title: down
kind: json
url: http://127.0.0.1:1/list.json
allow_private: true
retries: 0
schedule: "0 4 * * *"
"""


class Schedule:
    """Prefect's server with what is planned for a corpus; runs are taken through by hand."""

    def __init__(self, home: Path) -> None:
        from flows.deployments import deployment

        plan, problems = planned(home)
        assert not problems
        self._ids: dict[str, UUID] = {}

        async def served() -> None:
            for one in plan:
                made = (await deployment(one)).apply(None, None)
                self._ids[one.job] = await made if asyncio.iscoroutine(made) else made

        own_loop.run(served())

    def asked_for(self, job: str) -> FlowRun:
        """A run that somebody asks for now."""
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            return client.create_flow_run_from_deployment(self._ids[job])

    def run(self, job: str, run: FlowRun) -> State[Any]:
        """Take a run through, as the process does that Prefect starts for it."""
        from prefect.client.orchestration import get_client
        from prefect.flow_engine import run_flow
        from prefect.states import Scheduled

        from flows.deployments import collect_source, send_digest

        with get_client(sync_client=True) as client:  # its time has come: the engine would wait for it
            client.set_flow_run_state(run.id, Scheduled(scheduled_time=datetime.now(UTC)), force=True)
            run = client.read_flow_run(run.id)
        flow = {"digest": send_digest, "collect": collect_source}[job]
        state = run_flow(flow, flow_run=run, parameters=run.parameters, return_type="state")  # type: ignore[call-overload]
        return state  # type: ignore[no-any-return]

    def ahead(self, job: str) -> list[FlowRun]:
        """The further tries that are planned, the earliest first."""
        from prefect.client.orchestration import get_client
        from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId

        with get_client(sync_client=True) as client:
            found = client.read_flow_runs(
                deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[self._ids[job]]))
            )
        tries = [run for run in found if run.state_name == "Scheduled" and run.parameters.get("attempt", 1) > 1]
        return sorted(tries, key=lambda run: run.parameters["attempt"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scheduled") / "home"


@pytest.fixture(scope="module")
def schedule(home: Path) -> Iterator[Schedule]:
    (home / "sources").mkdir(parents=True)
    (home / "sources" / "down.yaml").write_text(SITE, encoding="utf-8")
    patch = pytest.MonkeyPatch()
    patch.delenv("PREFECT_API_URL", raising=False)
    with embedded(home, Serving()):
        yield Schedule(home)
    patch.undo()


def minutes_ahead(run: FlowRun) -> int:
    assert run.expected_start_time is not None
    return round((run.expected_start_time - datetime.now(UTC)).total_seconds() / 60)


def test_a_digest_that_did_not_arrive_is_tried_again_after_5_and_20_minutes_and_then_by_the_schedule(
    home: Path,
    schedule: Schedule,
    hook: Hook,
    take_plan: Callable[..., None],
    write_targets: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    take_plan(home)
    write_targets(
        home,
        {"id": "works", "url": f"json://127.0.0.1:{hook.port}/works"},
        {"id": "broken", "url": f"json://li:{PASSWORD}@127.0.0.1:1/{TOKEN}?+X-Key={TOKEN}"},
    )
    caplog.set_level(logging.DEBUG)
    states = [schedule.run("digest", schedule.asked_for("digest"))]
    for attempt, minutes in ((2, 5), (3, 20)):
        assert states[-1].is_failed()
        assert "broken: " in str(states[-1].message)
        assert "再试于 again at" in str(states[-1].message)
        (again,) = schedule.ahead("digest")
        assert (again.parameters["attempt"], minutes_ahead(again)) == (attempt, minutes)
        states.append(schedule.run("digest", again))
    assert states[-1].is_failed()
    assert "again at" not in str(states[-1].message)
    assert schedule.ahead("digest") == [], "the third was the last: the schedule takes over"
    assert [path for path, _ in hook.got] == ["/works"], "who was told is not told again"

    write_targets(
        home,
        {"id": "works", "url": f"json://127.0.0.1:{hook.port}/works"},
        {"id": "broken", "url": f"json://127.0.0.1:{hook.port}/broken"},
    )
    state = schedule.run("digest", schedule.asked_for("digest"))
    assert (state.is_completed(), state.message) == (True, "works: quiet, broken: delivered")
    assert [path for path, _ in hook.got] == ["/works", "/broken"]
    assert schedule.run("digest", schedule.asked_for("digest")).message == "works: quiet, broken: quiet"
    assert schedule.ahead("digest") == []

    told = " ".join(str(state.message) for state in states) + caplog.text
    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "notices.yaml")
    for secret in (TOKEN, PASSWORD):
        assert secret not in told
        assert secret.encode() not in written, "neither in Prefect's database nor in a log"


def test_a_source_that_cannot_be_reached_is_tried_again_and_one_that_is_wrong_is_not(
    home: Path, schedule: Schedule
) -> None:
    state = schedule.run("collect", schedule.asked_for("collect"))
    assert state.is_failed()
    assert "again at" in str(state.message)
    (again,) = schedule.ahead("collect")
    assert (again.parameters["attempt"], minutes_ahead(again)) == (2, 5)
    assert again.parameters["source"] == "down"

    (home / "sources" / "down.yaml").write_text(SITE.replace("kind: json", "kind: jason"), encoding="utf-8")
    state = schedule.run("collect", again)
    assert state.is_failed()
    assert "down.yaml: line 3: kind" in str(state.message)
    assert "again at" not in str(state.message)
    assert schedule.ahead("collect") == []
