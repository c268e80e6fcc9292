"""``duzheng schedule``: all that runs on a schedule, from one process with a Prefect server of its own.

The server is a child of this process, on this machine only; every run is a process of its own, which ends with this one.
Source files that are added, changed or removed are taken up while it runs. Stopped or killed in whatever way, the next start
goes on: what was cut off runs again, what was missed is caught up once (``flows.recovery``).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from flows.planned import CHECK_CRON, DIGEST_CRON, Planned, planned
from flows.quiet import FlowEngineError, Serving, embedded
from schemas.errors import DuzhengError
from schemas.logs import Log

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.runner import Runner

PORT = 4200
AT_ONCE = 2
POLL_SECONDS = 5
RELOAD_SECONDS = 15.0
PLANNING_SECONDS = 20.0
"""Prefect looks at new deployments every five seconds."""
STATE = "schedule.json"
"""In the corpus folder while a schedule runs: its process, and the address of Prefect's pages."""

LOG = Log(__name__)


class AlreadyScheduled(DuzhengError):
    """Another process serves the schedule of this corpus."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a schedule is run.

    Attributes:
        check, digest: cron lines in Asia/Shanghai; None: only after something was stored, and never.
        port: of Prefect's pages; None: a free one.
        at_once: runs at the same time, each of another source.
        limits: ``workers``, ``seconds`` and ``memory_mb`` of reading; see ``flows.pool.Limits``.
        poll_seconds: how often is looked whether a run is due.
    """

    check: str | None = CHECK_CRON
    digest: str | None = DIGEST_CRON
    port: int | None = PORT
    at_once: int = AT_ONCE
    limits: Mapping[str, float | None] = field(default_factory=dict)
    poll_seconds: int = POLL_SECONDS


@dataclass(frozen=True, slots=True)
class Started:
    """What is served: told once it is. ``problems`` are source files that are not valid."""

    url: str
    plan: tuple[Planned, ...]
    problems: tuple[str, ...]
    cut_off: int
    catching_up: int


Plan = Callable[[], tuple[list[Planned], list[DuzhengError]]]


def schedule(home: Path, settings: Settings, *, started: Callable[[Started], None]) -> None:
    """Serve the schedule of the corpus at ``home`` until this process gets SIGINT or SIGTERM.

    Args:
        home: the corpus folder; made where it is not there.
        settings: see there.
        started: called with what is served.

    Raises:
        AlreadyScheduled: another process serves it.
        flows.quiet.FlowEngineError: Prefect's server did not start.
    """

    def plan() -> tuple[list[Planned], list[DuzhengError]]:
        return planned(home, check=settings.check, digest=settings.digest, limits=settings.limits)

    serve(home, settings, plan, started)


def serve(home: Path, settings: Settings, plan: Plan, started: Callable[[Started], None]) -> None:
    """The same for any plan, which is asked for again every few seconds."""
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home), embedded(home, Serving(port=settings.port)) as url:
        asyncio.run(_serve(home, url, settings, plan, started))


async def _serve(home: Path, url: str, settings: Settings, plan: Plan, started: Callable[[Started], None]) -> None:
    from prefect.client.orchestration import get_client
    from prefect.runner import Runner

    from flows.deployments import SERVED_BY
    from flows.recovery import end, going, recover

    os.environ[SERVED_BY] = str(os.getpid())
    runner = Runner(
        name="duzheng", limit=settings.at_once, query_seconds=settings.poll_seconds, pause_on_shutdown=False
    )
    async with get_client() as client:
        served = _Served(client, runner, home / "prefect" / "schedule" / "server.log")
        wanted, errors = plan()
        await served.follow(wanted)
        recovered = await recover(client, served.deployments())
        running = asyncio.create_task(runner.start())
        stop = asyncio.Event()
        try:
            while not runner.started and not running.done():
                await asyncio.sleep(0.05)
            _stop_on_signals(stop)  # after the runner has set its own
            pages = url.removesuffix("/api")
            (home / STATE).write_text(json.dumps({"process": os.getpid(), "url": pages}), encoding="utf-8")
            problems = tuple(str(error) for error in errors)
            started(Started(pages, tuple(wanted), problems, recovered.cut_off, recovered.catching_up))
            following = asyncio.create_task(served.keep_following(plan, problems))
            watching = asyncio.create_task(served.watch())
            stopping = asyncio.create_task(stop.wait())
            beside = {following, watching, stopping}
            ended, _ = await asyncio.wait({running, *beside}, return_when=asyncio.FIRST_COMPLETED)
            for task in beside - ended:
                task.cancel()
            for task in ended:
                task.result()
        finally:
            (home / STATE).unlink(missing_ok=True)
            # Said before they are killed: a run that is killed could not say it.
            await end(client, await going(client, [id for id, _ in served.deployments()]))
            if runner.started:
                await runner.astop()
            with contextlib.suppress(asyncio.CancelledError):
                await running


