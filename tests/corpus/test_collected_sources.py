"""What the corpus remembers of its sources, on both engines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.sources import ItemFile, KeptAnswer, Look, digest_of
from schemas.errors import CorpusBusy, CorpusError, SourceBusy
from schemas.fetching import Listed, RunFailure, SourceRun
from schemas.outcome import Outcome

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
URL = "https://yunting.example.cn/art/1.html"
FAILED = RunFailure(url=URL, cause="timeout", message="no answer", cure="later")


def look(listed: Listed, *files: ItemFile, changed: bool = False, failure: RunFailure | None = None) -> Look:
    return Look(listed, files[0].sha256, "k" * 64, files, digest_of(f.sha256 for f in files), changed, failure)


@pytest.fixture
def home(tmp_path: Path, each_engine: str) -> Path:
    with Corpus.open(tmp_path / "home", create=True):
        return tmp_path / "home"


def test_a_run_is_recorded_with_all_that_it_says(home: Path) -> None:
    run = SourceRun(source="yunting", started_at=NOW)
    with Corpus.open(home) as corpus:
        run.number = corpus.sources.begin("yunting", NOW)
        assert corpus.sources.runs() == [run]
        run.listed, run.complete, run.documents, run.changes = 7, True, 3, {"new": 2, "gone": 1}
        run.failures, run.status, run.reason, run.finished_at = [FAILED], "failed", "第7项", NOW
        corpus.sources.progress(run.number, run)
    with Corpus.open(home) as corpus:
        assert corpus.sources.runs("yunting") == [run]
        assert corpus.sources.runs("other") == []
        assert corpus.sources.last_runs() == {"yunting": run}


def test_a_run_that_was_killed_is_marked_when_the_next_one_begins(home: Path) -> None:
    with Corpus.open(home) as corpus:
        corpus.sources.begin("yunting", NOW)
        corpus.sources.begin("other", NOW)
        corpus.sources.begin("yunting", NOW)
        assert [run.status for run in corpus.sources.runs("yunting")] == ["running", "interrupted"]
        assert [run.status for run in corpus.sources.runs("other")] == ["running"]
        assert len(corpus.sources.runs(limit=2)) == 2


def test_an_item_is_listed_looked_at_failed_gone_and_back(home: Path) -> None:
    listed = Listed(URL, "通知\0", date(2026, 3, 1), "云汀县", "f1")
    page = ItemFile(URL, URL, "a" * 64, '"v1"', None)
    table = ItemFile(f"{URL}/1.xlsx", "附件1.xlsx", "b" * 64, None, "Sun, 01 Mar 2026 00:00:00 GMT")
    with Corpus.open(home) as corpus:
        book = corpus.sources
        book.seen("yunting", [listed, Listed(f"{URL}?2")])
        item = book.items("yunting")[URL]
        assert (item.title, item.dated_on, item.sender, item.sha256) == ("通知", "2026-03-01", "云汀县", None)
        book.failed("yunting", [FAILED])
        book.failed("yunting", [FAILED])
        assert (book.items("yunting")[URL].cause, book.items("yunting")[URL].attempts) == ("timeout", 2)
        book.looked("yunting", [look(listed, page, table)], [])
        item = book.items("yunting")[URL]
        assert (item.sha256, item.files, item.cause, item.attempts) == ("a" * 64, (page, table), None, 0)
        assert (item.fingerprint, item.changed_at) == ("f1", None)
        assert book.counts() == {"yunting": {"items": 2, "failed": 0, "gone": 0}}
        book.gone("yunting", [URL])
        gone = book.items("yunting")[URL].gone_since
        book.gone("yunting", [URL])
        assert book.items("yunting")[URL].gone_since == gone is not None
        assert [one.url for one in book.of("a" * 64)] == [URL]
        book.seen("yunting", [listed])
        back = book.items("yunting")[URL]
        assert (back.gone_since, back.sha256, back.first_seen) == (None, "a" * 64, item.first_seen)
        book.looked("yunting", [look(listed, table, changed=True, failure=FAILED)], [])
        item = book.items("yunting")[URL]
        assert (item.files, item.cause, item.attempts, item.changed_at is None) == ((table,), "timeout", 1, False)
        book.reread("yunting", {URL: "n" * 64})
        assert book.items("yunting")[URL].text_key == "n" * 64
        assert book.items("other") == {}


def test_headers_and_time_of_an_answer_are_kept_with_its_original(home: Path) -> None:
    headers = (("content-type", "text/html; charset=gbk"), ("set-cookie", "a=1"), ("set-cookie", "b=文"))
    answer = KeptAnswer("a" * 64, URL, "yunting", f"{URL}?moved", 200, headers, NOW)
    with Corpus.open(home) as corpus:
        corpus.sources.looked("yunting", [], [answer])
        corpus.sources.looked("yunting", [], [answer])
        assert corpus.sources.answers("a" * 64) == [answer]
        assert corpus.sources.answers("b" * 64) == []


def test_one_run_of_a_source_at_a_time(home: Path, tmp_path: Path, each_engine: str) -> None:
    homes = [home]
    if each_engine == "postgresql":  # the same corpus from another machine
        homes.append(tmp_path / "other machine")
        Corpus.open(homes[1], create=True).close()
    with Corpus.open(home) as corpus, corpus.sources.alone("yunting"):
        for place in homes:
            with Corpus.open(place) as second:
                with (
                    pytest.raises(SourceBusy, match=r"yunting.*being collected.*since"),
                    second.sources.alone("yunting"),
                ):
                    pass
                with second.sources.alone("other"):
                    pass
    with Corpus.open(homes[-1]) as corpus, corpus.sources.alone("yunting"):
        pass


def test_a_writer_that_is_patient_waits_for_another_to_finish(home: Path, outcome: Callable[..., Outcome]) -> None:
    with Corpus.open(home, write=True):
        with pytest.raises(CorpusBusy, match="being written by"), Corpus.open(home, write=True):
            pass
        began = time.monotonic()
        with pytest.raises(CorpusBusy), Corpus.open(home, write=True, patience=0.3):
            pass
        assert time.monotonic() - began >= 0.3
    first = Corpus.open(home, write=True)
    letting_go = threading.Timer(0.3, first._held.lock.release)
    first._held.store().unclaim()
    letting_go.start()
    with Corpus.open(home, write=True, patience=30) as second:
        second.record([outcome("云汀县方案 共同体")])
    letting_go.join()
    first.close()


def test_the_right_to_write_is_given_back_between_batches_and_nothing_of_either_is_lost(
    home: Path, outcome: Callable[..., Outcome]
) -> None:
    with Corpus.open(home) as one, Corpus.open(home) as two:
        for n in range(3):
            one.record([outcome(f"甲县第{n}方案 共同体", uri=f"甲{n}")])
            with pytest.raises(CorpusError, match="being written"):
                two.record([outcome("乙", uri="乙")])
            one.release()
            two.record([outcome(f"乙县第{n}方案 共同体", uri=f"乙{n}")])
            two.release()
        assert one.search("共同体").total == two.search("共同体").total == 6
        assert one.verify_index() == []


def test_what_is_known_of_sources_goes_along_with_a_corpus_and_joins_another(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Listed(URL, "通知")
    answer = KeptAnswer("a" * 64, URL, "yunting", URL, 200, (("etag", "1"),), NOW)
    with Corpus.open(home) as corpus:
        run = SourceRun(source="yunting", started_at=NOW, number=corpus.sources.begin("yunting", NOW), status="ok")
        corpus.sources.progress(run.number or 0, run)
        corpus.sources.seen("yunting", [listed])
        corpus.sources.looked("yunting", [look(listed, ItemFile(URL, URL, "a" * 64))], [answer])
        corpus.write_archive(tmp_path / "all.zip")
        item = corpus.sources.items("yunting")[URL]

    monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    with Corpus.open(tmp_path / "joined", create=True) as corpus:
        corpus.sources.begin("mine", NOW)
        corpus.sources.begin("mine", NOW)
        corpus.take_archive(tmp_path / "all.zip")
        corpus.take_archive(tmp_path / "all.zip")
        assert corpus.sources.items("yunting")[URL] == item
        assert corpus.sources.answers("a" * 64) == [answer]
        assert [one.source for one in corpus.sources.runs()] == ["yunting", "mine", "mine"]
        assert corpus.sources.begin("yunting", NOW) == 4
