"""The whole job on the sample documents: ingest, check, matrix, report, ledger, one search in each script."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duzheng import console, output, search_report, settings
from duzheng.matrix import print_matrix
from duzheng.progress import shown
from schemas.errors import DuzhengError

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.document import Document
    from schemas.finding import PlanCheck

SEARCHES = ("同步课堂", "教育共同體")
"""One in each script; both find documents of both scripts."""

SHOWN_HITS = 3
_NOT_SAMPLES = {"recipes", "expected", "formats"}
"""Folders beside the samples that hold what they are made from and what is expected of them."""


class NoSamples(DuzhengError):
    """The sample documents are not where they are looked for."""


def run(home: Path, samples: Path | None) -> None:
    """Run the demonstration into the corpus at ``home``; running it again reads nothing anew.

    Raises:
        schemas.errors.DuzhengError: no samples, or the corpus cannot be written.
    """
    from corpus.corpus import Corpus
    from flows.run import ingest

    started = time.perf_counter()
    folders = sample_folders(samples)
    limits = settings.limits()
    _heading(f"1  入库 ingest: {' '.join(str(folder) for folder in folders)}")
    with shown():
        summary = ingest(
            folders,
            home,
            check=True,
            workers=limits.workers,
            seconds=limits.seconds,
            memory_mb=limits.memory_mb,
        )
    output.ingest_summary(summary)
    for failure in summary.failures:
        print(f"  未能读取，原件已存 not read, original kept: {console.one_line(failure)}")
    with Corpus.open(home) as corpus:
        documents = {document.id: document for document in corpus.documents()}
        checks = current(corpus, documents)
        _heading(f"2  检查 check: {len(checks)} 份方案 plans × 要求 requirements")
        print_matrix(checks)
        _unchecked(checks, documents)
        _heading("3  报告与台账 report and ledger")
        report, ledger = _write(checks, documents, home / "reports")
        print(f"{report}\n{ledger}")
        _heading("4  检索 search")
        for query in SEARCHES:
            search_report.result(corpus.search(query, limit=SHOWN_HITS), query)
            print()
    _closing(home, report, ledger, checks, time.perf_counter() - started)


def sample_folders(given: Path | None) -> list[Path]:
    """The folders of sample documents: below ``given``, else below ``samples`` of the checkout.

    Raises:
        NoSamples: there are none.
    """
    if given is not None:
        candidates = [given]
    else:
        candidates = [Path.cwd() / "samples", Path(__file__).resolve().parent.parent / "samples"]
    for folder in candidates:
        if folder.is_dir():
            found = [
                _short(part)
                for part in sorted(folder.iterdir())
                if part.is_dir() and part.name not in _NOT_SAMPLES and not part.name.startswith((".", "_"))
            ]
            return found or [_short(folder)]
    raise NoSamples(
        f"{candidates[0]}: no sample documents here 没有样例文件 (they are in the folder samples of duzheng's source; "
        "name it with --samples DIR)"
    )


def _short(path: Path) -> Path:
    """Relative to the working directory where it lies below it: paths are for reading."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def current(corpus: Corpus, documents: dict[str, Document]) -> list[PlanCheck]:
    """The newest check of each document in the corpus with each pack, by pack, place and title."""
    newest: dict[tuple[str, str], PlanCheck] = {}
    for check in corpus.checks():
        if check.plan.id in documents:
            newest.setdefault((check.plan.id, check.pack.id), check)
    return sorted(newest.values(), key=lambda c: (c.pack.id, output.place(c.plan.jurisdiction), c.plan.title or ""))


def _unchecked(checks: Sequence[PlanCheck], documents: dict[str, Document]) -> None:
    """Name the county plans that no pack was found for, so that nobody takes the matrix for complete."""
    checked = {check.plan.id for check in checks}
    for document in documents.values():
        if document.role == "plan" and document.on_topic and document.id not in checked:
            where = output.place(document.jurisdiction) or "地区不明 place unknown"
            title = output.shorten(document.title or document.source.uri, 40)
            print(f"  未检查 not checked: {title}（{where}，没有相应的要求包 no pack for it）")


def _write(checks: Sequence[PlanCheck], documents: dict[str, Document], folder: Path) -> tuple[Path, Path]:
    from checks.ledger import write_ledger
    from checks.report import write_report

    folder.mkdir(parents=True, exist_ok=True)
    report, ledger = folder / "report.html", folder / "问题台账.xlsx"
    write_report(checks, documents, report)
    write_ledger(checks, ledger)
    return report, ledger


def _heading(text: str) -> None:
    console.stdout().print(f"\n{text}", style="bold blue", markup=False)


def _closing(home: Path, report: Path, ledger: Path, checks: Sequence[PlanCheck], seconds: float) -> None:
    _heading(f"完成 done in {seconds:.0f} s")
    print(f"  报告 report     {report}\n  台账 ledger     {ledger}\n  语料库 corpus   {home}")
    print("\n接下来可以试试 what to try next:")
    plan = checks[0].plan if checks else None
    if plan is not None:
        print(f"  duzheng show {plan.id} --home {_quoted(home)}")
        print(f"  duzheng check {_quoted(Path(plan.uri))} --requirements {checks[0].pack.id}")
    print(f"  duzheng search 捆绑考核 --home {_quoted(home)}")
    print("  duzheng packs show henan-2025")
    print(f"  duzheng ingest YOUR-FOLDER --check --home {settings.DEFAULT_HOME}")
    print("若找不到 duzheng 命令 if the command is not found: .venv/bin/duzheng")


def _quoted(path: Path) -> str:
    from shlex import quote

    return quote(str(path))
