"""``duzheng missing``: which counties of a pack's province have submitted nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from schemas.missing import Missing, Received, Unread

_SHOWN = 20


def missing(
    pack: Annotated[str, typer.Argument(metavar="PACK", help="要求包编号或文件 A pack's id or file.")],
    home: Home = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="连同已报送的县一并列出（仅表格） The counties that have submitted as well (table only)."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="另存：.xlsx 分县、分市、另列三表，.csv、.jsonl 只存分县 Write the tables."
        ),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """未报送 Say which counties of the pack's province have submitted nothing within its scope, city by city.

    Exit status 0: said, whatever is missing; 1: the corpus cannot be read; 2: wrong usage or an invalid pack.
    """
    from checks.pack_shelf import load
    from duzheng import chosen, settings
    from flows.missing import missing as find

    loaded = load(pack, settings.home(home))
    with chosen.corpus_at(home) as corpus:
        result = find(corpus, loaded)
    if out:
        import pandas as pd

        from corpus.export import write
        from duzheng.missing_report import COUNTIES, tables

        made = {name: pd.DataFrame(rows, columns=columns) for name, columns, rows in tables(result)}
        write(made if out.suffix.lower() == ".xlsx" else {COUNTIES: made[COUNTIES]}, out)
    if format is Format.json:
        print(result.model_dump_json())
    else:
        _print(result, every)


def _print(result: Missing, every: bool) -> None:
    from rich.table import Table

    from duzheng import output
    from duzheng.missing_report import UNDER_PROVINCE
    from schemas.missing import STATE_NAMES

    page = console.stdout()
    page.print(output.plain(f"{result.title}（{result.pack} {result.version}）"), style="bold")
    counts = "  ".join(f"{name} {result.states[state]}" for state, name in STATE_NAMES.items())
    page.print(f"县（市、区）counties {len(result.counties)}：{counts}")
    table = Table(show_edge=False, pad_edge=False, show_lines=True)
    table.add_column("市 city", overflow="fold", no_wrap=False)
    table.add_column("县数", justify="right", no_wrap=True)
    table.add_column("已报", justify="right", no_wrap=True)
    shown = [state for state in STATE_NAMES if every or state != "submitted"]
    for state in shown:
        table.add_column(STATE_NAMES[state], overflow="fold", ratio=1)
    for city in result.cities:
        own = [one for one in result.counties if (one.province, one.city) == (city.province, city.city)]
        table.add_row(
            output.plain(city.city or f"{city.province}{UNDER_PROVINCE}"),
            str(city.counties),
            str(city.states["submitted"]),
            *(output.plain("、".join(one.county for one in own if one.state == state)) for state in shown),
        )
    page.print(table)
    _print_received("开发区等，不属县级行政区 zones, no counties", result.zones)
    _print_received(
        "县名有歧义或不在区划表中，未计入任何县 place ambiguous or not in the table, counted nowhere", result.unplaced
    )
    _print_unread(result.unread_unplaced)
    page.print(f"省、市级文件 documents of provinces and cities：{result.above}", style="dim")


def _print_received(heading: str, received: Sequence[Received]) -> None:
    from duzheng import output
    from duzheng.copying_report import name

    if not received:
        return
    page = console.stdout()
    page.print(f"{heading}：{len(received)} 份", style="yellow")
    for one in received[:_SHOWN]:
        words = f"  {one.place} {name(one.title, one.uri, one.index)}"
        if one.candidates:
            words += f"，可能是 {'、'.join(one.candidates)}"
        page.print(output.plain(words + (f"（{one.outside}）" if one.outside else "")))
    if len(received) > _SHOWN:
        page.print(f"  另有 {len(received) - _SHOWN} 份，见 --format json 或 --out", style="dim")


def _print_unread(unread: Sequence[Unread]) -> None:
    from duzheng import output

    if unread:
        page = console.stdout()
        page.print(f"未能读取、文件名看不出县名 not read, the name tells no county：{len(unread)} 个", style="yellow")
        for one in unread[:_SHOWN]:
            page.print(output.plain(f"  {one.uri}：{one.message}"))
        if len(unread) > _SHOWN:
            page.print(f"  另有 {len(unread) - _SHOWN} 个，见 --format json 或 --out", style="dim")
