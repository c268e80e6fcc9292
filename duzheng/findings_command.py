"""``duzheng findings``: what was found in the corpus, how it stands, and how it came about."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import handover
from duzheng.chosen import corpus_at
from duzheng.decide_commands import _day
from duzheng.options import Format, FormatOption, Home
from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.standing import Standing


class StateOption(StrEnum):
    """Which findings are listed."""

    all = "all"
    open = "open"
    overdue = "overdue"
    overridden = "overridden"
    waived = "waived"
    disputed = "disputed"
    stale = "stale"
    rectifying = "rectifying"
    closed = "closed"
    relapsed = "relapsed"
    new = "new"
    changed = "changed"
    gone = "gone"
    back = "back"


def findings(
    home: Home = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="NAME", help="只看这个县区或单位 Only this unit (part of its name)")
    ] = None,
    pack: Annotated[str | None, typer.Option("--pack", metavar="PACK", help="只看这个要求包 Only this pack")] = None,
    state: Annotated[
        StateOption,
        typer.Option("--state", help="待处理 open、逾期 overdue、新出现 new、又出现 back …… Which ones"),
    ] = StateOption.all,
    history: Annotated[
        str | None, typer.Option("--history", metavar="FINDING", help="一条结论的来历 How one finding came about")
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", metavar="YYYY-MM-DD", help="对照日期 The day to compare")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="另存核查报告 Write the report as well")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE.csv", help="另存 CSV Write the findings as CSV")
    ] = None,
    sarif: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE.sarif", help="另存 SARIF 2.1.0 Write them as SARIF")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE.xml", help="另存 JUnit Write them as JUnit XML")
    ] = None,
    notices: Annotated[
        Path | None,
        typer.Option("--notices", metavar="DIR", help="另存整改通知（每县一份） Write a notice to each county as DOCX"),
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", metavar="DIR", help="另存证据册 Write the evidence book")
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """结论台账 The findings of the last checks (ingest --check) with verdict, time, disposition and rectification.

    What is written besides has the findings that were chosen, with the four axes and who decided what, when and why.
    """
    from duzheng import standing
    from flows.decided import standings

    day = today_in_china() if today is None else _day(today, "--today")
    with corpus_at(home) as corpus:
        if history is not None:
            id, events, decisions = corpus.history(history)
            show = standing.history_json if format is Format.json else standing.history_table
            show(id, events, decisions)
            return
        chosen = standings(corpus, day, state=state.value, pack=pack, unit=unit)
        files = handover.CheckFiles(
            report=report, csv=csv, sarif=sarif, junit=junit, notices=notices, evidence=evidence
        )
        if files:
            _write(corpus, chosen, files)
    if format is Format.json:
        standing.standings_json(chosen)
    else:
        standing.standings_table(chosen)


def _write(corpus: Corpus, chosen: list[Standing], files: handover.CheckFiles) -> None:
    from flows import ledger

    checks = ledger.checks(chosen)
    handover.check_results(
        checks,
        handover.documents_of(corpus, checks),
        files,
        axes=ledger.axes(chosen),
        original=lambda document: handover.stored(corpus, document),
    )
