"""The built-in packs hold what the provinces ask for, and a broken pack is refused with its line and the way out."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from checks.pack import builtin, load
from schemas.errors import InvalidPack
from schemas.requirement import json_schema

HENAN = {
    "R01": "major", "R02": "major", "R03": "major", "R04": "major", "R05": "major", "R06": "critical", "R07": "critical",
    "R08": "critical", "R09": "major", "R10": "major", "R11": "major", "R12": "major", "R13": "major", "R14": "minor",
    "R15": "major", "R16": "major", "R17": "minor", "R18": "major", "R19": "major", "R20": "advice",
}  # fmt: skip
ZHEJIANG = {
    "Z01": "critical", "Z02": "critical", "Z03": "major", "Z04": "major", "Z05": "major", "Z06": "major", "Z07": "major",
    "Z08": "major", "Z09": "major", "Z10": "minor", "Z11": "major", "Z12": "major", "Z13": "minor", "Z14": "major",
}  # fmt: skip


@pytest.mark.parametrize(("name", "severities"), [("henan-2025", HENAN), ("zhejiang-2021", ZHEJIANG)])
def test_every_requirement_is_there_with_its_severity(name, severities):
    pack = load(name)
    assert {r.id: r.severity for r in pack.requirements} == severities
    assert pack.basis_obtained is False
    assert "未取得" in pack.basis_note
    assert len(pack.sha256) == 64


def test_the_thresholds_are_those_of_the_sources():
    measures = {
        r.id: [(m.value, m.units[0], m.per, str(m.due or "")) for m in r.parameters.any]
        for pack in builtin()
        for r in pack.requirements
        if r.form == "threshold"
    }
    assert measures == {
        "R06": [(70, "%", None, "2025-12-31")],
        "R07": [(85, "%", None, "2026-12-31")],
        "R08": [(100, "%", None, "2027-12-31")],
        "R12": [(10, "%", "year", "")],
        "R13": [(1, "次", "month", ""), (2, "次", "month", "")],
        "R14": [(1, "次", "semester", "")],
        "R15": [(1, "次", "semester", "")],
        "Z03": [(2, "门", None, "")],
        "Z04": [(20, "节", None, "")],
        "Z05": [(8, "次", None, "")],
        "Z06": [(4, "次", None, "")],
    }


def test_a_wording_is_given_only_where_the_clause_has_one():
    given = {r.id: r.wording for pack in builtin() for r in pack.requirements if r.wording}
    assert given == {"R11": "需", "R12": "应当", "R13": "需", "R20": "鼓励"}


def test_only_what_the_provincial_text_says_is_called_primary():
    primary = {r.id for pack in builtin() for r in pack.requirements if r.provenance == "primary"}
    assert primary == {"Z01", "Z02", "Z14"}


def test_conditions_are_those_of_the_sources():
    conditions = {r.id: set(r.condition.kinds) for r in load("henan-2025").requirements if r.condition}
    assert conditions == {
        "R11": {"single_legal_person"},
        "R12": {"single_legal_person"},
        "R13": {"joint", "paired"},
        "R18": {"paired"},
    }


def test_the_schema_is_published_and_strict():
    schema = json_schema()
    assert schema["additionalProperties"] is False
    assert all(
        part.get("additionalProperties") is False for part in schema["$defs"].values() if part["type"] == "object"
    )
    json.dumps(schema)


GOOD = {
    "id": "own", "version": "1.0.0", "title": "自定", "province": "河南省", "basis": ["文件"], "basis_obtained": True,
    "basis_note": "已取得。", "applies": {"provinces": ["河南省"], "levels": ["county"]},
    "requirements": [
        {
            "id": "A01", "title": "题", "text": "文", "clause": "一", "provenance": "primary", "source": "源",
            "severity": "major", "expected": "有", "advice": "改", "form": "list", "parameters": {},
        }
    ],
}  # fmt: skip


def written(tmp_path, change=None, text=None):
    path = tmp_path / "own.yaml"
    content = json.loads(json.dumps(GOOD))
    if change:
        change(content)
    path.write_text(text if text is not None else yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return str(path)


def test_a_pack_of_ones_own_is_read_from_its_file(tmp_path):
    pack = load(written(tmp_path))
    assert pack.id == "own"
    assert [r.id for r in pack.requirements] == ["A01"]


def first(content):
    return content["requirements"][0]


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (
            lambda c: first(c).update(sevrity="major"),
            r"line \d+",
            r"requirements\[0\]\(A01\)\.sevrity: 没有这个字段 / unknown field",
        ),
        (lambda c: first(c).update(severity="grave"), r"line 2\d", r"severity: .*'critical'"),
        (
            lambda c: first(c).pop("advice"),
            r"line \d+",
            r"requirements\[0\]\(A01\).*advice: 缺少这个字段 / this field is missing",
        ),
        (lambda c: first(c).update(form="feeling"), r"line \d+", r"feeling.*threshold"),
        (lambda c: first(c).update(parameters={"kind": 1}), r"line \d+", r"parameters\.kind: .*unknown field"),
        (lambda c: c.update(version="one"), r"line 2", r"version: "),
        (lambda c: c["requirements"].append(first(c)), r"line \d+", r"A01 is used twice"),
        (lambda c: c.update(requirements=[]), r"line \d+", r"requirements: "),
        (lambda c: c["applies"].update(since="2025-09-01", until="2024-01-01"), r"line \d+", r"before since"),
        (lambda c: first(c).update(id="a-1"), r"line \d+", r"id: "),
    ],
)
def test_a_broken_pack_names_file_line_field_and_the_way_out(tmp_path, change, line, says):
    path = written(tmp_path, change)
    with pytest.raises(InvalidPack) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert re.search(line, message)
    assert re.search(says, message)
    assert message.endswith(")") or " more" in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: [1, 2\n", r"line \d+, column \d+: .*not valid YAML"),
        ("", "not a mapping"),
        ("- 1\n", "not a mapping"),
        ("id: a\nid: b\n", "line 2: id: .*given twice"),
        ("id: !!python/object/apply:os.system ['true']\n", "not valid YAML"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)), "aliases"),
        ("x: " + "[" * 5000 + "]" * 5000, "nested too deeply|not valid YAML"),
    ],
)  # fmt: skip
def test_what_is_no_pack_at_all(tmp_path, text, says):
    with pytest.raises(InvalidPack, match=says):
        load(written(tmp_path, text=text))


def test_no_such_pack_names_the_built_in_ones():
    with pytest.raises(InvalidPack, match=r"henan-2025, zhejiang-2021"):
        load("atlantis-2030")


def test_a_pack_in_another_encoding_or_a_folder(tmp_path):
    path = tmp_path / "gbk.yaml"
    path.write_bytes("id: 河南\n".encode("gbk"))
    with pytest.raises(InvalidPack, match="UTF-8"):
        load(str(path))
    with pytest.raises(InvalidPack, match="cannot be read"):
        load(str(tmp_path))
