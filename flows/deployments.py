"""The flows as Prefect runs them on a schedule: one run of one source, the check of what is new, the digest.

1. A run that failed is *failed* in Prefect, with the reason in its state; nothing is passed off as done.
2. A run of a source that is still going is not joined by another one: Prefect cancels the second (``CANCEL_NEW``), and the
   lock of the source stops what does not come from Prefect. A check waits for the one before instead, for that one may
   have begun before the last documents came.
3. A run takes the place of all runs of its deployment that are due: after a pause one run catches up, not one for each
   time that was missed.
4. What may pass by itself (a server that does not answer, a corpus that another process is writing) is tried again some
   minutes later, as a run of its own; a page that changed or a folder that is gone is not, for it would fail again.

``flows.schedule`` serves them from one process; ``prefect.yaml`` deploys them to a work pool.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import Flow, flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.runtime import deployment as this_deployment
from prefect.runtime import flow_run as this_run
from prefect.schedules import Cron
from prefect.states import Cancelled, Completed, Failed, Scheduled
from prefect.types import DateTime
from prefect.types.entrypoint import EntrypointType

from flows import artifacts
from flows.batches import RUNNER, limits
from flows.check import PATIENCE_SECONDS
from flows.lifetime import die_with_parent
from flows.planned import TIMEZONE, Job, Planned
from flows.shown import progress
from schemas.errors import CorpusBusy, DuzhengError, SourceBusy
from schemas.fetching import RETRYABLE
from schemas.logs import configure

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

    from schemas.fetching import SourceRun

LONGEST_SECONDS = 6 * 3600.0
"""A run that takes longer hangs: it fails, or its source would never run again."""

SERVED_BY = "DUZHENG_SERVED_BY"
"""The process that serves the deployments: a run ends with it, for it could tell nobody how it ended."""

AGAIN_AFTER = (timedelta(minutes=5), timedelta(minutes=20))
"""After the first and the second failure that may pass by itself; then the schedule takes over."""

CHECK = "check-new/corpus"
"""The deployment that a run which stored something asks for."""


@flow(
    name="collect",
    flow_run_name="{source}",
    validate_parameters=False,
    persist_result=False,
    timeout_seconds=LONGEST_SECONDS,
    task_runner=RUNNER,
)
def collect_source(
    home: str,
    source: str,
    attempt: int = 1,
    *,
    workers: int | None = None,
    seconds: float | None = None,
    memory_mb: int | None = None,
) -> State[Any]:
    """One run of one source: list, fetch, read, store.

    Args:
        home: the corpus folder.
        source: the source's id.
        attempt: which try this is, from 1.
        workers, seconds, memory_mb: processes that read, and what one file may take; see ``flows.pool.Limits``.

    Returns:
        Completed; Failed, with the reason as its message; Cancelled where another run of the source is going on.
    """
    from flows.collect import collect

    _begin()
    try:
        with progress(artifacts.key("progress", source), source):
            run = collect(Path(home), source, bounds=limits(workers, seconds, memory_mb))
    except SourceBusy as error:
        return Cancelled(message=str(error))
    except DuzhengError as error:
        return _failed(str(error), passing=isinstance(error, CorpusBusy), attempt=attempt)
    create_markdown_artifact(
        artifacts.of_run(source, run),
        key=artifacts.key("source", source),
        description=f"{source}: {run.status}",
    )
    if run.documents:
        _ask_for(CHECK)
    if run.status != "ok":
        return _failed(run.reason or run.status, passing=_may_pass(run), attempt=attempt)
    return Completed(message=", ".join(f"{number} {change}" for change, number in run.changes.items() if number))


@flow(name="check-new", validate_parameters=False, persist_result=False, timeout_seconds=LONGEST_SECONDS)
def check_new(home: str, attempt: int = 1) -> State[Any]:
    """Check the plans that new documents or changed packs touch; tell Prefect of findings that are new.

    Args:
        home: the corpus folder.
        attempt: which try this is, from 1.
    """
    from flows.check import check

    _begin()
    try:
        with progress("progress-check", "检查 check"):
            number = check(home, touched=True)
    except DuzhengError as error:
        return _failed(str(error), passing=isinstance(error, CorpusBusy), attempt=attempt)
    return Completed(message=f"{number} checks")


@flow(name="digest", validate_parameters=False, persist_result=False, timeout_seconds=LONGEST_SECONDS)
def send_digest(home: str, attempt: int = 1) -> State[Any]:
    """Tell every target what is new since it was last told; a target without news is not told.

    Args:
        home: the corpus folder.
        attempt: which try this is, from 1.
    """
    from corpus.corpus import Corpus
    from flows.digest import send
    from schemas.china_time import today_in_china

    _begin()
    try:
        with Corpus.open(Path(home), patience=PATIENCE_SECONDS) as corpus:
            told = send(corpus, Path(home), today_in_china())
    except DuzhengError as error:
        return _failed(str(error), passing=isinstance(error, CorpusBusy), attempt=attempt)
    if told:
        create_markdown_artifact(artifacts.of_digest(told), key="digest", description="摘要通知 digest")
    failed = [f"{one.target}: {one.reason}" for one in told if one.state == "failed"]
    if failed:
        return _failed("; ".join(failed), passing=True, attempt=attempt)
    return Completed(message=", ".join(f"{one.target}: {one.state}" for one in told) or "no targets")


_FLOWS: dict[Job, Flow[..., State[Any]]] = {"collect": collect_source, "check": check_new, "digest": send_digest}
_AT_ONCE: dict[Job, ConcurrencyLimitStrategy] = {
    "collect": ConcurrencyLimitStrategy.CANCEL_NEW,
    "check": ConcurrencyLimitStrategy.ENQUEUE,
    "digest": ConcurrencyLimitStrategy.CANCEL_NEW,
}


async def deployment(planned: Planned) -> RunnerDeployment:
    """What Prefect is told of one planned thing: its flow, parameters and cron line; one run at a time."""
    return await _FLOWS[planned.job].ato_deployment(
        planned.name,
        schedule=Cron(planned.cron, timezone=TIMEZONE) if planned.cron else None,
        parameters=planned.parameters,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=_AT_ONCE[planned.job]),
        description=planned.title,
        tags=["duzheng"],
        enforce_parameter_schema=False,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _begin() -> None:
    """What every run does first: log as its keeper wants it, end with the process that serves it, and stand for the runs
    that are due as well."""
    configure()
    server = os.environ.get(SERVED_BY)
    if server is not None:
        die_with_parent(signal.SIGKILL)
        if os.getppid() != int(server):  # it was gone before the line above
            os.kill(os.getpid(), signal.SIGKILL)
    if this_deployment.id is None:
        return
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[this_deployment.id])),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
                expected_start_time=FlowRunFilterExpectedStartTime(before_=DateTime.now(UTC)),
            ),
        ):
            done_by: State[Any] = Cancelled(message=f"{this_run.name} 已代为运行 / has done what this run was to do")
            client.set_flow_run_state(run.id, done_by)


def _may_pass(run: SourceRun) -> bool:
    return bool(run.failures) and all(failure.cause in RETRYABLE for failure in run.failures)


def _failed(reason: str, *, passing: bool, attempt: int) -> State[Any]:
    """The state of a run that failed; where that may pass, with another run in some minutes."""
    if passing and attempt <= len(AGAIN_AFTER) and this_deployment.id is not None:
        at = datetime.now(UTC) + AGAIN_AFTER[attempt - 1]
        with get_client(sync_client=True) as client:
            client.create_flow_run_from_deployment(
                this_deployment.id,
                parameters={**this_run.parameters, "attempt": attempt + 1},
                state=Scheduled(scheduled_time=at),
            )
        reason = f"{reason} (再试于 again at {artifacts.local(at)})"
    return Failed(message=reason)


def _ask_for(name: str) -> None:
    """Have a deployment run as soon as possible; where there is none of that name, nothing happens."""
    if this_deployment.id is None:
        return
    client: SyncPrefectClient
    with get_client(sync_client=True) as client:
        try:
            wanted = client.read_deployment_by_name(name)
        except ObjectNotFound:
            return
        client.create_flow_run_from_deployment(wanted.id, state=Scheduled())
