"""``duzheng trend``: how often terms occur by year, level and province."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from rich.text import Text

    from schemas.trend import Dimension, Trend

_UNKNOWN = "未知"


class By(StrEnum):
    """What the picture shows along its axis."""

    year = "year"
    level = "level"
    province = "province"


class Of(StrEnum):
    """What the picture measures."""

    documents = "documents"
    mentions = "mentions"
    per_10000 = "per_10000"


def trend(
    terms: Annotated[
        list[str],
        typer.Argument(
            metavar="TERM", help="词语，繁简均可；加引号的照字面 Words, in either script; quoted ones as they stand."
        ),
    ],
    home: Home = None,
    strict: Annotated[bool, typer.Option("--strict", help="不计异体词和同义词 Without variants and synonyms.")] = False,
    table: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="另存表格：.xlsx、.csv 或 .jsonl Write the table; its ending decides the form.",
        ),
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="另存图：.svg 或 .png Draw it.")] = None,
    by: Annotated[By, typer.Option("--by", help="图的横轴 What stands along the axis of the picture.")] = By.year,
    of: Annotated[Of, typer.Option("--of", help="图的纵轴 What the picture measures.")] = Of.documents,
    format: FormatOption = Format.table,
) -> None:
    """词语走势 Say in how many documents terms stand, and how often per 10,000 characters, by year, level and province."""
    from duzheng import chosen

    with chosen.corpus_at(home) as corpus:
        result = corpus.trend(terms, strict=strict)
    if table:
        import pandas as pd

        from corpus.export import write

        write({"走势": pd.DataFrame(_rows(result))}, table)
    if plot:
        from corpus.trend_plot import plot as draw
        from schemas.document import LEVEL_NAMES

        draw(result, plot, by=by.value, measure=of.value, names=dict(LEVEL_NAMES))
    if format is Format.json:
        print(result.model_dump_json())
    else:
        _print(result)


def _rows(result: Trend) -> list[dict[str, Any]]:
    from schemas.trend import DIMENSION_NAMES

    return [
        {
            "词语": term.term,
            "分组": "全部" if name is None else DIMENSION_NAMES[name],
            "值": "" if name is None else _value(one.value),
            "文件数": one.documents,
            "全部文件": one.of_documents,
            "出现次数": one.mentions,
            "字数": one.characters,
            "每万字": one.per_10000,
        }
        for term in result.terms
        for name, counts in [(None, [term.total]), *term.by.items()]
        for one in counts
    ]


def _value(value: str | None) -> str:
    from schemas.document import LEVEL_NAMES

    return _UNKNOWN if value is None else LEVEL_NAMES.get(value, value)


def _print(result: Trend) -> None:
    from rich.table import Table

    from duzheng import output
    from schemas.trend import DIMENSION_NAMES

    out = console.stdout()
    for term in result.terms:
        total = term.total
        out.print(
            output.plain(
                f"{term.term}：{total.documents}/{total.of_documents} 份文件 documents，{total.mentions} 次，"
                f"每万字 {_rate(total.per_10000)}"
            ),
            style="bold",
        )
        if len(term.wordings) > 1:
            out.print(output.plain(f"一并计入 counted with it：{'、'.join(term.wordings[1:])}"), style="dim")
    dimensions: list[Dimension] = list(DIMENSION_NAMES)
    for name in dimensions:
        table = Table(show_edge=False, pad_edge=False)
        table.add_column(DIMENSION_NAMES[name], overflow="fold")
        table.add_column("全部文件", justify="right", no_wrap=True)
        for term in result.terms:
            table.add_column(output.plain(f"{term.term} 文件"), justify="right", overflow="fold")
            table.add_column("次数", justify="right", no_wrap=True)
            table.add_column("每万字", justify="right", no_wrap=True)
        for number, group in enumerate(result.terms[0].by[name]):
            cells: list[Text | str] = [output.plain(_value(group.value)), str(group.of_documents)]
            for term in result.terms:
                one = term.by[name][number]
                cells += [str(one.documents), str(one.mentions), _rate(one.per_10000)]
            table.add_row(*cells)
        out.print(table)


def _rate(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
