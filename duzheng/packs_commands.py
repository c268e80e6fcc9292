"""The commands about requirement packs: ``duzheng packs``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duzheng.options import Format, FormatOption, Home
from duzheng.packs_draft import packs_draft

packs_app = typer.Typer(
    help="要求包 Requirement packs: what a province asks of its counties' plans.",
    rich_markup_mode=None,
    invoke_without_command=True,
)

packs_app.command("draft")(packs_draft)


@packs_app.callback()
def _packs(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        packs_list()


@packs_app.command("list")
def packs_list(home: Home = None, format: FormatOption = Format.table) -> None:
    """列出要求包 List the packs: those that come with duzheng and those published in the corpus."""
    from checks.pack import builtin
    from checks.pack_shelf import known
    from duzheng import output, settings

    packs = known(settings.home(home))
    if format is Format.json:
        writer = output.JsonArray()
        for pack in packs:
            writer.add(pack)
        writer.close()
    else:
        output.packs_table(packs, {pack.sha256 for pack in builtin()})


@packs_app.command("show")
def packs_show(
    pack: Annotated[str, typer.Argument(metavar="PACK", help="A pack's id or file. 要求包编号或文件")],
    requirements: Annotated[
        list[str] | None,
        typer.Argument(metavar="REQUIREMENT", help="Only these requirements, by id. 只显示这些要求"),
    ] = None,
    brief: Annotated[bool, typer.Option("--brief", help="One row a requirement. 每条要求一行")] = False,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """显示要求包 Show a pack with every field, or say what is wrong with its file."""
    from checks.pack_shelf import load
    from duzheng import output, settings
    from duzheng.packs_show import print_pack

    loaded = load(pack, settings.home(home))
    known = [requirement.id for requirement in loaded.requirements]
    for id in requirements or ():
        if id not in known:
            has = ", ".join(known)
            raise typer.BadParameter(
                f"{id}: {loaded.id} 中没有这条要求，有 {has} / no such requirement in {loaded.id} (it has {has})"
            )
    if requirements:
        loaded.requirements = [one for one in loaded.requirements if one.id in requirements]
    if format is Format.json:
        print(loaded.model_dump_json())
    elif brief:
        output.pack_table(loaded)
    else:
        print_pack(loaded)


@packs_app.command("schema")
def packs_schema() -> None:
    """输出要求包的 JSON Schema Print the JSON Schema of pack files."""
    import json

    from schemas.requirement import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))


Packs = Annotated[
    list[str] | None,
    typer.Argument(metavar="PACK", help="Packs' ids or files; without one all that the corpus knows. 要求包编号或文件"),
]


@packs_app.command("lint")
def packs_lint(
    packs: Packs = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors. 警告也算错误")] = False,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """查要求包的毛病 Say what is suspicious in packs, each with its place, its rule and the way out.

    Exit status 0: no errors; 1: at least one error (with --strict, or warning).
    """
    from checks.pack_lint import lint
    from checks.pack_shelf import find
    from duzheng import output, settings

    failed = False
    folder = settings.home(home)
    writer = output.JsonArray() if format is Format.json else None
    for name in packs or _ids(folder):
        problems = lint(find(name, folder))
        failed = failed or any(p.level == "error" or (strict and p.level == "warning") for p in problems)
        for problem in problems:
            if writer:
                writer.add(problem)
            else:
                print(problem)
        if not writer:
            counts = ", ".join(
                f"{sum(p.level == level for p in problems)} {level}s" for level in ("error", "warning", "note")
            )
            print(f"{name}: {counts}")
    if writer:
        writer.close()
    raise typer.Exit(1 if failed else 0)


@packs_app.command("test")
def packs_test(packs: Packs = None, home: Home = None, format: FormatOption = Format.table) -> None:
    """运行要求包的示例 Run the examples of packs: each passage must get its verdict.

    Exit status 0: all do; 1: at least one does not (each is printed with what was expected, what came out, and why).
    """
    from checks.pack_examples import run
    from checks.pack_shelf import load
    from duzheng import output, settings
    from duzheng.packs_examples import print_failure, print_sum

    failed = 0
    folder = settings.home(home)
    writer = output.JsonArray() if format is Format.json else None
    for name in packs or _ids(folder):
        pack = load(name, folder)
        results = list(run(pack))
        bad = [result for result in results if not result.passed]
        failed += len(bad)
        if writer:
            for result in results:
                writer.add(result)
            continue
        for result in bad:
            print_failure(pack, result)
        without = [r.id for r in pack.requirements if not any(True for _ in r.examples.each())]
        print_sum(pack, len(results) - len(bad), len(bad), without)
    if writer:
        writer.close()
    raise typer.Exit(1 if failed else 0)


OldPack = Annotated[
    str,
    typer.Argument(
        metavar="OLD", help="The earlier pack: an id (henan-2025@1.0.0 in that version) or a file. 原要求包"
    ),
]
NewPack = Annotated[str, typer.Argument(metavar="NEW", help="The later pack: an id or a file. 新要求包")]


@packs_app.command("diff")
def packs_diff(old: OldPack, new: NewPack, home: Home = None, format: FormatOption = Format.table) -> None:
    """比较两个要求包 Say what changed: new, dropped, tighter, looser, wording only, and in which field."""
    from checks.pack_diff import diff
    from checks.pack_shelf import load
    from duzheng import settings
    from duzheng.packs_tables import diff_table

    folder = settings.home(home)
    found = diff(load(old, folder), load(new, folder))
    if format is Format.json:
        print(found.model_dump_json())
    else:
        diff_table(found)


@packs_app.command("impact")
def packs_impact(
    old: OldPack,
    new: NewPack,
    home: Home = None,
    today: Annotated[
        str | None,
        typer.Option("--today", metavar="YYYY-MM-DD", help="The day that both are judged on. 对照日期"),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """看改判影响 Say which verdicts flip on the stored plans; nothing is recorded."""
    from datetime import date

    from checks.pack_shelf import load
    from corpus.corpus import Corpus
    from duzheng import settings
    from duzheng.packs_tables import impact_table
    from flows.impact import impact

    try:
        day = date.fromisoformat(today) if today else None
    except ValueError:
        raise typer.BadParameter(
            f"--today: {today} 不是日期，请写成 2025-12-31 / {today} is no date; write it as 2025-12-31"
        ) from None
    folder = settings.home(home)
    packs = load(old, folder), load(new, folder)
    with Corpus.open(folder) as corpus:
        found = impact(corpus, *packs, today=day)
    if format is Format.json:
        print(found.model_dump_json())
    else:
        impact_table(found)


@packs_app.command("export")
def packs_export(
    pack: Annotated[str, typer.Argument(metavar="PACK", help="A pack's id or file. 要求包编号或文件")],
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Where the workbook goes. 输出的工作簿")],
    home: Home = None,
) -> None:
    """导出为 Excel Write a pack as a workbook that can be edited and read back."""
    from checks.pack_excel import write_pack
    from checks.pack_shelf import load
    from duzheng import settings
    from duzheng.unwritable import unwritable

    if file.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{file}: 文件名须以 .xlsx 结尾 / the name must end in .xlsx")
    loaded = load(pack, settings.home(home))
    try:
        write_pack(loaded, file)
    except OSError as error:
        raise unwritable(file, error) from error
    print(f"{file}: {loaded.id} {loaded.version}, {len(loaded.requirements)} 条要求 requirements")


@packs_app.command("import")
def packs_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="A workbook made by packs export. 工作簿")],
) -> None:
    """从 Excel 导入 Print the pack in a workbook as YAML; what is wrong is named by sheet and cell."""
    from checks.pack import load
    from checks.pack_yaml import write_yaml

    print(write_yaml(load(str(file))), end="")


def _ids(home: Path) -> list[str]:
    from checks.pack_shelf import known

    return [pack.id for pack in known(home)]
