"""The commands of the issue ledger: written from the corpus, read back after people have filled it in."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng.chosen import corpus_at
from duzheng.decide_commands import _day
from duzheng.options import Format, FormatOption, Home
from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from checks.ledger.changes import Changes

CONFLICTS = 3

ledger_app = typer.Typer(
    help="问题台账 The issue ledger (XLSX): written from the corpus, filled in offline, read back as decisions.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
Pack = Annotated[str | None, typer.Option("--pack", metavar="PACK", help="只要这个要求包 Only this pack")]
Unit = Annotated[
    str | None, typer.Option("--unit", metavar="NAME", help="只要这个县区或单位 Only this unit (part of its name)")
]
Today = Annotated[str | None, typer.Option("--today", metavar="YYYY-MM-DD", help="对照日期 The day to compare")]


@ledger_app.command("export")
def ledger_export(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="写到哪里 Where to write it")],
    home: Home = None,
    pack: Pack = None,
    unit: Unit = None,
    today: Today = None,
) -> None:
    """导出问题台账 Write the ledger: every fault and every finding that was decided about, with how it stands today."""
    from checks.ledger import write_ledger
    from duzheng.handover import _write
    from flows import ledger

    day = today_in_china() if today is None else _day(today, "--today")
    with corpus_at(home) as corpus:
        standings = corpus.standings(day, pack=pack, unit=unit)
    rows = ledger.entries(standings)
    _write(file, lambda path: write_ledger(ledger.checks(standings), path, ledger.axes(standings), rows))
    print(f"{file}: {len(rows)} 行 rows")


@ledger_app.command("import")
def ledger_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="填好的台账 The ledger as people filled it in")],
    who: Annotated[str, typer.Option("--who", metavar="NAME", help="谁交回的台账 Who hands it in")],
    home: Home = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出将收入什么，不写入 Only say what would be taken")
    ] = False,
    today: Today = None,
    format: FormatOption = Format.table,
) -> None:
    """收回填好的台账 Take what people filled in as decisions; conflicts are listed and not taken.

    A row is taken whole or not at all; taking a ledger twice changes nothing. Exit status 0: all taken; 1: no such file or
    corpus; 2: no ledger; 3: there were conflicts.
    """
    from flows.ledger import take_in
    from schemas.errors import CorpusError

    if not who.strip():
        raise typer.BadParameter("--who: 须写姓名 a name is needed")
    day = today_in_china() if today is None else _day(today, "--today")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CorpusError(f"{file}: cannot be read 无法读取: {error.strerror}") from error
    with corpus_at(home) as corpus:
        result = take_in(corpus, data, file.name, who.strip(), day, dry_run=dry_run)
    if format is Format.json:
        print(json.dumps(_as_dict(result, dry_run), ensure_ascii=False))
    else:
        _print(result, dry_run)
    raise typer.Exit(CONFLICTS if result.conflicts else 0)


@ledger_app.command("evidence")
def ledger_evidence(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹 The folder it goes to")],
    home: Home = None,
    pack: Pack = None,
    unit: Unit = None,
    today: Today = None,
) -> None:
    """证据册 Write the evidence book of the corpus: each finding with its quote on the image of its page."""
    from duzheng.handover import documents_of, evidence_book, stored
    from flows.ledger import axes, checks

    day = today_in_china() if today is None else _day(today, "--today")
    with corpus_at(home) as corpus:
        standings = corpus.standings(day, pack=pack, unit=unit)
        made = checks(standings)
        there = documents_of(corpus, made)
        evidence_book(made, there, folder, lambda document: stored(corpus, document), axes(standings))


def _as_dict(result: Changes, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "taken": [
            {
                "row": one.row,
                "finding": one.finding,
                "columns": list(one.columns),
                "decisions": [decision.model_dump(mode="json", exclude_none=True) for decision in one.decisions],
            }
            for one in result.taken
        ],
        "conflicts": [asdict(one) for one in result.conflicts],
        "unchanged": result.unchanged,
        "missing": result.missing,
    }


def _print(result: Changes, dry_run: bool) -> None:
    from duzheng import console
    from schemas.decision import KIND_NAMES, STEP_NAMES, Rectification

    out = console.stdout()
    for one in result.taken:
        steps = "、".join(
            STEP_NAMES[made.step] if isinstance(made, Rectification) else KIND_NAMES[made.kind]
            for made in one.decisions
        )
        out.print(f"第{one.row}行 {one.finding}  {'、'.join(one.columns)} → {steps}", markup=False, highlight=False)
    for conflict in result.conflicts:
        where = f"“{conflict.column}”" if conflict.column else ""
        text = f"第{conflict.row}行 {conflict.finding}{where} 冲突 conflict: {conflict.message}"
        out.print(text, style="red", markup=False, highlight=False)
    verb = "将收入 would be taken" if dry_run else "已收入 taken"
    out.print(
        f"{verb} {len(result.taken)}；冲突 conflicts {len(result.conflicts)}；未改 unchanged {result.unchanged}；"
        f"台账中已删的行 rows gone {len(result.missing)}",
        markup=False,
        highlight=False,
    )
