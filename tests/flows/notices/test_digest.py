"""What is promised to those who are told: everything new, once; nothing when there is nothing; what failed comes again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.engine import check
from checks.pack import load as load_pack
from corpus.corpus import Corpus
from extractors.parse import parse
from flows.digest import SourceFiles, compose, preview, send
from flows.notices.settings import NoticeTarget, load
from schemas.decision import DECISION
from schemas.digest import Digest
from schemas.fetching import SourceRun
from schemas.outcome import Failure, Outcome, SourceFile
from tests.flows.notices.servers import PLAN, Hook

on_each_engine = pytest.mark.usefixtures("each_engine")
DAY = date(2025, 11, 3)
Take = Callable[..., None]
Write = Callable[..., None]
Target = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def web(hook: Hook, id: str = "hook", **more: Any) -> Target:
    return {"id": id, "url": f"json://127.0.0.1:{hook.port}/{id}", **more}


def tell(home: Path, day: date = DAY, *names: str) -> dict[str, str]:
    with Corpus.open(home) as corpus:
        return {one.target: one.state for one in send(corpus, home, day, names)}


def would_tell(home: Path, day: date = DAY) -> Digest:
    with Corpus.open(home) as corpus:
        (told,) = preview(corpus, home, day)
    assert told.digest is not None
    return told.digest


def decide(home: Path, requirement: str = "R06", **fields: Any) -> None:
    with Corpus.open(home) as corpus:
        corpus.decide(DECISION.validate_python({"finding": requirement, "who": "李审", "why": "见原文", **fields}))


def unread(uri: str, data: bytes, cause: str = "damaged") -> Outcome:
    from hashlib import sha256

    failure = Failure.model_validate({"uri": uri, "cause": cause, "message": "文件损坏", "cure": "请重新报送"})
    return Outcome(
        uri=uri, sha256=sha256(data).hexdigest(), bytes=len(data), media_type="application/pdf", failure=failure
    )


@on_each_engine
def test_what_is_new_is_told_once_and_then_it_is_quiet(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook))
    assert tell(home) == {"hook": "delivered"}
    first = hook.got[-1][1]["digest"]
    assert [one["title"] for one in first["documents"]] == ["甲子县教育局关于印发城乡学校共同体建设工作方案的通知"]
    assert "R06" in {one["finding"].split("-")[0] for one in first["findings"]}
    assert all(len(one["lines"]) == 5 for one in first["findings"])
    assert tell(home) == {"hook": "quiet"}
    assert len(hook.got) == 1
    take_plan(home, "乙丑县")
    assert tell(home) == {"hook": "delivered"}
    second = hook.got[-1][1]["digest"]
    assert [one["jurisdiction"]["county"] for one in second["documents"]] == ["乙丑县"]
    assert all("乙丑县" in one["unit"] for one in second["findings"])


def test_in_every_language_it_is_quiet_when_there_is_nothing(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"hans": "新到文件 1", "hant": "新到文件 1", "en": "New documents 1"}
    write_targets(home, *(web(hook, language, language=language) for language in words))
    with Corpus.open(home, create=True):
        pass
    assert set(tell(home).values()) == {"quiet"}, "an empty corpus is no news"
    take_plan(home)
    assert set(tell(home).values()) == {"delivered"}
    told = {path.strip("/"): body["message"] for path, body in hook.got}
    assert set(told) == set(words)
    assert all(word in told[language] for language, word in words.items())
    assert "內容" in told["hant"] or "縣" in told["hant"]
    for day in (DAY, DAY + timedelta(days=1)):
        assert set(tell(home, day).values()) == {"quiet"}
    assert len(hook.got) == len(words)
    assert capsys.readouterr() == ("", "")


@on_each_engine
def test_what_failed_is_told_the_next_time_and_only_to_those_who_were_not_told(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook, "works"), {"id": "broken", "url": "json://127.0.0.1:1/x"})
    assert tell(home) == {"works": "delivered", "broken": "failed"}
    with Corpus.open(home) as corpus:
        (failed,) = corpus.digests.deliveries("broken")
        assert (failed.state, failed.attempt) == ("failed", 1)
        assert "refused" in str(failed.reason)
        assert corpus.digests.told("broken") is None
    take_plan(home, "乙丑县")
    write_targets(home, web(hook, "works"), web(hook, "broken"))
    assert tell(home) == {"works": "delivered", "broken": "delivered"}
    told = {path: body["digest"]["news"]["documents"] for path, body in hook.got[1:]}
    assert told == {"/works": 1, "/broken": 2}
    with Corpus.open(home) as corpus:
        assert corpus.digests.deliveries("broken")[0].attempt == 2
    assert tell(home) == {"works": "quiet", "broken": "quiet"}


def test_a_server_that_answers_with_an_error_has_not_been_told(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook))
    hook.answers = [(500, b"no"), (200, b"ok")]
    assert tell(home) == {"hook": "failed"}
    assert tell(home) == {"hook": "delivered"}
    assert hook.got[0][1]["digest"]["documents"] == hook.got[1][1]["digest"]["documents"]


def test_a_corrected_plan_resolves_and_its_fault_is_back_when_it_comes_back(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home, share=65)
    write_targets(home, web(hook))
    tell(home)
    take_plan(home, share=75, number=9)
    tell(home)
    digest = hook.got[-1][1]["digest"]
    assert [(one["finding"].split("-")[0], one["how"]) for one in digest["resolved"]] == [("R06", "met")]
    assert [one["changed"] for one in digest["documents"]] == [True]
    take_plan(home, share=64, number=10)
    tell(home)
    (back,) = hook.got[-1][1]["digest"]["findings"]
    assert (back["finding"].split("-")[0], back["change"], back["before"]) == ("R06", "back", "met")


def test_what_people_decided_resolves_a_finding_and_its_end_brings_it_back(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook, parts=["findings", "resolved", "due"]))
    tell(home)
    until = DAY + timedelta(days=20)
    decide(home, kind="waiver", ground="省厅批复", applicant="王申", approver="赵批", until=until)
    tell(home)
    digest = hook.got[-1][1]["digest"]
    assert [(one["finding"].split("-")[0], one["how"]) for one in digest["resolved"]] == [("R06", "waived")]
    assert tell(home, until - timedelta(days=12)) == {"hook": "quiet"}
    tell(home, until - timedelta(days=7))
    (due,) = [one for one in hook.got[-1][1]["digest"]["due"] if one["new"]]
    assert (due["kind"], due["overdue"], due["day"]) == ("waiver", False, until.isoformat())
    tell(home, until + timedelta(days=1))
    digest = hook.got[-1][1]["digest"]
    assert [(one["change"], one["finding"].split("-")[0]) for one in digest["findings"]] == [("back", "R06")]
    assert ("waiver", True) in {(one["kind"], one["overdue"]) for one in digest["due"]}


def test_deadlines_are_told_when_they_near_and_when_they_pass(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook, parts=["due"]))
    deadline = DAY + timedelta(days=10)
    tell(home)
    before = len(hook.got)
    decide(home, kind="rectification", step="assigned", responsible="甲子县教育局", deadline=deadline)
    decide(home, "R07", kind="dispute", statement="已有安排", deadline=deadline)
    assert tell(home) == {"hook": "quiet"}
    assert tell(home, deadline - timedelta(days=7)) == {"hook": "delivered"}
    soon = [one for one in hook.got[-1][1]["digest"]["due"] if one["new"]]
    assert {(one["kind"], one["overdue"]) for one in soon} == {("rectification", False), ("dispute", False)}
    assert [one["responsible"] for one in soon if one["kind"] == "rectification"] == ["甲子县教育局"]
    assert tell(home, deadline) == {"hook": "quiet"}
    assert tell(home, deadline + timedelta(days=1)) == {"hook": "delivered"}
    late = [one for one in hook.got[-1][1]["digest"]["due"] if one["new"]]
    assert {(one["kind"], one["overdue"]) for one in late} == {("rectification", True), ("dispute", True)}
    assert len(hook.got) == before + 2


def test_what_stands_open_is_told_again_after_a_week_and_not_before(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    decide(home, kind="rectification", step="assigned", responsible="甲子县教育局", deadline=DAY - timedelta(days=1))
    write_targets(home, web(hook))
    tell(home)
    assert tell(home, DAY + timedelta(days=6)) == {"hook": "quiet"}
    assert tell(home, DAY + timedelta(days=7)) == {"hook": "delivered"}
    digest = hook.got[-1][1]["digest"]
    assert digest["reminder"]
    assert any(one["overdue"] and not one["new"] for one in digest["due"])
    assert "督政提醒" in hook.got[-1][1]["title"]
    assert tell(home, DAY + timedelta(days=8)) == {"hook": "quiet"}


def _run(home: Path, source: str, status: str, *, hour: int, listed: int = 5, reason: str | None = None) -> None:
    moment = datetime(2025, 11, 3, hour, tzinfo=UTC)
    run = SourceRun.model_validate(
        {
            "source": source, "started_at": moment, "finished_at": moment, "status": status, "listed": listed,
            "reason": reason,
        }
    )  # fmt: skip
    with Corpus.open(home, create=True) as corpus:
        corpus.sources.progress(corpus.sources.begin(source, moment), run)


SOURCE = """id: {id}
title: {title}
url: http://{id}.example.cn/tz/
kind: list
jurisdiction: {{province: 河南省}}
selectors: {{item: li}}
"""


def write_source(home: Path, id: str, title: str, more: str = "") -> Path:
    path = home / "sources" / f"{id}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SOURCE.format(id=id, title=title) + more, encoding="utf-8")
    return path


def test_a_source_that_was_switched_off_or_taken_away_is_told_no_more(
    home: Path, hook: Hook, write_targets: Write
) -> None:
    for source in ("jiazi", "yichou"):
        _run(home, source, "failed", hour=2, reason="没有找到 / found nothing")
    write_targets(home, web(hook))
    gone = write_source(home, "jiazi", "甲子县教育局")
    write_source(home, "yichou", "乙丑县教育局", "enabled: false\n")
    tell(home)
    assert [one["source"] for one in hook.got[-1][1]["digest"]["sources"]] == ["jiazi"]
    gone.unlink()
    assert tell(home, DAY + timedelta(days=30)) == {"hook": "quiet"}


def test_a_source_file_that_is_not_valid_is_told_for_it_is_not_run(
    home: Path, hook: Hook, write_targets: Write
) -> None:
    _run(home, "jiazi", "ok", hour=1)
    path = write_source(home, "jiazi", "甲子县教育局")
    write_targets(home, web(hook))
    assert tell(home) == {"hook": "quiet"}
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kind:", "kindd:"), encoding="utf-8")
    assert tell(home) == {"hook": "delivered"}
    (source,) = hook.got[-1][1]["digest"]["sources"]
    assert (source["source"], source["trouble"]) == ("jiazi.yaml", "invalid")
    assert "kind: 缺少这个字段 / this field is missing" in source["reason"]
    assert tell(home) == {"hook": "quiet"}
    path.write_text(text, encoding="utf-8")
    assert tell(home) == {"hook": "delivered"}
    (source,) = hook.got[-1][1]["digest"]["sources"]
    assert (source["source"], source["trouble"]) == ("jiazi.yaml", "recovered")
    assert tell(home) == {"hook": "quiet"}


def test_a_source_that_fails_or_finds_nothing_is_told_and_so_is_that_it_works_again(
    home: Path, hook: Hook, write_targets: Write
) -> None:
    _run(home, "jiazi", "ok", hour=1)
    _run(home, "yichou", "ok", hour=1)
    write_source(home, "jiazi", "甲子县教育局通知公告")
    write_source(home, "yichou", "乙丑县教育局通知公告")
    write_targets(home, web(hook))
    assert tell(home) == {"hook": "quiet"}
    _run(home, "jiazi", "failed", hour=2, reason="selectors.item: 没有找到任何一项 / found nothing")
    _run(home, "jiazi", "failed", hour=3, reason="selectors.item: 没有找到任何一项 / found nothing")
    _run(home, "yichou", "ok", hour=3, listed=0)
    assert tell(home) == {"hook": "delivered"}
    jiazi, yichou = hook.got[-1][1]["digest"]["sources"]
    assert (jiazi["title"], jiazi["trouble"], jiazi["since"][11:13]) == ("甲子县教育局通知公告", "failed", "02")
    assert "selectors.item" in jiazi["reason"]
    assert (yichou["source"], yichou["trouble"]) == ("yichou", "empty")
    assert tell(home) == {"hook": "quiet"}
    _run(home, "jiazi", "ok", hour=5)
    assert tell(home) == {"hook": "delivered"}
    assert [(one["source"], one["trouble"]) for one in hook.got[-1][1]["digest"]["sources"] if one["new"]] == [
        ("jiazi", "recovered")
    ]
    assert tell(home) == {"hook": "quiet"}


@on_each_engine
def test_a_file_that_cannot_be_read_is_told_once_and_again_when_it_breaks_again(
    home: Path, hook: Hook, write_targets: Write, take_plan: Take
) -> None:
    with Corpus.open(home, create=True) as corpus:
        corpus.record([unread("报送/坏.pdf", b"%PDF bad")])
    write_targets(home, web(hook))
    tell(home)
    (file,) = hook.got[-1][1]["digest"]["files"]
    assert (file["uri"], file["cause"], file["cure"]) == ("报送/坏.pdf", "damaged", "请重新报送")
    with Corpus.open(home) as corpus:
        corpus.record([unread("报送/坏.pdf", b"%PDF bad")])  # tried again, in vain
    assert tell(home) == {"hook": "quiet"}
    with Corpus.open(home) as corpus:
        corpus.record([unread("报送/又一.pdf", b"%PDF other")])
    tell(home)
    assert [one["uri"] for one in hook.got[-1][1]["digest"]["files"]] == ["报送/又一.pdf"]


@on_each_engine
def test_a_document_that_could_not_be_read_at_first_is_new_when_it_can(
    home: Path, hook: Hook, write_targets: Write, take_plan: Take
) -> None:
    text = PLAN.format(county="甲子县", short="甲", share=65, number=8)
    with Corpus.open(home, create=True) as corpus:
        corpus.record([unread("甲子县.txt", text.encode())])
    write_targets(home, web(hook))
    tell(home)
    assert hook.got[-1][1]["digest"]["documents"] == []
    take_plan(home)
    tell(home)
    assert len(hook.got[-1][1]["digest"]["documents"]) == 1
    assert hook.got[-1][1]["digest"]["files"] == []


def test_a_document_that_is_read_anew_by_better_rules_is_no_news(
    home: Path, hook: Hook, write_targets: Write, take_plan: Take
) -> None:
    take_plan(home)
    write_targets(home, web(hook, parts=["documents"]))
    tell(home)
    outcome = parse(SourceFile("甲子县.txt", PLAN.format(county="甲子县", short="甲", share=65, number=8).encode()))
    outcome.documents[0].id = "f" * 24  # its text was read otherwise
    with Corpus.open(home, extraction_version="later") as corpus:
        corpus.record([outcome])
        corpus.locate([("副本/甲子县.txt", outcome.sha256)])
        assert [one.id for one in corpus.documents()] == ["f" * 24]
    assert tell(home) == {"hook": "quiet"}
    take_plan(home, "乙丑县")
    assert tell(home) == {"hook": "delivered"}


def test_each_target_gets_its_parts_and_its_places(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home, "甲子县")
    take_plan(home, "丙寅县", text=PLAN_ELSEWHERE, uri="丙寅县.txt")
    with Corpus.open(home) as corpus:
        corpus.record([unread("坏.pdf", b"bad")])
    write_targets(
        home,
        web(hook, "all"),
        web(hook, "henan", jurisdiction={"province": "河南"}),
        web(hook, "files", parts=["files"]),
        web(hook, "nowhere", jurisdiction={"province": "海南省"}),
    )
    states = tell(home)
    assert states == {"all": "delivered", "henan": "delivered", "files": "delivered", "nowhere": "quiet"}
    told = {path[1:]: body["digest"] for path, body in hook.got}
    assert {one["jurisdiction"]["province"] for one in told["all"]["documents"]} == {"河南省", "浙江省"}
    assert {one["jurisdiction"]["province"] for one in told["henan"]["documents"]} == {"河南省"}
    assert told["henan"]["files"] == []  # no place is known of it
    assert {part for part, count in told["files"]["totals"].items() if count} == {"files"}


PLAN_ELSEWHERE = """浙江省丙寅县教育局关于教共体建设的实施意见
丙教〔2022〕6号
浙江省丙寅县教育局
2022年5月20日
"""


def test_what_is_shown_is_still_told(home: Path, hook: Hook, take_plan: Take, write_targets: Write) -> None:
    take_plan(home)
    write_targets(home, web(hook))
    assert would_tell(home).news["documents"] == 1
    assert would_tell(home).news["documents"] == 1
    assert hook.got == []
    assert tell(home) == {"hook": "delivered"}


def test_without_targets_everything_is_shown_and_nothing_sent(home: Path, take_plan: Take) -> None:
    take_plan(home)
    assert would_tell(home).news["documents"] == 1
    assert tell(home) == {}


def test_a_target_that_is_switched_off_is_told_only_when_named(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook, enabled=False))
    assert tell(home) == {}
    assert tell(home, DAY, "hook") == {"hook": "delivered"}


def test_long_lists_are_cut_with_a_count_and_the_whole_is_kept(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    for number in range(6):
        take_plan(
            home,
            text=f"河南省甲子县教育局通知\n甲教〔2025〕{number}号\n正文{number}。\n2025年10月20日\n",
            uri=f"{number}.txt",
        )
    write_targets(home, web(hook, most=2))
    tell(home)
    body = hook.got[-1][1]
    assert len(body["digest"]["documents"]) == 2
    assert body["digest"]["totals"]["documents"] == 6
    assert f"另有 4 条，全部见：duzheng notices sent {body['id']}" in body["message"]
    with Corpus.open(home) as corpus:
        kept = corpus.digests.sent(body["id"])
    assert kept is not None
    assert len(kept.documents) == 6


@on_each_engine
def test_a_digest_goes_out_while_documents_are_being_taken_in(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook))
    with Corpus.open(home, write=True):
        assert tell(home) == {"hook": "delivered"}


@on_each_engine
def test_two_at_once_tell_a_target_once(home: Path, hook: Hook, take_plan: Take, write_targets: Write) -> None:
    take_plan(home)
    write_targets(home, web(hook))
    with Corpus.open(home) as corpus, corpus.digests.alone("hook"):
        assert tell(home) == {"hook": "busy"}
    assert hook.got == []
    assert tell(home) == {"hook": "delivered"}


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from corpus.corpus import Corpus
from extractors.parse import parse
from flows import digest
home = Path(sys.argv[1])
digest.open_channel = lambda url: os.kill(os.getpid(), signal.SIGKILL)
with Corpus.open(home) as corpus:
    digest.send(corpus, home, date(2025, 11, 3))
"""


