"""The pack in both guides holds every form, has nothing suspicious, and its passages get their verdicts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks.pack import load, read
from checks.pack_columns import FORM_NAMES
from checks.pack_examples import run
from checks.pack_lint import lint

DOCS = Path(__file__).parents[2] / "docs"
FORMS = {path.stem for path in (DOCS.parent / "checks" / "forms").glob("*.py")} - {"__init__"}


def pack_of(name: str) -> str:
    (block,) = re.findall(r"```yaml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.S)
    return block


@pytest.mark.parametrize("name", ["packs.md", "packs.zh.md"])
def test_the_pack_of_the_guide_holds_what_the_guide_says(name, tmp_path):
    path = tmp_path / "guide.yaml"
    path.write_text(pack_of(name), "utf-8")
    pack = load(str(path))
    assert [str(problem) for problem in lint(read(str(path)))] == []
    assert [result for result in run(pack) if not result.passed] == []
    assert {requirement.form for requirement in pack.requirements} == FORMS == set(FORM_NAMES)


def test_both_guides_show_the_same_pack_and_name_every_form():
    assert pack_of("packs.md") == pack_of("packs.zh.md")
    for name in ("packs.md", "packs.zh.md"):
        assert {form for form in FORMS if f"`{form}`" not in (DOCS / name).read_text("utf-8")} == set()
