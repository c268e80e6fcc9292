"""The forms of packs in English: no name, hint or choice is left without, and none is there for nothing."""

from __future__ import annotations

import re

import pytest

from checks import pack_columns as c
from checks.pack import builtin
from checks.pack_cells import JSON_HEADING
from checks.pack_diff import diff
from checks.pack_english import _ENGLISH, english
from checks.pack_fields import SHEETS, heading_of
from schemas.finding import SEVERITY_NAMES, VERDICT_NAMES


def _names() -> set[str]:
    found = {JSON_HEADING, *SEVERITY_NAMES.values(), *VERDICT_NAMES.values()}
    for sheet, columns in SHEETS.values():
        found.add(sheet)
        for column in columns:
            found |= {column.heading, column.hint}
            if column.heading != c.WORDING_HEADING:
                found |= {*column.codec.choices, *column.codec.several}
    return found - {""}


def test_every_sheet_heading_hint_and_fixed_value_has_english() -> None:
    names = _names()
    assert len(names) > 150
    assert not [name for name in names if not re.search("[A-Za-z]", english(name)) or english(name) == name]
    assert not set(_ENGLISH) - names, "there for nothing"


def test_choices_of_one_field_are_told_apart_in_english() -> None:
    for _, columns in SHEETS.values():
        for column in columns:
            there = [*column.codec.choices, *column.codec.several]
            assert len({english(one) for one in there}) == len(there), column.heading


@pytest.mark.parametrize(
    ("field", "heading"),
    [("severity", "等级"), ("applies.since", "适用起始日"), ("parameters.any[乡村.学校].value", "数值"), ("examples", "示例"),
     ("parameters.elements[甲].any[0].all", "词组"), ("parameters.months", "几个月内"), ("nothing.such", None)],
)  # fmt: skip
def test_a_field_that_changed_is_called_what_its_form_calls_it(field: str, heading: str | None) -> None:
    assert heading_of(field) == heading


def test_most_fields_that_two_packs_differ_in_have_a_name() -> None:
    one, other = builtin()[:2]
    changed = [change.field for change in diff(one, other).pack]
    assert changed
    assert [field for field in changed if heading_of(field) is None] in ([], ["basis"])
