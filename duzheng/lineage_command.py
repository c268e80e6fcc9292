"""``duzheng lineage``: which clauses of a document come from which earlier document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from schemas.lineage import Lineage, LineageDocument

_QUOTE_SHOWN = 90
_SOURCES_SHOWN = 8
_DROPPED_SHOWN = 8


def lineage(
    document: Annotated[
        str,
        typer.Argument(
            metavar="DOC", help="语料库中的编号，或文件 An id of the corpus, or a file (FILE#2: its second)."
        ),
    ],
    home: Home = None,
    depth: Annotated[
        int,
        typer.Option("--depth", min=1, max=20, help="向上追溯几层 How many steps up the chain of main sources goes."),
    ] = 3,
    xlsx: Annotated[
        Path | None,
        typer.Option("--xlsx", metavar="FILE.xlsx", help="另存表格 Write clauses and sources as a workbook."),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """条款溯源 Say which clauses come from which earlier document of the corpus, in whichever script or province.

    Exit status 0: traced, whatever was found; 1: the document could not be read; 2: wrong usage.
    """
    from duzheng import chosen
    from flows.lineage import lineage as trace

    if xlsx and xlsx.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"--xlsx: {xlsx} must end in .xlsx 请以 .xlsx 结尾")
    traced = chosen.document(document, home)
    with chosen.corpus_at(home) as corpus:
        result = trace(corpus, traced, depth)
    if xlsx:
        import pandas as pd

        from corpus.export import write

        write({name: pd.DataFrame(rows) for name, rows in _tables(result).items()}, xlsx)
    if format is Format.json:
        print(result.model_dump_json())
    else:
        _print(result)


def _name(document: LineageDocument) -> str:
    from duzheng.copying_report import name

    shown = name(document.title, document.uri, document.index)
    return f"{shown} {document.date.isoformat() if document.date else '无日期 undated'}"


def _print(result: Lineage) -> None:
    from duzheng import output
    from schemas.lineage import ORDER_NAMES, ORIGIN_NAMES

    out = console.stdout()
    out.print(output.plain(_name(result.document)), style="bold")
    counts = "  ".join(f"{name} {result.counts.get(kind, 0)}" for kind, name in ORIGIN_NAMES.items())
    out.print(f"条款 clauses {len(result.clauses)}：{counts}")
    out.print(f"比对文件 {result.compared} 份，其中无日期 undated {result.undated} 份（排在最后）", style="dim")
    if result.document.date is None:
        out.print("本文件无日期，来源先后不明 this document has no date: what came first is not known", style="yellow")
    for number, source in enumerate(result.sources[:_SOURCES_SHOWN], start=1):
        order = "" if source.order == "earlier" else f"，{ORDER_NAMES[source.order]}"
        line = f"来源 {number} {_name(source)}：{source.share:.1%}，{source.clauses} 条{order}  id {source.document}"
        out.print(output.plain(line), style="cyan")
    if len(result.sources) > _SOURCES_SHOWN:
        out.print(f"另有 {len(result.sources) - _SOURCES_SHOWN} 份来源，见 --format json", style="dim")
    for copy in result.copies:
        out.print(output.plain(f"同一文件的另一份 another copy：{_name(copy)}  id {copy.document}"), style="dim")
    _print_clauses(result)
    if result.dropped:
        out.print(f"主要来源中未采用的条款 dropped of source 1：{len(result.dropped)} 条")
        for clause in result.dropped[:_DROPPED_SHOWN]:
            out.print(output.plain(f"  {clause.clause} {output.shorten(clause.quote, _QUOTE_SHOWN)}"))
        if len(result.dropped) > _DROPPED_SHOWN:
            out.print(f"  另有 {len(result.dropped) - _DROPPED_SHOWN} 条，见 --format json", style="dim")
    for step, link in enumerate(result.chain, start=1):
        arrow = f"{'  ' * (step - 1)}↑ {_name(link)}：{link.share:.1%}"
        out.print(output.plain(arrow + ("" if link.order == "earlier" else f"（{ORDER_NAMES[link.order]}）")))
    if len(result.chain) == result.depth:
        out.print(f"追溯到 {result.depth} 层为止 the chain stops after {result.depth} steps (--depth)", style="dim")


def _print_clauses(result: Lineage) -> None:
    from rich.table import Table

    from duzheng import output
    from schemas.lineage import ORIGIN_NAMES

    numbers = {source.document: str(number) for number, source in enumerate(result.sources, start=1)}
    table = Table(show_edge=False, pad_edge=False, show_lines=True)
    table.add_column("来历", no_wrap=True)
    table.add_column("来源", justify="right", no_wrap=True)
    table.add_column("条款 clause", overflow="fold", ratio=1)
    table.add_column("来源原文 source", overflow="fold", ratio=1)
    for clause in result.clauses:
        if clause.kind == "short":
            continue
        first = clause.passages[0] if clause.passages else None
        table.add_row(
            ORIGIN_NAMES[clause.kind] + (f" {clause.score:.0f}" if clause.source else ""),
            numbers.get(clause.source or "", ""),
            output.plain(f"{clause.clause} {output.shorten(clause.quote, _QUOTE_SHOWN)}".strip()),
            output.plain(f"{first.source_clause} {output.shorten(first.source_quote, _QUOTE_SHOWN)}".strip())
            if first
            else "",
        )
    console.stdout().print(table)


def _tables(result: Lineage) -> dict[str, list[dict[str, Any]]]:
    from schemas.lineage import ORDER_NAMES, ORIGIN_NAMES

    names = {source.document: _name(source) for source in result.sources}
    clauses = [
        {
            "来历": ORIGIN_NAMES[clause.kind],
            "相似度": clause.score,
            "条款": clause.clause,
            "原文": clause.quote,
            "起": clause.span.start,
            "止": clause.span.end,
            "正文字数": clause.characters,
            "来源": names.get(clause.source or "", ""),
            "来源编号": clause.source or "",
            "来源条款": "\n".join(passage.source_clause for passage in clause.passages),
            "来源原文": "\n".join(passage.source_quote for passage in clause.passages),
        }
        for clause in result.clauses
    ]
    sources = [
        {
            "来源": names[source.document],
            "编号": source.document,
            "先后": ORDER_NAMES[source.order],
            "条款数": source.clauses,
            "占比": source.share,
            "共有占比": source.shared,
        }
        for source in result.sources
    ]
    dropped = [
        {"条款": clause.clause, "原文": clause.quote, "起": clause.span.start, "止": clause.span.end}
        for clause in result.dropped
    ]
    return {"条款": clauses, "来源": sources, "未采用": dropped}
