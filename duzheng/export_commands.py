"""``duzheng export``: the facts of the corpus as tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from duzheng.decide_commands import _corpus
from duzheng.options import Home


class TableForm(StrEnum):
    """The forms of a table in a folder."""

    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"
    jsonl = "jsonl"


def export(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="A file (.xlsx, .csv, .parquet or .jsonl decides the form), or a folder for one file a table. 输出文件或文件夹",
        ),
    ],
    tables: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            metavar="NAMES",
            help="documents, communities, targets, tasks, leaders, citations, attachments, scoring, sections, findings, "
            "decisions; with commas, or repeated; else all. 表名",
        ),
    ] = None,
    form: Annotated[
        TableForm | None, typer.Option("--format", help="The form in a folder; else csv. 文件夹中的格式")
    ] = None,
    home: Home = None,
    province: Annotated[str | None, typer.Option(metavar="NAME", help="Only this province. 省")] = None,
    city: Annotated[str | None, typer.Option(metavar="NAME", help="Only this city. 市")] = None,
    county: Annotated[str | None, typer.Option(metavar="NAME", help="Only this county. 县")] = None,
    year: Annotated[int | None, typer.Option(metavar="YYYY", help="Only this year. 年份")] = None,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help="requirement, plan, submission, other. 角色")] = None,
    genre: Annotated[str | None, typer.Option(metavar="GENRE", help="Only this genre: notice, plan ... 文种")] = None,
) -> None:
    """导出表格 Write the facts of the corpus as tables, each row with its document and the original words."""
    from corpus.columns import TABLES
    from corpus.export import form as form_of
    from corpus.export import write, write_folder
    from corpus.frames import read

    names = [name.strip() for given in tables or [",".join(TABLES)] for name in given.split(",") if name.strip()]
    if unknown := [name for name in names if name not in TABLES]:
        raise typer.BadParameter(f"--table: {unknown[0]} is none of {', '.join(TABLES)}")
    in_folder = out.is_dir() or not out.suffix
    if not in_folder and form and out.suffix.lower() != f".{form}":
        raise typer.BadParameter(f"--format {form}: {out} ends otherwise; name the file .{form}, or a folder")
    if not in_folder:
        form_of(out, len(names))
    with _corpus(home) as corpus:
        made = read(corpus, names, province=province, city=city, county=county, year=year, role=role, genre=genre)
    if in_folder:
        paths = dict(zip(made, write_folder(made, out, form or TableForm.csv), strict=True))
    else:
        write(made, out)
        paths = dict.fromkeys(made, out)
    for name, table in made.items():
        print(f"{paths[name]}: {name} {len(table)}")
