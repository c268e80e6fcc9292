"""The state of a corpus is told as it is, and whatever is wrong makes it not well, with the reason."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from extractors.parse import parse
from flows.health import Expected, health
from flows.status import GRACE, status
from schemas.fetching import Listed, RunFailure, SourceRun
from schemas.outcome import Failure, Outcome, SourceFile

NOTICE = "甲子县教育局关于开展检查的通知\n各学校：\n现将检查工作通知如下。\n甲子县教育局\n2025年3月4日\n".encode()
NOW = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
"""Nine o'clock on a Wednesday in Asia/Shanghai."""
SOURCE = """id: jiazi
title: 甲子县教育局
kind: folder
url: in
schedule: "30 6 * * *"
"""
ANY = Expected(disk_mb=0)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    home = tmp_path / "home"
    with Corpus.open(home, create=True) as corpus:
        corpus.keep(NOTICE)
        corpus.record([parse(SourceFile("通知.txt", NOTICE))])
    return home


@pytest.fixture
def source(home: Path) -> Path:
    """A source that is to run every day at half past six, and was added a month ago."""
    path = home / "sources" / "jiazi.yaml"
    path.parent.mkdir()
    path.write_text(SOURCE, encoding="utf-8")
    month_ago = (NOW - timedelta(days=30)).timestamp()
    os.utime(path, (month_ago, month_ago))
    return path


def run(home: Path, began: datetime, outcome: str, reason: str | None = None) -> None:
    with Corpus.open(home) as corpus:
        number = corpus.sources.begin("jiazi", began)
        corpus.sources.seen("jiazi", [Listed("in/a.txt", "a"), Listed("in/b.txt", "b")])
        failures = []
        if outcome == "failed":
            failures = [RunFailure(url="in/a.txt", cause="timeout", message="no answer")]
            corpus.sources.failed("jiazi", failures)
        given = {"finished_at": began + timedelta(minutes=2), "status": outcome, "reason": reason, "listed": 2}
        corpus.sources.progress(
            number, SourceRun.model_validate({"source": "jiazi", "started_at": began, "failures": failures} | given)
        )


def kinds(home: Path, expected: Expected = ANY) -> list[str]:
    return [reason.kind for reason in health(home, expected, NOW).reasons]


def test_status_counts_documents_and_tells_files_not_read_with_their_age(home: Path) -> None:
    data = b"%PDF torn"
    with Corpus.open(home) as corpus:
        digest = corpus.keep(data)
        failure = Failure(uri="坏.pdf", cause="damaged", message="the file is damaged", cure="get it again")
        corpus.record([Outcome(uri="坏.pdf", sha256=digest, bytes=9, media_type="application/pdf", failure=failure)])
    found = status(home, datetime.now(UTC) + timedelta(days=3, hours=1))
    assert (found.documents, found.files_read) == (1, 1)
    assert found.index.behind == 0
    assert found.backup is None
    (unread,) = found.unread
    assert (unread.id, unread.uri, unread.days, unread.cause) == (sha256(data).hexdigest()[:12], "坏.pdf", 3, "damaged")
    assert found.disk.originals == len(NOTICE) + 9
    assert found.disk.store == (home / "corpus.sqlite").stat().st_size
    assert 0 < found.disk.free <= found.disk.total


def test_status_tells_each_source_with_its_last_run(home: Path, source: Path) -> None:
    run(home, NOW - timedelta(days=1, hours=2), "ok")
    run(home, NOW - timedelta(hours=2), "failed", "selectors.item: nothing found")
    (one,) = status(home, NOW).sources
    assert (one.id, one.title, one.items, one.items_failed) == ("jiazi", "甲子县教育局", 2, 1)
    assert one.last_run is not None
    assert (one.last_run.status, one.last_run.reason) == ("failed", "selectors.item: nothing found")
    assert (one.failed_runs, one.late) == (1, False)
    assert one.last_ok == NOW - timedelta(days=1, hours=2) + timedelta(minutes=2)


def test_a_source_whose_file_is_gone_keeps_its_record(home: Path, source: Path) -> None:
    run(home, NOW - timedelta(hours=3), "failed", "gone")
    source.unlink()
    (one,) = status(home, NOW).sources
    assert not one.defined
    assert kinds(home) == []


def test_all_well(home: Path, source: Path) -> None:
    run(home, NOW - timedelta(hours=2, minutes=30), "ok")
    found = health(home, ANY, NOW)
    assert found.ok
    assert found.reasons == []


