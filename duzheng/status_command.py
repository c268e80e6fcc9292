"""``duzheng status``: documents, files that are not read, sources and their runs, index, backups, disk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from rich.console import Console

    from schemas.status import SourceStatus, Status

_RUN_NAMES = {
    "ok": "正常 ok",
    "failed": "失败 failed",
    "interrupted": "中断 interrupted",
    "running": "运行中 running",
}


def status(
    home: Home = None,
    most: Annotated[
        int,
        typer.Option(
            "--show", metavar="N", min=0, help="列出几个未读文件 How many files that are not read are listed."
        ),
    ] = 20,
    format: FormatOption = Format.table,
) -> None:
    """运行状况 Show how the corpus is: documents, files not read and for how long, sources and their last runs, index, backup, disk.

    Times are those of Asia/Shanghai. Whether all of it is as it should be is what `duzheng health` says.
    """
    from duzheng import settings
    from flows.status import status as ask

    found = ask(settings.home(home))
    if format is Format.json:
        print(found.model_dump_json())
    else:
        _print(found, most)


def _print(found: Status, most: int) -> None:
    from duzheng import output

    out = console.stdout()
    out.print(output.plain(f"{found.home} ({found.store})"), style="bold")
    out.print(
        f"文件 documents {found.documents}，已被取代 superseded {found.documents_superseded}，原件 files read {found.files_read}，"
        f"检查 checks {found.checks}"
    )
    late = f"，落后 behind {found.index.behind}" if found.index.behind else ""
    out.print(f"索引 index {found.index.documents}{late}")
    if found.backup is None:
        out.print("备份 backup 无 none")
    else:
        lost = f"，缺原件 originals missing {found.backup.problems}" if found.backup.problems else ""
        out.print(output.plain(f"备份 backup {moment(found.backup.made_at)} {found.backup.place}{lost}"))
    disk = found.disk
    parts = [
        ("原件 originals", disk.originals),
        ("数据库 store", disk.store),
        ("索引 index", disk.index),
        ("Prefect", disk.prefect),
    ]
    used = "，".join(f"{name} {_size(size)}" for name, size in parts if size is not None)
    out.print(f"磁盘 disk 可用 free {_size(disk.free)} / {_size(disk.total)}；{used}")
    if found.sources:
        out.print()
        _sources(out, found.sources)
    for problem in found.problems:
        console.complain(problem)
    if found.unread:
        out.print()
        _unread(out, found, most)


def _sources(out: Console, sources: list[SourceStatus]) -> None:
    from rich.table import Table

    from duzheng import output

    table = Table(show_edge=False, pad_edge=False)
    for heading in ("来源 source", "条目 items", "失败 failed", "最近运行 last run", "", "上次成功 last good", "说明"):
        table.add_column(heading, overflow="fold")
    for one in sources:
        run = one.last_run
        notes = []
        if not one.defined:
            notes.append("来源文件已不在 no source file any more")
        elif not one.enabled:
            notes.append("停用 disabled")
        if one.due is not None:
            notes.append(f"未按时运行 late since {moment(one.due)}")
        if one.failed_runs:
            notes.append(f"连续失败 failed {one.failed_runs} times")
        if run is not None and run.reason:
            notes.append(run.reason)
        table.add_row(
            output.plain(f"{one.id} {one.title}".strip()),
            str(one.items),
            str(one.items_failed),
            moment(run.started_at) if run else "—",
            _RUN_NAMES[run.status] if run else "",
            moment(one.last_ok) if one.last_ok else "—",
            output.plain(console.one_line("；".join(notes))),
        )
    out.print(table)


def _unread(out: Console, found: Status, most: int) -> None:
    from rich.table import Table

    from duzheng import output

    out.print(f"未读文件 files not read {len(found.unread)}（duzheng retry 编号 id | --all）", style="bold")
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("编号 id", "天 days", "次 tries", "文件 file", "原因 why"):
        table.add_column(heading, overflow="fold")
    for one in found.unread[:most]:
        why = one.message + (f" ({one.cure})" if one.cure else "")
        partly = "（附件 attachment）" if one.partly else ""
        cells = (one.id, str(one.days), str(one.attempts), one.uri + partly, why)
        table.add_row(*(output.plain(console.one_line(cell)) for cell in cells))
    if most:
        out.print(table)
    if len(found.unread) > most:
        out.print(f"… {len(found.unread) - most}")


def moment(at: datetime) -> str:
    """A moment as people there read it."""
    return f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"


def _size(size: int) -> str:
    amount, units = float(size), ("B", "KB", "MB", "GB", "TB")
    for unit in units:
        if amount < 1024 or unit == units[-1]:
            return f"{amount:.0f} {unit}" if unit in ("B", "KB") else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError
