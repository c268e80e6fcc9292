"""``duzheng prune``: what the corpus no longer needs, shown, and taken away when told."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from corpus.retention import Kind, Plan

_NAMES: dict[Kind, str] = {
    "document": "已被取代的文件 superseded documents",
    "original": "原件 originals",
    "run": "旧运行记录 old runs of sources",
    "file": "副本与残留 copies and remains",
    "engine": "Prefect 记录 of Prefect",
}


def prune(
    keep: Annotated[
        int,
        typer.Option(
            "--keep",
            metavar="DAYS",
            min=1,
            help="保留多少天 How many days things are kept after they were last needed.",
        ),
    ] = 365,
    apply: Annotated[
        bool, typer.Option("--apply", help="删除；不写只显示 Delete; without it only shows what would go.")
    ] = False,
    home: Home = None,
    most: Annotated[
        int, typer.Option("--show", metavar="N", min=0, help="每类列出几项 How many things of each kind are listed.")
    ] = 20,
    format: FormatOption = Format.table,
) -> None:
    """清理 Show, and with --apply delete, what is no longer needed: superseded documents that nobody checked, with their
    originals; old records of runs, Prefect's among them; copies that upgrades and restores left. Current documents, checks, decisions and all that
    they speak of stay. Deletions are recorded in deleted.jsonl in the corpus folder.
    """
    from duzheng import settings
    from flows.retention import prune as run

    made = run(settings.home(home), keep, apply=apply)
    if format is Format.json:
        things = [asdict(thing) for thing in made.things]
        print(json.dumps({"deleted": apply, "things": things}, ensure_ascii=False, default=str))
    else:
        _print(made, apply, most)


def _print(made: Plan, applied: bool, most: int) -> None:
    for kind, name in _NAMES.items():
        things = made.of(kind)
        if not things:
            continue
        print(f"{name} {len(things)}，{sum(thing.bytes for thing in things) / 1024**2:.1f} MB")
        for thing in things[:most]:
            since = f"{thing.since:%Y-%m-%d} " if thing.since else ""
            print(f"  {since}{console.one_line(thing.name)}：{thing.why}")
        if 0 < most < len(things):
            print(f"  … {len(things) - most}")
    if not made.things:
        print("没有可清理的 nothing to prune")
    elif applied:
        print("已删除 deleted; deleted.jsonl 有记录")
    else:
        print("以上未删除，加 --apply 删除 nothing was deleted; with --apply it is")
