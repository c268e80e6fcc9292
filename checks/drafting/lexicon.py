"""The vocabulary of drafting, ``checks/lexicons/drafting.yaml``, and the patterns made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from schemas.finding import Severity


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
def beginning(expression: str, *names: str) -> re.Pattern[str]:
    """The expression with {0}, {1} … replaced by the words listed under the names."""
    return re.compile(expression.format(*(one_of(words()[name]) for name in names)))


@cache
def severity_pattern(severity: str) -> re.Pattern[str]:
    """The wordings of one severity."""
    return re.compile("|".join(words()["severity"][severity]))


def severity_of(text: str) -> Severity | None:
    """The severity that a clause's own words give it; None where it has no word of demand."""
    if severity_pattern("critical").search(text):
        return "critical"
    if severity_pattern("minor").search(text):
        return "minor"
    strong = severity_pattern("major").search(text)
    mild = severity_pattern("advice").search(text)
    if mild and (not strong or mild.start() < strong.start()):
        return "advice"
    return "major" if strong else None
