"""The commands by which people decide about findings: ``duzheng decide``. Every one adds a record; none changes one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duzheng.chosen import corpus_at
from duzheng.options import Format, FormatOption, Home
from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from schemas.decision import Decision

decide_app = typer.Typer(
    help="人工处置 Decide about findings: override, waiver, dispute, rectification. Records are added, never changed.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

FindingArgument = Annotated[
    str,
    typer.Argument(
        metavar="FINDING", help="结论编号（可只写开头几位） A finding's id or its unique beginning: duzheng findings"
    ),
]
Who = Annotated[str, typer.Option("--who", metavar="NAME", help="谁作的处置 Who decides")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="理由 Why")]
Corrects = Annotated[
    str | None,
    typer.Option(
        "--corrects", metavar="RECORD", help="更正哪条记录 The record this one takes the place of, e.g. D0003"
    ),
]


class StepOption(StrEnum):
    """The steps of rectification."""

    assigned = "assigned"
    done = "done"
    reviewed = "reviewed"
    closed = "closed"
    relapsed = "relapsed"


class ResultOption(StrEnum):
    """The outcome of a review."""

    passed = "passed"
    failed = "failed"


class OutcomeOption(StrEnum):
    """What became of a dispute."""

    upheld = "upheld"
    partly_upheld = "partly_upheld"
    rejected = "rejected"


@decide_app.command("override")
def decide_override(
    finding: FindingArgument,
    verdict: Annotated[
        str,
        typer.Option("--verdict", metavar="VERDICT", help="正确的判定，中英文均可 The right verdict: met, 符合 ..."),
    ],
    who: Who,
    why: Why,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="REASON", help="待核的原因 For undetermined: ambiguous ...")
    ] = None,
    excerpt: Annotated[
        str | None, typer.Option("--excerpt", metavar="TEXT", help="作为依据的方案原文 The plan's words that show it")
    ] = None,
    corrects: Corrects = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """改判 The machine is wrong: record the right verdict; kept as a regression case of the pack."""
    from schemas.decision import Override
    from schemas.finding import REASON_NAMES, VERDICT_NAMES

    right = _named(verdict, VERDICT_NAMES, "--verdict")
    grounds = None if reason is None else _named(reason, REASON_NAMES, "--reason")
    _record(
        lambda: Override.model_validate(
            {"finding": finding, "verdict": right, "reason": grounds, "excerpt": excerpt, **_by(who, why, corrects)}
        ),
        home,
        format,
    )


@decide_app.command("waive")
def decide_waive(
    finding: FindingArgument,
    ground: Annotated[str, typer.Option("--ground", metavar="TEXT", help="依据文件或条款 The basis of the waiver")],
    approver: Annotated[str, typer.Option("--approver", metavar="NAME", help="批准人 Who approves it")],
    until: Annotated[str, typer.Option("--until", metavar="YYYY-MM-DD", help="有效期至 Its last day")],
    who: Who,
    why: Why,
    applicant: Annotated[
        str | None, typer.Option("--applicant", metavar="NAME", help="申请人，默认为 --who Who applied; else --who")
    ] = None,
    corrects: Corrects = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """豁免 The unit is exempt until a day, on a basis, approved by another person than the applicant."""
    from schemas.decision import Waiver

    last = _day(until, "--until")
    _record(
        lambda: Waiver.model_validate(
            {
                "finding": finding,
                "ground": ground,
                "approver": approver,
                "applicant": applicant or who,
                "until": last,
                **_by(who, why, corrects),
            }
        ),
        home,
        format,
    )


@decide_app.command("dispute")
def decide_dispute(
    finding: FindingArgument,
    who: Who,
    why: Why,
    statement: Annotated[
        str | None, typer.Option("--statement", metavar="TEXT", help="申辩内容 What the unit says; else --why")
    ] = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", metavar="YYYY-MM-DD", help="答复期限 The day by which it is answered")
    ] = None,
    outcome: Annotated[
        OutcomeOption | None,
        typer.Option("--outcome", help="处理结果：对未处理的申辩作答复 Answer the finding's open dispute"),
    ] = None,
    corrects: Corrects = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """申辩 Record a unit's objection with its deadline, or with --outcome what became of it."""
    from schemas.decision import Dispute, Ruling

    if outcome is not None:
        if statement or deadline:
            raise typer.BadParameter(
                "--outcome 是对已有申辩的答复 answers a dispute; leave out --statement and --deadline"
            )
        _record(
            lambda: Ruling.model_validate({"finding": finding, "outcome": outcome.value, **_by(who, why, corrects)}),
            home,
            format,
        )
        return
    if deadline is None:
        raise typer.BadParameter("--deadline: 申辩须有答复期限 a dispute needs the day by which it is answered")
    last = _day(deadline, "--deadline")
    _record(
        lambda: Dispute.model_validate(
            {"finding": finding, "statement": statement or why, "deadline": last, **_by(who, why, corrects)}
        ),
        home,
        format,
    )


