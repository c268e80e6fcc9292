"""What a changed pack does to the stored plans is told before anybody uses it."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from checks.pack import load
from checks.pack_yaml import write_yaml
from duzheng.cli import main
from extractors.parse import parse
from flows.impact import impact
from schemas.outcome import SourceFile

HEAD = "河南省南阳市青禾县城乡学校共同体建设实施方案\n\n青禾县教育局\n\n"


def plan(share: int):
    text = f"{HEAD}一、工作目标\n到2025年底，全县{share}%的乡村学校纳入校共体。\n\n青禾县教育局\n2025年10月20日\n"
    outcome = parse(SourceFile(uri=f"plan-{share}.txt", data=text.encode()))
    (document,) = outcome.documents
    place = document.jurisdiction.model_copy(update={"province": "河南省", "county": "青禾县"})
    document = document.model_copy(
        update={"role": "plan", "level": "county", "jurisdiction": place, "on_topic": True, "id": f"plan-{share}"}
    )
    return outcome.model_copy(update={"documents": [document]})


@pytest.fixture
def stored(tmp_path):
    """Plans with the given shares, in a corpus."""
    from corpus.corpus import Corpus

    with ExitStack() as opened:

        def store(*shares: int) -> Corpus:
            corpus = opened.enter_context(Corpus.open(tmp_path / "corpus", create=True, write=True))
            corpus.record([plan(share) for share in shares])
            return corpus

        yield store


def changed(tmp_path, change):
    content = load("henan-2025").model_copy(deep=True)
    change(content)
    path = tmp_path / "changed.yaml"
    path.write_text(write_yaml(content), "utf-8")
    return load(str(path))


def lower(pack):
    next(r for r in pack.requirements if r.id == "R06").parameters.any[0].value = 60


def test_only_the_plans_between_the_two_values_flip(tmp_path, stored):
    found = impact(stored(50, 65, 75), load("henan-2025"), changed(tmp_path, lower))
    assert [(f.plan, f.requirement, f.before, f.after) for f in found.flips] == [("plan-65", "R06", "not_met", "met")]
    assert [(c.requirement, c.plans) for c in found.counts] == [("R06", 1)]
    assert (found.plans, found.plans_changed, found.entering, found.leaving) == (3, 1, [], [])


def test_the_same_pack_flips_nothing(stored):
    found = impact(stored(65), load("henan-2025"), load("henan-2025"))
    assert (found.flips, found.counts, found.new_requirements, found.dropped_requirements) == ([], [], [], [])


def test_plans_that_leave_the_scope_and_requirements_that_come_and_go_are_counted_apart(tmp_path, stored):
    def move(pack):
        pack.applies.provinces = ["浙江省"]

    corpus = stored(65)
    found = impact(corpus, load("henan-2025"), changed(tmp_path, move))
    assert (found.plans, found.leaving, found.flips) == (0, ["plan-65"], [])

    def drop(pack):
        del pack.requirements[0]

    assert impact(corpus, load("henan-2025"), changed(tmp_path, drop)).dropped_requirements == ["R01"]
    assert impact(corpus, load("henan-2025"), changed(tmp_path, drop)).firsts == []
    added = impact(corpus, changed(tmp_path, drop), load("henan-2025"))
    assert added.new_requirements == ["R01"]
    assert [(one.requirement, one.verdict, one.plans) for one in added.firsts] == [("R01", "not_found", 1)]


def test_a_pack_with_none_before_it_says_of_every_plan_it_speaks_about_what_it_finds(tmp_path, stored):
    def move(pack):
        pack.applies.provinces = ["浙江省"]

    corpus = stored(50, 65, 75)
    found = impact(corpus, None, load("henan-2025"))
    assert (found.old, found.plans, len(found.entering), found.leaving, found.flips) == (None, 3, 3, [], [])
    assert found.new_requirements == [one.id for one in load("henan-2025").requirements]
    assert Counter(one.requirement for one in found.firsts for _ in range(one.plans)) == dict.fromkeys(
        found.new_requirements, 3
    )
    assert {one.verdict: one.plans for one in found.firsts if one.requirement == "R06"} == {"met": 1, "not_met": 2}
    assert (found := impact(corpus, None, changed(tmp_path, move))).plans == 0
    assert (found.entering, found.firsts) == ([], [])


def test_the_command_looks_at_the_stored_plans_and_records_nothing(tmp_path, capsys):
    from corpus.corpus import Corpus

    sample = next((Path(__file__).parents[2] / "samples" / "henan").rglob("*.txt"))
    home = tmp_path / "home"
    outcome = parse(SourceFile(uri="plan.txt", data=sample.read_bytes()))
    (document,) = outcome.documents
    changed(tmp_path, lambda pack: pack.requirements.pop(0))
    with Corpus.open(home, create=True) as corpus:
        corpus.record([outcome])
    for extra in ((), ("--format", "json")):
        with pytest.raises(SystemExit) as ended:
            main(["packs", "impact", "henan-2025", str(tmp_path / "changed.yaml"), "--home", str(home), *extra])
        assert ended.value.code == 0
    printed = capsys.readouterr().out
    found = json.loads(printed[printed.index('{"old"') :])
    assert found["dropped_requirements"] == ["R01"]
    assert found["plans"] == (1 if document.role == "plan" else 0)
    with Corpus.open(home) as corpus:
        assert list(corpus.checks()) == []


def test_without_a_corpus_the_way_out_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["packs", "impact", "henan-2025", "henan-2025", "--home", str(tmp_path / "none")])
    assert ended.value.code == 1
    assert "duzheng ingest" in capsys.readouterr().err
