"""Linting names what is suspicious in a pack: the rule, the file and line, the way out."""

from __future__ import annotations

import json
import re

import pytest
from written_packs import edited, line_of, write

from checks.pack import builtin, read
from checks.pack_lint import lint
from duzheng.cli import main


def found(path):
    return lint(read(path))


def test_a_good_pack_has_nothing_suspicious(tmp_path):
    assert found(write(tmp_path)) == []


@pytest.mark.parametrize("pack", builtin(), ids=lambda pack: pack.id)
def test_the_built_in_packs_have_no_errors(pack):
    assert [str(problem) for problem in found(pack.id) if problem.level == "error"] == []


CASES = {
    "severity-wording": ("error", "severity: critical", [("severity: major", "severity: critical")]),
    "text-wording": ("warning", "severity: major\n    expected: 签", [("结对学校应当签订", "鼓励结对学校签订")]),
    "no-examples": (
        "error",
        "- id: E02",
        [("    examples:\n      met: [结对学校签订帮扶协议。]\n      not_found: [教师签订劳动协议。]\n", "")],
    ),
    "few-examples": ("warning", "examples:\n      met: [结", [("      not_found: [教师签订劳动协议。]\n", "")]),
    "impossible-example": (
        "error",
        "not_found: [教师签订劳动协议",
        [("met: [结对学校签订帮扶协议。]", "met: [结对学校签订帮扶协议。, 教师签订劳动协议。]")],
    ),
    "traditional-term": ("error", "簽署", [("签署", "簽署")]),
    "duplicate-term": ("warning", "签订, 签订", [("[签订, 签署]", "[签订, 签订]")]),
    "term-inside-term": ("note", "协议, 帮扶协议", [("[协议, 责任书]", "[协议, 帮扶协议]")]),
    "overlapping-groups": ("warning", "协议, 签署", [("[协议, 责任书]", "[协议, 签署]")]),
    "unknown-unit": ("error", "坨", [('units: ["%"]', "units: [坨]")]),
    "due-out-of-scope": ("warning", "due: 2029", [("due: 2026-12-31", "due: 2029-12-31")]),
    "id-gap": ("warning", "id: E04", [("id: E02", "id: E04")]),
    "missing-clause": ("warning", "clause: 待补", [("clause: 二（一）", "clause: 待补")]),
    "primary-not-obtained": ("warning", "provenance: primary", [("basis_obtained: true", "basis_obtained: false")]),
    "place-term": ("warning", "余姚市", [("[劳动]", "[余姚市]")]),
    "repeated-requirement": ("warning", "title: 覆盖率\n    text: 结", [("title: 帮扶协议", "title: 覆盖率")]),
    "alias-repeated": ("warning", "aliases: [覆盖率]", [("aliases: [纳入比例]", "aliases: [覆盖率]")]),
    "empty-term": ("error", 'aliases: [""]', [("aliases: [纳入比例]", 'aliases: [""]')]),
    "schema": ("error", "sevrity", [("severity: major", "sevrity: major")]),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_finds_its_fault_in_its_line_and_says_the_way_out(tmp_path, rule):
    level, part, changes = CASES[rule]
    path = write(tmp_path, *changes)
    problems = [problem for problem in found(path) if problem.rule == rule]
    assert problems, [str(problem) for problem in found(path)]
    line = line_of(edited(*changes), part)
    assert f"{path}:{line}" in {problem.place for problem in problems}, [str(p) for p in problems]
    assert {problem.level for problem in problems} == {level}
    assert all("\n" not in str(problem) for problem in problems)
    for said in (text for problem in problems for text in (problem.message, problem.cure)):
        chinese, english = said.split(" / ")
        assert re.search("[\u3400-\u9fff]", chinese), said
        assert not re.search("[a-z]{3} [a-z]{2}", chinese), said
        assert not re.search("[\u3400-\u9fff]", re.sub("“[^“”]*”", "", english)), said


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([("near: 16", "near: 1")], "- all:"),
        ([("exclude: [劳动]", "exclude: [协议, 责任书]")], "- all:"),
        ([("value: 80", "value: 180")], "value: 180"),
        ([("      elements:\n", "      at_least: 3\n      elements:\n")], "at_least"),
        ([("[协议, 责任书]", "[协议。责任书]")], "协议。责任书"),
        ([("[协议, 责任书]", "[《协议》]")], "《协议》"),
        ([("context: [[纳入, 覆盖]]", "context: [[纳入]]\n          exclude: [乡村, 农村]")], "exclude: [乡村"),
    ],
)
def test_what_no_plan_can_satisfy_is_an_error(tmp_path, changes, part):
    path = write(tmp_path, *changes)
    places = {problem.place for problem in found(path) if problem.rule == "never-matches" and problem.level == "error"}
    assert f"{path}:{line_of(edited(*changes), part)}" in places


