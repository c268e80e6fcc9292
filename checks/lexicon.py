"""The vocabulary of the checks as data: ``checks/lexicons/matching.yaml``, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def matching() -> dict[str, Any]:
    """The words that the matching of statements and quantities turns on; do not change the object."""
    content: dict[str, Any] = yaml.safe_load(
        files("checks").joinpath("lexicons", "matching.yaml").read_text(encoding="utf-8")
    )
    return content
