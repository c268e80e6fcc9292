"""Files that a command writes on request: ledger and report of a check, marked pages, originals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from duzheng.unwritable import unwritable
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from checks.axes import Axes
    from corpus.corpus import Corpus
    from schemas.document import Document
    from schemas.finding import PlanCheck
    from schemas.outcome import SourceFile


@dataclass(frozen=True, slots=True)
class CheckFiles:
    """What of a check is to be written, and where; None for what was not asked for. ``notices`` and ``evidence`` are
    folders."""

    ledger: Path | None = None
    report: Path | None = None
    csv: Path | None = None
    sarif: Path | None = None
    junit: Path | None = None
    notices: Path | None = None
    evidence: Path | None = None

    def __bool__(self) -> bool:
        return any((self.ledger, self.report, self.csv, self.sarif, self.junit, self.notices, self.evidence))


def check_results(
    results: Sequence[PlanCheck],
    documents: Mapping[str, Document],
    files: CheckFiles,
    *,
    axes: Mapping[str, Axes] | None = None,
    original: Callable[[Document], SourceFile] | None = None,
) -> None:
    """Write what was asked for of a check; the paths go to standard error.

    Args:
        results: what was checked.
        documents: the plans by their id.
        files: what to write.
        axes: how findings stand, by their id, where a corpus knows it.
        original: the file a document came from, or the archive or mail around it; the one on the disk without it.

    Raises:
        CorpusError: one of them cannot be written.
    """
    if files.ledger is not None:
        from checks.ledger import write_ledger

        _write(files.ledger, lambda path: write_ledger(results, path, axes))
    if files.report is not None:
        from checks.report import write_report

        _write(files.report, lambda path: write_report(results, documents, path, axes))
    if files.csv is not None:
        from checks.outputs.csv import write_csv

        _write(files.csv, lambda path: write_csv(results, path, axes))
    if files.sarif is not None:
        from checks.outputs.sarif import write_sarif

        _write(files.sarif, lambda path: write_sarif(results, path, version("duzheng"), axes))
    if files.junit is not None:
        from checks.outputs.junit import write_junit

        _write(files.junit, lambda path: write_junit(results, path, axes))
    if files.notices is not None:
        from checks.outputs.notice import write_notices

        folder = files.notices
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written = write_notices(results, folder, axes=axes)
        except OSError as error:
            raise unwritable(folder, error) from error
        for path in written:
            print(path, file=sys.stderr)
    if files.evidence is not None:
        evidence_book(results, documents, files.evidence, original or _on_disk, axes)


def documents_of(corpus: Corpus, checks: Sequence[PlanCheck]) -> dict[str, Document]:
    """The plans of stored checks, and what they were held against, by their id, as far as they are there."""
    ids = dict.fromkeys(one.plan.id for one in checks)
    ids |= dict.fromkeys(piece.document for one in checks for finding in one.findings for piece in finding.elsewhere)
    found = {id: corpus.document(id) for id in ids}
    return {id: document for id, document in found.items() if document is not None}


def evidence_book(
    results: Sequence[PlanCheck],
    documents: Mapping[str, Document],
    folder: Path,
    original: Callable[[Document], SourceFile],
    axes: Mapping[str, Axes] | None = None,
) -> None:
    """Write the evidence book; the path of its index goes to standard error.

    Args:
        results: what was checked.
        documents: the plans by their id.
        folder: where it goes; made if it is not there.
        original: the file a document came from, or the archive or mail around it.
        axes: how findings stand, by their id, where a corpus knows it.

    Raises:
        CorpusError: it cannot be written.
    """
    from duzheng.reading import bounds
    from flows.drawing import evidence_book as write

    try:
        index = write(results, documents, folder, original, axes=axes, limits=bounds())
    except OSError as error:
        raise unwritable(folder, error) from error
    print(index, file=sys.stderr)


def _on_disk(document: Document) -> SourceFile:
    from hashlib import sha256

    from extractors.containers import SEPARATOR
    from flows.discover import source

    file = source(Path(document.source.uri.partition(SEPARATOR)[0]))
    if file.uri == document.source.uri and sha256(file.data).hexdigest() != document.source.sha256:
        raise CorpusError(f"{file.uri}: 读取后有改动 / has changed since it was read")
    return file


def _write(path: Path, write: Callable[[Path], object]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except OSError as error:
        raise unwritable(path, error) from error
    print(path, file=sys.stderr)


def marked_pages(data: bytes, uri: str, documents: Sequence[Document], folder: Path) -> None:
    """Write the pages of a PDF, an OFD or a picture with boxes around what was found, and print their paths.

    Args:
        data: the file, or the archive or mail that the documents came out of.
        uri: its name.
        documents: what was read from it. Where they came out of several files of an archive, each file gets a folder
            of its own below ``folder``, named as in the archive.
        folder: where the images go.

    Raises:
        NotRead: the file has no pages, or they cannot be drawn.
        CorpusError: an image cannot be written.
    """
    from duzheng.reading import bounds
    from flows.drawing import marked_pages as draw
    from schemas.outcome import SourceFile

    several = len({document.source.uri for document in documents}) > 1

    def below(name: str) -> Path:
        return folder / _inside(name, uri) if several else folder

    try:
        for pages in draw(SourceFile(uri, data), documents, below, limits=bounds()):
            for remark in pages.remarks:
                print(remark, file=sys.stderr)
            for path in pages.images:
                print(path)
    except OSError as error:
        raise unwritable(folder, error) from error


def _inside(name: str, uri: str) -> str:
    """The folders of a member below its archive, of lengths that a disk takes; where it is read its name was made harmless."""
    from extractors.containers import SEPARATOR

    parts = name.removeprefix(uri + SEPARATOR).replace(SEPARATOR, "/").split("/")
    return "/".join(part[-80:] for part in parts)


def stored(corpus: Corpus, document: Document) -> SourceFile:
    """The original that a document of the corpus came from: the document's own file or, when it came out of an archive or
    mail, that.

    Raises:
        CorpusError: it is gone.
    """
    from extractors.containers import SEPARATOR
    from schemas.outcome import SourceFile

    source = document.source
    outer, separator, _ = source.uri.partition(SEPARATOR)
    if separator and source.parent is not None and not corpus.originals.has(source.sha256):
        return SourceFile(outer, corpus.originals.read(source.parent))
    return SourceFile(source.uri, corpus.originals.read(source.sha256))


def original(corpus: Corpus, document: Document, target: Path) -> None:
    """Write the original file of a document; never over an existing file. Out of an archive or mail, the file in it.

    Raises:
        NotRead: the archive does not give it any more.
        CorpusError: it cannot be written, or the original is gone.
    """
    if target.exists():
        raise typer.BadParameter(
            f"--original: {target} 已存在 / {target} exists already (请另取文件名 / name a new file)"
        )
    from duzheng.reading import bounds
    from flows.drawing import own_file

    data = own_file(stored(corpus, document), document.source.uri, limits=bounds())
    try:
        target.write_bytes(data)
    except OSError as error:
        raise unwritable(target, error) from error
    print(f"{target}: {len(data)} bytes, SHA-256 {document.source.sha256}")
