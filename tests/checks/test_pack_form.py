"""A requirement as a form: every field of every form is there, nothing is lost on the way, and what is wrong stands beside its field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from checks import pack_form
from checks.pack import read
from checks.pack_columns import COMBINATION_NAMES, FORM_NAMES, PARAMETER_COLUMNS
from checks.pack_fields import columns, lists, needed
from checks.pack_form import Typed
from schemas.requirement import Pack, Requirement

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT: TypeAdapter[Any] = TypeAdapter(Requirement)


def _example() -> Any:
    found = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "packs.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


CONTENTS = [
    json.loads(json.dumps(content, default=str))
    for content in (read("henan-2025").content, read("zhejiang-2021").content, _example())
]
REQUIREMENTS = [one for content in CONTENTS for one in content["requirements"]]


def fields(typed: Typed) -> Iterator[tuple[str, str]]:
    """What a browser sends of a form."""
    numbers: dict[str, int] = {}
    for line in typed.lines:
        number = numbers.setdefault(line.kind, 0)
        numbers[line.kind] += 1
        yield from ((f"{line.kind}.{number}.{name}", text) for name, text in line.typed.items())
        yield f"{line.kind}.{number}.use", line.use
        yield f"{line.kind}.{number}.of", "" if line.of is None else str(line.of)


def test_every_parameter_of_every_form_has_a_field() -> None:
    forms = {get_args(one.model_fields["form"].annotation)[0]: one for one in get_args(get_args(Requirement)[0])}
    assert set(forms) == set(FORM_NAMES)
    for form, model in forms.items():
        parameters = set(model.model_fields["parameters"].annotation.model_fields)
        own = [column.path[-1] for column in columns("requirement", form) if column in PARAMETER_COLUMNS]
        rows = [one.use for one in lists(form)]
        assert len(own) == len(set(own)), f"{form}: a field of its own for each"
        assert {*own, *rows, *(COMBINATION_NAMES if form == "combination" else ())} == parameters, form


@pytest.mark.parametrize("content", CONTENTS, ids=lambda one: str(one["id"]))
def test_packs_go_through_forms_and_stay_what_they_are(content: Any) -> None:
    for requirement in content["requirements"]:
        typed = pack_form.of_requirement(requirement)
        assert not [line for line in typed.lines if pack_form.JSON in line.typed], "every value has a field"
        made, faults = pack_form.to_requirement(pack_form.from_fields(fields(typed)))
        assert not faults
        assert REQUIREMENT.validate_python(made) == REQUIREMENT.validate_python(requirement)
    made, faults = pack_form.to_pack(pack_form.from_fields(fields(pack_form.of_pack(content))), content)
    assert not faults
    assert Pack.model_validate(made) == Pack.model_validate(content)


def _wrong(requirement: dict[str, Any], **texts: str) -> dict[str, str]:
    typed = pack_form.of_requirement(requirement)
    given = dict(fields(typed)) | {name.replace("__", "."): text for name, text in texts.items()}
    _, faults = pack_form.to_requirement(pack_form.from_fields(given.items()))
    return {fault.field: fault.type for fault in faults}


def _of(form: str) -> dict[str, Any]:
    return next(one for one in CONTENTS[2]["requirements"] if one["form"] == form)


def test_what_is_wrong_stands_beside_its_field() -> None:
    assert _wrong(_of("threshold"), **{"measure__0__measure/value": "八成"}) == {
        "measure.0.measure/value": "float_parsing"
    }
    assert _wrong(_of("section"), **{"requirement__0__parameters/items": "0"}) == {
        "requirement.0.parameters/items": "greater_than_equal"
    }
    assert _wrong(_of("date"), **{"requirement__0__parameters/due": "2026-13-01"}).keys() == {
        "requirement.0.parameters/due"
    }
    assert _wrong(_of("statement"), requirement__0__severity="严重").keys() == {"requirement.0.severity"}
    assert _wrong(_of("statement"), requirement__0__form="").keys() == {"requirement.0.form"}
    assert _wrong(_of("roles"), **{"role__1__role/any": ""}) == {"role.1.role/any": "missing"}
    assert _wrong(_of("list"), example__0__verdict="").keys() == {"example.0.verdict"}
    combination = _of("combination")
    assert _wrong(combination, part__1__name="").keys() == {"part.1.name"}
    assert _wrong(combination, **{"element__2__phrase/near": "0"}).keys() == {"element.2.phrase/near"}
    without = {**_of("threshold"), "parameters": {}}
    assert _wrong(without) == {"list.any.": "missing"}


def test_rows_are_added_moved_and_removed_with_what_belongs_to_them() -> None:
    typed = pack_form.of_requirement(_of("combination"))
    names = [line.typed["name"] for line in typed.of_kind("part")]
    pack_form.act(typed, "up:part:1")
    assert [line.typed["name"] for line in typed.of_kind("part")] == [names[1], names[0], names[2]]
    made, faults = pack_form.to_requirement(typed)
    assert not faults
    found = {one["name"]: one["parameters"]["elements"][0]["name"] for one in made["parameters"]["any"]}
    assert found == {"财政": "财政", "捐赠": "捐赠"}
    pack_form.act(typed, "remove:part:0")
    made, faults = pack_form.to_requirement(typed)
    assert [one["name"] for one in made["parameters"]["any"]] == ["财政"]
    pack_form.act(typed, "add:part::")
    pack_form.act(typed, "add:element:elements:2")
    assert typed.of_kind("element")[-1].of == 2
    before = [dict(line.typed) for line in typed.lines]
    for nonsense in ("", "add", "remove:part:99", "add:requirement::", "remove:requirement:0", "up:nothing:1"):
        pack_form.act(typed, nonsense)
    assert [dict(line.typed) for line in typed.lines] == before


def test_a_form_chosen_by_mistake_costs_nothing() -> None:
    given = dict(fields(pack_form.of_requirement(_of("section"))))
    other = pack_form.from_fields((given | {"requirement.0.form": "评分合计"}).items())
    back = pack_form.from_fields((dict(fields(other)) | {"requirement.0.form": "章节"}).items())
    made, faults = pack_form.to_requirement(back)
    assert not faults
    assert REQUIREMENT.validate_python(made) == REQUIREMENT.validate_python(_of("section"))


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["any", "all", "name", "form", "elements", "kinds", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(REQUIREMENTS),
    st.sampled_from(["form", "parameters", "examples", "condition", "title", "aliases"]),
    _values,
)
def test_a_requirement_that_is_wrong_is_shown_whole_and_said_to_be_wrong(
    requirement: dict[str, Any], name: str, value: Any
) -> None:
    harmed = json.loads(json.dumps({**requirement, name: value}))
    typed = pack_form.of_requirement(harmed)
    made, faults = pack_form.to_requirement(pack_form.from_fields(fields(typed)))
    if not faults:  # then it was right, or what was written is nothing
        REQUIREMENT.validate_python(made)


@pytest.mark.parametrize("parts", [None, 3, True, "x", {"a": 1}, [None], [[]], [{"name": 3}]], ids=repr)
def test_parts_of_a_combination_that_are_no_parts_are_said_to_be_wrong(parts: Any) -> None:
    whole = next(one for one in REQUIREMENTS if one["form"] == "combination")
    for group in ("all", "any"):
        typed = pack_form.of_requirement({**whole, "parameters": {group: parts}})
        assert pack_form.to_requirement(pack_form.from_fields(fields(typed)))[1]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.from_regex(
                r"(requirement|part|element|measure|role|example)\.[0-2]\.[a-z/]{1,20}|[a-z.]{0,9}", fullmatch=True
            )
            | st.sampled_from(
                ["requirement.0.form", "part.0.form", "part.0.group", "requirement.0.json", "element.0.of"]
            ),
            st.text(max_size=12)
            | st.sampled_from(["组合", "表述", "数值", "都要", "{}", '{"parameters": 3}', "0", "[" * 9]),
        ),
        max_size=12,
    )
)
def test_whatever_a_browser_sends_is_answered(sent: list[tuple[str, str]]) -> None:
    typed = pack_form.from_fields(sent)
    pack_form.to_requirement(typed)
    pack_form.to_pack(typed, {})


def test_the_fields_that_a_form_marks_as_needed_are_those_whose_lack_is_a_fault() -> None:
    marked = 0
    for requirement in REQUIREMENTS:
        if requirement["form"] == "combination":
            continue
        line = pack_form.of_requirement(requirement).of_kind("requirement")[0]
        for column in columns("requirement", requirement["form"]):
            if pack_form.key(column) in line.typed and column.path[0] != "condition" and column.path != ("wording",):
                typed = pack_form.of_requirement(requirement)
                del typed.of_kind("requirement")[0].typed[pack_form.key(column)]
                lacking = [one for one in pack_form.to_requirement(typed)[1] if pack_form.key(column) in one.field]
                assert bool(lacking) == needed("requirement", column, requirement["form"]), (requirement["id"], column)
                marked += bool(lacking)
    assert marked > 100
    assert [column.heading for column in columns("measure") if needed("measure", column)] == ["数值", "单位"]
    assert [column.heading for column in columns("pack") if needed("pack", column)][:4] == [
        "编号",
        "版本",
        "标题",
        "省份",
    ]
