"""A nightly check looks only at plans that something new touches, and tells only of findings that are new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks.pack import load
from checks.pack_walk import models
from corpus.corpus import Corpus
from extractors.parse import parse
from flows import news
from flows.beside import Shelf
from flows.check import check_plans
from flows.touched import inputs, outdated
from schemas.outcome import Outcome, SourceFile
from schemas.requirement import ConsistencyParameters, Pack

NOTICE = """河南省教育厅关于推进城乡学校共同体建设的指导意见
豫教基〔2023〕12号
各省辖市教育局：
各地要统筹安排城区学校与乡村学校结成共同体，{}。
河南省教育厅
2023年3月1日
"""
CITING = "根据《河南省教育厅关于推进城乡学校共同体建设的指导意见》（豫教基〔2023〕12号）精神，制定本方案。"


def plan(id: str, county: str, share: int, more: str = "", role: str = "plan") -> Outcome:
    text = (
        f"河南省南阳市{county}城乡学校共同体建设实施方案\n\n{county}教育局\n\n{more}\n"
        f"一、工作目标\n到2025年底，全县{share}%的乡村学校纳入校共体。\n\n{county}教育局\n2025年10月20日\n"
    )
    outcome = parse(SourceFile(uri=f"{id}.txt", data=text.encode()))
    (document,) = outcome.documents
    place = document.jurisdiction.model_copy(update={"province": "河南省", "city": None, "county": county})
    facts = {"role": role, "level": "county", "jurisdiction": place, "on_topic": True, "id": id}
    return outcome.model_copy(update={"documents": [document.model_copy(update=facts)]})


def notice(clause: str) -> Outcome:
    return parse(SourceFile(uri="意见.txt", data=NOTICE.format(clause).encode()))


@pytest.fixture
def corpus(tmp_path: Path) -> Any:
    with Corpus.open(tmp_path, create=True, write=True) as opened:
        yield opened


@pytest.fixture
def packs() -> list[Pack]:
    return [load("henan-2025")]


def touched(corpus: Corpus, packs: list[Pack]) -> set[str]:
    """The plans that a check would look at; looks at them."""
    now = inputs(corpus, packs)
    due = {document for document, _ in outdated(corpus, now)}
    documents = [document for id in sorted(due) if (document := corpus.document(id)) is not None]
    checks = check_plans(documents, packs, Shelf(corpus, packs), None)
    corpus.record_checks(checks)
    corpus.checked_with().record({(one.plan.id, one.pack.id): now[one.plan.id, one.pack.id] for one in checks})
    return due


def test_a_plan_is_checked_once_and_again_only_when_it_is_new(corpus: Corpus, packs: list[Pack]) -> None:
    corpus.record([plan("a", "青禾县", 50), plan("b", "白石县", 60)])
    assert touched(corpus, packs) == {"a", "b"}
    assert touched(corpus, packs) == set()
    corpus.record([plan("c", "赤涧县", 70)])
    assert touched(corpus, packs) == {"c"}


def test_a_changed_pack_touches_the_plans_that_it_speaks_about(corpus: Corpus, packs: list[Pack]) -> None:
    corpus.record([plan("a", "青禾县", 50)])
    touched(corpus, packs)
    changed = packs[0].model_copy(deep=True, update={"version": "9.9.9"})
    changed._file_sha256 = None
    assert touched(corpus, [changed]) == {"a"}
    assert touched(corpus, [load("zhejiang-2021"), changed]) == set(), "a pack of another province touches nothing"


def test_a_notice_touches_the_plans_that_cite_it_when_it_comes_and_when_it_changes(
    corpus: Corpus, packs: list[Pack]
) -> None:
    corpus.record([plan("citing", "青禾县", 50, CITING), plan("other", "白石县", 60)])
    touched(corpus, packs)
    corpus.record([notice("派出骨干教师")])
    assert touched(corpus, packs) == {"citing"}
    corpus.record([notice("派出骨干教师，按月报告")])
    assert touched(corpus, packs) == {"citing"}
    assert touched(corpus, packs) == set()


def test_another_plan_of_the_place_touches_it_only_where_the_pack_compares_plans(corpus: Corpus) -> None:
    alone = load("henan-2025")
    comparing = load("zhejiang-2021").model_copy(deep=True, update={"applies": alone.applies})
    parameters = next(
        model
        for requirement in comparing.requirements
        for _, model in models(requirement)
        if isinstance(model, ConsistencyParameters)
    )
    parameters.against = [*parameters.against, "plans"]
    corpus.record([plan("a", "青禾县", 50), plan("far", "白石县", 50)])
    touched(corpus, [alone, comparing])
    corpus.record([plan("school", "青禾县", 55, role="submission")])
    now = inputs(corpus, [alone, comparing])
    assert outdated(corpus, now) == [("a", comparing.id)]


def test_a_check_that_was_killed_before_it_was_recorded_is_made_again(corpus: Corpus, packs: list[Pack]) -> None:
    corpus.record([plan("a", "青禾县", 50)])
    documents = list(corpus.documents(role="plan"))
    corpus.record_checks(check_plans(documents, packs, Shelf(corpus, packs), None))
    assert touched(corpus, packs) == {"a"}


def test_only_findings_that_were_not_there_before_are_news(
    corpus: Corpus, packs: list[Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(news, "emit_event", lambda event, **said: told.append({"event": event, **said}))

    def examine(id: str) -> news.News:
        document = corpus.document(id)
        assert document is not None
        checks = check_plans([document], packs, Shelf(corpus, packs), None)
        what = news.News()
        what.before(corpus, checks)
        corpus.record_checks(checks)
        what.after(corpus, checks)
        return what

    corpus.record([plan("a", "青禾县", 50)])
    first = examine("a")
    assert first.units == 1
    assert first.findings == told[0]["payload"]["number"] > 0
    assert {one["verdict"] for one in told[0]["payload"]["findings"]} <= {
        "partial",
        "not_met",
        "not_found",
        "conflict",
        "undetermined",
    }
    assert examine("a").findings == 0, "checked again, nothing is new"
    assert len(told) == 1
