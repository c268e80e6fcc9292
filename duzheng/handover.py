"""Files that a command writes on request: ledger and report of a check, marked pages, originals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from schemas.errors import CorpusError, NotRead

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.document import Document
    from schemas.finding import PlanCheck


def check_results(
    results: Sequence[PlanCheck], documents: Mapping[str, Document], ledger: Path | None, report: Path | None
) -> None:
    """Write the ledger and the report of a check, where they were asked for; their paths go to standard error.

    Raises:
        CorpusError: one of them cannot be written.
    """
    if ledger is not None:
        from checks.ledger import write_ledger

        _write(ledger, lambda path: write_ledger(results, path))
    if report is not None:
        from checks.report import write_report

        _write(report, lambda path: write_report(results, documents, path))


def _write(path: Path, write: Callable[[Path], None]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    print(path, file=sys.stderr)


def _unwritable(path: Path, error: OSError) -> CorpusError:
    return CorpusError(f"{path}: cannot be written: {error.strerror} (check folder and permissions)")


def marked_pages(data: bytes, documents: Sequence[Document], folder: Path) -> None:
    """Write the pages of a PDF with boxes around what was found, and print their paths.

    Raises:
        NotRead: the file has no pages.
        CorpusError: an image cannot be written.
    """
    source = documents[0].source
    if source.media_type != "application/pdf":
        raise NotRead(source.uri, "unsupported_format", "only PDF has pages to draw 只有 PDF 有页面可标注")
    from extractors.page_images import write_page_images

    try:
        for path in write_page_images(data, source.uri, documents, folder):
            print(path)
    except OSError as error:
        raise _unwritable(folder, error) from error


def original(corpus: Corpus, document: Document, target: Path) -> None:
    """Write the original file of a document; never over an existing file.

    Raises:
        CorpusError: it cannot be written, or the original is gone.
    """
    if target.exists():
        raise typer.BadParameter(f"--original: {target} exists already (name a new file)")
    data = corpus.originals.read(document.source.sha256)
    try:
        target.write_bytes(data)
    except OSError as error:
        raise _unwritable(target, error) from error
    print(f"{target}: {len(data)} bytes, SHA-256 {document.source.sha256}")
