"""``duzheng export`` and ``duzheng import``: the facts of the corpus as tables, and the whole corpus as an archive."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duzheng.chosen import corpus_at
from duzheng.options import Format, FormatOption, Home
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from corpus.transfer.manifest import Manifest

CONFLICTS = 3


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
            help="A file (.xlsx, .csv, .parquet or .jsonl decides the form), or a folder for one file a table; with --all a "
            ".zip file or a new folder. 输出文件或文件夹",
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
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="The whole corpus as an archive for `duzheng import`: originals, findings, decisions and their history. 整个语料库",
        ),
    ] = False,
    datasette: Annotated[
        bool,
        typer.Option(
            "--datasette",
            help="Write to OUT (.yaml) what Datasette is told of the corpus's SQLite file: titles, facets, meanings. Datasette 元数据",
        ),
    ] = False,
    home: Home = None,
    province: Annotated[str | None, typer.Option(metavar="NAME", help="Only this province. 省")] = None,
    city: Annotated[str | None, typer.Option(metavar="NAME", help="Only this city. 市")] = None,
    county: Annotated[str | None, typer.Option(metavar="NAME", help="Only this county. 县")] = None,
    year: Annotated[int | None, typer.Option(metavar="YYYY", help="Only this year. 年份")] = None,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help="requirement, plan, submission, other. 角色")] = None,
    genre: Annotated[str | None, typer.Option(metavar="GENRE", help="Only this genre: notice, plan ... 文种")] = None,
) -> None:
    """导出表格 Write the facts of the corpus as tables, each row with its document and the original words; or all of it."""
    chosen: dict[str, Any] = {
        "province": province,
        "city": city,
        "county": county,
        "year": year,
        "role": role,
        "genre": genre,
    }
    if datasette:
        _write_for_datasette(out, home)
        return
    if everything:
        if tables or form or any(value is not None for value in chosen.values()):
            raise typer.BadParameter(
                "--all: 已导出全部内容，请去掉其他选项 / takes everything; leave the other options out"
            )
        with corpus_at(home) as corpus:
            _print_written(out, corpus.write_archive(out))
        return
    from corpus.columns import TABLES
    from corpus.export import export as write

    names = [name.strip() for given in tables or () for name in given.split(",") if name.strip()]
    if unknown := [name for name in names if name not in TABLES]:
        known = ", ".join(TABLES)
        raise typer.BadParameter(f"--table: {unknown[0]} 不是 {known} 之一 / {unknown[0]} is none of {known}")
    with corpus_at(home) as corpus:
        for one in write(corpus, out, names, form.value if form else None, **chosen):
            print(f"{one.path}: {one.name} {one.rows}")


def take(
    archive: Annotated[
        Path, typer.Argument(metavar="ARCHIVE", help="What `duzheng export --all` wrote: a .zip file or a folder. 归档")
    ],
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """导入整个语料库 Take an archive into a corpus, which is made if it is not there; what is there is not doubled.

    Where the two differ, what is here stays, and that is said. Exit status 0: all taken; 1: the archive cannot be used,
    nothing was taken; 3: there were conflicts.
    """
    from corpus.transfer.take_whole import take_whole
    from duzheng import console, settings

    result = take_whole(settings.home(home), archive)
    if format is Format.json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        for conflict in result.conflicts:
            console.complain(f"冲突 conflict: {conflict.what} {conflict.key}: {conflict.message}")
        for name, count in result.added.items():
            print(f"{name}: 新增 added {count}, 已有 present {result.present.get(name, 0)}")
    raise typer.Exit(CONFLICTS if result.conflicts else 0)


def _write_for_datasette(out: Path, home: Path | None) -> None:
    from corpus import datasette

    if out.suffix.lower() not in (".yaml", ".yml"):
        raise typer.BadParameter(f"--datasette: {out} 须以 .yaml 结尾 / {out} must end in .yaml")
    with corpus_at(home) as corpus:
        if corpus.sqlite is None:
            raise CorpusError(
                "--datasette: 语料库在 PostgreSQL 中，Datasette 只读 SQLite / the corpus is in PostgreSQL, Datasette reads SQLite; "
                "make a copy: duzheng export ALL.zip --all; then without DUZHENG_DATABASE: duzheng import ALL.zip --home COPY; "
                f"duzheng export {out} --datasette --home COPY"
            )
        print(datasette.write(out))
        print(f"datasette {corpus.sqlite} -m {out}")


def _print_written(out: Path, manifest: Manifest) -> None:
    for name, part in manifest.tables.items():
        print(f"{out}: {name} {part.rows}")
    print(f"{out}: originals {manifest.originals.rows}")
