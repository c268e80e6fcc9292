"""Pages of documents drawn, and members taken out of archives, in worker processes: both open a file from outside again.

What one file costs or breaks stays its own (``flows.pool``): the evidence book says in its index which plan could not be drawn, and
why, and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flows.pool import Job, Limits, Pool, Start
from schemas.document import Document
from schemas.errors import DuzhengError, NotRead
from schemas.finding import PlanCheck
from schemas.outcome import Outcome, SourceFile

if TYPE_CHECKING:
    from checks.axes import Axes
    from checks.outputs.evidence import Drawn

Original = Callable[[Document], SourceFile]
"""The file a document came from, or the archive or mail around it; may raise a DuzhengError."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """An image that could not be written: an OSError as a worker hands it on."""

    number: int | None
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The images of one file, and what they do not show."""

    images: tuple[Path, ...]
    remarks: tuple[str, ...]


def evidence_book(
    checks: Sequence[PlanCheck],
    documents: Mapping[str, Document],
    folder: Path,
    original: Original,
    *,
    axes: Mapping[str, Axes] | None = None,
    limits: Limits | None = None,
    start: Start = "forkserver",
) -> Path:
    """Write the evidence book (``checks.outputs.evidence``).

    Args:
        checks: what was checked.
        documents: the plans by their id; one that is missing is shown with its quotes alone.
        folder: where the book goes; made if it is not there.
        original: gives the bytes of the file a document came from; they are opened in a worker only.
        axes: how findings stand, by their id, where a corpus knows it.
        limits, start: of the worker processes.

    Returns:
        The index.

    Raises:
        OSError: something cannot be written.
    """
    from checks.outputs.evidence import Drawn, write_evidence
    from extractors.page_images import can_be_drawn

    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[int, Drawn] = {}
    order: list[int] = []

    def jobs() -> Iterator[Job[Drawn | _Unwritten]]:
        for number, check in enumerate(checks):
            document = documents.get(check.plan.id)
            if document is None or not can_be_drawn(document.source.media_type):
                continue
            try:
                file = original(document)
            except DuzhengError as error:
                drawn[number] = Drawn(remarks=(str(error),))
                continue
            order.append(number)
            below = f"plan-{number + 1:03d}"
            yield Job(file, partial(_draw_evidence, check=check, document=document, folder=folder, below=below))

    with Pool(limits, start=start) as pool:
        results = pool.run(jobs())
        for place, result in enumerate(results):
            if isinstance(result, Outcome):
                drawn[order[place]] = Drawn(remarks=(str(result.failure),))
            else:
                drawn[order[place]] = _written(result)
    return write_evidence(checks, documents, folder, drawn, axes)


def marked_pages(
    file: SourceFile,
    documents: Sequence[Document],
    folder_of: Callable[[str], Path],
    *,
    limits: Limits | None = None,
    start: Start = "forkserver",
) -> Iterator[Pages]:
    """Write the pages of documents with boxes around what was found, file by file.

    Args:
        file: the file, or the archive or mail that the documents came out of.
        documents: what was read from it.
        folder_of: where the images of a file of this name go.
        limits, start: of the worker processes.

    Raises:
        NotRead: the file has no pages, or they cannot be drawn.
        OSError: an image cannot be written.
    """
    from extractors.page_images import can_be_drawn, no_pages

    by_file: dict[str, list[Document]] = {}
    for document in documents:
        by_file.setdefault(document.source.uri, []).append(document)
    drawable = {name: found for name, found in by_file.items() if can_be_drawn(found[0].source.media_type)}
    if not drawable:
        raise no_pages(documents[0].source.uri, documents[0].source.media_type)
    jobs: list[Job[Pages | _Unwritten]] = [
        Job(file, partial(_draw_marked, name=name, documents=found, folder=folder_of(name)))
        for name, found in drawable.items()
    ]
    with Pool(limits, start=start) as pool:
        for result in pool.run(jobs):
            if isinstance(result, Outcome):
                raise _not_read(result)
            yield _written(result)


