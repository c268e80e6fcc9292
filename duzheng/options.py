"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    json = "json"


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", help="Files or folders (searched recursively, hidden files left out). 文件或文件夹"),
]
Home = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help="The corpus folder; else $DUZHENG_HOME, else ./duzheng-data. 语料库文件夹"
    ),
]
FormatOption = Annotated[
    Format, typer.Option("--format", help="table for people, json for programs. 表格供人看，json 供程序用")
]
