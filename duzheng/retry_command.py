"""``duzheng retry``: files that could not be read are read again from their originals."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home


def retry(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID|NAME]...",
            help="未读文件的编号或名称（duzheng status 列出） A file that is not read, by its id or name as `duzheng status` lists it.",
        ),
    ] = None,
    home: Home = None,
    everything: Annotated[bool, typer.Option("--all", help="全部未读文件 Every file that is not read.")] = False,
    format: FormatOption = Format.table,
) -> None:
    """重读 Read again, from the kept originals, files that could not be read; the folder they came from is not needed.

    Exit status 0: all read; 1: something still cannot be read; 2: wrong usage.
    """
    from duzheng import settings
    from duzheng.progress import shown
    from duzheng.reading import bounds
    from flows.retry import retry as run

    if bool(names) == everything:
        raise typer.BadParameter("指明文件或 --all name files, or give --all")
    with shown(quiet=format is Format.json):
        result = run(Path(settings.home(home)), names or (), limits=bounds())
    for failure in result.failures:
        console.complain(failure)
    if format is Format.json:
        failures = [failure.model_dump() for failure in result.failures]
        print(json.dumps(asdict(result) | {"failures": failures}, ensure_ascii=False))
    else:
        print(f"重读 tried {result.tried}, 已读 read {result.read}, 文件 documents {result.documents}")
    raise typer.Exit(1 if result.failures else 0)
