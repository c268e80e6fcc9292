"""``duzheng verify`` confirms both sides of a contradiction between two plans, and stops before a damaged store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from test_check_plans_against_each_other import COUNTY as OF_COUNTY
from test_check_plans_against_each_other import PACK
from test_check_plans_against_each_other import SCHOOL as OF_SCHOOL

from checks.pack import load
from corpus.corpus import Corpus
from extractors.parse import parse
from flows.beside import Shelf
from flows.check import check_plans
from schemas.outcome import SourceFile

Run = Callable[..., tuple[int, str, str]]
COUNTY, SCHOOL = OF_COUNTY.replace("关于印发", "关于印发河南省青禾县"), OF_SCHOOL.replace("根据", "根据河南省")
FILES = {"县方案.txt": COUNTY, "学校方案.txt": SCHOOL}


@pytest.fixture
def home(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A corpus with a county's plan and a school's, which contradict each other, checked."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DUZHENG_HOME", str(folder))
    (tmp_path / "own.yaml").write_text(PACK, encoding="utf-8")
    packs = [load(str(tmp_path / "own.yaml"))]
    with Corpus.open(folder, create=True, write=True) as corpus:
        for text in FILES.values():
            corpus.keep(text.encode())
        corpus.record([parse(SourceFile(name, text.encode())) for name, text in FILES.items()])
        plans = list(corpus.documents(role="plan"))
        corpus.record_checks(check_plans(plans, packs, Shelf(corpus, packs), None))
    return folder


def verified(run: Run, *arguments: object) -> tuple[int, dict[str, Any]]:
    status, out, _ = run("verify", *arguments, "--format", "json")
    return status, json.loads(out)


def test_both_sides_of_a_contradiction_are_confirmed(run: Run, home: Path) -> None:
    with Corpus.open(home) as corpus:
        findings = [finding for one in corpus.checks() for finding in one.findings]
    assert any(finding.elsewhere for finding in findings)
    status, result = verified(run)
    assert (status, result["unconfirmed"]) == (0, [])
    assert result["quotes"] == sum(len(finding.evidence) + len(finding.elsewhere) for finding in findings)


def test_a_damaged_original_of_the_other_plan_leaves_the_contradiction_undetermined(run: Run, home: Path) -> None:
    digest = sha256(SCHOOL.encode()).hexdigest()
    original = next(path for path in (home / "originals").rglob(digest))
    data = original.read_bytes()
    original.write_bytes(data.replace("柳溪".encode(), "柳河".encode()))
    status, result = verified(run)
    assert status == 3
    (of_county,) = (one for one in result["unconfirmed"] if one["plan"]["uri"] == "县方案.txt")
    assert of_county["finding"]["reason"] == "document_not_obtained"
    assert "《青禾县第三小学城乡学校共同体建设实施方案》" in of_county["why"]
    original.write_bytes(data)
    assert verified(run)[0] == 0


def test_a_quote_of_the_other_plan_that_is_not_its_words_is_found_out(run: Run, home: Path) -> None:
    with Corpus.open(home) as corpus:
        one = next(check for check in corpus.checks() if check.plan.uri == "县方案.txt")
        piece = one.findings[0].elsewhere[0]
        piece.quote = piece.quote.replace("柳溪", "柳河")
        corpus.record_checks([one])
        before, after = (corpus.history(str(one.findings[0].id))[1])[-2:]
    assert (before.change, after.change) == ("new", "changed"), "the history tells of the other side too"
    status, result = verified(run)
    assert (status, result["unconfirmed"][0]["finding"]["reason"]) == (3, "rule_error")


def test_printed_findings_are_confirmed_on_both_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(PACK, encoding="utf-8")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    status, out, _ = run("check", *FILES, "--requirements", "own.yaml", "--format", "json")
    assert status == 0
    (tmp_path / "结果.json").write_text(json.dumps(json.loads(out)[:1], ensure_ascii=False), encoding="utf-8")
    assert verified(run, "结果.json")[0] == 0
    (tmp_path / "学校方案.txt").write_text(SCHOOL.replace("柳溪", "柳河"), encoding="utf-8")
    status, result = verified(run, "结果.json")
    assert (status, result["unconfirmed"][0]["finding"]["reason"]) == (3, "ambiguous")
    (tmp_path / "学校方案.txt").unlink()
    status, result = verified(run, "结果.json")
    assert (status, result["unconfirmed"][0]["finding"]["reason"]) == (3, "document_not_obtained")


def test_a_store_that_is_damaged_itself_is_not_written_to(run: Run, home: Path) -> None:
    original = next(path for path in (home / "originals").rglob(sha256(SCHOOL.encode()).hexdigest()))
    original.unlink()  # there would be something to write
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO saved_found (name, document_id) VALUES ('none', 'none')")
        connection.commit()
        runs = connection.execute("SELECT count(*) FROM runs").fetchone()
    status, result = verified(run)
    assert (status, result["checks"]) == (1, 0)
    assert "请用备份恢复" in result["problems"][0]
    assert "nothing was verified" in result["problems"][-1]
    with closing(sqlite3.connect(home / "corpus.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == runs
