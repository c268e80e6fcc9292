"""duzheng from Python: the commands as functions, with objects instead of printed lines.

::

    import duzheng
    documents = duzheng.parse("plans/")
    checks = duzheng.check("plans/", requirements=["henan-2025"])
    with duzheng.open_corpus("duzheng-data") as corpus:
        targets = corpus.targets(province="河南省")

What a command prints to standard error and goes on, a function raises: a file that could not be read is ``NotRead``,
unless the caller gives a list in ``failures``, to which it is then added. Files are read in worker processes, with the
limits of ``DUZHENG_WORKERS``, ``DUZHENG_SECONDS`` and ``DUZHENG_MEMORY_MB``. A script that reads more than a few files
needs ``if __name__ == "__main__":``, as every program that starts processes does.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from corpus.backup.restore import Restored
    from duzheng.opened import OpenCorpus
    from flows.verify import Verification
    from schemas.comparison import Comparison
    from schemas.document import Document
    from schemas.finding import PlanCheck
    from schemas.outcome import Failure
    from schemas.reuse import Copying

PathName = str | PathLike[str]


def open_corpus(home: PathName | None = None, *, create: bool = False) -> OpenCorpus:
    """The corpus in a folder; a context manager.

    Args:
        home: the folder; else ``DUZHENG_HOME``, else ``./duzheng-data``.
        create: make an empty corpus if there is none.

    Raises:
        CorpusError: there is none, or it cannot be opened.
    """
    from duzheng import settings
    from duzheng.opened import OpenCorpus

    return OpenCorpus(settings.home(None if home is None else Path(home)), create=create)


def parse(*paths: PathName, failures: list[Failure] | None = None) -> list[Document]:
    """The documents of files and folders, in reading order, each with its facts and their spans.

    Args:
        paths: files, folders (searched recursively), archives.
        failures: what could not be read is added to it; without it the first such file is an error.

    Raises:
        NotRead: a file could not be read, and no ``failures`` was given.
        NoSuchPath: a path does not exist.
    """
    return [*_documents(paths, failures)]


def check(
    *plans: PathName,
    requirements: Sequence[PathName] = (),
    home: PathName | None = None,
    notice: Sequence[PathName] = (),
    ignore_scope: bool = False,
    today: date | None = None,
    failures: list[Failure] | None = None,
    ledger: PathName | None = None,
    report: PathName | None = None,
    notices: PathName | None = None,
    csv: PathName | None = None,
    sarif: PathName | None = None,
    junit: PathName | None = None,
    evidence: PathName | None = None,
) -> list[PlanCheck]:
    """Plans held against packs: for each plan and pack the findings, with evidence and explanation.

    A plan that no pack speaks about is left out with a warning.

    Args:
        plans: files and folders.
        requirements: packs' ids or files; without one each plan is held against its province's pack.
        home: the corpus folder whose published packs count; the usual one where it is not given, which need not be there.
        notice: files of the notices that the plans answer.
        ignore_scope: check even a plan outside a pack's scope.
        today: the day that due dates are compared with; the current day where it is not given.
        failures: as for ``parse``.
        ledger, report, csv, sarif, junit: files to write as well; ``notices``, ``evidence``: folders.

    Raises:
        NotRead: a file could not be read, and no ``failures`` was given.
        InvalidPack: a pack is invalid or not there.
        CorpusError: a file cannot be written.
    """
    from duzheng import handover, settings
    from flows.judge import Judge

    judge = Judge(
        [str(pack) for pack in requirements],
        home=settings.home(None if home is None else Path(home)),
        ignore_scope=ignore_scope,
        today=today,
    )
    answered = [*_documents(notice, failures)] if notice else []
    documents = [*_documents(plans, failures)]
    others = documents if judge.compares_plans else []
    results: list[PlanCheck] = []
    for document in documents:
        if not judge.packs(document):
            unchecked = "没有适用的要求包，未检查 / no pack for this document, not checked"
            warnings.warn(f"{document.source.uri}: {unchecked}", stacklevel=2)
        results += judge.checks(document, answered, others)
    files = {"ledger": ledger, "report": report, "notices": notices, "csv": csv, "sarif": sarif, "junit": junit}
    given = {name: Path(path) for name, path in (files | {"evidence": evidence}).items() if path is not None}
    handover.check_results(results, {one.id: one for one in documents}, handover.CheckFiles(**given))
    return results


def copying(
    *plans: PathName,
    against: Sequence[PathName] = (),
    corpus: OpenCorpus | None = None,
    report: PathName | None = None,
    failures: list[Failure] | None = None,
) -> list[Copying]:
    """How much of each plan is copied, clause by clause, and from what.

    Args:
        plans: files and folders.
        against: what to compare with; without it the plans are compared with each other, and with ``corpus``.
        corpus: an opened corpus.
        report: a page to write as well, with the passages side by side.
        failures: as for ``parse``.

    Raises:
        NotRead: a file could not be read, and no ``failures`` was given.
    """
    from flows.copying import copying as examine

    documents = [*_documents(plans, failures)]
    others = [*_documents(against, failures)] if against else documents
    stored = corpus if not against else None
    results = [*examine(documents, lambda: chain(others, stored.each_document() if stored else ()))]
    if report is not None:
        from duzheng.copying_report import write_report

        write_report(results, Path(report))
    return results


def compare(left: Document | PathName, right: Document | PathName) -> Comparison:
    """How ``right`` differs from ``left``, clause by clause: edited, added, dropped, moved; script is no difference.

    Each is a document, or a file with one document. Documents of a corpus: ``corpus.compare``.

    Raises:
        NotRead: a file could not be read.
        CorpusError: a file holds several documents; parse it and give one of them.
    """
    from extractors.alignment import compare_documents

    return compare_documents(_one(left), _one(right))


def verify(file: PathName, *plans: PathName) -> Verification:
    """Is every quote of what ``duzheng check --format json`` printed in its original, byte for byte?

    Args:
        file: what it printed.
        plans: the plans as given to the check; else those named in ``file``.

    Raises:
        InvalidChecks: the file does not hold checks.
    """
    from duzheng.reading import bounds
    from flows.verify import verify_file

    return verify_file(Path(file), [Path(plan) for plan in plans], limits=bounds())[0]


def restore(
    backup: PathName,
    home: PathName | None = None,
    *,
    at: str | None = None,
    replace: bool = False,
    check: bool = False,
) -> Restored:
    """Put a corpus back from a backup, after all of the backup was looked at.

    Args:
        backup: a folder of backups, one of them, or a ``.zip`` of everything.
        home: where to; else ``DUZHENG_HOME``, else ``./duzheng-data``.
        at: which backup of the folder; else the newest.
        replace: whether a store that is there gives way; it is put aside, not deleted.
        check: only look at the backup.

    Raises:
        CorpusError: the backup cannot be used, or there is a corpus and not ``replace``; nothing was changed.
    """
    from corpus.backup import restore as restoring
    from duzheng import settings

    place = settings.home(None if home is None else Path(home))
    if check:
        return restoring.checked(Path(backup), place, at=at)
    return restoring.restore(Path(backup), place, at=at, replace=replace)


def read_table(path: PathName, name: str) -> pd.DataFrame:
    """A table that ``export`` wrote (CSV, XLSX, Parquet, JSON Lines), with the types it had.

    Args:
        path: the file; its ending says its form.
        name: which table it is: ``documents``, ``targets`` … ; of a workbook, the sheet.

    Raises:
        CorpusError: the file cannot be read or does not hold that table.
    """
    from corpus.export import read

    return read(Path(path), name)


def _documents(paths: Sequence[PathName], failures: list[Failure] | None) -> Iterator[Document]:
    from duzheng import output, reading
    from schemas.errors import NotRead

    for outcome in reading.read([Path(path) for path in paths]):
        for failure in output.failures_of(outcome):
            if failures is None:
                raise NotRead(failure.uri, failure.cause, failure.message, failure.cure)
            failures.append(failure)
        yield from output.documents_of(outcome)


def _one(given: Document | PathName) -> Document:
    from schemas.document import Document
    from schemas.errors import CorpusError

    if isinstance(given, Document):
        return given
    documents = parse(given)
    if len(documents) != 1:
        raise CorpusError(f"{given}: holds {len(documents)} documents 内有多份文件; parse it and give one of them")
    return documents[0]
