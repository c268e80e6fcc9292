"""What the documentation says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks.pack import load
from duzheng import limits_reference
from duzheng.reference import page

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == page(), (
        "make it again: python -m duzheng.reference > docs/cli.md"
    )


def test_the_page_of_limits_is_what_the_code_holds_to() -> None:
    assert (ROOT / "docs" / "limits.md").read_text(encoding="utf-8") == limits_reference.page(), (
        "make it again: python -m duzheng.limits_reference > docs/limits.md"
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_the_pack_in_the_guide_is_a_valid_pack(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", guide, re.S)
    path = tmp_path / "example.yaml"
    path.write_text(example, encoding="utf-8")
    assert load(str(path)).requirements[0].id == "E01"


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = (
        set(re.findall(r"duzheng (parse|check|ingest|search|show|packs|doctor)\b", (ROOT / name).read_text("utf-8")))
        for name in ("README.md", "README.zh.md")
    )
    assert english == chinese
    assert len(english) == 7


def test_every_form_of_requirement_is_in_the_guide() -> None:
    guide = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    forms = {path.stem for path in (ROOT / "checks" / "forms").glob("*.py")} - {"__init__"}
    assert {form for form in forms if f"`{form}`" not in guide} == set()
