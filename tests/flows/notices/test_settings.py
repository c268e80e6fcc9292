"""What is promised of notices.yaml: mistakes are named with their line, and no address is ever in a message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.notices.settings import InvalidNotices, NoticeTarget, concerns, find, load
from schemas.digest import PARTS
from schemas.document import Jurisdiction

ROOT = Path(__file__).resolve().parents[3]
GOOD = "targets:\n  - id: bureau\n    url: mailtos://li:geheim99@smtp.example.cn\n"


def write(home: Path, text: str) -> Path:
    (home / "notices.yaml").write_text(text, encoding="utf-8")
    return home


def test_a_target_is_told_everything_in_simplified_characters_unless_it_says_otherwise(tmp_path: Path) -> None:
    (target,) = load(write(tmp_path, GOOD))
    assert (target.language, tuple(target.parts), target.most, target.enabled) == ("hans", PARTS, 20, True)
    assert load(tmp_path / "elsewhere") == []


@pytest.mark.parametrize("page", ["notices.md", "notices.zh.md"])
def test_the_settings_in_the_guide_are_valid(tmp_path: Path, page: str) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.S)
    assert load(write(tmp_path, example))[0].id == "bureau"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + "    langauge: hans\n", r"line 4: targets\[0\]\(bureau\)\.langauge: .*unknown field"),
        (GOOD + "    language: zh\n", r"line 4: .*language"),
        (GOOD + "    parts: [documents, everything]\n", r"line 4: .*parts"),
        (GOOD + "    most: 0\n", r"line 4: .*most"),
        (GOOD + "  - id: bureau\n    url: x\n", r"line 4: bureau: .*two targets have this id"),
        ("targets:\n  - id: bureau\n    title: x\n", r"url: .*this field is missing"),
        ("targets:\n  - id: Büro\n    url: mailtos://li:geheim99@smtp.example.cn\n", r"line 2: .*id"),
        ("targets:\n  - id: b\n    url: [mailtos://li:geheim99@smtp]\n", r"line 3: .*url"),
        (GOOD + "\turl: mailtos://li:geheim99@x\n", r"line 4.*not valid YAML"),
        ("- mailtos://li:geheim99@x\n", r"line 1: .*not a mapping"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_without_an_address(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidNotices, match=says) as caught:
        load(write(tmp_path, text))
    assert "geheim99" not in str(caught.value)
    assert caught.value.__cause__ is None or "geheim99" not in repr(caught.value.__cause__)
    assert "\n" not in str(caught.value)


def test_a_target_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidNotices, match="no target chief; there are: bureau"):
        find(write(tmp_path, GOOD), "chief")


@pytest.mark.parametrize(
    ("wanted", "place", "told"),
    [
        ({}, {}, True),
        ({}, {"province": "浙江省"}, True),
        ({"province": "浙江"}, {"province": "浙江省", "county": "樟坞县"}, True),
        ({"province": "浙江省"}, {"province": "河南省"}, False),
        ({"province": "浙江省"}, {}, False),
        ({"province": "浙江省", "county": "樟坞县"}, {"province": "浙江省"}, False),
    ],
)
def test_a_place_is_told_of_to_those_who_asked_for_it(
    wanted: dict[str, str], place: dict[str, str], told: bool
) -> None:
    target = NoticeTarget(id="x", url="x", jurisdiction=Jurisdiction(**wanted))
    assert concerns(target, Jurisdiction(**place)) is told