def test_killed_in_the_middle_it_is_said_and_told_the_next_time(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home)
    write_targets(home, web(hook))
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(home)], cwd=os.getcwd(), check=False)  # noqa: PTH109
    assert done.returncode == -signal.SIGKILL
    assert tell(home) == {"hook": "delivered"}
    with Corpus.open(home) as corpus:
        last, killed = corpus.digests.deliveries("hook")
    assert (last.state, last.attempt) == ("delivered", 2)
    assert (killed.state, "中断" in str(killed.reason)) == ("failed", True)


def test_a_verdict_that_changes_is_told_with_what_it_was(
    home: Path, hook: Hook, take_plan: Take, write_targets: Write
) -> None:
    take_plan(home, share=65)
    write_targets(home, web(hook, parts=["findings"]))
    tell(home)
    take_plan(home, number=9, text=_without_goal())
    tell(home)
    (changed,) = [one for one in hook.got[-1][1]["digest"]["findings"] if one["finding"].startswith("R06")]
    assert (changed["change"], changed["before"], changed["verdict"]) == ("changed", "not_met", "not_found")


def _without_goal() -> str:
    text = PLAN.format(county="甲子县", short="甲", share=65, number=9)
    return text.replace(
        "到2025年底，河南省甲子县65%以上的乡村学校纳入城乡学校共同体。", "河南省甲子县推进城乡学校共同体建设。"
    )


