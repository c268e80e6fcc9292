"""What a source says of its documents stands in for what they do not say themselves, and never for what they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from checks.scope import unknowns
from corpus.corpus import Corpus
from corpus.prepared import key_of
from corpus.sources import ItemFile, KeptAnswer, Look
from extractors.parse import parse
from flows import pool
from flows.batches import Batch, Counter
from flows.by_source import KIND, completed
from flows.collect import collect
from flows.settling import Units
from schemas.document import Document, Jurisdiction, Level
from schemas.fetching import Listed, RunFailure
from schemas.outcome import Failure, Outcome, SourceFile
from schemas.source import SourceDefinition

BARE = "城乡学校共同体建设实施方案\n一、每学期开展联合教研2次以上。\n二、每年派出骨干教师5人到乡村学校任教。\n"
OF_A_PROVINCE = """河南省教育厅关于推进城乡学校共同体建设的指导意见
豫教基〔2023〕12号
各省辖市教育局：
一、各地要统筹安排城区学校与乡村学校结成共同体。
河南省教育厅
2023年3月1日
"""
PLACE = Jurisdiction(province="浙江省", city="杭州市", county="淳安县")


def source(
    place: Jurisdiction = PLACE,
    publisher: str | None = "淳安县教育局",
    level: Level | None = "county",
    url: str = "/in",
) -> SourceDefinition:
    return SourceDefinition(
        id="submissions",
        title="报送",
        kind="upload",
        url=url,
        publisher=publisher,
        jurisdiction=place,
        level=level,
        settled_seconds=0,
    )


def taken(text: str, definition: SourceDefinition) -> tuple[Document, Document]:
    """The document as it is read, and as it is collected."""
    outcome = parse(SourceFile("方案.txt", text.encode()))
    return outcome.documents[0], completed(outcome, definition).documents[0]


def test_what_the_text_leaves_open_is_the_sources_and_said_to_be_without_a_span() -> None:
    read, found = taken(BARE, source())
    assert (read.issuers, read.level, read.jurisdiction) == ([], None, Jurisdiction())
    assert (found.issuers, found.level) == (["淳安县教育局"], "county")
    assert found.jurisdiction == PLACE.model_copy(update={"adcode": "330127"})
    notes = [note for note in found.quality if note.kind == KIND]
    assert len(notes) == 3
    assert all("submissions" in note.message and note.span is None for note in notes)
    assert found.spans == read.spans
    assert found.id == read.id
    assert {"省份", "层级"} <= set(unknowns(read))
    assert not {"省份", "层级"} & set(unknowns(found))


def test_what_the_text_says_stands_and_is_not_mixed_with_another_place() -> None:
    read, found = taken(OF_A_PROVINCE, source())
    assert read.jurisdiction.province == "河南省"
    assert found == read


def test_a_provinces_notice_on_a_countys_site_is_not_the_countys() -> None:
    read, found = taken(
        OF_A_PROVINCE, source(Jurisdiction(province="河南省", city="洛阳市", county="嵩县"), "嵩县教育局")
    )
    assert (found.jurisdiction, found.issuers, found.level) == (read.jurisdiction, ["河南省教育厅"], "province")


def test_a_source_that_says_nothing_adds_nothing() -> None:
    read, found = taken(BARE, source(Jurisdiction(), None, None))
    assert found == read


def test_a_submission_is_found_by_the_place_of_its_folder(tmp_path: Path) -> None:
    folder, home = tmp_path / "报送", tmp_path / "home"
    (folder / "上畈小学").mkdir(parents=True)
    (folder / "上畈小学" / "方案.txt").write_text(BARE, "utf-8")
    (home / "sources").mkdir(parents=True)
    written = source(url=str(folder)).model_dump_json(exclude_unset=True)
    (home / "sources" / "submissions.yaml").write_text(written, "utf-8")

    def directly(batches: Iterable[Units], _: pool.Pool, __: Counter) -> Iterator[Units]:
        for batch in batches:
            batch.outcomes = [pool.attempt(work) for work in batch.works]
            yield batch

    assert collect(home, "submissions", reading=directly, today=date(2025, 9, 20)).status == "ok"
    with Corpus.open(home) as corpus:
        [found] = corpus.documents(county="淳安县", level="county")
        assert [note.kind for note in found.quality].count(KIND) == 3


def test_a_file_that_a_source_brought_keeps_what_the_source_says_when_its_folder_is_ingested_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not be read when the source brought it; ``ingest --retry`` finds the same file in a folder."""
    from flows import ingest

    folder, home, data = tmp_path / "报送", tmp_path / "home", BARE.encode()
    folder.mkdir()
    (folder / "方案.txt").write_bytes(data)
    (folder / "另.txt").write_bytes(data.replace(b"2", b"3"))
    (home / "sources").mkdir(parents=True)
    written = source(url=str(folder)).model_dump_json(exclude_unset=True)
    (home / "sources" / "submissions.yaml").write_text(written, "utf-8")
    url, moment = "https://jyj.example.cn/fa.txt", datetime(2025, 9, 1, 8, tzinfo=UTC)
    digest = sha256(data).hexdigest()
    failure = Failure(uri=url, cause="missing_program", message="LibreOffice is not installed")
    with Corpus.open(home, create=True) as corpus:
        corpus.keep(data)
        corpus.record([Outcome(uri=url, sha256=digest, bytes=len(data), media_type="text/plain", failure=failure)])
        corpus.sources.seen("submissions", [Listed(url)])
        why = RunFailure(url=url, cause="missing_program", message=failure.message)
        look = Look(Listed(url), digest, "", (ItemFile(url, url, digest),), "digest", False, why)
        corpus.sources.looked("submissions", [look], [KeptAnswer(digest, url, "submissions", url, 200, (), moment)])

    def directly(batches: Iterable[Batch], _: pool.Pool, __: Counter) -> Iterator[Batch]:
        for batch in batches:
            batch.outcomes = [pool.attempt(work) for work in batch.works]
            yield batch

    monkeypatch.setattr(ingest, "through", directly)
    assert ingest.ingest.fn([str(folder)], str(home), retry=True).read == 2
    with Corpus.open(home) as corpus:
        [found] = corpus.documents(county="淳安县", level="county")
        assert (found.source.sha256, found.source.fetched_at) == (digest, moment)
        assert [note.kind for note in found.quality].count(KIND) == 3
        item = corpus.sources.items("submissions")[url]
        assert (item.cause, item.attempts) == (None, 0)
        assert len(list(corpus.documents())) == 2


@pytest.mark.parametrize("level", ["school", "township"])
def test_a_school_folder_gives_its_submissions_the_schools_level(level: Level) -> None:
    assert taken(BARE, source(level=level))[1].level == level


def test_the_worker_that_reads_a_document_completes_it_and_prepares_what_is_stored() -> None:
    definition = source()
    work = pool.Work(SourceFile("方案.txt", BARE.encode()), definition=definition)
    with pool.Pool(pool.Limits(workers=1)) as workers:
        [(outcome, prepared)] = workers.prepared([work])
    assert outcome.documents == [taken(BARE, definition)[1]]
    assert set(prepared) == {key_of(one.model_dump_json()) for one in outcome.documents}, (
        "the parent makes nothing anew"
    )
