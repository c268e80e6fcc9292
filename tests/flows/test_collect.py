"""Running a source: every kind of change on the local site, step by step, as the corpus then has it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.sources import Item, KeptAnswer, Look, Sources
from flows import artifacts
from flows.batches import Counter
from flows.collect import collect
from flows.pool import Pool, parse
from flows.settling import Units
from schemas.errors import CorpusError, SourceBusy
from schemas.fetching import InvalidSource, SourceRun
from schemas.logs import Json
from schemas.source import SourceDefinition
from tests.sources.site import File, Site, notice, wordfile

TODAY = date(2025, 9, 20)
Run = Callable[..., SourceRun]


def directly(batches: Iterable[Units], pool: Pool, finished: Counter) -> Iterator[Units]:
    """Batches read here: the worker pool and Prefect have tests of their own, and cost seconds."""
    for batch in batches:
        batch.outcomes = [parse(work.file, work.attachments) for work in batch.works]
        yield batch


def put(home: Path, definition: SourceDefinition) -> str:
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{definition.id}.yaml").write_text(definition.model_dump_json(exclude_unset=True), encoding="utf-8")
    return definition.id


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, site: Site) -> Run:
    """Runs the site's HTML list, with changes to its definition where given, and returns the run as it was recorded."""

    def once(kind: str = "list", today: date = TODAY, **changes: object) -> SourceRun:
        given = {"id": "site", "retries": 0, **changes}
        ended = collect(home, put(home, site.definition(kind, **given)), reading=directly, today=today)
        with Corpus.open(home) as corpus:
            assert corpus.sources.runs("site", limit=1) == [ended]
        return ended

    return once


def texts(home: Path) -> dict[str, str]:
    """By address the text of what stands in the corpus."""
    with Corpus.open(home) as corpus:
        return {document.source.uri: document.text for document in corpus.documents()}


def items(home: Path) -> dict[str, Item]:
    with Corpus.open(home) as corpus:
        return corpus.sources.items("site")


def originals(home: Path) -> set[str]:
    with Corpus.open(home) as corpus:
        return set(corpus.originals.names())


def test_all_that_a_site_lists_is_in_the_corpus_and_a_second_run_stores_nothing(
    home: Path, site: Site, run: Run
) -> None:
    for n in range(1, 19):
        site.publish(notice(n))
    first = run()
    assert (first.status, first.listed, first.changes, first.documents) == ("ok", 18, {"new": 18}, 18)
    found = texts(home)
    assert set(found) == set(site.expected())
    assert all(n.title in found[url] for url, n in site.expected().items())
    before = originals(home)
    second = run()
    assert (second.status, second.changes, second.documents) == ("ok", {"unchanged": 18}, 0)
    assert all([request.status for request in site.asked(url)] == [200, 304] for url in site.expected())
    assert originals(home) == before


def test_a_corrected_notice_is_a_new_version_under_its_address(home: Path, site: Site, run: Run) -> None:
    url = site.publish(notice(1))
    site.publish(notice(2))
    run()
    old = site.notice(url).paragraphs
    site.correct(url, paragraphs=(*old[:3], "一、总体要求。到2027年底全县完成率达到99%以上。", *old[4:]))
    changed = run()
    assert changed.changes == {"changed": 1, "unchanged": 1}
    assert "99%" in texts(home)[url]
    with Corpus.open(home) as corpus:
        versions = [d for d in corpus.documents(superseded=True) if d.source.uri == url]
        assert len(versions) == 2
        assert corpus.sources.items("site")[url].changed_at is not None
        assert {answer.url for version in versions for answer in corpus.sources.answers(version.source.sha256)} == {url}


