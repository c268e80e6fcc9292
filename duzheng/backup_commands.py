"""``duzheng backup`` and ``duzheng restore``."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home


def backup(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE.zip",
            help="备份文件夹，每次只添新的原件；.zip 为一个归档 A folder of backups, to which only new originals are added; "
            "a .zip is an archive of everything.",
        ),
    ],
    home: Home = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=1, help="只留最近几份 How many backups stay in the folder; else all."),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """备份 Back up the corpus while it may be read and written: SQLite and PostgreSQL alike.

    Exit status 0: all of it; 1: an original is missing or damaged, the rest was backed up.
    """
    from duzheng.chosen import corpus_at

    if keep is not None and path.suffix.lower() == ".zip":
        raise typer.BadParameter("--keep 只用于备份文件夹 is for a folder of backups")
    with corpus_at(home) as corpus:
        made, problems = corpus.write_backup(path, keep)
    for problem in problems:
        console.complain(problem)
    if format is Format.json:
        print(json.dumps({"backup": str(made), "problems": problems}, ensure_ascii=False))
    else:
        print(f"{made}: 已备份 backed up")
    raise typer.Exit(1 if problems else 0)


def restore(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="BACKUP",
            help="备份文件夹、其中一份，或归档 A folder of backups, one of them, or an archive of `duzheng backup FILE.zip`.",
        ),
    ],
    home: Home = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="NAME", help="哪一份 Which backup; else the newest.")
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="已有的数据库移开，不删除 Put a store that is there aside; it is not deleted."),
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="只检查备份 Only look at the backup, write nothing.")] = False,
    format: FormatOption = Format.table,
) -> None:
    """恢复 Put the corpus back from a backup, after all of the backup was looked at; one that is torn or changed is refused.

    Exit status 0: done; 1: the backup cannot be used, or there is a corpus already; nothing was changed.
    """
    from corpus.backup import restore as restoring
    from duzheng import settings

    work = restoring.checked if check else partial(restoring.restore, replace=replace)
    done = work(path, settings.home(home), at=at)
    if done.aside:
        console.complain(f"{done.aside}: 原来的数据库 the store that stood there; delete it when all is well")
    for problem in done.problems:
        console.complain(f"备份时已缺 was missing when backed up: {problem}")
    if format is Format.json:
        answer = asdict(done) | {"restored": not check}
        print(json.dumps(answer, ensure_ascii=False, default=str))
    elif check:
        print(f"{done.backup}: 完好 whole, {done.originals} originals")
    else:
        print(f"{done.home}: 已恢复 put back from {done.backup}, {done.originals} originals")
