"""The commands that keep a corpus running, as they are typed: what they print and how they end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import duzheng
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import Failure, Outcome, SourceFile

NOTICE = "甲子县教育局关于开展检查的通知\n各学校：\n现将检查工作通知如下。\n甲子县教育局\n2025年3月4日\n".encode()
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus with one document and one file that could not be read when a program was missing."""
    for name in ("DUZHENG_DATABASE", "DUZHENG_LOG", "DUZHENG_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    home, other = tmp_path / "home", NOTICE.replace("甲子".encode(), "乙丑".encode())
    with Corpus.open(home, create=True) as corpus:
        corpus.keep(NOTICE)
        corpus.record([parse(SourceFile("通知.txt", NOTICE))])
        digest = corpus.keep(other)
        failure = Failure(
            uri="乙丑.doc", cause="missing_program", message="LibreOffice is not installed", cure="install"
        )
        outcome = Outcome(
            uri="乙丑.doc", sha256=digest, bytes=len(other), media_type="application/msword", failure=failure
        )
        corpus.record([outcome])
    return home


def test_what_status_shows_retry_reads(run: Run, home: Path) -> None:
    code, out, _ = run("status", "--home", home)
    assert code == 0
    assert "文件 documents 1" in out
    assert "乙丑.doc" in out
    assert "LibreOffice is not installed (install)" in out
    code, out, _ = run("status", "--home", home, "--format", "json")
    (unread,) = json.loads(out)["unread"]
    code, out, _ = run("retry", unread["id"], "--home", home)
    assert (code, out) == (0, "重读 tried 1, 已读 read 1, 文件 documents 1\n")
    code, out, _ = run("status", "--home", home, "--format", "json")
    assert (json.loads(out)["unread"], json.loads(out)["documents"]) == ([], 2)


def test_retry_wants_to_know_which(run: Run, home: Path) -> None:
    assert run("retry", "--home", home)[0] == 2
    assert run("retry", "x", "--all", "--home", home)[0] == 2
    code, _, err = run("retry", "没有.doc", "--home", home)
    assert code == 1
    assert "duzheng status" in err


def test_health_ends_with_one_and_says_why(run: Run, home: Path) -> None:
    assert run("health", "--home", home, "--disk-mb", "0")[0] == 0
    code, out, err = run("health", "--home", home, "--disk-mb", "0", "--backup-hours", "24")
    assert (code, out.splitlines()[-1]) == (1, f"{home}: 不正常 not well")
    assert "was never backed up" in err
    code, out, _ = run("health", "--home", home, "--disk-mb", "0", "--backup-hours", "24", "--format", "json")
    assert (code, json.loads(out)["reasons"][0]["kind"]) == (1, "backup")


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:99999", "1.2.3.4:x"])
def test_an_address_to_serve_at_that_is_none_is_wrong_usage(run: Run, home: Path, address: str) -> None:
    code, _, err = run("health", "--serve", address, "--home", home)
    assert code == 2
    assert "127.0.0.1:8765" in err


def test_backup_restore_and_the_words_they_say(run: Run, home: Path, tmp_path: Path) -> None:
    code, out, _ = run("backup", tmp_path / "kept", "--home", home)
    made = Path(out.split(":")[0])
    assert (code, made.parent) == (0, tmp_path / "kept")
    code, out, _ = run("restore", tmp_path / "kept", "--check", "--home", home)
    assert (code, out) == (0, f"{made}: 完好 whole, 2 originals\n")
    code, _, err = run("restore", tmp_path / "kept", "--home", home)
    assert code == 1
    assert "--replace" in err
    shutil.rmtree(home)
    code, out, _ = run("restore", tmp_path / "kept", "--home", home)
    assert (code, out) == (0, f"{home}: 已恢复 put back from {made}, 2 originals\n")
    assert run("search", "检查", "--home", home)[0] == 0
    (made / "corpus.sqlite").write_bytes(b"torn")
    code, _, err = run("restore", tmp_path / "kept", "--check", "--home", home)
    assert code == 1
    assert "corpus.sqlite was changed" in err
    assert run("backup", tmp_path / "x.zip", "--keep", "3", "--home", home)[0] == 2


def test_prune_shows_and_only_with_apply_deletes(run: Run, home: Path) -> None:
    import os

    copy = home / "corpus.schema3.sqlite"
    copy.write_bytes(b"x")
    os.utime(copy, (1_600_000_000, 1_600_000_000))
    code, out, _ = run("prune", "--home", home)
    assert code == 0
    assert "corpus.schema3.sqlite" in out
    assert "nothing was deleted" in out
    assert copy.exists()
    code, out, _ = run("prune", "--home", home, "--apply", "--format", "json")
    assert (code, [Path(thing["id"]).name for thing in json.loads(out)["things"]]) == (0, ["corpus.schema3.sqlite"])
    assert not copy.exists()
    assert run("prune", "--home", home)[1] == "没有可清理的 nothing to prune\n"
    assert run("prune", "--keep", "0", "--home", home)[0] == 2


def test_with_json_logs_everything_on_standard_error_is_an_object(run: Run, home: Path, tmp_path: Path) -> None:
    code, _, err = run("--log-format", "json", "retry", "--all", "--home", home)
    assert code == 0
    (read,) = [json.loads(line) for line in err.splitlines()]
    assert (read["event"], read["document"], read["level"]) == ("retry.read", "乙丑.doc", "info")
    code, _, err = run("--log-format", "json", "restore", tmp_path / "none", "--home", home)
    assert code == 1
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["complaint"]
    assert run("--log-format", "xml", "status", "--home", home)[0] == 2


def test_the_same_from_python(home: Path, tmp_path: Path) -> None:
    with duzheng.open_corpus(home) as corpus:
        assert [one.uri for one in corpus.status().unread] == ["乙丑.doc"]
        assert corpus.retry().read == 1
        assert corpus.health(disk_mb=0).ok
        made, problems = corpus.backup(tmp_path / "kept", keep=2)
        assert problems == []
        assert corpus.prune(keep=30).things == []
    restored = duzheng.restore(tmp_path / "kept", tmp_path / "other")
    assert (restored.backup, restored.originals) == (made, 2)
    with duzheng.open_corpus(tmp_path / "other") as corpus:
        assert len(corpus.documents()) == 2
