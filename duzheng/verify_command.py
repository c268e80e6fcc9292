"""``duzheng verify``: does every quote stand in its original, byte for byte?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from flows.verify import Verification

_FAILED, _UNCONFIRMED = 1, 3


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.json]", help="check --format json 的输出；不写则核对语料库 Else the corpus is verified"
        ),
    ] = None,
    plans: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PLAN]...",
            help="检查时给出的方案文件或文件夹 The plans as given to check; else those named in FILE.json",
        ),
    ] = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """核对原件 Read the originals again and confirm every quote byte for byte; what is not confirmed becomes 待核.

    Exit status 0: all confirmed; 1: the corpus itself is faulty; 2: wrong usage; 3: something could not be confirmed.
    """
    from duzheng import settings
    from duzheng.reading import bounds
    from flows.verify import verify_corpus, verify_file

    if file is None:
        result = verify_corpus(settings.home(home), limits=bounds())
    else:
        result, _ = verify_file(file, plans or (), limits=bounds())
    (_print_json if format is Format.json else _print)(result)
    raise typer.Exit(_UNCONFIRMED if result.unconfirmed else _FAILED if result.problems else 0)


def _print_json(result: Verification) -> None:
    import json

    unconfirmed = [
        {
            "plan": one.check.plan.model_dump(mode="json"),
            "pack": one.check.pack.id,
            "finding": one.finding.model_dump(mode="json"),
            "why": one.why,
        }
        for one in result.unconfirmed
    ]
    numbers = {
        "checks": result.checks,
        "findings": result.findings,
        "quotes": result.quotes,
        "confirmed": result.confirmed,
    }
    print(json.dumps({**numbers, "unconfirmed": unconfirmed, "problems": result.problems}, ensure_ascii=False))


def _print(result: Verification) -> None:
    from schemas.finding import REASON_NAMES

    for one in result.unconfirmed:
        reason = REASON_NAMES[one.finding.reason] if one.finding.reason else ""
        line = f"{one.finding.id}  {one.check.plan.uri}  {one.finding.title}：待核（{reason}）{one.why}"
        print(console.one_line(line))
    for problem in result.problems:
        console.complain(problem)
    print(
        f"{result.checks} 份检查 checks, {result.findings} 条结论 findings, {result.quotes} 处引文 quotes: "
        f"已确认 confirmed {result.confirmed}, 待核 not confirmed {len(result.unconfirmed)}"
    )
