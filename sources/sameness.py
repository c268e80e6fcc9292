"""Whether two readings of an item are the same document: its words, without what a page says anew at every visit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files

import yaml

from extractors.fold import fold


def text_key(texts: Iterable[str]) -> str:
    """Sixty-four hexadecimal digits that are equal for the same words.

    White space counts for nothing, nor do counts of visitors, today's date or the links to the neighbours of a page
    (``sources/lexicons/visits.yaml``).

    Args:
        texts: of the documents of one item, in their order.
    """
    digest = sha256()
    for text in texts:
        digest.update("".join(_lasting(fold(text)).split()).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


def _lasting(text: str) -> str:
    longest, marks, pattern = _rules()
    return "\n".join(
        line if len(line) > longest or any(mark in line for mark in marks) else pattern.sub("", line)
        for line in text.split("\n")
    )


@cache
def _rules() -> tuple[int, tuple[str, ...], re.Pattern[str]]:
    rules = yaml.safe_load(files("sources").joinpath("lexicons", "visits.yaml").read_text(encoding="utf-8"))
    return rules["longest_line"], tuple(rules["sentence_marks"]), re.compile("|".join(rules["patterns"]))
