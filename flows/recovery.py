"""What a schedule does when it starts, about the time before: runs that were cut off, and times that were missed.

1. A run that Prefect believes to be going was cut off with the process that served it: it becomes *crashed*, with that
   reason, and lets go of its place, which the server would otherwise hold for it until the end of days: leases are in the
   memory of the server that is gone.
2. Runs that were planned for a time that has passed are removed.
3. Where a run was cut off, or a time of the cron line passed since the last run began, one run is asked for now. One,
   however many times were missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.server.schemas.schedules import CronSchedule
from prefect.states import Crashed, Scheduled

from flows.planned import TIMEZONE, Planned

CUT_OFF = "随调度进程中止 / cut off with the process that served it"
CATCH_UP = "catch-up"
"""The tag of a run that makes up for missed times."""

_GOING = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


@dataclass(slots=True)
class Recovered:
    """What was put right: runs cut off, planned runs removed, deployments that catch up."""

    cut_off: int = 0
    removed: int = 0
    catching_up: int = 0


async def recover(client: PrefectClient, deployments: Sequence[tuple[UUID, Planned]]) -> Recovered:
    """Put right what the time before left behind; to be called before the first run is started."""
    result = Recovered()
    for id, planned in deployments:
        going = await _runs(client, id, _GOING)
        await end(client, going)
        await _free(client, id)
        now = datetime.now(UTC)
        late = [run for run in await _runs(client, id, (StateType.SCHEDULED,)) if _due(run, now)]
        for run in late:
            await client.delete_flow_run(run.id)
        result.cut_off += len(going)
        result.removed += len(late)
        if going or late or await _missed(client, id, planned, now):
            await client.create_flow_run_from_deployment(id, state=Scheduled(), tags=["duzheng", CATCH_UP])
            result.catching_up += 1
    return result


async def end(client: PrefectClient, runs: Sequence[FlowRun]) -> None:
    """Have runs known as crashed."""
    for run in runs:
        await client.set_flow_run_state(run.id, Crashed(message=CUT_OFF), force=True)


async def going(client: PrefectClient, deployments: Sequence[UUID]) -> list[FlowRun]:
    """The runs of deployments that have begun and not ended."""
    return [run for id in deployments for run in await _runs(client, id, _GOING)]


async def unplanned(client: PrefectClient, deployments: Sequence[tuple[UUID, Planned]]) -> dict[UUID, str]:
    """Those that have a cron line and no run ahead."""
    return {
        id: f"{planned.job}/{planned.name}"
        for id, planned in deployments
        if planned.cron is not None and not await _runs(client, id, (StateType.SCHEDULED,), most=1)
    }


async def _free(client: PrefectClient, id: UUID) -> None:
    limit = (await client.read_deployment(id)).global_concurrency_limit
    if limit is not None and limit.active_slots:
        await client.update_global_concurrency_limit(limit.name, GlobalConcurrencyLimitUpdate(active_slots=0))


async def _missed(client: PrefectClient, id: UUID, planned: Planned, now: datetime) -> bool:
    """Whether a time of the cron line has passed since the last run, or since the deployment was made."""
    if planned.cron is None:
        return False
    deployment = DeploymentFilter(id=DeploymentFilterId(any_=[id]))
    last = await client.read_flow_runs(
        deployment_filter=deployment,
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(not_any_=[StateType.SCHEDULED]))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_DESC,
        limit=1,
    )
    since = last[0].expected_start_time if last else (await client.read_deployment(id)).created
    if since is None:
        return False
    # Given in the zone of the line: without, the dates of a UTC start would be read as if they were local.
    schedule = CronSchedule(cron=planned.cron, timezone=TIMEZONE)
    dates = await schedule.get_dates(2, start=since.astimezone(ZoneInfo(TIMEZONE)), end=now)
    return any(date > since for date in dates)


def _due(run: FlowRun, now: datetime) -> bool:
    planned = run.next_scheduled_start_time or run.expected_start_time
    return planned is not None and planned <= now


async def _runs(client: PrefectClient, id: UUID, types: Sequence[StateType], most: int | None = None) -> list[FlowRun]:
    """The runs of a deployment in states of these types; the server gives at most 200 at once."""
    found: list[FlowRun] = []
    size = most or 200
    while True:
        some = await client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[id])),
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=size,
            offset=len(found),
        )
        found += some
        if len(some) < size or len(found) == most:
            return found
