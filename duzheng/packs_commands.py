"""The commands about requirement packs: ``duzheng packs``."""

from __future__ import annotations

from typing import Annotated

import typer

from duzheng.options import Format, FormatOption
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
def packs_list(format: FormatOption = Format.table) -> None:
    """列出内置要求包 List the built-in packs."""
    from checks.pack import builtin
    from duzheng import output

    if format is Format.json:
        writer = output.JsonArray()
        for pack in builtin():
            writer.add(pack)
        writer.close()
    else:
        output.packs_table(builtin())


@packs_app.command("show")
def packs_show(
    pack: Annotated[str, typer.Argument(metavar="PACK", help="A built-in pack's id or a pack file. 要求包编号或文件")],
    format: FormatOption = Format.table,
) -> None:
    """显示要求包 Show a pack, or say what is wrong with its file."""
    from checks.pack import load
    from duzheng import output

    loaded = load(pack)
    if format is Format.json:
        print(loaded.model_dump_json())
    else:
        output.pack_table(loaded)


@packs_app.command("schema")
def packs_schema() -> None:
    """输出要求包的 JSON Schema Print the JSON Schema of pack files."""
    import json

    from schemas.requirement import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))


Packs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PACK", help="Built-in packs' ids or pack files; without one the built-in ones. 要求包编号或文件"
    ),
]


@packs_app.command("lint")
def packs_lint(
    packs: Packs = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors. 警告也算错误")] = False,
    format: FormatOption = Format.table,
) -> None:
    """查要求包的毛病 Say what is suspicious in packs, each with its place, its rule and the way out.

    Exit status 0: no errors; 1: at least one error (with --strict, or warning).
    """
    from checks.pack import read
    from checks.pack_lint import lint
    from duzheng import output

    failed = False
    writer = output.JsonArray() if format is Format.json else None
    for name in packs or _builtin_ids():
        problems = lint(read(name))
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
def packs_test(packs: Packs = None, format: FormatOption = Format.table) -> None:
    """运行要求包的示例 Run the examples of packs: each passage must get its verdict.

    Exit status 0: all do; 1: at least one does not (each is printed with what was expected, what came out, and why).
    """
    from checks.pack import load
    from checks.pack_examples import run
    from duzheng import output
    from duzheng.packs_examples import print_failure, print_sum

    failed = 0
    writer = output.JsonArray() if format is Format.json else None
    for name in packs or _builtin_ids():
        pack = load(name)
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


def _builtin_ids() -> list[str]:
    from checks.pack import builtin

    return [pack.id for pack in builtin()]
