"""The command line. Every import that takes time is inside the command that needs it.

Exit statuses: 0 done; 1 some file could not be read, or something expected went wrong; 2 wrong usage, an invalid pack
included; 3 ``check --fail-on`` found such a verdict. ``main`` turns every expected error into one line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import duzheng
from duzheng import chosen, console, handover
from duzheng.backup_commands import backup, restore
from duzheng.compare_command import compare
from duzheng.copying_command import copying
from duzheng.decide_commands import decide_app
from duzheng.digest_command import digest, notices_app
from duzheng.export_commands import export, take
from duzheng.findings_command import findings
from duzheng.health_command import health
from duzheng.ledger_commands import ledger_app
from duzheng.lineage_command import lineage
from duzheng.matrix_command import matrix
from duzheng.missing_command import missing
from duzheng.options import Format, FormatOption, Home, Paths
from duzheng.packs_commands import packs_app
from duzheng.prune_command import prune
from duzheng.relations_command import citations, duplicates, relations
from duzheng.retry_command import retry
from duzheng.schedule_command import schedule
from duzheng.search_commands import search, searches_app, similar
from duzheng.serve_command import accounts_app, serve
from duzheng.sources_commands import sources_app
from duzheng.status_command import status
from duzheng.trend_command import trend
from duzheng.verify_command import verify
from schemas.errors import CorpusError, DuzhengError, InvalidPack, InvalidQuery

if TYPE_CHECKING:
    from schemas.document import Document
    from schemas.finding import PlanCheck
    from schemas.outcome import Failure, Outcome
    from schemas.requirement import Pack

DONE, FAILED, USAGE, FOUND, INTERRUPTED = 0, 1, 2, 3, 130
_INTERRUPTED_MESSAGE = "interrupted; what was recorded stays, run the same command to go on 已中断，可重新运行"


app = typer.Typer(
    name="duzheng",
    help="督政 duzheng: read education-policy notices and plans, check plans against requirements, search them all. "
    "读取教育政策通知与落实方案，逐条对照要求检查，并可全文检索。",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
app.add_typer(packs_app, name="packs")
app.add_typer(decide_app, name="decide")
app.command("findings")(findings)
app.add_typer(ledger_app, name="ledger")
app.command("matrix")(matrix)
app.command("verify")(verify)
app.command("copying")(copying)
app.command("search")(search)
app.command("similar")(similar)
app.add_typer(searches_app, name="searches")
app.command("export")(export)
app.command("import")(take)
app.command("status")(status)
app.command("health")(health)
app.command("retry")(retry)
app.command("prune")(prune)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("compare")(compare)
app.command("lineage")(lineage)
app.command("trend")(trend)
app.command("missing")(missing)
app.command("relations")(relations)
app.command("duplicates")(duplicates)
app.command("citations")(citations)
app.command("digest")(digest)
app.add_typer(notices_app, name="notices")
app.command("schedule")(schedule)
app.add_typer(sources_app, name="sources")
app.command("serve")(serve)
app.add_typer(accounts_app, name="accounts")

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error. 显示出错的完整经过")]


LogFormat = Annotated[
    str | None,
    typer.Option(
        "--log-format",
        metavar="text|json",
        help="How standard error is written; json: an object a line. Else $DUZHENG_LOG. 日志格式",
    ),
]


def _version(value: bool) -> None:
    if value:
        print(f"duzheng {duzheng.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _all(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version. 版本")
    ] = False,
    debug: Debug = False,
    log_format: LogFormat = None,
) -> None:
    from schemas import logs

    if log_format is not None:
        if log_format not in logs.FORMS:
            forms = ", ".join(logs.FORMS)
            raise typer.BadParameter(f"--log-format: {log_format} 不是 {forms} 之一 / is none of {forms}")
        logs.configure(form=log_format)
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def parse(paths: Paths, format: FormatOption = Format.table) -> None:
    """读取文件 Read files and print their documents.

    Exit status 0: all read; 1: at least one file could not be read; 2: wrong usage.
    """
    from duzheng import output, reading

    documents: list[Document] = []
    failures: list[Failure] = []
    writer = output.JsonArray() if format is Format.json else None
    for outcome in reading.read(paths):
        for failure in output.failures_of(outcome):
            console.complain(failure)
            failures.append(failure)
        for document in output.documents_of(outcome):
            if writer:
                writer.add(document)
            else:
                documents.append(document)
    if writer:
        writer.close()
    elif documents:
        output.documents_table(documents)
    raise typer.Exit(FAILED if failures else DONE)


@app.command()
def check(
    plans: Annotated[list[Path], typer.Argument(metavar="PLAN", help="Plans to check: files or folders. 待检查的方案")],
    requirements: Annotated[
        list[str] | None,
        typer.Option(
            "--requirements",
            metavar="PACK",
            help="A pack's id (as PACK@1.0.0 in that version) or file; repeatable. Without it each plan is checked against "
            "its province's pack. 要求包编号或文件",
        ),
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="The corpus folder whose published packs count; else $DUZHENG_HOME, else ./duzheng-data. 语料库文件夹",
        ),
    ] = None,
    notice: Annotated[
        list[Path] | None,
        typer.Option(
            "--notice",
            metavar="FILE",
            help="A notice that the plans answer; repeatable. A statement that only repeats it, without one local fact, is "
            "partial. 方案所落实的通知，用于识别照抄",
        ),
    ] = None,
    ignore_scope: Annotated[
        bool, typer.Option("--ignore-scope", help="Check even a plan outside the pack's scope. 不论适用范围")
    ] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on", metavar="VERDICTS", help="Exit status 3 when one of these occurs: not_met,not_found ..."
        ),
    ] = "",
    today: Annotated[
        str | None,
        typer.Option("--today", metavar="YYYY-MM-DD", help="The day that due dates are compared with. 对照日期"),
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", metavar="FILE.xlsx", help="Write the issue ledger as well. 另存问题台账")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write the report as well. 另存核查报告")
    ] = None,
    notices: Annotated[
        Path | None,
        typer.Option(
            "--notices", metavar="DIR", help="Write a notice to each county as DOCX. 另存整改通知（每县一份）"
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE.csv", help="Write all findings as CSV. 另存全部结论 CSV")
    ] = None,
    sarif: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE.sarif", help="Write the findings as SARIF 2.1.0. 另存 SARIF")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE.xml", help="Write the findings as JUnit XML. 另存 JUnit")
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            metavar="DIR",
            help="Write the evidence book: each finding with its quote on the image of its page. 另存证据册",
        ),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """逐条检查方案 Check plans against a requirement pack.

    Exit status 0: checked, whatever the verdicts; 1: some plan could not be read; 2: wrong usage or an invalid pack;
    3: a verdict named by --fail-on occurred.
    """
    from duzheng import output, reading, settings
    from flows.judge import Judge

    feared = _verdicts(fail_on)
    judge = Judge(requirements or (), home=settings.home(home), ignore_scope=ignore_scope, today=_day(today))
    failed = found = False
    results: list[PlanCheck] = []
    read: dict[str, Document] = {}
    files = handover.CheckFiles(ledger, report, csv, sarif, junit, notices, evidence)
    answered: list[Document] = []
    for outcome in reading.read(notice) if notice else ():
        for failure in output.failures_of(outcome):
            console.complain(failure)
            failed = True
        answered += output.documents_of(outcome)
    writer = output.JsonArray() if format is Format.json else None
    outcomes: Iterable[Outcome | Failure] = reading.read(plans)
    others: list[Document] = []
    if judge.compares_plans:
        # Each plan is held against the others: all are read before the first is checked.
        outcomes = list(outcomes)
        others = [document for outcome in outcomes for document in output.documents_of(outcome)]
        read = {document.id: document for document in others}
    for outcome in outcomes:
        for failure in output.failures_of(outcome):
            console.complain(failure)
            failed = True
        for document in output.documents_of(outcome):
            if not judge.packs(document):
                _say_unchecked(document, judge.candidates)
            for result in judge.checks(document, answered, others):
                found = found or any(finding.verdict in feared for finding in result.findings)
                if files:
                    results.append(result)
                    read[document.id] = document
                if writer:
                    writer.add(result)
                else:
                    output.check_table(result)
    if writer:
        writer.close()
    handover.check_results(results, read, files)
    raise typer.Exit(FAILED if failed else FOUND if found else DONE)


def _say_unchecked(document: Document, packs: Sequence[Pack]) -> None:
    names = ", ".join(pack.id for pack in packs)
    place = document.jurisdiction.province or "place unknown 地区不明"
    console.complain(
        f"{document.source.uri}: 没有适用的要求包（{document.role}，{place}），未检查 / no pack for this document "
        f"({document.role}, {place}); not checked (请用 --requirements 指定 / name one with --requirements: {names})"
    )


def _verdicts(text: str) -> set[str]:
    from schemas.finding import VERDICTS

    names = {name.strip() for name in text.split(",") if name.strip()}
    if unknown := sorted(names - set(VERDICTS)):
        known = ", ".join(VERDICTS)
        raise typer.BadParameter(
            f"--fail-on: {unknown[0]} 不是结论，请用 {known} / {unknown[0]} is no verdict; use {known}"
        )
    return names


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(
            f"--today: {text} 不是日期，请写成 2025-12-31 / {text} is no date; write it as 2025-12-31"
        ) from None


@app.command()
def ingest(
    paths: Paths,
    home: Home = None,
    check: Annotated[
        bool, typer.Option("--check", help="Afterwards check every plan against its province's pack. 入库后检查")
    ] = False,
    requirements: Annotated[
        list[str] | None,
        typer.Option("--requirements", metavar="PACK", help="The packs for --check; repeatable. 要求包"),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try again the files that could not be read before. 重试此前未能读取的文件")
    ] = False,
    format: FormatOption = Format.table,
) -> None:
    """入库 Take files into the corpus; known ones are left alone.

    Exit status 0: all read; 1: at least one file could not be read (the others are taken in); 2: wrong usage.
    """
    from duzheng import output, settings
    from duzheng.progress import shown
    from flows.run import ingest as run

    limits = settings.limits()
    with shown(quiet=format is Format.json):
        summary = run(
            paths,
            settings.home(home),
            retry=retry,
            check=check or bool(requirements),
            requirements=requirements or (),
            workers=limits.workers,
            seconds=limits.seconds,
            memory_mb=limits.memory_mb,
        )
    for failure in summary.failures:
        console.complain(failure)
    if format is Format.json:
        print(summary.model_dump_json())
    else:
        output.ingest_summary(summary)
    raise typer.Exit(FAILED if summary.failures else DONE)


@app.command()
def show(
    document: Annotated[
        str, typer.Argument(metavar="ID|FILE", help="A document's id in the corpus, or a file. 编号或文件")
    ],
    home: Home = None,
    original: Annotated[
        Path | None,
        typer.Option("--original", metavar="PATH", help="Write the original file there instead. 导出原件"),
    ] = None,
    boxes: Annotated[
        Path | None,
        typer.Option(
            "--boxes",
            metavar="DIR",
            help="Write the pages of a PDF, OFD or picture there, with boxes around what was found. 页面标注图",
        ),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """显示一份文件 Show one document with its facts and where they stand."""
    from duzheng import output, reading
    from duzheng.show import show_document

    documents: list[Document] = []
    gone: dict[str, str] = {}
    data, uri = b"", document
    if Path(document).is_file():
        if boxes:
            from flows.discover import source

            file = source(Path(document))
            data, uri = file.data, file.uri
        if original is not None:
            raise typer.BadParameter(
                f"--original: {document} 本身就是文件，请给文件编号 / {document} is a file already (give a document's id)"
            )
        for outcome in reading.read([Path(document)]):
            for failure in output.failures_of(outcome):
                console.complain(failure)
            documents += output.documents_of(outcome)
    else:
        with chosen.corpus_at(home) as corpus:
            found = corpus.document(document)
            if found is None:
                raise CorpusError(
                    f"{document}: 没有这个文件，{corpus.home} 中也没有这个编号的文件 / no such file, and no document of this id in "
                    f"{corpus.home} (请用 duzheng search 查找 / try: duzheng search)"
                )
            documents.append(found)
            gone = corpus.withdrawn([found.id])
            if original is not None:
                handover.original(corpus, found, original)
                return
            if boxes:
                kept = handover.stored(corpus, found)
                data, uri = kept.data, kept.uri
    if boxes is not None and documents:
        handover.marked_pages(data, uri, documents, boxes)
        return
    if format is Format.json:
        writer = output.JsonArray()
        for one in documents:
            writer.add(one)
        writer.close()
    else:
        for one in documents:
            show_document(one, gone.get(one.id))
    raise typer.Exit(DONE if documents else FAILED)


@app.command()
def demo(
    home: Annotated[
        Path, typer.Option("--home", metavar="DIR", help="Where the demonstration corpus goes. 演示语料库文件夹")
    ] = Path("duzheng-demo"),
    samples: Annotated[
        Path | None, typer.Option("--samples", metavar="DIR", help="The folder of sample documents. 样例文件夹")
    ] = None,
) -> None:
    """演示全过程 Run the whole job on the sample documents."""
    from duzheng.demo import run

    run(home, samples)


@app.command()
def doctor(home: Home = None, format: FormatOption = Format.table) -> None:
    """检查运行环境 Say what is available here, and the cure for what is not.

    Exit status 0: everything that is needed is there; 1: something is missing.
    """
    from duzheng import settings
    from duzheng.doctor import examine, print_table

    findings = examine(settings.home(home))
    if format is Format.json:
        import json

        print(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False))
    else:
        print_table(findings)
    raise typer.Exit(DONE if all(finding.available or finding.optional for finding in findings) else FAILED)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the ``duzheng`` command; ends the process with the exit status."""
    console.use_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    sys.exit(_run(app, given, debug))


