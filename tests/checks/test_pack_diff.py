"""Comparing two packs says which way each requirement moved, and what of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from written_packs import write

from checks.pack import builtin, load
from checks.pack_diff import diff
from duzheng.cli import main

TIGHTER = [
    ("value: 80", "value: 85"),
    ("due: 2026-12-31", "due: 2026-06-30"),
    ("[乡村学校, 农村学校]", "[乡村学校]"),
    ("[[纳入, 覆盖]]", "[[纳入, 覆盖], [全县]]"),
    ('units: ["%"]', 'units: ["%"]\n          exclude: [食堂]'),
    ('units: ["%"]', 'units: ["%"]\n          per: year'),
    ("near: 16", "near: 8"),
    ("exclude: [劳动]", "exclude: [劳动, 用工]"),
    ("near: 16", "near: 16\n              ordered: true"),
    ("[协议, 责任书]", "[协议]"),
    (
        "        - name: 签订协议",
        "        - name: 期限\n          any: [{all: [[期限]]}]\n        - name: 签订协议",
    ),
    ("      elements:\n", "      within: sentence\n      elements:\n"),
]
LOOSER = [
    ("value: 80", "value: 75"),
    ("due: 2026-12-31", "due: 2027-12-31"),
    ("due: 2026-12-31", ""),
    ("[乡村学校, 农村学校]", "[乡村学校, 农村学校, 村小]"),
    ("severity: major", "severity: minor"),
    ("      any:\n        - about:", "      any:\n        - {value: 9, units: [个]}\n        - about:"),
    ("            - all: [[签订", "            - all: [[互认]]\n            - all: [[签订"),
    ("        - name: 签订协议", "        - name: 签订协议\n          when: [结对]"),
    (
        "    form: threshold",
        "    condition: {kinds: [paired], labels: {}, otherwise: 无结对}\n    form: threshold",
    ),
]
WORDING = [
    ("title: 覆盖率", "title: 覆盖比例"),
    ("advice: 写明", "advice: 请写明"),
    ("clause: 二（一）", "clause: 三（一）"),
    ("[到2026年底，80%以上的", "[到2026年12月底，80%以上的"),
    ("[乡村学校, 农村学校]", "[农村学校, 乡村学校]"),
    ("aliases: [纳入比例]", "aliases: [纳入率]"),
]


def compared(tmp_path, *changes):
    return diff(load(write(tmp_path)), load(write(tmp_path, *changes, name="new.yaml")))


@pytest.mark.parametrize(
    ("change", "kind"),
    [(change, "tighter") for change in TIGHTER]
    + [(change, "looser") for change in LOOSER]
    + [(change, "wording") for change in WORDING],
)
def test_one_change_is_told_its_way_and_the_other_way_round_its_opposite(tmp_path, change, kind):
    old, new = load(write(tmp_path)), load(write(tmp_path, change, name="new.yaml"))
    (there,) = diff(old, new).requirements
    assert there.kind == kind, there
    assert there.changes
    (back,) = diff(new, old).requirements
    assert back.kind == {"tighter": "looser", "looser": "tighter", "wording": "wording"}[kind], back


@pytest.mark.parametrize("pack", builtin(), ids=lambda pack: pack.id)
def test_a_pack_does_not_differ_from_itself(pack):
    found = diff(pack, pack)
    assert (found.pack, found.requirements, found.summary) == ([], [], {})


def test_what_is_both_tighter_and_looser_is_mixed(tmp_path):
    (one,) = compared(tmp_path, ("value: 80", "value: 90"), ("due: 2026-12-31", "due: 2027-12-31")).requirements
    assert one.kind == "mixed"
    assert {(change.field, change.direction) for change in one.changes} == {
        ("parameters.any[1].value", "tighter"),
        ("parameters.any[1].due", "looser"),
    }


def test_new_dropped_and_renumbered_requirements(tmp_path):
    found = compared(tmp_path, ("id: E02", "id: E03"))
    assert [(one.requirement, one.before, one.kind) for one in found.requirements] == [("E03", "E02", "wording")]
    found = compared(tmp_path, ("id: E02", "id: E03"), ("title: 帮扶协议", "title: 别的协议"))
    assert [(one.requirement, one.kind) for one in found.requirements] == [("E03", "new"), ("E02", "dropped")]
    assert found.summary == {"new": 1, "dropped": 1}


def test_changes_of_the_whole_pack_are_told_too(tmp_path):
    found = compared(tmp_path, ("version: 1.0.0", "version: 1.1.0"), ("since: 2026-01-01", "since: 2026-03-01"))
    assert [(change.field, change.before, change.after) for change in found.pack] == [
        ("version", "1.0.0", "1.1.0"),
        ("applies.since", "2026-01-01", "2026-03-01"),
    ]


def test_the_command_prints_a_table_and_json(tmp_path, capsys):
    old, new = write(tmp_path), write(tmp_path, ("value: 80", "value: 85"), name="new.yaml")
    for arguments in (("packs", "diff", old, new), ("packs", "diff", old, new, "--format", "json")):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        assert ended.value.code == 0
    table, printed = capsys.readouterr().out.split("{", 1)
    assert "E01 收紧 tighter: 覆盖率" in table
    assert "80 → 85" in table
    assert json.loads("{" + printed)["summary"] == {"tighter": 1}


COMBINED = """\
form: combination
    parameters:
      all:
        - {name: 名单, form: attachment, parameters: {title: [[名单]]}}
      none:
        - {name: 收费, form: statement, parameters: {elements: [{name: 收费, any: [{all: [[收费]]}]}]}}
"""


def test_inside_what_must_not_be_said_more_words_are_tighter(tmp_path):
    start = write(tmp_path, ("form: statement\n    parameters:\n", COMBINED + "    X:\n"), name="a.yaml")
    text = Path(start).read_text("utf-8")
    start_text = text[: text.index("    X:")] + text[text.index("    examples:\n      met: [结") :]
    Path(start).write_text(start_text, "utf-8")
    old = load(start)
    for before, after, kind in (
        ("[[收费]]", "[[收费, 集资]]", "tighter"),
        ("title: [[名单]]", "title: [[名单, 清单]]", "looser"),
        ("parameters: {title: [[名单]]}", "parameters: {title: [[名单]], obtained: false}", "looser"),
        ("      none:\n", "      none:\n        - {name: 摊派, form: every_task}\n", "tighter"),
    ):
        Path(start).write_text(start_text.replace(before, after), "utf-8")
        (one,) = diff(old, load(start)).requirements
        assert one.kind == kind, (before, one)
