"""The commands about requirement packs: ``duzheng packs``."""

from __future__ import annotations

from typing import Annotated

import typer

from duzheng.options import Format, FormatOption

packs_app = typer.Typer(
    help="要求包 Requirement packs: what a province asks of its counties' plans.",
    rich_markup_mode=None,
    invoke_without_command=True,
)


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
