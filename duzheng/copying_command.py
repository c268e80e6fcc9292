"""``duzheng copying``: how much of a plan stands in other documents, and which passages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import console
from duzheng.chosen import corpus_if_there
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from schemas.document import Document
    from schemas.reuse import CopiedFrom, Copying

_PASSAGES_SHOWN = 12
_QUOTE_SHOWN = 120
_SOURCES_SHOWN = 5


def copying(
    plans: Annotated[
        list[Path], typer.Argument(metavar="PLAN", help="要查的方案：文件或文件夹 Plans: files or folders.")
    ],
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="与哪些文件比对，可重复；不写则方案之间互相比对，并与语料库比对 What to compare with; repeatable. Without it the plans are "
            "compared with each other, and with the corpus where there is one.",
        ),
    ] = None,
    home: Home = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="FILE.html", help="另存左右对照的网页 Write the passages side by side as well."
        ),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """查照抄 Say how much of each plan is copied, clause by clause, and from what; either script finds the other.

    Exit status 0: compared, whatever was found; 1: some file could not be read; 2: wrong usage.
    """
    from duzheng import output
    from flows.copying import copying as examine

    read, failed = _read(plans)
    with ExitStack() as stack:
        others, corpus = read, None
        if against:
            others, unread = _read(against)
            failed = failed or unread
        elif corpus := corpus_if_there(home):
            stack.enter_context(corpus)
        writer = output.JsonArray() if format is Format.json else None
        results: list[Copying] = []
        for result in examine(read, lambda: chain(others, corpus.documents() if corpus else ())):
            if report:
                results.append(result)
            if writer:
                writer.add(result)
            else:
                _print(result)
        if writer:
            writer.close()
    if report:
        from duzheng.copying_report import write_report

        write_report(results, report)
    raise typer.Exit(1 if failed else 0)


def _read(paths: Sequence[Path]) -> tuple[list[Document], bool]:
    """The documents of the files, and whether some could not be read."""
    from duzheng import output, reading

    documents: list[Document] = []
    failed = False
    for outcome in reading.read(paths):
        for failure in output.failures_of(outcome):
            console.complain(failure)
            failed = True
        documents += output.documents_of(outcome)
    return documents, failed


def _print(result: Copying) -> None:
    from rich.table import Table

    from duzheng import output
    from duzheng.copying_report import name

    out = console.stdout()
    out.print(
        output.plain(f"{name(result.title, result.uri, result.index)}：照抄 copied {result.share:.1%}"), style="bold"
    )
    out.print(
        output.plain(f"正文 {result.characters} 字，相同 {result.copied} 字；比对文件 {result.compared} 份"),
        style="dim",
    )
    sections = [one for one in result.sections if one.copied]
    if sections:
        table = Table(show_edge=False, pad_edge=False)
        table.add_column("条款 clause", overflow="fold")
        table.add_column("照抄 copied", justify="right", no_wrap=True)
        table.add_column("字数", justify="right", no_wrap=True)
        for one in sections:
            table.add_row(
                output.plain(f"{one.clause} {one.heading or ''}".strip()), f"{one.share:.1%}", str(one.characters)
            )
        out.print(table)
    for source in result.sources[:_SOURCES_SHOWN]:
        _print_source(source)
    if len(result.sources) > _SOURCES_SHOWN:
        out.print(f"另有 {len(result.sources) - _SOURCES_SHOWN} 份来源，见 --format json 或 --report", style="dim")
    out.print()


def _print_source(source: CopiedFrom) -> None:
    from rich.table import Table

    from duzheng import output
    from duzheng.copying_report import name
    from schemas.reuse import LIKENESS_NAMES

    out = console.stdout()
    out.print(
        output.plain(
            f"来自 from {name(source.title, source.uri, source.index)}：{source.share:.1%}，逐字 verbatim {source.verbatim:.1%}"
        ),
        style="cyan",
    )
    table = Table(show_edge=False, pad_edge=False, show_lines=True)
    table.add_column("相似", no_wrap=True)
    table.add_column("方案 plan", overflow="fold", ratio=1)
    table.add_column("来源 source", overflow="fold", ratio=1)
    longest = sorted(source.passages, key=lambda passage: (not passage.stray_names, -passage.characters))
    shown = sorted(longest[:_PASSAGES_SHOWN], key=lambda passage: passage.span.start)
    for passage in shown:
        mine = output.plain(f"{passage.clause} {output.shorten(passage.quote, _QUOTE_SHOWN)}".strip())
        if passage.stray_names:
            names = "、".join(dict.fromkeys(name.name for name in passage.stray_names))
            mine.append_text(output.plain(f"\n残留他处名称 left standing: {names}"))
            mine.stylize("red", len(mine) - len(names))
        theirs = output.plain(f"{passage.other_clause} {output.shorten(passage.other_quote, _QUOTE_SHOWN)}".strip())
        table.add_row(f"{LIKENESS_NAMES[passage.kind]} {passage.score:.0f}", mine, theirs)
    out.print(table)
    if len(source.passages) > len(shown):
        out.print(f"另有 {len(source.passages) - len(shown)} 处，见 --format json 或 --report", style="dim")