class _Served:
    """The deployments that are served, held equal to a plan that may change."""

    def __init__(self, client: PrefectClient, runner: Runner, log: Path) -> None:
        self._client, self._runner, self._log = client, runner, log
        self._by_key: dict[tuple[str, str], tuple[UUID, Planned]] = {}

    def deployments(self) -> Sequence[tuple[UUID, Planned]]:
        return list(self._by_key.values())

    async def follow(self, plan: Sequence[Planned]) -> None:
        """Serve what is new or changed; of what is no longer there, in this life or an earlier one, plan no more runs."""
        from flows.deployments import deployment

        wanted = {(one.job, one.name): one for one in plan}
        for key, one in wanted.items():
            if key not in self._by_key or self._by_key[key][1] != one:
                id = await self._runner.aadd_deployment(await deployment(one))
                self._by_key[key] = (id, one)
                LOG.info("schedule.planned", f"{one.job}/{one.name}: {one.cron or '-'}", job=one.job, name=one.name)
        kept = {id for key, (id, _) in self._by_key.items() if key in wanted}
        for found in await self._client.read_deployments():
            if "duzheng" in found.tags and found.id not in kept:
                await self._client.delete_deployment(found.id)
                LOG.info("schedule.removed", f"{found.name}: no longer scheduled", name=found.name)
        self._by_key = {key: value for key, value in self._by_key.items() if key in wanted}

    async def keep_following(self, plan: Plan, problems: Sequence[str]) -> None:
        """Take up changes of the plan, and say once what is wrong with it."""
        said = set(problems)
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            wanted, errors = plan()
            now = {str(error) for error in errors}
            for problem in sorted(now - said):
                LOG.error("schedule.invalid_source", problem)
            said = now
            if not now and wanted != [one for _, one in self._by_key.values()]:
                await self.follow(wanted)

    async def watch(self) -> None:
        """See to it that every cron line has runs planned.

        Raises:
            FlowEngineError: Prefect has planned none for a while. It would only say so in its log, and run nothing.
        """
        from flows.recovery import unplanned

        missing: set[UUID] = set()
        while True:
            await asyncio.sleep(PLANNING_SECONDS)
            still = await unplanned(self._client, self.deployments())
            if lasting := missing & still.keys():
                raise FlowEngineError(
                    f"{still[lasting.pop()]}: Prefect 没有排定运行，原因见 {self._log}；Prefect 3.8 不能配 SQLAlchemy 2.1："
                    "pip install 'sqlalchemy<2.1' / "
                    f"Prefect plans no runs (the reason is in {self._log}; Prefect 3.8 "
                    "cannot with SQLAlchemy 2.1: pip install 'sqlalchemy<2.1')"
                )
            missing = set(still)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """The right to serve the schedule of a corpus; the system gives it back however the process ends."""
    descriptor = os.open(home / "schedule.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyScheduled(
                f"{home}: 已有进程在运行定时任务 / another process serves the schedule of this corpus (see {STATE} there)"
            ) from None
        yield
    finally:
        os.close(descriptor)
