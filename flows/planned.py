"""What runs on a schedule: every enabled source that has one, the check of what is new, the digest.

Cron lines are read in Asia/Shanghai. Nothing here knows of Prefect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from schemas.errors import DuzhengError

TIMEZONE = "Asia/Shanghai"
CHECK_CRON = "0 5 * * *"
"""A check also follows every run that stored something; the nightly one is for packs that changed and days that passed."""
DIGEST_CRON = "30 8 * * 1-5"

Job = Literal["collect", "check", "digest"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing to run again and again.

    Attributes:
        job: which flow.
        name: of the deployment: the source's id, or ``corpus``.
        title: for people.
        cron: when, in Asia/Shanghai; None: only when it is asked for.
        parameters: of the flow.
    """

    job: Job
    name: str
    title: str
    cron: str | None
    parameters: dict[str, Any] = field(default_factory=dict)


def planned(
    home: Path,
    *,
    check: str | None = CHECK_CRON,
    digest: str | None = DIGEST_CRON,
    limits: Mapping[str, float | None] | None = None,
) -> tuple[list[Planned], list[DuzhengError]]:
    """What is to run for the corpus at ``home``, and which source files are not valid.

    Args:
        home: the corpus folder; its sources are in ``sources/``.
        check, digest: cron lines; None: not on a schedule.
        limits: ``workers``, ``seconds`` and ``memory_mb`` of reading.

    Returns:
        The plan: sources by id, then check and digest. One bad source file does not stop the others.
    """
    from sources.definitions import load_valid

    folder = str(home.resolve())
    found, errors = load_valid(home / "sources")
    plan = [
        Planned("collect", one.id, one.title, one.schedule, {"home": folder, "source": one.id, **(limits or {})})
        for one in (source.definition for source in found)
        if one.enabled and one.schedule
    ]
    plan.append(Planned("check", "corpus", "检查新到方案 check what is new", check, {"home": folder}))
    if digest is not None:
        plan.append(Planned("digest", "corpus", "摘要通知 digest", digest, {"home": folder}))
    return plan, list(errors)