@decide_app.command("rectify")
def decide_rectify(
    finding: FindingArgument,
    step: Annotated[
        StepOption,
        typer.Option(
            "--step", help="责令 assigned → 整改 done → 复核 reviewed → 销号 closed；反弹 relapsed。The step taken"
        ),
    ],
    who: Who,
    why: Why,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="实施人，默认为 --who Who took the step; else --who")
    ] = None,
    result: Annotated[ResultOption | None, typer.Option("--result", help="复核结果 The outcome of a review")] = None,
    responsible: Annotated[
        str | None, typer.Option("--responsible", metavar="NAME", help="责任单位 The unit that must rectify")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="NAME", help="责任人 The person who sees to it")
    ] = None,
    measures: Annotated[
        str | None, typer.Option("--measures", metavar="TEXT", help="整改措施 What is to be done")
    ] = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", metavar="YYYY-MM-DD", help="整改时限 By which day")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="YYYY-MM-DD",
            help="办理日期（如销号日期），默认为今天 The day the step was taken; else today",
        ),
    ] = None,
    proof: Annotated[str | None, typer.Option("--proof", metavar="TEXT", help="佐证材料 What shows it")] = None,
    corrects: Corrects = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """整改 Record a step of rectification; who reviews must not be who rectified, and nothing is closed without review."""
    from schemas.decision import Rectification

    last = None if deadline is None else _day(deadline, "--deadline")
    taken = None if on is None else _day(on, "--on")
    if taken is not None and taken > today_in_china():
        raise typer.BadParameter(f"--on: {on} 在今天之后 lies ahead; a step is recorded when it was taken")
    if step not in (StepOption.assigned, StepOption.relapsed):
        named = {"--responsible": responsible, "--person": person, "--measures": measures, "--deadline": deadline}
        if given := [option for option, value in named.items() if value is not None]:
            raise typer.BadParameter(
                f"{given[0]}: 只在责令整改或反弹时填写 belongs to --step assigned or relapsed "
                "(change it by --step assigned, or --corrects)"
            )
    _record(
        lambda: Rectification.model_validate(
            {
                "finding": finding,
                "step": step.value,
                "by": by,
                "result": result.value if result else None,
                "on": taken,
                "responsible": responsible,
                "person": person,
                "measures": measures,
                "deadline": last,
                "proof": proof,
                **_by(who, why, corrects),
            }
        ),
        home,
        format,
    )


@decide_app.command("note")
def decide_note(
    finding: FindingArgument,
    who: Who,
    why: Why,
    corrects: Corrects = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """备注 Add a note (--why); it changes nothing."""
    from schemas.decision import Remark

    _record(lambda: Remark.model_validate({"finding": finding, **_by(who, why, corrects)}), home, format)


@decide_app.command("withdraw")
def decide_withdraw(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="要撤回的记录 The record to take back, e.g. D0003")],
    who: Who,
    why: Why,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """撤回 Take a record back; both stay on record."""
    from flows.decided import withdrawal

    with corpus_at(home) as corpus:
        made = withdrawal(corpus, record, who, why)
    _record(lambda: made, home, format)


