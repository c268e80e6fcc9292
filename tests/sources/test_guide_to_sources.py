"""The guide to sources, in both languages: its examples are valid, and it names every field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.source import Assertions, Keys, Paging, Selectors, SourceDefinition
from sources import definitions

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = ("collecting.md", "collecting.zh.md")


@pytest.mark.parametrize("name", GUIDES)
def test_every_example_is_a_valid_source(name: str, tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.S)
    for number, text in enumerate(examples):
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
    kinds = {one.definition.kind for one in definitions.load_all(tmp_path)}
    assert kinds == {"list", "json", "sitemap", "feed", "upload"}
    assert len(examples) == 5


@pytest.mark.parametrize("name", GUIDES)
def test_every_field_is_explained(name: str) -> None:
    guide = (DOCS / name).read_text("utf-8")
    models = (SourceDefinition, Selectors, Keys, Paging, Assertions)
    fields = {field for model in models for field in model.model_fields}
    assert {field for field in fields if not re.search(rf"\b{field}\b", guide, re.ASCII)} == set()
