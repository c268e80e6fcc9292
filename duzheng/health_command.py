"""``duzheng health``: one answer, or a small server that gives it to whoever watches."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

_ADDRESS = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]]*)):(\d{1,5})")


def health(
    home: Home = None,
    serve: Annotated[
        str | None,
        typer.Option(
            "--serve",
            metavar="[HOST:]PORT",
            help="在 /health 上以 JSON 应答：200 或 503 Answer at /health as JSON, 200 or 503, until stopped; HOST is 127.0.0.1 if "
            "not given.",
        ),
    ] = None,
    run_hours: Annotated[
        float | None,
        typer.Option(
            "--run-hours",
            metavar="H",
            min=0,
            help="每个来源上次成功运行最多几小时前 How long ago the last good run of each source may be; else its schedule decides.",
        ),
    ] = None,
    index_behind: Annotated[
        int | None,
        typer.Option(
            "--index-behind",
            metavar="N",
            min=0,
            help="索引最多落后几处 How many changes the index may be behind; else 0.",
        ),
    ] = None,
    disk_mb: Annotated[
        int, typer.Option("--disk-mb", metavar="MB", min=0, help="磁盘至少可用 How much of the disk must be free.")
    ] = 1024,
    backup_hours: Annotated[
        float | None,
        typer.Option(
            "--backup-hours",
            metavar="H",
            min=0,
            help="备份最多几小时前 How old the last backup may be; else not asked.",
        ),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """是否正常 Say whether all is well, and if not, why: runs late or failing, index behind, disk, database, backups.

    Exit status 0: all is well; 1: something is wrong.
    """
    from duzheng import settings
    from flows.health import Expected
    from flows.health import health as ask

    expected = Expected(run_hours=run_hours, index_behind=index_behind, disk_mb=disk_mb, backup_hours=backup_hours)
    place = settings.home(home)
    if serve is not None:
        from duzheng.health_server import serve_health

        serve_health(place, expected, *_address(serve), listening=lambda url: print(f"{url}/health", flush=True))
        return
    found = ask(place, expected)
    if format is Format.json:
        print(found.model_dump_json())
    else:
        for reason in found.reasons:
            console.complain(reason.message)
        print(f"{found.home}: {'正常 all is well' if found.ok else '不正常 not well'}")
    raise typer.Exit(0 if found.ok else 1)


def _address(text: str) -> tuple[str, int]:
    match = _ADDRESS.fullmatch(text if ":" in text else f":{text}")
    if match is None or not 0 <= int(match[3]) <= 65535:
        raise typer.BadParameter(
            f"--serve: {text} 不是 127.0.0.1:8765 或 8765 这样的地址 / {text} is no address like 127.0.0.1:8765 or 8765"
        )
    return match[1] or match[2] or "127.0.0.1", int(match[3])