@decide_app.command("list")
def decide_list(
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="NAME", help="只看这个县区或单位 Only this unit")
    ] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="只看逾期的 Only findings whose deadline has passed")
    ] = False,
    today: Annotated[
        str | None, typer.Option("--today", metavar="YYYY-MM-DD", help="对照日期 The day to compare")
    ] = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """列出处置记录 List the records, corrected ones included, with the finding's state today."""
    from duzheng import standing
    from flows.decided import records

    day = today_in_china() if today is None else _day(today, "--today")
    with corpus_at(home) as corpus:
        found, standings = records(corpus, day, unit=unit, overdue=overdue)
    if format is Format.json:
        standing.records_json(found)
    else:
        standing.records_table(found, standings)


@decide_app.command("cases")
def decide_cases(
    pack: Annotated[
        str,
        typer.Argument(
            metavar="PACK", help="要求包编号；与 --into 同用时也可以是文件 A pack's id; with --into or its file"
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="FILE.yaml",
            help="将改判并入要求包的示例，另存为新文件 Write the pack with the overrides among its examples: packs test then fails "
            "while the machine contradicts a person",
        ),
    ] = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """导出改判为要求包的回归用例（YAML） Print the overrides of a pack as regression cases: text and right verdict.

    With --into they become examples of the pack: a passage, as short as still shows what the person saw, under the right verdict.
    """

    import json

    from corpus.cases import as_yaml, cases

    if into is not None:
        _fold_in(pack, into, home, format)
        return
    with corpus_at(home) as corpus:
        found = cases(corpus.decisions(), pack)
    print(json.dumps(found, ensure_ascii=False) if format is Format.json else as_yaml(found, pack).rstrip())


def _fold_in(name: str, file: Path, home: Path | None, format: Format) -> None:
    import json

    from checks.pack_shelf import load
    from checks.pack_yaml import write_yaml
    from duzheng import settings
    from duzheng.handover import _write
    from flows.regression import fold_in

    if file.suffix.lower() not in (".yaml", ".yml"):
        raise typer.BadParameter(f"--into: {file}: the name must end in .yaml 文件名须以 .yaml 结尾")
    if file.exists():
        raise typer.BadParameter(f"--into: {file} exists already 已有此文件 (name a new file)")
    given = load(name, settings.home(home))
    with corpus_at(home) as corpus:
        pack, folded = fold_in(corpus, given)
    _write(file, lambda path: path.write_text(write_yaml(pack), encoding="utf-8", newline="\n"))
    if format is Format.json:
        print(json.dumps([one.model_dump(mode="json") for one in folded], ensure_ascii=False))
        return
    from schemas.finding import VERDICT_NAMES

    for one in folded:
        what = one.left_out and f"未并入 left out: {one.left_out}"
        got = f"机器现判 now {VERDICT_NAMES[one.got]}" if one.got else ""
        print(
            f"{one.decision} {one.requirement} → {VERDICT_NAMES[one.verdict]}  {what or f'{len(one.passage)} 字 characters，{got}'}"
        )
    taken = sum(not one.left_out for one in folded)
    print(f"已并入 taken {taken}；未并入 left out {len(folded) - taken}（duzheng packs test {file}）")


def _by(who: str, why: str, corrects: str | None) -> dict[str, Any]:
    return {"who": who, "why": why, "corrects": corrects}


def _record(make: Callable[[], Decision], home: Path | None, format: Format) -> None:
    from pydantic import ValidationError

    from duzheng import standing

    try:
        decision = make()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise typer.BadParameter(f"{place}: {message}" if place else message) from None
    with corpus_at(home) as corpus:
        made = corpus.decide(decision)
    if format is Format.json:
        print(made.model_dump_json())
    else:
        standing.recorded(made)


def _named(text: str, names: Any, option: str) -> str:
    """A value by its English or Chinese name."""
    for value, name in names.items():
        if text.strip() in (value, name):
            return str(value)
    known = ", ".join(f"{value} {name}" for value, name in names.items())
    raise typer.BadParameter(f"{option}: {text} 不在其中 is none of {known}")


def _day(text: str, option: str) -> date:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            pass
    raise typer.BadParameter(f"{option}: {text} 不是日期 is no date; write it as 2025-12-31")