def test_what_a_page_says_anew_at_every_visit_is_no_version_and_leaves_no_original(
    home: Path, site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(notice(1))
    counter = iter(range(100, 1000))
    _rewrite(site, monkeypatch, lambda page: page.replace('id="hits">0', f'id="hits">{next(counter)}'))
    run()
    before, stood = originals(home), texts(home)
    assert run().changes == {"unchanged": 1}
    assert run().changes == {"unchanged": 1}
    assert (originals(home), texts(home)) == (before, stood)


def test_a_notice_that_is_gone_from_a_whole_list_is_marked_and_stays_and_may_come_back(
    home: Path, site: Site, run: Run
) -> None:
    url, other = site.publish(notice(1)), site.publish(notice(2))
    run()
    site.unlist(url)
    assert run().changes == {"unchanged": 1, "gone": 1}
    assert items(home)[url].gone_since is not None
    assert items(home)[other].gone_since is None
    assert set(texts(home)) == {url, other}
    assert run().changes == {"unchanged": 1}
    with Corpus.open(home) as corpus:
        document = next(d for d in corpus.documents() if d.source.uri == url)
        assert [item.gone_since is not None for item in corpus.sources.of(document.source.sha256)] == [True]
    site.notice(url).listed = True
    assert run().changes == {"unchanged": 2}
    assert items(home)[url].gone_since is None


@pytest.mark.parametrize("kind", ["feed", "bounded", "failed"])
def test_nothing_is_gone_because_a_list_was_not_read_whole(home: Path, site: Site, run: Run, kind: str) -> None:
    urls = [site.publish(notice(n)) for n in range(1, 20)]
    run()
    site.unlist(urls[0])
    site.unlist(urls[18])
    if kind == "feed":
        run("feed")
    elif kind == "bounded":
        run(paging={"next": "a.next", "most": 1})
    else:
        site.fail("/zwgk/tzgg/index_1.html", "status", status=500)
        site.publish(notice(20))
        assert run().status == "failed"
    assert not [item.url for item in items(home).values() if item.gone_since]


def test_items_that_the_source_no_longer_wants_are_not_gone(home: Path, site: Site, run: Run) -> None:
    for n in range(1, 4):
        site.publish(notice(n))
    run()
    run(newer_than=date(2025, 9, 3))
    run(exclude="第2批")
    assert not [item.url for item in items(home).values() if item.gone_since]


def test_a_moved_notice_is_found_at_its_new_place_and_not_twice(home: Path, site: Site, run: Run) -> None:
    url = site.publish(notice(1))
    site.publish(notice(2))
    run()
    new = site.move(url)
    moved = run()
    assert (moved.changes, moved.documents) == ({"new": 1, "unchanged": 1, "gone": 1}, 0)
    with Corpus.open(home) as corpus:
        assert len(list(corpus.documents())) == 2
        sha256 = corpus.sources.items("site")[new].sha256
        assert sha256 is not None
        assert set(corpus.locations(sha256)) == {url, new}
    assert run().changes == {"unchanged": 2}


@pytest.mark.parametrize(("kind", "cause"), [("block", "block_page"), ("login", "login_page"), ("error", "error_page")])
def test_a_page_that_stands_in_for_a_notice_is_a_failure_and_no_version(
    home: Path, site: Site, run: Run, kind: str, cause: str
) -> None:
    urls = [site.publish(notice(n)) for n in range(1, 4)]
    run()
    before = originals(home), texts(home)
    fault = site.fail(f"/art/*{urls[0].rpartition('/')[2]}", kind)  # type: ignore[arg-type]
    failed = run()
    assert failed.changes == {"failed": 1, "unchanged": 2}
    assert [(one.url, one.cause) for one in failed.failures] == [(urls[0], cause)]
    assert (originals(home), texts(home)) == before
    assert (items(home)[urls[0]].cause, items(home)[urls[0]].attempts) == (cause, 1)
    fault.times = 0
    assert run().changes == {"unchanged": 3}
    assert (items(home)[urls[0]].cause, items(home)[urls[0]].attempts) == (None, 0)


def test_a_notice_behind_a_page_that_only_leads_there_is_taken_and_so_are_its_corrections(
    home: Path, site: Site, run: Run
) -> None:
    first, other = site.publish(notice(1)), site.publish(notice(2))
    behind = site.publish(notice(3))
    site.unlist(behind)
    site.fail(first.removeprefix(site.url), "refresh", seconds=1, location=behind.removeprefix(site.url))
    assert run().changes == {"new": 2}
    found = texts(home)
    assert set(found) == {first, other}
    assert notice(3).title in found[first]
    assert run().changes == {"unchanged": 2}
    site.correct(
        behind, paragraphs=("各学校：", "原通知作废，以本通知为准，请遵照执行。", "云汀县教育局", "2025年9月9日")
    )
    assert run().changes == {"changed": 1, "unchanged": 1}
    assert "原通知作废" in texts(home)[first]
    site.fail(behind.removeprefix(site.url), "login")
    ended = run()
    assert ended.changes == {"unchanged": 1, "failed": 1}
    assert [(failure.url, failure.cause) for failure in ended.failures] == [(first, "login_page")]
    assert "原通知作废" in texts(home)[first], "what leads to a log-in is no version"


def faults(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """What was logged since this was last asked, but for runs that went well: as a log collector gets it."""
    said = [json.loads(Json().format(record)) for record in caplog.records if hasattr(record, "event")]
    caplog.clear()
    return [line for line in said if line["event"] not in ("source.run", "fetch.retried")]


def brief(line: dict[str, object]) -> tuple[object, ...]:
    return tuple(line.get(name) for name in ("level", "event", "source", "cause", "url"))


def test_every_fault_of_a_run_is_one_line_of_the_log_with_source_cause_and_address(
    home: Path, site: Site, run: Run, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO")
    caplog.set_level("INFO", logger="flows")  # a test before may have asked for warnings alone
    broken = File("附件1 方案.pdf", b"%PDF-1.7 torn")
    gone = File("附件2 名单.pdf", b"%PDF-1.7")
    first = site.publish(notice(1))
    site.publish(notice(2, files=(broken, gone)))
    for n in range(3, 7):
        site.publish(notice(n))
    site.fail(first.removeprefix(site.url), "block")
    site.fail("/files/*B62*", "status", status=404)  # 附件2
    assert run().status == "ok"
    told = faults(caplog)
    assert [line["run"] for line in told] == [1, 1, 1]
    assert {brief(line)[:4] for line in told} == {
        ("warning", "source.item_failed", "site", cause) for cause in ("block_page", "damaged", "http_status")
    }
    assert first in {line["url"] for line in told}
    assert all(str(line["url"]).startswith(site.url) for line in told)
    assert all(str(line["url"]) in str(line["message"]) for line in told)

    site.faults = []
    site.redesign()
    assert run().status == "failed"
    (line,) = faults(caplog)
    assert brief(line)[:4] == ("error", "source.failed", "site", "listing")
    assert str(line["url"]).startswith(site.url)
    assert "selectors.item" in str(line["reason"])

    cards = {"item": "section.cards > div.card", "date": "em"}
    site.publish(notice(8))

    def full(*_: object) -> None:
        raise CorpusError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Corpus, "record", full)
        with pytest.raises(CorpusError):
            run(selectors=cards)
    (line,) = faults(caplog)
    assert brief(line) == ("error", "source.failed", "site", "corpus", line["url"])
    assert "no space left" in str(line["reason"])

    with Corpus.open(home) as corpus:  # a run that was killed: it is left as running
        corpus.sources.begin("site", datetime.now(UTC))
    assert run(selectors=cards).status == "ok"
    (line,) = faults(caplog)
    assert brief(line)[:4] == ("warning", "source.cut_off", "site", "killed")

    with Corpus.open(home) as corpus, corpus.sources.alone("site"), pytest.raises(SourceBusy):
        run()
    (line,) = faults(caplog)
    assert brief(line)[:4] == ("info", "source.not_run", "site", "source_busy")
    with pytest.raises(InvalidSource):
        collect(home, "nobody", reading=directly)
    (line,) = faults(caplog)
    assert brief(line) == ("info", "source.not_run", "nobody", "invalid_source", None)


def test_a_redesign_makes_the_run_fail_and_names_the_selector(home: Path, site: Site, run: Run) -> None:
    site.publish(notice(1))
    run()
    site.redesign()
    failed = run()
    assert failed.status == "failed"
    assert failed.reason is not None
    assert "selectors.item" in failed.reason
    assert "ul.news_list > li" in failed.reason
    assert [failure.cause for failure in failed.failures] == ["listing"]
    assert not [item.url for item in items(home).values() if item.gone_since]


def test_a_password_in_the_address_of_a_source_is_neither_recorded_nor_told(
    home: Path, site: Site, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    failed = run(url="https://li:geheim@site.example/list/", hosts=[])
    assert failed.status == "failed"
    assert "site.example" in (failed.reason or "")
    told = [failed.model_dump_json(), artifacts.of_run("site", failed), str(recorded(home))]
    told += [Json().format(record) for record in caplog.records]
    assert len(told) > 3
    assert "geheim" not in "".join(told)


def recorded(home: Path) -> list[object]:
    """The runs as the store itself has them."""
    connection = sqlite3.connect(home / "corpus.sqlite")
    with closing(connection):
        return [*connection.execute("SELECT * FROM source_runs")]


def test_a_list_that_breaks_an_assertion_is_not_taken_from(home: Path, site: Site, run: Run) -> None:
    url = site.publish(notice(1))
    failed = run(assertions={"min_items": 2, "newest_within_days": 5})
    assert failed.status == "failed"
    assert failed.reason is not None
    assert "assertions.min_items" in failed.reason
    assert [failure.cause for failure in failed.failures] == ["assertion", "assertion"]
    assert site.asked(url) == []
    assert texts(home) == {}


def test_too_many_items_that_fail_make_the_run_fail_and_the_rest_is_taken(home: Path, site: Site, run: Run) -> None:
    urls = [site.publish(notice(n)) for n in range(1, 5)]
    for url in urls[:3]:
        site.fail(url.removeprefix(site.url), "status", status=404)
    failed = run()
    assert failed.status == "failed"
    assert failed.reason is not None
    assert "max_failed_share" in failed.reason
    assert failed.changes == {"failed": 3, "new": 1}
    assert set(texts(home)) == {urls[3]}


def test_a_site_that_refuses_everything_is_left_alone_after_ten_items(home: Path, site: Site, run: Run) -> None:
    for n in range(1, 31):
        site.publish(notice(n))
    site.fail("/art/*", "block")
    failed = run()
    assert failed.status == "failed"
    assert len([request for request in site.asked() if request.path.startswith("/art/")]) == 10


def test_a_notice_and_its_attachments_are_one_unit(home: Path, site: Site, run: Run) -> None:
    names = wordfile("附件1 结对名单.docx", "云汀县结对名单", "云汀县第一小学——云汀县上畈小学")
    url = site.publish(notice(1, files=(names,)))
    first = run()
    assert (first.changes, first.documents, first.failures) == ({"new": 1}, 1, [])
    assert "上畈小学" in texts(home)[url]
    with Corpus.open(home) as corpus:
        document = next(iter(corpus.documents()))
        taken = corpus.taken_from(document.id)
        assert [name for name, _ in taken.companions] == ["附件1 结对名单.docx"]
        answers = corpus.sources.answers(taken.companions[0][1])
        assert [answer.status for answer in answers] == [200]
        assert dict(answers[0].headers)["content-type"]
    assert run().changes == {"unchanged": 1}
    other = wordfile("附件1 结对名单.docx", "云汀县结对名单", "云汀县第一小学——云汀县下畈小学")
    site.notice(url).files = (other,)
    assert run().changes == {"changed": 1}
    assert "下畈小学" in texts(home)[url]
    assert len(texts(home)) == 1


def test_an_attachment_that_cannot_be_had_is_asked_for_again_and_then_joins_its_notice(
    home: Path, site: Site, run: Run
) -> None:
    names = wordfile("附件1 结对名单.docx", "云汀县结对名单", "云汀县第一小学——云汀县上畈小学")
    url = site.publish(notice(1, files=(names,)))
    site.publish(notice(2))
    fault = site.fail("/files/*", "status", status=404)
    first = run()
    assert (first.status, first.changes) == ("ok", {"new": 2})
    assert [failure.cause for failure in first.failures] == ["http_status"]
    assert "上畈小学" not in texts(home)[url]
    fault.times = 0
    assert run().changes == {"changed": 1, "unchanged": 1}
    assert "上畈小学" in texts(home)[url]
    site.fail("/files/*", "status", status=404)
    lost = run()
    assert lost.changes == {"unchanged": 2}
    assert [failure.cause for failure in lost.failures] == ["http_status"]
    assert "上畈小学" in texts(home)[url]


def test_a_file_that_cannot_be_read_is_a_failure_with_its_original_kept(home: Path, site: Site, run: Run) -> None:
    broken = File("附件1 名单.docx", b"PK\x03\x04 no document")
    url = site.publish(notice(1, files=(broken,)))
    first = run()
    assert (first.status, first.changes) == ("ok", {"new": 1})
    assert len(first.failures) == 1
    assert url in texts(home)
    assert len(originals(home)) == 2
    assert run().failures == []


def test_old_pages_are_not_asked_again_unless_something_of_them_is_lacking(home: Path, site: Site, run: Run) -> None:
    url = site.publish(notice(1))
    run()
    later = date(2025, 10, 20)
    assert run(today=later).changes == {"unchanged": 1}
    assert len(site.asked(url)) == 1
    run(today=later, recheck_days=None)
    assert len(site.asked(url)) == 2


def test_what_later_rules_read_otherwise_is_read_again_from_the_originals(
    home: Path, site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = site.publish(notice(1))
    run()
    asked = len(site.asked(url))
    monkeypatch.setattr("corpus.version.extraction_version", lambda: "later")
    again = run(today=date(2026, 1, 1))
    assert again.changes == {"unchanged": 1}
    assert len(site.asked(url)) == asked
    with Corpus.open(home) as corpus:
        sha256 = corpus.sources.items("site")[url].sha256
        assert sha256 is not None
        assert corpus.known([sha256]) == {sha256}


def test_a_second_run_of_a_source_says_who_runs_it_and_ends_while_another_source_runs(
    home: Path, site: Site, run: Run
) -> None:
    site.publish(notice(1))
    run()
    other = put(home, site.definition("json", id="other"))
    with Corpus.open(home) as corpus, corpus.sources.alone("site"):
        with pytest.raises(SourceBusy, match=r"site: .*being collected.* by process \d+"):
            run()
        assert collect(home, other, reading=directly, today=TODAY).status == "ok"
        assert len(corpus.sources.runs("site")) == 1
    assert run().status == "ok"


def test_a_run_that_ends_between_storing_and_marking_is_gone_on_with_and_reads_nothing_again(
    home: Path, site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 4):
        site.publish(notice(n))

    looked = Sources.looked

    def killed(self: Sources, source: str, looks: Sequence[Look], answers: Sequence[KeptAnswer]) -> None:
        if looks:  # before the documents the answers alone are recorded
            raise SystemExit(137)
        looked(self, source, looks, answers)

    with monkeypatch.context() as patch:
        patch.setattr("corpus.sources.Sources.looked", killed)
        with pytest.raises(SystemExit):
            run()
    assert len(texts(home)) == 3
    assert all(item.sha256 is None for item in items(home).values())
    reads: list[str] = []
    monkeypatch.setattr(f"{__name__}.parse", lambda file, beside: reads.append(file.uri))
    again = run()
    assert (again.status, again.changes, again.documents, reads) == ("ok", {"new": 3}, 0, [])
    with Corpus.open(home) as corpus:
        assert [ended.status for ended in corpus.sources.runs("site")] == ["ok", "interrupted"]
        assert len(list(corpus.documents(superseded=True))) == 3


def test_a_full_disk_fails_the_run_and_the_next_one_goes_on(
    home: Path, site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = site.publish(notice(1))

    def full(self: object, data: bytes) -> str:
        raise CorpusError("the original cannot be written: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("corpus.originals.Originals.keep", full)
        with pytest.raises(CorpusError, match="No space left"):
            run()
    with Corpus.open(home) as corpus:
        (ended,) = corpus.sources.runs("site")
        assert (ended.status, ended.finished_at is not None) == ("failed", True)
        assert "No space left" in str(ended.reason)
        assert corpus.sources.items("site")[url].sha256 is None
    assert run().changes == {"new": 1}


def test_a_folder_of_submissions_is_collected_like_a_site(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "报送"
    (folder / "云汀县").mkdir(parents=True)
    plan = folder / "云汀县" / "方案.txt"
    plan.write_text("云汀县教育局关于开展结对帮扶的方案\n各学校：\n每学期至少开展2次教研活动。\n", encoding="utf-8")
    source = put(
        home,
        SourceDefinition(id="site", title="报送", kind="upload", url=str(folder), settled_seconds=0),
    )

    def again() -> SourceRun:
        return collect(home, source, reading=directly, today=TODAY)

    assert again().changes == {"new": 1}
    assert [item.sender for item in items(home).values()] == ["云汀县"]
    assert again().changes == {"unchanged": 1}
    plan.write_text("云汀县教育局关于开展结对帮扶的方案\n各学校：\n每学期至少开展3次教研活动。\n", encoding="utf-8")
    assert again().changes == {"changed": 1}
    assert "3次" in texts(home)[str(plan)]
    other = plan.with_name("名单.txt")
    other.write_text("云汀县第一小学与云汀县上畈小学结对名单。", encoding="utf-8")
    plan.unlink()
    assert again().changes == {"new": 1, "gone": 1}
    with Corpus.open(home) as corpus:
        assert all(not corpus.sources.answers(d.source.sha256) for d in corpus.documents())


def _rewrite(site: Site, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    from tests.sources.site import pages

    made = pages.article
    monkeypatch.setattr(pages, "article", lambda content, notice: change(made(content, notice)))
