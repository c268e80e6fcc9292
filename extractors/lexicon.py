"""The project's vocabulary as data: ``extractors/lexicons/<name>.yaml``, read once.

Suffixes, role words, variant words and the like are kept out of the code, one file per topic, so that a new word is a
line of data and never a change of a rule.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> Any:
    """The content of ``extractors/lexicons/<name>.yaml``; the same object at each call, so do not change it.

    Args:
        name: the topic, without folder and ending.

    Raises:
        FileNotFoundError: there is no such lexicon (a fault of the installation, not of the user's input).
    """
    # libyaml's loader is some ten times faster than the pure Python one; a platform without it still works.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(read_text(f"{name}.yaml"), Loader=loader)


def read_text(file_name: str) -> str:
    """The text of ``extractors/lexicons/<file_name>``; works from an installed wheel as from a checkout."""
    return files("extractors").joinpath("lexicons", file_name).read_text(encoding="utf-8")
