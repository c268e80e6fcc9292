"""What is promised about the corpus: nothing twice, nothing lost, one writer, and it says what is wrong with it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.version import index_version
from schemas.errors import CorpusError
from schemas.finding import Finding, PackReference, PlanCheck, PlanReference, Searched
from schemas.outcome import Outcome

Make = Callable[..., Outcome]
on_each_engine = pytest.mark.usefixtures("each_engine")


@on_each_engine
def test_a_second_record_of_the_same_file_does_nothing(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True, extraction_version="1") as corpus:
        made = outcome("教共体建设方案")
        corpus.record([made])
        before = (corpus.status(), corpus._held.store().changes.seq())
        corpus.record([made])
        assert (corpus.status(), corpus._held.store().changes.seq()) == before
        assert corpus.known([made.sha256, "0" * 64]) == {made.sha256}
        assert corpus.locate([(made.uri, made.sha256)]) == 0


@on_each_engine
def test_the_same_content_under_another_name_is_one_document_with_two_locations(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        made = outcome("教共体建设方案", uri="甲/方案.txt")
        corpus.record([made])
        assert corpus.locate([("乙/方案.txt", made.sha256)]) == 1
        assert corpus.locations(made.sha256) == ["乙/方案.txt", "甲/方案.txt"]
        assert corpus.status()["documents"] == 1
        assert corpus.search("教共体").total == 1


@on_each_engine
def test_changed_content_replaces_the_old_in_searches_and_the_old_is_kept(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        old, new = outcome("到年底覆盖六成", uri="方案.txt"), outcome("到年底覆盖七成", uri="方案.txt")
        corpus.record([old])
        corpus.record([new])
        assert [d.text for d in corpus.documents()] == ["到年底覆盖七成"]
        assert {d.text for d in corpus.documents(superseded=True)} == {"到年底覆盖六成", "到年底覆盖七成"}
        assert corpus.document(old.documents[0].id) is not None
        assert (corpus.search("覆盖").total, corpus.search("六成").total) == (1, 0)
        assert corpus.verify_index() == []
        corpus.locate([("方案.txt", old.sha256)])
        assert (corpus.search("覆盖").total, corpus.search("六成").total) == (1, 1)


@on_each_engine
def test_the_second_copy_may_be_announced_before_the_first_is_read(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        made = outcome("方案", uri="甲.txt")
        assert corpus.locate([("乙.txt", made.sha256)]) == 0
        corpus.record([made])
        assert corpus.locations(made.sha256) == ["乙.txt", "甲.txt"]


@on_each_engine
def test_a_broken_file_that_was_replaced_is_no_failure_any_more(tmp_path: Path, outcome: Make, failed: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([failed(b"cut", uri="方案.pdf"), failed(b"cut too", uri="另.pdf")])
        corpus.record([outcome("完整的方案", uri="方案.pdf")])
        assert [f.uri for f in corpus.failures()] == ["另.pdf"]


@on_each_engine
def test_content_that_stands_elsewhere_too_stays_when_one_name_changes(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        shared = outcome("共同的方案", uri="甲.txt")
        corpus.record([shared])
        corpus.locate([("乙.txt", shared.sha256)])
        corpus.record([outcome("甲的新方案", uri="甲.txt")])
        assert corpus.search("方案").total == 2


@on_each_engine
def test_a_new_version_that_cannot_be_read_does_not_hide_the_old(tmp_path: Path, outcome: Make, failed: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("可读的方案", uri="方案.pdf")])
        corpus.record([failed(b"%PDF broken", uri="方案.pdf")])
        assert corpus.search("可读").total == 1
        assert [f.uri for f in corpus.failures()] == ["方案.pdf"]


@on_each_engine
def test_a_failed_file_is_recorded_with_its_cause_and_retried_after_a_change_of_the_rules(
    tmp_path: Path, outcome: Make, failed: Make
) -> None:
    bad = failed(b"scan", uri="扫描.pdf")
    with Corpus.open(tmp_path, create=True, extraction_version="1") as corpus:
        corpus.record([bad, outcome("好的方案")])
        assert [(f.uri, f.cause, f.cure) for f in corpus.failures()] == [("扫描.pdf", "damaged", "get it again")]
        assert corpus.known([bad.sha256]) == set()
        assert corpus.failed([bad.sha256])[bad.sha256].message == "the file is damaged"
    with Corpus.open(tmp_path, extraction_version="2") as corpus:
        assert corpus.failed([bad.sha256]) == {}
        corpus.record([outcome("扫描得来的方案", uri="扫描.pdf", data=b"scan")])
        assert corpus.failures() == []
        assert corpus.known([bad.sha256]) == {bad.sha256}
        assert corpus.search("扫描").total == 1


@on_each_engine
def test_a_change_of_the_rules_makes_every_file_unknown(tmp_path: Path, outcome: Make) -> None:
    made = outcome("方案")
    with Corpus.open(tmp_path, create=True, extraction_version="1") as corpus:
        corpus.record([made])
    with Corpus.open(tmp_path, extraction_version="2") as corpus:
        assert corpus.known([made.sha256]) == set()


@on_each_engine
def test_reading_again_replaces_what_was_read(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("第一件", "第二件", data=b"page")])
        corpus.record([outcome("第一件甲", data=b"page")])
        assert [d.text for d in corpus.documents()] == ["第一件甲"]
        assert corpus.search("第二件").total == 0
        assert corpus.verify_index() == []


def test_an_attachment_that_appears_or_changes_makes_its_document_changed(tmp_path: Path, outcome: Make) -> None:
    made = outcome("正文").model_copy(update={"attachments": ["a" * 64]})
    with Corpus.open(tmp_path, create=True, extraction_version="1") as corpus:
        corpus.record([made])
        assert corpus.unchanged({made.sha256: {"附件1.docx": "a" * 64}}) == {made.sha256}
        assert corpus.unchanged({made.sha256: {}}) == set()
        assert corpus.unchanged({made.sha256: {"附件1.docx": "b" * 64}}) == set()
        assert corpus.unchanged({made.sha256: {"附件1.docx": "a" * 64, "附件2.docx": "b" * 64}}) == set()


@on_each_engine
def test_a_batch_is_recorded_whole_or_not_at_all(
    tmp_path: Path, outcome: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus.batch import Batch

    with Corpus.open(tmp_path, create=True) as corpus:
        monkeypatch.setattr(Batch, "refresh", _raise)
        with pytest.raises(RuntimeError):
            corpus.record([outcome("甲"), outcome("乙")])
        monkeypatch.undo()
        assert list(corpus.documents(superseded=True)) == []
        assert corpus.status()["files_read"] == 0


def test_documents_can_be_chosen_by_their_columns(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record(
            [outcome("甲", role="plan", signed_on=date(2021, 1, 1)), outcome("乙", uri="b", role="submission")]
        )
        assert [d.text for d in corpus.documents(role="plan")] == ["甲"]
        assert [d.text for d in corpus.documents(year=2021)] == ["甲"]
        assert corpus.document("unknown") is None


@on_each_engine
def test_a_document_comes_back_as_it_was(tmp_path: Path, outcome: Make) -> None:
    made = outcome(
        "𠮷縣教共體\u3000“方案”\n\x00\r\u200b", title="標題", signed_on=date(2020, 2, 29), issuers=["甲", "乙"]
    )
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([made])
        assert corpus.document(made.documents[0].id) == made.documents[0]
        assert corpus.search("吉縣 OR 教共体").total == 1


@on_each_engine
def test_a_second_writer_learns_who_the_first_is(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True, write=True) as first:
        first.record([outcome("教共体")])
        with pytest.raises(CorpusError, match=f"written by process {os.getpid()}"):
            Corpus.open(tmp_path, write=True)
        with Corpus.open(tmp_path) as second:
            with pytest.raises(CorpusError, match="written by process"):
                second.record([outcome("乙", uri="b")])
            assert second.search("教共体").total == 1
            first.record([outcome("丙", uri="c")])
            assert second.search("丙").total == 1
    with Corpus.open(tmp_path, write=True) as third:
        third.record([outcome("乙", uri="b")])


@on_each_engine
def test_searching_takes_no_lock(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    with Corpus.open(tmp_path) as reader, Corpus.open(tmp_path, write=True) as writer:
        assert reader.search("教共体").total == 1
        writer.record([outcome("乙", uri="b")])


def test_a_search_loads_neither_the_database_library_nor_the_segmenter(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("推进教共体")])
    code = (
        "import sys; from pathlib import Path; from corpus.corpus import Corpus\n"
        "with Corpus.open(Path(sys.argv[1])) as corpus: print(corpus.search('教共体').total)\n"
        "print(sorted({'sqlalchemy', 'rjieba', 'jieba', 'pandas', 'prefect'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:2] == ["1", "[]"]


@on_each_engine
def test_a_tampered_or_missing_original_is_reported(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        for number in range(3):
            data = f"方案{number}".encode()
            assert corpus.keep(data) == outcome("方案", uri=f"{number}", data=data).sha256
            corpus.record([outcome(f"方案{number}", uri=f"{number}", data=data)])
        assert corpus.verify() == []
        names = list(corpus.originals.names())
        corpus.originals.path(names[0]).write_bytes(b"forged")
        corpus.originals.path(names[1]).unlink()
        problems = corpus.verify()
        assert len(problems) == 2
        assert names[0] in problems[0]
        assert "changed" in problems[0]
        assert names[1] in problems[1]
        assert "missing" in problems[1]


@on_each_engine
def test_checks_are_kept_with_their_document_and_replaced_by_newer_ones(tmp_path: Path, outcome: Make) -> None:
    made = outcome("方案", role="plan")
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([made])
        id = made.documents[0].id
        corpus.record_checks([_check(id, "met"), _check(id, "met", pack="other")])
        corpus.record_checks([_check(id, "not_found")])
        assert {(c.pack.id, c.findings[0].verdict) for c in corpus.checks()} == {("p", "not_found"), ("other", "met")}
        assert [c.pack.id for c in corpus.checks(document=id, pack="other")] == ["other"]
        assert list(corpus.checks(document="unknown")) == []
        with pytest.raises(CorpusError, match="not in the corpus"):
            corpus.record_checks([_check("unknown", "met")])


@on_each_engine
def test_a_folder_without_a_corpus_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="duzheng ingest"):
        Corpus.open(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("name", ["a b", "督政 #1?x=%20"])
def test_an_empty_corpus_can_be_searched_wherever_it_lies(tmp_path: Path, name: str) -> None:
    with Corpus.open(tmp_path / name, create=True):
        pass
    with Corpus.open(tmp_path / name) as corpus:
        assert (tmp_path / name / "corpus.sqlite").is_file()
        assert corpus.search("教共体").total == 0
        assert corpus.verify() == []


def test_a_corpus_is_never_made_over_a_file_that_is_something_else(tmp_path: Path) -> None:
    content = b"somebody's notes\n" * 100
    (tmp_path / "corpus.sqlite").write_bytes(content)
    with pytest.raises(CorpusError):
        Corpus.open(tmp_path, create=True)
    assert (tmp_path / "corpus.sqlite").read_bytes() == content


def test_a_huge_document_with_a_huge_word_is_kept_and_found(tmp_path: Path, outcome: Make) -> None:
    text = "教共体" + "a" * 200_000 + "\n" + "乡村学校的建设。" * 100_000 + "结尾"
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome(text)])
        assert corpus.search("教共体").total == 1
        assert corpus.search("结尾").hits[0].snippets[0].quote.endswith("结尾")
        assert corpus.search("乡村学校").total == 1


def test_a_corpus_of_another_version_is_refused(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    with sqlite3.connect(tmp_path / "corpus.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    with Corpus.open(tmp_path) as corpus:
        for use in (lambda: corpus.search("教"), corpus.failures, lambda: list(corpus.documents())):
            with pytest.raises(CorpusError, match="schema version 99"):
                use()


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to be read as one" * 40])
def test_a_file_that_is_no_corpus_is_an_expected_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "corpus.sqlite").write_bytes(content)
    with Corpus.open(tmp_path) as corpus, pytest.raises(CorpusError):
        corpus.search("教")


@on_each_engine
def test_what_the_index_lost_comes_back_from_the_store(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体"), outcome("教聯體", uri="b")])
    shutil.rmtree(tmp_path / "index")
    with Corpus.open(tmp_path) as corpus:
        assert corpus.search("教").total == 2
        assert corpus.verify_index() == []


@pytest.mark.parametrize("by_search", [True, False])
def test_another_dictionary_has_the_index_built_again(
    tmp_path: Path, outcome: Make, monkeypatch: pytest.MonkeyPatch, by_search: bool
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    before = (tmp_path / "index").stat().st_ino
    monkeypatch.setattr("extractors.words.dictionary_hash", lambda: "another")
    index_version.cache_clear()
    with Corpus.open(tmp_path) as corpus:
        if not by_search:
            corpus.record([outcome("教联体", uri="b")])
        assert corpus.search("教").total == 2 - by_search
    index_version.cache_clear()
    assert (tmp_path / "index").stat().st_ino != before


def test_a_store_put_back_from_an_older_copy_takes_the_index_with_it(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("旧方案")])
    shutil.copy(tmp_path / "corpus.sqlite", tmp_path / "copy")
    with Corpus.open(tmp_path) as corpus:
        corpus.record([outcome("新方案", uri="b")])
        assert corpus.search("方案").total == 2
    shutil.move(tmp_path / "copy", tmp_path / "corpus.sqlite")
    with Corpus.open(tmp_path) as corpus:
        assert corpus.search("方案").total == 1


@on_each_engine
def test_the_lock_names_its_holder_in_a_file_for_people(tmp_path: Path) -> None:
    with Corpus.open(tmp_path, create=True, write=True):
        assert json.loads((tmp_path / "writer.lock").read_text())["process"] == os.getpid()
    assert (tmp_path / "writer.lock").read_text() == ""


def _raise(*_: object) -> None:
    raise RuntimeError("stopped in the middle")


def _check(document: str, verdict: str, pack: str = "p") -> PlanCheck:
    finding = Finding(
        requirement="R01", title="t", clause="一", verdict=verdict, severity="major", expected="e",  # type: ignore[arg-type]
        searched=Searched(characters=2), explanation=["要求", "查", "找", "判", "改"], advice="a",
    )  # fmt: skip
    reference = PackReference(
        id=pack, version="1", sha256="0" * 64, title="t", province="某省", basis_obtained=False, basis_note="n"
    )
    plan = PlanReference(id=document, uri="方案.txt")
    return PlanCheck(plan=plan, pack=reference, findings=[finding], summary={verdict: 1})  # type: ignore[dict-item]
