"""``duzheng compare``: two documents clause by clause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from rich.text import Text

    from duzheng.compare_report import Side
    from schemas.comparison import ClausePair, Comparison

_QUOTE_SHOWN = 200
_STYLES = {"same": "dim", "edited": "yellow", "rewritten": "magenta", "added": "green", "dropped": "red"}


def compare(
    left: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="语料库中的编号，或文件（含多份时写 文件#2） An id of the corpus, or a file (FILE#2: its second).",
        ),
    ],
    right: Annotated[str, typer.Argument(metavar="B", help="与之对照的一份 The one to hold against it.")],
    home: Home = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="只看有变化的条款（仅表格） Only what differs (table only).")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE.html", help="另存左右对照的网页 Write both side by side.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="另存对照表 Write the pairs as a workbook.")
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """条款对照 Say how B differs from A, clause by clause: edited, added, dropped, moved; script is no difference.

    Exit status 0: compared; 1: one of them could not be read; 2: wrong usage.
    """
    from duzheng import chosen
    from extractors.alignment import compare_documents

    result = compare_documents(chosen.document(left, home), chosen.document(right, home))
    if html:
        from duzheng.compare_report import write_report

        write_report(result, html)
    if xlsx:
        import pandas as pd

        from corpus.export import write
        from duzheng.compare_report import rows

        if xlsx.suffix.lower() != ".xlsx":
            raise typer.BadParameter(f"--xlsx: {xlsx} must end in .xlsx 请以 .xlsx 结尾")
        write({"条款对照": pd.DataFrame(rows([result]))}, xlsx)
    if format is Format.json:
        print(result.model_dump_json())
    else:
        _print(result, changed)


def _print(result: Comparison, changed: bool) -> None:
    from rich.table import Table

    from duzheng import output
    from duzheng.compare_report import COUNTED, document_name, label

    out = console.stdout()
    out.print(output.plain(f"A  {document_name(result.left)}（{result.left.clauses} 条）"), style="bold")
    out.print(output.plain(f"B  {document_name(result.right)}（{result.right.clauses} 条）"), style="bold")
    out.print("  ".join(f"{name} {result.counts[state]}" for state, name in COUNTED.items()))
    shown = [pair for pair in result.pairs if not changed or pair.state != "same" or pair.moved]
    if not shown:
        return
    table = Table(show_edge=False, pad_edge=False, show_lines=True)
    table.add_column("结果", no_wrap=True)
    table.add_column("A", overflow="fold", ratio=1)
    table.add_column("B", overflow="fold", ratio=1)
    for pair in shown:
        score = "" if pair.score is None or pair.state == "same" else f" {pair.score:.0f}"
        state = output.plain(label(pair) + score)
        state.stylize(_STYLES[pair.state])
        table.add_row(state, _side(pair, "left"), _side(pair, "right"))
    out.print(table)


def _side(pair: ClausePair, side: Side) -> Text:
    """A clause with its changes marked: by colour, or where there is none by 〔-…-〕 and 〔+…+〕."""
    from duzheng import output
    from duzheng.compare_report import pieces

    coloured = console.stdout().is_terminal
    sign, style = ("-", "red") if side == "left" else ("+", "green")
    text = output.plain("")
    for words, differs in pieces(pair, side):
        if not words:
            continue
        shown = output.plain(output.shorten(words, _QUOTE_SHOWN))
        if differs and coloured:
            shown.stylize(style)
        elif differs:
            shown = output.plain(f"〔{sign}{shown.plain}{sign}〕")
        text.append_text(shown)
    clause = getattr(pair, side)
    return output.plain(f"{clause.clause} ").append_text(text) if clause and clause.clause else text