def test_a_digest_and_its_watermark_agree_on_what_is_told(home: Path, take_plan: Take) -> None:
    take_plan(home)
    with Corpus.open(home) as corpus:
        digest, upto = compose(corpus, NoticeTarget(id="x", url="-"), DAY, SourceFiles.of(home))
        assert digest.totals["documents"] == 1
        assert corpus.digests.documents(upto.arrival, upto.arrival) == []
    assert load(home) == []


def test_the_cost_of_a_digest_grows_with_the_plans_and_not_with_their_square(
    tmp_path: Path, take_plan: Take, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    homes: dict[int, Path] = {}

    def home_of(count: int) -> Path:
        if count not in homes:
            homes[count] = tmp_path / str(count)
            base = parse(
                SourceFile("甲子县.txt", PLAN.format(county="甲子县", short="甲", share=65, number=8).encode())
            )
            (plan,) = base.documents
            found = check(plan, load_pack("henan-2025"), today=DAY)
            outcomes, checks = [], []
            for number in range(count):
                name = f"{number:064x}"
                place = plan.jurisdiction.model_copy(update={"county": f"甲{number}县", "adcode": None})
                source = plan.source.model_copy(update={"sha256": name, "uri": f"{number}.txt"})
                changes = {"id": f"{number:024x}", "source": source, "jurisdiction": place}
                one = plan.model_copy(update=changes)
                outcomes.append(base.model_copy(update={"sha256": name, "uri": f"{number}.txt", "documents": [one]}))
                made = found.model_copy(deep=True)
                made.plan.id, made.plan.jurisdiction = one.id, place
                for finding in made.findings:
                    finding.id = None
                checks.append(made)
            with Corpus.open(homes[count], create=True) as corpus:
                corpus.record(outcomes)
                corpus.record_checks(checks)
        return homes[count]

    for count in (10, 40):
        home_of(count)

    def run(count: int) -> None:
        with Corpus.open(home_of(count)) as corpus:
            digest, _ = compose(corpus, NoticeTarget(id="x", url="-"), DAY, SourceFiles.of(home_of(count)))
            assert digest.totals["documents"] == count

    linear(run, 10)
