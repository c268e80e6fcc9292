"""Plans that people upload: read in worker processes, taken into the corpus and checked at once, without a flow engine.

A file's name is a label. Files that are handed in together belong together as those of one folder do: 附件1 … is read as
part of the plan it came with, where that is the only one (``extractors.bundles``). The name that the corpus knows a file
by begins with the name of its upload, so that two counties may send a file of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from checks.pack_shelf import applied
from checks.pack_walk import compares_plans
from extractors.bundles import group
from flows.beside import Shelf
from flows.judge import judged
from flows.pool import Limits, Pool, Work
from flows.progress import tell
from schemas.interface import Checked
from schemas.outcome import Outcome, SourceFile
from schemas.upload import Upload, UploadedDocument, UploadedFile

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.prepared import Prepared
    from schemas.document import Document
    from schemas.requirement import Pack

PATIENCE_SECONDS = 600.0
"""How long an upload waits for another process that writes the corpus."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read together: the main file, then its attachments. Contents stay on disk until they are asked for."""

    files: tuple[tuple[str, Path], ...]

    @property
    def sha256(self) -> str:
        return _sha256(self.files[0][1])

    def work(self, under: str = "") -> Work:
        main, *beside = [SourceFile(under + name, path.read_bytes()) for name, path in self.files]
        return Work(main, tuple(beside))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def grouped(files: Sequence[tuple[str, Path]]) -> list[_Reading]:
    """Names and where the contents are, as what is to be read; of two files of one name the later gets a number."""
    named: dict[Path, tuple[str, Path]] = {}
    for name, path in files:
        label, number = name, 1
        while Path(label) in named:
            number += 1
            stem, dot, ending = name.rpartition(".")
            label = f"{stem}（{number}）.{ending}" if dot else f"{name}（{number}）"
        named[Path(label)] = (label, path)
    groups = group(named)
    return [_Reading((named[one.main], *(named[path] for path in one.attachments))) for one in groups]


def read(files: Sequence[tuple[str, Path]], limits: Limits) -> list[Outcome]:
    """What is in files, read in worker processes; nothing is stored."""
    with Pool(limits) as pool:
        return list(pool.read(one.work() for one in grouped(files)))


def examine(files: Sequence[tuple[str, Path]], home: Path, limits: Limits, today: date | None = None) -> Checked:
    """Reads files and checks their plans against the packs of their provinces; nothing is stored.

    Args:
        files: names and where the contents are.
        home: the corpus folder, for the packs that were published there.
        limits: of the worker processes.
        today: the day that due dates are compared with.
    """
    from checks.engine import check, reference

    packs = applied(home)
    checked = Checked(checks=[], unchecked=[], failures=[])
    documents: list[Document] = []
    for outcome in read(files, limits):
        checked.failures += [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures]
        documents += outcome.documents
    notices = [one for one in documents if one.role == "requirement"]
    for document in documents:
        speaking = _speaking(document, packs)
        if not speaking:
            checked.unchecked.append(reference(document))
        checked.checks += [
            check(document, pack, today=today, notices=notices, others=documents if compares_plans(pack) else ())
            for pack in speaking
        ]
    return checked


def take_in(home: Path, upload: Upload, files: Sequence[tuple[str, Path]], limits: Limits) -> Iterator[Upload]:
    """Takes files into the corpus, made where it does not exist, and checks their plans; yields the upload after each step.

    Args:
        home: the corpus folder.
        upload: where what became of each file is written to.
        files: names and where the contents are; they are not in memory together.
        limits: of the worker processes.

    Raises:
        CorpusError: the corpus cannot be written.
        InvalidPack: a published pack is not valid.
    """
    from corpus.corpus import Corpus

    packs = applied(home)
    readings = grouped(files)
    upload.total = len(readings)
    upload.files = [
        UploadedFile(
            name=one.files[0][0],
            sha256=one.sha256,
            bytes=one.files[0][1].stat().st_size,
            beside=[n for n, _ in one.files[1:]],
        )
        for one in readings
    ]
    yield upload
    under = f"upload/{upload.id}/"
    with Corpus.open(home, create=True, patience=PATIENCE_SECONDS) as corpus:
        for one in readings:
            for _, path in one.files:
                corpus.keep(path.read_bytes())
        with Pool(limits) as pool:
            for number, (outcome, prepared) in enumerate(pool.prepared(one.work(under) for one in readings)):
                _record(corpus, readings[number], outcome, prepared, upload.files[number], under)
                upload.done = number + 1
                tell("read", upload.done, upload.total)
                corpus.release()
                yield upload
        upload.stage = "checking"
        yield upload
        _check(corpus, upload, packs)
    upload.stage = "done"
    yield upload


def _record(
    corpus: Corpus,
    reading: _Reading,
    outcome: Outcome,
    prepared: Mapping[str, Prepared],
    file: UploadedFile,
    under: str,
) -> None:
    beside = [(under + name, _sha256(path)) for name, path in reading.files[1:]]
    corpus.record([outcome], {outcome.sha256: beside}, prepared)
    file.failures = [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures]
    file.documents = [
        UploadedDocument(
            id=one.id,
            title=one.title,
            role=one.role,
            level=one.level,
            jurisdiction=one.jurisdiction,
            issuers=one.issuers,
            on_topic=one.on_topic,
            characters=len(one.text),
            communities=len(one.communities),
            targets=len(one.targets),
            tasks=len(one.tasks),
            quality=[note.message for note in one.quality],
        )
        for one in outcome.documents
    ]


def _check(corpus: Corpus, upload: Upload, packs: Sequence[Pack]) -> None:
    shelf = Shelf(corpus, packs)
    for file in upload.files:
        for one in file.documents:
            document = corpus.document(one.id)
            if document is None or not _speaking(document, packs):
                continue
            made = judged([document], packs, shelf, None)
            corpus.record_checks([check for check, _ in made], beside=[read for _, read in made])
            one.packs = [check.pack.id for check, _ in made]
    corpus.release()


def _speaking(document: Document, packs: Sequence[Pack]) -> Sequence[Pack]:
    from flows.choose import packs_for

    return packs_for(document, packs)
