"""What checks say can be told in English, and what plans and packs say stays as it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import checks
from checks.sentences import Part, phrase, sentences
from extractors.lexicon import load

ROOT = Path(checks.__file__).parent
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _told() -> list[tuple[str, str]]:
    """Every sentence in the code of the checks, its blanks filled in with a word of a plan."""
    found = []
    for path in (*sorted((ROOT / "forms").glob("*.py")), ROOT / "engine.py", ROOT / "modes.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parts = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
        for node in ast.walk(tree):
            if id(node) in parts:
                continue
            if isinstance(node, ast.JoinedStr):
                cut = [one.value if isinstance(one, ast.Constant) else "甲" for one in node.values]
                text = "".join(map(str, cut))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
                text = node.value
            else:
                continue
            if (
                len(text) > 3
                and text.endswith("。")
                and _HAN.search(text.replace("甲", ""))
                and not re.search(r"[\[\\^]|[a-z]{3}", text)
            ):
                found.append((path.name, text))
    return found


def test_every_sentence_of_the_checks_has_its_english() -> None:
    told = _told()
    assert len(told) > 60
    # What is put behind another sentence begins with one word of it.
    assert not [one for one in told if sentences(re.sub("^甲(?=但)", "", one[1]), "en") is None]


def test_words_of_the_plan_stay_and_those_of_the_check_are_told() -> None:
    said = "“全年不少于15节”，未达到“不低于20节”。另写明：问题台账。"
    parts = sentences(said, "en")
    assert parts is not None
    assert "".join(one.text for one in parts) == (
        "“全年不少于15节”: does not meet “at least 20 lessons”. It also states: 问题台账. "
    )
    assert not [one.text for one in parts if _HAN.search(one.text) and not one.written]
    own = sentences(said, "zh")
    assert own is not None
    assert "".join(one.text for one in own) == said
    assert [one.text for one in own if one.written] == ["全年不少于15节", "20节", "问题台账"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("每月不低于2次", "at least 2 times a month"),
        ("每学期不低于1次", "at least once a semester"),
        ("到2027-12-31不低于80%", "at least 80 % by 2027-12-31"),
        ("到2027-12-31每学期不低于2次", "at least 2 times a semester by 2027-12-31"),
        ("每周不超过4.5课时", "at most 4.5 class hours a week"),
        ("不低于12所", "at least 12 schools"),
        ("等于3个", "exactly 3"),
    ],
)
def test_what_is_asked_is_told_with_english_units_and_what_a_plan_says_as_written(asked: str, told: str) -> None:
    parts = sentences(f"“{asked}”，未达到“{asked}”。", "en")
    assert parts is not None
    assert "".join(one.text for one in parts) == f"“{asked}”: does not meet “{told}”. "
    assert [one.text for one in parts if _HAN.search(one.text)] == [asked]


def test_every_unit_that_is_read_has_its_english() -> None:
    units = load("quantities")["units"]
    told = {unit: "".join(one.text for one in phrase(f"不低于2{unit}", "en")) for unit in units}
    assert not {unit: text for unit, text in told.items() if _HAN.search(text)}


def test_what_has_no_known_form_is_not_told() -> None:
    assert sentences("这是一句别的话。", "en") is None
    assert phrase("这是别的话", "en") == [Part("这是别的话", True)]


@given(st.text(alphabet="甲乙“”：，。；但未写明全文达到（）15", max_size=60))
def test_told_in_chinese_it_is_what_it_was(text: str) -> None:
    for parts in (sentences(text, "zh"), phrase(text, "zh")):
        assert parts is None or "".join(one.text for one in parts) == text


@pytest.mark.parametrize("unit", ["“", "甲，", "全文未见：", "甲："], ids=["quote", "comma", "form", "name"])
def test_a_long_text_costs_no_more_than_its_length(unit: str) -> None:
    assert sentences(unit * 3000, "en") is None
