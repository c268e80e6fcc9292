"""The ingest flow on Prefect itself: everything is recorded, nothing twice, and a hostile file costs that file only."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from flows.progress import Progress, listening
from flows.quiet import embedded
from flows.run import ingest
from flows.summary import IngestSummary
from schemas.document import Document, Source
from schemas.errors import NotRead
from schemas.outcome import Failure, Outcome, SourceFile

pytestmark = pytest.mark.slow

First = tuple[Path, IngestSummary, list[Progress]]
"""The corpus home, what the first ingest did, and what it told of its progress."""

Made = tuple[First, IngestSummary]
"""The first ingest; and what an ingest of the same and one more file, with a retry, did to a copy of that corpus."""


def parse(file: SourceFile, attachments: Sequence[SourceFile]) -> Outcome:
    """A reader for the tests: some files kill or stall its process, the others become one document."""
    text = file.data.decode()
    if "崩溃" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "卡住" in text:
        time.sleep(3600)
    sha256 = hashlib.sha256(file.data).hexdigest()
    common = {"uri": file.uri, "sha256": sha256, "bytes": len(file.data), "media_type": "text/plain"}
    if "旧格式" in text:
        error = NotRead(file.uri, "unsupported_format", "not read yet", "save it as DOCX")
        return Outcome(**common, failure=Failure.of(error))  # type: ignore[arg-type]
    source = Source(uri=file.uri, media_type="text/plain", sha256=sha256, bytes=len(file.data))
    document = Document(id=sha256[:16], source=source, script="Hans", variant="zh-Hans", text=text)
    return Outcome(**common, documents=[document])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("收文 with space")
    for n in range(23):
        (place / f"{n:02}.txt").write_text(f"第{n}号通知：开展结对帮扶。", encoding="utf-8")
    (place / "崩.txt").write_text("崩溃", encoding="utf-8")
    (place / "卡.txt").write_text("卡住", encoding="utf-8")
    (place / "旧.wps").write_text("旧格式", encoding="utf-8")
    (place / ".hidden.txt").write_text("隐藏", encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def made(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    home = tmp_path_factory.mktemp("corpus") / "home"
    copy = home.with_name("copy")
    told: list[Progress] = []
    patch = pytest.MonkeyPatch()
    patch.setenv("HOME", str(tmp_path_factory.mktemp("user")))
    patch.delenv("PREFECT_API_URL", raising=False)
    import flows.pool

    # What the flow's workers run is the default of the pool.
    patch.setattr(flows.pool.Pool.__init__, "__defaults__", (None, parse, "forkserver"))
    # The server that the first would start, and that the second would start anew.
    with embedded(home):
        with listening(told.append):
            first = ingest([folder], home, workers=2, seconds=5.0)
        shutil.copytree(home, copy, ignore=shutil.ignore_patterns("prefect"))
        extra = folder / "新.txt"
        extra.write_text("新到的通知", encoding="utf-8")
        again = ingest([folder], copy, retry=True, workers=2, seconds=5.0)
        extra.unlink()
    yield (home, first, told), again
    patch.undo()


@pytest.fixture
def first(made: Made) -> First:
    return made[0]


def test_every_readable_file_is_recorded(first: First) -> None:
    home, summary, _ = first
    assert (summary.files, summary.read, summary.documents, summary.known) == (26, 23, 23, 0)
    with Corpus.open(home) as corpus:
        texts = {document.text for document in corpus.documents()}
    assert texts == {f"第{n}号通知：开展结对帮扶。" for n in range(23)}


def test_a_crash_and_a_hang_are_recorded_with_their_file_and_reason(first: First, folder: Path) -> None:
    home, summary, _ = first
    expected = {"崩.txt": "reader_failed", "卡.txt": "over_limit", "旧.wps": "unsupported_format"}
    assert {Path(f.uri).name: f.cause for f in summary.failures} == expected
    with Corpus.open(home) as corpus:
        assert {Path(f.uri).name: f.cause for f in corpus.failures()} == expected


def test_the_original_of_a_file_that_could_not_be_read_is_kept(first: First, folder: Path) -> None:
    home, _, _ = first
    data = (folder / "旧.wps").read_bytes()
    with Corpus.open(home) as corpus:
        assert corpus.originals.read(hashlib.sha256(data).hexdigest()) == data


def test_progress_is_told_up_to_the_last_file(first: First) -> None:
    _, _, told = first
    reading = [p for p in told if p.stage == "read"]
    assert [p.done for p in reading] == list(range(27))
    assert {p.total for p in reading} == {26}


def test_prefect_leaves_nothing_outside_the_corpus_home(first: First) -> None:
    home, _, _ = first
    assert (home / "prefect" / "prefect.db").is_file()
    assert list(Path(os.environ["HOME"]).iterdir()) == []


def test_the_server_had_nothing_to_complain_about(first: First) -> None:
    home, _, _ = first
    assert (home / "prefect" / "server.log").read_text(encoding="utf-8") == ""


def test_a_second_ingest_reads_nothing_and_starts_no_engine(
    first: First, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _, _ = first
    monkeypatch.setattr("flows.run.embedded", None)
    summary = ingest([folder], home)
    assert (summary.files, summary.read, summary.known, summary.failed_before) == (26, 0, 23, 3)
    assert len(summary.failures) == 3


def test_only_what_is_new_or_asked_to_be_retried_is_read(made: Made) -> None:
    _, summary = made
    assert (summary.files, summary.read, summary.known, summary.failed_before) == (27, 1, 23, 0)
    assert len(summary.failures) == 3


def test_a_path_that_does_not_exist_makes_no_corpus_and_starts_nothing(tmp_path: Path) -> None:
    from flows.discover import NoSuchPath

    with pytest.raises(NoSuchPath, match="nowhere"):
        ingest([tmp_path / "nowhere"], tmp_path / "home")
    assert not (tmp_path / "home").exists()
