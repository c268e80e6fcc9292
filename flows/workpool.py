"""``prefect.yaml``: the same deployments for workers of a pool, on a Prefect server that several machines share.

Workers have duzheng installed, so nothing is pulled: a flow is named by its module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from flows.planned import TIMEZONE, Job, Planned

POOL = "duzheng"
ENTRYPOINTS: dict[Job, tuple[str, str]] = {
    "collect": ("flows.deployments.collect_source", "CANCEL_NEW"),
    "check": ("flows.deployments.check_new", "ENQUEUE"),
    "digest": ("flows.deployments.send_digest", "CANCEL_NEW"),
}
"""Of each job its flow, and what happens to a run while another of the same deployment is going."""

_HEAD = f"""\
# 供工作池使用的部署定义 / Deployments for a Prefect work pool; written by: duzheng schedule --prefect-yaml FILE
#
#   export PREFECT_API_URL=http://server:4200/api
#   prefect work-pool create --type process {POOL}
#   prefect --no-prompt deploy --all --prefect-file FILE
#   prefect worker start --pool {POOL} --type process        # on every machine that works
"""


def prefect_yaml(plan: Sequence[Planned], pool: str = POOL) -> str:
    """The text of ``prefect.yaml`` for what is planned, runs of one thing never at the same time."""
    deployments = [_deployment(one, pool) for one in plan]
    body = {"name": "duzheng", "pull": [], "deployments": deployments}
    return _HEAD + yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=120)


def _deployment(planned: Planned, pool: str) -> dict[str, Any]:
    entrypoint, strategy = ENTRYPOINTS[planned.job]
    return {
        "name": planned.name,
        "description": planned.title,
        "tags": ["duzheng"],
        "entrypoint": entrypoint,
        "parameters": planned.parameters,
        "schedules": [{"cron": planned.cron, "timezone": TIMEZONE}] if planned.cron else [],
        "concurrency_limit": {"limit": 1, "collision_strategy": strategy},
        "enforce_parameter_schema": False,
        "work_pool": {"name": pool},
    }
