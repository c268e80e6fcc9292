"""What a pack may say: wording caps severity, basis in parts or as one line, status, passages."""

from __future__ import annotations

import pytest
from written_packs import edited, line_of, write

from checks.pack import current, load
from schemas.errors import InvalidPack
from schemas.finding import SEVERITY_NAMES
from schemas.requirement import SEVERITIES, WORDING_CAPS, Basis, json_schema


@pytest.mark.parametrize("wording", WORDING_CAPS)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_severity_is_never_graver_than_the_wording_of_the_clause(tmp_path, wording, severity):
    changes = [("wording: 应当\n    severity: major", f"wording: {wording}\n    severity: {severity}")]
    if severity == "advice":
        changes.append(("not_met: [到", "partial: [到"))
    path = write(tmp_path, *changes)
    if SEVERITIES.index(severity) >= SEVERITIES.index(WORDING_CAPS[wording]):
        assert load(path).requirements[0].severity == severity
        return
    with pytest.raises(InvalidPack) as caught:
        load(path)
    line = line_of(edited(*changes), f"severity: {severity}")
    assert f"line {line}: requirements[0](E01).severity: " in str(caught.value)
    assert wording in str(caught.value)
    assert SEVERITY_NAMES[WORDING_CAPS[wording]] in str(caught.value)


def test_the_caps_are_those_of_the_output_contract():
    assert {word: WORDING_CAPS[word] for word in ("必须", "不得", "应当", "须", "原则上", "鼓励", "可")} == {
        "必须": "critical", "不得": "critical", "应当": "major", "须": "major", "原则上": "minor", "鼓励": "advice",
        "可": "advice",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "basis"),
    [
        ("浙教办函〔2021〕53号", Basis(number="浙教办函〔2021〕53号")),
        ("关于建设校共体的通知", Basis(title="关于建设校共体的通知")),
        ("关于建设校共体的通知（豫教〔2026〕1号）", Basis(title="关于建设校共体的通知（豫教〔2026〕1号）")),
    ],
)
def test_a_basis_may_still_be_one_line(tmp_path, written, basis):
    path = write(tmp_path, ("{title: 关于建设校共体的通知, number: 豫教〔2026〕1号, date: 2026-01-10}", written))
    assert load(path).basis == [basis]
    assert str(basis) == written


def test_a_basis_in_parts_reads_as_one_line(tmp_path):
    assert str(load(write(tmp_path)).basis[0]) == "关于建设校共体的通知（豫教〔2026〕1号） 2026-01-10"


@pytest.mark.parametrize(
    ("change", "part", "says"),
    [
        (("examples:\n      met", "examples:\n      mett"), "mett", "unknown field"),
        (("number: 豫教〔2026〕1号, date", "nummer: 豫教〔2026〕1号, date"), "nummer", "unknown field"),
        (("department: 基础", "departement: 基础"), "departement", "unknown field"),
        (("[statement]", "[hearsay]"), "hearsay", "'attachment'"),
        (("{title: 关于建设校共体的通知, number: 豫教〔2026〕1号, date", "{date"), "{date", "title or a number"),
        (("wording: 应当", "wording: 也许"), "也许", "必须"),
        (("province: 河南省", "province: 河南省\nstatus: dead"), "dead", "withdrawn"),
        (("province: 河南省", "province: 河南省\nsupersedes: [example-2026]"), "id: example", "supersedes itself"),
    ],
)
def test_a_mistake_in_the_new_fields_is_refused_with_its_line(tmp_path, change, part, says):
    path = write(tmp_path, change)
    with pytest.raises(InvalidPack) as caught:
        load(path)
    assert f"line {line_of(edited(change), part)}: " in str(caught.value)
    assert says in str(caught.value)


def test_a_draft_a_withdrawn_and_a_superseded_pack_are_applied_only_when_named(tmp_path):
    def pack(id, *lines):
        change = ("province: 河南省", "\n".join(("province: 河南省", *lines)))
        return load(write(tmp_path, ("id: example-2026", f"id: {id}"), change, name=f"{id}.yaml"))

    old, new = pack("old"), pack("new", "supersedes: [old]")
    draft, gone = pack("draft", "status: draft", "supersedes: [new]"), pack("gone", "status: withdrawn")
    assert current([old, new, draft, gone]) == [new]
    assert current([old, draft]) == [old]


def test_the_schema_offers_both_ways_of_writing_a_basis():
    schema = json_schema()
    items = schema["properties"]["basis"]["items"]
    assert {"string", None} == {option.get("type") for option in items["anyOf"]}
    assert schema["$defs"]["Examples"]["additionalProperties"] is False
