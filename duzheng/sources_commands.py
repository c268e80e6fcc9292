"""The commands about sources: ``duzheng sources``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duzheng.options import Format, FormatOption, Home

sources_app = typer.Typer(
    help="来源 Sources: where documents come from, how often they are looked for, what a run must yield.",
    rich_markup_mode=None,
    invoke_without_command=True,
)


@sources_app.callback()
def _sources(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        sources_list()


@sources_app.command("add")
def sources_add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.yaml", help="来源文件 Source files.")],
    home: Home = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="替换同编号的来源 Take the place of the source of this id.")
    ] = False,
) -> None:
    """添加来源 Validate source files and put them into the corpus folder.

    Exit status 0: added; 2: a file is not valid, or there is a source of its id.
    """
    from duzheng import console
    from sources.definitions import add

    for file in files:
        one = add(file, _folder(home), replace=replace)
        print(f"{console.one_line(one.path)}: {one.definition.id} {console.one_line(one.definition.title)}")


@sources_app.command("list")
def sources_list(home: Home = None, format: FormatOption = Format.table) -> None:
    """列出来源 List the sources of the corpus folder.

    Exit status 0: listed; 1: a source file is not valid (the others are listed).
    """
    from duzheng import console, output
    from duzheng.sources_report import sources_table, without_secrets
    from sources.definitions import load_valid

    found, errors = load_valid(_folder(home))
    if format is Format.json:
        writer = output.JsonArray()
        for one in found:
            writer.add(without_secrets(one.definition))
        writer.close()
    else:
        sources_table([one.definition for one in found], _folder(home))
    for error in errors:
        console.complain(error)
    raise typer.Exit(1 if errors else 0)


Name = Annotated[
    str, typer.Argument(metavar="ID|FILE.yaml", help="来源编号或文件 A source's id, or a file that is not added yet.")
]


@sources_app.command("show")
def sources_show(source: Name, home: Home = None, format: FormatOption = Format.table) -> None:
    """显示来源 Show one source with every field that counts for it, defaults included.

    Exit status 0: shown; 2: there is no such source, or its file is not valid.
    """
    from duzheng.sources_report import source_fields, without_secrets
    from sources.definitions import find

    one = find(_folder(home), source)
    if format is Format.json:
        print(without_secrets(one.definition).model_dump_json())
    else:
        source_fields(one)


@sources_app.command("test")
def sources_test(
    source: Name,
    home: Home = None,
    list_only: Annotated[
        bool, typer.Option("--list-only", help="只看列表，不取第一份 Do not fetch the first item.")
    ] = False,
    most: Annotated[int, typer.Option("--show", metavar="N", min=0, help="列出几项 How many items are printed.")] = 20,
    format: FormatOption = Format.table,
) -> None:
    """试运行来源 Show what a run would take: items, dates, new or known, and the first document. Nothing is stored.

    Exit status 0: a run would succeed; 1: it would fail, and why; 2: no such source, or its file is not valid.
    """
    from duzheng import console, settings
    from duzheng.reading import bounds
    from duzheng.sources_report import trial_report
    from flows.try_source import try_source
    from sources.definitions import find

    one = find(_folder(home), source)
    trial = try_source(settings.home(home), one, bounds(), read_first=not list_only)
    if format is Format.json:
        print(trial.model_dump_json())
    else:
        trial_report(one.definition, trial, most)
    for failure in trial.failures:
        console.complain(f"{failure.message}: {failure.url}" + (f" ({failure.cure})" if failure.cure else ""))
    raise typer.Exit(0 if trial.would_succeed else 1)


@sources_app.command("run")
def sources_run(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="来源编号 The sources' ids.")] = None,
    every: Annotated[bool, typer.Option("--all", help="所有启用的来源 Every source that is enabled.")] = False,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """运行来源 Take in what is new and what has changed, now, and mark what is gone.

    Exit status 0: every run succeeded; 1: a run failed, or something could not be fetched or read (the rest is taken in);
    2: wrong usage, or no such source.
    """
    from duzheng import console, output, settings
    from duzheng.progress import shown
    from duzheng.sources_report import runs_table
    from flows.run import collect
    from schemas.errors import DuzhengError
    from schemas.fetching import SourceRun
    from sources.definitions import find, load_valid

    if bool(sources) == every:
        raise typer.BadParameter("写明编号，或用 --all / name sources, or say --all")
    errors: list[DuzhengError] = []
    if every:
        found, invalid = load_valid(_folder(home))
        errors += invalid
        names = [one.definition.id for one in found if one.definition.enabled]
    else:
        names = list(dict.fromkeys(find(_folder(home), name).definition.id for name in sources or ()))
    ended: list[SourceRun | DuzhengError] = []
    if names:
        limits = settings.limits()
        with shown(quiet=format is Format.json):
            ended = collect(
                settings.home(home),
                names,
                workers=limits.workers,
                seconds=limits.seconds,
                memory_mb=limits.memory_mb,
            )
    runs = [one for one in ended if isinstance(one, SourceRun)]
    errors += [one for one in ended if not isinstance(one, SourceRun)]
    if format is Format.json:
        writer = output.JsonArray()
        for run in runs:
            writer.add(run)
        writer.close()
    else:
        runs_table(runs)
    # What went wrong in a run is in the log, on standard error too.
    for error in errors:
        console.complain(error)
    raise typer.Exit(1 if errors or any(run.status != "ok" or run.failures for run in runs) else 0)


@sources_app.command("schema")
def sources_schema() -> None:
    """输出来源文件的 JSON Schema Print the JSON Schema of source files."""
    import json

    from schemas.source import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _folder(home: Path | None) -> Path:
    from duzheng import settings
    from sources.definitions import FOLDER

    return settings.home(home) / FOLDER
