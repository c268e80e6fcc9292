"""``duzheng matrix``: the county × requirement table of the corpus, in the terminal, as a page and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duzheng.chosen import corpus_at
from duzheng.decide_commands import _day
from duzheng.ledger_commands import Pack, Today, Unit
from duzheng.options import Home
from schemas.china_time import today_in_china


def matrix(
    home: Home = None,
    pack: Pack = None,
    unit: Unit = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE.html", help="另存网页 Write it as a page as well")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="另存工作簿 Write it as a workbook as well")
    ] = None,
    today: Today = None,
) -> None:
    """总览矩阵 County × requirement of the corpus's last checks, with totals and what is overdue."""
    from duzheng.handover import _write
    from duzheng.matrix import print_matrix
    from flows.ledger import checks

    day = today_in_china() if today is None else _day(today, "--today")
    with corpus_at(home) as corpus:
        standings = corpus.standings(day, pack=pack, unit=unit)
    made, states = checks(standings), {str(one.finding.id): one.state for one in standings}
    print_matrix(made, states)
    if html is not None:
        from checks.matrix_html import write_matrix_html

        _write(html, lambda path: write_matrix_html(made, path, states))
    if xlsx is not None:
        from checks.ledger.matrix_sheet import write_matrix

        _write(xlsx, lambda path: write_matrix(made, path, states))