def test_an_encouragement_that_must_be_not_met_is_impossible(tmp_path):
    path = write(tmp_path, ("wording: 应当\n    severity: major", "wording: 鼓励\n    severity: advice"))
    assert {(p.rule, p.requirement) for p in found(path)} == {("impossible-example", "E01")}


OLD_FORM = """    form: statement
    parameters:
      elements:
        - name: 签订协议
          any:
            - all: [[签订, 签署], [协议, 责任书]]
              near: 16
              exclude: [劳动]
"""


@pytest.mark.parametrize(("form", "parameters"), [("deadline_relative", "months: 3"), ("date", "due: 2026-12-31")])
def test_a_word_that_suffices_alone_is_only_noted_where_a_form_has_no_alternatives(tmp_path, form, parameters):
    new = f"    form: {form}\n    parameters: {{about: [[组建, 成立], [校共体, 组建]], {parameters}}}\n"
    (problem,) = [p for p in found(write(tmp_path, (OLD_FORM, new))) if p.rule == "overlapping-groups"]
    assert (problem.requirement, problem.level) == ("E02", "note")
    assert "组建" in problem.message


def test_no_word_of_a_built_in_pack_satisfies_two_groups_by_accident():
    faults = [p for name in ("henan-2025", "zhejiang-2021") for p in found(name) if p.rule == "overlapping-groups"]
    assert [(p.requirement, p.level) for p in faults] == [("R19", "note")]


def test_a_draft_need_not_have_examples_yet(tmp_path):
    gone = "    examples:\n      met: [结对学校签订帮扶协议。]\n      not_found: [教师签订劳动协议。]\n"
    path = write(tmp_path, (gone, ""), ("province: 河南省", "province: 河南省\nstatus: draft"))
    assert [(p.rule, p.level) for p in found(path)] == [("no-examples", "warning")]


def test_every_fault_of_the_schema_is_named_not_only_the_first(tmp_path):
    path = write(tmp_path, ("severity: major", "severity: grave"), ("id: E02", "id: e2"), ("near: 16", "nearr: 16"))
    assert len(found(path)) == 3
    assert {p.requirement for p in found(path)} >= {"E01"}


def run_command(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code


def test_the_command_ends_with_one_on_errors_and_when_strict_on_warnings(tmp_path, capsys):
    warned = write(tmp_path, ("clause: 二（一）", "clause: 待补"), name="warned.yaml")
    wrong = write(tmp_path, ("签署", "簽署"), name="wrong.yaml")
    assert run_command("packs", "lint", write(tmp_path)) == 0
    assert run_command("packs", "lint", warned) == 0
    assert run_command("packs", "lint", warned, "--strict") == 1
    assert run_command("packs", "lint", wrong) == 1
    assert "[traditional-term] E02" in capsys.readouterr().out
    assert run_command("packs", "lint", wrong, "--format", "json") == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert problem["rule"] == "traditional-term"
    assert run_command("packs", "lint", str(tmp_path / "none.yaml")) == 2
