"""The vocabulary of drafting, ``checks/lexicons/drafting.yaml``, and the patterns made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def words() -> dict[str, Any]:
    """The vocabulary; do not change the object."""
    content: dict[str, Any] = yaml.safe_load(
        files("checks").joinpath("lexicons", "drafting.yaml").read_text(encoding="utf-8")
    )
    return content


def one_of(terms: Iterable[str]) -> str:
    """A regular expression for one of the terms, the longest first."""
    return "|".join(re.escape(term) for term in sorted(terms, key=lambda term: (-len(term), term)))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The pattern that the vocabulary holds under ``name``, or one of the words listed there."""
    value = words()[name]
    return re.compile(value if isinstance(value, str) else one_of(value))


@cache
def severity_pattern(severity: str) -> re.Pattern[str]:
    """The wordings of one severity."""
    return re.compile("|".join(words()["severity"][severity]))
