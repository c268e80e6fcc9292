"""What a document is about: whether it is about school communities, and which topics it touches.

A word in the title decides; in the text one topic word must come back, in a text about schools. Near misses (命运共同体,
名校协作体, 城乡划分) are taken out first, so that they count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from extractors.lexicon import load

_PER_CHARACTERS = 1500
"""One mention in so many characters (and two at least) is what a document on the subject has; fewer is a mention."""


@dataclass(frozen=True, slots=True)
class Topics:
    """``names`` of the topics found, most mentioned first."""

    on_topic: bool
    names: tuple[str, ...]


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    topics = load("topics")["topics"]
    return {
        name: re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
        for name, words in topics.items()
    }


@cache
def _near_misses() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, load("topics")["near_misses"]), key=len, reverse=True)))


def find_topics(folded_title: str, folded: str) -> Topics:
    """The topics of a document, from its folded title and text."""
    words = load("topics")
    title = _near_misses().sub("", folded_title)
    text = _near_misses().sub("", folded)
    counts = {name: len(pattern.findall(text)) for name, pattern in _patterns().items()}
    names = tuple(name for name, count in sorted(counts.items(), key=lambda pair: -pair[1]) if count)
    core = sum(counts[name] for name in words["core"])
    needed = max(2, len(text) // _PER_CHARACTERS)
    about_schools = any(word in text for word in words["schools"])
    in_title = any(_patterns()[name].search(title) for name in words["core"])
    return Topics(about_schools and (in_title or core >= needed), names)
