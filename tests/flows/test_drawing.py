"""Pages are drawn in worker processes: a file that kills, hangs or lies costs its own pages only."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from checks.engine import check
from checks.pack import load
from extractors.parse import parse
from flows import drawing
from flows.drawing import evidence_book, marked_pages, own_file
from flows.pool import Job, Limits, Pool
from schemas.document import Document
from schemas.errors import CorpusError, NotRead
from schemas.finding import PlanCheck
from schemas.outcome import Outcome, SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PDF = min((SAMPLES / "henan" / "plans").rglob("*.pdf"))
ONE = Limits(workers=1, seconds=20)


@pytest.fixture(scope="module")
def plan() -> Document:
    return parse(SourceFile(PDF.name, PDF.read_bytes())).documents[0]


@pytest.fixture(scope="module")
def checked(plan: Document) -> PlanCheck:
    return check(plan, load("henan-2025"))


def process(file: SourceFile) -> int:
    return os.getpid()


def misbehave(file: SourceFile) -> str:
    if file.uri == "dies":
        os._exit(9)
    if file.uri == "hangs":
        time.sleep(60)
    if file.uri == "is not read":
        raise NotRead("inner", "damaged", "坏了 / broken")
    if file.uri == "raises":
        raise ValueError("no")
    return file.uri


def test_a_job_is_done_in_another_process() -> None:
    with Pool(ONE) as pool:
        (number,) = pool.run([Job(SourceFile("a", b""), process)])
    assert number != os.getpid()


@pytest.mark.parametrize("start", ["fork", "forkserver"])
def test_a_job_that_ends_its_worker_costs_that_job_only(start: str) -> None:
    names = ["fine", "dies", "hangs", "is not read", "raises", "fine too"]
    with Pool(Limits(workers=2, seconds=5), start=start) as pool:  # type: ignore[arg-type]
        results = list(pool.run(Job(SourceFile(name, b""), misbehave) for name in names))
    assert [result for result in results if isinstance(result, str)] == ["fine", "fine too"]
    failures = [result.failure for result in results if isinstance(result, Outcome)]
    assert [failure.cause for failure in failures if failure] == [
        "reader_failed",
        "over_limit",
        "damaged",
        "reader_failed",
    ]
    assert failures[2] is not None
    assert (failures[2].uri, failures[2].message) == ("inner", "坏了 / broken")


def test_a_book_of_a_damaged_a_lost_and_a_whole_file_has_the_whole_one_and_says_why_of_the_others(
    plan: Document, checked: PlanCheck, tmp_path: Path
) -> None:
    damaged = plan.model_copy(update={"id": "damaged"})
    lost = plan.model_copy(update={"id": "lost"})
    checks = [
        checked.model_copy(update={"plan": checked.plan.model_copy(update={"id": one.id})})
        for one in (damaged, lost, plan)
    ]

    def original(document: Document) -> SourceFile:
        if document.id == "lost":
            raise CorpusError("原件不见了 <b>")
        data = PDF.read_bytes()
        return SourceFile(document.source.uri, data[:600] if document.id == "damaged" else data)

    documents = {one.id: one for one in (damaged, lost, plan)}
    page = evidence_book(checks, documents, tmp_path, original, limits=ONE).read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "plan-003"}
    assert page.count("<img") == len(list((tmp_path / "plan-003").iterdir())) > 1
    assert "原件不见了 &lt;b&gt;" in page
    assert "PDF 不完整" in page


def test_the_main_process_opens_no_page(
    plan: Document, checked: PlanCheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pypdfium2

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a document was opened in the main process")

    monkeypatch.setattr(pypdfium2, "PdfDocument", refuse)
    file = SourceFile(PDF.name, PDF.read_bytes())
    with pytest.raises(NotRead, match="in the main process"):
        drawing._draw_evidence(file, checked, plan, tmp_path, "here")
    index = evidence_book([checked], {plan.id: plan}, tmp_path, lambda _: file, limits=ONE)
    assert "<img" in index.read_text(encoding="utf-8")
    (pages,) = marked_pages(file, [plan], lambda _: tmp_path / "pages", limits=ONE)
    assert all(path.is_file() for path in pages.images)


def test_a_folder_that_cannot_be_written_is_an_error_and_a_file_without_pages_says_so(
    plan: Document, checked: PlanCheck, tmp_path: Path
) -> None:
    file = SourceFile(PDF.name, PDF.read_bytes())
    (tmp_path / "plan-001").write_text("")
    with pytest.raises(OSError, match="plan-001"):
        evidence_book([checked], {plan.id: plan}, tmp_path, lambda _: file, limits=ONE)
    text = parse(SourceFile("a.txt", "关于做好有关工作的通知\n各学校：\n".encode())).documents[0]
    with pytest.raises(NotRead):
        list(marked_pages(SourceFile("a.txt", b""), [text], lambda _: tmp_path, limits=ONE))


def test_a_member_is_taken_out_in_a_worker(tmp_path: Path) -> None:
    import io
    import zipfile

    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.txt", "甲")
    file = SourceFile("x.zip", kept.getvalue())
    assert own_file(file, "x.zip!/a.txt", limits=ONE) == "甲".encode()
    assert own_file(file, "x.zip", limits=ONE) == kept.getvalue()
    with pytest.raises(NotRead, match=r"b\.txt"):
        own_file(file, "x.zip!/b.txt", limits=ONE)
