"""What nobody needs goes, when told and with a record; what anybody needs stays, whatever its age."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from checks.engine import check
from checks.pack import load
from corpus.backup import hold
from corpus.corpus import Corpus
from corpus.sources import ItemFile, KeptAnswer, Look
from extractors.parse import parse
from flows.retention import prune
from schemas.decision import Remark
from schemas.errors import CorpusError
from schemas.fetching import Listed, SourceRun
from schemas.outcome import Outcome, SourceFile

PLAN = """青岚县城乡学校共同体建设方案
为推进城乡学校共同体建设，制定本方案。
到2025年底，全县70%以上的乡村学校纳入校共体。
青岚县教育局
2025年3月4日
"""
LATER = datetime.now(UTC) + timedelta(days=100)
"""A hundred days from now: everything that a test makes is that old."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """An empty corpus in SQLite, and where a test asks for each engine, in PostgreSQL."""
    if "each_engine" in request.fixturenames:
        request.getfixturevalue("each_engine")
    else:
        monkeypatch.delenv("DUZHENG_DATABASE", raising=False)
    with Corpus.open(tmp_path / "home", create=True):
        return tmp_path / "home"


def take(home: Path, text: str, uri: str, *beside: tuple[str, str]) -> str:
    data = text.encode()
    with Corpus.open(home) as corpus:
        corpus.keep(data)
        files = [SourceFile(name, content.encode()) for name, content in beside]
        companions = [(file.uri, corpus.keep(file.data)) for file in files]
        outcome = parse(SourceFile(uri, data), files)
        corpus.record([outcome], {outcome.sha256: companions})
    return outcome.sha256


def second(text: str) -> str:
    return text.replace("70%", "80%")


def documents(home: Path) -> set[str]:
    with Corpus.open(home) as corpus:
        return {one.source.sha256 for one in corpus.documents(superseded=True)}


def kept(home: Path) -> set[str]:
    with Corpus.open(home) as corpus:
        return set(corpus.originals.names())


def deleted(home: Path) -> list[dict[str, str]]:
    path = home / "deleted.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


@pytest.mark.usefixtures("each_engine")
def test_a_superseded_document_goes_with_its_original_and_attachment_and_is_written_down(home: Path) -> None:
    old = take(home, PLAN, "方案.txt", ("附件1 名单.txt", "名单\n河东小学\n"))
    new = take(home, second(PLAN), "方案.txt")
    shown = prune(home, 30, now=LATER)
    assert {thing.kind for thing in shown.things} == {"document", "original"}
    assert documents(home) == {old, new}, "shown only"
    assert not deleted(home)
    done = prune(home, 30, apply=True, now=LATER)
    assert done.things == shown.things
    assert documents(home) == {new}
    assert kept(home) == {new}
    assert {one["id"] for one in deleted(home) if one["kind"] == "original"} == {
        old,
        sha256("名单\n河东小学\n".encode()).hexdigest(),
    }
    with Corpus.open(home) as corpus:
        hits = corpus.search("校共体").hits
        assert len(hits) == 1
        assert corpus.verify() == []
        versions = corpus.relations().of(hits[0].document, date(2025, 6, 1)).versions
        assert [one.document.id for one in versions] == [hits[0].document]
        corpus.write_archive(home.parent / "archive")  # nothing refers to what is gone
    assert prune(home, 30, apply=True, now=LATER).things == []
    again = take(home, PLAN, "别处.txt")
    assert documents(home) == {old, new}
    assert again == old


def test_what_is_younger_stays(home: Path) -> None:
    take(home, PLAN, "方案.txt")
    take(home, second(PLAN), "方案.txt")
    assert prune(home, 101, apply=True, now=LATER).things == []
    assert len(documents(home)) == 2


def test_current_documents_stay_however_old(home: Path) -> None:
    take(home, PLAN, "甲.txt")
    take(home, second(PLAN), "乙.txt", ("附件1 名单.txt", "名单\n"))
    assert prune(home, 1, apply=True, now=LATER + timedelta(days=9999)).things == []
    assert len(kept(home)) == 3


@pytest.mark.usefixtures("each_engine")
def test_a_superseded_plan_that_was_checked_stays_and_so_does_what_was_decided(home: Path) -> None:
    old = take(home, PLAN, "方案.txt", ("附件1 名单.txt", "名单\n"))
    with Corpus.open(home) as corpus:
        (plan,) = corpus.documents()
        corpus.record_checks([check(plan, load("henan-2025"), ignore_scope=True)])
        finding = str(corpus.standings(date(2025, 6, 1))[0].finding.id)
        corpus.decide(Remark(finding=finding, who="王五", why="已阅"))
    new = take(home, second(PLAN), "方案.txt")
    with Corpus.open(home) as corpus:
        before = corpus.history(finding)
    assert prune(home, 30, apply=True, now=LATER).things == []
    assert documents(home) == {old, new}
    with Corpus.open(home) as corpus:
        assert corpus.history(finding) == before
        assert corpus.verify() == []


def test_a_document_that_also_stands_elsewhere_stays(home: Path) -> None:
    old = take(home, PLAN, "方案.txt")
    with Corpus.open(home) as corpus:
        corpus.locate([("副本.txt", old)])
    take(home, second(PLAN), "方案.txt")
    assert prune(home, 30, apply=True, now=LATER).things == []
    assert old in documents(home)


def test_an_attachment_that_another_document_has_too_stays(home: Path) -> None:
    table = ("附件1 名单.txt", "名单\n河东小学\n")
    old = take(home, PLAN, "方案.txt", table)
    take(home, second(PLAN), "方案.txt", table)
    gone = prune(home, 30, apply=True, now=LATER)
    assert [thing.id for thing in gone.of("original")] == [old]
    assert sha256(table[1].encode()).hexdigest() in kept(home)


def test_a_file_that_waits_to_be_read_stays_and_one_that_was_replaced_goes(
    home: Path, failed: Callable[..., Outcome]
) -> None:
    for data, uri in ((b"%PDF one", "等.pdf"), (b"%PDF two", "方案.txt")):
        with Corpus.open(home) as corpus:
            corpus.keep(data)
            corpus.record([failed(data, uri)])
    take(home, PLAN, "方案.txt")
    gone = prune(home, 30, apply=True, now=LATER)
    assert [thing.id for thing in gone.things] == [sha256(b"%PDF two").hexdigest()]
    with Corpus.open(home) as corpus:
        assert [one.uri for one in corpus.unread()] == ["等.pdf"]
        assert corpus.verify() == []


def test_what_an_item_of_a_source_stands_for_stays_and_the_answer_goes_with_its_original(home: Path) -> None:
    url, moment = "https://jyj.example.cn/1.txt", datetime(2025, 3, 5, tzinfo=UTC)
    old = take(home, PLAN, url)
    item = Look(Listed(url), old, "key", (ItemFile(url, url, old),), "digest", True)
    with Corpus.open(home) as corpus:
        corpus.sources.seen("jia", [item.listed])
        corpus.sources.looked("jia", [item], [KeptAnswer(old, url, "jia", url, 200, (), moment)])
    new = take(home, second(PLAN), url)
    assert prune(home, 30, apply=True, now=LATER).things == []
    with Corpus.open(home) as corpus:
        corpus.sources.looked("jia", [Look(item.listed, new, "key2", (ItemFile(url, url, new),), "digest2", True)], [])
    assert {thing.id for thing in prune(home, 30, apply=True, now=LATER).of("original")} == {old}
    with Corpus.open(home) as corpus:
        assert corpus.sources.answers(old) == []


@pytest.mark.usefixtures("each_engine")
def test_old_runs_go_but_the_last_the_last_good_one_and_what_came_after_it(home: Path) -> None:
    states = ["ok", "failed", "ok", "failed", "interrupted", "failed"]
    with Corpus.open(home) as corpus:
        for days, state in enumerate(states):
            began = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(days=days)
            number = corpus.sources.begin("jia", began)
            corpus.sources.progress(
                number, SourceRun.model_validate({"source": "jia", "started_at": began, "status": state})
            )
    gone = prune(home, 30, apply=True, now=LATER)
    assert [thing.name for thing in gone.of("run")] == ["jia ok", "jia failed"]
    with Corpus.open(home) as corpus:
        assert [run.status for run in corpus.sources.runs("jia")] == list(reversed(states[2:]))
        assert corpus.run_records()["jia"].failed_since == 3


def test_copies_of_the_store_and_what_killed_writers_left_go_when_they_are_old(home: Path) -> None:
    folder = home / "originals" / "ab" / "cd"
    folder.mkdir(parents=True)
    old = [
        home / "corpus.schema3.sqlite",
        home / "corpus.replaced-20250101T000000Z.sqlite",
        folder / f".{'a' * 64}.7.ff",
    ]
    young = [home / "corpus.schema4.sqlite", folder / f".{'b' * 64}.8.ff"]
    mine = home / "notes.sqlite"
    for path in [*old, *young, mine]:
        path.write_bytes(b"x")
    for path in [*old, mine]:
        os.utime(path, (1_600_000_000, 1_600_000_000))
    (home / "index.building").mkdir()
    os.utime(home / "index.building", (1_600_000_000, 1_600_000_000))
    prune(home, 30, apply=True)
    assert not any(path.exists() for path in [*old, home / "index.building"])
    assert all(path.exists() for path in [*young, mine])


def test_an_original_that_nothing_refers_to_goes_when_it_is_old(home: Path) -> None:
    with Corpus.open(home) as corpus:
        lost, fresh = corpus.keep(b"lost"), corpus.keep(b"fresh")
        os.utime(corpus.originals.path(lost), (1_600_000_000, 1_600_000_000))
    assert [thing.id for thing in prune(home, 30, apply=True).things] == [lost]
    assert kept(home) == {fresh}


def test_an_old_original_that_somebody_is_just_taking_in_again_stays(home: Path) -> None:
    with Corpus.open(home) as corpus:
        name = corpus.keep(b"came back")
        os.utime(corpus.originals.path(name), (1_600_000_000, 1_600_000_000))
        corpus.keep(b"came back")
    assert prune(home, 30, apply=True).things == []
    assert kept(home) == {name}


def test_nothing_is_pruned_while_somebody_writes_or_backs_up(home: Path) -> None:
    with Corpus.open(home, write=True), pytest.raises(CorpusError, match="being written"):
        prune(home, 30, apply=True)
    with hold(home, "x", shared=True), pytest.raises(CorpusError, match="backup or prune"):
        prune(home, 30, apply=True)


def test_killed_between_rows_and_files_the_next_prune_finishes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus import retention

    old = take(home, PLAN, "方案.txt")
    new = take(home, second(PLAN), "方案.txt")
    with Corpus.open(home) as corpus:
        os.utime(corpus.originals.path(old), (1_600_000_000, 1_600_000_000))
    with monkeypatch.context() as patch:

        def killed(*given: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(retention, "remove_files", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(home, 30, apply=True, now=LATER)
    assert (documents(home), kept(home)) == ({new}, {old, new})
    assert [thing.id for thing in prune(home, 30, apply=True, now=LATER).things] == [old]
    assert kept(home) == {new}


def test_where_deletions_cannot_be_written_down_nothing_is_deleted(home: Path) -> None:
    take(home, PLAN, "方案.txt")
    take(home, second(PLAN), "方案.txt")
    (home / "deleted.jsonl").mkdir()
    with pytest.raises(CorpusError, match="nothing was deleted"):
        prune(home, 30, apply=True, now=LATER)
    assert len(documents(home)) == len(kept(home)) == 2


def test_less_than_a_day_is_refused(home: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        prune(home, 0)
