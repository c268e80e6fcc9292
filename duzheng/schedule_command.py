"""``duzheng schedule``: run every source, the check and the digest at their times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng.options import Home

if TYPE_CHECKING:
    from flows.schedule import Started

_NEVER = "never"


def schedule(
    home: Home = None,
    check: Annotated[
        str,
        typer.Option(
            "--check",
            metavar="CRON",
            help="When the nightly check runs, a cron line in Asia/Shanghai, or never; a check also follows every run that stored "
            "something. 夜间检查的时间",
        ),
    ] = "0 5 * * *",
    digest: Annotated[
        str, typer.Option("--digest", metavar="CRON", help="When the digest is sent, or never. 发送摘要的时间")
    ] = "30 8 * * 1-5",
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Of Prefect's pages, on this machine only. 网页端口")
    ] = 4200,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, max=64, help="Runs at the same time, each of another source. 同时运行数")
    ] = 2,
    prefect_yaml: Annotated[
        Path | None,
        typer.Option(
            "--prefect-yaml",
            metavar="FILE",
            help="Write the deployments for a Prefect work pool instead, and end. 另存为工作池的部署定义",
        ),
    ] = None,
) -> None:
    """定时运行 Serve the schedules of all sources, the check and the digest, until it is stopped (Ctrl-C or SIGTERM).

    Times are those of Asia/Shanghai. What was missed while it did not run is caught up once.

    Exit status 0: stopped; 1: it could not be started, or is running already; 2: wrong usage.
    """
    from dataclasses import asdict

    from duzheng import settings

    lines = {"check": _cron("--check", check), "digest": _cron("--digest", digest)}
    bounds = {name: value for name, value in asdict(settings.limits()).items() if value is not None}
    if prefect_yaml is not None:
        _write(prefect_yaml, settings.home(home), lines, bounds)
        return
    from flows.schedule import Settings
    from flows.schedule import schedule as serve

    serve(settings.home(home), Settings(lines["check"], lines["digest"], port, at_once, bounds), started=_tell)


def _write(file: Path, home: Path, lines: dict[str, str | None], bounds: dict[str, float]) -> None:
    from duzheng import console
    from flows.planned import planned
    from flows.workpool import prefect_yaml

    plan, problems = planned(home, limits=bounds, **lines)
    for problem in problems:
        console.complain(problem)
    file.write_text(prefect_yaml(plan), encoding="utf-8")
    raise typer.Exit(1 if problems else 0)


def _cron(option: str, text: str) -> str | None:
    from schemas.source import cron

    if text == _NEVER:
        return None
    try:
        return cron(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _tell(started: Started) -> None:
    from rich.box import SIMPLE
    from rich.markup import escape
    from rich.table import Table

    from duzheng import console

    for problem in started.problems:
        console.complain(problem)
    table = Table("任务 job", "名称 name", "时间 when (Asia/Shanghai)", "说明 title", box=SIMPLE)
    for one in started.plan:
        when = one.cron or "有新文件时 when something was stored"
        table.add_row(*map(escape, (one.job, one.name, when, one.title)))
    console.stdout().print(table)
    if started.cut_off:
        console.stdout().print(f"上次中止的运行 {started.cut_off} 项 runs were cut off last time")
    if started.catching_up:
        console.stdout().print(f"补跑 {started.catching_up} 项 catching up")
    console.stdout().print(f"运行记录 runs: {started.url}  (Ctrl-C 停止 stops)")