def _run(app: Callable[..., Any], arguments: list[str], debug: bool) -> int:
    from schemas import logs

    try:
        logs.configure()
        status = app(arguments, prog_name="duzheng", standalone_mode=False)
        sys.stdout.flush()
        if status == INTERRUPTED:  # Typer turns Ctrl-C into this status without a word
            console.complain(_INTERRUPTED_MESSAGE)
        return status if isinstance(status, int) else DONE
    except DuzhengError as error:
        if debug:
            raise
        console.complain(error)
        return USAGE if _is_usage(error) else FAILED
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; Python would complain about it once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        console.complain(_INTERRUPTED_MESSAGE)
        return INTERRUPTED
    except Exception as error:
        # Click's own errors are private to Typer; what they share is this method.
        message = getattr(error, "format_message", None)
        if message is not None:
            command = getattr(getattr(error, "ctx", None), "command_path", "duzheng")
            console.complain(f"{message()} (用法见 `{command} --help` / see `{command} --help`)")
            return USAGE
        if debug:
            raise
        console.complain(
            f"意外错误 / unexpected error, {type(error).__name__}: {error} "
            "(请加 --debug 重新运行查看出处，并报告此问题 / run again with --debug to see where, and please report it)"
        )
        return FAILED


def _is_usage(error: DuzhengError) -> bool:
    from duzheng.settings import InvalidSetting
    from flows.discover import NoSuchPath
    from flows.notices.settings import InvalidNotices
    from schemas.errors import InvalidChecks, InvalidDecision, InvalidLedger
    from schemas.fetching import InvalidSource
    from schemas.logs import InvalidLogging

    given = InvalidChecks | InvalidDecision | InvalidLedger | InvalidLogging | InvalidSource
    return isinstance(error, InvalidPack | InvalidQuery | InvalidSetting | InvalidNotices | NoSuchPath | given)


if __name__ == "__main__":
    main()