def page_image(
    file: SourceFile,
    document: Document,
    number: int,
    *,
    only: tuple[int, int] | None = None,
    limits: Limits | None = None,
    start: Start = "forkserver",
) -> bytes:
    """One page of a document as PNG with boxes around what was found (``extractors.page_images.page_image``).

    Args:
        file: the file, or the archive or mail that the document came out of.
        document: what was read from it.
        number: of the page, from 1.
        only: the span of a fact whose boxes alone are drawn.
        limits, start: of the worker process; one is enough, whatever ``limits`` says.

    Raises:
        NotRead: the file has no pages or not that one, or it cannot be drawn.
    """
    return _alone(file, partial(_draw_page, document=document, number=number, only=only), limits, start)


def evidence_page(
    file: SourceFile,
    checks: Sequence[PlanCheck],
    document: Document,
    number: int,
    *,
    only: tuple[int, int] | None = None,
    limits: Limits | None = None,
    start: Start = "forkserver",
) -> bytes:
    """One page of a plan as PNG with boxes around evidence (``checks.outputs.evidence.draw_page``).

    Args:
        file: the file, or the archive or mail that the plan came out of.
        checks, document, number, only: as there.
        limits, start: of the worker process; one is enough, whatever ``limits`` says.

    Raises:
        NotRead: the file has no pages or not that one, or it cannot be drawn.
    """
    work = partial(_draw_evidence_page, checks=checks, document=document, number=number, only=only)
    return _alone(file, work, limits, start)


def own_file(file: SourceFile, name: str, *, limits: Limits | None = None, start: Start = "forkserver") -> bytes:
    """The bytes of a document's own file: those of ``file``, or of the member of it that the document came out of.

    Raises:
        NotRead: the archive does not give it.
    """
    if name == file.uri:
        return file.data
    return _alone(file, partial(_own, name=name), limits, start)


def _alone(file: SourceFile, do: Callable[[SourceFile], T], limits: Limits | None, start: Start) -> T:
    """What one job gives; one worker is enough for it."""
    with Pool(replace(limits or Limits(), workers=1), start=start) as pool:
        (result,) = pool.run([Job(file, do)])
    if isinstance(result, Outcome):
        raise _not_read(result)
    return result


def _not_read(outcome: Outcome) -> NotRead:
    failure = outcome.failure
    assert failure is not None  # a job gives an outcome only where it failed
    return NotRead(failure.uri, failure.cause, failure.message, failure.cure)


def _written(result: T | _Unwritten) -> T:
    if isinstance(result, _Unwritten):
        raise OSError(result.number, result.text, result.name)
    return result


# In the worker


def _own(file: SourceFile, name: str) -> bytes:
    if name == file.uri:
        return file.data
    from extractors.containers import member

    return member(file.data, file.uri, name).data


def _draw_evidence(
    file: SourceFile, check: PlanCheck, document: Document, folder: Path, below: str
) -> Drawn | _Unwritten:
    from checks.outputs.evidence import draw

    data = _own(file, document.source.uri)
    try:
        return draw(data, check, document, folder, below)
    except OSError as error:
        return _Unwritten(error.errno, error.strerror or str(error), str(folder / below))


def _draw_page(file: SourceFile, document: Document, number: int, only: tuple[int, int] | None) -> bytes:
    from extractors.page_images import page_image

    return page_image(_own(file, document.source.uri), document.source.uri, document, number, only)


def _draw_evidence_page(
    file: SourceFile, checks: Sequence[PlanCheck], document: Document, number: int, only: tuple[int, int] | None
) -> bytes:
    from checks.outputs.evidence import draw_page

    return draw_page(_own(file, document.source.uri), checks, document, number, only)


def _draw_marked(file: SourceFile, name: str, documents: Sequence[Document], folder: Path) -> Pages | _Unwritten:
    from extractors.page_images import write_page_images

    data = _own(file, name)
    remarks: list[str] = []
    try:
        return Pages(tuple(write_page_images(data, name, documents, folder, remarks.append)), tuple(remarks))
    except OSError as error:
        return _Unwritten(error.errno, error.strerror or str(error), str(folder))
