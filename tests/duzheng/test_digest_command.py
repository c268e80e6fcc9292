"""What is promised of ``duzheng digest`` and ``duzheng notices``, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import duzheng
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import SourceFile
from tests.flows.notices.conftest import hook  # noqa: F401
from tests.flows.notices.servers import PLAN, Hook

Run = Callable[..., tuple[int, str, str]]
KEY = "k0e1y2s3e4c5r6e7t8"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    data = PLAN.format(county="甲子县", short="甲", share=65, number=8).encode()
    with Corpus.open(folder, create=True) as corpus:
        corpus.record([parse(SourceFile("甲子县.txt", data))])
    return folder


def targets(home: Path, *lines: str) -> None:
    text = "targets:\n" + "".join(f"  - {line}\n" for line in lines)
    (home / "notices.yaml").write_text(text, encoding="utf-8")


def test_what_is_new_is_printed_and_nothing_is_sent(run: Run, home: Path, hook: Hook) -> None:  # noqa: F811
    targets(home, f"{{id: hook, url: 'json://127.0.0.1:{hook.port}/{KEY}'}}")
    for _ in range(2):
        status, out, _ = run("digest", "--print", "--home", home)
        assert status == 0
        assert "新到文件 1" in out
        assert "甲子县教育局关于印发城乡学校共同体建设工作方案的通知" in out
        assert "notices sent" not in out  # there is nothing of this number to be asked for
    assert hook.got == []


def test_it_is_sent_once_listed_and_can_be_read_again(run: Run, home: Path, hook: Hook) -> None:  # noqa: F811
    targets(home, f"{{id: hook, title: 科研处, url: 'json://127.0.0.1:{hook.port}/{KEY}'}}")
    status, out, err = run("digest", "--home", home)
    assert (status, err) == (0, "")
    assert "hook: 已送达 delivered" in out
    id = hook.got[0][1]["id"]
    status, out, _ = run("digest", "--home", home)
    assert status == 0
    assert "没有新情况" in out
    status, out, _ = run("notices", "sent", id, "--home", home)
    assert status == 0
    assert "甲子县教育局关于印发" in out
    assert json.loads(run("notices", "sent", id, "--home", home, "--format", "json")[1])["id"] == id
    (delivery,) = json.loads(run("notices", "sent", "--home", home, "--format", "json")[1])
    assert (delivery["digest"], delivery["state"]) == (id, "delivered")
    assert id in run("notices", "sent", "--home", home)[1]
    status, out, _ = run("notices", "list", "--home", home)
    assert "科研处" in out
    assert KEY not in out
    (listed,) = json.loads(run("notices", "list", "--home", home, "--format", "json")[1])
    assert (listed["way"], listed["last_delivery"]["state"]) == ("json://127.0.0.1", "delivered")
    assert "url" not in listed


def test_a_failure_is_the_exit_status_and_said_without_the_key(run: Run, home: Path) -> None:
    targets(home, f"{{id: hook, url: 'json://127.0.0.1:1/{KEY}'}}")
    status, out, err = run("digest", "--home", home)
    assert status == 1
    assert "hook: 未送达 failed" in err
    assert KEY not in out + err
    status, out, err = run("notices", "test", "hook", "--home", home)
    assert status == 1
    assert KEY not in out + err
    assert "未送达" in run("notices", "sent", "--home", home)[1]


def test_a_test_line_is_sent(run: Run, home: Path, hook: Hook) -> None:  # noqa: F811
    targets(home, f"{{id: hook, language: en, url: 'json://127.0.0.1:{hook.port}/x'}}")
    status, out, _ = run("notices", "test", "hook", "--home", home)
    assert status == 0
    assert "delivered" in out
    assert hook.got[0][1]["message"] == "This is a test notice for hook. If you read it, the settings are right."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("digest",), "没有收件方"),
        (("digest", "--target", "nobody"), "no target nobody"),
        (("digest", "--today", "tomorrow"), "no date"),
        (("notices", "test", "nobody"), "no target nobody"),
    ],
)
def test_wrong_usage_is_said_with_the_way_out(run: Run, home: Path, arguments: tuple[str, ...], says: str) -> None:
    status, _, err = run(*arguments, "--home", home)
    assert (status, says in err) == (2, True)


def test_a_digest_that_was_never_sent_cannot_be_read(run: Run, home: Path) -> None:
    status, _, err = run("notices", "sent", "0123456789ab", "--home", home)
    assert (status, "notices sent" in err) == (1, True)


def test_settings_that_are_wrong_are_usage(run: Run, home: Path) -> None:
    targets(home, "{id: hook}")
    status, _, err = run("digest", "--home", home)
    assert (status, "notices.yaml: line 2" in err) == (2, True)


def test_python_does_the_same(home: Path, hook: Hook) -> None:  # noqa: F811
    targets(home, f"{{id: hook, url: 'json://127.0.0.1:{hook.port}/x'}}")
    with duzheng.open_corpus(home) as corpus:
        (shown,) = corpus.digest(preview=True)
        assert shown.digest is not None
        assert (shown.state, shown.digest.news["documents"]) == ("shown", 1)
        corpus.notices.test("hook")
        (told,) = corpus.digest()
        assert told.digest is not None
        assert told.state == "delivered"
        assert [one.digest for one in corpus.notices.sent()] == [told.digest.id]
        assert corpus.notices.digest(told.digest.id).documents[0].title == told.digest.documents[0].title
        assert [one.id for one in corpus.notices.list()] == ["hook"]
