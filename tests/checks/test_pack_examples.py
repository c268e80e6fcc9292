"""Every requirement of the built-in packs shows what meets it and what does not, and the engine agrees."""

from __future__ import annotations

import json

import pytest
from written_packs import write

from checks.pack import builtin, load
from checks.pack_examples import run
from duzheng.cli import main
from schemas.finding import VERDICTS

REQUIREMENTS = [(pack.id, requirement) for pack in builtin() for requirement in pack.requirements]


@pytest.mark.parametrize("pack", builtin(), ids=lambda pack: pack.id)
def test_every_passage_of_a_built_in_pack_gets_its_verdict(pack):
    failed = [f"{r.requirement} {r.expected} → {r.got}: {r.passage} ({r.why})" for r in run(pack) if not r.passed]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize(("pack", "requirement"), REQUIREMENTS, ids=lambda value: getattr(value, "id", value))
def test_every_requirement_shows_two_that_meet_it_and_two_that_fail(pack, requirement):
    each = list(requirement.examples.each())
    failing = [verdict for verdict, _, _ in each if verdict in ("partial", "not_met", "not_found", "conflict")]
    assert len(requirement.examples.met) >= 2
    assert len(failing) >= 2
    assert len({passage for _, _, passage in each}) == len(each)


def test_every_verdict_can_be_asked_for_in_an_example():
    each = load("henan-2025").requirements[0].examples
    assert set(type(each).model_fields) == set(VERDICTS)


def test_a_passage_with_another_verdict_is_told_with_what_was_expected_what_came_and_why(tmp_path):
    pack = load(write(tmp_path, ("70%的乡村学校纳入", "90%的乡村学校纳入")))
    (bad,) = [result for result in run(pack) if not result.passed]
    assert (bad.requirement, bad.expected, bad.example, bad.got) == ("E01", "not_met", 1, "met")
    assert "90%" in bad.why


def test_a_passage_that_is_no_document_fails_and_says_so(tmp_path):
    pack = load(write(tmp_path, ("[到2026年底，80%以上的乡村学校纳入校共体。]", '["\\u200b"]')))
    (bad,) = [result for result in run(pack) if not result.passed]
    assert bad.got is None
    assert "0 documents" in bad.why


def run_command(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code


def test_the_command_says_what_failed_and_ends_with_one(tmp_path, capsys):
    assert run_command("packs", "test", write(tmp_path)) == 0
    assert "4 通过 passed, 0 未通过 failed" in capsys.readouterr().out
    assert run_command("packs", "test", write(tmp_path, ("70%的乡村学校纳入", "90%的乡村学校纳入"))) == 1
    told = capsys.readouterr().out
    for part in ("E01", "examples.not_met[0]", "应得 expected: not_met", "实得 got: met", "原因 why"):
        assert part in told


def test_the_command_gives_every_passage_as_json(tmp_path, capsys):
    assert run_command("packs", "test", write(tmp_path), "--format", "json") == 0
    results = json.loads(capsys.readouterr().out)
    assert {(r["requirement"], r["expected"], r["got"]) for r in results} == {
        ("E01", "met", "met"),
        ("E01", "not_met", "not_met"),
        ("E02", "met", "met"),
        ("E02", "not_found", "not_found"),
    }


def test_no_pack_named_means_the_built_in_ones(capsys):
    assert run_command("packs", "test") == 0
    assert capsys.readouterr().out.count(" 0 未通过 failed") == len(builtin())