@pytest.mark.parametrize(
    ("last", "late"),
    [
        (NOW - timedelta(hours=2, minutes=30), False),  # at half past six, as its schedule says
        (NOW - timedelta(hours=2, minutes=31), True),  # before that: it missed today's
        (NOW - timedelta(days=1, hours=2), True),
    ],
)
def test_a_run_that_is_missing_is_late(home: Path, source: Path, last: datetime, late: bool) -> None:
    run(home, last, "ok")
    assert kinds(home) == (["source_late"] if late else [])
    just_after = NOW - timedelta(hours=2, minutes=30) + GRACE - timedelta(minutes=1)
    assert health(home, ANY, just_after).ok, "within the time that a run may wait for others"


def test_a_source_that_never_ran_is_late_once_its_time_has_come(home: Path, source: Path) -> None:
    assert kinds(home) == ["source_late"]
    os.utime(source, (NOW.timestamp(), NOW.timestamp()))
    assert kinds(home) == []


@pytest.mark.parametrize("line", ["enabled: false", 'schedule: "0 0 30 2 *"'])
def test_a_source_that_is_not_to_run_is_not_late(home: Path, source: Path, line: str) -> None:
    kept = [old for old in SOURCE.splitlines() if old.split(":")[0] != line.split(":")[0]]
    source.write_text("\n".join([*kept, line]), encoding="utf-8")
    assert kinds(home) == []


def test_with_an_age_of_its_own_the_schedule_does_not_count(home: Path, source: Path) -> None:
    run(home, NOW - timedelta(days=2), "ok")
    assert kinds(home, Expected(disk_mb=0, run_hours=72)) == []
    assert kinds(home, Expected(disk_mb=0, run_hours=24)) == ["source_late"]


@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
def test_a_failing_source_is_named_with_its_reason(home: Path, source: Path, outcome: str) -> None:
    run(home, NOW - timedelta(days=1, hours=2), "ok")
    run(home, NOW - timedelta(hours=2), outcome, "selectors.item: nothing found")
    (reason,) = health(home, ANY, NOW).reasons
    assert (reason.kind, reason.source) == ("source_failing", "jiazi")
    assert "selectors.item: nothing found" in reason.message
    run(home, NOW - timedelta(hours=1), "ok")
    assert health(home, ANY, NOW).ok


def test_a_source_file_that_is_not_valid_is_a_reason(home: Path, source: Path) -> None:
    source.write_text("id: jiazi\n", encoding="utf-8")
    assert kinds(home) == ["source_file"]


def test_an_index_that_is_behind_is_a_reason_unless_somebody_is_writing(home: Path) -> None:
    import shutil

    shutil.rmtree(home / "index")
    assert kinds(home) == ["index_behind"]
    assert kinds(home, Expected(disk_mb=0, index_behind=2)) == []
    with Corpus.open(home, write=True):
        assert kinds(home) == []
    with Corpus.open(home) as corpus:
        corpus.search("检查")
    assert kinds(home) == []


def test_a_full_disk_is_a_reason(home: Path) -> None:
    assert kinds(home, Expected(disk_mb=10**9)) == ["disk"]


def test_backups_are_asked_for_when_their_age_is_given(home: Path, tmp_path: Path) -> None:
    wanted = Expected(disk_mb=0, backup_hours=24)
    assert kinds(home, wanted) == ["backup"]
    with Corpus.open(home) as corpus:
        corpus.write_backup(tmp_path / "kept")
    made = datetime.now(UTC)
    assert health(home, wanted, made).ok
    assert [one.kind for one in health(home, wanted, made + timedelta(hours=25)).reasons] == ["backup"]
    assert status(home).backup is not None


@pytest.mark.parametrize("damage", ["gone", "torn"])
def test_a_store_that_cannot_be_read_is_a_reason_and_no_exception(home: Path, damage: str) -> None:
    if damage == "gone":
        (home / "corpus.sqlite").unlink()
    else:
        (home / "corpus.sqlite").write_bytes(b"not a database at all" * 100)
    (reason,) = health(home, ANY, NOW).reasons
    assert reason.kind == "database"
    assert str(home) in reason.message


def test_a_database_that_is_not_reachable_is_a_reason_and_its_password_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHENG_DATABASE", "postgresql://li:geheim@127.0.0.1:1/policy")
    found = health(tmp_path / "home", ANY)
    assert [one.kind for one in found.reasons] == ["database"]
    assert "geheim" not in found.model_dump_json()
